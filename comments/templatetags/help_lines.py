"""Help lines beside a text that is not stored: refused, looked at before sending, or kept for after the login."""

from django import template

from accounts import kept_text
from comments import help as help_lines
from comments import screening

register = template.Library()


@register.inclusion_tag("comments/_help_if_danger.html", takes_context=True)
def help_if_danger(context, text) -> dict:
    """The lines where what somebody typed tells of danger; nothing otherwise. Stores nothing. One query, if at all."""
    request = context.request
    user = getattr(request, "user", None)
    is_staff = bool(user and user.is_authenticated and user.is_newsroom)
    verdict = screening.dangers(str(text), is_staff=is_staff) if text else None
    if verdict is None or not verdict.crisis:
        return {"help": None}
    codes = {each.code for each in verdict.findings}
    return {"help": help_lines.help_for(request), "is_sudden": help_lines.is_sudden(codes)}


@register.simple_tag(takes_context=True)
def typed_before_login(context) -> str:
    """The comment that waits in the session for its writer to log in; empty when none does."""
    newest = kept_text.newest(context.request)
    return newest[1]["body"] if newest else ""
