"""How decisions are carried out: one act about one comment or about a hundred, in the same handful of statements.

`Comment.decide()` and `Comment.withdraw()` come through here, the bulk screen too. Rows are locked in the order that
every door keeps (threads, comments, what they hang on), each kind by its ids, so that nobody waits crosswise.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts import roles
from accounts.models import User
from comments import paths, redaction, states
from comments.models.answering import answer, is_told, noticed, open_appeals
from comments.models.case import BRINGS, Case
from comments.models.comment import Comment, Status
from comments.models.decision import Action, Decision, Undecidable
from comments.models.meanwhile import MovedMeanwhile
from comments.models.notice import Notice
from comments.models.policy import CannedReply
from comments.models.preference import Kind
from comments.models.text import CommentText, Remark
from comments.models.thread import Thread
from healthnews import markup

REFUSALS = (MovedMeanwhile, Undecidable, states.NotAllowed)


@dataclass(frozen=True)
class Act:
    """What is decided, by whom and why; the same for every comment it is about."""

    action: str
    by: object
    clause: object = None
    canned_reply: object = None
    note: str = ""
    outcome: str = ""
    redactions: tuple = ()  # ((start, end), …) of the text that was read
    way: str = ""
    seconds: int | None = None
    # Their author is mailed about all of it at once, and finds each in the inbox; whoever else asked is told as ever.
    quiet: bool = False
    # The demo newsroom decides in its past; nobody is mailed about that.
    at: datetime | None = None
    begun: datetime = field(default_factory=timezone.now)

    @property
    def moment(self) -> datetime:
        """When it is decided: one time for everything that is written."""
        return self.at or self.begun

    @property
    def is_of_staff(self) -> bool:
        """Whether it is an act of moderation, and not the author's own."""
        return self.action not in states.AUTHORS


_CASES = "SELECT * FROM comments_case WHERE comment_id = ANY (%s) AND closed_at IS NULL"
_ABOVE = """
    UPDATE comments_comment AS comment SET published_answers = comment.published_answers + each.step
    FROM unnest(%(comments)s::bigint[], %(steps)s::int[]) AS each (id, step)
    WHERE comment.id = each.id AND each.step <> 0
"""
# Threads before comments, each in the order of their ids, as all doors lock them. The count makes the database read the
# threads, and so wait for them, before it looks at the first comment.
_LOCKED = """
    WITH threads AS MATERIALIZED (
        SELECT article_id FROM comments_thread WHERE article_id = ANY (%(articles)s::bigint[])
        ORDER BY article_id FOR NO KEY UPDATE
    )
    SELECT comment.id, comment.version, (SELECT id FROM comments_policyversion ORDER BY number DESC LIMIT 1),
        (SELECT count(*) FROM threads)
    FROM comments_comment AS comment
    WHERE comment.id = ANY (%(comments)s::bigint[]) AND (SELECT count(*) FROM threads) >= 0
    ORDER BY comment.id FOR NO KEY UPDATE OF comment
"""


@dataclass
class Done:
    """What came of it: a decision for each comment that was still as it had been read, a reason for each that was not."""

    decisions: dict[int, Decision] = field(default_factory=dict)
    refused: dict[int, Exception] = field(default_factory=dict)


def carry_out(act: Act, comments, versions: dict[int, int], messages: dict[int, str] | None = None) -> Done:
    """Decide about the `comments` that still are at the version in `versions`; both by id, as are the `messages`.

    One transaction: statuses, texts, counts, decisions, cases, reports, appeals, and the jobs that mail. What cannot be
    decided is left as it is and told in `refused`: MovedMeanwhile, Undecidable or states.NotAllowed.
    """
    done, messages = Done(), messages or {}
    with transaction.atomic(savepoint=False):
        cases = {case.pk: case for case in Case.objects.raw(_CASES, [[each.pk for each in comments]])}
        appeals = open_appeals(cases)
        moves, moved = {}, []
        for comment in comments:
            try:
                if comment.version != versions[comment.pk]:
                    moved.append(comment.pk)
                    continue
                message = messages.get(comment.pk, "")
                moves[comment.pk] = _moved(
                    act, comment, cases.get(comment.pk), appeals.get(comment.pk, ()), message
                )
            except REFUSALS as refusal:
                done.refused[comment.pk] = refusal
        wanted = [comment for comment in comments if comment.pk in moves]
        change = {
            each.pk: published_more(each.status, moves[each.pk].get("status", each.status)) for each in wanted
        }
        touched = {
            each.article_id for each in wanted if change[each.pk] or _shows_other_words(each, moves[each.pk])
        }
        still, policy = _locked(touched, moves)
        moved += [each.pk for each in wanted if still.get(each.pk) != each.version]
        if moved:
            done.refused |= MovedMeanwhile.of(moved)
        wanted = [comment for comment in wanted if comment.pk not in done.refused]
        if wanted:
            answered = write(wanted, moves, change)
            done.decisions, to_askers = _record(act, wanted, moves, cases, appeals, messages, policy)
            decided = [each for each in done.decisions.values() if act.is_of_staff and is_told(each)]
            to_authors = Notice.to_authors(decided)
            passed = done.decisions.values() if act.action == Action.ESCALATE else ()
            given = [*answered, *to_authors, *to_askers, *Notice.to_administrators(passed)]
            # Whoever appealed is mailed about that all the same.
            unmailed = [each for each in to_authors if act.quiet and each.kind != Kind.APPEAL]
            Notice.give(given, at=act.at, unmailed=unmailed)
    return done


