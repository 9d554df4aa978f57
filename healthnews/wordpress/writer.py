"""Posts and pages as articles, one transaction each: article, draft, version, comments and old addresses, or nothing."""

from datetime import datetime
from urllib.parse import unquote

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from articles.models import Article, Draft, Tag
from articles.models.bringing_in import bring_in
from comments.models import Thread
from healthnews.wordpress import addresses, body, discussion, people, pictures
from healthnews.wordpress.old import OldItem, OldTerm
from healthnews.wordpress.report import Tally
from healthnews.wordpress.run import Run, own_id, public_id

_KINDS = {"post": Article.Kind.ARTICLE, "page": Article.Kind.PAGE}
_LEFT_OUT = {"trash": "in the trash", "auto-draft": "automatic drafts", "inherit": "revisions"}
_PUBLIC = {"publish", "future"}
_DEFAULT_CATEGORY = "uncategorized"


def bring_item(item: OldItem, run: Run) -> Tally:
    """Bring in one item with its comments, or what of it is not here yet.

    Texts and pictures are made ready first, so that the transaction is short. Raises ValueError in words when it cannot
    be brought in; nothing of it is written then.
    """
    tally = Tally()
    reason = _why_not(item)
    if reason:
        tally.left_out[reason] += 1
        if item.comments:
            tally.left_out["comments on what is left out"] += len(item.comments)
        return tally
    ident = _ident(item, run, tally)
    article = Article.objects.filter(source_key=run.key("post", ident)).first()
    at = (article and article.publish_at) or run.time(item.at, item.local) or run.survey.exported
    prepared = None if article else _prepared(item, ident, run, tally)
    thread = discussion.prepare(item, ident, article, at, run, tally)
    with transaction.atomic():
        if article:
            tally.already_here[item.type + "s"] += 1
            _tags_here(_tag_names(item.terms, Tally()), run, tally)
        else:
            if run.dry_run and item.author in run.people:
                people.bring_author(run.survey.authors[item.author], run, Tally())
            article = _article(item, ident, prepared, run, tally)
            tally.brought[item.type + "s"] += 1
        addresses.redirect(item, ident, article, run, tally)
        discussion.bring(thread, article, run, tally)
        # A dry run does everything, and takes each item back before the next: nobody waits for its locks.
        transaction.set_rollback(run.dry_run)
    run.tags.update(_tag_names(item.terms, Tally()))
    return tally


def _ident(item: OldItem, run: Run, tally: Tally) -> str:
    """The item's own id, or one made for it where it has none or another's. Raises ValueError for a second copy."""
    own = own_id(item.link, item.title, item.at, item.local)
    try:
        ident = public_id(item.id)
    except ValueError as error:
        if not (item.title.strip() or item.body.strip()):
            raise ValueError(f"it {error}, no title and no text") from None
        ident = own
        tally.note(f"{item.type} {own}", f"{error}: one was made for it", item.title[:80])
    if ident in run.seen:
        if own == run.seen[ident] or own in run.seen:
            raise ValueError("it stands in the file twice")
        tally.note(f"{item.type} {own}", "has the id of another item: one was made for it", ident)
        ident = own
    run.seen[ident] = own
    return ident


def _why_not(item: OldItem) -> str:
    if item.type not in _KINDS:
        return {"attachment": "attachments", "nav_menu_item": "menu items"}.get(
            item.type, f"type {item.type}"[:50]
        )
    return _LEFT_OUT.get(item.status, "")


def _prepared(item: OldItem, ident: str, run: Run, tally: Tally) -> tuple[body.Converted, object]:
    """The text as ours and the lead picture, with what there is to say about them."""
    name = f"{item.type} {ident}"
    album = pictures.Album(item, name, run, tally)
    text, lead = body.article(item.body, album.show, album.gallery), album.lead()
    if item.mended:
        tally.note(name, "its letters were encoded twice: mended")
    _remark(item, name, text, tally)
    return text, lead


def _article(item: OldItem, ident: str, prepared, run: Run, tally: Tally) -> Article:
    title = body.words(item.title, 200) or "Untitled"
    # WordPress keeps the address percent-encoded.
    wanted = (
        slugify(unquote(item.slug), allow_unicode=True) or slugify(title, allow_unicode=True) or item.type
    )
    text, lead = prepared
    article = Article(
        kind=_KINDS[item.type], title=title, slug=wanted[:190], source_key=run.key("post", ident)
    )
    draft = Draft(title=title, dek=body.words(item.excerpt, 300), body=text.html, lead_image=lead)
    author, at = run.people.get(item.author), _public_since(item, f"{item.type} {ident}", run, tally)
    article = bring_in(article, draft, author=author, tags=_tags(item.terms, run, tally), at=at)
    if item.discussion == "closed":
        Thread.objects.create(article=article, mode=Thread.Mode.CLOSED)
    return article


def _public_since(item: OldItem, name: str, run: Run, tally: Tally) -> datetime | None:
    """The date it had, if it was public or scheduled; None for anything that was not for all: that stays a draft."""
    if item.status not in _PUBLIC or item.password:
        was = "protected by a password" if item.password else item.status or "without a status"
        tally.states["draft" if was == "draft" else f"draft, was {was}"[:50]] += 1
        if item.password:
            tally.note(name, "was protected by a password: a draft now")
        return None
    at = run.time(item.at, item.local)
    if at is None:  # a date that we made up would be printed above it
        tally.states["draft, was without a date"] += 1
        tally.note(name, "has no date: a draft now")
        return None
    tally.states["scheduled" if at > timezone.now() else "published"] += 1
    return at


def _remark(item: OldItem, name: str, text: body.Converted, tally: Tally) -> None:
    if not item.title.strip():
        tally.note(name, "has no title: “Untitled” now")
    if item.sticky:
        tally.note(name, "was sticky: nothing is here")
    for source in text.pictures:
        tally.note(name, "picture in the text not brought", source)
    for source in text.embeds:
        tally.note(name, "embedded media not brought", source)
    for code in text.shortcodes:
        tally.note(name, "unknown shortcode left for editors: readers do not see it", f"[{code}]")
    for words in text.brackets:
        tally.note(name, "words in brackets, perhaps a shortcode: readers see them", words)


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
    return tags


def _tags(terms: list[OldTerm], run: Run, tally: Tally) -> list[Tag]:
    names = _tag_names(terms, tally)
    tags = _tags_here(names, run, tally)
    for key, term in names.items():
        if key not in tags:
            defaults = {"name": term.name, "slug": _free_tag_slug(term)}
            tags[key], made = Tag.objects.get_or_create(key=key, defaults=defaults)
            tally.brought["tags"] += made and key not in run.tags  # a dry run makes it again for each item
    return list(tags.values())


def _free_tag_slug(term: OldTerm) -> str:
    base = (slugify(unquote(term.slug)) or slugify(term.name) or "tag")[:90]
    taken = set(Tag.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    count = 1
    while (slug := base if count == 1 else f"{base}-{count}") in taken:
        count += 1
    return slug
