"""What somebody is told: rows of ids in the site's inbox, and the mail of a day.

A notice holds no text; what it says is made when it is read (telling.py) or mailed (notify.py), from what is public
then. Notices are made in the transaction of the door that they tell of, through `Notice.give()` alone.
"""

from datetime import timedelta

from django.conf import settings
from django.db import connection, models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts import roles
from comments import jobs, states
from comments.models.decision import Action, Decision
from comments.models.duty import holders
from comments.models.preference import DEFAULTS, FIXED, How, Kind

MOST_COUNTED = 1_000
OLD = timedelta(days=7)  # in the demo newsroom: read long ago

ANSWERS = (Kind.ANSWERED, Kind.STAFF_ANSWER)
REPORTS = (Kind.REPORT_ANSWERED, Kind.NOTICE_ANSWERED)
_OF_STAFF = frozenset({"staff", "author"})  # comments.Mark
# Which notices are wanted, and how each is mailed. The one place that knows who hears nothing of whom. Each table is
# asked by itself: a join of them all takes the database longer to plan than to run.
_WANTED = """
    SELECT each.place, each.person_id, (
        SELECT how FROM comments_preference
        WHERE user_id = each.person_id AND kind = each.kind AND kind <> ALL (%(fixed)s)
    )
    FROM (
        SELECT place, kind, comment_id, decision_id, from_id, coalesce(user_id, (
            SELECT author_id FROM comments_comment WHERE id = answered_id AND status = 'published'
        )) AS person_id
        FROM unnest(%(user)s::bigint[], %(answered)s::bigint[], %(kind)s::text[], %(comment)s::bigint[],
            %(decision)s::bigint[], %(from)s::bigint[])
            WITH ORDINALITY AS asked (user_id, answered_id, kind, comment_id, decision_id, from_id, place)
        OFFSET 0
    ) AS each
    WHERE each.person_id IS DISTINCT FROM each.from_id
        AND (SELECT is_active FROM accounts_user WHERE id = each.person_id)
        AND (SELECT told.id FROM comments_notice AS told
            WHERE told.comment_id = each.comment_id AND told.user_id = each.person_id AND told.kind = each.kind
            AND told.decision_id IS NOT DISTINCT FROM each.decision_id) IS NULL
        AND NOT (each.kind = ANY (%(answers)s) AND EXISTS (SELECT FROM comments_hidden AS hides
            WHERE hides.by_id = each.person_id AND hides.person_id = each.from_id))
"""

# In the silent minute (after the moment `silent`) all that are not mailed go. Later those stay, too, that were read; that
# are being mailed right now (the lock is notify.py's: while it is held here nobody begins to); and those that another
# mail told of, about all at once (`unmailed` of what is always mailed).
_TAKE_BACK = """
    DELETE FROM comments_notice AS told USING comments_decision AS decision
    WHERE decision.id = told.decision_id AND decision.id = ANY (%(decisions)s) AND told.mailed_at IS NULL AND (
        decision.at > %(silent)s
        OR told.read_at IS NULL AND NOT (told.kind = ANY (%(fixed)s) AND told.how = 'never')
        AND pg_try_advisory_xact_lock(hashtextextended('mail decision-' || decision.id, 0))
    )
"""


class NoticeQuerySet(models.QuerySet):
    """Questions about many notices."""

    def visible(self):
        """Without the answers that nobody can read any more."""
        return self.filter(~Q(kind__in=ANSWERS) | Q(comment__status=states.PUBLISHED))

    def unread(self):
        """What its person has not opened."""
        return self.filter(read_at__isnull=True)

    def for_telling(self):
        """With what telling.py prints, in one query."""
        from comments.models.report import Appeal  # stands on top of this file

        granted = Appeal.objects.filter(
            answered_by=OuterRef("decision"), by=OuterRef("user"), was_granted=True
        )
        about = ("comment__article", "comment__author", "comment__text")
        decided = ("decision__clause__policy", "decision__message", "decision__by", "decision__reversed_by")
        return self.select_related(*about, *decided).annotate(was_granted=Exists(granted))


