"""No text makes screening slow. Processor time with a bound far above what is needed: what backtracks takes minutes."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comments.screening import CHECKS, Facts, screen

SIZE = 65_536
BOUND = 2.0  # seconds; in fact about 0.05
PIECES = [
    *(
        "a",
        "1",
        " ",
        ".",
        "@",
        "-",
        "(",
        "+",
        "é",
        "\u200b",
        "\u0301",
        "\n",
        "*",
        "?",
        "'",
        "$",
        "/",
        "0",
        "A",
        "Ab ",
        "_",
    ),
    *(
        "i ",
        "my ",
        "you are ",
        "dot ",
        " at ",
        "http://",
        "www.",
        ".com",
        "12 main ",
        "st ",
        "DE89 ",
        "box ",
        "iban ",
    ),
    *(
        "account no ",
        "instagram me is ",
        "born on ",
        "my aunt ",
        "Mr Ab ",
        "took all the ",
        "want to ",
        "one two ",
        "0-",
    ),
]


def seconds(text):
    started = time.thread_time()
    screen(
        Facts(
            text=text, published_before=9, listed_words=(("miracle cure", "hold"),), recent_texts=("a b c d",)
        )
    )
    return time.thread_time() - started


@pytest.mark.parametrize("piece", PIECES)
def test_one_thing_over_and_over_costs_little(piece):
    assert seconds((piece * SIZE)[:SIZE]) < BOUND


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join))
def test_nor_does_any_mixture_of_what_the_patterns_look_for(unit):
    assert seconds((unit * SIZE)[:SIZE]) < BOUND


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_no_mixture_breaks_a_check_or_points_outside_of_the_text(text):
    for check in CHECKS:
        for found in check(Facts(text=text, published_before=9)):
            assert 0 <= found.start <= found.end <= len(text)
            assert all(0 <= start < end <= len(text) for start, end in found.words)
