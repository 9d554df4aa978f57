"""What the reading pages' templates cannot say in the template language."""

from django import template

from articles import dates

register = template.Library()


@register.filter
def entry(counts: dict, key):
    """The entry of a dictionary under a key that is a variable; 0 where there is none."""
    return counts.get(key, 0)


@register.filter
def written(day) -> str:
    """A day as we print it: 5 March 2024."""
    return dates.written(day) if day else ""


@register.filter
def names(bylines) -> str:
    """Names without their letters, in words: "A", "A and B", "A, B and C"."""
    printed = [byline.name for byline in bylines]
    return " and ".join(filter(None, [", ".join(printed[:-1]), printed[-1]])) if printed else ""


@register.filter
def roles_of(article, person) -> str:
    """What a person did for an article other than writing it: "Medical reviewer, Editor"; empty for an author."""
    lines = [line for line in article.bylines.all() if line.person_id == person.pk]
    return (
        ""
        if any(line.role == "author" for line in lines)
        else ", ".join(line.get_role_display() for line in lines)
    )


@register.filter
def initial(key: str) -> str:
    """The letter under which a folded key stands in an A to Z; "0–9" for what starts with none."""
    return key[0].upper() if key[:1].isalpha() else "0–9"
