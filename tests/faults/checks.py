"""Is everything there that was acknowledged, and nothing half done? Each check returns what is wrong, in words."""

from collections import Counter

from django.db import connection
from django.db.models import Count, F, Max, Q

from articles.models import Article, Version
from comments import counts
from comments.models import Case, Comment, CommentText, Decision, Status


def acknowledged(told) -> list[str]:
    """What the client was told is done, and is not."""
    wrong = []
    bodies = dict(Comment.objects.values_list("pk", "text__body"))
    statuses = dict(Comment.objects.values_list("pk", "status"))
    wrong += [f"comment {pk} is lost" for pk, marker in told.comments if marker not in bodies.get(pk, "")]
    answered = set(Comment.objects.filter(parent__isnull=False).values_list("parent_id", "text__body"))
    for pk, reply in told.decisions:
        if statuses.get(pk) != Status.PUBLISHED:
            wrong.append(f"the decision about {pk} is lost")
        if reply and (pk, reply) not in answered:
            wrong.append(f"the answer to {pk} is lost")
    notes = set(Version.objects.exclude(edition=None).values_list("article_id", "note"))
    wrong += [f"edition {marker} is lost" for pk, marker in told.editions if (pk, marker) not in notes]
    return wrong


def whole_comments() -> list[str]:
    """Comments without text, record or case; cases without a reason; wrong counts; a text stored twice."""
    wrong = []
    submitted = Q(decisions__action="submit")
    bare = Comment.objects.annotate(records=Count("decisions", filter=submitted)).exclude(records=1)
    wrong += [f"comment {pk} has not one record of its arrival" for pk in bare.values_list("pk", flat=True)]
    opened = set(Case.objects.filter(closed_at=None).values_list("pk", flat=True))
    waiting = set(Comment.objects.filter(status=Status.PENDING).values_list("pk", flat=True))
    wrong += [f"comment {pk} waits without a case, or has one without waiting" for pk in opened ^ waiting]
    texts = Comment.objects.filter(Q(text=None) | ~Q(text__comment_id=F("pk"))).values_list("pk", flat=True)
    wrong += [f"comment {pk} has no text" for pk in texts]
    owners = CommentText.objects.exclude(comment_id__in=Comment.objects.values("pk")).count()
    wrong += [f"{owners} texts belong to no comment"] if owners else []
    published = Comment.objects.filter(status=Status.PUBLISHED, parent=None, source_key=None)
    undecided = published.exclude(decisions__to_status=Status.PUBLISHED).count()
    wrong += [f"{undecided} comments are published without a record"] if undecided else []
    wrong += [f"{number} {name} are wrong" for name, number in counts.recount(dry_run=True).items() if number]
    wrong += [
        f"the text {body[:60]!r} is there {number} times"
        for body, number in Counter(
            CommentText.objects.filter(body__contains=" number ").values_list("body", flat=True)
        ).items()
        if number > 1
    ]
    return wrong


def whole_articles() -> list[str]:
    """Live articles that do not say, row for row, what their live version says."""
    wrong = []
    newest = Article.objects.annotate(newest=Max("versions__edition")).select_related("live_version")
    for article in newest.filter(edition__gt=0).prefetch_related("bylines", "sources", "tags"):
        snapshot, live = article.live_version.snapshot, article.live_version
        agree = (
            article.edition == live.edition == article.newest,
            (article.title, article.body) == (snapshot["title"], snapshot["body"]),
            [line.person_id for line in article.bylines.all()]
            == [line["person"] for line in snapshot["bylines"]],
            len(article.sources.all()) == len(snapshot["sources"]),
            {tag.pk for tag in article.tags.all()} == {tag["id"] for tag in snapshot["tags"]},
        )
        if not all(agree):
            wrong.append(f"article {article.pk} is half published: {agree}")
    return wrong


def whole_items(site: str, posts: int, comments: int, *, all_there: bool) -> list[str]:
    """Imported posts without all of their comments; with `all_there`, also those that are missing."""
    keys = Article.objects.filter(source_key__startswith=f"wp:{site}:").values_list("pk", "source_key")
    brought = Counter(
        Comment.objects.filter(source_key__startswith=f"wp:{site}:").values_list("article_id", flat=True)
    )
    numbers = [(key, brought[pk]) for pk, key in keys]
    wrong = [f"{key} came with {number} comments" for key, number in numbers if number != comments]
    if all_there and len(numbers) != posts:
        wrong.append(f"{len(numbers)} of {posts} posts of {site} are there")
    return wrong


def jobs_waiting() -> list:
    """(id, status) of the mails that were not sent yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, status::text FROM procrastinate_jobs"
            " WHERE task_name = 'comments.mail_decision' AND status <> 'succeeded'"
        )
        return cursor.fetchall()


def mails(office) -> tuple[list[str], dict]:
    """What is wrong with the mails, and how many there are; after the jobs have come to rest."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (args->>'decision_id')::bigint, count(*) FROM procrastinate_jobs"
            " WHERE task_name = 'comments.mail_decision' GROUP BY 1"
        )
        queued = dict(cursor.fetchall())
    told = set(Decision.objects.filter(action="publish").values_list("pk", flat=True))
    wrong = [f"decision {pk} has {queued.get(pk, 0)} jobs" for pk in told if queued.get(pk) != 1]
    sent = office.sent()
    wrong += [
        f"decision {pk} was mailed {sent[pk]} times" for pk in told | set(sent) if sent[pk] not in {1, 2}
    ]
    wrong += [f"a mail about decision {pk}, which is not there" for pk in set(sent) - told]
    taken = {pk for pk, was_taken in office.cut.items() if was_taken}
    wrong += [f"decision {pk} was not mailed again after a kill" for pk in taken if sent[pk] != 2]
    figures = {
        "mails": len(told),
        "sent twice": sum(number > 1 for number in sent.values()),
        "cut when the server had it": len(taken),
        "cut when the server had it not": len(office.cut) - len(taken),
    }
    return wrong, figures
