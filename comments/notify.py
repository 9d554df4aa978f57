"""Mail about comments: plain text, never a text that is not published except to its own author."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string


def mail_author(decision) -> None:
    """Tell the author what was decided, by which clause, in the desk's words; quotes their own text only.

    Whoever came with an import and has not claimed the account is not written to: they never signed up here.
    """
    comment = decision.comment
    if not _is_reachable(comment.author):
        return
    context = {
        "decision": decision,
        "comment": comment,
        "article": comment.article,
        "name": comment.author.display_name,
        "quote": quoted(decision.text.plain) if decision.text else [],
    }
    _send("comment_decided", context, to=comment.author.email, ident=f"decision-{decision.pk}")


def mail_person(sanction, what: str) -> None:
    """Tell somebody that a sanction was "imposed" on them or "lifted": what it means, why, and how to answer."""
    if not _is_reachable(sanction.user):
        return
    quote = sanction.comment.text.plain if sanction.comment else ""
    _send(
        f"sanction_{what}",
        {"sanction": sanction, "name": sanction.user.display_name, "quote": quoted(quote)},
        to=sanction.user.email,
        ident=f"sanction-{sanction.pk}-{what}",
    )


def mail_alerts(alerts) -> None:
    """Tell one person of cases in the crisis lane. No word of any comment: mail is read over shoulders."""
    context = {"alerts": alerts, "name": alerts[0].to.display_name}
    _send("crisis", context, to=alerts[0].to.email, ident=f"crisis-{min(each.pk for each in alerts)}")


def _send(template: str, context: dict, *, to: str, ident: str) -> None:
    """One plain mail. `ident` is the same for every try, so that a second one is seen to be the same mail."""
    context |= {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL}
    subject = render_to_string(f"emails/{template}_subject.txt", context)
    EmailMessage(
        " ".join(subject.split())[:200],
        render_to_string(f"emails/{template}.txt", context),
        to=[to],
        headers={"Message-ID": f"<{ident}@{_domain()}>"},
    ).send()


def quoted(text: str) -> list[str]:
    """The lines of a text as a mail quotes them."""
    return [f"> {line}".rstrip() for line in text.splitlines()]


def _is_reachable(user) -> bool:
    return user is not None and user.is_active and user.has_usable_password()


def _domain() -> str:
    return settings.SITE_URL.partition("://")[2].partition("/")[0].partition(":")[0] or "localhost"
