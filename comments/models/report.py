"""What readers say about a comment: reports, and appeals against what was decided."""

import math
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.utils import timezone

from comments import jobs, states
from comments.models.case import Case
from comments.models.decision import Decision, Undecidable
from comments.models.notice import Notice
from comments.models.text import CommentText, Remark

APPEAL_TIME = timedelta(days=184)  # at least six months, whichever they are (DSA art. 20, 1)
APPEAL_OVER = APPEAL_TIME + timedelta(days=1)  # the last day counts whole
APPEAL_LENGTH = 2_000  # characters
NOTES = 5  # of readers about a mistake in the article; a correction has room for no more
# A reporter's answered reports count after this many of them; of those, seven in ten right is what strangers get.
ANSWERED_ENOUGH, ANSWERED_MOST = 5, 50
USUALLY_RIGHT = 0.7
LEAST_WEIGHT = 0.1  # who was always wrong may be right now
# What answered it took the comment away, and not parts of it alone, or a change.
_GONE = Q(answered_by__action__in=states.REPORT_WAS_RIGHT) & ~Q(answered_by__to_status=states.PUBLISHED)
# What decided reports of one reason about one text have to weigh together before it is read again for that reason.
WEIGHT_TO_REOPEN = 3


class Report(models.Model):
    """A reader's report about a comment: one for each person and reason. It waits until a decision answers it."""

    class Reason(models.TextChoices):
        ABUSE = "abuse", "It insults or threatens somebody"
        SPAM = "spam", "It is advertising or spam"
        DANGEROUS = "dangerous", "It gives dangerous advice"
        PERSONAL_DATA = "personal_data", "It gives away personal data"
        DANGER = "danger", "Somebody may be in danger"
        OFF_TOPIC = "off_topic", "It has nothing to do with the article"
        MISTAKE = "mistake", "It says that something in the article is wrong"
        ILLEGAL = "illegal", "It is illegal"

    # Where in the lane one report of this reason belongs (Case.priority): 1 next, 9 can wait.
    PRIORITY = {
        Reason.DANGER: 1,
        Reason.ILLEGAL: 1,
        Reason.PERSONAL_DATA: 2,
        Reason.DANGEROUS: 2,
        Reason.ABUSE: 3,
        Reason.SPAM: 4,
        Reason.MISTAKE: 5,
        Reason.OFF_TOPIC: 6,
    }
    # Somebody worries, or knows better than the article: that the comment stays does not prove them wrong.
    NO_COMPLAINT = (Reason.DANGER, Reason.MISTAKE)
    # These are read by a person each time: one may be in danger, and a notice must be decided (DSA art. 16, 6).
    ALWAYS_READ = (Reason.DANGER, Reason.ILLEGAL)
    # These are open to everybody, with or without a login, and whatever they did here.
    OPEN_TO_ALL = ALWAYS_READ

    comment = models.ForeignKey("comments.Comment", models.PROTECT, related_name="reports")
    text = models.ForeignKey(CommentText, models.PROTECT, related_name="+")
    # Null: a notice of illegal content, or word of a danger, by somebody without a login.
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=14, choices=Reason)
    note = models.ForeignKey(Remark, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # How much the reporter's earlier reports turned out to be worth: 1 for who has none.
    weight = models.FloatField(default=1)
    answered_by = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="reports")
    was_right = models.BooleanField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "reporter", "reason"], name="report_once_for_each_reason"
            )
        ]
        indexes = [
            models.Index(
                fields=["comment"], condition=models.Q(answered_by__isnull=True), name="report_open"
            ),
            models.Index(fields=["reporter", "-id"], name="report_of_person"),
            models.Index(fields=["at"], name="report_at"),
        ]

    def __str__(self):
        return f"Report {self.pk} of comment {self.comment_id}"

    @property
    def is_of_illegal(self) -> bool:
        """Whether it is a notice of illegal content, which the law wants answered."""
        return self.reason == self.Reason.ILLEGAL

    @classmethod
    def why_not(cls, comment, by) -> str:
        """Why this person (None: nobody we know) cannot report the comment, in words; empty when they can."""
        if not comment.is_published:
            return "This comment is no longer public."
        if by is not None and comment.author_id == by.pk:
            return "This is your own comment. You can withdraw it under “Your comments”."
        return ""

    @classmethod
    def file(cls, comment, *, reason: str, by=None, note: str = "", notice=None) -> "tuple[Report, bool]":
        """Store a report and let the comment wait for an answer; (the report, whether it is new).

        A second one by the same person for the same reason is the first; without a login, the same words once more.
        `notice` is the LegalNotice that goes with it, unsaved; its sender is told that it was received. Raises
        Undecidable with the reason.

        What was decided stays decided: when a report of this reason about this very text has been answered, and the
        comment left standing, further ones get the same answer at once. Only when they weigh WEIGHT_TO_REOPEN together
        it is read again; after a second decision they must weigh twice that, and so on. Not so for ALWAYS_READ.
        """
        with transaction.atomic():
            # One after the other for each comment.
            now = type(comment).objects.select_for_update(no_key=True).get(pk=comment.pk)
            if why := cls.why_not(now, by):
                raise Undecidable(why)
            if earlier := cls._same(now, reason, by, note, notice):
                return earlier, False
            report = cls(comment=now, text_id=now.text_id, reporter=by, reason=reason)
            report.weight = cls.weight_of(by)
            report.note = Remark.objects.create(text=note) if note else None
            report.answered_by = report._answer_that_stands()
            report.save()
            if notice is not None:
                notice.report = report
                notice.save()
                jobs.acknowledge(notice)
            if report.answered_by is None:
                report._open_case()
        return report, True

    @classmethod
    def _same(cls, comment, reason, by, note, notice) -> "Report | None":
        alike = cls.objects.filter(comment=comment, reason=reason)
        if by is not None:
            return alike.filter(reporter=by).select_related("answered_by").first()
        unknown = alike.filter(reporter=None, answered_by=None)
        if notice is None:
            return None if note else unknown.first()
        # A double click. Anything else is a notice of its own: the address may be anybody's, and proves nothing.
        sent = ("name", "email", "provision", "explanation", "is_about_child_abuse")
        return unknown.filter(**{f"notice__{field}": getattr(notice, field) for field in sent}).first()

    @classmethod
    def notes_about_article(cls, comment) -> list[str]:
        """What readers wrote who said that something in the article is wrong, as far as nobody has answered: the first few."""
        waiting = cls.objects.filter(comment=comment, reason=cls.Reason.MISTAKE, answered_by__isnull=True)
        notes = waiting.exclude(note=None).order_by("pk").values_list("note__text", flat=True)
        return [text for text in notes[:NOTES] if text]

    @classmethod
    def weight_of(cls, reporter) -> float:
        """How much a report of this person counts, by what became of their last ANSWERED_MOST.

        The share that was right over USUALLY_RIGHT, at least LEAST_WEIGHT: 1.43 for who is always right, 1 for who is
        right in seven of ten, 0.71 in five of ten. 1 for whoever has fewer than ANSWERED_ENOUGH, and for the unknown.
        """
        if reporter is None:
            return 1.0
        answered = cls.objects.filter(reporter=reporter, was_right__isnull=False)
        answered = list(
            answered.exclude(reason__in=cls.NO_COMPLAINT)
            .order_by("-pk")
            .values_list("was_right", flat=True)[:ANSWERED_MOST]
        )
        if len(answered) < ANSWERED_ENOUGH:
            return 1.0
        return round(max(LEAST_WEIGHT, sum(answered) / len(answered) / USUALLY_RIGHT), 2)

    @classmethod
    def judge_anew(cls, reversed_ones, *, was_right: bool) -> None:
        """Who had reported what these decisions (by id) were about was right after all, or was not: that goes on record.

        Also where they had themselves reversed, on appeal, what the reports were answered with first. Whoever was given
        an answer that stood already was never counted, and is not now. One statement.
        """
        led_to = Q(answered_by__in=reversed_ones) | Q(
            answered_by__in=Appeal.objects.filter(answered_by__in=reversed_ones, was_granted=True).values(
                "decision"
            )
        )
        cls.objects.filter(led_to, was_right__isnull=False).update(was_right=was_right)

    @classmethod
    def told_that_gone(cls, decisions):
        """Those that were told last that the comments are gone which these decisions, made together, put back."""
        back = Decision.objects.filter(
            comment=OuterRef("comment"), pk__gt=OuterRef("answered_by"), to_status=states.PUBLISHED
        ).filter(from_status__in=states.MOVES[states.RESTORE], reversed_by__isnull=True)
        earlier = back.filter(pk__lt=min(each.pk for each in decisions))
        return cls.objects.filter(
            _GONE, ~Exists(earlier), comment__in=[each.comment_id for each in decisions]
        )

    def _answer_that_stands(self) -> Decision | None:
        """The decision that has answered reports like this one already; None when a person has to read it."""
        if self.reason in self.ALWAYS_READ or Case.objects.open().filter(pk=self.comment_id).exists():
            return None
        alike = Report.objects.filter(comment=self.comment_id, text=self.text_id, reason=self.reason)
        alike = alike.filter(answered_by__to_status=states.PUBLISHED)
        # Few: each of them took reports that weigh WEIGHT_TO_REOPEN, or an appeal.
        decided = Decision.objects.filter(pk__in=alike.values("answered_by")).order_by("-pk")[:10]
        if not decided:
            return None
        since = alike.filter(answered_by=decided[0], at__gt=decided[0].at).aggregate(Sum("weight"))
        weight = (since["weight__sum"] or 0) + self.weight
        return None if weight >= WEIGHT_TO_REOPEN * len(decided) else decided[0]

    def _open_case(self) -> None:
        """Let the comment wait: the more its open reports weigh, the sooner. Whoever has its card open is told."""
        type(self.comment).objects.filter(pk=self.comment_id).update(version=F("version") + 1)
        open_ones = Report.objects.filter(comment=self.comment_id, answered_by__isnull=True)
        weight = open_ones.aggregate(Sum("weight"))["weight__sum"]
        priority = self.PRIORITY[self.reason] - math.floor(weight - 1)
        Case.open_for(self.comment, "report", priority=min(9, max(1, priority)))
        if self.reason == self.Reason.DANGER:
            Case.open_for(self.comment, "crisis", priority=0)


