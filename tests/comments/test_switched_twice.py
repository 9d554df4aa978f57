"""The whole site and one thread are switched at once: readers are told of both, the site's first, each thing once."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from comments.models import SiteMode, Thread
from comments.models.people import moment
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db
SITE = {
    "held": "At the moment every comment on this site is read before it appears.",
    "closed": "All discussions on this site are closed to new comments at the moment.",
}
HERE = {
    "held": "At the moment every comment here is read before it appears.",
    "closed": "This discussion is closed to new comments.",
}


@pytest.fixture
def administrator():
    return make_user("administrator")


@pytest.fixture
def article():
    return make_article()


def switch(article, by, site: dict, here: dict):
    """Both anew, whatever held before."""
    for place, held in ((SiteMode, site), (Thread.of(article), here)):
        mode = SiteMode.now() if place is SiteMode else place.mode
        if mode != "open":
            place.switch("open", by=by)
        if held["mode"] != "open":
            place.switch(held["mode"], by=by, words=held.get("words", ""), until=held.get("until"))


def told(article) -> list[str]:
    """What stands on each place where readers are told: the article, its thread, the box, and the refusal of a text."""
    reader = Client()
    reader.force_login(make_user())
    base = article.get_absolute_url()
    answers = [reader.get(f"{base}{where}") for where in ("", "comments/", "comments/new/")]
    answers.append(reader.get(f"{base}comments/new/", headers={"HX-Request": "true"}))
    answers.append(reader.post(f"{base}comments/", {"body": "Kind words."}))
    return [answer.content.decode() for answer in answers if answer.status_code in {200, 403}]


@pytest.mark.parametrize(
    ("site", "here", "said"),
    [
        ("held", "held", f"{SITE['held']} The site. The thread."),
        ("closed", "closed", f"{SITE['closed']} The site. The thread."),
        ("held", "closed", f"{SITE['held']} The site. {HERE['closed']} The thread."),
        ("closed", "held", f"{SITE['closed']} The site. {HERE['held']} The thread."),
        ("open", "closed", f"{HERE['closed']} The thread."),
        ("held", "open", f"{SITE['held']} The site."),
        ("open", "open", ""),
    ],
)
def test_both_are_told_the_sites_first(administrator, article, site, here, said):
    words = [{"mode": mode, "words": words} for mode, words in ((site, "The site."), (here, "The thread."))]
    switch(article, administrator, *words)
    assert Thread.of(article).notice == said
    if said:
        # The part is fetched into a page that says already what is held; what is closed stands in both.
        pages = told(article)
        closed = "closed" in {site, here}
        assert [f">{said}<" in page for page in pages] == [True, True, True, closed, *[True] * closed]


def test_words_that_are_the_same_stand_once(administrator, article):
    for mode in ("held", "closed"):
        same = {"words": "We move house."}
        switch(article, administrator, {"mode": mode} | same, {"mode": mode} | same)
        assert Thread.of(article).notice == f"{SITE[mode]} We move house."


def test_each_has_its_own_end_and_the_earlier_of_the_thread_is_not_told(administrator, article):
    soon = timezone.now() + timedelta(hours=1)
    later = soon + timedelta(days=1)
    closed = {"mode": "closed"}
    switch(article, administrator, closed | {"until": soon}, closed | {"until": later})
    site = f"All discussions on this site are closed to new comments until {moment(soon)}."
    assert (
        Thread.of(article).notice
        == f"{site} This discussion is closed to new comments until {moment(later)}."
    )
    switch(article, administrator, closed | {"until": soon}, closed)
    assert Thread.of(article).notice == f"{site} {HERE['closed']}"
    switch(article, administrator, closed | {"until": later}, closed | {"until": soon})
    assert Thread.of(article).notice == site.replace(moment(soon), moment(later))
    switch(article, administrator, closed, closed | {"until": soon})
    assert Thread.of(article).notice == SITE["closed"]
    held = {"mode": "held"}
    switch(article, administrator, held | {"until": soon}, held | {"until": later})
    assert Thread.of(article).notice == (
        f"Until {moment(soon)}, every comment on this site is read before it appears. "
        f"Until {moment(later)}, every comment here is read before it appears."
    )


def test_a_text_that_is_refused_is_given_back_with_both(administrator, article):
    words = ({"mode": "held", "words": "A storm."}, {"mode": "closed", "words": "A quarrel."})
    switch(article, administrator, *words)
    reader = Client()
    reader.force_login(make_user())
    answer = reader.post(f"{article.get_absolute_url()}comments/", {"body": "My text."})
    assert answer.status_code == 403
    html = answer.content.decode()
    assert html.index("A storm.") < html.index("A quarrel.") < html.index("My text.")
