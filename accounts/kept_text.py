"""A comment typed by somebody who is not logged in yet, kept in the session until they are.

The session of an anonymous visitor lives on through failed tries, further steps of a login and the change of the
CSRF token; logging out empties it. Discussions are named by the slug of their article.
"""

import re

MAX_LENGTH = (
    20_000  # characters; four times what a comment may have, so that what is too long can be shortened
)
MAX_DISCUSSIONS = 5
_KEY = "kept_text"
_SLUG = re.compile(r"[-\w]{1,300}")


def keep(request, discussion: str, body: str, parent: str | int | None = "") -> None:
    """Keep the text; the oldest discussion gives way when there are more than five.

    Nothing is kept of a blank text, or for what cannot be a slug.
    """
    body = str(body)[:MAX_LENGTH]
    if not _SLUG.fullmatch(discussion) or not body.strip():
        return
    # A NUL would have the comment refused, and nobody can see it to take it out.
    entry = {"body": body.replace("\x00", ""), "parent": str(parent or "")[:20]}
    others = {key: value for key, value in _all(request).items() if key != discussion}
    newest = dict(list(others.items())[1 - MAX_DISCUSSIONS :])
    request.session[_KEY] = newest | {discussion: entry}


def get(request, discussion: str) -> dict | None:
    """What is kept for this discussion, as {"body": text, "parent": id as text or ""}; None when nothing is."""
    return _all(request).get(discussion)


def drop(request, discussion: str) -> None:
    """Forget it: it was sent."""
    kept = _all(request)
    if kept.pop(discussion, None) is not None:
        request.session[_KEY] = kept


def newest(request) -> tuple[str, dict] | None:
    """The discussion and the entry of the text that was kept last; None when nothing is kept."""
    return next(reversed(_all(request).items()), None)


def _all(request) -> dict:
    # JSON in the session keeps the order of a dictionary: the newest is last.
    return dict(request.session.get(_KEY) or {})
