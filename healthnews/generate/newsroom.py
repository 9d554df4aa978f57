"""People, topics, readers and articles, made up; each article with draft, first version, bylines, sources and review."""

import json
import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from accounts import names
from accounts.models import User
from articles import dates
from articles.models import (
    Article,
    ArticleByline,
    ArticleSource,
    Draft,
    Person,
    Review,
    Tag,
    Version,
)
from articles.models.draft import DraftByline, DraftSource
from articles.search import folded
from healthnews import markup
from healthnews.generate import words
from healthnews.generate.load import END, NULL, Table, written

BEGIN = END - timedelta(days=15 * 365)  # the first of the articles
BODIES = 64  # different ones; more would only take time
PEOPLE, TOPICS = 40, 60
_SEARCH = """
    WITH vectors AS MATERIALIZED (
        SELECT place, setweight(to_tsvector('english', text), 'D') AS body
        FROM unnest(%s::text[]) WITH ORDINALITY AS bodies(text, place)
    )
    UPDATE articles_article AS article SET search =
        setweight(to_tsvector('english', article.title), 'A')
        || setweight(to_tsvector('english', (
            SELECT string_agg(tag->>'name', ' ') FROM jsonb_array_elements(version.snapshot->'tags') AS tag
        )), 'B')
        || setweight(to_tsvector('english', article.dek), 'C') || vectors.body
    FROM articles_version AS version, vectors
    WHERE article.id BETWEEN %s AND %s AND version.id = article.live_version_id
    AND vectors.place = (article.id - %s) %% %s + 1
"""


@dataclass(frozen=True)
class Made:
    """An article as its comments need it."""

    pk: int
    slug: str
    publish_at: datetime


def tables() -> dict[type, Table]:
    """The tables that a newsroom fills, by model."""
    content = ("title", "dek", "slug", "body")
    byline = ("person_id", "role", "position")
    source = ("position", "title", "publisher", "year", "kind")
    made = [
        Table(User, "id", "email", "display_name", "password", "date_joined"),
        Table(Person, "id", "name", "slug", "sort_key", "post_nominals", "job_title", "bio"),
        Table(Tag, "id", "name", "slug", "key", "description"),
        Table(Article, "id", *content, "body_html", "live_version_id", "edition", "publish_at", "reviewed_at",
              "reviewed_by", "review_due", "created_at"),
        Table(Draft, "id", *content, "article_id", "edited_at"),
        Table(Version, "id", "article_id", "number", "title", "snapshot", "created_at", "edition", "kind",
              "published_at"),
        Table(Review, "article_id", "version_id", "reviewer_id", "reviewed_at", "due", "recorded_at"),
        Table(ArticleByline, "article_id", "name", "post_nominals", *byline),
        Table(DraftByline, "draft_id", *byline),
        Table(ArticleSource, "article_id", *source),
        Table(DraftSource, "draft_id", *source),
        Table(Article.tags.through, "article_id", "tag_id"),
        Table(Draft.tags.through, "draft_id", "tag_id"),
    ]  # fmt: skip
    return {table.model: table for table in made}


def readers(rng: random.Random, table: Table, count: int) -> list[int]:
    """So many people who can comment and cannot log in; their ids."""
    first = table.next_id()
    for pk in range(first, first + count):
        joined = BEGIN - timedelta(days=rng.randrange(1, 900))
        table.add(str(pk), f"reader-{pk}@generated.invalid", words.name(rng), "!", str(joined))
    table.set_sequence(first + count)
    return list(range(first, first + count))


def articles(rng: random.Random, into: dict[type, Table], count: int, progress) -> list[Made]:
    """So many articles, published one after the other between BEGIN and END, with people and topics of their own."""
    if not count:
        return []
    people, topics = _people(rng, into[Person]), _topics(rng, into[Tag])
    bodies = [words.article(rng) for _ in range(BODIES)]
    first = {model: into[model].next_id() for model in (Article, Draft, Version)}
    step, made = (END - BEGIN) / (count + 1), []
    for number in range(count):
        ids = {model: pk + number for model, pk in first.items()}
        at = (BEGIN + step * (number + rng.random() / 2)).replace(microsecond=0)
        made.append(_article(rng, into, ids, at, bodies[number % BODIES], people, topics))
        progress(number + 1)
    for model, pk in first.items():
        into[model].set_sequence(pk + count)
    for table in into.values():
        table.flush()
    with connection.cursor() as cursor:
        texts = [folded(markup.text_of(body)) for body in bodies]
        start = first[Article]
        cursor.execute(_SEARCH, [texts, start, start + count - 1, start, BODIES])
    return made