class Notice(models.Model):
    """Tells one person of one thing: a decision, or a published answer to a published comment of theirs."""

    # The keys of rows that it leads to are covered by the indexes below.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", db_index=False)
    kind = models.CharField(max_length=16, choices=Kind)
    # What was decided about, or the answer.
    comment = models.ForeignKey("comments.Comment", models.CASCADE, related_name="+", db_index=False)
    decision = models.ForeignKey(Decision, models.CASCADE, null=True, related_name="notices")
    at = models.DateTimeField(default=timezone.now)
    how = models.CharField(max_length=5, choices=How, default=How.NEVER)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    digest = models.ForeignKey("comments.Digest", models.SET_NULL, null=True, related_name="notices")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "user", "kind", "decision"], nulls_distinct=False, name="notice_once"
            )
        ]
        indexes = [
            models.Index(fields=["user", "-at", "-id"], name="notice_inbox"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="notice_unread"),
            models.Index(
                fields=["user", "id"],
                condition=Q(how="daily", mailed_at__isnull=True, digest__isnull=True),
                name="notice_waits_for_digest",
            ),
            # What is old enough to go (pruning.py).
            models.Index(fields=["at"], condition=Q(read_at__isnull=False), name="notice_read_by_age"),
            models.Index(fields=["at"], condition=Q(read_at__isnull=True), name="notice_unread_by_age"),
        ]

    def __str__(self):
        return f"Notice {self.pk}"

    @property
    def from_id(self) -> int | None:
        """Who did what this tells of."""
        return self.decision.by_id if self.decision_id else self.comment.author_id

    @property
    def is_of_own(self) -> bool:
        """Whether it is about a comment that its person wrote."""
        return self.comment.author_id == self.user_id

    @property
    def is_of_decision(self) -> bool:
        """Whether it tells what was decided about their comment: that mail is `jobs.mail_decision`, all others `mail_notice`."""
        return self.is_of_own and self.decision_id is not None and self.kind != Kind.ESCALATED

    # The door

    @classmethod
    def give(cls, notices, *, at=None, unmailed=()) -> list["Notice"]:
        """Store these (unsaved, with `comment` and `decision` as objects) and queue what is mailed at once.

        One about an answer that names nobody is for the author of what is answered, if that is published.
        Call it in the transaction of what they tell of. Whoever does not want one, or has it already, gets none.
        Three statements however many. `unmailed` are those of them that stand in the inbox alone. `at` is now, but for
        the demo newsroom, whose past is not mailed, and mostly read.
        """
        if not notices:
            return []
        wanted, silent = [], {id(each) for each in unmailed}
        for place, user_id, how in _wanted(notices):
            each = notices[place - 1]
            each.user_id, each.at = user_id, at or timezone.now()
            each.how = How.NEVER if at or id(each) in silent else how or DEFAULTS[each.kind]
            each.read_at = at if at and at < timezone.now() - OLD else None
            wanted.append(each)
        cls.objects.bulk_create(wanted)
        now = [each for each in wanted if each.how == How.NOW]
        jobs.tell_authors([each.decision for each in now if each.is_of_decision])
        jobs.tell([each for each in now if not each.is_of_decision])
        return wanted

    @classmethod
    def to_authors(cls, decisions) -> list["Notice"]:
        """To be given: what tells the authors what was decided about their comments."""
        return [
            cls(user_id=each.comment.author_id, kind=_kind(each), comment=each.comment, decision=each)
            for each in decisions
        ]

    @classmethod
    def to_administrators(cls, decisions) -> list["Notice"]:
        """To be given: what tells all administrators that these were passed to them. A query where there are any."""
        people = holders(roles.ADMINISTRATOR) if decisions else ()
        return [
            cls(user_id=person.pk, kind=Kind.ESCALATED, comment=each.comment, decision=each)
            for person in people
            for each in decisions
        ]

    @classmethod
    def to_reporters(cls, told) -> list["Notice"]:
        """To be given: what tells who has a login that their reports are decided; `told` are (report, decision).

        One for all that somebody reported about a comment, and one for what they say is illegal.
        """
        found = {}
        for report, decision in told:
            if report.reporter_id is not None:
                kind = Kind.NOTICE_ANSWERED if report.is_of_illegal else Kind.REPORT_ANSWERED
                found[report.reporter_id, kind, decision.pk] = decision
        return [
            cls(user_id=user, kind=kind, comment=decision.comment, decision=decision)
            for (user, kind, _), decision in found.items()
        ]

    @classmethod
    def to_appellants(cls, appeals) -> list["Notice"]:
        """To be given: what tells who appealed what came of it, where nothing else does."""
        found = {(each.by_id, each.answered_by_id): each.answered_by for each in appeals}
        return [
            cls(user_id=user, kind=Kind.APPEAL, comment=decision.comment, decision=decision)
            for (user, _), decision in found.items()
        ]

    @classmethod
    def to_answered(cls, published, gone=()) -> list["Notice"]:
        """To be given: what tells those who are answered by what is published now.

        What is told of what is gone, and not mailed, is taken back. A restored answer whose notice was mailed is told
        no second time.
        """
        if lost := [each.pk for each in gone if each.parent_id]:
            cls.objects.filter(comment__in=lost, kind__in=ANSWERS, mailed_at__isnull=True).delete()
        return [
            cls(kind=Kind.STAFF_ANSWER if each.mark in _OF_STAFF else Kind.ANSWERED, comment=each)
            for each in published
            if each.parent_id
        ]

    @classmethod
    def take_back(cls, decisions) -> set[int]:
        """The decisions are undone: whoever does not know of them need not hear of it. Those (by id) that authors know of."""
        keys = [each.pk for each in decisions]
        silent = timezone.now() - timedelta(seconds=settings.HN_UNDO_SECONDS)
        with connection.cursor() as cursor:
            cursor.execute(_TAKE_BACK, {"decisions": keys, "silent": silent, "fixed": list(FIXED)})
        known = cls.objects.filter(decision__in=keys, user=F("comment__author"))
        return set(known.values_list("decision", flat=True))

    # The inbox

    @classmethod
    def unread_count(cls, user) -> int:
        """How many wait to be opened; counts no further than one above MOST_COUNTED."""
        return len(cls.objects.filter(user=user).visible().unread().values("pk")[: MOST_COUNTED + 1])

    def read(self) -> None:
        """Its person has opened it."""
        Notice.objects.filter(pk=self.pk).unread().update(read_at=timezone.now())


