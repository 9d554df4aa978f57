"""Display names: cleaned for showing, folded for comparing. Pure."""

import re
import unicodedata
from itertools import accumulate

MAX_LENGTH = 60  # characters
KEY_LENGTH = 240  # characters; a single one may decompose into eighteen
_MARKS_A_LETTER = 2  # Vietnamese and pointed Hebrew need two; "zalgo" stacks dozens

# Letters of other scripts that look like Latin ones; enough to stop the plain impostor, not a full table
# (Unicode TR 39 has that).
_LOOKALIKES = str.maketrans("аеорсухіјѕԁһӏοαυνκτ01", "aeopcyxijsdhloauvktol")


# What is, or what mail programs and our own markup take for, an address: a scheme, "@", "www.", "evil.example".
_ADDRESS = re.compile(r"://|\S@\S|\bwww\.\S|\w\.[^\W\d_]{2}")
_BLANKS, _PARTS = re.compile(r"\s+"), re.compile(r"[^\w]+|_")  # "M.D." is one word by the first
_OF_STAFF = frozenset(
    [
        "admin",
        "admins",
        "administrator",
        "administrators",
        "editor",
        "editors",
        "editorial",
        "moderator",
        "moderators",
        "moderation",
        "newsroom",
        "staff",
    ]
)
_TITLES = frozenset(
    [
        "dr",
        "drmed",
        "doctor",
        "prof",
        "professor",
        "md",
        "rn",
        "gp",
        "physician",
        "surgeon",
        "psychiatrist",
        "psychologist",
        "pharmacist",
        "nurse",
        "midwife",
        "dentist",
        "dietitian",
        "physiotherapist",
        "paramedic",
    ]
)
_JOINTS = re.compile(r"(?<=\S)([.:@/\u3002\uff0e\uff61]+)(?=\S)")  # with the full stops of other scripts


def clean(name: str) -> str:
    """The name as it will be shown: no control or direction characters, blanks joined, NFC.

    Raises ValueError, with words for the person, when nothing readable is left or the name is too long.
    """
    name = "".join(char for char in name if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not any(char.isalnum() for char in name):
        raise ValueError("Choose a name with at least one letter or digit.")
    if len(name) > MAX_LENGTH:
        raise ValueError(f"Choose a name of at most {MAX_LENGTH} characters.")
    marks = [unicodedata.category(char) in {"Mn", "Me"} for char in unicodedata.normalize("NFD", name)]
    if sum(marks) > _MARKS_A_LETTER * (len(marks) - sum(marks)):
        raise ValueError("Choose a name with fewer accents on each letter.")
    return name


def choose(name: str, *, site: str = "", works_here: bool = False) -> str:
    """As `clean()`, for a name that somebody gives themselves.

    What would be a link in a mail is none; nor is what says that one works at the `site`, but for whoever does, or that
    one is a health professional: that is said beside a name, once it is verified.
    """
    name = clean(name)
    words = {fold(word) for split in (_BLANKS, _PARTS) for word in split.split(name)}
    if not works_here and (words & _OF_STAFF or _begins_with(site, name)):
        raise ValueError("Choose a name that does not sound as if you worked for this site.")
    if words & _TITLES and not works_here:
        raise ValueError(
            "Choose a name without a title or a profession. A health profession is shown beside it, once it is verified."
        )
    if has_address(name):
        raise ValueError(
            "Choose a name that does not look like a web or e-mail address. If it is none, put a space after each dot."
        )
    return name


def _begins_with(site: str, name: str) -> bool:
    """Whether the first words of the name are the site's, however they are put together."""
    begun = accumulate(fold(word) for word in _PARTS.split(name))
    return bool(site) and fold(site) in begun


def has_address(name: str) -> bool:
    """Whether something in the name looks like an address on the web or of mail."""
    decomposed = unicodedata.normalize("NFKD", name)
    plain = "".join(char for char in decomposed if unicodedata.category(char) not in {"Mn", "Mc"})
    return bool(_ADDRESS.search(plain.replace("\u3002", ".").casefold()))


def unlinked(name: str) -> str:
    """The name for a text whose addresses become links, a mail or an answer: with gaps where it has an address.

    Names were not always refused for that, and those of imports never are.
    """
    return _JOINTS.sub(r"\1 ", name) if has_address(name) else name


def fold(name: str) -> str:
    """The key under which two names are the same: case, accents, blanks, marks and lookalikes ignored."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    # Accents go; the vowel signs of Indic and Thai letters, which are no accents, stay.
    plain = "".join(char for char in decomposed if char.isalnum() or _is_vowel_sign(char))
    return plain.translate(_LOOKALIKES)[:KEY_LENGTH]


def _is_vowel_sign(char: str) -> bool:
    return unicodedata.category(char) in {"Mn", "Mc"} and not unicodedata.combining(char)
