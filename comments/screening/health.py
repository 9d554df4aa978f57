"""The checks that a health site needs: asking for personal advice, and giving away how to be reached.

Every pattern is bounded: no nested repetition, so no text makes one slow.
"""

import re

from comments.screening.facts import Facts, Finding, Outcome

# What is asked for outright, whoever it is for.
_REQUEST = re.compile(
    r"\b(?:what|which \w+|how|when|where) (?:should|shall|can|could|must|do|would|might|may) (?:you |i |we |he |she |they |"
    r"(?:\w+ ){0,3}?)(?:do|take|use|try|eat|drink|avoid|recommend|suggest|advise|stop|treat|cure|reduce|relieve|fight|"
    r"overcome|get rid|manage|prevent|lower|control|cope|deal|be done|cut back|ask|help)\b"
    r"|\b(?:should|shall|can|could|may|do|must|would|am|is it (?:ok|okay|safe|fine|advisable|right) (?:if|for|to)) "
    r"(?:i|we|he|she|they|me|my \w+)\b(?! (?:ask why|just say|please stop))"
    r"|\b(?:any|need|want|give me|looking for|appreciate|seeking) (?:\w+ ){0,2}(?:advice|help|suggestions?|remedy|cure|"
    r"solution|treatment|medicine|drugs?)\b"
    r"|\b(?:please|pls|plz|plss|kindly)\b[^.!\n]{0,60}\b(?:help|advise|guide|guid|gude|tell me|recommend|suggest|send|"
    r"explain|answer|what|how|is|can|could)\b"
    r"|\b(?:can|could) (?:you|anyone|somebody|someone) (?:please )?(?:help|advise|tell|diagnose|recommend|suggest)\b"
    r"|\bwhat (?:can|could|might|would|is|are|was|'s)\b[^.!?\n]{0,120}\b(?:it be|this be|cause|causing|wrong|problem|"
    r"remedy|cure|treatment|best|dose|dosage|diet|drug|solution|going on|happening|chances?)\b"
    r"|\bwhat would you (?:do|take|try|suggest|recommend)\b"
    r"|\b(?:don'?t|do not) know what (?:to do|else)\b"
    r"|\b(?:could|can|might|is) (?:it|this|that|these) (?:be |still |a |an |the )?[^.!?\n]{0,80}\?"
    r"|\b(?:is|are|does|will|would) [^.!?\n]{2,90}\b(?:safe|ok|okay|normal|dangerous|help me|fine|all right|work)\b"
    r"[^.!?\n]{0,80}\?",
    re.I,
)
# Somebody's own health, or that of somebody of theirs: without it a question is about the subject, and welcome.
_PERSONAL = re.compile(
    r"\b(?:i (?:am|have|had|feel|take|took|use|get|got|want|need|was|lost|keep|started|just|now|can'?t|cannot|think|"
    r"noticed|suffer|been|do|would|should)|i'?m|i'?ve|am|my|me|we (?:are|have)|mum|mom|dad|husband|wife|son|daughter|baby|"
    r"mother|father|sister|brother|partner|aunt|aunty|uncle|neighbour|friend|him|her|she|he|having|been)\b",
    re.I,
)
_HEALTH = re.compile(
    r"\b(?:pains?|painful|ache|aching|hurts?|headache|migraine|fever|cough|cold|bleed\w*|blood|pressure|heart|kidneys?|liver|"
    r"stomach|skin|itch\w*|rash|swell\w*|swollen|tablets?|pills?|dose|doses|mg|medic\w+|drugs?|antibiotic\w*|doctor|gp|"
    r"hospital|surgery|operation|diagnos\w+|symptoms?|disease|syndrome|condition|infection|cancer|diabet\w+|asthma|"
    r"depress\w+|anxi\w+|panic|sleep|insomnia|period|pregnan\w+|menstr\w+|weight|diet|vitamin\w*|iron|ferritin|test|"
    r"results?|scan|treat\w*|cure|remedy|suffer\w*|sick|ill|illness|tired|dizzy|twitch\w*|jerk\w*|cramps?|allerg\w+|"
    r"therap\w+|counsel\w+|chest|back|eyes?|ear|nose|throat|leg|arm|foot|feet|hands?|knee|tooth|teeth|breath\w*|vomit\w*|"
    r"wound|poison\w*|thyroid|hormon\w*|statin|warfarin|insulin|injection|vaccin\w+|spray|overdose|stress\w*|"
    r"infect\w*|health|sex|hernia|gout|turmeric|magnesium)\b",
    re.I,
)


_AT = r"(?:@|\s?[\[({]\s?at\s?[\])}]\s?|\s(?:at)\s(?=[\w-]{1,60}\s?(?:\.|[\[({ ]\s?dot\b)))"
_DOT = r"(?:\.|\s?[\[({]\s?dot\s?[\])}]\s?|\sdot\s)"
_EMAIL = re.compile(rf"(?<![\w.+-])[\w.+-]{{1,64}}{_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{2,63}}){{1,4}}", re.I)
_PHONE = re.compile(r"(?<![\w./+-])(?:\+|00)?\(?\d{1,5}\)?(?:[ \t.\-/()]{0,2}\d{1,6}){1,7}(?![\w%])")
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
_NUMBER_UNIT = re.compile(
    r"\s?(?:mg|mcg|µg|g|kg|ml|l|iu|mmol|mmhg|bpm|years?|weeks?|days?|kcal|per|pages?|%)\b", re.I
)


def personal_advice(facts: Facts):
    """Asks what to do about the writer's own health, or that of somebody they know."""
    if not (_PERSONAL.search(facts.text) and _HEALTH.search(facts.text)):
        return
    for match in _REQUEST.finditer(facts.text):
        yield Finding("personal_advice", Outcome.HOLD, *match.span(), confidence=0.8)


def email(facts: Facts):
    """An e-mail address, plain or disguised."""
    for match in _EMAIL.finditer(facts.text):
        yield Finding("email", Outcome.HOLD, *match.span(), confidence=0.95)


def phone(facts: Facts):
    """A telephone number: eight to fifteen digits, and neither a date nor an amount."""
    for match in _PHONE.finditer(facts.text):
        number = match.group().strip(" \t.-/()")
        digits = sum(char.isdigit() for char in number)
        grouped = not number.isdigit() or number.startswith("0")
        short = digits == 7 and bool(re.fullmatch(r"\d{3}[-. ]\d{4}", number))
        if not (8 <= digits <= 15 and (grouped or digits >= 10) or short):
            continue
        if _DATE.fullmatch(number) or _NUMBER_UNIT.match(facts.text, match.end()):
            continue
        start = match.start() + match.group().index(number)
        yield Finding("phone", Outcome.HOLD, start, start + len(number), confidence=0.85)
