"""The word list at the desk: tried on the latest comments, listed, taken off, and who did it."""

import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comments import dry_run
from comments.models import Case, Comment, ListedWord, Proposal, WordChange
from comments.screening.words import find_words, fold
from tests import plain_forms
from tests.factories import make_article, make_comment, make_user, verdict

pytestmark = pytest.mark.django_db
TRY = "/moderation/words/try/"


@pytest.fixture
def administrator(client):
    user = make_user("administrator", display_name="Ad Ministrator")
    client.force_login(user)
    return user


def attempt(client, words, outcome="hold", note="Seen in spam.", step="try", **more):
    return client.post(TRY, {"words": words, "outcome": outcome, "note": note, "step": step} | more)


def enter(client, words, step="list", **more):
    """Try the words, then press the button below the trial."""
    typed = plain_forms.fields(attempt(client, words, **more), TRY)
    return client.post(TRY, typed | {"step": step})


# The trial


def test_a_trial_counts_what_would_have_been_caught_and_how_much_of_it_was_published(client, administrator):
    article = make_article()
    make_comment(article, body="I take snake oil every day.", author=make_user(display_name="Ada"))
    make_comment(article, body="SNÂKE   oil!")
    refused = make_comment(article, body="Snake oil for sale", status="pending")
    make_comment(article, body="Rattlesnake oil, snake. Oiled.")
    make_comment(article, body="Snake oil that still waits", status="pending")
    refused.decide("reject", by=administrator, version=1, clause=_clause())
    answer = attempt(client, "snake oil\nnothing like it", outcome="reject")
    html = answer.content.decode()
    assert "3 of the latest 4 comments would have been refused" in html
    assert "2 of these were published" in html
    assert '<mark title="listed word">snake oil</mark> every day' in html
    assert '<mark title="listed word">SNÂKE   oil</mark>!' in html
    run = answer.context["run"]
    assert (run.held, run.refused) == (0, 3)
    assert [(each.word, each.found, each.published) for each in run.words] == [
        ("snake oil", 3, 2),
        ("nothing like it", 0, 0),
    ]
    assert not ListedWord.objects.filter(key="snake oil").exists()
    assert not WordChange.objects.exists()
    assert "would have been held" in attempt(client, "snake oil").content.decode()


def _clause():
    from comments.models import Clause

    return Clause.objects.get(number=4)


def test_a_trial_reads_the_latest_thousand_and_shows_fifty(client, administrator, monkeypatch):
    monkeypatch.setattr(dry_run, "LATEST", 60)
    article, author = make_article(), make_user()
    for n in range(70):
        make_comment(article, author, body=f"Snake oil {n}.")
    run = attempt(client, "snake oil").context["run"]
    assert (run.read, run.held, len(run.hits)) == (60, 60, 50)
    assert "69." in run.hits[0].excerpt


def test_what_the_newsroom_writes_is_not_on_trial(client, administrator):
    make_comment(author=make_user("editor"), body="Snake oil is a swindle.")
    assert attempt(client, "snake oil").context["run"].read == 0


def test_a_short_word_is_warned_about(client, administrator):
    html = attempt(client, "ad\nadvert").content.decode()
    assert html.count("very short") == 1


def test_a_trial_finds_what_screening_finds():
    """The quick way to look, and the one that decides, are one rule."""
    rng = random.Random(7)
    letters = [
        "a",
        "b",
        "Ä",
        "é",
        "ß",
        "ﬁ",
        "İ",
        "_",
        "-",
        " ",
        ".",
        "1",
        "²",
        "한",
        "e\u0301",
        "ǅ",
        "\u200b",
    ]
    keys = ["a", "b a", "ss", "a1", "e", "fi", "ä", "a b a", "한", "2", "i"]
    keys = list(dict.fromkeys(fold(key) for key in keys))
    phrases = {key: dry_run._phrase(key) for key in keys}
    for _ in range(3_000):
        text = "".join(rng.choice(letters) for _ in range(rng.randint(0, 14)))
        slow = {key for key, _, _ in find_words(text, keys)}
        assert set(dry_run._keys_in(text, phrases)) == slow, text


