"""What is said under the demo's articles: submitted and decided in the order of its times, so that nobody is new twice.

Every comment is screened; where screening holds one that the story has published, a moderator of the demo publishes
it an hour or so later, and before anybody answers it. So log, queue and records are what they would be.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import cycle
from zlib import crc32

from comments import screening
from comments.models import Case, Clause, Comment, Lane, ListedWord, Pick, PolicyVersion, Thread

_DAY, _HOUR, _MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
# The decisions that lead from what screening said to what the story wants.
_WAYS = {
    ("pending", "published"): ["publish"],
    ("pending", "rejected"): ["reject"],
    ("pending", "removed"): ["publish", "remove"],
    ("published", "removed"): ["remove"],
    ("published", "pending"): ["hold"],
    ("published", "rejected"): ["hold", "reject"],
}


def hold(threads: dict, users: dict, now: datetime) -> int:
    """Bring in the threads {article: parsed file}; `users` by key. Returns how many comments there are.

    `held_days_ago` in a file: since then every comment of that thread is read first, until `opened_days_ago`. `edit` of a comment: what its
    author has just made of it; `picked`: somebody of the desk picked it a day later.
    """
    clauses = {clause.number: clause for clause in Clause.objects.filter(policy=PolicyVersion.current())}
    words = tuple(ListedWord.objects.values_list("key", "outcome"))
    moderators = cycle([user for user in users.values() if user.email.startswith("moderator")])
    said = defaultdict(list)  # by author: the comments so far, oldest first
    comments: dict[tuple, Comment] = {}
    answered = _first_answers(threads)
    for number, (article, line) in enumerate(_in_order(threads)):
        author, key = users[line["author"]], (article.pk, line["key"])
        at = now - _ago(line)
        switched = threads[article]
        held = switched.get("opened_days_ago", 0) < line["days_ago"] < switched.get("held_days_ago", 0)
        facts = _facts(line["body"].strip(), author, said[author.pk], at, held, words)
        comment = comments[key] = Comment.submit(
            article=article,
            by=author,
            body=facts.text,
            parent=comments.get((article.pk, line.get("parent"))),
            verdict=screening.screen(facts),
            at=at,
        )
        said[author.pk].append(comment)
        wait = timedelta(minutes=20 + number * 37 % 400)
        latest = now - answered.get(key, timedelta()) - _MINUTE
        # Where screening saw an emergency in what the story publishes at once, it was none, unless the story says more.
        crisis = comment.status == "pending" and Case.objects.filter(pk=comment.pk, lane=Lane.CRISIS).exists()
        outcome = line.get("outcome", "false_alarm") if crisis else ""
        for action in _WAYS.get((comment.status, line["status"]), ()):
            comment.decide(
                action,
                by=next(moderators),
                version=comment.version,
                clause=clauses[line["clause"]] if action in {"reject", "remove"} else None,
                outcome=outcome,
                at=max(at, min(at + wait, latest if action == "publish" else now - _MINUTE)),
            )
            wait, outcome = wait * 2, ""
        if line.get("picked"):
            Pick.switch(comment, True, by=next(moderators), version=comment.version, at=min(at + _DAY, now))
        if "edit" in line:
            text = line["edit"].strip()
            verdict = screening.screen(_facts(text, author, said[author.pk][:-1], now, held, words))
            comment.edit(text, by=author, verdict=verdict, version=comment.version)
    still_held = [
        each for each, data in threads.items() if "held_days_ago" in data and "opened_days_ago" not in data
    ]
    Thread.objects.filter(article__in=still_held).update(mode=Thread.Mode.HELD)
    return len(comments)


def _ago(line: dict) -> timedelta:
    """How long ago it was written. Tenths of a day alone would let everybody write at the same ten times of day."""
    days = line["days_ago"]
    # Always less than a tenth of a day, so that what was before stays before.
    later = crc32(line["key"].encode()) % 100 if days == round(days, 1) else 0
    return timedelta(days=days, minutes=-later)


def _in_order(threads: dict) -> list[tuple]:
    lines = [(article, line) for article, data in threads.items() for line in data["comment"]]
    return sorted(lines, key=lambda each: _ago(each[1]), reverse=True)


def _first_answers(threads: dict) -> dict[tuple, timedelta]:
    """How long ago each answered comment got its first answer, by (article, key)."""
    first: dict[tuple, timedelta] = {}
    for article, line in _in_order(threads):
        if "parent" in line:
            first.setdefault((article.pk, line["parent"]), _ago(line))
    return first


def _facts(text: str, author, said: list, at: datetime, held: bool, words: tuple) -> screening.Facts:
    """What `comments.facts.gather()` would have found at that time, without asking the database for each comment."""
    recent = [comment for comment in said[-20:] if comment.posted_at > at - _DAY]
    return screening.Facts(
        text=text,
        is_staff=author.is_newsroom,
        published_before=sum(comment.is_published for comment in said),
        posts_last_minute=sum(comment.posted_at > at - _MINUTE for comment in recent),
        posts_last_hour=sum(comment.posted_at > at - _HOUR for comment in recent),
        recent_texts=tuple(comment.text.body for comment in reversed(recent)),
        thread_mode="held" if held else "open",
        listed_words=words,
    )
