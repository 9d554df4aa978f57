"""Names and logins: authors as bylines, commenters with an address as users whom a password reset makes theirs."""

import re
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.text import slugify

from accounts import names
from accounts.models import User, fold_email
from articles.models import Person
from healthnews import markup
from healthnews.wordpress.old import OldAuthor
from healthnews.wordpress.report import Tally
from healthnews.wordpress.run import Run

ANONYMOUS = "Anonymous"
_AT_ONCE = 1_000  # rows written, or addresses asked for, in one statement
_ADDRESS = re.compile(r"[^\s@<>()]{1,64}@[^\s@<>()]{1,255}")


@lru_cache(maxsize=10_000)
def public_name(raw: str) -> str:
    """A name as it may be printed, "" when nothing is left: an address typed as a name was never meant for all."""
    text = _ADDRESS.sub("", markup.text_of(markup.tidy(raw)))
    try:
        return names.clean(text[: names.MAX_LENGTH].strip())
    except ValueError:
        return ""


def bring_author(author: OldAuthor, run: Run, tally: Tally) -> None:
    """The author as a public byline without a login. A dry run, which takes it back, makes it anew for each item."""
    key = run.key("author", author.login[:60])
    with transaction.atomic():
        person = Person.objects.filter(source_key=key).first()
        if person:
            tally.already_here["authors"] += 1
        else:
            name = public_name(author.name) or public_name(author.login) or "Unnamed author"
            person = Person.objects.create(name=name, slug=_free_slug(name, author.login), source_key=key)
            tally.brought["authors"] += 1
    run.people[author.login] = person


def _free_slug(name: str, login: str) -> str:
    base = (slugify(name) or slugify(_ADDRESS.sub("", login)) or "author")[:120]
    taken = set(Person.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    count = 1
    while (slug := base if count == 1 else f"{base}-{count}") in taken:
        count += 1
    return slug


@lru_cache(maxsize=10_000)
def address(raw: str) -> str:
    """The e-mail address as we store it, "" when it is none."""
    folded = fold_email(raw)
    try:
        validate_email(folded)
    except ValidationError:
        return ""
    return folded if len(folded) <= User._meta.get_field("email").max_length else ""


def users_of(wanted: dict[str, str], run: Run, tally: Tally) -> dict[str, int]:
    """The ids of the users of these addresses {address: display name}; whom we do not know is made.

    Nobody has proved that the address is theirs, so none counts as verified and none can log in yet: whoever reads
    its mail can claim the account by a password reset.
    """
    users = _known(wanted)
    made = {email for email in wanted if email not in users}
    if made:
        fresh = [User(email=email, display_name=wanted[email] or ANONYMOUS) for email in sorted(made)]
        for user in fresh:
            user.set_password(None)
        # Somebody may sign up with an address in this very moment: then they are who is meant.
        User.objects.bulk_create(fresh, batch_size=_AT_ONCE, ignore_conflicts=True)
        users |= _known(made)
    # A dry run takes back each item, so it makes the same users again for the next.
    tally.brought["users"] += len(made - run.users)
    run.users |= made
    count_here(set(users), run, tally)
    return users


def _known(addresses) -> dict[str, int]:
    wanted, users = list(addresses), {}
    for start in range(0, len(wanted), _AT_ONCE):
        found = User.objects.filter(email__in=wanted[start : start + _AT_ONCE])
        users |= dict(found.values_list("email", "pk"))
    return users


def count_here(addresses: set[str], run: Run, tally: Tally) -> None:
    """Count those whom neither this run made nor an earlier item of it met."""
    tally.already_here["users"] += len(addresses - run.users)
    run.users |= addresses