def _locked(article_ids: set[int], pks) -> tuple[dict[int, int], int | None]:
    """Hold the threads, then the comments, until the transaction ends: {comment: version}, and the policy in force."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCKED, {"articles": [*article_ids], "comments": [*pks]})
        rows = cursor.fetchall()
    if rows and rows[0][3] < len(article_ids):
        Thread.lock(article_ids)  # nobody has commented there before: their rows are missing
    return {pk: version for pk, version, *_ in rows}, rows[0][2] if rows else None


# What is moved, and what stands against it


def _moved(act: Act, comment, case, appeals, message: str) -> dict:
    """The columns that change. Raises states.NotAllowed or Undecidable."""
    waits = comment.waiting_text_id is not None
    kinds = case.kinds if case else ()
    to = states.check(act.action, comment.status, edit_waits=waits, kinds=kinds)
    if act.is_of_staff:
        _stand_in_the_way(act, comment, kinds, appeals, message)
    if act.action == Action.ESCALATE:
        return {}
    now = act.moment
    moved = {"status": to, "waiting_text": None}
    if waits and act.action in {Action.PUBLISH, Action.HOLD}:
        moved |= {"text": F("waiting_text"), "edited_at": now}
    if to == Status.PUBLISHED and comment.published_at is None:
        moved["published_at"] = now
    if act.action == Action.PUBLISH_REDACTED:
        moved["text"] = _redacted(act, comment.text_to_decide, now)
    return moved


def _stand_in_the_way(act: Act, comment, kinds, appeals, message: str) -> None:
    """Raise Undecidable when the act lacks something, or is not this moderator's to do."""
    if act.action in states.NEEDS_CLAUSE and act.clause is None:
        raise Undecidable("Choose the clause of the policy that this is decided by.")
    if act.action in states.NEEDS_MESSAGE and not message:
        raise Undecidable("Tell the author what to change before it can be published.")
    if "crisis" in kinds and act.action not in states.KEEPS_WAITING and not act.outcome:
        raise Undecidable("Say how this emergency was dealt with before it is closed.")
    if act.outcome and "crisis" not in kinds:
        raise Undecidable("An outcome is only given to a comment in the crisis lane.")
    closes = act.action not in states.KEEPS_WAITING
    if why := why_not(act.by, comment, appeals if closes else ()):
        raise Undecidable(why)


def _redacted(act: Act, text, now) -> CommentText:
    try:
        spans = redaction.spans(act.redactions, len(text.plain))
    except ValueError as error:
        raise Undecidable(str(error)) from None
    if not spans:
        raise Undecidable("Mark what is to be taken out of the text.")
    body = redaction.without(text.plain, spans)
    return CommentText.objects.create(
        comment_id=text.comment_id, body=body, body_html=markup.comment(body), created_at=now
    )


def why_not(by, comment, appeals) -> str:
    """Why this moderator leaves the comment to another one, in words; empty when it is theirs to decide.

    `appeals`: those that wait, with their decisions. A query only where it may be somebody else's.
    """
    if comment.author_id == by.pk and others_moderate(by):
        return "This is your own comment: another moderator has to decide about it."
    deciders = {each.decision.by_id for each in appeals}
    if by.pk in deciders and others_moderate(by, but=deciders | {comment.author_id}):
        return "The appeal is against your own decision: another moderator has to answer it."
    senders = {each.by_id for each in appeals}
    if by.pk in senders and others_moderate(by, but=deciders | senders | {comment.author_id}):
        return "The appeal is your own: another moderator has to answer it."
    return ""


def others_moderate(user, *, but=frozenset()) -> bool:
    """Whether somebody else, and none of those (by id), could decide in this user's place. One query."""
    return _moderators().exclude(pk__in={user.pk, *but} - {None}).exists()


def moderators() -> set[int]:
    """Who could decide, by their ids. One query."""
    return set(_moderators().values_list("pk", flat=True))


def _moderators():
    moderates = Q(groups__name__in=[roles.MODERATOR, roles.ADMINISTRATOR]) | Q(is_superuser=True)
    return User.objects.filter(moderates, is_active=True)


# How it is written


