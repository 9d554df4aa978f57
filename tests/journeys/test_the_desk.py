"""Moderators at the desk: by keyboard alone, two at once, and without script."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from comments import jobs
from comments.models import Appeal, Case, Clause, Comment, CorrectionRequest, Decision, Report
from comments.screening import Finding, Outcome
from tests.factories import PASSWORD, make_article, make_comment, make_user, verdict
from tests.journeys.conftest import log_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]
GONE = "[removed: personal data]"
with_script = pytest.mark.parametrize("script", [True], indirect=True, ids=["with script"])


@pytest.fixture
def at_desk(new_visitor):
    """A function that opens a browser in which the moderator is logged in."""

    def open_desk(user):
        page = new_visitor()
        log_in(page, user, PASSWORD)
        page.wait_for_url("**/accounts/profile/")
        return page

    return open_desk


def held(article, body, *found, author=None) -> Comment:
    """A comment that waits because of `found`: (code, words of the text)."""
    findings = [
        Finding(code, Outcome.HOLD, body.index(words), body.index(words) + len(words))
        for code, words in found
    ]
    return Comment.submit(
        article=article, by=author or make_user(), body=body, verdict=verdict("hold", *findings)
    )


def also_waits(comment, kind, **fields) -> None:
    with transaction.atomic():
        Case.open_for(comment, kind, **fields)


def twenty_cards(article, other, clause) -> dict[str, list[Comment]]:
    """Cases of every kind, in the order of the queue."""
    crisis = held(article, "I cannot go on. I have the pills here.")
    also_waits(crisis, "crisis", priority=0)
    appealed = make_comment(article, body="My brother sells good tea.")
    appealed.decide("remove", by=other, version=1, clause=clause)
    Appeal.lodge(appealed.decisions.first(), by=appealed.author, text="I sell nothing.")
    reported = [make_comment(article, body=f"You are a fool, {n}.") for n in range(2)]
    for comment in reported:
        Report.objects.create(comment=comment, text=comment.text, reporter=make_user(), reason="abuse")
        also_waits(comment, "report")
    edited = make_comment(article, body="Magnesium did nothing.")
    edited.edit("Magnesium did something.", by=edited.author, verdict=verdict("hold"), version=1)
    advice = "What should I do"
    return {
        "crisis": [crisis],
        "appeal": [appealed],
        "report": reported,
        "edit": [edited],
        "private": [held(article, "😀 Ring 020 7946 0018, ask for Dr Ölçer.", ("phone", "020 7946 0018"))],
        "advice": [held(article, f"It hurts, {n}. {advice}?", ("personal_advice", advice)) for n in range(4)],
        "spam": [
            held(article, f"Buy tea {n} at tea.example.com.", ("links", "tea.example.com")) for n in range(4)
        ],
        "marked": [held(article, "😀 Dr Ölçer in Leeds is very good.")],
        "back": [held(article, "This and that, and much besides.")],
        "fine": [held(article, f"I have that too, {n}.") for n in range(4)],
    }


class Keys:
    """A moderator who touches nothing but the keyboard."""

    def __init__(self, page):
        self.page = page

    def on(self, comment):
        """Wait until the card of this comment takes keys; its heading has the focus."""
        self.page.wait_for_url(f"**/moderation/comments/{comment.pk}/")
        self.page.wait_for_function("() => document.activeElement?.matches('[data-focus]')")
        self.page.wait_for_timeout(420)

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, words):
        self.page.keyboard.type(words)


@with_script
def test_twenty_cards_by_keyboard_alone_and_every_author_learns_why(at_desk):
    article, moderator = make_article(title="Why muscles twitch"), make_user("moderator")
    clause = Clause.in_force().get(number=1)
    cards = twenty_cards(article, make_user("moderator"), clause)
    assert sum(map(len, cards.values())) == 20
    page = at_desk(moderator)
    page.goto("/moderation/")
    keys = Keys(page)
    page.wait_for_timeout(420)
    keys.press("j", "Enter")

    [crisis] = cards["crisis"]
    keys.on(crisis)
    assert not page.is_visible("[data-text]")
    keys.press("p")  # opens the text and leads to it, and decides nothing
    assert page.is_visible("[data-text]")
    assert page.evaluate("document.activeElement.matches('.card__text')")
    keys.press("p")  # leads to how it was dealt with
    keys.press("ArrowDown", "p")

    [appealed] = cards["appeal"]
    keys.on(appealed)
    assert "I sell nothing." in page.inner_text(".card__main")
    keys.press("g")
    keys.write("You are right, and we are sorry.")
    keys.press("Control+Enter")

    for comment in cards["report"]:
        keys.on(comment)
        assert "insults or threatens" in page.inner_text(".card__main")
        keys.press("1", "r")

    [edited] = cards["edit"]
    keys.on(edited)
    assert page.inner_text(".card__diff ins") == "something."
    keys.press("p")

    [private] = cards["private"]
    keys.on(private)
    keys.press("x", "x")  # the telephone number is ticked already

    for comment in cards["advice"]:
        keys.on(comment)
        keys.press("a")
    for comment in cards["spam"]:
        keys.on(comment)
        keys.press("4", "r")

    [marked] = cards["marked"]
    keys.on(marked)
    select(page, "Dr Ölçer")
    keys.press("x")
    assert page.is_checked(f"#span-{marked.text.body.index('Dr')}-{marked.text.body.index(' in')}")
    keys.press("x", "x")

    [back] = cards["back"]
    keys.on(back)
    keys.press("2", "b")  # a message is wanted
    keys.write("One thing at a time, please.")
    keys.press("Control+Enter")

    for place, comment in enumerate(cards["fine"]):
        keys.on(comment)
        keys.press("p")
        if not place:
            keys.on(cards["fine"][1])
            assert "published" in page.inner_text("#desk-said")
            keys.press("u")
            keys.on(comment)
            assert Comment.objects.get(pk=comment.pk).status == "pending"
            keys.press("p")
    page.wait_for_url("**/moderation/")
    assert "Nothing waits here." in page.content()

    expected = {
        "published": ["crisis", "appeal", "edit", "advice", "private", "marked", "fine"],
        "removed": ["report"],
        "rejected": ["spam"],
        "returned": ["back"],
    }
    for status, kinds in expected.items():
        for comment in sum((cards[kind] for kind in kinds), []):
            comment.refresh_from_db()
            assert comment.status == status, comment.text.body
    assert crisis.decisions.first().outcome == "signposted"
    assert private.text.body == f"😀 Ring {GONE}, ask for Dr Ölçer."
    assert marked.text.body == f"😀 {GONE} in Leeds is very good."
    by_desk = Decision.objects.filter(by=moderator).exclude(action__in=["submit", "undo"])
    assert set(by_desk.values_list("way", flat=True)) == {"key"}
    assert all(seconds is not None for seconds in by_desk.values_list("seconds", flat=True))
    assert_everybody_was_told(cards, by_desk)


def assert_everybody_was_told(cards, decisions) -> None:
    """One mail to each author, which says what was decided and, where something was taken away, by which clause."""
    mail.outbox.clear()
    for pk in decisions.values_list("pk", flat=True):
        jobs.mail_decision(decision_id=pk)  # the undone one is not told
    told = {message.to[0]: message for message in mail.outbox}
    comments = sum(cards.values(), [])
    assert sorted(message.to[0] for message in mail.outbox) == sorted(each.author.email for each in comments)
    rules = {"report": 1, "spam": 4, "back": 2}
    for kind, number in rules.items():
        clause = Clause.in_force().get(number=number)
        for comment in cards[kind]:
            assert f"{number}. {clause.title}" in told[comment.author.email].body
    assert "One thing at a time, please." in told[cards["back"][0].author.email].body
    for comment in cards["advice"] + cards["fine"]:
        assert comment.get_absolute_url() in told[comment.author.email].body


def select(page, words: str) -> None:
    """Select the words in the card's text, as caret browsing does."""
    page.evaluate(
        """(words) => {
            const node = document.createTreeWalker(document.querySelector("[data-text]"), NodeFilter.SHOW_TEXT).nextNode();
            const start = node.data.indexOf(words);
            getSelection().setBaseAndExtent(node, start, node, start + words.length);
        }""",
        words,
    )


