"""Rows for tests: plain functions with defaults, each returning a stored row."""

from itertools import count

from django.contrib.auth.models import Group

from accounts.models import User
from articles.models import Article, Draft, Person, Tag
from comments import screening
from comments.models import Comment

PASSWORD = "a long enough passphrase"
_numbers = count(1)


def make_user(role: str = "", **changes) -> User:
    """A person who can log in (verified address, PASSWORD), in the group `role` if one is named."""
    number = next(_numbers)
    fields = {
        "email": f"person{number}@example.org",
        "display_name": f"Person {number}",
        "password": PASSWORD,
    }
    user = User.objects.create_user(**fields | changes)
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    if role:
        user.groups.add(Group.objects.get(name=role))
        user.is_staff = True
        user.save(update_fields=["is_staff"])
    return user


def make_person(**changes) -> Person:
    """A public byline."""
    number = next(_numbers)
    return Person.objects.create(**{"name": f"Writer {number}", "slug": f"writer-{number}"} | changes)


def make_article(
    *, publish=True, at=None, authors=(), tags=(), kind="article", created_by=None, **changes
) -> Article:
    """An article with a draft; published as edition 1 unless told otherwise."""
    number = next(_numbers)
    fields = {
        "title": f"Article {number}",
        "dek": "What it is about.",
        "body": "<p>Twitching is common.</p>",
    } | changes
    article = Article.objects.create(
        title=fields["title"], slug=f"article-{number}", kind=kind, created_by=created_by
    )
    draft = Draft.objects.create(article=article, **{"slug": article.slug} | fields)
    for position, person in enumerate(authors):
        draft.bylines.create(person=person, position=position)
    draft.tags.set(
        Tag.objects.get_or_create(key=Tag.make_key(name), defaults={"name": name, "slug": name})[0]
        for name in tags
    )
    if publish:
        article = draft.save_version(by=None).publish(by=None, kind="first", at=at)
    return article


def verdict(outcome="publish", *findings) -> screening.Verdict:
    """What screening might have said."""
    return screening.Verdict(tuple(findings), screening.Outcome[outcome.upper()])


def make_comment(
    article=None, author=None, parent=None, status="published", body="I have that too."
) -> Comment:
    """A comment, published or waiting, through its own door."""
    outcome = {"published": "publish", "pending": "hold", "rejected": "reject"}[status]
    return Comment.submit(
        article=article or (parent.article if parent else make_article()),
        by=author or make_user(),
        body=body,
        parent=parent,
        verdict=verdict(outcome),
    )


def make_regular(**changes) -> User:
    """A reader whose first comments lie behind them: what they write appears at once."""
    user = make_user(**changes)
    for number in range(3):
        make_comment(author=user, body=f"Earlier {number}.")
    Comment.objects.filter(author=user).update(posted_at="2020-01-01T00:00Z")
    return user
