"""Display names as they are shown and as they are compared: tables."""

import re

import pytest

from accounts import names
from healthnews import markup


@pytest.mark.parametrize(
    "typed, shown",
    [
        ("  Ada   Lovelace ", "Ada Lovelace"),
        ("Ada\u202eevil", "Adaevil"),
        ("Ada\x00\x07", "Ada"),
        ("Ada\ud800", "Ada"),
        ("e\u0301ric", "éric"),
        ("Nguyễn Thị Ệ", "Nguyễn Thị Ệ"),
        ("प्रिया", "प्रिया"),
        ("Dr. 7", "Dr. 7"),
        ("x" * 60, "x" * 60),
    ],
)
def test_a_name_is_shown_tidily(typed, shown):
    assert names.clean(typed) == shown


@pytest.mark.parametrize(
    "typed", ["", " ", "...", "\u200b", "x" * 61, "z" + "\u0301" * 40, "ก" + "\u0e47" * 9]
)
def test_a_name_that_nobody_can_read_is_refused(typed):
    with pytest.raises(ValueError, match="Choose a name"):
        names.clean(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "https://evil.example/verify",
        "Click HTTPS://EVIL.EXAMPLE",
        "evil.example",
        "evil．example",
        "evil。com",
        "www.evil",
        "ada@example.org",
        "ftp://x",
        "उदाहरण.भारत",
        "Ada of évil.éxample",
    ],
)
def test_nobody_calls_themselves_an_address(typed):
    with pytest.raises(ValueError, match="does not look like a web or e-mail address"):
        names.choose(typed)
    unlinked = names.unlinked(names.clean(typed))
    assert "<a" not in markup.comment(unlinked)
    assert not re.search(r"\w[.．。@]\w|://\w", unlinked)
    assert unlinked.replace(" ", "") == names.clean(typed).replace(" ", "")


@pytest.mark.parametrize(
    "typed",
    [
        "J. R. R. Tolkien",
        "J.R.R. Tolkien",
        "Mr. No",
        "Ada...",
        "well...ok",
        "v2.0",
        "Ada @ home",
        "a/b",
        "Łukasz",
    ],
)
def test_what_is_no_address_may_be_chosen_and_is_printed_as_it_is(typed):
    assert names.choose(typed) == names.unlinked(typed) == typed


@pytest.mark.parametrize(
    "one, other",
    [
        ("Ada L.", "ada-l"),
        ("Zoë", "ZOE"),
        ("admin", "аdmіn"),  # with two Cyrillic letters
        ("bo0", "boo"),
        ("ﬁnn", "finn"),
        ("Ｍａｘ", "max"),
        ("straße", "STRASSE"),
    ],
)
def test_names_that_read_alike_are_one(one, other):
    assert names.fold(one) == names.fold(other)


@pytest.mark.parametrize("one, other", [("Ada", "Ida"), ("रवि", "रवा"), ("ann", "anna")])
def test_names_that_differ_are_two(one, other):
    assert names.fold(one) != names.fold(other)


def test_a_key_fits_its_column_whatever_the_letters_decompose_into():
    from accounts.models import User

    assert len(names.fold("ﷺ" * 60)) <= User._meta.get_field("display_name_key").max_length


@pytest.mark.parametrize(
    "typed",
    [
        "Moderator",
        "the  m0derator",
        "Mo (moderation)",
        "Аdmin",  # with a Cyrillic letter
        "Healthnews",
        "health news team",
        "HEALTHNEWS-Editor",
        "Dr Jane Smith",
        "Dr. Jane",
        "jane, m.d.",
        "Jane_MD",
        "Nurse Betty",
        "Prof Smith",
    ],
)
def test_a_name_claims_neither_the_house_nor_a_profession(typed):
    with pytest.raises(ValueError, match="Choose a name (that does not sound as if|without a title)"):
        names.choose(typed, site="Healthnews")
    assert names.choose(typed, site="Healthnews", works_here=True)


@pytest.mark.parametrize(
    "typed",
    [
        "Ada",
        "Drew",
        "Mdina",
        "Admiral",
        "Nurserymaid",
        "Edith Orr",
        "Healthy Hal",
        "Healthnewsom",
        "Modesty",
        "Docherty",
        "Stafford",
    ],
)
def test_a_name_that_only_looks_a_little_like_one_is_free(typed):
    assert names.choose(typed, site="Healthnews") == typed
