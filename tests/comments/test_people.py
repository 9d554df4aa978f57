"""The desk's pages about people."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from comments.models import Clause, Comment, PersonNote, PolicyVersion, Sanction
from comments.taking_down import take_down_batch
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db
HOSTILE = '"><script>alert(1)</script>{{ 7|add:7 }}\u202e'


@pytest.fixture
def moderator(client):
    user = make_user("moderator", display_name="Mo Derator")
    client.force_login(user)
    return user


@pytest.fixture
def administrator(client):
    user = make_user("administrator", display_name="Ad Min")
    client.force_login(user)
    return user


@pytest.fixture
def reader():
    return make_user(display_name="Ada Byron", display_name_key="adabyron", email="ada@example.org")


def page(client, user, query="") -> str:
    answer = client.get(f"/moderation/people/{user.pk}/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def impose(client, user, **data):
    return client.post(f"/moderation/people/{user.pk}/sanctions/", {"reason": "Because."} | data)


@pytest.mark.parametrize("words", ["ada@", "ADA@example.org", "Ada", "ada  by", "Áda B", "ad"])
def test_people_are_found_by_the_beginning_of_name_and_address(client, moderator, reader, words):
    make_user(display_name="Bo", display_name_key="bo", email="bo@example.org")
    html = client.get("/moderation/people/", {"q": words}).content.decode()
    assert f"/moderation/people/{reader.pk}/" in html
    assert "bo@example.org" not in html


def test_imported_people_whose_names_have_no_key_are_found_by_any_part(client, moderator):
    make_user(display_name="Grace Hopper")
    assert b"Grace Hopper" in client.get("/moderation/people/?q=hopp").content


@pytest.mark.parametrize("words", ["", "   ", "zzz", "%", "_", HOSTILE, "x" * 5_000, "a'b", "\\"])
def test_a_search_that_finds_nobody_says_so(client, moderator, reader, words):
    answer = client.get("/moderation/people/", {"q": words})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "ada@example.org" not in html
    assert ("Nobody is called like this." in html) is bool(words.strip())
    assert "<script>alert" not in html


def test_a_search_uses_the_indexes(client, moderator, reader):
    from comments import people

    with connection.cursor() as cursor, CaptureQueriesContext(connection) as queries:
        cursor.execute("SET LOCAL enable_seqscan = off")
        people.search("ada")
        cursor.execute("EXPLAIN " + queries[-1]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "email_" in plan
    assert "display_name_key_" in plan
    assert "Seq Scan" not in plan


def test_who_is_under_a_sanction_is_listed_page_by_page(client, moderator):
    people = [make_user(display_name=f"Held {n:02}") for n in range(30)]
    for each in people:
        Sanction.impose("warn", each, by=moderator, reason=f"Because of {each}.")
    Sanction.objects.get(user=people[29]).lift(by=moderator, reason="No.")
    html = client.get("/moderation/people/").content.decode()
    seen = re.findall(r">(Held \d\d)<", html)
    after = re.search(r'href="\?(after=[^"]+)"', html).group(1)
    seen += re.findall(r">(Held \d\d)<", client.get(f"/moderation/people/?{after}").content.decode())
    assert seen == [f"Held {n:02}" for n in reversed(range(29))]
    assert "Because of Held 28." in html


def test_the_page_of_a_person_has_record_comments_decisions_and_sanctions(client, moderator, reader):
    published = make_comment(author=reader, body="All fine.")
    removed = make_comment(author=reader, body="Not fine <b>.")
    clause = Clause.objects.get(policy=PolicyVersion.current(), number=3)
    removed.decide("remove", by=moderator, version=1, clause=clause)
    make_comment(author=reader, body="Waits.", status="pending")
    make_comment(body="By somebody else.")
    Sanction.impose("suspend", reader, by=moderator, reason="For three days.", days=3, comment=removed)
    html = page(client, reader)
    for words in (
        "Ada Byron",
        "ada@example.org",
        "All fine.",
        "Not fine &lt;b&gt;.",
        "Removed by Mo Derator",
        "clause 3",
        "For three days.",
        "in force until",
        f"/moderation/comments/{published.pk}/",
        "about this comment",
    ):
        assert words in html, words
    assert "By somebody else." not in html
    counts = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", html))
    assert (counts["Published"], counts["Waiting"], counts["Removed"], counts["Refused"]) == (
        "1",
        "1",
        "1",
        "0",
    )


def test_the_comments_are_paged_and_the_queries_do_not_grow(client, moderator, reader):
    article, counts = make_article(), []
    for size in (5, 50):
        for n in range(size):
            comment = make_comment(article=article, author=reader, body=f"Number {size} {n}.")
            if n % 2:
                comment.decide("hold", by=moderator, version=1)
            held = Sanction.impose("suspend", reader, by=moderator, reason="Again.", days=1, comment=comment)
            held.lift(by=moderator, reason="Again.")
            PersonNote.write(reader, f"Note {size} {n}.", by=moderator)
        with CaptureQueriesContext(connection) as queries:
            html = page(client, reader)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    seen = re.findall(r"Number \d+ \d+\.", html)
    while after := re.search(r'href="\?(after=[^"]+)"', html):
        html = page(client, reader, f"?{after.group(1)}")
        seen += re.findall(r"Number \d+ \d+\.", html)
    assert len(seen) == len(set(seen)) == 55


def test_a_note_is_kept_for_the_desk_and_hidden_from_the_person(client, moderator, reader):
    url = f"/moderation/people/{reader.pk}/notes/"
    assert client.post(url, {"text": f"Wrote before as Bo. {HOSTILE}"}).status_code == 303
    html = page(client, reader)
    assert "Wrote before as Bo." in html
    assert "Mo Derator" in html
    assert "<script>alert" not in html
    assert client.post(url, {"text": " \n "}).status_code == 422
    client.force_login(reader)
    assert b"Wrote before" not in client.get("/comments/standing/").content
    note = PersonNote.objects.get()
    type(note.text).objects.update(text="", destroyed_because="erased")
    client.force_login(moderator)
    assert "Emptied" in page(client, reader)


def test_a_moderator_reads_and_writes_no_notes_about_themselves(client, moderator):
    administrator = make_user("administrator")
    PersonNote.write(moderator, "Quarrels with readers; watch.", by=administrator)
    html = page(client, moderator)
    assert "Quarrels" not in html
    assert "not shown to you" in html
    assert f"/people/{moderator.pk}/notes/" not in html
    sent = client.post(f"/moderation/people/{moderator.pk}/notes/", {"text": "Is always kind."})
    assert sent.status_code == 403
    assert "Nobody keeps notes about themselves." in sent.content.decode()
    assert "Is always kind." in sent.content.decode()
    assert PersonNote.objects.count() == 1
    client.force_login(administrator)
    assert "Quarrels with readers; watch." in page(client, moderator)


def test_a_moderator_suspends_and_lifts(client, moderator, reader):
    comment = make_comment(author=reader)
    assert impose(client, reader, kind="suspend", days="3", clause="2", comment=comment.pk).status_code == 303
    held = Sanction.objects.get()
    assert (held.user, held.by, held.kind, held.comment, held.clause.number) == (
        reader,
        moderator,
        "suspend",
        comment,
        2,
    )
    assert (held.ends_at - held.starts_at).days == 3
    assert b"Lift it and tell them" in client.get(f"/moderation/people/{reader.pk}/").content
    url = f"/moderation/sanctions/{held.pk}/lift/"
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "Sorry."}).status_code == 303
    answer = client.post(url, {"reason": "Again."})
    assert answer.status_code == 409
    assert b"This is over already" in answer.content
    assert "Lifted by Mo Derator: Sorry." in page(client, reader)


def test_a_moderator_neither_bans_nor_lifts_a_ban_nor_sanctions_staff(client, moderator, reader):
    assert 'value="ban"' not in page(client, reader)
    assert impose(client, reader, kind="ban").status_code == 403
    assert impose(client, reader, kind="ban", confirmed="1").status_code == 403
    colleague = make_user("author")
    assert "an administrator has to do this" in page(client, colleague)
    answer = impose(client, colleague, kind="warn", reason="My half a page of reasons.")
    assert answer.status_code == 403
    assert impose(client, moderator, kind="warn").status_code == 403
    assert not Sanction.objects.exists()
    ban = Sanction.impose("ban", reader, by=make_user("administrator"), reason="Spam.")
    assert client.post(f"/moderation/sanctions/{ban.pk}/lift/", {"reason": "No."}).status_code == 403
    assert Sanction.objects.in_force(reader).exists()


def test_a_ban_is_asked_about_with_how_much_would_go(client, administrator, reader):
    article = make_article()
    comments = [make_comment(article=article, author=reader, body=f"Number {n}.") for n in range(3)]
    Comment.objects.filter(pk=comments[0].pk).update(posted_at="2020-01-01T00:00Z")
    data = {
        "kind": "ban",
        "reason": "Spam.\nTwo lines & “quotes” <b>.",
        "clause": "4",
        "days": "30",
        "take_down_days": "7",
    }
    answer = impose(client, reader, **data)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "<b>2 comments</b>" in html
    assert not Sanction.objects.exists()
    again = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', html))
    again["reason"] = data["reason"]
    again.pop("csrfmiddlewaretoken", None)
    assert again | {"comment": ""} == data | {"confirmed": "1", "comment": "", "policy": "1"}
    assert impose(client, reader, **again).status_code == 303
    ban = Sanction.objects.get()
    assert (ban.kind, ban.take_down_days, (ban.ends_at - ban.starts_at).days) == ("ban", 7, 30)
    take_down_batch(ban.pk)
    assert Comment.objects.filter(author=reader, status="removed").count() == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Choose what to do."),
        ({"kind": "shadowban"}, "There is no such sanction."),
        ({"kind": "warn", "reason": " "}, "Say why"),
        ({"kind": "suspend"}, "a suspension has an end"),
        ({"kind": "suspend", "days": "0"}, "as a whole number from 1 to 3,650"),
        ({"kind": "suspend", "days": "three"}, "as a whole number from 1 to 3,650"),
        ({"kind": "suspend", "days": "9" * 40}, "as a whole number from 1 to 3,650"),
        ({"kind": "warn", "clause": "99"}, "The policy has no clause 99."),
        ({"kind": "warn", "comment": "999999"}, "There is no comment 999999."),
        ({"kind": "ban", "take_down_days": "7"}, "Choose the clause"),
        ({"kind": "ban", "take_down_days": "-1", "clause": "1"}, "as a whole number from 1 to 3,650"),
        ({"kind": "warn", "reason": "x" * 5_001}, "at most 5000"),
    ],
)
def test_wrong_input_is_422_in_words_and_keeps_what_was_typed(client, administrator, reader, data, words):
    data = {"reason": f"My half a page of reasons. {HOSTILE}"} | data
    answer = impose(client, reader, **data)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert words in html
    assert 'role="alert"' in html
    if "days" in data:
        assert f'value="{data["days"]}"' in html
    if data["reason"].startswith("My"):
        assert "My half a page of reasons." in html
    assert "<script>alert" not in html
    assert not Sanction.objects.exists()


@pytest.mark.parametrize("address", ["people/999999/", "people/999999/notes/", "sanctions/999999/lift/"])
def test_who_is_not_there_is_404(client, moderator, address):
    method = client.get if address == "people/999999/" else client.post
    assert method(f"/moderation/{address}").status_code == 404


def test_a_hostile_name_and_unreadable_cursors_are_borne(client, moderator, reader):
    User.objects.filter(pk=reader.pk).update(display_name="<img src=x onerror=alert(1)>")
    Sanction.impose("warn", reader, by=moderator, reason=HOSTILE)
    for url in (f"/moderation/people/{reader.pk}/", "/moderation/people/", "/moderation/people/?q=ada"):
        for query in ("", "after=%00", "after=x&before=y", f"comment={'9' * 50}", "comment=%22%3E"):
            answer = client.get(f"{url}{'&' if '?' in url else '?'}{query}")
            assert answer.status_code in {200, 400}
            assert b"<img src=x" not in answer.content
            assert b"<script>alert" not in answer.content