def _kind(decision) -> str:
    # Whatever answers an appeal is its answer, which nobody can switch off.
    if decision.answers_author or decision.action in {Action.UPHOLD, Action.OVERTURN}:
        return Kind.APPEAL
    # What is written to somebody in danger cannot be switched off as the news that a comment is published can.
    is_news = decision.action == Action.PUBLISH and not decision.is_of_crisis
    return Kind.PUBLISHED if is_news else Kind.DECIDED


def _wanted(notices) -> list[tuple[int, int, str | None]]:
    """Those that are: place (from 1), for whom, and how it is to be mailed; None where they have not chosen."""
    columns = {
        "user": [each.user_id for each in notices],
        "answered": [
            None if each.user_id or each.decision_id else each.comment.parent_id for each in notices
        ],
        "kind": [each.kind for each in notices],
        "comment": [each.comment_id for each in notices],
        "decision": [each.decision_id for each in notices],
        "from": [each.from_id for each in notices],
    }
    with connection.cursor() as cursor:
        cursor.execute(_WANTED, columns | {"answers": list(ANSWERS), "fixed": list(FIXED)})
        return sorted(cursor.fetchall())


class Digest(models.Model):
    """The mail of one day to one person: made, with its notices, in one statement (digests.py), so that there is one."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    # When it was handed over, or was found to have nothing left to say.
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="digest_once_a_day")]
        indexes = [
            models.Index(fields=["id"], condition=Q(done_at__isnull=True), name="digest_waits"),
            models.Index(fields=["day"], name="digest_by_age"),
        ]

    def __str__(self):
        return f"Digest {self.pk}"
