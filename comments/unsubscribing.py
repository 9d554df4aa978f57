"""The signed links at the end of mails: they switch off one kind for one person, without a login."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import User
from comments.models import Preference
from comments.models.preference import FIXED, How, Kind

DAILY = "daily"  # whatever comes with the mail of the day
_SALT = "comments.unsubscribe"
_LONGEST = 200  # characters of a link's token


def link(user, kind: str) -> str:
    """The address, for a mail."""
    token = signing.dumps([user.pk, kind], salt=_SALT)
    return settings.SITE_URL + reverse("comments:unsubscribe", args=[token])


def read(token: str) -> tuple[int, str] | None:
    """Whose link it is and about what; None when it is none of ours. It says nothing about whether they are here."""
    if len(token) > _LONGEST:
        return None
    try:
        pk, kind = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return (pk, kind) if kind == DAILY or kind in Kind and kind not in FIXED else None


def carry_out(pk: int, kind: str) -> None:
    """Nothing of that kind is mailed any more; the notices stay in the inbox."""
    user = User.objects.filter(pk=pk, is_active=True).first()
    if user is None:
        return
    ways = Preference.of(user)
    kinds = [each for each, how in ways.items() if how == How.DAILY] if kind == DAILY else [kind]
    Preference.choose(user, dict.fromkeys(kinds, How.NEVER))


def words(kind: str) -> str:
    """What the link switches off."""
    return "the mail that comes once a day" if kind == DAILY else f"mail of this kind: “{Kind(kind).label}”"
