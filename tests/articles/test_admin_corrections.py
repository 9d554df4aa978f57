"""Corrections at the writing desk: who sees them, what can become of one, and nothing behind the doors."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import ADMINISTRATOR, EDITOR, PERMISSIONS
from articles.models import Correction
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/correction/"


def ask(article=None, **changes) -> Correction:
    said = {"passage": "Twitching is common.", "claim": "It is rare.", "links": ["https://example.org/paper"]}
    return Correction.ask(article or make_article(), **(said | changes))


def page_of(correction) -> str:
    return f"{LIST}{correction.pk}/change/"


def new_edition(article, kind="correction", note="A number was wrong."):
    draft = article.draft
    draft.body = f"<p>Twitching is rare.{draft.article.versions.count()}</p>"
    draft.save()
    version = draft.save_version(by=None)
    version.publish(by=None, kind=kind, note=note)
    return version


@pytest.fixture
def editor(client):
    user = make_user(EDITOR, display_name="Edi Tor")
    client.force_login(user)
    return user


def test_it_is_about_the_version_that_is_public_when_it_is_asked():
    article = make_article()
    article.draft.save_version(by=None)
    correction = ask(article)
    assert correction.version == article.live_version
    assert correction.state == Correction.State.OPEN


def test_only_web_addresses_are_kept_as_links():
    links = [
        "javascript:alert(1)",
        "https://example.org/",
        "data:text/html,x",
        *["http://example.org/x"] * 20,
    ]
    kept = ask(links=links).links
    assert len(kept) == 10
    assert {link.partition(":")[0] for link in kept} == {"https", "http"}


def test_something_has_to_be_wrong():
    with pytest.raises(ValueError, match="Quote the passage"):
        ask(passage="", claim="")


@pytest.mark.parametrize("role", ["", *PERMISSIONS])
def test_editors_alone_come_to_it(client, role):
    correction = ask()
    client.force_login(make_user(role))
    expected = 200 if role in {EDITOR, ADMINISTRATOR} else 403
    for address in (LIST, page_of(correction)):
        assert client.get(address).status_code == expected, (role, address)
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{correction.pk}/delete/", {"post": "yes"}).status_code == 403
    if expected == 403:
        sent = {"action": "decline", "answer": "No."}
        assert client.post(page_of(correction), sent).status_code == 403
        assert Correction.objects.get().state == "open"


def test_who_may_only_look_decides_nothing(client):
    from django.contrib.auth.models import Permission

    user, correction = make_user("author"), ask()
    user.user_permissions.add(Permission.objects.get(codename="view_correction"))
    client.force_login(user)
    page = client.get(page_of(correction))
    assert page.status_code == 200
    assert 'name="action"' not in page.content.decode()
    assert client.post(page_of(correction), {"action": "accept"}).status_code == 403
    assert Correction.objects.get().state == "open"


def test_the_list_shows_what_and_where_and_filters_by_state(client, editor):
    ask(make_article(title="First text"), passage="One passage.")
    declined = ask(make_article(title="Second text"), passage="", claim="Another claim.")
    declined.decline(by=editor, answer="It is right.")
    page = client.get(LIST).content.decode()
    for words in ("First text", "One passage.", "Second text", "Another claim.", "Nothing to correct"):
        assert words in page
    page = client.get(f"{LIST}?state__exact=declined").content.decode()
    assert "Second text" in page
    assert "First text" not in page


def test_the_list_costs_the_same_for_five_and_fifty(client, editor):
    counts = []
    for size in (5, 45):
        for _ in range(size):
            correction = ask()
            correction.decline(by=make_user(), answer="No.")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(LIST).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_somebody_works_on_it_and_then_it_is_corrected(client, editor):
    correction = ask()
    page = client.get(page_of(correction)).content.decode()
    assert "no edition has come out since" in page
    assert 'value="fix"' not in page
    assert (
        client.post(page_of(correction), {"action": "accept", "answer": "Asked the author."}).status_code
        == 302
    )
    correction.refresh_from_db()
    assert (correction.state, correction.decided_by) == ("accepted", editor)
    assert "Asked the author." in client.get(page_of(correction)).content.decode()
    version = new_edition(correction.article)
    page = client.get(page_of(correction)).content.decode()
    assert "Edition 2" in page
    assert "A number was wrong." in page
    sent = {"action": "fix", "fixed_in": version.pk, "answer": "Thank you."}
    assert client.post(page_of(correction), sent).status_code == 302
    correction.refresh_from_db()
    assert (correction.state, correction.fixed_in, correction.answer) == ("fixed", version, "Thank you.")
    assert correction.decided_at is not None
    page = client.get(page_of(correction)).content.decode()
    assert "in edition 2" in page
    assert 'name="action"' not in page


def test_declining_needs_words(client, editor):
    correction = ask()
    answer = client.post(page_of(correction), {"action": "decline", "answer": " \u202e"})
    assert answer.status_code == 422
    assert "Say in a sentence why" in answer.content.decode()
    assert Correction.objects.get().state == "open"
    sent = {"action": "decline", "answer": "The source says so too."}
    assert client.post(page_of(correction), sent).status_code == 302
    assert Correction.objects.get().answer == "The source says so too."


def test_it_can_only_have_been_corrected_in_an_edition_of_this_article_that_came_later(client, editor):
    article = make_article()
    before = article.live_version
    new_edition(article)
    article.refresh_from_db()
    correction = ask(article)
    unpublished = article.draft.save_version(by=None)
    later = new_edition(article)
    other = make_article()
    elsewhere = [new_edition(other) for _ in range(4)][-1]
    for version in (before, correction.version, unpublished, elsewhere):
        answer = client.post(
            page_of(correction), {"action": "fix", "fixed_in": version.pk, "answer": "kept <b>"}
        )
        assert answer.status_code == 422
        assert "Choose an edition" in answer.content.decode()
        assert "kept &lt;b&gt;" in answer.content.decode()
        with pytest.raises(ValueError, match="published since"):
            correction.fix(by=editor, version=version)
    assert client.post(page_of(correction), {"action": "fix"}).status_code == 422
    assert Correction.objects.get().state == "open"
    correction.fix(by=editor, version=later)
    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.filter(pk=correction.pk).update(fixed_in=None)


def test_the_second_editor_is_told_who_was_first(client, editor):
    correction = ask()
    Correction.objects.get().decline(by=make_user(EDITOR, display_name="First Hand"), answer="No.")
    answer = client.post(page_of(correction), {"action": "decline", "answer": "Second words."})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "First Hand has decided this already: nothing to correct." in page
    assert Correction.objects.get().answer == "No."
    with pytest.raises(ValueError, match="First Hand"):
        correction.accept(by=editor)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"action": "publish"},
        {"action": ["accept\x00"]},
        {"action": "fix", "fixed_in": "x"},
        {"action": "fix", "fixed_in": "9" * 30},
        {"action": "decline", "answer": "x" * 1_001},
    ],
)
def test_nonsense_is_refused_in_words(client, editor, sent):
    correction = ask()
    answer = client.post(page_of(correction), sent)
    assert answer.status_code in {400, 422}
    if answer.status_code == 422:
        assert "errorlist" in answer.content.decode()
    assert Correction.objects.get().state == "open"


def test_what_strangers_said_is_shown_as_typed(client, editor):
    correction = ask(
        make_article(title="A <i>text</i>"),
        passage="<script>alert(1)</script>",
        claim="<img src=x onerror=alert(1)>\nsecond line",
        links=['https://example.org/?"><script>alert(2)</script>'],
    )
    for address in (LIST, page_of(correction)):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert(1)" in page
    for wrong in ("x", "99999999999999999999999", "0"):
        assert client.get(f"{LIST}{wrong}/change/").status_code == 404


def test_it_is_dated_by_when_it_was_asked():
    assert abs((ask().asked_at - timezone.now()).total_seconds()) < 60
