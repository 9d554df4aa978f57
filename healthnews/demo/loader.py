"""Loads the demo newsroom through the same doors that a real one uses, dated back from the day of loading.

People and articles are here; what is said under the articles is in `discussions.py`, what the moderators have
arranged in `desk.py`.
"""

from datetime import timedelta
from pathlib import Path
from zlib import crc32

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts import names, roles
from accounts.models import User
from articles.models import Article, Draft, Image, Person, Review, Tag, Version
from articles.models.draft import DraftByline, DraftSource
from articles.models.images import reencode
from comments import pruning, tally
from comments.models import Comment
from healthnews.demo import desk, discussions
from healthnews.fresh_site import load

FOLDER = Path(__file__).parent
PASSWORD = "demo-health-news"  # noqa: S105  printed at every start; a demo's accounts are meant to be used
ROLES = {
    "author@example.org": roles.AUTHOR,
    "editor@example.org": roles.EDITOR,
    "reviewer@example.org": roles.REVIEWER,
    "moderator@example.org": roles.MODERATOR,
    "moderator2@example.org": roles.MODERATOR,
    "admin@example.org": roles.ADMINISTRATOR,
}
_MARK = "demo:"  # how source keys of the demo's articles begin


def is_loaded() -> bool:
    """Whether the demo newsroom is in this database."""
    return Article.objects.filter(source_key__startswith=_MARK).exists()


def is_free() -> bool:
    """Whether nothing but what every fresh site has is in this database."""
    return not (Article.objects.exclude(slug__in=["about", "privacy"]).exists() or Comment.objects.exists())


@transaction.atomic
def load_newsroom(say) -> dict[str, int]:
    """Write all of it, or nothing; `say(words)` reports each step. Returns how many of what."""
    now = timezone.now()
    people = load("people.toml")
    say("people")
    users = _users(people, now)
    persons = _persons(people, users)
    editor = next(user for user in users.values() if user.email == "editor@example.org")
    articles = {}
    for path in sorted((FOLDER / "articles").glob("*.toml")):
        say(path.stem)
        articles[path.stem] = _article(path.stem, load(f"articles/{path.name}"), persons, editor, now)
    _about(editor)
    threads = {
        articles[path.stem]: load(f"threads/{path.name}")
        for path in sorted((FOLDER / "threads").glob("*.toml"))
    }
    desk.verify(people["reader"], users, now)
    say("comments")
    comments = discussions.hold(threads, users, now)
    desk.arrange(users)
    while pruning.prune():  # what would have gone by now
        pass
    say("numbers")
    for _ in tally.write():
        pass
    return {"people": len(persons), "accounts": len(users), "articles": len(articles), "comments": comments}


def _users(people: dict, now) -> dict[str, User]:
    """Everybody who can log in, by key. One password for all, hashed once."""
    password = make_password(PASSWORD)
    lines = [
        (each["key"], each["email"], each["display_name"]) for each in people["reader"] + people["staff"]
    ]
    lines += [
        (each["key"], each["login"] or f"{each['slug']}@example.org", each["name"])
        for each in people["person"]
    ]
    bylines = {each["key"] for each in people["person"]}
    users = {}
    for key, email, name in lines:
        user = User(
            email=email,
            display_name=name,
            display_name_key=names.fold(name),
            password=password,
            date_joined=now - timedelta(days=3_500),
            is_staff=bool(role := ROLES.get(email) or (roles.AUTHOR if key in bylines else "")),
        )
        user.save()
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        if role:
            user.groups.add(Group.objects.get(name=role))
        users[key] = user
    return users


def _image(line: dict, title: str) -> Image:
    data = (FOLDER / "images" / line["file"]).read_bytes()
    image = Image(
        title=title,
        alt=line["alt"],
        caption=line.get("caption", ""),
        credit=line["credit"],
        licence=line["licence"],
    )
    image.file.save(line["file"], reencode(SimpleUploadedFile(line["file"], data, "image/jpeg")), save=False)
    image.save()
    return image


def _persons(people: dict, users) -> dict[str, Person]:
    persons = {}
    for line in people["person"]:
        person = Person.objects.create(
            user=users.get(line["key"]),
            name=line["name"],
            slug=line["slug"],
            post_nominals=line["post_nominals"],
            job_title=line["title"],
            bio=line["bio"].strip(),
            photo=_image(line["photo"], line["name"]),
        )
        for position, credential in enumerate(line["credentials"]):
            person.credentials.create(position=position, **credential)
        persons[line["key"]] = person
    return persons