def test_a_cry_for_help_from_typing_to_the_closed_lane(at_desk, script):
    article, author, moderator = make_article(), make_user(), make_user("moderator")
    page = at_desk(author)
    page.goto(f"/articles/{article.slug}/comments/new/")
    page.fill("[name=body]", "I want to end my life tonight. I have the tablets here.")
    page.locator("main form").filter(has=page.locator("[name=body]")).locator(
        "button[type=submit]"
    ).first.click()
    page.wait_for_selector("[data-crisis]")  # at the first send, asked nothing, blocked by nothing
    assert "You do not have to be alone with this" in page.inner_text("main")
    comment = Comment.objects.get(author=author)
    assert (comment.status, comment.case.kinds[-1]) == ("pending", "crisis")

    desk = at_desk(moderator)
    desk.goto("/moderation/")
    first = desk.locator(".queue__item").first
    assert "The text may be distressing" in first.inner_text()
    assert "tonight" not in desk.inner_text("main")
    first.locator(".queue__open").click()
    desk.wait_for_url(f"**/moderation/comments/{comment.pk}/")
    assert not desk.is_visible("[data-text]")
    desk.click(".veil summary")
    refuse = desk.locator(".decision--refuse")
    refuse.locator("[name=clause]").select_option("6")
    refuse.locator("[name=message]").fill(
        "Please ring one of the numbers that you were shown. We have read this."
    )
    refuse.locator("button[value=return]").click()
    assert desk.evaluate(
        "!document.querySelector('.decision--refuse [name=outcome]').validity.valid"
    )  # asked for
    refuse.locator("[name=outcome]").first.check()
    refuse.locator("button[value=return]").click()
    desk.wait_for_url("**/moderation/")
    assert "Crisis 0" in desk.inner_text("main")
    decision = comment.decisions.first()
    assert (decision.action, decision.by, bool(decision.outcome)) == ("return", moderator, True)
    comment.case.refresh_from_db()
    assert comment.case.closed_at is not None

    mail.outbox.clear()
    jobs.mail_decision(decision_id=decision.pk)
    assert "Please ring one of the numbers" in mail.outbox[0].body
    assert "tablets" not in mail.outbox[0].subject
    page.goto("/comments/standing/")
    assert "Nothing" in page.inner_text("main")  # distress counts against nobody


