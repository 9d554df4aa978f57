"""The checks, a table; and what happens when one fails."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.screening import CHECKS, Facts, Outcome, screen
from comments.screening.words import find_words

KNOWN = {"published_before": 9}  # nobody new, so that only the check in question speaks

HELD = [
    ("length", "word " * 600, {}),
    ("links", "See https://example.org/page for that.", {}),
    ("links", "look at example.com please", {}),
    (
        "repeats",
        "Coffee makes mine much worse every time.",
        {"recent_texts": ("coffee makes mine MUCH worse every time.",)},
    ),
    ("pace", "Another one.", {"posts_last_minute": 3}),
    ("pace", "Another one.", {"posts_last_hour": 12}),
    ("newcomer", "Hello.", {"published_before": 2}),
    ("thread_held", "Hello.", {"thread_mode": "held"}),
    ("thread_closed", "Hello.", {"thread_mode": "closed"}),
    ("site_held", "Hello.", {"site_mode": "held"}),
    ("site_closed", "Hello.", {"site_mode": "closed"}),
    ("read_first", "Hello.", {"standing": "read_first"}),
    ("listed_words", "It is a Miracle  Cure!", {"listed_words": (("miracle cure", "hold"),)}),
    ("personal_advice", "My leg twitches at night. What should I do?", {}),
    ("personal_advice", "My mother takes iron tablets, can she stop taking them before surgery?", {}),
    ("personal_advice", "I have had this headache since Monday. Any advice?", {}),
    ("email", "Write to mary.smith@example.org", {}),
    ("email", "reach me at mary (at) example (dot) org", {}),
    ("phone", "Call me: 01632 960 123", {}),
    ("phone", "my number is +44 1632 960123 thanks", {}),
    ("phone", "(555) 555-0134", {}),
]
FINE = [
    "I took 500 mg twice a day for 14 days and it went away.",
    "My blood pressure was 142/88 on 12.03.2024 and 128 mmHg later.",
    "What causes myoclonus?",
    "I have had this for years. Mine went away by itself.",
    "The specialist said cialis-free is a silly word.",
    "Published in 2017, page 120-135, I think.",
    "Hiccups are a myoclonus, who knew?",
]


@pytest.mark.parametrize(("code", "text", "facts"), HELD)
def test_each_check_holds_what_it_is_for_and_says_where(code, text, facts):
    verdict = screen(Facts(text=text, **KNOWN | facts))
    finding = next(each for each in verdict.findings if each.code == code)
    assert verdict.outcome == Outcome.HOLD
    assert 0 <= finding.start <= finding.end <= len(text)


@pytest.mark.parametrize("text", FINE)
def test_ordinary_comments_of_known_readers_pass(text):
    verdict = screen(Facts(text=text, **KNOWN, listed_words=(("cialis", "reject"),)))
    found = [each.code for each in verdict.findings if each.code != "listed_words"]
    assert found == []


def test_a_specialist_holds_no_drug():
    assert find_words("The specialist knew.", ["cialis"]) == []


def test_a_phrase_is_found_where_it_stands():
    text = "Ünd: MIRACLE — cúre!"
    [(key, start, end)] = find_words(text, ["miracle cure"])
    assert (key, text[start:end]) == ("miracle cure", "MIRACLE — cúre")


def test_a_listed_word_may_refuse_outright_and_the_strictest_wins():
    facts = Facts(text="free spins at https://example.org", **KNOWN, listed_words=(("free spins", "reject"),))
    verdict = screen(facts)
    assert verdict.outcome == Outcome.REJECT
    assert {finding.code for finding in verdict.findings} == {"links", "listed_words"}


def test_staff_are_screened_but_only_personal_data_holds_them():
    assert screen(Facts(text="See https://example.org", is_staff=True)).outcome == Outcome.PUBLISH
    assert screen(Facts(text="See https://example.org", is_staff=True)).findings
    assert screen(Facts(text="mary@example.org", is_staff=True)).outcome == Outcome.HOLD


def test_a_check_that_fails_holds_the_comment_and_says_so(caplog):
    def broken(facts):
        raise RuntimeError("secret words")

    logging.getLogger("healthnews").propagate = True
    verdict = screen(Facts(text="Fine.", **KNOWN), checks=(*CHECKS, broken))
    assert verdict.outcome == Outcome.HOLD
    assert [finding.code for finding in verdict.findings] == ["check_failed"]


@given(st.text(max_size=400))
def test_no_text_breaks_a_check(text):
    verdict = screen(Facts(text=text, **KNOWN, listed_words=(("miracle cure", "hold"),)))
    assert "check_failed" not in {finding.code for finding in verdict.findings}
    assert all(0 <= each.start <= each.end <= len(text) for each in verdict.findings)
