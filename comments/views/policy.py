"""The policy, for everybody."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from comments.models import PolicyVersion
from healthnews.kept import kept


@require_GET
def policy(request):
    """`/comments-policy/`: the clauses in force, in public words."""
    current = PolicyVersion.current()

    def make():
        clauses = list(current.clauses.all()) if current else []
        return render(request, "comments/policy.html", {"policy": current, "clauses": clauses})

    return kept(request, ("policy", current.pk if current else 0), make)