def test_of_two_moderators_on_one_card_one_wins_and_the_other_keeps_what_was_typed(at_desk):
    comment = held(make_article(), "Decide about me.")
    first, second = make_user("moderator", display_name="First Moderator"), make_user("moderator")
    one, two = at_desk(first), at_desk(second)
    for page in (one, two):
        page.goto(f"/moderation/comments/{comment.pk}/")
    assert "First Moderator is looking" in two.content()
    two.select_option("#clause", "4")
    two.fill("#message", "A long explanation.")
    one.click(".decision--publish button")
    one.wait_for_url("**/moderation/")
    with two.expect_response(re.compile("/decisions/")) as answer:
        two.click(".decision--refuse button:has-text('Refuse')")
    assert answer.value.status == 409
    assert "First Moderator already decided this comment: published" in two.inner_text("[role=alert]")
    assert two.input_value("#message") == "A long explanation."
    assert two.input_value("#clause") == "4"
    assert Comment.objects.get(pk=comment.pk).status == "published"


def test_a_comment_changed_between_opening_and_deciding_is_not_published_unseen(at_desk):
    author = make_user(display_name="Ada")
    comment = held(make_article(), "A harmless text.", author=author)
    page = at_desk(make_user("moderator"))
    page.goto(f"/moderation/comments/{comment.pk}/")
    comment.edit("Buy my tea.", by=author, verdict=verdict("hold"), version=1)
    page.fill("#reply", "Thank you for that.")
    page.click(".decision--answer button:has-text('Publish and answer')")
    page.wait_for_selector("[role=alert]")
    assert "Ada changed the text" in page.inner_text("[role=alert]")
    assert page.inner_text("[data-text]") == "Buy my tea."
    assert page.input_value("#reply") == "Thank you for that."
    assert Comment.objects.get(pk=comment.pk).status == "pending"
    page.click(".decision--publish button")
    page.wait_for_url("**/moderation/")
    assert Comment.objects.get(pk=comment.pk).status == "published"


