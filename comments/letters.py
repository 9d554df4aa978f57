"""Mails about people, credentials, corrections and the crisis lane: plain text, to one person, and nothing in them that
somebody else wrote in private. Mails about comments, which one can choose, are in notify.py."""

from django.conf import settings
from django.template.loader import render_to_string

from comments import post, states
from comments.models import Appeal, CorrectionRequest, Report


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
    about = imposed.comment
    # The words of somebody in danger are in no mail that others may open.
    quote = quoted(about.text.plain) if about and not about.is_veiled else []
    context = {"sanction": imposed, "quote": quote}
    if what == "lifted":
        context["appeal"] = imposed.appeals.filter(was_granted=True).first()
    _write(imposed.user, f"sanction_{what}", f"sanction-{imposed.pk}-{what}", **context)


def sanction_appeal_answered(appeal) -> None:
    """What came of an appeal against a sanction that stays, or was over already; lifting it has a mail of its own."""
    context = {"sanction": appeal.sanction, "appeal": appeal, "text": quoted(appeal.text.text)}
    _write(appeal.sanction.user, "sanction_appeal", f"sanction-appeal-{appeal.pk}", **context)


def crisis(alerts) -> None:
    """Cases that wait in the crisis lane, to one person. No word of any comment: mail is read over shoulders.

    Tried even where mail came back: somebody may be in danger.
    """
    to, key = alerts[0].to, f"crisis-{min(each.pk for each in alerts)}"
    if post.is_here(to):
        _post(to.email, "crisis", key, user=to, alerts=alerts)


def notice_answered(notice, decision) -> bool:
    """To who sent a notice of illegal content without a login, as `answer_to` says; whether a mail server took it."""
    context = answer_to([notice.report], decision)
    return _post(notice.email, "report_answered", f"report-{notice.report_id}-{decision.pk}", **context)


def answer_to(reports, decision) -> dict:
    """What a mail says to who reported a comment: what was decided. It may be a later decision, which reversed that."""
    report = reports[0]
    is_reversal = all(each.answered_by_id != decision.pk for each in reports)
    return {
        "report": report,
        "reasons": "; ".join(each.get_reason_display().lower() for each in reports),
        "decision": decision,
        "comment": report.comment,
        "article": report.comment.article,
        "is_notice": report.is_of_illegal,
        "is_reversal": is_reversal,
        "was_in_part": is_reversal and report.answered_by.action == states.PUBLISH_REDACTED,
        "who": "we" if decision.by_the_same else "another moderator",
        "with_editors": _is_with_editors(reports),
        "may_appeal": report.reporter is not None
        and Appeal.is_open_to(report.reporter, report.comment, decision),
        # Written to whom the decision answered; not to who was given the same answer later.
        "message": decision.said_to_who_asked if report.at <= decision.at else "",
    }


def _is_with_editors(reports) -> bool:
    """Whether they said that something in the article is wrong, and the editors have that. A query where they did."""
    said_so = any(each.reason == Report.Reason.MISTAKE for each in reports)
    return said_so and CorrectionRequest.objects.with_editors().filter(comment=reports[0].comment_id).exists()


def answer_to_appeal(appeal) -> dict:
    """What a mail says to who had reported a comment and appealed: what was decided about that."""
    decision = appeal.answered_by
    return {
        "appeal": appeal,
        "decision": decision,
        "comment": decision.comment,
        "article": decision.comment.article,
        "message": decision.said_to_who_appealed,
    }


def notice_received(notice) -> bool:
    """That a notice of illegal content was received (DSA art. 16, 4); whether a mail server took it.

    Nobody has proved that the address is theirs: no word of the sender's is mailed there. Who has a login is written to
    at the address of that.
    """
    report = notice.report
    context = {"notice": notice, "comment": report.comment, "article": report.comment.article}
    if report.reporter is not None:
        return _write(report.reporter, "notice_received", f"notice-{notice.pk}", **context)
    if notice.email:  # one about abuse of a child may come without an address
        return _post(notice.email, "notice_received", f"notice-{notice.pk}", **context)
    return False


def quoted(text: str) -> list[str]:
    """The lines of a text as a mail quotes them."""
    return [f"> {line}".rstrip() for line in text.splitlines()]


def _write(user, template: str, key: str, **context) -> bool:
    """Send it, where mail reaches them."""
    return post.takes_mail(user) and _post(user.email, template, key, user=user, **context)


def _post(to: str, template: str, key: str, *, user=None, **context) -> bool:
    context |= {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL}
    context["name"] = user.name_in_text if user else ""
    subject = " ".join(render_to_string(f"emails/{template}_subject.txt", context).split())[:200]
    return post.send(key, to, subject, render_to_string(f"emails/{template}.txt", context), user=user)
