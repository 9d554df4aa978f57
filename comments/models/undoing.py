"""Taking decisions back: what was there before is there again, and the record of both stays. One or a hundred at once."""

from collections import Counter, defaultdict
from datetime import timedelta

from django.db import transaction
from django.db.models import F, OuterRef, Subquery, prefetch_related_objects
from django.utils import timezone

from comments import states
from comments.models import deciding
from comments.models.case import Case
from comments.models.comment import Comment
from comments.models.decision import Action, Decision, Undecidable
from comments.models.meanwhile import MovedMeanwhile
from comments.models.notice import Notice
from comments.models.policy import CannedReply
from comments.models.report import Appeal, Report
from comments.models.thread import Thread

UNDO_TIME = timedelta(minutes=10)


def why_not(decision: Decision, by, *, moderators: set[int] | None = None) -> str:
    """Why this person cannot take this decision back, in words; empty when they can.

    What is somebody else's to decide, as `deciding.why_not` has it, is somebody else's to undo. `moderators`: who
    moderates, where that is known. Queries only where it answers an appeal, or is about their own comment.
    """
    if decision.action not in states.STAFF or decision.by_id is None:
        return "Only what somebody of the desk decided can be undone."
    if decision.by_id != by.pk and not by.has_perm("comments.administer"):
        return "Only who decided, or an administrator, can undo this."
    if timezone.now() > decision.at + UNDO_TIME:
        return "A decision can be undone for ten minutes; that time is over. You can decide anew."
    author, (deciders, senders) = decision.comment.author_id, _around_appeals([decision])
    if by.pk not in {author, *deciders, *senders}:
        return ""
    others = (deciding.moderators() if moderators is None else moderators) - {by.pk}
    if author == by.pk and others:
        return "This is your own comment: another moderator has to undo what was decided about it."
    if by.pk in deciders and others - deciders - {author}:
        return "This answers an appeal against your own decision: another moderator has to undo it."
    if by.pk in senders and others - deciders - senders - {author}:
        return "This answers an appeal of your own: another moderator has to undo it."
    return ""


def _around_appeals(decisions) -> tuple[set[int | None], set[int]]:
    """Of the appeals that these decisions answer: who had decided what they are against, and who sent them.

    Two queries, where any may answer one.
    """
    answers = [each for each in decisions if each.source == Decision.Source.APPEAL]
    prefetch_related_objects(answers, "appeals_answered__decision")
    appeals = [appeal for each in answers for appeal in each.appeals_answered.all()]
    return {each.decision.by_id for each in appeals}, {each.by_id for each in appeals}


def undo(decision: Decision, *, by) -> Decision:
    """Put the comment back as it was before its latest decision; returns the record of that.

    Raises Undecidable, or MovedMeanwhile when something has been decided since.
    """
    done = undo_many([decision], by=by)
    if decision.comment_id in done.refused:
        raise done.refused[decision.comment_id]
    return done.decisions[decision.comment_id]


def undo_many(decisions, *, by) -> deciding.Done:
    """Put comments back as they were before these decisions, each the latest about its comment; by the comments' ids.

    One transaction, in the same handful of statements however many. Each author who knows of the decision (it was mailed,
    or read) gets a sentence; nobody else, and nobody before the mails go out (HN_UNDO_SECONDS). Answers that were
    published with them are withdrawn. What cannot be taken back stays, and is told in `refused`: Undecidable, or
    MovedMeanwhile.
    """
    done, wanted = deciding.Done(), {}
    prefetch_related_objects(decisions, "comment")
    concerns = {each.comment.author_id for each in decisions}.union(*_around_appeals(decisions))
    moderators = deciding.moderators() if by.pk in concerns else None
    # Of two about one comment only the later can be its latest; the earlier is as if it had not been asked for.
    for decision in sorted(decisions, key=lambda each: each.pk):
        if why := why_not(decision, by, moderators=moderators):
            done.refused[decision.comment_id] = Undecidable(why)
        else:
            wanted[decision.comment_id] = decision
            done.refused.pop(decision.comment_id, None)
    with transaction.atomic(savepoint=False):
        Thread.lock({each.comment.article_id for each in wanted.values()})
        # What was answered beside them goes with them: held from here on, too, so that none is missed.
        pks = {*wanted, *(each.answer_id for each in wanted.values())} - {None}
        locked = Comment.objects.filter(pk__in=pks).select_related("article").order_by("pk")
        comments = {each.pk: each for each in locked.select_for_update(of=["self"], no_key=True)}
        latest = (
            Decision.objects.filter(comment__in=wanted).order_by("comment_id", "-pk").distinct("comment_id")
        )
        for now in latest.select_related("by"):
            if now != wanted[now.comment_id]:
                done.refused[now.comment_id] = MovedMeanwhile(comments[now.comment_id], now)
                del wanted[now.comment_id]
        if wanted:
            _withdraw_answers([comments[each.answer_id] for each in wanted.values() if each.answer_id], by)
            done.decisions = _put_back(wanted, [comments[pk] for pk in wanted], by)
    return done


