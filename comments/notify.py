"""Mail about comments: plain text, never a text that is not published except to its own author.

Each mail is handed over once. In one transaction: a lock on its Message-ID, a look whether it was sent, the mail server,
the mark that it was sent. A process that is killed before the mark sends it again, with the same Message-ID: at most
one more for each time it was killed in that moment. Two processes never send the same mail at once, and no door waits
for a mail server: the lock is on a name, not on a row.
"""

from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from comments import post, statement, states, telling, unsubscribing
from comments.letters import answer_to, answer_to_appeal, notice_answered, quoted
from comments.models import Appeal, Digest, LegalNotice, Notice, Preference, Report
from comments.models.notice import ANSWERS, REPORTS
from comments.models.preference import FIXED, How, Kind

MOST_IN_A_DIGEST = 50


def mail_author(decision) -> None:
    """Tell the author what was decided, by which clause, in the desk's words; quotes their own text only."""
    comment = decision.comment
    with _alone(f"decision-{decision.pk}") as free:
        notice = decision.notices.filter(user=comment.author_id).first()
        # Who has changed what was returned, and sent it again, is not asked to.
        is_over = decision.action == states.RETURN and comment.status != states.RETURNED
        if not free or is_over or not _is_due(notice, comment.author):
            return
        answer = _answer_beside(decision)
        made = statement.statement(decision)
        context = {
            "statement": made,
            "about_edit": decision.waiting_before_id is not None and decision.to_status == "published",
            "decision": decision,
            "comment": comment,
            "article": comment.article,
            "name": comment.author.name_in_text,
            # The words of what waits as an emergency are in no mail that others may open.
            "quote": quoted("" if comment.is_emergency else made.quote),
            "answer": telling.told(answer) if answer else None,
            "answer_quote": quoted(telling.told(answer).quote) if answer else [],
        }
        kind = notice.kind if notice else Kind.DECIDED
        # Who was in danger is written to as a person first; and their words are in no mail that others may open.
        template = "crisis_decided" if _was_in_danger(decision) else "comment_decided"
        _send(f"decision-{decision.pk}", comment.author, kind, template, context, [notice, answer])


def mail_notice(pk: int) -> None:
    """Mail one notice of another kind; nothing when what it tells of is no longer public."""
    with _alone(f"notice-{pk}") as free:
        notice = Notice.objects.filter(pk=pk).visible().for_telling().select_related("user").first()
        if not free or notice is None or not _is_due(notice, notice.user):
            return
        if notice.kind in ANSWERS and (not telling.is_readable(notice.comment) or _comes_beside(notice)):
            return
        if notice.decision and hasattr(notice.decision, "reversed_by"):  # as the inbox says
            return
        if notice.kind in REPORTS:
            _mail_reporter(notice)
            return
        if notice.kind == Kind.APPEAL:
            _mail_appellant(notice)
            return
        told = telling.told(notice)
        context = {
            "told": told,
            "name": notice.user.name_in_text,
            "quote": quoted(told.quote),
        }
        _send(f"notice-{pk}", notice.user, notice.kind, "notice", context, [notice])


def _mail_reporter(notice) -> None:
    """What came of all that they reported about this comment and that this decision answers, or reverses the answer to."""
    reports = Report.objects.filter(comment=notice.comment_id, reporter=notice.user_id)
    illegal = Q(reason=Report.Reason.ILLEGAL)
    reports = reports.filter(illegal if notice.kind == Kind.NOTICE_ANSWERED else ~illegal)
    reversed_ones = Appeal.objects.filter(answered_by=notice.decision_id, was_granted=True).values("decision")
    about = Q(answered_by=notice.decision_id) | Q(answered_by__in=reversed_ones)
    if notice.decision.puts_back:
        about |= Q(pk__in=Report.told_that_gone([notice.decision]))
    if found := list(reports.filter(about).select_related("comment__article", "answered_by").order_by("-pk")):
        context = answer_to(found, notice.decision) | {"name": notice.user.name_in_text}
        _send(f"notice-{notice.pk}", notice.user, notice.kind, "report_answered", context, [notice])


def mail_sender(notice, decision) -> None:
    """The same to who sent a notice of illegal content without a login; that it was mailed stands with the notice."""
    with _alone(f"report-{notice.report_id}-{decision.pk}") as free:
        sent = LegalNotice.objects.filter(pk=notice.pk)
        if free and not sent.filter(answer_mailed=decision).exists() and notice_answered(notice, decision):
            sent.update(answer_mailed=decision, answer_mailed_at=timezone.now())


