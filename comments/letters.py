"""Mails about credentials and corrections: plain text, to one person, nothing in them that somebody else wrote in private."""

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
    comment, correction = request.comment, request.correction
    context = {
        "article": comment.article,
        "note": correction.fixed_in.note,
        "where": request.where,
        "answer": request.answer if request.answer and request.answer.is_published else None,
    }
    _write(comment.author, "correction_made", f"correction-{request.pk}", **context)


def _write(user, template: str, message_id: str, **context) -> None:
    """Send it. Whoever came with an import and has not claimed the account never signed up here, and gets no mail."""
    if user is None or not user.is_active or not user.has_usable_password():
        return
    context |= {"name": user.display_name, "site_name": settings.SITE_NAME, "site_url": settings.SITE_URL}
    subject = render_to_string(f"emails/{template}_subject.txt", context)
    EmailMessage(
        " ".join(subject.split())[:200],
        render_to_string(f"emails/{template}.txt", context),
        to=[user.email],
        # The same for every try, so that a second one after a crash is seen to be the same mail.
        headers={"Message-ID": f"<{message_id}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>"},
    ).send()
