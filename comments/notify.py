"""Mail about comments: plain text, never a text that is not published except to its own author."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string


def mail_author(decision) -> None:
    """Tell the author what was decided, by which clause, in the desk's words; quotes their own text only.

    Whoever came with an import and has not claimed the account is not written to: they never signed up here.
    """
    comment = decision.comment
    if comment.author is None or not comment.author.is_active or not comment.author.has_usable_password():
        return
    context = {
        "decision": decision,
        "comment": comment,
        "article": comment.article,
        "name": comment.author.display_name,
        "quote": [f"> {line}".rstrip() for line in decision.text.plain.splitlines()] if decision.text else [],
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
    }
    subject = render_to_string("emails/comment_decided_subject.txt", context)
    EmailMessage(
        " ".join(subject.split())[:200],
        render_to_string("emails/comment_decided.txt", context),
        to=[comment.author.email],
        # The same for every try, so that a second one after a crash is seen to be the same mail.
        headers={"Message-ID": f"<decision-{decision.pk}@{_domain()}>"},
    ).send()


def _domain() -> str:
    return settings.SITE_URL.partition("://")[2].partition("/")[0].partition(":")[0] or "localhost"
