"""What the account's pages and the desk print about notices and mail."""

from django import template

from comments.models import Bounce, Notice
from comments.models.notice import MOST_COUNTED

register = template.Library()


@register.simple_tag
def unread_notices(user) -> str:
    """How many notices wait, as it is printed: empty for none, counted to a limit."""
    count = Notice.unread_count(user)
    return f"{MOST_COUNTED:,}+" if count > MOST_COUNTED else f"{count:,}" if count else ""


@register.simple_tag
def mail_bounces(user) -> Bounce | None:
    """Why nothing is mailed to the person's address now; None when mail goes there."""
    return Bounce.stopping(user) if user else None


@register.simple_tag
def mail_failures(user) -> Bounce | None:
    """The same for the desk, which is told of what proves nothing, too."""
    return Bounce.of_late(user) if user else None
