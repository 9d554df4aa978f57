"""A comment that says that something in the article is wrong, on its way to the editors and back."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import is_valid_path
from django.utils import timezone

from articles.models import Correction
from comments import jobs
from comments.models.comment import Comment, Status
from comments.models.decision import Undecidable
from comments.models.policy import CannedReply
from comments.models.report import Report
from comments.models.thread import Thread

CANNED = "correction-made"  # the key of the reply that is published under the comment


class CorrectionRequestQuerySet(models.QuerySet):
    """Questions about what was sent to the editors."""

    def of(self, comment):
        """The request about this comment, with the editors' side of it; None if there is none."""
        sent = self.select_related("correction__fixed_in", "by").filter(comment=comment)
        return sent.filter(taken_back_at__isnull=True).first()

    def answered(self, pk: int):
        """This one with what its mails say, once it was taken up; None before."""
        joined = (
            "comment__author",
            "comment__article",
            "answer",
            "correction__version",
            "correction__fixed_in",
        )
        return self.select_related(*joined).filter(pk=pk, answered_at__isnull=False).first()

    def decided(self):
        """Those that the editors are done with and the desk is not: few, by a partial index."""
        done = [Correction.State.DECLINED, Correction.State.FIXED]
        return self.filter(answered_at__isnull=True, correction__state__in=done)

    def with_editors(self):
        """Those that the editors have not answered."""
        return self.filter(answered_at__isnull=True, taken_back_at__isnull=True)


class CorrectionRequest(models.Model):
    """What a moderator sent on: once for each comment, unless it was taken back. The editors' side is the correction, which
    knows nothing of us.
    """

    comment = models.ForeignKey(
        Comment, models.PROTECT, related_name="correction_requests", db_index=False
    )  # index: correction_of_comment
    correction = models.OneToOneField("articles.Correction", models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # When the desk took up what the editors had decided: the commenter told and answered, if it was corrected.
    answered_at = models.DateTimeField(null=True)
    answer = models.OneToOneField(Comment, models.PROTECT, null=True, related_name="+")
    # It was sent by mistake; no editor had looked at it.
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = CorrectionRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["comment"], condition=Q(taken_back_at__isnull=True), name="correction_of_comment_once"
            )
        ]
        indexes = [
            models.Index(fields=["comment"], name="correction_of_comment"),
            models.Index(fields=["id"], condition=Q(answered_at__isnull=True), name="correction_unanswered"),
            models.Index(fields=["answered_at"], name="correction_answered"),
        ]

    def __str__(self):
        return f"Correction asked for by comment {self.comment_id}"

    @property
    def where(self) -> str:
        """The address of what has changed since: the difference between the editions if there is such a page."""
        asked, fixed = self.correction.version, self.correction.fixed_in
        article = self.comment.article.get_absolute_url()
        if asked and fixed:
            difference = f"{article}history/{asked.edition}..{fixed.edition}/"
            if is_valid_path(difference):
                return difference
        return article

    # Doors

    @classmethod
    def send(cls, comment, *, by, passage: str, claim: str, links=()) -> "CorrectionRequest":
        """Send what the comment says is wrong to the editors. Raises Undecidable."""
        with transaction.atomic():
            now = Comment.objects.select_for_update(no_key=True, of=["self"]).get(pk=comment.pk)
            if now.status == Status.WITHDRAWN:
                raise Undecidable("Its author has taken this comment back.")
            if cls.objects.filter(comment=now, taken_back_at=None).exists():
                raise Undecidable("This comment has been sent to the editors already.")
            try:
                correction = Correction.ask(comment.article, passage=passage, claim=claim, links=links)
            except ValueError as error:
                raise Undecidable(str(error)) from None
            return cls.objects.create(comment=now, correction=correction, by=by)

    def take_back(self, *, by) -> None:
        """It was sent by mistake: the editors see that it is taken back. Raises Undecidable once one of them works on it."""
        with transaction.atomic():
            try:
                self.correction.recall(by=by)
            except ValueError as error:
                raise Undecidable(str(error)) from None
            self.taken_back_at, self.taken_back_by = timezone.now(), by
            self.save(update_fields=["taken_back_at", "taken_back_by"])

    @classmethod
    def take_up(cls, pk: int, *, site_url: str) -> bool:
        """Carry out what the editors decided: told and answered when it was corrected. False if there is nothing to do.

        One transaction: the answer under the comment, the mail's job, the note that it is done. May run twice.
        """
        with transaction.atomic():
            waiting = cls.objects.select_for_update(of=["self"], skip_locked=True).decided().filter(pk=pk)
            request = waiting.select_related(
                "by", "comment__article", "correction__version", "correction__fixed_in"
            ).first()
            if request is None:
                return False
            if request.correction.state == Correction.State.FIXED:
                request.answer = request._publish_answer(site_url)
                jobs.mail_correction.defer(request_id=request.pk)
                request._tell_reporters()
            request.answered_at = timezone.now()
            request.save(update_fields=["answered_at", "answer"])
        return True

    def _tell_reporters(self) -> None:
        """Queue a mail to each reader who had reported the comment because the article is wrong."""
        said_so = Report.objects.filter(comment=self.comment_id, reason=Report.Reason.MISTAKE)
        reports = said_so.exclude(reporter=None).values_list("pk", flat=True)
        jobs.tell_of_correction(self, list(reports))

    def _publish_answer(self, site_url: str) -> Comment | None:
        """The canned reply with the address, by the moderator who sent it on; None where it has no place.

        None for a comment that nobody reads, a moderator who is none any more, and a canned reply taken out of use.
        """
        canned = CannedReply.objects.filter(key=CANNED, is_active=True).first()
        Thread.lock([self.comment.article_id])  # so that nobody takes the comment away meanwhile
        self.comment.refresh_from_db(fields=["status"])
        if canned is None or not self.comment.is_published or not self.by.is_moderator:
            return None
        words = canned.filled(name=self.comment.name, article=self.comment.article.title)
        CannedReply.objects.filter(pk=canned.pk).update(use_count=F("use_count") + 1)
        return self.comment.answer_for_staff(
            f"{words}\n\n{site_url}{self.where}", by=self.by, canned_reply=canned
        )