def test_an_imported_text_is_tried_by_its_words_not_by_its_markup(client, administrator):
    comment = make_comment(body="plain")
    comment.text.__class__.objects.filter(pk=comment.text_id).update(
        body="<p class='blockquote'>Snake <b>oil</b></p>",
        body_html="<p class='blockquote'>Snake <b>oil</b></p>",
        body_format="html",
    )
    assert attempt(client, "snake oil").context["run"].held == 1
    assert attempt(client, "blockquote").context["run"].held == 0


def test_a_comment_in_a_trial_is_never_markup(client, administrator):
    make_comment(body="<script>alert(1)</script> snake oil <img src=x>")
    html = attempt(client, "snake oil").content.decode()
    assert "&lt;script&gt;alert(1)" in html and "<script>alert" not in html and "<img src=x" not in html


def test_a_trial_asks_as_often_for_five_words_and_comments_as_for_fifty(client, administrator):
    article, author, counts = make_article(), make_user(), []
    for size in (5, 50):
        for n in range(size):
            make_comment(article, author, body=f"Snake oil w{n}.")
        with CaptureQueriesContext(connection) as queries:
            attempt(client, "\n".join(f"w{n}" for n in range(size)))
        counts.append(len(queries))
    assert counts[0] == counts[1]


# Listing


def test_words_are_listed_after_a_trial_and_hold_comments_then(client, administrator):
    answer = enter(client, "Snake oil\n\n  Snake   OIL \r\nelixir of life")
    assert (answer.status_code, answer.url) == (303, "/moderation/words/")
    assert b"2 words listed" in client.get("/moderation/words/").content
    word = ListedWord.objects.get(key="snake oil")
    assert (word.word, word.outcome, word.note) == ("Snake oil", "hold", "Seen in spam.")
    [second, first] = WordChange.objects.all()
    assert (first.word, first.before, first.outcome, first.by) == ("Snake oil", "", "hold", administrator)
    reader = make_user()
    client.force_login(reader)
    article = make_article()
    client.post(f"/articles/{article.slug}/comments/", {"body": "I swear by the elixir of life."})
    findings = Comment.objects.get(author=reader).decisions.get().findings
    assert "listed_words" in {finding["code"] for finding in findings}


def test_nothing_is_listed_untried_or_when_the_words_or_the_list_changed(client, administrator):
    assert attempt(client, "snake oil", step="list").status_code == 409
    typed = plain_forms.fields(attempt(client, "snake oil"), TRY)
    answer = client.post(TRY, typed | {"step": "list", "words": "other words"})
    assert answer.status_code == 409 and b"have changed since you tried them" in answer.content
    assert b"other words" in answer.content
    ListedWord.objects.create(word="snake oil", outcome="reject")
    answer = client.post(TRY, typed | {"step": "list"})
    assert answer.status_code == 409
    assert b"is listed already; its outcome changes" in answer.content
    assert not WordChange.objects.exists()


def test_somebody_who_lists_at_the_very_same_time_is_not_overwritten(client, administrator, monkeypatch):
    seen = plain_forms.fields(attempt(client, "snake oil"), TRY)
    carry_out = ListedWord.carry_out.__func__

    def other_first(cls, plan, **given):
        ListedWord.objects.create(word="snake oil", outcome="reject")
        return carry_out(cls, plan, **given)

    monkeypatch.setattr(ListedWord, "carry_out", classmethod(other_first))
    answer = client.post(TRY, seen | {"step": "list"})
    assert answer.status_code == 409 and b"Somebody changed the list" in answer.content


def test_listing_again_with_another_outcome_changes_it_and_says_so_in_the_record(client, administrator):
    enter(client, "snake oil")
    answer = attempt(client, "SNAKE OIL")
    assert b"listed like this already" in answer.content and "list" not in plain_forms.steps(answer, TRY)
    enter(client, "SNAKE OIL", outcome="reject", note="Worse than we thought.")
    word = ListedWord.objects.get(key="snake oil")
    assert (word.outcome, word.note) == ("reject", "Worse than we thought.")
    html = client.get("/moderation/words/record/").content.decode()
    assert "changed: hold for a moderator → refuse at once" in html
    assert "Ad Ministrator" in html and "Worse than we thought." in html


