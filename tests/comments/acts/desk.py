"""What moderators decide, and take back. Each act returns whether (and how often) there was something to do."""

from comments import redaction, states
from comments.models import Case, Decision, Pick, deciding, undoing


class Desk:
    """To be mixed into the machine, which has a `site`."""

    def _waiting(self, count: int) -> list[Case]:
        waiting = list(Case.objects.open().select_related("comment"))
        return self.site.random.sample(waiting, min(count, len(waiting)))

    def decide(self):
        site = self.site
        case = next(iter(self._waiting(1)), None) if site.chance(0.75) else None
        comment = case.comment if case else site.comment()
        if comment is None:
            return False
        case = case or Case.objects.open().filter(pk=comment.pk).first()
        known, kinds = site.known[comment.pk], case.kinds if case else ()
        can = states.allowed(known.status, edit_waits=known.waiting is not None, kinds=kinds)
        action = site.one_of(can if site.chance(0.95) else states.STAFF)
        if action is None:
            return False
        given = self._given(action, comment, kinds)
        # What publishes against an open appeal is on record as granting it.
        recorded = states.recorded(action, known.status, appealed="appeal" in kinds)
        stays = known.waiting is not None or states.MOVES[action].get(known.status) == "published"
        reply = site.text() if action in states.WITH_ANSWER and stays and site.chance(0.25) else ""
        by, stale = site.staff(), site.chance(0.08)
        decision = comment.decide(action, by=by, version=comment.version - stale, reply=reply, **given)
        assert not stale and action in {*can, "escalate"}  # which changes nothing a second time
        site.was_decided(decision, recorded, by, self._after(known, action, given))
        if reply:
            site.came(decision.answer, reply, "published", by)
        return True

    def _given(self, action, comment, kinds) -> dict:
        site, given = self.site, {}
        if action in states.NEEDS_CLAUSE and site.chance(0.95):
            given["clause"] = site.one_of(site.clauses)
        if action in states.NEEDS_MESSAGE and site.chance(0.95) or site.chance(0.2):
            given["message"] = site.mark()
        if "crisis" in kinds and action not in states.KEEPS_WAITING and site.chance(0.95):
            given["outcome"] = site.one_of(states.CRISIS_OUTCOMES)
        if action == "publish_redacted":
            end = len(comment.text_to_decide.plain.split(maxsplit=1)[0])
            given["redactions"] = ((0, end),) if site.chance(0.95) else ((0, 10_000),)
        if site.chance(0.2):
            given["note"] = site.mark()
        return given

    def _after(self, known, action: str, given=None) -> tuple:
        """How the comment stands when this was decided."""
        edit_waits = known.waiting is not None
        if action == "escalate":
            return known.stands
        status = known.status
        if not (edit_waits and action in states.OF_AN_EDIT):
            status = states.MOVES[action][status]
        body = known.body
        if edit_waits and action in {"publish", "hold"}:
            body = known.waiting
        if action == "publish_redacted":
            read = known.waiting if edit_waits else known.body
            body = redaction.without(plain(read), [*given["redactions"]])
        return status, body, None

    def decide_many(self):
        site = self.site
        cases = self._waiting(site.random.randint(2, 7))
        comments, appealed = (
            [each.comment for each in cases],
            {each.pk for each in cases if "appeal" in each.kinds},
        )
        if len(comments) < 2:
            return False
        action, by = site.one_of(["publish", "reject", "return", "hold", "remove"]), site.staff()
        clause = site.one_of(site.clauses) if action in states.NEEDS_CLAUSE else None
        stale = {each.pk for each in comments if site.chance(0.15)}
        versions = {each.pk: each.version - (each.pk in stale) for each in comments}
        messages = {each.pk: site.mark() for each in comments} if action == "return" else None
        act = deciding.Act(action, by=by, clause=clause, way="bulk")
        done = deciding.carry_out(act, comments, versions, messages)
        assert {*done.decisions, *done.refused} == {*versions} and stale <= {*done.refused}
        for pk, decision in done.decisions.items():
            known = site.known[pk]
            recorded = states.recorded(action, known.status, appealed=pk in appealed)
            site.was_decided(decision, recorded, by, self._after(known, action))
        site.bulk = list(done.decisions.values())
        if not done.decisions:
            raise next(iter(done.refused.values()))
        return len(comments)

    def undo(self):
        site = self.site
        lately = site.made[-5:] if site.chance(0.9) else site.made
        decision = site.one_of(lately)
        if decision is None:
            return False
        by = site.person(decision.by_id) if site.chance(0.8) else site.staff()
        undoing.undo(self._reread([decision])[0], by=by)
        self._undone(decision, by)
        return True

    @staticmethod
    def _reread(decisions) -> list[Decision]:
        return list(Decision.objects.filter(pk__in=[each.pk for each in decisions]).order_by("pk"))

    def _undone(self, decision, by) -> None:
        site, known = self.site, self.site.known[decision.comment_id]
        assert known.decided[-1:] == [decision.pk], "something else was decided since"
        answer = Decision.objects.get(pk=decision.pk).answer_id
        if answer and site.known[answer].status == "published":
            site.known[answer].status, site.known[answer].waiting = "withdrawn", None
            site.changed_by_author(answer, "withdraw", by)
        known.status, known.body, known.waiting = site.before[decision.pk]
        site.made.remove(decision)
        site.changed_by_author(decision.comment_id, "undo", by)

    def undo_many(self):
        site = self.site
        decisions = site.bulk if site.chance(0.7) else site.made[-4:]
        if not decisions:
            return False
        by = site.person(decisions[0].by_id) if site.chance(0.7) else site.administrator
        done = undoing.undo_many(self._reread(decisions), by=by)
        for decision in sorted(decisions, key=lambda each: each.pk):
            record = done.decisions.get(decision.comment_id)
            if record is not None and record.reverses_id == decision.pk:
                self._undone(decision, by)
        if not done.decisions:
            raise next(iter(done.refused.values()))
        return len(decisions)

    def claim(self):
        site = self.site
        case = site.one_of(Case.objects.open()[:20])
        if case is None:
            return False
        by = site.staff()
        if site.chance(0.3):
            case.release(by=by)
            return True
        free = not case.is_looked_at_by_others(by)
        assert case.claim(by=by) is free
        return free

    def pick(self):
        site = self.site
        comment, by, stale = site.comment("published"), site.staff(), site.chance(0.1)
        if site.chance(0.1):
            comment = site.comment()
        if comment is None:
            return False
        to = not comment.is_picked
        assert Pick.switch(comment, to, by=by, version=comment.version - stale)
        assert not (to and stale)
        site.wrote("pick", comment.pk, to, by.pk)
        return True


def plain(body: str) -> str:
    """The words of a text as the desk reads them: what was imported is HTML."""
    return body.removeprefix("<p>").removesuffix("</p>")
