"""The public numbers, quarter by quarter; the same for everybody."""

import csv

from django.http import Http404, HttpResponse
from django.shortcuts import render

from comments import public_plots, tally, transparency
from healthnews.http import for_everybody, read_only, shared
from healthnews.kept import kept


@for_everybody
@read_only
def page(request):
    """`/transparency/`: one quarter, the newest that is over unless `?quarter=` names another; kept until it is tallied anew."""
    asked = request.GET.get("quarter", "")
    known = transparency.quarters()
    quarter = transparency.Quarter.named(asked) if asked else transparency.usual(known)
    if asked and quarter not in known:
        context = {"asked": asked[:40], "quarters": known}
        return render(request, "comments/transparency.html", context, status=404)

    def make():
        context = {
            "quarter": quarter,
            "quarters": known,
            "sections": transparency.sections(quarter) if quarter else [],
            "until": tally.last_day(),
            "few": transparency.FEW,
            "plots": public_plots.of(quarter, known) if quarter else [],
        }
        return render(request, "comments/transparency.html", context)

    return kept(request, ("transparency", quarter, transparency.state()), make)


@shared
def table(request, name: str):
    """`/transparency/<quarter>.csv`: the same, to reckon with."""
    quarter = transparency.Quarter.named(name)
    if quarter not in transparency.quarters():
        raise Http404
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="transparency-{quarter}.csv"'},
    )
    lines = csv.writer(response)
    lines.writerow(["quarter", "about", "source", "what", "number"])
    for section in transparency.sections(quarter):
        for what, number in section.rows:
            lines.writerow([str(quarter), section.title, section.article, what, number])
    return response
