"""The lists: how their patterns read, and how disguised words are read."""

import pytest

from comments.screening.phrases import Lists, Slot, find
from comments.screening.words import Words, fold_with_offsets


def places(line, text):
    words = Words(text)
    found = Lists({"it": [line]}, {"KIN": Slot("aunt|uncle", {})}).find(words)
    return [text[slice(*words.span(*place))] for place in found.get("it", [])]


@pytest.mark.parametrize(
    ("line", "text", "expected"),
    [
        ("kill|hang myself", "They hang myself up.", ["hang myself"]),
        ("vomit* blood", "Vomiting blood, vomits air", ["Vomiting blood"]),
        ("my KIN", "My uncle, my dog", ["My uncle"]),
        ("took ..2 pills", "took all the pills", ["took all the pills"]),
        ("took ..1 pills", "took all the pills", []),
        ("took ..3 pills", "I took. Some pills", []),
        ("took NUM pills", "took 40 pills or took forty pills", ["took 40 pills", "took forty pills"]),
        ("red~ blood", "blood", []),
        ("bright red~ blood", "bright blood, bright red blood", ["bright blood", "bright red blood"]),
        ("goodbye .", "Goodbye", ["Goodbye"]),
        ("goodbye .", "goodbye to all that", []),
        ("^ done", "Well. Done, well done", ["Done"]),
        ("cant go", "I can’t go, CAN'T GO", ["can’t go", "CAN'T GO"]),
    ],
)
def test_a_pattern_says_what_it_finds(line, text, expected):
    if line.startswith("red~"):
        with pytest.raises(ValueError, match="must begin with a word"):
            places(line, text)
    else:
        assert places(line, text) == expected


def test_all_lists_can_be_read_and_their_sets_are_known():
    assert find(Words("I want to kill myself."), "certain") == [(0, 5)]


@pytest.mark.parametrize("text", ["m0ron", "m o r o n", "m.o.r.o.n", "moooron"])
def test_disguises_are_undone_with_their_place(text):
    whole = f"Ünd {text} said"
    found = {(word, whole[start:end]) for word, start, end in Words(whole).undisguised}
    assert ("moron", text) in found


def test_zero_width_accents_and_borrowed_letters_are_read_as_meant():
    assert Words("mo\u200bron mörón mоrоn").words[:3] == ["moron"] * 3


def test_the_way_back_survives_letters_that_fold_to_several():
    text = "Straße ﬁne ẞ x"
    folded, offsets = fold_with_offsets(text)
    assert folded == "strasse fine ss x" and [text[offsets[folded.index("x")]]] == ["x"]
