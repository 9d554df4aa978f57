"""What an editor should look at before publishing: a readable list, never a wall. Pure; standard library only."""

import re


def concerns(snapshot: dict, *, most_tags: int) -> list[str]:
    """What is missing from a version's snapshot or stands out in it, as sentences; empty when nothing does."""
    body, lead = snapshot["body"], snapshot["lead"]
    roles = {line["role"] for line in snapshot["bylines"]}
    checks = [
        (not body.strip(), "The text is empty."),
        (not snapshot["dek"], "There is no sentence under the headline: lists and feeds will show none."),
        ("author" not in roles, "No author is named."),
        (not snapshot["sources"], "No source is named."),
        (not snapshot["tags"], "It has no tags, so no topic page will show it."),
        (len(snapshot["tags"]) > most_tags, f"It has more than {most_tags} tags."),
        (
            lead and not lead["alt"] and not lead["decorative"],
            "The lead picture has no alternative text and is not marked as decoration.",
        ),
        (
            re.search(r"<img(?![^>]*\balt=\"[^\"]+\")", body),
            "A picture in the text has no alternative text.",
        ),
        (
            len(re.sub(r"<[^>]+>", " ", body).split()) > 500 and "<h2" not in body,
            "A long text without headings: readers find their way by them.",
        ),
    ]
    return [sentence for applies, sentence in checks if applies]
