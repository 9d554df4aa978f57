"""Who looks after the crisis lane when, and who was told of which case."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts import roles
from accounts.models import User
from articles.dates import written
from comments.duty import FAR, Shift


def holders(*names: str):
    """Everybody active who holds one of the roles."""
    holds = Q(groups__name__in=names) | Q(is_superuser=True)
    return User.objects.filter(holds, is_active=True).distinct()


class Duty(models.Model):
    """One shift of the roster, in the local time of whoever has it; ending earlier means the next day.

    Each week, or (`on`) once: somebody stands in.
    """

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
    on = models.DateField(null=True)
    starts = models.TimeField()
    ends = models.TimeField()
    time_zone = models.CharField(max_length=64)

    class Meta:
        ordering = ["weekday", "starts", "pk"]
        verbose_name_plural = "duties"
        constraints = [
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="duty_on_a_weekday"),
            models.UniqueConstraint(
                fields=["user", "weekday", "on", "starts", "ends", "time_zone"],
                nulls_distinct=False,
                name="duty_once",
            ),
        ]

    def __str__(self):
        day = f"{self.get_weekday_display()}{f', {written(self.on)},' if self.on else ''}"
        return f"{day} {self.starts:%H:%M} to {self.ends:%H:%M}{self.overnight} ({self.time_zone})"

    @property
    def overnight(self) -> str:
        """That it ends on the next day, in words; empty where it does not."""
        if self.starts == self.ends:
            return " (next day: 24 hours)"
        return " (next day)" if self.ends < self.starts else ""

    def shift(self, away=()) -> Shift:
        """What `comments/duty.py` reckons with."""
        return Shift(self.weekday, self.starts, self.ends, self.time_zone, self, self.on, tuple(away))

    @classmethod
    def put_on(cls, *, by, on=None, **line) -> "Duty":
        """On the roster from now on, or on that day; the same line sent twice at once is one."""
        with transaction.atomic():
            duty, is_new = cls.objects.get_or_create(on=on, **line)
            if is_new:
                DutyChange.objects.create(user=duty.user, shift=str(duty), is_added=True, by=by)
        return duty

    def take_off(self, *, by) -> None:
        """No longer on the roster."""
        with transaction.atomic():
            if Duty.objects.filter(pk=self.pk).delete()[0]:
                DutyChange.objects.create(user=self.user, shift=str(self), is_added=False, by=by)

    @classmethod
    def in_use(cls, at=None) -> list[Shift]:
        """The shifts, about that moment (now), of everybody who can still work the queue. Three queries."""
        long_ago = timezone.localdate(at) - FAR
        may = list(holders(roles.MODERATOR, roles.ADMINISTRATOR).values_list("pk", flat=True))
        away = Away.by_person(since=long_ago)
        lines = cls.objects.filter(Q(on=None) | Q(on__gte=long_ago), user__in=may).select_related("user")
        return [duty.shift(away.get(duty.user_id, ())) for duty in lines]


class Away(models.Model):
    """Somebody keeps none of their shifts that begin from the first to the last of these days."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    first = models.DateField()
    last = models.DateField()

    class Meta:
        ordering = ["first", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="away_ends_later"),
            models.UniqueConstraint(fields=["user", "first", "last"], name="away_once"),
        ]

    def __str__(self):
        if self.first == self.last:
            return f"on {written(self.first)}"
        return f"from {written(self.first)} to {written(self.last)}"

    @classmethod
    def by_person(cls, *, since) -> dict[int, list]:
        """{user id: [(first, last), …]} of all that end on that day or later. One query."""
        found: dict[int, list] = {}
        for user, first, last in cls.objects.filter(last__gte=since).values_list("user", "first", "last"):
            found.setdefault(user, []).append((first, last))
        return found

    @classmethod
    def put_down(cls, *, by, **days) -> "Away":
        """Somebody is away on these days; the same sent twice at once is one."""
        with transaction.atomic():
            away, is_new = cls.objects.get_or_create(**days)
            if is_new:
                DutyChange.objects.create(user=away.user, shift=str(away), is_added=True, is_away=True, by=by)
        return away

    def take_back(self, *, by) -> None:
        """They are not away after all."""
        with transaction.atomic():
            if Away.objects.filter(pk=self.pk).delete()[0]:
                DutyChange.objects.create(
                    user=self.user, shift=str(self), is_added=False, is_away=True, by=by
                )


class DutyChange(models.Model):
    """Who put a shift on the roster, or took it off; or put down that somebody is away, or no longer. Append-only."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    shift = models.CharField(max_length=120)  # in words
    is_added = models.BooleanField()
    is_away = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"{self.what}: {self.shift}"

    @property
    def what(self) -> str:
        """What was done, in words."""
        if self.is_away:
            return "Away" if self.is_added else "Not away after all"
        return "On the roster" if self.is_added else "Off the roster"


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
        indexes = [models.Index(fields=["at"], name="alert_by_age")]

    def __str__(self):
        return f"Alert {self.pk} about comment {self.case_id}"
