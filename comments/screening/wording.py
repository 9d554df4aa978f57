"""What a finding is called: to moderators, and to the author whose comment waits."""

FOR_MODERATORS = {
    "length": "Very long",
    "links": "Contains a link",
    "repeats": "Repeats an earlier comment of the author",
    "pace": "Posting faster than usual",
    "newcomer": "Fewer than three published comments",
    "thread_held": "Every comment in this thread is read first",
    "thread_closed": "Sent after the thread was closed",
    "site_held": "Every comment on the site is read first",
    "site_closed": "Sent after the site was closed",
    "read_first": "The author is read first",
    "listed_words": "Listed word",
    "personal_advice": "Asks for personal advice",
    "email": "E-mail address",
    "phone": "Telephone number",
    "check_failed": "A check failed: read with care",
}
FOR_AUTHORS = {
    "length": "Long comments are read by a moderator before they appear.",
    "links": "It contains a link; a moderator looks at links first.",
    "repeats": "It is much like another comment of yours.",
    "pace": "You have sent several comments in a short time.",
    "newcomer": "First comments are read by a moderator.",
    "thread_held": "Every comment in this discussion is read by a moderator first.",
    "thread_closed": "This discussion was closed while you were writing.",
    "site_held": "Every comment on this site is read by a moderator first at the moment.",
    "site_closed": "All discussions were closed while you were writing.",
    "read_first": "Your comments are read by a moderator before they appear.",
    "listed_words": "It contains a word that a moderator looks at first.",
    "personal_advice": "It may ask for personal medical advice, which nobody can give here.",
    "email": "It seems to contain an e-mail address.",
    "phone": "It seems to contain a telephone number.",
    "check_failed": "It could not be checked automatically, so a moderator reads it.",
}


def for_moderators(code: str) -> str:
    """The finding in words for the desk; an unknown code (of a later version) as it is."""
    return FOR_MODERATORS.get(code, code.replace("_", " "))


def for_author(findings, outcome: str = "hold") -> list[str]:
    """Why a comment waits (or, by "reject", was refused), in plain sentences, each once.

    `findings` are records of a Decision.
    """
    codes = dict.fromkeys(finding["code"] for finding in findings if finding["outcome"] == outcome)
    if outcome == "reject" and codes:
        return [
            "It contains a word or phrase that this site does not publish. If you meant no harm, say it otherwise."
        ]
    return [FOR_AUTHORS.get(code, "A moderator reads it before it appears.") for code in codes]
