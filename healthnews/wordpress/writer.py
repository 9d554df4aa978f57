"""Posts and pages as articles, one transaction each: article, draft, version, comments and old addresses, or nothing."""

from urllib.parse import unquote

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from articles.models import Article, Draft, Role, Tag
from articles.models.version import free_slug
from comments.models import Thread
from healthnews.wordpress import addresses, body, discussion, pictures
from healthnews.wordpress.old import OldItem, OldTerm
from healthnews.wordpress.report import Tally
from healthnews.wordpress.run import Run, public_id

_KINDS = {"post": Article.Kind.ARTICLE, "page": Article.Kind.PAGE}
_LEFT_OUT = {"trash": "in the trash", "auto-draft": "automatic drafts", "inherit": "revisions"}
_PUBLIC = {"publish", "future"}
_DEFAULT_CATEGORY = "uncategorized"


def bring_item(item: OldItem, run: Run) -> Tally:
    """Bring in one item with its comments, or what of it is not here yet.

    Raises ValueError in words when it cannot be; nothing of it is written then.
    """
    tally = Tally()
    reason = _why_not(item)
    if reason:
        tally.left_out[reason] += 1
        if item.comments:
            tally.left_out["comments on what is left out"] += len(item.comments)
        return tally
    ident = public_id(item.id)
    if ident in run.seen:
        raise ValueError("another item of this file has the same id")
    with transaction.atomic():
        article = Article.objects.filter(source_key=run.key("post", ident)).first()
        if article:
            tally.already_here[item.type + "s"] += 1
            _tags_here(_tag_names(item.terms, Tally()), run, tally)
        else:
            article = _article(item, ident, run, tally)
            tally.brought[item.type + "s"] += 1
        addresses.redirect(item, ident, article, run, tally)
        discussion.bring(item, article, run, tally)
    run.seen.add(ident)
    return tally


def _why_not(item: OldItem) -> str:
    if item.type not in _KINDS:
        return {"attachment": "attachments", "nav_menu_item": "menu items"}.get(
            item.type, f"type {item.type}"[:50]
        )
    return _LEFT_OUT.get(item.status, "")


def _article(item: OldItem, ident: str, run: Run, tally: Tally) -> Article:
    title = body.words(item.title, 200) or "Untitled"
    # WordPress keeps the address percent-encoded.
    wanted = (
        slugify(unquote(item.slug), allow_unicode=True) or slugify(title, allow_unicode=True) or item.type
    )
    article = Article.objects.create(
        kind=_KINDS[item.type],
        title=title,
        slug=free_slug(wanted, None),
        source_key=run.key("post", ident),
    )
    text = body.article(item.body)
    draft = Draft.objects.create(
        article=article,
        title=title,
        slug=article.slug,
        dek=body.words(item.excerpt, 300),
        body=text.html,
        lead_image=pictures.lead(item, ident, run, tally),
    )
    if item.author in run.people:
        draft.bylines.create(person_id=run.people[item.author], role=Role.AUTHOR)
    draft.tags.set(_tags(item.terms, run, tally))
    if item.discussion == "closed":
        Thread.objects.create(article=article, mode=Thread.Mode.CLOSED)
    _remark(item, ident, text, tally)
    return _publish(item, ident, article, draft, run, tally)


def _publish(item, ident, article: Article, draft: Draft, run: Run, tally: Tally) -> Article:
    """Make it public if it was, at the date it had; anything that was not for all stays a draft."""
    name = f"{item.type} {ident}"
    if item.status not in _PUBLIC or item.password:
        was = "protected by a password" if item.password else item.status or "without a status"
        tally.states["draft" if was == "draft" else f"draft, was {was}"[:50]] += 1
        if item.password:
            tally.note(name, "was protected by a password: a draft now")
        return article
    at = run.time(item.at, item.local)
    if at is None:
        tally.note(name, "has no date: dated today")
    at = at or timezone.now()
    article = draft.save_version(by=None).publish(by=None, kind="first", at=at)
    tally.states["scheduled" if at > timezone.now() else "published"] += 1
    return article


def _remark(item: OldItem, ident: str, text: body.Converted, tally: Tally) -> None:
    name = f"{item.type} {ident}"
    if not item.title.strip():
        tally.note(name, "has no title: “Untitled” now")
    if item.sticky:
        tally.note(name, "was sticky: nothing is here")
    for source in text.pictures:
        tally.note(name, "picture in the text not brought", source)
    for source in text.embeds:
        tally.note(name, "embedded media not brought", source)
    for code in text.shortcodes:
        tally.note(name, "unknown shortcode left in the text", f"[{code}]")


def _tag_names(terms: list[OldTerm], tally: Tally) -> dict[str, OldTerm]:
    """Categories and tags by the key that two spellings share; other terms are counted as left out."""
    names: dict[str, OldTerm] = {}
    for term in terms:
        name = body.words(term.name, 80)
        if term.domain not in {"category", "post_tag", "tag"}:
            tally.left_out[f"terms of {term.domain}"[:50]] += 1
        elif name and _DEFAULT_CATEGORY not in {term.slug.lower(), name.lower()}:
            names.setdefault(Tag.make_key(name), OldTerm(term.domain, term.slug, name))
    return names


def _tags_here(names: dict[str, OldTerm], run: Run, tally: Tally) -> dict[str, Tag]:
    """Those that exist; each counts once in a run, and not if this run made it."""
    tags = {tag.key: tag for tag in Tag.objects.filter(key__in=names)}
    tally.already_here["tags"] += len(tags.keys() - run.tags)
    run.tags.update(names)
    return tags


def _tags(terms: list[OldTerm], run: Run, tally: Tally) -> list[Tag]:
    names = _tag_names(terms, tally)
    tags = _tags_here(names, run, tally)
    for key, term in names.items():
        if key not in tags:
            defaults = {"name": term.name, "slug": _free_tag_slug(term)}
            tags[key], made = Tag.objects.get_or_create(key=key, defaults=defaults)
            tally.brought["tags"] += made
    return list(tags.values())


def _free_tag_slug(term: OldTerm) -> str:
    base = (slugify(unquote(term.slug)) or slugify(term.name) or "tag")[:90]
    taken = set(Tag.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    count = 1
    while (slug := base if count == 1 else f"{base}-{count}") in taken:
        count += 1
    return slug