@pytest.mark.parametrize("script", [False], indirect=True, ids=["without script"])
def test_every_outcome_by_plain_forms(at_desk):
    article = make_article()
    texts = ("Publish.", "Answer.", "Refuse.", "Ring 020 7946 0018, says Bo.", "Emergency.")
    publish, answer, refuse, redact, crisis = [held(article, text) for text in texts]
    also_waits(crisis, "crisis", priority=0)
    page = at_desk(make_user("moderator"))
    page.goto("/moderation/")
    page.click(".queue__open")
    page.wait_for_url(f"**/comments/{crisis.pk}/")
    assert not page.is_visible("[data-text]")
    page.click("summary:has-text('Open the text')")
    page.check("#publish-answered")
    page.click(".decision--publish button")
    assert "write to the author" in page.inner_text("[role=alert]")  # nobody has answered anything yet
    page.fill("#publish-message", "Please ring one of the numbers that you were shown.")
    page.check("#publish-answered")
    page.click(".decision--publish button")
    page.wait_for_url(f"**/comments/{publish.pk}/")
    page.click(".decision--publish button")
    page.wait_for_url(f"**/comments/{answer.pk}/")
    page.fill("#reply", "See a doctor, please.")
    page.click(".decision--answer button:has-text('Publish and answer')")
    page.wait_for_url(f"**/comments/{refuse.pk}/")
    page.click(".decision--refuse button:has-text('Refuse')")
    assert "Choose the clause" in page.inner_text("[role=alert]")
    page.select_option("#clause", "2")
    page.click(".decision--refuse button:has-text('Refuse')")
    page.wait_for_url(f"**/comments/{redact.pk}/")
    page.click("summary:has-text('Publish without')")
    page.fill("#take-out", "020 7946 0018\nBo")
    page.click("button:has-text('Publish without it')")
    page.wait_for_url("**/moderation/")
    page.click("button:has-text('Undo')")
    page.wait_for_url(f"**/comments/{redact.pk}/")
    assert "020 7946 0018" in page.inner_text("[data-text]")
    page.click("summary:has-text('Publish without')")
    page.fill("#take-out", "020 7946 0018\nBo")
    page.click("button:has-text('Publish without it')")
    page.wait_for_url("**/moderation/")
    statuses = [Comment.objects.get(pk=each.pk).status for each in (publish, answer, refuse, redact, crisis)]
    assert statuses == ["published", "published", "rejected", "published", "published"]
    page.goto(article.get_absolute_url())
    assert f"Ring {GONE}, says {GONE}." in page.inner_text("#comments")
    assert "See a doctor, please." in page.inner_text("#comments")


def test_what_was_decided_together_is_taken_back_together(at_desk, script):
    article = make_article()
    comments = [held(article, f"Waits {n}.") for n in range(3)]
    page = at_desk(make_user("moderator"))
    page.goto("/moderation/")
    for tick in page.locator("[name=comments]").all():
        tick.check()
    page.click(".bulk button:has-text('Publish')")
    page.wait_for_selector("h1:has-text('3 published')")
    assert Comment.objects.published().count() == 3
    if script:
        page.wait_for_timeout(420)
        page.keyboard.press("u")
    else:
        page.click("button:has-text('Undo all 3')")
    page.wait_for_selector("h1:has-text('3 undone')")
    assert [Comment.objects.get(pk=each.pk).status for each in comments] == ["pending"] * 3