def _people(rng: random.Random, table: Table) -> list[tuple[int, str, str]]:
    """[(id, name, post-nominals)]."""
    first, made = table.next_id(), []
    for pk in range(first, first + PEOPLE):
        name, letters = words.name(rng), rng.choice(("", "MD", "RN", "MSc"))
        key = f"{names.fold(name.split()[-1])} {names.fold(name)}"
        bio = "\n\n".join(words.text(rng, 260) for _ in range(2))
        slug = f"{name.lower().replace(' ', '-')}-{pk}"
        table.add(*map(written, (pk, name, slug, key, letters, "Made-up writer", bio)))
        made.append((pk, name, letters))
    table.set_sequence(first + PEOPLE)
    return made


def _topics(rng: random.Random, table: Table) -> list[dict]:
    """Tags as a snapshot has them."""
    first, made = table.next_id(), []
    for pk in range(first, first + TOPICS):
        name = f"{words.topic(rng)} {pk}"
        tag = {"id": pk, "name": name, "slug": name.lower().replace(" ", "-")}
        table.add(*map(written, (pk, name, tag["slug"], Tag.make_key(name), words.text(rng, 160))))
        made.append(tag)
    table.set_sequence(first + TOPICS)
    return made


def _article(rng, into, ids, at: datetime, body: str, people, topics) -> Made:
    """One article with all its rows: two bylines, two to four topics, two sources; three of five were reviewed."""
    pk, draft, version = ids[Article], ids[Draft], ids[Version]
    title, dek, when = words.title(rng), words.text(rng, 150), str(at)
    slug = f"{title.lower().replace(' ', '-')}-{pk}"
    author, reviewer = rng.sample(people, 2)
    tags = sorted(rng.sample(topics, rng.randrange(2, 5)), key=lambda tag: Tag.make_key(tag["name"]))
    sources = [
        {"title": words.title(rng), "publisher": words.topic(rng), "year": at.year, "kind": "page", "url": "",
         "checked_on": None}
        for _ in range(2)
    ]  # fmt: skip
    lines = [(author, "author"), (reviewer, "reviewer")]
    snapshot = {
        "title": title, "dek": dek, "slug": slug, "body": body, "lead": None,
        "bylines": [{"person": who[0], "role": role, "name": who[1], "post_nominals": who[2]} for who, role in lines],
        "sources": sources, "tags": tags,
    }  # fmt: skip
    due: date = dates.add_months(at.date(), rng.choice((12, 24, 240)))
    review = (NULL, "", NULL)
    if rng.random() < 0.6:
        review = (when, ", ".join(filter(None, reviewer[1:])), str(due))
        into[Review].add(str(pk), str(version), str(reviewer[0]), when, str(due), when)
    text = (title, dek, slug, body)
    into[Article].add(str(pk), *text, str(markup.printed_body(body)), str(version), "1", when, *review, when)
    into[Draft].add(str(draft), *text, str(pk), when)
    frozen = written(json.dumps(snapshot))
    into[Version].add(str(version), str(pk), "1", title, frozen, when, "1", "first", when)
    for position, ((person, name, letters), role) in enumerate(lines):
        into[ArticleByline].add(str(pk), name, letters, str(person), role, str(position))
        into[DraftByline].add(str(draft), str(person), role, str(position))
    for position, source in enumerate(sources, 1):
        values = (str(position), source["title"], source["publisher"], str(source["year"]), source["kind"])
        into[ArticleSource].add(str(pk), *values)
        into[DraftSource].add(str(draft), *values)
    for tag in tags:
        into[Article.tags.through].add(str(pk), str(tag["id"]))
        into[Draft.tags.through].add(str(draft), str(tag["id"]))
    return Made(pk, slug, at)
