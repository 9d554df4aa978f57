"""Who looks after the crisis lane when, and who was told of which case."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts import roles
from accounts.models import User
from comments.duty import Shift


def holders(*names: str):
    """Everybody active who holds one of the roles."""
    holds = Q(groups__name__in=names) | Q(is_superuser=True)
    return User.objects.filter(holds, is_active=True).distinct()


class Duty(models.Model):
    """One shift of the weekly roster, in the local time of whoever has it; ending earlier means the next day."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, "Monday"
        TUESDAY = 1, "Tuesday"
        WEDNESDAY = 2, "Wednesday"
        THURSDAY = 3, "Thursday"
        FRIDAY = 4, "Friday"
        SATURDAY = 5, "Saturday"
        SUNDAY = 6, "Sunday"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    starts = models.TimeField()
    ends = models.TimeField()
    time_zone = models.CharField(max_length=64)

    class Meta:
        ordering = ["weekday", "starts", "pk"]
        verbose_name_plural = "duties"
        constraints = [
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="duty_on_a_weekday"),
            models.UniqueConstraint(
                fields=["user", "weekday", "starts", "ends", "time_zone"], name="duty_once"
            ),
        ]

    def __str__(self):
        return f"{self.get_weekday_display()} {self.starts:%H:%M} to {self.ends:%H:%M} ({self.time_zone})"

    @property
    def shift(self) -> Shift:
        """What `comments/duty.py` reckons with."""
        return Shift(self.weekday, self.starts, self.ends, self.time_zone, self)

    @classmethod
    def put_on(cls, *, by, **line) -> "Duty":
        """On the roster from now on; the same line sent twice at once is one."""
        with transaction.atomic():
            duty, is_new = cls.objects.get_or_create(**line)
            if is_new:
                DutyChange.objects.create(user=duty.user, shift=str(duty), is_added=True, by=by)
        return duty

    def take_off(self, *, by) -> None:
        """No longer on the roster."""
        with transaction.atomic():
            if Duty.objects.filter(pk=self.pk).delete()[0]:
                DutyChange.objects.create(user=self.user, shift=str(self), is_added=False, by=by)

    @classmethod
    def in_use(cls) -> list[Shift]:
        """The shifts of everybody who can still work the queue. Two queries."""
        may = list(holders(roles.MODERATOR, roles.ADMINISTRATOR).values_list("pk", flat=True))
        return [duty.shift for duty in cls.objects.filter(user__in=may).select_related("user")]


class DutyChange(models.Model):
    """Who put a shift on the roster, or took it off. Append-only."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    shift = models.CharField(max_length=120)  # in words
    is_added = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"{self.shift}: {'on' if self.is_added else 'off'} the roster"


class CrisisAlert(models.Model):
    """That somebody was mailed about a case: once for each step, and anew when a case is opened anew."""

    class Step(models.TextChoices):
        NOBODY = "nobody", "Nobody was on duty"
        DUTY = "duty", "Waited too long in duty hours"

    case = models.ForeignKey("comments.Case", models.CASCADE, related_name="alerts")
    since = models.DateTimeField()  # of the case, as it was opened then
    step = models.CharField(max_length=6, choices=Step)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "since", "step", "to"], name="alerted_once"),
        ]

    def __str__(self):
        return f"Alert {self.pk} about comment {self.case_id}"
