"""The policy, for everybody: as it is, as it was, and what changed between."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render

from comments import differences
from comments.models import PolicyVersion
from healthnews.http import for_everybody, read_only
from healthnews.kept import kept

VERSIONS = 100  # the newest; each names the one before it


@for_everybody
@read_only
def policy(request, number=None):
    """`/comments-policy/`: the clauses in force, in public words; `/comments-policy/<number>/`: as they were then."""
    current = PolicyVersion.current()
    shown = current if number is None else get_object_or_404(PolicyVersion, number=number)

    def make():
        versions = list(PolicyVersion.objects.all()[:VERSIONS])
        context = {
            "policy": shown,
            "current": current,
            "clauses": list(shown.clauses.all()) if shown else [],
            "versions": versions,
            "followed": PolicyVersion.objects.filter(number__gt=shown.number).last() if shown else None,
        }
        return render(request, "comments/policy.html", context)

    return kept(request, ("policy", current.pk if current else 0, shown.pk if shown else 0), make)


@for_everybody
@read_only
def difference(request, old, new):
    """`/comments-policy/<m>..<n>/`: what readers were told before and after."""
    old, new = int(old), int(new)
    both = {each.number: each for each in PolicyVersion.objects.filter(number__in=[old, new])}
    if len(both) != 2 or old > new:
        raise Http404

    before, after = both[old], both[new]

    def make():
        changes = differences.of_policy(before.content(), after.content())
        context = {"before": before, "after": after, "changes": changes}
        return render(request, "comments/policy_difference.html", context)

    return kept(request, ("policy difference", before.pk, after.pk), make)
