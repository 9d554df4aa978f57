"""Mail about comments: plain text, never a text that is not published except to its own author."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from comments import statement


def mail_author(decision) -> None:
    """Tell the author what was decided, by which clause, in the desk's words; quotes their own text only."""
    comment = decision.comment
    if not _can_be_written_to(comment.author):
        return
    made = statement.statement(decision)
    context = {
        "decision": decision,
        "statement": made,
        "comment": comment,
        "name": comment.author.display_name,
        "quote": quoted(made.quote),
        "about_edit": decision.waiting_before_id is not None and decision.to_status == "published",
    }
    _send("comment_decided", context, comment, comment.author.email, f"decision-{decision.pk}")


def mail_reporter(report, decision) -> None:
    """Tell who reported a comment what was decided. `decision` may be a later one, which reversed their answer."""
    notice = getattr(report, "notice", None)
    if report.reporter is not None and not _can_be_written_to(report.reporter):
        return
    to = report.reporter.email if report.reporter else notice and notice.email
    if not to:
        return  # a notice about abuse of a child may come without an address
    context = {
        "report": report,
        "decision": decision,
        "is_notice": notice is not None,
        "is_reversal": report.answered_by_id != decision.pk,
        "name": report.reporter.display_name if report.reporter else notice.name,
        "has_login": report.reporter is not None,
    }
    _send("report_answered", context, report.comment, to, f"report-{report.pk}-{decision.pk}")


def mail_appellant(appeal) -> None:
    """Tell who appealed what was decided about it."""
    if not _can_be_written_to(appeal.by):
        return
    comment = appeal.decision.comment
    context = {
        "appeal": appeal,
        "decision": appeal.answered_by,
        "comment": comment,
        "is_author": appeal.by_id == comment.author_id,
        "name": appeal.by.display_name,
    }
    _send("appeal_answered", context, comment, appeal.by.email, f"appeal-{appeal.pk}-{appeal.answered_by_id}")


def mail_acknowledgement(notice) -> None:
    """Confirm that a notice of illegal content was received (DSA art. 16, 4)."""
    report = notice.report
    to = notice.email or (report.reporter.email if report.reporter else "")
    if to:
        context = {"notice": notice, "name": notice.name, "explanation": quoted(notice.explanation)}
        _send("notice_received", context, report.comment, to, f"notice-{notice.pk}")


def quoted(text: str) -> list[str]:
    """The lines of a text as a mail quotes them."""
    return [f"> {line}".rstrip() for line in text.splitlines()]


def _can_be_written_to(user) -> bool:
    """Whoever came with an import and has not claimed the account never signed up here."""
    return user is not None and user.is_active and user.has_usable_password()


def _send(template: str, context: dict, comment, to: str, key: str) -> None:
    context |= {
        "comment": comment,
        "article": comment.article,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
    }
    subject = render_to_string(f"emails/{template}_subject.txt", context)
    EmailMessage(
        " ".join(subject.split())[:200],
        render_to_string(f"emails/{template}.txt", context),
        to=[to],
        # The same for every try, so that a second one after a crash is seen to be the same mail.
        headers={"Message-ID": f"<{key}@{_domain()}>"},
    ).send()


def _domain() -> str:
    return settings.SITE_URL.partition("://")[2].partition("/")[0].partition(":")[0] or "localhost"
