"""A comment and the doors through which its state changes.

Its author's are here: submit, edit, withdraw. What `decide()` does is in deciding.py, which does it for many at once;
undoing.py takes a decision back, bringing_in.py is the door of imports. Nothing else sets a status (tests/test_house.py).
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.names import MAX_LENGTH as NAME_LENGTH
from comments import paths, states
from comments.models.case import Case, Lane
from comments.models.decision import Action, Decision, Undecidable
from comments.models.mark import Mark, mark_of
from comments.models.meanwhile import MovedMeanwhile
from comments.models.notice import Notice
from comments.models.policy import PolicyVersion
from comments.models.text import CommentText
from comments.models.thread import Thread
from healthnews import markup

EDIT_TIME = timedelta(minutes=15)  # from posting, for what is published


class Status(models.TextChoices):
    """Where a comment stands; the moves between are in `states.py`."""

    PENDING = states.PENDING, "Waiting"
    RETURNED = states.RETURNED, "Returned to its author"
    PUBLISHED = states.PUBLISHED, "Published"
    REJECTED = states.REJECTED, "Refused"
    REMOVED = states.REMOVED, "Removed"
    WITHDRAWN = states.WITHDRAWN, "Withdrawn"


# What a decision may change of a comment.
_MOVED = (
    "status",
    "version",
    "text",
    "waiting_text",
    "edited_at",
    "published_at",
    "published_answers",
    "shown",
)


class CommentQuerySet(models.QuerySet):
    """Questions about many comments."""

    def shown(self):
        """What has a place on the page: the published, and what published answers hang on."""
        return self.filter(shown=True)

    def published(self):
        """What everybody may read."""
        return self.filter(status=Status.PUBLISHED)

    def visible_to(self, user):
        """What this person may fetch: what has a place on the page, one's own, and everything for moderators."""
        if user is None or not user.is_authenticated:
            return self.shown()
        if user.is_moderator:
            return self
        return self.filter(Q(shown=True) | Q(author=user))

    def answerable(self):
        """What one may answer."""
        return self.published()

    def for_reading(self):
        """With what a comment on a page prints, in one query."""
        return self.select_related("text", "author", "parent", "parent__author")


