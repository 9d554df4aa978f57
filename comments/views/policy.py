"""The policy, for everybody."""

from django.shortcuts import render

from comments.models import PolicyVersion
from healthnews.http import for_everybody, read_only
from healthnews.kept import kept


@for_everybody
@read_only
def policy(request):
    """`/comments-policy/`: the clauses in force, in public words."""
    current = PolicyVersion.current()

    def make():
        clauses = list(current.clauses.all()) if current else []
        return render(request, "comments/policy.html", {"policy": current, "clauses": clauses})

    return kept(request, ("policy", current.pk if current else 0), make)