def test_a_word_is_taken_off_after_a_question_and_stays_in_the_record(client, administrator):
    word = ListedWord.objects.first()
    url = f"/moderation/words/{word.pk}/remove/"
    assert client.get(url).status_code == 200
    assert ListedWord.objects.filter(pk=word.pk).exists()
    answer = client.post(url, {"note": ""})
    assert answer.status_code == 422 and b"Say why" in answer.content
    assert client.post(url, {"note": "Catches the harmless."}).status_code == 303
    assert not ListedWord.objects.filter(pk=word.pk).exists()
    change = WordChange.objects.get()
    assert (change.word, change.before, change.outcome, change.what) == (
        word.word,
        word.outcome,
        "",
        "taken off",
    )
    assert client.post(url, {"note": "Again."}).status_code == 404
    assert WordChange.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"words": ""}, "Type at least one word"),
        ({"words": " \n \n"}, "Type at least one word"),
        ({"words": "!!!"}, "no letter or digit"),
        ({"words": "x" * 121}, "longer than 120 characters"),
        ({"words": "\n".join(f"w{n}" for n in range(201))}, "try at most 200 at once"),
        ({"note": ""}, "Say why"),
        ({"note": "x" * 201}, "at most 200"),
        ({"note": "a\x00b"}, "Null characters"),
        ({"outcome": "explode"}, "Select a valid choice"),
    ],
)
def test_wrong_words_are_told_in_words_and_what_was_typed_is_kept(client, administrator, wrong, words):
    typed = {"words": "kept words", "note": "kept note"} | wrong
    answer = attempt(client, **typed)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert words in html
    assert "kept words" in html or "kept note" in html


@pytest.mark.parametrize(
    "hostile", ["\x00\x00", "\ud800", "\u202e\u200b", "😀", "\N{COMBINING ACUTE ACCENT}"]
)
def test_hostile_words_are_no_fault(client, administrator, hostile):
    data = f"words={hostile}&outcome=hold&note=x&step=list".encode("utf-8", "surrogatepass")
    answer = client.post(TRY, data, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in {409, 422}


# The list


def test_the_list_is_paged_by_the_alphabet_and_searched(client, administrator):
    for n in range(120):
        ListedWord.objects.create(word=f"Wörd {n:03}", outcome="hold")
    seen, after = [], ""
    for _ in range(4):
        context = client.get("/moderation/words/", {"q": "WORD ", "after": after}).context
        seen += [word.word for word in context["words"]]
        after = context["after"]
        if not after:
            break
    assert seen == [f"Wörd {n:03}" for n in range(120)]
    html = client.get("/moderation/words/", {"q": "ord 11"}).content.decode()
    assert "Wörd 110" in html and "Wörd 101" not in html
    assert "Nothing on the list holds" in client.get("/moderation/words/", {"q": "%"}).content.decode()
    for hostile in ("x" * 5_000, "'; --", "%_"):
        assert client.get("/moderation/words/", {"q": hostile, "after": hostile}).status_code == 200


def test_the_pages_ask_as_often_for_five_words_as_for_fifty(client, administrator):
    counts = []
    for size in (5, 45):
        for n in range(size):
            word = ListedWord.objects.create(word=f"w{size} {n}", outcome="hold")
            WordChange.objects.create(word=word.word, outcome="hold", by=make_user("administrator"))
        for url in ("/moderation/words/", "/moderation/words/record/"):
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]


def test_the_record_is_paged(client, administrator):
    for n in range(60):
        WordChange.objects.create(word=f"w{n}", outcome="hold", by=administrator)
    first = client.get("/moderation/words/record/").context
    second = client.get("/moderation/words/record/", {"after": first["after"]}).context
    assert [c.word for c in [*first["changes"], *second["changes"]]] == [f"w{n}" for n in reversed(range(60))]
    assert second["after"] == ""
    assert client.get("/moderation/words/record/", {"after": "x" * 500}).status_code == 200


