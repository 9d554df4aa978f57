"""What was found in a text, as the desk reads it: in words, under the numbers that it is marked with in the text.

A mark is only a colour and a number, so that what it means is read off the list: by touch, by ear, without a pointer.
"""

import re
from dataclasses import dataclass

from comments.screening import wording
from healthnews import markup

_QUOTE = 120  # characters of what was found
_SENTENCE = 300  # characters of a sentence around it
_SENTENCES = re.compile(r"(?:[^.!?…\n]|[.!?…](?=\w))+[.!?…]*")  # 39.4 is no end


@dataclass(frozen=True)
class Said:
    """A finding in words, with the place it was seen at; `number` stands at its marks, and is 0 where it has none."""

    number: int
    code: str
    words: str
    quote: str
    how: str = ""  # what the marks are, where nobody could tell by looking


def said(findings, text: str) -> list[Said]:
    """One of each code, so that five links are one line, with the sentence or the words of its first place."""
    numbers, first = _numbers(findings), {}
    for finding in findings:
        first.setdefault(finding["code"], finding)
    return [
        Said(
            numbers.get(code, 0),
            code,
            wording.for_moderators(code),
            _quote(finding, text),
            "" if _is_placed(finding) or not finding.get("model") else wording.JUDGED_WHOLE,
        )
        for code, finding in first.items()
    ]


def marked(findings, text: str):
    """The text as HTML: the places that were found marked, or, where a text was judged as a whole, what weighed most."""
    numbers, spans = _numbers(findings), []
    for finding in findings:
        label, number = wording.for_moderators(finding["code"]), numbers.get(finding["code"], 0)
        if _is_placed(finding):
            spans.append((finding["start"], finding["end"], label, number))
        else:
            spans += [(start, end, f"{label}: {wording.WEIGHED}", number) for start, end in _weighed(finding)]
    return markup.marked(text, spans)


def _numbers(findings) -> dict[str, int]:
    """The number of each code that is marked in the text."""
    codes = dict.fromkeys(each["code"] for each in findings if _is_placed(each) or _weighed(each))
    return {code: number for number, code in enumerate(codes, 1)}


def _is_placed(finding) -> bool:
    """Whether it is about a stretch of the text."""
    return finding["end"] > finding["start"]


def _weighed(finding) -> list:
    """The words that the model went by most."""
    return finding.get("words") or []


def _quote(finding, text: str) -> str:
    """What to read of it: the sentence where the model has spoken, else the very words; nothing where they are long."""
    if finding.get("model"):
        places = [(finding["start"], finding["end"])] if _is_placed(finding) else _weighed(finding)
        if sentence := _sentence(text, places):
            return sentence
    quote = text[finding["start"] : finding["end"]]
    return quote if len(quote) <= _QUOTE else ""


def _sentence(text: str, places) -> str:
    """The sentence with most of the places; empty where there is none, or it is too long to be read at a glance."""
    best, most = "", 0
    for match in _SENTENCES.finditer(text):
        count = sum(match.start() <= start < match.end() for start, _ in places)
        if count > most:
            best, most = match.group().strip(), count
    return best if len(best) <= _SENTENCE else ""
