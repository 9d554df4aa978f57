"""What the desk does to people and to threads, and editors to articles. Each act returns whether there was something to do."""

from comments import taking_down
from comments.models import CorrectionRequest, Decision, Sanction, SiteMode, Thread
from comments.models.people import PersonNote
from tests.articles.test_admin_corrections import new_edition

UP = {"published": "remove", "pending": "reject", "returned": "reject"}


class House:
    """To be mixed into the machine, which has a `site`."""

    def sanction(self):
        site = self.site
        kind = site.one_of(["warn", "warn", "read_first", "suspend", "ban", "ban"])
        by = site.administrator if kind == "ban" and site.chance(0.9) else site.staff()
        user = site.one_of([*site.readers, site.author] if site.chance(0.95) else site.desk)
        days = 1 if kind == "suspend" or kind != "warn" and site.chance(0.3) else None
        down = 1 if kind == "ban" and site.chance(0.8) else None
        made = Sanction.impose(
            kind,
            user,
            by=by,
            reason=site.mark(),
            clause=site.one_of(site.clauses),
            days=days,
            take_down_days=down,
        )
        assert kind != "ban" or by == site.administrator
        site.wrote("sanction", kind, user.pk, by.pk)
        if down:
            self.to_take_down.append(made)
        return True

    def take_down(self):
        """What the job does, later or at once."""
        site = self.site
        if not self.to_take_down:
            return False
        sanction = self.to_take_down.pop()
        sanction.refresh_from_db()
        going = set(
            taking_down.what_would_go(sanction.user, 1, sanction.starts_at).values_list("pk", flat=True)
        )
        last = Decision.objects.order_by("-pk").values_list("pk", flat=True)[0]
        after = taking_down.take_down_batch(sanction.pk)
        assert after == 0
        made = {each.comment_id: each for each in Decision.objects.filter(pk__gt=last)}
        if sanction.lifted_at:
            assert not made
        assert {*made} <= going
        for pk in going:
            known = site.known[pk]
            if pk in made:
                action = UP[known.status]
                site.was_decided(made[pk], action, sanction.by, self._after(known, action))
            elif not sanction.lifted_at:
                against = Decision.objects.filter(comment=pk, by=sanction.by, appeals__answered_by=None)
                assert against.exclude(appeals=None).exists(), "nothing stood in the way of taking it down"
        return len(made) or True

    def lift(self):
        site = self.site
        sanction = site.one_of(Sanction.objects.in_force().select_related("user").order_by("pk")[:20])
        if sanction is None:
            return False
        by = site.administrator if site.chance(0.8) else site.staff()
        sanction.lift(by=by, reason=site.mark() if site.chance(0.95) else "")
        site.wrote("lifted", sanction.pk, by.pk)
        return True

    def switch(self):
        """A thread or the whole site; what is not open is mostly opened."""
        site, by = self.site, self.site.staff()
        thread = Thread.of(site.article()) if site.chance(0.7) else None
        now = SiteMode.now() if thread is None else thread.mode
        to = "open" if now != "open" and site.chance(0.8) else site.one_of(["held", "held", "closed", "open"])
        seen = now if site.chance(0.9) else "closed"
        place = SiteMode if thread is None else thread
        made = place.switch(to, by=by, seen=seen, note=site.mark() if site.chance(0.3) else "")
        assert seen == now != to
        site.wrote("switch", thread and thread.pk, now, to, by.pk)
        self.switches.append(made)
        return True

    def switch_back(self):
        site = self.site
        switch = site.one_of(self.switches[-2:])
        if switch is None:
            return False
        by = site.administrator
        switch.undo(by=by)
        site.wrote("switch", switch.thread_id, switch.to_mode, switch.from_mode, by.pk)
        self.switches.clear()
        return True

    def note(self):
        site = self.site
        user, by = site.one_of(site.readers), site.staff()
        PersonNote.write(user, site.mark(), by=by)
        site.wrote("note", user.pk, by.pk)
        return True

    def send_to_editors(self):
        site = self.site
        comment, by = site.comment("published", "published", "removed"), site.staff()
        if comment is None:
            return False
        CorrectionRequest.send(comment, by=by, passage="Twitching is common.", claim=site.mark())
        site.wrote("correction", comment.pk, by.pk)
        return True

    def correct(self):
        """An editor corrects the article or declines; the job takes it up, and answers under the comment."""
        site = self.site
        request = site.one_of(CorrectionRequest.objects.filter(answered_at=None).order_by("pk"))
        if request is None:
            return False
        if fixed := site.chance(0.7):
            version = new_edition(request.comment.article)
            request.correction.fix(by=site.editor, version=version)
        else:
            request.correction.decline(by=site.editor, answer="It is right.")
        assert CorrectionRequest.take_up(request.pk, site_url="https://example.org")
        assert not CorrectionRequest.take_up(request.pk, site_url="https://example.org")
        request.refresh_from_db()
        is_public = site.known[request.comment_id].status == "published"
        assert bool(request.answer_id) is bool(fixed and is_public)
        if request.answer_id:
            site.came(request.answer, request.answer.text.body, "published", request.by)
        return True

    def rename(self):
        """The article gets another title and address, and is public in another edition."""
        site, article = self.site, self.site.article()
        site.words += 1
        article.draft.title, article.draft.slug = f"Article {site.words} anew", f"anew-{site.words}"
        article.draft.save()
        article.draft.save_version(by=site.editor).publish(
            by=site.editor, kind="update", note="Another title."
        )
        return True
