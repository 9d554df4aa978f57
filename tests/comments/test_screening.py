"""The checks, a table; and what happens when one fails."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.screening import CHECKS, CRISIS, PERSONAL_DATA, Facts, Outcome, screen, wording
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
    ("author_record", "Hello again.", {"recent_decided": 5, "recent_refused": 3}),
    ("capitals", "I HAVE SAID IT BEFORE AND I SAY IT AGAIN, THIS ARTICLE IS WRONG.", {}),
    ("noise", "Nooooooooooooooooooooooooooooooo!", {}),
    ("noise", "z̸̧̢̛̛ä̶̧̢̛̛l̵̨̛̛̛g̷̢̧̛̛ơ̷̢̧̛", {}),
    ("claims_profession", "As a doctor I can tell you that this is harmless.", {}),
    ("claims_profession", "I am a nurse and we do it differently.", {}),
    ("third_person", "My aunt Sally Brown has dementia and nobody helps.", {}),
    ("third_person", "Mr Ferris next door takes warfarin.", {}),
    ("third_person", "John from accounts has epilepsy, ask him.", {}),
    ("personal_advice", "Can I take ibuprofen with my blood pressure tablets?", {}),
    ("abuse", "You are a moron and should be ashamed.", {}),
    ("abuse", "I hope you die of it.", {}),
    ("abuse", "What a st*pid m0ron you are.", {}),
    ("abuse", "You i d i o t, read it again.", {}),
    ("spam", "Subscribe to my channel for more!!", {}),
    ("spam", "Best casino bonus, free spins, sign up now", {}),
    ("cures_commerce", "This herbal medicine cured my diabetes completely, order now at our shop.", {}),
]
FINE = [
    "I took 500 mg twice a day for 14 days and it went away.",
    "My blood pressure was 142/88 on 12.03.2024 and 128 mmHg later.",
    "What causes myoclonus?",
    "I have had this for years. Mine went away by itself.",
    "The specialist said cialis-free is a silly word.",
    "Published in 2017, page 120-135, I think.",
    "Hiccups are a myoclonus, who knew?",
    # Anatomy, names of drugs and grief are not abuse.
    "The penis, the vagina and the anus are parts of the body; please print the words.",
    "Viagra was first a drug for the heart, the specialist told me.",
    "She died in March. I hate this disease, and I miss her.",
    "The breast cancer unit was kind, and the prostate clinic next to it, too.",
    # Idioms, and dangers long past, are no emergency.
    "My back is killing me today, but the garden is done.",
    "I would kill for a cup of tea on that ward.",
    "I nearly died laughing at the last paragraph.",
    "In 2009 I took an overdose. It was long ago and I am well.",
    "My father had a stroke eleven years ago and plays bowls again.",
    # Published numbers, doses, dates, codes and values are nobody's data.
    "Samaritans answer on 116 123, day and night.",
    "The poison helpline is 0344 892 0111 here.",
    "HbA1c went from 64 to 48 mmol/mol, LDL 3.1, trigs 1.2.",
    "Batch 4120Z003 was recalled; ICD-10 code M54.50 replaced the older one.",
    "It is a ten minutes walk down the road from the hospital.",
    "The library at 12 Harbour Road keeps the large print edition of the university hospital.",
    # Ordinary talk.
    "Calling an idea stupid is no argument, as my teacher used to say.",
    "Stupid me, I read the label wrong.",
    "I subscribed to the print edition years ago.",
    "Dr Lindqvist wrote a good chapter on that.",
    "My doctor told me to rest, and it helped.",
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


def test_a_word_is_found_in_capitals_of_any_alphabet():
    text = "Купите ЧУДО-ТАБЛЕТКУ!"
    [(_, start, end)] = find_words(text, ["чудо таблетку"])
    assert text[start:end] == "ЧУДО-ТАБЛЕТКУ"
    assert find_words("Чудо таблетки", ["чудо таблетку"]) == []


def test_a_phrase_is_found_where_it_stands():
    text = "Ünd: MIRACLE — cúre!"
    [(key, start, end)] = find_words(text, ["miracle cure"])
    assert (key, text[start:end]) == ("miracle cure", "MIRACLE — cúre")


def test_a_listed_word_may_refuse_outright_and_the_strictest_wins():
    facts = Facts(text="free spins at https://example.org", **KNOWN, listed_words=(("free spins", "reject"),))
    verdict = screen(facts)
    assert verdict.outcome == Outcome.REJECT
    assert {finding.code for finding in verdict.findings} >= {"links", "listed_words"}


def test_staff_are_screened_but_only_personal_data_holds_them():
    assert screen(Facts(text="See https://example.org", is_staff=True)).outcome == Outcome.PUBLISH
    assert screen(Facts(text="See https://example.org", is_staff=True)).findings
    assert screen(Facts(text="mary@example.org", is_staff=True)).outcome == Outcome.HOLD


DANGER = [
    ("self_harm", "I want to die and I have the pills here."),
    ("self_harm", "i cant do this anymore. im going to kill myself tonight"),
    ("self_harm", "I cut myself again last night and it was deeper."),
    ("self_harm", "My daughter says she wants to kill herself."),
    ("method_detail", "How many sleeping tablets would be fatal?"),
    ("emergency", "He collapsed and he is not breathing, what now"),
    ("emergency", "Crushing pain in my chest, going down my left arm."),
    ("emergency", "My toddler swallowed bleach ten minutes ago!"),
    ("emergency", "Half of her face has dropped and her speech is slurred."),
    ("emergency", "My throat is closing after the wasp sting."),
]


@pytest.mark.parametrize(("code", "text"), DANGER)
def test_danger_is_held_first_of_all_and_said_to_be_a_crisis(code, text):
    verdict = screen(Facts(text=text, **KNOWN))
    assert code in {finding.code for finding in verdict.findings}
    assert (verdict.outcome, verdict.crisis, verdict.priority) == (Outcome.HOLD, True, 0)


def test_who_may_be_in_danger_is_answered_by_a_person_even_where_a_list_would_refuse():
    text = "I want to die. I lost it all to free spins."
    assert screen(Facts(text=text, **KNOWN, listed_words=(("free spins", "reject"),))).outcome == Outcome.HOLD


@pytest.mark.parametrize(
    ("text", "priority"),
    [
        ("My aunt Sally Brown has dementia.", 2),
        ("Write to mary.smith@example.org", 3),
        ("You are a moron.", 3),
        ("My leg twitches at night. What should I do?", 5),
        ("Subscribe to my channel for more!!", 7),
        ("Subscribe to my channel, you moron!!", 3),
    ],
)
def test_harm_comes_before_questions_and_spam_last(text, priority):
    assert screen(Facts(text=text, **KNOWN)).priority == priority


def test_a_verified_professional_may_speak_as_one():
    text = "As a pharmacist I would add one thing."
    codes = [f.code for f in screen(Facts(text=text, **KNOWN, has_credential=True)).findings]
    assert "claims_profession" not in codes


def test_staff_may_write_of_emergencies_but_not_give_away_a_patient():
    told = "Chest pain that goes into the left arm: call an ambulance. Do not wait."
    assert screen(Facts(text=told, is_staff=True)).outcome == Outcome.PUBLISH
    named = "My neighbour Ada Thornbury has dementia, too."
    assert screen(Facts(text=named, is_staff=True)).outcome == Outcome.HOLD


def test_a_finding_of_the_model_names_it_and_keeps_places_but_no_words():
    text = "You are all idiots and this is a stupid page."
    record = next(f.as_record() for f in screen(Facts(text=text, **KNOWN)).findings if f.code == "abuse")
    assert record["model"] and record["words"]
    assert "idiots" in [text[start:end] for start, end in record["words"]]
    assert "idiot" not in str(record)


def test_every_code_has_words_for_moderators_and_authors():
    named = {code for code, *_ in HELD} | {code for code, _ in DANGER} | {*CRISIS, *PERSONAL_DATA}
    assert named <= wording.FOR_MODERATORS.keys() & wording.FOR_AUTHORS.keys()
    # What statements of reasons leave out are circumstances, and a check that failed.
    unsaid = {
        "pace",
        "newcomer",
        "thread_held",
        "thread_closed",
        "site_held",
        "site_closed",
        "read_first",
        "author_record",
    }
    assert wording.FOR_AUTHORS.keys() - {
        code for code in wording.FOR_AUTHORS if wording.found([{"code": code}])
    } == {
        *unsaid,
        "check_failed",
    }


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