class Comment(models.Model):
    """What a reader wrote under an article. Its texts are rows of their own; its place never changes."""

    article = models.ForeignKey("articles.Article", models.PROTECT, related_name="+")
    # Found by comment_of_author, which begins with it.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="comments", db_index=False
    )
    # As another system had it, where no login stands behind; otherwise the author's display name is printed.
    author_name = models.CharField(max_length=NAME_LENGTH * 2, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="answers")
    root = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    depth = models.PositiveSmallIntegerField(default=0)
    path = models.CharField(max_length=paths.LENGTH, db_collation="C")
    status = models.CharField(max_length=10, choices=Status)
    version = models.PositiveIntegerField(default=1)
    text = models.OneToOneField(CommentText, models.PROTECT, related_name="+")
    # An edit of the published text that a moderator has not read yet; the public still reads `text`.
    waiting_text = models.OneToOneField(CommentText, models.PROTECT, null=True, related_name="+")
    edited_at = models.DateTimeField(null=True)
    posted_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True)
    # How many published comments hang on this one by path or answer it; counted in the doors and in `recount`.
    published_answers = models.PositiveIntegerField(default=0)
    # How many people found it helpful; counted in `Helpful.toggle()` and in `recount`.
    helpful_count = models.PositiveIntegerField(default=0, db_default=0)
    # Whether the desk points readers to it; changed in `Pick.switch()` alone.
    is_picked = models.BooleanField(default=False, db_default=False)
    shown = models.GeneratedField(
        expression=models.Case(
            models.When(Q(status="published") | Q(published_answers__gt=0), then=True), default=False
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    mark = models.CharField(max_length=10, choices=Mark, blank=True, default=Mark.NONE)
    mark_label = models.CharField(max_length=120, blank=True)
    article_edition = models.PositiveIntegerField(default=0)
    # Null, not empty, for what was written here: only imports compete for keys.
    source_key = models.CharField(max_length=200, null=True)  # noqa: DJ001

    objects = CommentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=states.STATUSES), name="comment_status_known"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True, root__isnull=True, depth=0)
                | Q(parent__isnull=False, root__isnull=False, depth__range=(1, paths.MAX_DEPTH)),
                name="comment_root_or_answer",
            ),
            models.UniqueConstraint(
                fields=["source_key"], condition=Q(source_key__isnull=False), name="comment_source_key_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["article", "posted_at", "id"],
                condition=Q(parent__isnull=True, shown=True),
                name="comment_roots",
            ),
            models.Index(
                fields=["article", "root", "path"],
                condition=Q(root__isnull=False, shown=True),
                name="comment_answers",
            ),
            models.Index(fields=["author", "posted_at"], name="comment_of_author"),
            models.Index(fields=["author", "status"], name="comment_of_author_by_status"),
            models.Index(
                fields=["published_at", "id"], condition=Q(status="published"), name="comment_published"
            ),
            models.Index(
                fields=["article", "published_at", "id"],
                condition=Q(status="published"),
                name="comment_published_here",
            ),
            models.Index(
                fields=["article", "published_at", "id"],
                condition=Q(is_picked=True, status="published"),
                name="comment_picked",
            ),
        ]
        permissions = [
            ("moderate", "Can work the moderation queue"),
            ("administer", "Can change policy, word lists and canned replies"),
        ]

    def __str__(self):
        return f"Comment {self.pk}"

    def get_absolute_url(self):
        return reverse("comments:permalink", args=[self.pk])

    # Questions

    @property
    def name(self) -> str:
        """Who wrote it, as printed."""
        return self.author.display_name if self.author_id else self.author_name or "Anonymous"

    @property
    def is_published(self) -> bool:
        """Whether everybody may read its text."""
        return self.status == Status.PUBLISHED

    @property
    def is_veiled(self) -> bool:
        """Whether its text is not printed in passing, because nobody should come upon it: an emergency that is open, or
        was one and is not public, whatever it waits for now.

        A query, where it was not read with its case.
        """
        case = getattr(self, "case", None)
        was_one = case is not None and case.was_crisis
        return self.is_emergency or was_one and not self.is_published

    @property
    def is_emergency(self) -> bool:
        """Whether it waits as an emergency now. A query, where it was not read with its case."""
        case = getattr(self, "case", None)
        return case is not None and case.closed_at is None and case.lane == Lane.CRISIS

    @property
    def anchor(self) -> str:
        """The id of its element on the page."""
        return f"comment-{self.pk}"

    def why_not_editable(self, at: datetime | None = None) -> str:
        """Why its author can no longer change the text, in words; empty while they can.

        While it waits at any time; once published for EDIT_TIME, or until somebody has answered.
        """
        if self.status in {Status.PENDING, Status.RETURNED}:
            return ""
        if self.status != Status.PUBLISHED:
            return "This comment is no longer here to be changed."
        if self.is_picked:
            return "We have picked this comment for other readers, so its text stays."
        if (at or timezone.now()) >= self.posted_at + EDIT_TIME:
            return "A published comment can be changed for 15 minutes; that time is over."
        if self.published_answers or self.answers.exists():
            return "Somebody has answered this comment, so its text stays."
        return ""

    @property
    def text_to_decide(self) -> CommentText:
        """What a moderator reads now: the edit that waits, or the text."""
        return self.waiting_text if self.waiting_text_id else self.text

    # Doors

    @classmethod
    def submit(
        cls, *, article, by, body: str, verdict, parent=None, may_be_expert=True, at: datetime | None = None
    ) -> "Comment":
        """Store a comment as screening decided: published, waiting, or refused by a listed word.

        `verdict` is what `screening.screen()` said of it; whoever knows that the author has no credential may say so.
        One transaction: text, comment, Decision, Case, counts. `at` is now, but for the demo newsroom, whose people wrote
        in the past.
        """
        past, at = at, at or timezone.now()
        from_screening = (Status.PUBLISHED, Status.PENDING, Status.REJECTED)[verdict.outcome]
        with transaction.atomic(savepoint=False):
            comment = cls._insert(
                article=article,
                author=by,
                body=body,
                body_html=markup.comment(body),
                parent=parent,
                status=from_screening,
                at=at,
                **mark_of(by, article, at, may_be_expert=may_be_expert),
            )
            findings = [finding.as_record() for finding in verdict.findings]
            record = comment._record(Action.SUBMIT, "", at=at, findings=findings, is_detected=bool(findings))
            if from_screening == Status.PENDING:
                Case.open_for(
                    comment,
                    "new",
                    priority=verdict.priority,
                    since=at,
                    detected=bool(findings),
                    codes=_codes(verdict),
                )
            elif from_screening == Status.REJECTED:
                Notice.give(Notice.to_authors([record]), at=past)
            else:
                Notice.give(Notice.to_answered([comment]), at=past)
            if verdict.crisis:
                Case.open_for(comment, "crisis", priority=0, since=at, detected=True, codes=_codes(verdict))
        return comment

    def edit(self, body: str, *, by, verdict, version: int) -> "Decision":
        """Store a new text, screened again; the earlier ones are kept.

        What waits goes on waiting with the new text; what was returned waits again, in the place it had. What is
        published changes at once if screening lets it, and keeps its old text in public until a moderator has read the
        new one if not. Raises MovedMeanwhile, or Undecidable with the reason why it cannot be changed.
        """
        with transaction.atomic():
            # An answer and a pick come in under the thread's lock, and end the time in which the text may change.
            Thread.lock([self.article_id])
            locked = Comment.objects.select_related("article").select_for_update(of=["self"], no_key=True)
            before = locked.get(pk=self.pk)
            if before.version != version:
                raise MovedMeanwhile(before)
            if why := before.why_not_editable():
                raise Undecidable(why)
            published, returned = before.status == Status.PUBLISHED, before.status == Status.RETURNED
            waits = published and verdict.outcome > 0
            if published and not waits or returned and before.shown:
                Thread.changed(before.article_id)  # the page has other words in its place
            now = timezone.now()
            text = CommentText.objects.create(
                comment_id=self.pk, body=body, body_html=markup.comment(body), created_at=now
            )
            moved = (
                {"waiting_text": text} if waits else {"text": text, "waiting_text": None, "edited_at": now}
            )
            if returned:
                moved["status"] = states.move(states.RESUBMIT, before.status)
            self._step(version, **moved)
            findings = [finding.as_record() for finding in verdict.findings]
            action = Action.RESUBMIT if returned else Action.EDIT
            decision = self._record(action, before.status, by=by, at=now, findings=findings, seen=text)
            if returned:
                Case.reopen(self.pk)
            if not published:
                Case.found(self.pk, _codes(verdict))
            elif waits:
                Case.open_for(
                    self,
                    "edit",
                    priority=verdict.priority,
                    since=now,
                    detected=bool(findings),
                    codes=_codes(verdict),
                )
            else:
                Case.no_longer(self, "edit")
            if verdict.crisis:
                Case.open_for(self, "crisis", priority=0, since=now, detected=True, codes=_codes(verdict))
        return decision

    def withdraw(self, *, by, version: int) -> "Decision":
        """Its author takes it back: the text goes from the page, the place stays if there are answers."""
        return self._decided(states.WITHDRAW, by=by, version=version)

    def decide(
        self, action: str, *, by, version: int, message: str = "", reply: str = "", **why
    ) -> "Decision":
        """Move the comment, if it still is at `version`; with `reply`, publish the staff's answer beside it.

        One transaction: status, counts, Decision, Case, answer, the job that mails the author. `why` is what else
        `deciding.Act` has: clause, canned_reply, note, outcome, redactions, way, seconds, quiet, at. Raises MovedMeanwhile
        (somebody was first), states.NotAllowed, or Undecidable (what is missing, in words).
        """
        with transaction.atomic():
            decision = self._decided(action, by=by, version=version, message=message, **why)
            if reply:
                if action not in states.WITH_ANSWER or decision.to_status != Status.PUBLISHED:
                    raise Undecidable("An answer can only be given to a comment that is published.")
                decision.answer = self._answer(
                    reply, by=by, canned_reply=decision.canned_reply, clause=decision.clause
                )
                decision.save(update_fields=["answer"])
        return decision

    def answer_for_staff(self, body: str, *, by, canned_reply) -> "Comment":
        """Publish the staff's answer under this comment, some time after it was decided. Call it in a transaction."""
        return self._answer(body, by=by, canned_reply=canned_reply, clause=None)

    # How the doors write

    def _decided(self, action: str, *, version: int, message: str = "", **why) -> "Decision":
        from comments.models import deciding  # stands on top of this file

        if self.version != version:
            self.refresh_from_db()
        done = deciding.carry_out(deciding.Act(action, **why), [self], {self.pk: version}, {self.pk: message})
        if self.pk in done.refused:
            raise done.refused[self.pk]
        self._forget(_MOVED)
        return done.decisions[self.pk]

    def _forget(self, names) -> None:
        """Let these fields be read anew when they are asked for: a desk that goes on to the next card does not ask."""
        for field in map(self._meta.get_field, names):
            self.__dict__.pop(field.attname, None)
            if field.is_relation and field.is_cached(self):
                field.delete_cached_value(self)

    def _step(self, version: int, **moved) -> None:
        """Write, if the comment still is at `version`; raises MovedMeanwhile otherwise."""
        if not Comment.objects.filter(pk=self.pk, version=version).update(version=F("version") + 1, **moved):
            raise MovedMeanwhile(Comment.objects.get(pk=self.pk))
        self.refresh_from_db()

    def _answer(self, body: str, *, by, canned_reply, clause) -> "Comment":
        """The staff's published answer to this comment, with a Decision of its own."""
        at = timezone.now()
        Thread.changed(self.article_id, published=1)
        answer = Comment._insert(
            article=self.article,
            author=by,
            body=body,
            body_html=markup.comment(body),
            parent=self,
            status=Status.PUBLISHED,
            at=at,
            counted=True,
            **mark_of(by, self.article, at),
        )
        answer._record(Action.SUBMIT, "", by=by, canned_reply=canned_reply, clause=clause)
        Notice.give(Notice.to_answered([answer]))
        return answer

    @classmethod
    def _insert(
        cls, *, article, body, body_html, status, at, parent=None, body_format="text", counted=False, **fields
    ) -> "Comment":
        """Write text and comment, in their place; count it when it is published."""
        published = status == Status.PUBLISHED
        if published and not counted:
            Thread.changed(article.pk, published=1)
        # Drawn before the insert, because the path holds it; the deferred foreign key lets the text go first.
        pk = _next_id()
        where = paths.place(at, pk, parent)
        text = CommentText.objects.create(
            comment_id=pk, body=body, body_html=body_html, body_format=body_format, created_at=at
        )
        comment = cls(
            pk=pk,
            article=article,
            parent=parent,
            root_id=where.root,
            depth=where.depth,
            path=where.path,
            status=status,
            text=text,
            posted_at=at,
            published_at=at if published else None,
            article_edition=article.edition,
            **fields,
        )
        comment.save(force_insert=True)
        if published:
            comment._count_above(1)
        return comment

    def _count_above(self, change: int) -> None:
        """Tell everything this comment hangs on, or answers, that one more or one less published is below."""
        above = {*paths.ids(self.path)[:-1], self.parent_id} - {None}
        if above:
            Comment.objects.filter(pk__in=above).update(published_answers=F("published_answers") + change)

    def _record(self, action: str, from_status: str, *, seen=None, **fields) -> "Decision":
        """The record of what was just done, about the text that was seen. Every status ever held has one."""
        return Decision.objects.create(
            comment=self,
            action=action,
            from_status=from_status,
            to_status=self.status,
            text_id=seen.pk if seen else self.text_id,
            policy_id=PolicyVersion.current_id(),
            **fields,
        )


def _codes(verdict) -> list[str]:
    return [finding.code for finding in verdict.findings]


def _next_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('comments_comment', 'id'))")
        return cursor.fetchone()[0]
