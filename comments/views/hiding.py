"""Whom one does not want to read: the list, and what folds their comments where no script runs."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from articles.models import Article
from comments import viewer
from comments.models import Comment, Hidden, Undecidable
from comments.models.hidden import FOUND
from healthnews.http import private

SEE_OTHER = 303
MOST_LETTERS = 120  # of a name that is looked for
# The name and the link to the comment stay: by that it is read, when it is the target.
_FOLD = """:is({those}):not(:target) > :not(.comment__head) {{ display: none; }}
:is({those}):not(:target)::after {{ content: "By somebody whom you have hidden. Follow the date to read it."; }}
"""


def _person(request, pk) -> User:
    """Who has a comment in public, or is on the viewer's list; anybody else is 404: numbers tell nothing of users."""
    person = get_object_or_404(User, pk=pk)
    known = Hidden.objects.filter(by=request.user, person=person).exists()
    if not known and not Comment.objects.filter(author=person).published().exists():
        raise Http404
    return person


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def hide(request, pk):
    """Hide a person, after a question; or (POST `show`) read them again."""
    person = _person(request, pk)
    refusal = Hidden.why_not(person, request.user)
    if request.method == "POST" and "show" in request.POST:
        Hidden.show(person, by=request.user)
        return private(HttpResponseRedirect(reverse("comments:hidden"), status=SEE_OTHER))
    if request.method == "POST":
        try:
            Hidden.hide(person, by=request.user)
            messages.success(request, f"{person.display_name} is hidden from now on.")
            back = _back(request)
            where = reverse("comments:hidden") + (f"?comment={back.pk}" if back else "")
            return private(HttpResponseRedirect(where, status=SEE_OTHER))
        except Undecidable as error:
            refusal = str(error)
    context = {"person": person, "refusal": refusal, "back": _back(request)}
    status = 403 if refusal and request.method == "POST" else 200
    return private(render(request, "comments/hide.html", context, status=status))


@require_safe
@login_required
def hide_author(request, pk):
    """From the foot of a comment, which is the same for everybody, to the question about its author."""
    comment = get_object_or_404(Comment.objects.published(), pk=pk, author__isnull=False)
    where = f"{reverse('comments:hide', args=[comment.author_id])}?comment={comment.pk}"
    return private(HttpResponseRedirect(where))


def _back(request) -> Comment | None:
    """The comment from which one came, where it can still be read."""
    pk = request.GET.get("comment", "")
    return (
        Comment.objects.shown().filter(pk=pk).first()
        if pk.isascii() and pk.isdigit() and len(pk) < 19
        else None
    )


@require_safe
@login_required
def hidden(request):
    """The list of those one has hidden, and a search for more by their names."""
    words = request.GET.get("q", "").strip()[:MOST_LETTERS]
    people = Hidden.objects.filter(by=request.user).select_related("person")
    found = Hidden.found(words, by=request.user)
    context = {"people": people, "words": words, "found": found[:FOUND], "has_more": len(found) > FOUND}
    context["back"] = _back(request)
    return private(render(request, "comments/hidden.html", context))


@require_safe
def style(request, slug):
    """The viewer's own stylesheet of a discussion, asked for only where no script runs: the page is everybody's."""
    those = []
    if request.user.is_authenticated:
        article = get_object_or_404(Article.objects.public(), slug=slug)
        those = viewer.hidden(request.user, article)
    rules = _FOLD.format(those=", ".join(f"#comment-{pk}" for pk in those)) if those else ""
    return private(HttpResponse(rules, content_type="text/css; charset=utf-8"))
