"""What a finding is called: to moderators, and to the author whose comment waits. Kind, plain, without accusation."""

# code: (for moderators, for the author)
_WORDS = {
    "length": ("Very long", "Long comments are read by a moderator before they appear."),
    "links": ("Contains a link", "It contains a link; a moderator looks at links first."),
    "repeats": ("Repeats an earlier comment of the author", "It is much like another comment of yours."),
    "pace": ("Posting faster than usual", "You have sent several comments in a short time."),
    "newcomer": ("Fewer than three published comments", "First comments are read by a moderator."),
    "thread_held": (
        "Every comment in this thread is read first",
        "Every comment in this discussion is read by a moderator first.",
    ),
    "thread_closed": (
        "Sent after the thread was closed",
        "This discussion was closed while you were writing.",
    ),
    "site_held": (
        "Every comment on the site is read first",
        "Every comment on this site is read by a moderator first at the moment.",
    ),
    "site_closed": ("Sent after the site was closed", "All discussions were closed while you were writing."),
    "read_first": ("The author is read first", "Your comments are read by a moderator before they appear."),
    "listed_words": ("Listed word", "It contains a word that a moderator looks at first."),
    "author_record": (
        "Several of the author’s recent comments were not published",
        "A moderator reads your comments first at present.",
    ),
    "capitals": (
        "Nearly all in capitals",
        "It is written in capitals; a moderator reads such comments first.",
    ),
    "noise": (
        "Heaped or repeated characters",
        "It contains many repeated characters; a moderator looks at it first.",
    ),
    "emergency": (
        "Somebody may be in danger now",
        "It sounds as if somebody may need help at once. A moderator looks at it first; please do not wait for us: call "
        "the emergency number of your country.",
    ),
    "self_harm": (
        "May speak of suicide or self-harm",
        "It sounds as if things may be very hard. A moderator looks at it first; please do not wait for us: a crisis line "
        "or the emergency number of your country will listen at any hour.",
    ),
    "method_detail": (
        "Asks for or tells of means of harm",
        "It touches on ways of coming to harm, which we do not publish unread. If it is about you, please call the "
        "emergency number of your country.",
    ),
    "personal_advice": (
        "Asks for personal advice",
        "It may ask for personal medical advice, which nobody can give here.",
    ),
    "abuse": ("May be abusive", "A moderator first looks at how it speaks of other people."),
    "spam": ("Looks like promotion or spam", "It may promote something; a moderator looks at that first."),
    "cures_commerce": (
        "Praises a cure or product",
        "It speaks of a cure or a product; a moderator looks at that first.",
    ),
    "email": ("E-mail address", "It seems to contain an e-mail address."),
    "phone": ("Telephone number", "It seems to contain a telephone number."),
    "handle": ("Name on another network", "It seems to contain your name on another network."),
    "address": ("Postal address", "It seems to contain a postal address."),
    "id_number": (
        "Identity, account or insurance number",
        "It seems to contain a number or password that belongs to one person.",
    ),
    "birth_date": ("Date of birth", "It seems to contain a date of birth."),
    "third_person": (
        "Names somebody else, with an illness or medicine",
        "It seems to name another person together with their health.",
    ),
    "claims_profession": (
        "Speaks as a health professional; not verified here",
        "It speaks as a health professional, which we have not verified; a moderator reads it first.",
    ),
    "check_failed": (
        "A check failed: read with care",
        "It could not be checked automatically, so a moderator reads it.",
    ),
}
# What a statement of reasons says that a program had found in the text (DSA art. 17, 3c): what was in it, without advice and
# without how things go here. Circumstances (a thread that is held, somebody’s first comments) are not in it.
_FOUND = {
    "length": "It was very long.",
    "links": "It contained a link.",
    "repeats": "It was much like another comment of yours.",
    "listed_words": "It contained a word that this site reads first.",
    "capitals": "Nearly all of it was in capitals.",
    "noise": "It contained many repeated characters.",
    "emergency": "It sounded as if somebody might need help at once.",
    "self_harm": "It sounded as if it spoke of suicide or self-harm.",
    "method_detail": "It touched on ways of coming to harm.",
    "personal_advice": "It seemed to ask for personal medical advice.",
    "abuse": "It seemed to insult or threaten somebody.",
    "spam": "It seemed to promote something.",
    "cures_commerce": "It spoke of a cure or a product.",
    "email": "It seemed to contain an e-mail address.",
    "phone": "It seemed to contain a telephone number.",
    "handle": "It seemed to contain a name on another network.",
    "address": "It seemed to contain a postal address.",
    "id_number": "It seemed to contain a number or password that belongs to one person.",
    "birth_date": "It seemed to contain a date of birth.",
    "third_person": "It seemed to name another person together with their health.",
    "claims_profession": "It spoke as a health professional whom we had not verified.",
}
FOR_MODERATORS = {code: words for code, (words, _) in _WORDS.items()}
FOR_AUTHORS = {code: words for code, (_, words) in _WORDS.items()}
WEIGHED = "weighed most"  # the places that a model's finding names
JUDGED_WHOLE = "judged as a whole by the model; the marked words weighed most"


def for_moderators(code: str) -> str:
    """The finding in words for the desk; an unknown code (of a later version) as it is."""
    return FOR_MODERATORS.get(code, code.replace("_", " "))


def found(findings) -> list[str]:
    """What a program had found in the text, each once; nothing of what only lay in the circumstances."""
    return [_FOUND[code] for code in dict.fromkeys(each["code"] for each in findings) if code in _FOUND]


def for_author(findings, outcome: str = "hold") -> list[str]:
    """Why a comment waits (or, by "reject", was refused), in plain sentences, each once.

    `findings` are records of a Decision.
    """
    codes = dict.fromkeys(finding["code"] for finding in findings if finding["outcome"] == outcome)
    if outcome == "reject" and codes:
        return [
            "It contains a word or phrase that this site does not publish. If you meant no harm, say it otherwise."
        ]
    if "read_first" in codes:  # says the same, and more
        codes.pop("author_record", None)
    return [FOR_AUTHORS.get(code, "A moderator reads it before it appears.") for code in codes]
