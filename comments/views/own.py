"""What authors do with their own comments: change, withdraw, look before sending."""

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles.models import Article
from comments import help as help_lines
from comments import limits, nudges, waiting
from comments.facts import MayNotWrite, TooFast
from comments.forms import CommentForm, EditForm
from comments.models import Comment, Decision, MovedMeanwhile, Standing, Status, Undecidable
from comments.states import NotAllowed
from healthnews import markup
from healthnews.http import private, wants_part

SEE_OTHER = 303
PREVIEWS_A_MINUTE = 120
# Each change keeps a text, and moves the comment on under whoever is deciding about it.
EDITS = ((limits.MINUTE, 6), (limits.DAY, 100))
MOST = 20_000  # characters that are looked at; a comment that can be sent has a quarter of it


def _own(request, pk) -> Comment:
    comments = Comment.objects.filter(author=request.user)
    return get_object_or_404(comments.select_related("article", "text", "waiting_text", "author"), pk=pk)


def _mine(comment):
    """To the comment among one's own."""
    return private(HttpResponseRedirect(waiting.address(comment), status=SEE_OTHER))


@require_safe
@login_required
def everywhere(request):
    """`/comments/mine/`: all one's comments under all articles, newest first, with state, reason and what one can do."""
    get = request.GET
    page, comments = waiting.own_everywhere(
        request.user, after=get.get("after", ""), before=get.get("before", "")
    )
    context = {"page": page, "comments": comments, "usual_wait": waiting.usual_wait()}
    context["standing"] = Standing.of(request.user)
    if any(each.in_crisis for each in comments):
        context |= {"help": help_lines.help_for(request), "usual_wait": ""}
    return private(render(request, "comments/everywhere.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request, pk):
    """Change one's own comment, while it can be changed: 403 with the reason and the text when it no longer can."""
    comment = _own(request, pk)
    if request.method != "POST":
        start = {"body": comment.text_to_decide.plain, "version": comment.version}
        return _edit_page(
            request, comment, EditForm(comment=comment, initial=start), comment.why_not_editable()
        )
    form = EditForm(request.POST, comment=comment)
    if not form.is_valid():
        return _edit_page(request, comment, form, status=422)
    try:
        if not request.user.is_moderator:
            limits.spend("edits", request.user.pk, *EDITS)
        form.save()
    except TooFast as refusal:
        response = _edit_page(request, comment, form, str(refusal), status=429)
        response["Retry-After"] = str(refusal.wait)
        return response
    except (Undecidable, MayNotWrite) as refusal:
        return _edit_page(request, comment, form, str(refusal), status=403)
    except MovedMeanwhile:
        changed = "This comment has changed since you opened it. Look at how it stands now before you send your text."
        return _edit_page(request, _own(request, pk), form, changed, status=409, moved=True)
    except nudges.Nudged as question:
        return _edit_page(request, comment, form, status=422, questions=question.found)
    return _mine(comment)


def _edit_page(request, comment, form, refusal="", *, status=200, **more):
    context = {"comment": comment, "article": comment.article, "form": form, "refusal": refusal} | more
    context |= {"standing": Standing.of(request.user), "back": waiting.address(comment)}
    if comment.status == Status.RETURNED:
        context["returned"] = Decision.in_force(comment)
    return private(render(request, "comments/edit.html", context, status=status))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def withdraw(request, pk):
    """Take one's own comment back, after a question."""
    comment = _own(request, pk)
    error = ""
    if request.method == "POST":
        try:
            if request.POST.get("version", str(comment.version)) != str(comment.version):
                raise MovedMeanwhile(comment)
            comment.withdraw(by=request.user, version=comment.version)
            return _mine(comment)
        except MovedMeanwhile:
            error = "This comment has changed since you opened it. Look at it again."
            comment = _own(request, pk)
        except NotAllowed:
            error = "This comment is no longer here to be withdrawn."
    context = {"comment": comment, "article": comment.article, "error": error}
    context["back"] = waiting.address(comment)
    return private(render(request, "comments/withdraw.html", context, status=409 if error else 200))


@require_POST
@login_required
def preview(request):
    """What a text would look like, with what one may want to know before sending it; stores nothing."""
    if not request.user.is_moderator and _too_many(request.user):
        words = (
            "You have looked at many previews in a short time. Please wait a minute: your text is still here."
        )
        response = _preview(request, "", [], refusal=words, status=429)
        response["Retry-After"] = "60"
        return response
    body = markup.tidy(request.POST.get("body", "")[:MOST])
    return _preview(request, markup.comment(body), nudges.for_text(body))


def _too_many(user) -> bool:
    key = f"previews:{user.pk}:{timezone.now():%Y%m%d%H%M}"
    cache.add(key, 0, 90)
    return cache.incr(key) > PREVIEWS_A_MINUTE


def _id(text: str) -> int:
    """The id that a form names, 0 when there is none that can be read."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _preview(request, html, found, *, refusal="", status=200):
    """The part; or, without script, the page of the form that it comes from, with the preview above the text."""
    context = {"html": html, "nudges": found, "refusal": refusal}
    typed = request.POST.get("body", "")[:MOST]
    edited = _id(request.POST.get("comment", ""))
    if edited and not wants_part(request):
        comment = _own(request, edited)
        form = EditForm(request.POST, comment=comment)
        return _edit_page(request, comment, form, status=status, is_preview=True, **context)
    article = (
        Article.objects.public()
        .filter(slug=request.POST.get("discussion", "")[:200].replace("\x00", ""))
        .first()
    )
    if wants_part(request) or article is None:
        return private(render(request, "comments/_preview.html", context | {"typed": typed}, status=status))
    form = CommentForm(initial={"body": request.POST.get("body", "")}, article=article, author=request.user)
    if parent := _id(request.POST.get("parent", "")):
        context["answered"] = (
            Comment.objects.answerable().filter(article=article, pk=parent).for_reading().first()
        )
    return private(
        render(request, "comments/composer.html", context | {"article": article, "form": form}, status=status)
    )