def published_more(before: str, after: str) -> int:
    """1 when the move publishes, -1 when it takes away, 0 when it does neither."""
    return (after == Status.PUBLISHED) - (before == Status.PUBLISHED)


def _shows_other_words(comment, moved: dict) -> bool:
    """Whether the page says something else in its place from now on: another text, or another reason why there is none."""
    if comment.status == Status.PUBLISHED:
        return "text" in moved
    return comment.published_answers > 0 and moved.get("status", comment.status) != comment.status


def write(comments, moves: dict[int, dict], change: dict[int, int]) -> list[Notice]:
    """Move the locked comments, and count: `moves` are their columns, `change` how many more are published.

    Returns what is to be given to those whom what is published now answers.
    """
    threads: dict[int, int] = {}
    for comment in comments:
        if change[comment.pk] or _shows_other_words(comment, moves[comment.pk]):
            threads[comment.article_id] = threads.get(comment.article_id, 0) + change[comment.pk]
    Thread.changed_many(threads)
    alike: dict[tuple, list] = {}
    for comment in comments:
        alike.setdefault(tuple(moves[comment.pk].items()), []).append(comment.pk)
    for moved, pks in alike.items():
        Comment.objects.filter(pk__in=pks).update(version=F("version") + 1, **dict(moved))
    above: Counter = Counter()
    for comment in comments:
        for pk in {*paths.ids(comment.path)[:-1], comment.parent_id} - {None}:
            above[pk] += change[comment.pk]
    if any(above.values()):
        with connection.cursor() as cursor:
            cursor.execute(_ABOVE, {"comments": [*above], "steps": [*above.values()]})
    published, gone = ([each for each in comments if change[each.pk] == step] for step in (1, -1))
    return Notice.to_answered(published, gone)


def _record(
    act: Act, comments, moves, cases, appeals, messages, policy
) -> tuple[dict[int, Decision], list[Notice]]:
    """A Decision for each, the cases closed, reports and appeals answered; and what is to be given to who asked.

    Each has the `case` that it was about, as it was, for whoever goes on from there.
    """
    now = act.moment
    closes = act.action not in states.KEEPS_WAITING
    told = iter(_remarks([messages[each.pk] for each in comments if messages.get(each.pk)]))
    noted = iter(_remarks([act.note] * len(comments) if act.note else []))
    about_law = noticed(cases)
    closing, decisions = [], []
    for comment in comments:
        case = cases.get(comment.pk)
        # An emergency is not over because its author takes the text back.
        ends = closes and case is not None and not (not act.is_of_staff and "crisis" in case.kinds)
        if ends:
            closing.append(case)
        of_author = any(each.by_id == comment.author_id for each in appeals.get(comment.pk, ()))
        decisions.append(
            Decision(
                comment=comment,
                action=states.recorded(act.action, comment.status, appealed=of_author),
                from_status=comment.status,
                to_status=moves[comment.pk].get("status", comment.status),
                at=now,
                by=act.by,
                text_id=comment.waiting_text_id or comment.text_id,
                text_before_id=comment.text_id,
                waiting_before_id=comment.waiting_text_id,
                policy_id=act.clause.policy_id if act.clause else policy,
                clause=act.clause,
                canned_reply=act.canned_reply,
                message=next(told) if messages.get(comment.pk) else None,
                note=next(noted) if act.note else None,
                redactions=[list(span) for span in act.redactions],
                closed_case=ends,
                case_before=case.as_before() if case else None,
                source=_source(case, about_law),
                is_detected=case is not None and case.is_detected,
                outcome=act.outcome,
                by_the_same=ends
                and any(each.decision.by_id == act.by.pk for each in appeals.get(comment.pk, ())),
                way=act.way,
                seconds=act.seconds,
            )
        )
        decisions[-1].case = case
        decisions[-1].answers_author = ends and of_author
    Decision.objects.bulk_create(decisions)
    _move_cases(act, comments, closing, now)
    by_comment = {decision.comment_id: decision for decision in decisions}
    to_askers = answer(act, by_comment, closing)
    if act.canned_reply is not None:
        used = F("use_count") + len(decisions)
        CannedReply.objects.filter(pk=act.canned_reply.pk).update(use_count=used)
    return by_comment, to_askers


def _remarks(texts: list[str]) -> list[Remark]:
    return Remark.objects.bulk_create([Remark(text=text) for text in texts]) if texts else []


def _source(case, about_law: set[int]) -> str:
    kinds = case.kinds if case else ()
    if "appeal" in kinds:
        return Decision.Source.APPEAL
    if "report" in kinds:
        return Decision.Source.NOTICE if case.pk in about_law else Decision.Source.REPORT
    return Decision.Source.OWN


def _move_cases(act: Act, comments, closing, now) -> None:
    Case.close_all([case.pk for case in closing], at=now)
    if kind := BRINGS.get(act.action):
        for comment in comments:
            Case.open_for(comment, kind)
