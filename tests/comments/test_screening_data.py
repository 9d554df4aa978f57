"""Personal data in its many disguises, and what only looks like it. All of it is invented."""

import pytest

from comments.screening import PERSONAL_DATA, Facts, screen

FOUND = [
    ("email", "mary.smith+news@example.org"),
    ("email", "jdoe [at] postbox [dot] example"),
    ("email", "afinch at inbox dot example"),
    ("email", "k.fox(at)mail(dot)example"),
    ("phone", "07700 900 123"),
    ("phone", "+1 (212) 555-0145"),
    ("phone", "0171 3920042"),
    ("phone", "five five five, zero one nine nine"),
    ("phone", "zero seven seven double zero nine zero zero one two three"),
    ("handle", "@docs_of_ada on telegram, telegram @docs_of_ada"),
    ("address", "14 Larch Grove, Ottersby"),
    ("address", "Flat 4, 12 Harbour View Road"),
    ("address", "PO Box 9917, Northgate"),
    ("address", "Birkenallee 14, 99999 Musterstadt"),
    ("address", "the cottage, ZZ99 4AA"),
    ("id_number", "GB82 WEST 1234 5698 7654 32"),
    ("id_number", "4111 1111 1111 1111"),
    ("id_number", "passport 925029650"),
    ("id_number", "N.I. number QQ 12 34 56 C"),
    ("id_number", "my patient number is 4857739210"),
    ("birth_date", "born 6 May 1987"),
    ("birth_date", "DOB 09-11-1984"),
]
NOT = [
    "mail info@clinic.nhs.uk",
    "look at example.org",
    "25 50 75 100 mg, week by week",
    "0.25 0.50 0.75 and then 1.00 mg",
    "from 2017-03-01 to 12.03.2024",
    "1000000000 views",
    "GB00 WEST 1234 5698 7654 32",
    "4111 1111 1111 1112 is no card",
    "an 8 hours drive to the place",
    "3 weeks old in the way that babies are",
    "ring 111 or 999",
    "@Sylvia thanks, @RogerB I disagree",
    "born in 1987 in Leeds",
]


def codes(text):
    return {each.code for each in screen(Facts(text=text, published_before=9)).findings} & {*PERSONAL_DATA}


@pytest.mark.parametrize(("code", "text"), FOUND)
@pytest.mark.parametrize("sentence", ["{}", "I have had it for years. {} Thank you.", "Hello,\n{}\nAda"])
def test_it_is_found_wherever_it_stands(code, text, sentence):
    whole = sentence.format(text)
    found = [each for each in screen(Facts(text=whole, published_before=9)).findings if each.code == code]
    assert found, codes(whole)
    begins = len(sentence.partition("{}")[0])
    assert all(begins <= each.start < each.end <= begins + len(text) for each in found)


@pytest.mark.parametrize("text", NOT)
def test_what_only_looks_like_it_passes(text):
    assert codes(text) == set()


def test_a_link_holds_no_telephone_and_no_card():
    assert codes("https://example.org/p?id=4111111111111111&tel=07700900123") == set()
