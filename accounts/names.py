"""Display names: cleaned for showing, folded for comparing. Pure."""

import unicodedata

MAX_LENGTH = 60  # characters

# Letters of other scripts that look like Latin ones; enough to stop the plain impostor, not a full table
# (Unicode TR 39 has that).
_LOOKALIKES = str.maketrans("аеорсухіјѕԁһӏοαυνκτ01", "aeopcyxijsdhloauvktol")


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
    if sum(unicodedata.combining(char) > 0 for char in unicodedata.normalize("NFD", name)) > len(name):
        raise ValueError("Choose a name with fewer accents on each letter.")
    return name


def fold(name: str) -> str:
    """The key under which two names are the same: case, accents, blanks, marks and lookalikes ignored."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(char for char in decomposed if char.isalnum())
    return plain.translate(_LOOKALIKES)
