"""What readers do: read a thread, write, look at their own."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_safe

from accounts import kept_text
from articles.models import Article, SiteState
from comments import help as help_lines
from comments import threads, viewer, waiting
from comments.facts import MayNotWrite, TooFast
from comments.forms import CommentForm
from comments.models import Comment, Standing, Thread
from comments.nudges import Nudged
from healthnews import paging
from healthnews.http import for_everybody, private, wants_part
from healthnews.kept import kept

SEE_OTHER = 303


def _article(slug: str) -> Article:
    return get_object_or_404(Article.objects.public().defer("body", "body_html", "search"), slug=slug)


def sort_of(request) -> str:
    """The sort of the thread that the address asks for."""
    return threads.sort_of(request.GET.get("sort"))


@for_everybody  # to read; what is posted has a session and a token
@require_http_methods(["GET", "HEAD", "POST"])
def thread(request, slug):
    """A page of the thread; or, posted, a new comment."""
    article = _article(slug)
    return _post(request, article) if request.method == "POST" else _read(request, article)


def _read(request, article):
    # Before what it covers: a page may be newer than its name, never older.
    site = SiteState.current()
    get, record = request.GET, Thread.of(article)
    after, before, root = get.get("after", ""), get.get("before", ""), get.get("root", "")
    part, since, picks = wants_part(request), _moment(get.get("since", "")), "picks" in get

    def make():
        page = None
        if since is not None:
            page = threads.page_since(article, since, after=after)
        elif picks:
            page = threads.page_of_picks(article, after=after)
        elif root.isascii() and root.isdigit() and len(root) < 19:
            page = threads.page_of_answers(article, int(root), after=after, before=before)
        page = page or threads.page_of_roots(article, sort=sort_of(request), after=after, before=before)
        context = {"article": article, "thread": record, "page": page, "sorts": threads.SORTS}
        return render(request, "comments/_thread.html" if part else "comments/thread.html", context)

    size = 1 if root else 2
    cursors = [cursor if paging.decode(cursor, size) else "" for cursor in (after, before)] + [root[:20]]
    parts = (
        "thread",
        article.pk,
        article.edition,
        record.version,
        record.mode,
        record.site_mode,
        sort_of(request),
        part,
        picks,
        *cursors,
    )
    # What is new for one reader is asked for once: not worth keeping.
    response = kept(request, parts, make, site=site) if since is None else make()
    patch_vary_headers(response, ["HX-Request"])
    return response


def _moment(milliseconds: str):
    """The time that a `since` names, None when it cannot be read."""
    if not (milliseconds.isascii() and milliseconds.isdigit() and len(milliseconds) < 16):
        return None
    return paging.moment(int(milliseconds) * 1000)


def _post(request, article):
    if not request.user.is_authenticated:
        return _to_log_in(request, article)
    thread = Thread.of(article)
    form = CommentForm(request.POST, article=article, author=request.user, thread=thread)
    if thread.is_closed:
        return _composer(request, article, form, status=403)
    if not form.is_valid():
        return _composer(request, article, form, status=422)
    try:
        comment = form.save()
    except MayNotWrite as refusal:
        return _composer(request, article, form, status=403, refusal=str(refusal))
    except TooFast as refusal:
        response = _composer(request, article, form, status=429, refusal=str(refusal))
        response["Retry-After"] = str(refusal.wait)
        return response
    except Nudged as question:
        return _composer(request, article, form, status=422, nudges=question.found)
    kept_text.drop(request, article.slug)
    return _sent(request, article, comment)


def _sent(request, article, comment):
    where = (
        article.get_absolute_url() if comment.is_published else reverse("comments:mine", args=[article.slug])
    )
    where += f"#comment-{comment.pk}"
    if not wants_part(request):
        return private(HttpResponseRedirect(where, status=SEE_OTHER))
    context = _with_help(request, waiting.own(request.user, article, every_state=True, only=comment.pk))
    response = private(render(request, "comments/_sent.html", context))
    response["Content-Location"] = where
    return response


def _with_help(request, comments) -> dict:
    """One's own comments, and help lines where one of them waits in the crisis lane."""
    needed = any(own.in_crisis for own in comments)
    return {"comments": comments, "help": help_lines.help_for(request) if needed else None}


def _to_log_in(request, article):
    """The anonymous: their text is kept in the session, and waits for them behind the login."""
    parent = request.POST.get("parent", "")
    kept_text.keep(request, article.slug, request.POST.get("body", ""), parent)
    back = reverse("comments:composer", args=[article.slug])
    if parent.isascii() and parent.isdigit():
        back += f"?parent={parent[:18]}"
    door = "account_signup" if "signup" in request.POST else "account_login"
    return private(HttpResponseRedirect(f"{reverse(door)}?{urlencode({'next': back})}", status=SEE_OTHER))


@require_safe
def composer(request, slug):
    """The box to write in, with the login for the anonymous: a page, or the part that the article fetches."""
    article = _article(slug)
    text = kept_text.get(request, slug) or {}
    parent = request.GET.get("parent") or text.get("parent")
    form = CommentForm(
        initial={"body": text.get("body", ""), "parent": parent}, article=article, author=request.user
    )
    return _composer(request, article, form)


def _composer(request, article, form, *, status=200, refusal="", nudges=()):
    part, thread = wants_part(request), Thread.of(article)
    parent = form["parent"].value()
    parent = str(parent) if parent else ""
    answered = None
    if parent.isascii() and parent.isdigit() and len(parent) < 19:
        answered = Comment.objects.answerable().filter(article=article, pk=parent).for_reading().first()
    # Back on the article the box opens by itself; without script the box has a page of its own.
    own_page = reverse("comments:composer", args=[article.slug]) + (f"?parent={parent}" if answered else "")
    context = {
        "article": article,
        "form": form,
        "refusal": refusal,
        "answered": answered,
        "thread": thread,
        "is_closed": thread.is_closed,
        "standing": Standing.of(request.user),
        "next": f"{article.get_absolute_url()}#comment-form" if part else own_page,
        "usual_wait": waiting.usual_wait(),
        "questions": nudges,
    }
    # What was typed and refused comes back without what stood above it.
    if part and not form.is_bound:
        context |= _with_help(request, waiting.own(request.user, article))
        context["viewer"] = viewer.of(request.user, article)
    template = "comments/_composer.html" if part else "comments/composer.html"
    return private(render(request, template, context, status=status))


@require_safe
@login_required
def mine(request, slug):
    """One's own recent comments here, with their state and the plain reason for it."""
    article = _article(slug)
    own = waiting.own(request.user, article, every_state=True)
    any_waits = any(each.status == "pending" or each.edit_html for each in own)
    context = {"article": article, "usual_wait": waiting.usual_wait() if any_waits else ""}
    context["standing"] = Standing.of(request.user)
    context |= _with_help(request, own)
    return private(render(request, "comments/mine.html", context))


@require_safe
def permalink(request, pk):
    """To a page that holds the comment and its parents, with links both ways."""
    comment = get_object_or_404(Comment.objects.shown().select_related("article"), pk=pk)
    if not comment.article.is_public():
        return HttpResponseRedirect(comment.article.get_absolute_url())
    return HttpResponseRedirect(threads.address_of(comment))