def _put_back(decisions: dict[int, Decision], comments: list[Comment], by) -> dict[int, Decision]:
    """Texts, statuses, counts, cases, reports, appeals and notices as they were; a record for each comment."""
    before = Decision.objects.filter(pk__in=[each.pk for each in decisions.values()], comment=OuterRef("pk"))
    texts = {
        "text": Subquery(before.values("text_before")),
        "waiting_text": Subquery(before.values("waiting_before")),
    }
    moves, change, records = {}, {}, {}
    at = timezone.now()
    for comment in comments:
        decision = decisions[comment.pk]
        change[comment.pk] = deciding.published_more(comment.status, decision.from_status)
        moves[comment.pk] = {"status": decision.from_status} | texts
        if change[comment.pk] < 0 and comment.published_at == decision.at:
            moves[comment.pk]["published_at"] = None
        if comment.waiting_text_id not in {None, decision.waiting_before_id, decision.text_id}:
            # Since then somebody has appealed against an earlier decision: the text that it judged waits.
            del moves[comment.pk]["waiting_text"]
        records[comment.pk] = Decision(
            comment=comment,
            action=Action.UNDO,
            from_status=comment.status,
            to_status=decision.from_status,
            at=at,
            by=by,
            text_id=decision.text_id,
            text_before_id=comment.text_id,
            waiting_before_id=comment.waiting_text_id,
            policy_id=decision.policy_id,
            reverses=decision,
        )
    answered = deciding.write(comments, moves, change)
    _wait_again(decisions.values())
    known = Notice.take_back(decisions.values())
    _uncount_replies(decisions.values())
    Decision.objects.bulk_create(records.values())
    told = [each for each in records.values() if each.reverses_id in known]
    Notice.give([*answered, *Notice.to_authors(told)])
    return records


def _withdraw_answers(answers: list[Comment], by) -> None:
    """Those that are public; they are locked, so that nothing can come in between."""
    answers = [each for each in answers if each.is_published]
    if answers:
        act = deciding.Act(states.WITHDRAW, by=by)
        done = deciding.carry_out(act, answers, {each.pk: each.version for each in answers})
        for refusal in done.refused.values():
            raise refusal


def _wait_again(decisions) -> None:
    """The cases as they were, and what came in since; their reports and appeals wait for an answer again."""
    Case.put_back(decisions)
    Report.objects.filter(answered_by__in=decisions).update(answered_by=None, was_right=None)
    appeals = Appeal.objects.filter(answered_by__in=decisions)
    # What had been reversed stands again, and with it what that said of the reports before it.
    stands_again = defaultdict(list)
    for appeal in appeals.filter(was_granted=True).select_related("decision"):
        stands_again[appeal.decision.agrees_with_reports].append(appeal.decision_id)
    for was_right, reversed_ones in stands_again.items():
        Report.judge_anew(reversed_ones, was_right=was_right)
    appeals.update(answered_by=None, was_granted=None)


def _uncount_replies(decisions) -> None:
    used = Counter(each.canned_reply_id for each in decisions if each.canned_reply_id)
    for times in set(used.values()):
        keys = [pk for pk, count in used.items() if count == times]
        CannedReply.objects.filter(pk__in=keys, use_count__gte=times).update(use_count=F("use_count") - times)
