"""Full-text search over public articles. The only file that knows how PostgreSQL searches."""

import unicodedata

START, STOP = "\x02", "\x03"  # around a hit in a headline; no text of ours holds them


def folded(text: str) -> str:
    """The text without accents: what is indexed and what is asked (no extension does it for us)."""
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
