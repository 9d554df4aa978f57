"""Where somebody in need can turn to, in the country that they are most likely in."""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from comments.models import Case, HelpLine
from comments.models.help_line import EVERYWHERE

AFTERWARDS = timedelta(days=7)  # that the lines stay, once the desk has dealt with an emergency
_REGION = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?-([A-Za-z]{2})\b")
NAMES = {
    "AT": "Austria",
    "AU": "Australia",
    "BE": "Belgium",
    "CA": "Canada",
    "CH": "Switzerland",
    "DE": "Germany",
    "DK": "Denmark",
    "ES": "Spain",
    "FI": "Finland",
    "FR": "France",
    "GB": "United Kingdom",
    "IE": "Ireland",
    "IN": "India",
    "IT": "Italy",
    "JP": "Japan",
    "NL": "Netherlands",
    "NO": "Norway",
    "NZ": "New Zealand",
    "PL": "Poland",
    "PT": "Portugal",
    "SE": "Sweden",
    "US": "United States",
    "ZA": "South Africa",
}


@dataclass(frozen=True)
class Help:
    """The lines of one country, and the countries that one can choose instead."""

    country: str
    lines: list[HelpLine]
    countries: list[tuple[str, str]]

    @property
    def urgent_lines(self) -> list[HelpLine]:
        """The same, the emergency number first: for sudden illness, where a line that listens comes too late."""
        return sorted(self.lines, key=lambda line: not line.is_emergency)

    @property
    def where(self) -> str:
        """The country in words; empty for everywhere."""
        return name_of(self.country)


def name_of(country: str) -> str:
    """A country in words; one that is not in NAMES by its letters."""
    return NAMES.get(country, country)


def help_for(request) -> Help:
    """The lines for `?country=`, else for the region of the browser's language, else for everywhere. One query."""
    by_country: dict[str, list[HelpLine]] = {}
    for line in HelpLine.objects.all():
        by_country.setdefault(line.country.upper(), []).append(line)
    if "country" in request.GET:
        asked = [request.GET["country"].upper()[:2]]
    else:
        asked = regions(request.headers.get("Accept-Language", ""))
    country = next((each for each in asked if each in by_country), EVERYWHERE)
    choices = sorted(((each, name_of(each)) for each in by_country if each), key=lambda each: each[1])
    return Help(country, by_country.get(country, []), choices)


def regions(accept_language: str) -> list[str]:
    """The countries that a browser's languages name, in its order: en-GB is GB. A language alone names none."""
    return [found.group(1).upper() for found in _REGION.finditer(accept_language[:200])]


def waiting_in_crisis(comments) -> set[int]:
    """Those of the comments (by id) that wait in the crisis lane. One query."""
    waiting = Case.objects.filter(closed_at=None, pk__in=comments, kinds__contains=["crisis"])
    return set(waiting.values_list("pk", flat=True))


def is_needed_after(decisions) -> bool:
    """Whether the lines stay though the desk has decided: for AFTERWARDS, unless it was a false alarm.

    `decisions` are all about one comment, the oldest first. Where the last was taken back, the case waits again.
    """
    ended = [each for each in decisions if each.outcome]
    return bool(ended) and not ended[-1].is_false_alarm and ended[-1].at > timezone.now() - AFTERWARDS


def is_sudden(codes) -> bool:
    """Whether it is about sudden illness, poisoning or violence, and not only about somebody in despair."""
    return "emergency" in codes
