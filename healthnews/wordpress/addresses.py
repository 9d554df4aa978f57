"""Old addresses as redirects, so that what the world has linked to still leads somewhere."""

from urllib.parse import unquote, urlsplit

from django.contrib.redirects.models import Redirect
from django.urls import Resolver404, resolve
from django.utils.encoding import escape_uri_path

from articles.models import Article
from healthnews.wordpress.old import OldItem
from healthnews.wordpress.report import Tally
from healthnews.wordpress.run import Run

_LENGTH = Redirect._meta.get_field("old_path").max_length


def redirect(item: OldItem, ident: str, article: Article, run: Run, tally: Tally) -> None:
    """Send the item's old path and its short link to where it is now. Only what is public has old addresses."""
    if not article.is_public():
        return
    name, new = f"{item.type} {ident}", article.get_absolute_url()
    short = f"/?{'page_id' if item.type == 'page' else 'p'}={ident}" if ident.isdigit() else ""
    wanted = []
    for old in (_path(item.link), short):
        if not old or unquote(old) == unquote(new):
            continue
        if len(old) > _LENGTH or len(new) > _LENGTH:
            tally.note(name, "old address too long for a redirect", old)
        elif _is_ours(old):
            tally.note(name, "old address is one of this site's own: no redirect", old)
        else:
            wanted.append(old)
    here = _here(wanted, run)
    fresh = [Redirect(site=run.site, old_path=old, new_path=new) for old in wanted if old not in here]
    # Somebody may make the same one in this very moment: then it is theirs.
    Redirect.objects.bulk_create(fresh, ignore_conflicts=True)
    for old in wanted:
        made = old not in here
        if run.dry_run:  # which takes back what it made for the items before
            made = made and old not in run.addresses
            elsewhere = run.addresses.setdefault(old, name) != name or here.get(old, new) != new
        else:
            elsewhere = here.get(old, new) != new
        tally.brought["redirects"] += made
        tally.already_here["redirects"] += not made
        if elsewhere:
            tally.note(name, "old address already leads elsewhere", old)


def _here(paths: list[str], run: Run) -> dict[str, str]:
    """Where those of the old paths lead that are redirects already."""
    found = Redirect.objects.filter(site=run.site, old_path__in=paths)
    return dict(found.values_list("old_path", "new_path"))


def _path(link: str) -> str:
    """The path of an old link as a request spells it; "" when there is none but the front page's."""
    try:
        path = unquote(urlsplit(link).path)
    except ValueError:
        return ""
    return escape_uri_path(path) if path.startswith("/") and path != "/" and path.isprintable() else ""


def _is_ours(old: str) -> bool:
    """Whether a page of this site answers at the path. Redirects are asked only after a 404."""
    path, query, _ = old.partition("?")
    if query:
        return False
    try:
        match = resolve(unquote(path))
    except Resolver404:
        return False
    if match.view_name in {"articles:article", "articles:page"}:
        return Article.objects.filter(slug=match.kwargs["slug"]).exists()
    return True