def is_in_time(told_at: datetime) -> bool:
    """Whether one can still appeal against what one was told then."""
    return timezone.localdate() <= timezone.localdate(told_at + APPEAL_TIME)


class Appeal(models.Model):
    """Somebody asks that a decision be looked at again, by another moderator: once, within APPEAL_TIME."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="appeals")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.ForeignKey(Remark, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    answered_by = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="appeals_answered")
    was_granted = models.BooleanField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["decision", "by"], name="appeal_once")]
        indexes = [
            models.Index(
                fields=["decision"], condition=models.Q(answered_by__isnull=True), name="appeal_open"
            ),
            models.Index(fields=["at"], name="appeal_at"),
        ]

    def __str__(self):
        return f"Appeal {self.pk} against decision {self.decision_id}"

    @classmethod
    def target(cls, comment, by) -> Decision | None:
        """The decision that this person can appeal against, if against any. One query.

        To the author it is what holds for them; to who reported it what left it public in answer to that, or has put it
        back since, as long as it still stands. What else is decided, because of others, takes neither away; and what
        was put back on its author's appeal was decided twice.
        """
        if comment.author_id == by.pk:
            return Decision.in_force(comment)
        mine = Report.objects.filter(comment=comment, reporter=by)
        gone = mine.filter(_GONE).order_by("-answered_by_id")
        answers = Q(pk__in=mine.values("answered_by")) & ~Q(action=states.PUBLISH_REDACTED)
        puts_back = Q(action__in=states.PUTS_BACK, from_status__in=states.MOVES[states.RESTORE])
        since = Q(pk__gt=Subquery(gone.values("answered_by")[:1]))
        left = Decision.objects.filter(answers | puts_back & since, comment=comment, reversed_by__isnull=True)
        left = left.filter(to_status=states.PUBLISHED, comment__status=states.PUBLISHED)
        return left.select_related("clause__policy", "text").order_by("-pk").first()

    @classmethod
    def why_not(cls, decision: Decision | None, by) -> str:
        """Why this person cannot appeal against this decision, in words; empty when they can."""
        if decision is None:
            return "Only the author of the comment can appeal, or who reported it, while it stays."
        if not is_in_time(cls.told_at(decision, by)):
            return "An appeal is possible for six months; that time is over."
        target = cls.target(decision.comment, by)
        if target is None:
            return cls.why_not(None, by)
        if target != decision:
            return "Something else has been decided about this comment since."
        mine = cls.objects.filter(Q(decision=decision) | Q(answered_by=decision), by=by)
        if any(each.is_all_against(decision) for each in mine.select_related("decision__comment")):
            return "You have appealed about this already: that can be done once."
        if decision.comment.author_id == by.pk and not decision.is_appealable:
            return "There is nothing in this decision to appeal against."
        return ""

    @classmethod
    def is_open_to(cls, by, comment, decision=None) -> bool:
        """Whether they can appeal now about the comment; with `decision`, against that one."""
        target = cls.target(comment, by)
        return target is not None and decision in {None, target} and not cls.why_not(target, by)

    @classmethod
    def told_at(cls, decision, by) -> datetime:
        """When the time to appeal begins for this person: not before they were told (DSA art. 20, 2). Two queries at most.

        That a mail went late begins it late. Whoever reported what was answered already was told at once.
        """
        told = Notice.objects.filter(decision=decision, user=by, mailed_at__isnull=False)
        moments = [decision.at, *told.values_list("mailed_at", flat=True)]
        if by.pk != decision.comment.author_id:
            moments += decision.reports.filter(reporter=by).values_list("at", flat=True)
        return max(moments)

    @classmethod
    def lodge(cls, decision, *, by, text: str) -> "Appeal":
        """Store the appeal and let the comment wait in the lane of appeals. Raises Undecidable with the reason.

        What is public in other words (redacted, or without a change that was refused) waits with the text that was
        judged, as an edit does: to publish it grants the appeal.
        """
        with transaction.atomic():
            comment = decision.comment
            # One after the other for each comment; whoever has a card open is told that something came in.
            type(comment).objects.filter(pk=comment.pk).update(version=F("version") + 1)
            if why := cls.why_not(decision, by):
                raise Undecidable(why)
            appeal = cls.objects.create(decision=decision, by=by, text=Remark.objects.create(text=text))
            judged = decision.text
            if appeal.is_of_author and decision.to_status == states.PUBLISHED and not judged.destroyed_at:
                type(comment).objects.filter(pk=comment.pk).update(waiting_text=judged)
            Case.open_for(comment, "appeal")
        return appeal

    @property
    def is_of_author(self) -> bool:
        """Whether the comment's author appeals, and not who reported it."""
        return self.by_id == self.decision.comment.author_id

    def is_all_against(self, decision) -> bool:
        """Whether its sender can say no more against this decision: it is the one in question, or the answer.

        Not so where the answer takes away what had stayed public.
        """
        if self.decision_id == decision.pk or self.answered_by_id != decision.pk:
            return self.decision_id == decision.pk
        went_further = self.decision.to_status == states.PUBLISHED != decision.to_status
        return self.is_of_author and not went_further

    def is_granted_by(self, answer: Decision) -> bool:
        """Whether this answer gives whoever appealed what they asked for, however it stood in between.

        To who reported the comment: that it is gone, or parts of it are. To its author: that everybody reads the very text
        that the decision had judged.
        """
        stands = answer.to_status == states.PUBLISHED and answer.action != states.PUBLISH_REDACTED
        if not self.is_of_author:
            return not stands
        public = answer.text_id if answer.action == states.PUBLISH else answer.text_before_id
        return stands and public == self.decision.text_id
