"""Mails about people, credentials, corrections and the crisis lane: plain text, to one person, and nothing in them that
somebody else wrote in private. Mails about comments, which one can choose, are in notify.py."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string


def credential_answer(request) -> None:
    """What became of a request to be verified."""
    _write(request.user, "credential_answer", f"credential-request-{request.pk}", request=request)


def credential_revoked(credential) -> None:
    """A mark that new comments carry no more."""
    _write(credential.user, "credential_revoked", f"credential-{credential.pk}", credential=credential)


def correction_made(request) -> None:
    """The article was corrected, as the commenter had said."""
    _write(request.comment.author, "correction_made", f"correction-{request.pk}", **_corrected(request))


def reported_correction_made(request, report) -> None:
    """The same to who had reported the comment because of it."""
    ident = f"correction-{request.pk}-{report.pk}"
    _write(report.reporter, "correction_made", ident, report=report, **_corrected(request))


def _corrected(request) -> dict:
    return {
        "article": request.comment.article,
        "note": request.correction.fixed_in.note,
        "where": request.where,
        "answer": request.answer if request.answer and request.answer.is_published else None,
    }


def sanction(imposed, what: str) -> None:
    """A sanction was "imposed" on somebody or "lifted": what it means, why, and how to answer."""
    quote = quoted(imposed.comment.text.plain) if imposed.comment else []
    _write(imposed.user, f"sanction_{what}", f"sanction-{imposed.pk}-{what}", sanction=imposed, quote=quote)


def sanction_appeal_answered(appeal) -> None:
    """What came of an appeal against a sanction that stays, or was over already; lifting it has a mail of its own."""
    context = {"sanction": appeal.sanction, "appeal": appeal, "text": quoted(appeal.text.text)}
    _write(appeal.sanction.user, "sanction_appeal", f"sanction-appeal-{appeal.pk}", **context)


def crisis(alerts) -> None:
    """Cases that wait in the crisis lane, to one person. No word of any comment: mail is read over shoulders."""
    _write(alerts[0].to, "crisis", f"crisis-{min(each.pk for each in alerts)}", alerts=alerts)


def report_answered(report, decision) -> None:
    """To who reported a comment: what was decided. `decision` may be a later one, which reversed their answer."""
    notice = getattr(report, "notice", None)
    context = {
        "report": report,
        "decision": decision,
        "comment": report.comment,
        "article": report.comment.article,
        "is_notice": notice is not None,
        "is_reversal": report.answered_by_id != decision.pk,
        "has_login": report.reporter is not None,
    }
    ident = f"report-{report.pk}-{decision.pk}"
    if report.reporter is not None:
        _write(report.reporter, "report_answered", ident, **context)
    elif notice and notice.email:  # one about abuse of a child may come without an address
        _post(notice.email, "report_answered", ident, name=notice.name, **context)


def appeal_answered(appeal) -> None:
    """To who appealed: what was decided about it."""
    comment = appeal.decision.comment
    context = {
        "appeal": appeal,
        "decision": appeal.answered_by,
        "comment": comment,
        "article": comment.article,
        "is_author": appeal.by_id == comment.author_id,
    }
    _write(appeal.by, "appeal_answered", f"appeal-{appeal.pk}-{appeal.answered_by_id}", **context)


def notice_received(notice) -> None:
    """That a notice of illegal content was received (DSA art. 16, 4)."""
    report = notice.report
    to = notice.email or (report.reporter.email if report.reporter else "")
    context = {
        "notice": notice,
        "name": notice.name,
        "explanation": quoted(notice.explanation),
        "comment": report.comment,
        "article": report.comment.article,
    }
    if to:
        _post(to, "notice_received", f"notice-{notice.pk}", **context)


def quoted(text: str) -> list[str]:
    """The lines of a text as a mail quotes them."""
    return [f"> {line}".rstrip() for line in text.splitlines()]


def _write(user, template: str, message_id: str, **context) -> None:
    """Send it. Whoever came with an import and has not claimed the account never signed up here, and gets no mail."""
    if user is None or not user.is_active or not user.has_usable_password():
        return
    _post(user.email, template, message_id, name=user.display_name, **context)


def _post(to: str, template: str, message_id: str, **context) -> None:
    context |= {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL}
    subject = render_to_string(f"emails/{template}_subject.txt", context)
    EmailMessage(
        " ".join(subject.split())[:200],
        render_to_string(f"emails/{template}.txt", context),
        to=[to],
        # The same for every try, so that a second one after a crash is seen to be the same mail.
        headers={"Message-ID": f"<{message_id}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>"},
    ).send()
