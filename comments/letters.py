"""Mails about people, credentials, corrections and the crisis lane: plain text, to one person, and nothing in them that
somebody else wrote in private. Mails about comments, which one can choose, are in notify.py."""

from django.conf import settings
from django.template.loader import render_to_string

from comments import post, states


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
    _write(imposed.user, f"sanction_{what}", f"sanction-{imposed.pk}-{what}", sanction=imposed, quote=quote)


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


def report_answered(report, decision) -> None:
    """To who sent a notice of illegal content without a login, as `answer_to` says; all others have a notice here."""
    notice = getattr(report, "notice", None)
    if report.reporter_id is None and notice and notice.email:
        context = answer_to([report], decision)
        _post(notice.email, "report_answered", f"report-{report.pk}-{decision.pk}", **context)


def answer_to(reports, decision) -> dict:
    """What a mail says to who reported a comment: what was decided. It may be a later decision, which reversed that."""
    report = reports[0]
    return {
        "report": report,
        "reasons": "; ".join(each.get_reason_display().lower() for each in reports),
        "decision": decision,
        "comment": report.comment,
        "article": report.comment.article,
        "is_notice": report.is_of_illegal,
        "is_reversal": all(each.answered_by_id != decision.pk for each in reports),
        "has_login": report.reporter_id is not None,
        # Written to whom the decision answered; not to who was given the same answer later.
        "message": _to_who_asked(decision) if report.at <= decision.at else "",
    }


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
    decision = appeal.answered_by
    own = decision.message.text if context["is_author"] and decision.message else ""
    context["message"] = own or _to_who_asked(decision)
    _write(appeal.by, "appeal_answered", f"appeal-{appeal.pk}-{appeal.answered_by_id}", **context)


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


def _to_who_asked(decision) -> str:
    """What a moderator wrote when a comment was kept: to who had reported it, or had appealed because it was kept before."""
    kept = (
        decision.action == states.KEEP and not decision.outcome
    )  # of an emergency, its author is written to
    return decision.message.text if kept and decision.message else ""


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