def _mail_appellant(notice) -> None:
    """What came of the appeal of who had reported the comment; its author is told with the decision."""
    joined = ("answered_by__comment__article", "answered_by__clause", "answered_by__message")
    answered = Appeal.objects.filter(answered_by=notice.decision_id, by=notice.user_id)
    if appeal := answered.select_related(*joined).first():
        context = answer_to_appeal(appeal) | {"name": notice.user.name_in_text}
        _send(f"notice-{notice.pk}", notice.user, notice.kind, "appeal_answered", context, [notice])


def mail_digest(pk: int) -> None:
    """Mail what was put together for one person on one day: what is still public of it, and still wanted by mail."""
    with _alone(f"digest-{pk}") as free:
        digest = Digest.objects.filter(pk=pk, done_at__isnull=True).select_related("user").first()
        if not free or digest is None:
            return
        ways = Preference.of(digest.user)
        wanted = [kind for kind, how in ways.items() if how != How.NEVER]
        waiting = digest.notices.filter(kind__in=wanted, mailed_at__isnull=True).visible()
        notices = list(waiting.for_telling().order_by("at", "pk")[: MOST_IN_A_DIGEST + 1])
        shown = [each for each in notices if each.kind not in ANSWERS or telling.is_readable(each.comment)]
        if shown and post.takes_mail(digest.user):
            told = [telling.told(each) for each in shown[:MOST_IN_A_DIGEST]]
            lines = [(each, quoted(each.quote)) for each in told]
            more = len(notices) > MOST_IN_A_DIGEST
            context = {"lines": lines, "more": more, "name": digest.user.name_in_text}
            _send(f"digest-{pk}", digest.user, unsubscribing.DAILY, "digest", context, waiting)
        Digest.objects.filter(pk=pk).update(done_at=timezone.now())


# What is looked at before


@contextmanager
def _alone(key: str):
    """A transaction in which nobody else sends this mail; gives False when somebody does already."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"mail {key}"])
            [free] = cursor.fetchone()
        yield free


def _is_due(notice, user) -> bool:
    """Whether it is to be mailed now; what is wanted once a day meanwhile is left to the mail of the day."""
    if notice is None:  # decided before there were notices
        return post.takes_mail(user)
    if notice.mailed_at or notice.digest_id:
        return False
    how = Preference.of(notice.user)[notice.kind]
    if how != How.NOW:
        Notice.objects.filter(pk=notice.pk).update(how=how)
        return False
    return post.takes_mail(user)


def _answer_beside(decision) -> Notice | None:
    """The notice of the answer that was published with the comment, for the same mail; None when it is not for one."""
    if decision.answer_id is None:
        return None
    answers = Notice.objects.filter(comment=decision.answer_id, user=decision.comment.author_id)
    answer = answers.visible().for_telling().select_related("user").first()
    is_wanted = answer is not None and _is_due(answer, answer.user)
    return answer if is_wanted and telling.is_readable(answer.comment) else None


def _was_in_danger(decision) -> bool:
    """Whether it is about an emergency that was one, also where it decides something else about it later."""
    case = getattr(decision.comment, "case", None)
    if decision.is_of_crisis or case is None or not case.was_crisis:
        return decision.is_of_crisis
    ended = decision.comment.decisions.filter(reversed_by__isnull=True).exclude(outcome="").first()
    return ended is not None and ended.is_of_crisis


def _comes_beside(notice) -> bool:
    """Whether the mail about the decision, which is still to be sent, tells of this answer, too."""
    decided = Notice.objects.filter(
        decision__answer=notice.comment_id, user=notice.user_id, mailed_at__isnull=True
    )
    decided = decided.filter(decision__reversed_by__isnull=True).first()
    return decided is not None and Preference.of(decided.user)[decided.kind] == How.NOW


# How it is sent


def _send(key: str, user, kind: str, template: str, context: dict, notices) -> None:
    """Hand the mail over, and mark its notices, unless it was refused for good."""
    link = unsubscribing.link(user, kind) if kind not in FIXED else ""
    context |= {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "kind": kind,
        "unsubscribe": link,
        "choices": settings.SITE_URL + reverse("comments:notice_preferences"),
        "inbox": settings.SITE_URL + reverse("comments:notices"),
    }
    subject = " ".join(render_to_string(f"emails/{template}_subject.txt", context).split())[:200]
    body = render_to_string(f"emails/{template}.txt", context).rstrip()
    why = render_to_string("emails/_why.txt", context)
    headers = {}
    if link:  # RFC 8058: mail programs offer it as a button
        headers = {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    if not post.send(key, user.email, subject, f"{body}\n\n{why}", user=user, headers=headers):
        return
    now = timezone.now()
    pks = [each.pk for each in notices if each] if isinstance(notices, list) else notices.values("pk")
    Notice.objects.filter(pk__in=pks).update(mailed_at=now)
