"""What readers see of the policy and of its versions."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comments.models import CannedReply, PolicyVersion
from comments.policy_forms import Draft
from healthnews.site_state import SiteState
from tests.comments.policy.conftest import DRAFT, fields, proposed, publish, row_of

pytestmark = pytest.mark.django_db


def test_readers_see_the_current_one_older_ones_and_what_changed_but_no_guidance(client, administrator):
    typed = fields(client)
    old_title = typed[f"{row_of(typed, 1)}-title"]
    typed[f"{row_of(typed, 1)}-title"] = "Be kind"
    typed[f"{row_of(typed, 1)}-guidance"] = "Secret guidance."
    publish(client, typed)
    client.logout()
    current = client.get("/comments-policy/").content.decode()
    assert "Version 2, in force" in current and "Be kind" in current and "older version" not in current
    assert "Legal ground: Data protection law" in current
    assert 'href="/comments-policy/1/"' in current and "Because readers asked." in current
    assert client.get("/comments-policy/2/").content.decode().count("older version") == 0
    older = client.get("/comments-policy/1/").content.decode()
    assert "This is an older version." in older and old_title in older and "Be kind" not in older
    change = client.get("/comments-policy/1..2/").content.decode()
    assert "<ins>kind</ins>" in change and "Secret guidance" not in change
    for page in (current, older, change):
        assert "Secret" not in page


@pytest.mark.parametrize(
    "url",
    ["/comments-policy/7/", "/comments-policy/1..7/", "/comments-policy/1..1/", "/comments-policy/0/"]
    + [f"/comments-policy/{'9' * 30}/"],
)
def test_versions_that_are_not_there_are_404(client, url):
    assert client.get(url).status_code == 404


def test_a_difference_backwards_is_404(client, administrator):
    PolicyVersion.publish(PolicyVersion.current().content(), note="x", by=administrator, based_on=1)
    assert client.get("/comments-policy/1..2/").status_code == 200
    assert client.get("/comments-policy/2..1/").status_code == 404


def test_the_public_pages_are_the_same_for_everybody_and_kept_until_the_policy_changes(client, administrator):
    content = PolicyVersion.current().content()
    PolicyVersion.publish(content | {"intro": "Two."}, note="x", by=administrator, based_on=1)
    for url in ("/comments-policy/", "/comments-policy/1/", "/comments-policy/1..2/"):
        mine = client.get(url)
        client.logout()
        anybody = client.get(url)
        assert mine.content == anybody.content
        assert "Cookie" not in anybody.get("Vary", "") and not anybody.cookies
        assert client.get(url, headers={"If-None-Match": anybody["ETag"]}).status_code == 304
        client.force_login(administrator)
    etag, site = client.get("/comments-policy/1/")["ETag"], SiteState.current()
    PolicyVersion.publish(content | {"intro": "Three."}, note="x", by=administrator, based_on=2)
    assert client.get("/comments-policy/1/")["ETag"] != etag
    assert SiteState.current() == site + 1
    assert b"Three." in client.get("/comments-policy/").content


def test_queries_do_not_grow_with_versions_and_clauses(client, administrator):
    counts = []
    for size in (5, 30):
        content = PolicyVersion.current().content()
        number = PolicyVersion.current().number
        content["clauses"] = [
            {
                **content["clauses"][0],
                "line": None,
                "number": n + 1,
                "title": f"Clause {n}",
                "default_reply": "please-civil",
            }
            for n in range(size)
        ]
        PolicyVersion.publish(content, note="x", by=administrator, based_on=number)
        for _ in range(size):
            last = PolicyVersion.current()
            PolicyVersion.publish(last.content(), note="x", by=administrator, based_on=last.number)
            proposed(based_on=1)
        sizes = []
        for url in (
            "/comments-policy/",
            "/comments-policy/1..2/",
            "/moderation/policy/",
            f"/moderation/policy/{number + 1}/",
            DRAFT,
            "/moderation/proposals/",
        ):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            sizes.append(len(queries))
        counts.append(sizes)
    assert [a for a, b in zip(*counts, strict=True) if a != b and a != 1] == [], counts


def test_a_fresh_sites_policy_and_replies_are_not_written_again_over_changes(administrator):
    from healthnews import fresh_site

    content = PolicyVersion.current().content()
    PolicyVersion.publish(content | {"intro": "Ours."}, note="x", by=administrator, based_on=1)
    reply, many = CannedReply.objects.get(key="please-civil"), CannedReply.objects.count()
    reply.change(reply.content() | {"body": "Ours.", "is_active": False}, by=administrator, revision=1)
    fresh_site.write()
    assert PolicyVersion.current().intro == "Ours."
    assert CannedReply.objects.get(key="please-civil").body == "Ours."
    assert not CannedReply.objects.get(key="please-civil").is_active
    assert CannedReply.objects.count() == many


def test_a_draft_of_what_is_in_force_differs_in_nothing():
    current = PolicyVersion.current()
    draft = Draft.of(current.content(), current, based_on=1)
    assert draft.is_valid()
    assert draft.changes(draft.content()) == []