@with_script
def test_keys_can_be_switched_off_and_help_lists_them(at_desk):
    comment = held(make_article(), "Waits.")
    page = at_desk(make_user("moderator"))
    page.goto(f"/moderation/comments/{comment.pk}/")
    page.wait_for_timeout(420)
    page.keyboard.press("?")
    assert page.is_visible("#desk-help")
    page.keyboard.press("p")  # decides nothing behind the list
    page.keyboard.press("Escape")
    assert not page.is_visible("#desk-help")
    page.keyboard.press("/")
    page.keyboard.type("p1")
    assert page.input_value("#desk-q") == "p1"
    page.keyboard.press("Escape")
    page.click("[data-keys-switch]")
    page.keyboard.press("p")
    page.wait_for_timeout(200)
    assert Comment.objects.get(pk=comment.pk).status == "pending"


@with_script
def test_c_opens_the_text_of_an_emergency_before_it_sends_it_to_the_editors(at_desk):
    comment = held(make_article(), "I cannot go on.")
    with transaction.atomic():
        Case.open_for(comment, "crisis", priority=0)
    page = at_desk(make_user("moderator"))
    page.goto(f"/moderation/comments/{comment.pk}/")
    page.wait_for_timeout(420)
    page.keyboard.press("c")
    page.wait_for_selector("[data-veil][open]")
    page.wait_for_timeout(420)
    assert not CorrectionRequest.objects.exists()
    page.keyboard.press("c")
    page.wait_for_selector(".button--armed")
    assert not CorrectionRequest.objects.exists()
    page.keyboard.press("c")
    page.wait_for_selector("text=Sent to the editors.")
    assert CorrectionRequest.objects.get().comment == comment


@with_script
def test_enter_in_a_field_decides_nothing(at_desk):
    comment = held(make_article(), "Waits.")
    page = at_desk(make_user("moderator"))
    page.goto(f"/moderation/comments/{comment.pk}/")
    page.select_option("#clause", "2")
    page.fill("#note", "Hm.")
    page.press("#note", "Enter")
    page.click("summary:has-text('Canned messages')")
    page.check("#message-please-civil")
    page.press("#message-please-civil", "Enter")  # a browser would send the form
    page.wait_for_timeout(200)
    assert Comment.objects.get(pk=comment.pk).status == "pending"


@with_script
def test_what_arrives_is_announced_and_the_list_stays(at_desk):
    article = make_article()
    held(article, "Was here.")
    page = at_desk(make_user("moderator"))
    page.clock.install()
    page.goto("/moderation/")
    held(article, "Has come.")
    assert page.locator("[data-item]").count() == 1
    page.clock.fast_forward(21_000)
    page.wait_for_selector("text=1 new comment: show")
    assert page.locator("[data-item]").count() == 1
    assert page.inner_text("[data-lane=new]") == "2"
    page.click("text=1 new comment: show")
    page.wait_for_function("() => document.querySelectorAll('[data-item]').length === 2")


@with_script
def test_a_claim_is_freed_on_leaving_and_runs_out_when_a_browser_dies(at_desk):
    comment = held(make_article(), "Waits.")
    moderator = make_user("moderator")
    page = at_desk(moderator)
    page.goto(f"/moderation/comments/{comment.pk}/")
    case = Case.objects.get(pk=comment.pk)
    assert case.claimed_by == moderator
    assert case.claimed_until <= timezone.now() + timedelta(minutes=2)
    page.goto("/moderation/log/")
    for _ in range(20):
        if Case.objects.get(pk=comment.pk).claimed_by is None:
            break
        page.wait_for_timeout(50)
    assert Case.objects.get(pk=comment.pk).claimed_by is None
