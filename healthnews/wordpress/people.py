"""Names and logins: authors as bylines, commenters with an address as users whom a password reset makes theirs."""

import re

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
_ADDRESS = re.compile(r"[^\s@<>()]{1,64}@[^\s@<>()]{1,255}")


def public_name(raw: str) -> str:
    """A name as it may be printed, "" when nothing is left: an address typed as a name was never meant for all."""
    text = _ADDRESS.sub("", markup.text_of(markup.tidy(raw)))
    try:
        return names.clean(text[: names.MAX_LENGTH].strip())
    except ValueError:
        return ""


def bring_author(author: OldAuthor, run: Run, tally: Tally) -> None:
    """The author as a public byline without a login."""
    key = run.key("author", author.login[:60])
    with transaction.atomic():
        person = Person.objects.filter(source_key=key).first()
        if person:
            tally.already_here["authors"] += 1
        else:
            name = public_name(author.name) or public_name(author.login) or "Unnamed author"
            person = Person.objects.create(name=name, slug=_free_slug(name, author.login), source_key=key)
            tally.brought["authors"] += 1
    run.people[author.login] = person.pk


def _free_slug(name: str, login: str) -> str:
    base = (slugify(name) or slugify(_ADDRESS.sub("", login)) or "author")[:120]
    taken = set(Person.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    count = 1
    while (slug := base if count == 1 else f"{base}-{count}") in taken:
        count += 1
    return slug


def address(raw: str) -> str:
    """The e-mail address as we store it, "" when it is none."""
    folded = fold_email(raw)
    try:
        validate_email(folded)
    except ValidationError:
        return ""
    return folded if len(folded) <= User._meta.get_field("email").max_length else ""


def users_of(wanted: dict[str, str], run: Run, tally: Tally) -> dict[str, User]:
    """The users of these addresses {address: display name}; whom we do not know is made, and cannot log in yet.

    Nobody has proved that the address is theirs, so none counts as verified: whoever reads its mail can claim the
    account by a password reset.
    """
    users = {user.email: user for user in User.objects.filter(email__in=wanted)}
    for email, name in wanted.items():
        if email not in users:
            users[email] = User.objects.create_user(email, None, display_name=name or ANONYMOUS)
            tally.brought["users"] += 1
            run.users.add(users[email].pk)
    count_here({user.pk for user in users.values()}, run, tally)
    return users


def count_here(users: set[int], run: Run, tally: Tally) -> None:
    """Count those whom neither this run made nor an earlier item of it met."""
    tally.already_here["users"] += len(users - run.users)
    run.users |= users