# Who may


@pytest.mark.parametrize(
    "url", ["/moderation/words/", TRY, "/moderation/words/record/", "/moderation/words/{pk}/remove/"]
)
def test_the_words_are_for_moderators(client, url):
    url = url.format(pk=ListedWord.objects.first().pk)
    assert client.get(url).url.startswith("/accounts/login/")
    for role in ("", "author", "editor", "medical reviewer"):
        client.force_login(make_user(role))
        assert client.get(url).status_code == 404
        assert client.post(url, {"note": "x"}).status_code in {404, 405}
    client.force_login(make_user("moderator"))
    assert client.get(url).status_code == 200


def test_a_moderator_tries_and_proposes_but_cannot_list(client):
    moderator = make_user("moderator", display_name="Mo Derator")
    client.force_login(moderator)
    make_comment(body="Snake oil.")
    answer = attempt(client, "snake oil")
    assert answer.context["run"].held == 1
    assert "list" not in plain_forms.steps(answer, TRY)
    assert enter(client, "snake oil").status_code == 404
    before = ListedWord.objects.count()
    assert enter(client, "snake oil\nelixir", step="propose").status_code == 303
    word = ListedWord.objects.first()
    client.post(f"/moderation/words/{word.pk}/remove/", {"note": "Harmless."})
    assert ListedWord.objects.count() == before
    removal, listing = Proposal.objects.all()
    assert str(listing) == "2 words to be listed" and str(removal) == f"Take “{word.word}” off the list"
    # What becomes of them.
    client.force_login(make_user("administrator", display_name="Ad Ministrator"))
    where = client.get(f"/moderation/proposals/{listing.pk}/").context["where"]
    page = client.get(where)
    typed = plain_forms.fields(page, TRY)
    assert typed["words"] == "snake oil\nelixir"
    typed = plain_forms.fields(client.post(TRY, typed | {"step": "try", "answer": "Good eye."}), TRY)
    assert client.post(TRY, typed | {"step": "list"}).status_code == 303
    where = client.get(f"/moderation/proposals/{removal.pk}/").context["where"]
    assert client.post(where.partition("?")[0], plain_forms.fields(client.get(where))).status_code == 303
    assert not ListedWord.objects.filter(pk=word.pk).exists()
    assert ListedWord.objects.count() == before + 1
    client.force_login(moderator)
    html = client.get("/moderation/proposals/").content.decode()
    assert html.count("Taken up") == 2 and "Good eye." in html


def test_the_verdict_of_screening_follows_the_list(administrator):
    from comments import facts, screening

    plan = ListedWord.plan(["snake oil"], "reject")
    ListedWord.carry_out(plan, note="x", by=administrator)
    known = facts.gather(article=make_article(), author=make_user(), text="Snake-oil?")
    assert screening.screen(known).outcome == verdict("reject").outcome
    ListedWord.objects.get(key="snake oil").remove(note="x", by=administrator)
    known = facts.gather(article=make_article(), author=make_user(), text="Snake-oil?")
    assert screening.screen(known).outcome == verdict("hold").outcome


def test_a_trial_does_not_print_an_open_emergency(client, administrator):
    comment = make_comment(body="Zebra, I cannot go on.")
    assert "annot go on" in attempt(client, "zebra").content.decode()
    Case.open_for(comment, "crisis", priority=0)
    html = attempt(client, "zebra").content.decode()
    assert "annot go on" not in html
    assert f'href="/moderation/comments/{comment.pk}/"' in html


def test_a_word_whose_letters_stand_for_many_is_too_long_and_no_500(client):
    client.force_login(make_user("administrator"))
    answer = client.post(
        "/moderation/words/try/", {"words": "\ufdfa" * 120, "outcome": "hold", "note": "Try."}
    )
    assert answer.status_code == 422
    assert "is longer than 120 characters" in answer.content.decode()
