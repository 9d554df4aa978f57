"""Canned replies at the desk: written with placeholders that exist, read for a comment, shared, counted, remembered."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comments.decision_forms import fill
from comments.models import CannedReply, Comment, Decision, Proposal, ReplyChange
from tests import plain_forms
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db
LIST, NEW = "/moderation/replies/", "/moderation/replies/new/"


@pytest.fixture
def administrator(client):
    user = make_user("administrator", display_name="Ad Ministrator")
    client.force_login(user)
    return user


def reply(key="please-civil") -> CannedReply:
    return CannedReply.objects.get(key=key)


def edit(found) -> str:
    return f"/moderation/replies/{found.pk}/edit/"


def store(client, found, **changes):
    """Open the form, change this, press "Store it"."""
    return client.post(edit(found), plain_forms.fields(client.get(edit(found))) | changes | {"step": "save"})


def written(**changes) -> dict:
    return {
        "key": "warm-welcome",
        "title": "A warm welcome",
        "purpose": "public_answer",
        "clause_number": "2",
        "body": "Welcome, {name}.",
        "is_active": "on",
        "step": "save",
    } | changes


# Writing


def test_a_new_reply_is_stored_behind_the_others_and_can_be_used(client, administrator):
    answer = client.post(NEW, written(suggests_for=["links", "email"], key="Warm-Welcome"))
    found = reply("warm-welcome")
    assert (answer.status_code, answer.url) == (303, f"{LIST}{found.pk}/")
    assert (found.clause_number, found.suggests_for, found.is_active) == (2, ["links", "email"], True)
    assert found == CannedReply.objects.last()
    change = found.changes.get()
    assert (change.by, change.before, change.after["title"]) == (administrator, {}, "A warm welcome")
    comment = make_comment(status="pending", author=make_user(display_name="Ada"))
    client.post(
        f"/moderation/comments/{comment.pk}/decisions/",
        {"action": "publish", "version": 1, "canned_reply": "warm-welcome"},
    )
    assert Comment.objects.get(parent=comment).text.body == "Welcome, Ada."


def test_a_change_keeps_the_key_and_what_was_there_before(client, administrator):
    found = reply()
    assert (
        store(client, found, title="Be kind", body="Dear {name}, be kind.", key="another-key").status_code
        == 303
    )
    now = reply()
    assert (now.title, now.body, now.revision) == ("Be kind", "Dear {name}, be kind.", 2)
    html = client.get(f"{LIST}{found.pk}/").content.decode()
    assert "Ad Ministrator" in html
    assert "<ins>Be kind</ins>" in html or "<ins>kind</ins>" in html
    change = ReplyChange.objects.get()
    assert (change.before["body"], change.after["body"]) == (found.body, now.body)


def test_storing_what_did_not_change_is_no_change(client, administrator):
    assert store(client, reply()).status_code == 303
    assert not ReplyChange.objects.exists()
    assert reply().revision == 1


def test_a_reply_out_of_use_stays_but_is_offered_nowhere(client, administrator):
    typed = plain_forms.fields(client.get(edit(reply())))
    del typed["is_active"]
    assert client.post(edit(reply()), typed | {"step": "save"}).status_code == 303
    comment = make_comment(status="pending")
    assert b"message-please-civil" not in client.get(f"/moderation/comments/{comment.pk}/").content
    assert b"not in use" in client.get(LIST).content


def test_the_second_of_two_who_change_a_reply_is_told_and_keeps_the_words(client, administrator):
    found = reply()
    mine = plain_forms.fields(client.get(edit(found))) | {"body": "My words."}
    quick = make_user("administrator", display_name="Quick Colleague")
    found.change(found.content() | {"body": "Their words."}, by=quick, revision=1)
    answer = client.post(edit(found), mine | {"step": "save"})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Quick Colleague changed this reply" in html and "My words." in html and "<del>Their" in html
    assert reply().body == "Their words."
    again = plain_forms.fields(answer)
    assert client.post(edit(found), again | {"step": "save"}).status_code == 303
    assert reply().body == "My words."


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (
            {"body": "Dear {nmae}, {clause}"},
            "Nothing fills {nmae}. There are {name}, {article}, {clause}, {policy}, {help}.",
        ),
        ({"body": "{ name }"}, "Nothing fills { name }"),
        ({"body": "{}"}, "Nothing fills {}"),
        ({"body": "{name.__class__}"}, "Nothing fills {name.__class__}"),
        ({"body": "{<b>}"}, "Nothing fills {&lt;b&gt;}"),
        ({"body": ""}, "A reply needs words"),
        ({"body": "x" * 4_001}, "at most 4000"),
        ({"title": ""}, "Give it a title"),
        ({"title": "a\x00b"}, "Null characters"),
        ({"key": ""}, "Give it a key"),
        ({"key": "no blanks please"}, "valid “slug”"),
        ({"key": "PLEASE-civil"}, "There is a reply with the key"),
        ({"purpose": "explode"}, "Select a valid choice"),
        ({"clause_number": "77"}, "Select a valid choice"),
        ({"suggests_for": ["no_such_code"]}, "Select a valid choice"),
    ],
)
def test_wrong_input_is_told_in_words_and_what_was_typed_is_kept(client, administrator, wrong, words):
    answer = client.post(NEW, {"title": "Kept title", "body": "Kept words."} | written(**wrong))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert words in html
    assert "A warm welcome" in html or "Welcome, {name}." in html
    assert CannedReply.objects.count() == 9


@pytest.mark.parametrize(
    "hostile",
    [
        {"revision": "9" * 30},
        {"revision": "x"},
        {"comment": "9" * 30},
        {"proposal": "x\x00"},
        {"answer": "\x00"},
        {"step": "nonsense"},
        {"why": "\x00"},
    ],
)
def test_hostile_input_is_no_fault(client, administrator, hostile):
    typed = plain_forms.fields(client.get(edit(reply())))
    answer = client.post(edit(reply()), typed | {"body": "New.", "step": "save"} | hostile)
    assert answer.status_code in {200, 303, 409}


# Reading


def test_a_reply_is_read_for_this_very_comment_or_for_nobody(client, administrator):
    article = make_article(title="Twitching & <b>eyelids</b>")
    comment = make_comment(article, make_user(display_name="Ada {policy}"), status="pending")
    found = reply()
    url = f"{LIST}{found.pk}/"
    assert "Dear Robin" in client.get(url).content.decode()
    html = client.get(url, {"comment": comment.pk}).content.decode()
    # What a placeholder brings in is not looked through for further ones.
    assert "Dear Ada {policy}" in html
    assert "Twitching &amp; &lt;b&gt;eyelids" in html
    assert "/comments-policy/1/#clause-1" in html
    for nobody in ("999999", "x", "9" * 40, "-1"):
        assert "Dear Robin" in client.get(url, {"comment": nobody}).content.decode()


def test_how_it_reads_is_shown_before_it_is_stored(client, administrator):
    comment = make_comment(author=make_user(display_name="Ada"))
    answer = client.post(NEW, written(step="look", comment=comment.pk, body="Hello {name} <b>, {clause}"))
    html = answer.content.decode()
    assert "Hello Ada &lt;b&gt;, 2. " in html
    assert CannedReply.objects.count() == 9


def test_no_name_becomes_a_link_in_an_answer_of_the_staff(client, administrator):
    """One that was given before addresses were refused, or that an import brought."""
    author = make_user(display_name="https://evil.example/pills")
    comment = make_comment(status="pending", author=author)
    store(client, reply(), body="Dear {name}, be kind.", purpose="public_answer")
    filled = fill(reply(), comment)
    assert "https:// evil. example/ pills" in filled
    decision = comment.decide("publish", by=administrator, version=1, reply=filled)
    assert "evil" in decision.answer.text.body_html
    assert 'href="https://evil' not in decision.answer.text.body_html
    html = client.get(f"/moderation/replies/?comment={comment.pk}").content.decode()
    assert "Dear https:// evil. example/ pills, be kind." in html


def test_from_a_card_the_replies_come_filled_in_and_suggested_first(client, administrator):
    comment = make_comment(status="pending", author=make_user(display_name="Ada"))
    Decision.objects.filter(comment=comment).update(
        findings=[{"code": "links", "start": 0, "end": 1, "confidence": 0.9, "outcome": "hold"}]
    )
    link = f"/moderation/replies/?comment={comment.pk}"
    assert link in client.get(f"/moderation/comments/{comment.pk}/").content.decode()
    answer = client.get(link)
    assert answer.context["replies"][0].key == "no-links-promotion"
    html = answer.content.decode()
    assert html.count(">suggested<") == 1
    assert "Dear Ada" in html and "{name}" not in html


def test_replies_are_found_counted_and_dated(client, administrator):
    comment = make_comment(status="pending")
    assert "last on" not in client.get(LIST).content.decode()
    found = reply("thanks-correction")
    comment.decide("publish", by=administrator, version=1, reply="Thanks.", canned_reply=found)
    html = client.get(LIST, {"q": "CORRECTION"}).content.decode()
    assert "Thank you for the correction" in html and "used 1 time, last on" in html
    assert "keep it civil" not in html
    assert "used 1 time, last on" in client.get(f"{LIST}{found.pk}/").content.decode()
    for hostile in ("%", "x" * 5_000, "\\", "'; --"):
        assert client.get(LIST, {"q": hostile, "after": hostile}).status_code == 200


def test_the_list_is_paged_and_put_in_order(client, administrator):
    CannedReply.objects.all().delete()
    rows = [
        CannedReply.objects.create(key=f"k{n}", title=f"R{n}", body="x", position=n // 3) for n in range(70)
    ]
    first = client.get(LIST).context
    second = client.get(LIST, {"after": first["after"]}).context
    assert [each.key for each in [*first["replies"], *second["replies"]]] == [f"k{n}" for n in range(70)]
    client.post(f"{LIST}{rows[3].pk}/move/", {"where": "up"})
    client.post(f"{LIST}{rows[0].pk}/move/", {"where": "up"})
    client.post(f"{LIST}{rows[69].pk}/move/", {"where": "down"})
    client.post(f"{LIST}{rows[0].pk}/move/", {"where": "down"})
    assert [each.key for each in CannedReply.objects.all()[:5]] == ["k1", "k0", "k3", "k2", "k4"]


def test_the_pages_ask_as_often_for_five_replies_as_for_fifty(client, administrator):
    comment = make_comment(status="pending")
    counts = []
    for size in (5, 50):
        for n in range(size):
            made = CannedReply.objects.create(key=f"r{size}-{n}", title="T", body="{clause}", clause_number=2)
            made.change(made.content() | {"body": "New."}, by=make_user("administrator"), revision=1)
            made.refresh_from_db()
        for n in range(size):
            made.change(
                made.content() | {"body": f"{n}"}, by=make_user("administrator"), revision=made.revision
            )
        CannedReply.objects.update(use_count=1)
        for url in (LIST, f"{LIST}?comment={comment.pk}", f"{LIST}{made.pk}/", edit(made)):
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            counts.append(len(queries))
    assert counts[:4] == counts[4:]


# Who may


@pytest.mark.parametrize("url", [LIST, NEW, "{one}", "{one}edit/"])
def test_the_replies_are_for_moderators(client, url):
    url = url.format(one=f"{LIST}{reply().pk}/")
    assert client.get(url).url.startswith("/accounts/login/")
    for role in ("", "author", "editor", "medical reviewer"):
        client.force_login(make_user(role))
        assert client.get(url).status_code == 404
        assert client.post(url).status_code in {404, 405}
    client.force_login(make_user("moderator"))
    assert client.get(url).status_code == 200


def test_a_moderator_proposes_and_changes_nothing(client):
    moderator = make_user("moderator", display_name="Mo Derator")
    client.force_login(moderator)
    found = reply()
    assert client.post(f"{LIST}{found.pk}/move/", {"where": "up"}).status_code == 404
    assert store(client, found, body="Mine.").status_code == 404
    assert client.post(NEW, written()).status_code == 404
    typed = plain_forms.fields(client.get(edit(found))) | {"body": "Kinder.", "step": "propose"}
    answer = client.post(edit(found), typed | {"why": " "})
    assert answer.status_code == 422 and b"Say in a sentence what you propose" in answer.content
    assert client.post(edit(found), typed | {"why": "It sounds harsh."}).status_code == 303
    assert client.post(NEW, written(step="propose", why="We lack one.")).status_code == 303
    assert reply().body == found.body and CannedReply.objects.count() == 9
    new, change = Proposal.objects.all()
    assert b"Kinder." in client.get(f"/moderation/proposals/{change.pk}/").content
    # An administrator takes both up.
    client.force_login(make_user("administrator", display_name="Ad Ministrator"))
    for proposal in (change, new):
        where = client.get(f"/moderation/proposals/{proposal.pk}/").context["where"]
        page = client.get(where)
        assert b"Mo Derator" in page.content
        typed = plain_forms.fields(page) | {"step": "save", "answer": "Gladly."}
        assert client.post(where.partition("?")[0], typed).status_code == 303
    assert reply().body == "Kinder."
    assert reply("warm-welcome").changes.get().by.display_name == "Ad Ministrator"
    client.force_login(moderator)
    assert client.get("/moderation/proposals/").content.decode().count("Gladly.") == 2


def test_a_proposal_that_was_overtaken_is_not_laid_over_the_newer_words(client, administrator):
    found = reply()
    content = found.content() | {"body": "Proposed.", "key": "", "before": found.content(), "revision": 1}
    proposal = Proposal.objects.create(
        kind="reply", reply=found, content=content, why="x", by=make_user("moderator")
    )
    found.change(found.content() | {"body": "Newer."}, by=administrator, revision=1)
    typed = plain_forms.fields(client.get(f"{edit(found)}?proposal={proposal.pk}"))
    assert client.post(edit(found), typed | {"step": "save"}).status_code == 409
    assert reply().body == "Newer."
    proposal.refresh_from_db()
    assert proposal.is_open


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("Tobias K.", "Dear Tobias K., thank you, Tobias K. Be well."),
        ("Ada", "Dear Ada, thank you, Ada. Be well."),
    ],
)
def test_a_name_that_ends_with_a_full_stop_ends_the_sentence(name, read):
    greeting = CannedReply(body="Dear {name}, thank you, {name}. Be well.")
    assert greeting.filled(name=name, article="Sleep") == read
