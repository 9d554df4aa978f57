"""Ordinary prose raises no alarm, and a danger is still found: on texts that nothing was learned from.

`unseen.jsonl` was written before anybody looked at what the checks say of it. It must stay out of the examples.
"""

from pathlib import Path
from random import Random

import pytest

from comments.screening import CRISIS, Facts, samples, screen
from healthnews.generate import words

UNSEEN = Path(__file__).with_name("unseen.jsonl")


def verdicts(texts):
    return [screen(Facts(text=text, published_before=9)) for text in texts]


def share(verdicts):
    """How many of them are held for a danger."""
    held = [any(each.code in CRISIS for each in verdict.findings) for verdict in verdicts]
    return sum(held) / len(held)


@pytest.fixture(scope="module")
def unseen():
    rows = samples.read(UNSEEN)
    return {label: [row["text"] for row in rows if label in row["labels"]] for label in ("fine", "emergency")}


def test_nothing_is_learned_from_the_texts_that_measure(unseen):
    learned = {row["text"] for row in samples.read(samples.EXAMPLES)}
    assert not learned & {*unseen["fine"], *unseen["emergency"]}


def test_calm_texts_raise_no_alarm(unseen):
    found = verdicts(unseen["fine"])
    assert len(found) > 250 and share(found) <= 0.02
    assert sum(each.crisis for each in found) <= 3
    assert sum(each.outcome > 0 for each in found) <= 0.05 * len(found)


def test_a_danger_among_them_is_still_found(unseen):
    found = verdicts(unseen["emergency"])
    assert len(found) > 100 and share(found) >= 0.8
    assert sum(each.crisis for each in found) >= 0.7 * len(found)


def test_made_up_texts_raise_no_alarm():
    found = verdicts(words.comment(Random(seed)) for seed in range(7_000, 7_200))
    assert share(found) <= 0.01


@pytest.mark.parametrize(
    "text",
    [
        "The old bridge is closed, and the wall beside the roof is grey.",
        "Somebody left the engine running outside the shop.",
        "There is no reason to sell me one.",
        "It looks like rain.",
        "We stood on the platform, and the last train was late.",
        "I left a note and a letter, nobody was at the door.",
        "They won. It was easy.",
        "I cut my own hair.",
        "It will be cold tomorrow.",
        "I hope it will be better soon.",
        "The clock keeps me up.",
        "My cat keeps me in good spirits.",
        "Then it will be fine.",
        "She is unbearable now.",
        "He once swallowed a tablet and talks of nothing else.",
    ],
)
def test_a_word_of_every_day_is_no_danger(text):
    (found,) = verdicts([text])
    assert not found.findings


@pytest.mark.parametrize(
    "text",
    [
        "I am standing on the bridge and I want it to be over.",
        "I am in the car in the garage with the engine running.",
        "My dad is grey and sweating and holds his chest.",
        "This is my last message. I wrote the letters.",
        "Tonight it will be over.",
        "By then it will be done.",
        "The pain is unbearable now.",
        "He swallowed a battery.",
        "He keeps me locked in the house.",
    ],
)
def test_the_same_word_beside_somebody_in_trouble_is_one(text):
    (found,) = verdicts([text])
    assert found.crisis


def test_what_is_over_excuses_no_danger_far_away_in_a_sentence_that_never_ends():
    text = (
        "two years ago I moved here and found work and a flat and a few people to have lunch with and for a while "
        "it went on like that and now I am on the bridge and I want to kill myself"
    )
    (found,) = verdicts([text])
    assert found.crisis


def test_advice_is_asked_for_where_something_is_asked_or_it_is_plain():
    asked, told = verdicts(["Which cream helps my itchy elbow?", "This cream helped my itchy elbow."])
    assert [each.code for each in asked.findings] == ["personal_advice"] and not told.findings
