"""Every stored count of the comments, counted again. The doors keep them; this is how one knows that they do."""

from django.db import connection, transaction

from comments.paths import ID, SEGMENT

# What each published comment hangs on: the ids along its path but its own, and its true parent, each once.
_ANSWERS = f"""
    WITH hangs AS (
        SELECT comment.id, ('x' || substr(path, step * {SEGMENT} - {ID} + 1, {ID}))::bit({ID * 4})::bigint AS above
        FROM comments_comment AS comment, generate_series(1, length(path) / {SEGMENT} - 1) AS step
        WHERE status = 'published'
        UNION
        SELECT id, parent_id FROM comments_comment WHERE status = 'published' AND parent_id IS NOT NULL
    ), counted AS (
        SELECT comment.id, count(hangs.id) AS answers
        FROM comments_comment AS comment LEFT JOIN hangs ON hangs.above = comment.id
        GROUP BY comment.id
    )
    UPDATE comments_comment AS comment SET published_answers = counted.answers
    FROM counted WHERE counted.id = comment.id AND comment.published_answers <> counted.answers
"""  # noqa: S608  numbers of our own
_THREADS = """
    WITH counted AS (
        SELECT thread.article_id, count(comment.id) AS comments
        FROM comments_thread AS thread
        LEFT JOIN comments_comment AS comment
            ON comment.article_id = thread.article_id AND comment.status = 'published'
        GROUP BY thread.article_id
    )
    UPDATE comments_thread AS thread SET published_count = counted.comments, version = version + 1
    FROM counted WHERE counted.article_id = thread.article_id AND thread.published_count <> counted.comments
"""
# A page prints the count of a comment, so its thread moves with it.
_HELPFUL = """
    WITH counted AS (
        SELECT comment.id, count(mark.id) AS people
        FROM comments_comment AS comment LEFT JOIN comments_helpful AS mark ON mark.comment_id = comment.id
        WHERE comment.helpful_count > 0 OR mark.id IS NOT NULL
        GROUP BY comment.id
    ), mended AS (
        UPDATE comments_comment AS comment SET helpful_count = counted.people
        FROM counted WHERE counted.id = comment.id AND comment.helpful_count <> counted.people
        RETURNING comment.article_id
    ), moved AS (
        UPDATE comments_thread SET version = version + 1 WHERE article_id IN (SELECT article_id FROM mended)
    )
    SELECT article_id FROM mended
"""


def recount(*, dry_run: bool = False) -> dict[str, int]:
    """Mend every stored count that is wrong; returns how many rows were wrong, by what they count.

    Holds the threads' rows meanwhile, so that no door counts in between.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE comments_thread IN SHARE ROW EXCLUSIVE MODE")
        wrong = {}
        for name, statement in (
            ("answers of comments", _ANSWERS),
            ("comments of threads", _THREADS),
            ("helpful marks of comments", _HELPFUL),
        ):
            cursor.execute(statement)
            wrong[name] = cursor.rowcount
        if dry_run:
            transaction.set_rollback(True)
    return wrong