def _earlier(body: str, changes: list[dict]) -> list[str]:
    """The texts before each change, oldest first, and the present one last."""
    texts = [body]
    for change in sorted(changes, key=lambda each: each["days_ago"]):
        for edit in change.get("edits", []):
            body = body.replace(edit["now"], edit["was"], 1)
        texts.append(body)
    return texts[::-1]


def _article(slug: str, data: dict, persons, editor, now) -> Article:
    """The article with its draft, and with all that was ever published and reviewed of it.

    `state = "draft"`: never published. A negative `published_days_ago`: scheduled. `newer_draft`: edited since.
    """
    writers = [persons[line["person"]].user for line in data["bylines"] if line["role"] == "author"]
    by = next(iter(writers), None) or editor
    article = Article.objects.create(
        title=data["title"], slug=slug, source_key=f"{_MARK}{slug}", created_by=by
    )
    draft = _draft(article, data, persons, by)
    if data.get("state") == "draft":
        draft.save_version(by=by)
        _date(draft, now - timedelta(days=data["edited_days_ago"]))
        return article
    # Not all at the same minute of the day.
    _publish(draft, data, persons, by, editor, now - timedelta(minutes=crc32(slug.encode()) % 200))
    if newer := data.get("newer_draft"):
        for edit in newer["edits"]:
            draft.body = draft.body.replace(edit["was"], edit["now"], 1)
        draft.save()
        draft.save_version(by=by)
        _date(draft, now - timedelta(days=newer["days_ago"]))
    article.refresh_from_db()
    return article


def _draft(article: Article, data: dict, persons, by) -> Draft:
    draft = Draft.objects.create(
        article=article,
        slug=article.slug,
        title=data["title"],
        dek=data["dek"],
        body=data["body"],
        lead_image=_image(data["image"], data["title"]) if "image" in data else None,
        edited_by=by,
    )
    DraftByline.objects.bulk_create(
        DraftByline(draft=draft, person=persons[line["person"]], role=line["role"], position=position)
        for position, line in enumerate(data["bylines"])
    )
    DraftSource.objects.bulk_create(
        DraftSource(draft=draft, position=position, **source)
        for position, source in enumerate(data["sources"], 1)
    )
    draft.tags.set(
        Tag.objects.get_or_create(key=Tag.make_key(name), defaults={"name": name, "slug": slugify(name)})[0]
        for name in data["tags"]
    )
    return draft


def _publish(draft: Draft, data: dict, persons, by, editor, now) -> None:
    """First publication, changes and reviews, in the order of their times."""
    first = now - timedelta(days=data["published_days_ago"])
    changes = sorted(data.get("changes", []), key=lambda each: -each["days_ago"])
    texts = _earlier(data["body"], changes)
    events = [(first, 0, "first", "", texts[0])]
    for change, text in zip(changes, texts[1:], strict=True):
        at = now - timedelta(days=change["days_ago"])
        events.append((at, 1, change["kind"], "" if change["kind"] == "typo" else change["note"], text))
    for review in data.get("reviews", []):
        at = now - timedelta(days=review["days_ago"])
        events.append((max(at, first), 2, review, None, None))
    for at, step, kind, note, text in sorted(events, key=lambda event: event[:2]):
        if step == 2:
            reviewer, months = persons[kind["person"]], kind["months_to_next"]
            Review.record(draft.article, reviewer=reviewer, by=editor, months=months, at=at)
            continue
        draft.body = text
        draft.save()
        draft.save_version(by=by).publish(by=editor, kind=kind, note=note, at=at)
        _date(draft, min(at, now - timedelta(days=1)))


def _date(draft: Draft, at) -> None:
    """Let the draft and its newest version be of that time."""
    newest = Version.objects.filter(article=draft.article).order_by("-number").values("pk")[:1]
    Version.objects.filter(pk__in=newest).update(created_at=at)
    Draft.objects.filter(pk=draft.pk).update(edited_at=at)


def _about(editor) -> None:
    """Say on /about/ that all of this is fiction."""
    about = load("pages/about.toml")
    draft = Draft.objects.get(article__slug="about")
    draft.body = about["body"] + about["demonstration"]["body"]
    draft.edited_by = editor
    draft.save()
    draft.save_version(by=editor).publish(
        by=editor, kind="update", note="Says that the people and reviews of the demonstration are fictional."
    )
