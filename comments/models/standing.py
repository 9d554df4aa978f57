"""What holds for one person now, of all that was ever decided about them."""

from dataclasses import dataclass

from django.db import connection

from comments.models.sanction import Sanction

# Of those that nobody lifted the ones that hold now are few; nearly nobody has any.
_ANY = "SELECT EXISTS (SELECT FROM comments_sanction WHERE user_id = %s AND lifted_at IS NULL)"


@dataclass(frozen=True)
class Standing:
    """What holds for a person now."""

    sanctions: tuple = ()

    @classmethod
    def of(cls, user) -> "Standing":
        """One query for nearly everybody, against whom nothing holds; nothing does for the anonymous."""
        if not user.is_authenticated:
            return cls()
        with connection.cursor() as cursor:
            cursor.execute(_ANY, [user.pk])
            (any_at_all,) = cursor.fetchone()
        if not any_at_all:
            return cls()
        held = Sanction.objects.in_force(user).prefetch_related("reason", "clause").order_by("-pk")
        return cls(tuple(held))

    @property
    def warning(self) -> Sanction | None:
        """The warning that has to be read first."""
        return next((each for each in self.sanctions if each.kind == Sanction.Kind.WARN), None)

    @property
    def stop(self) -> Sanction | None:
        """What keeps the person from writing, changing and reporting: of several, what lasts longest."""
        stops = [each for each in self.sanctions if each.kind in Sanction.STOPS]
        return max(stops, key=lambda each: (each.ends_at is None, each.ends_at), default=None)

    @property
    def is_read_first(self) -> bool:
        """Whether everything they write waits for a moderator."""
        return any(each.kind == Sanction.Kind.READ_FIRST for each in self.sanctions)

    @property
    def refusal(self) -> str:
        """Why the person cannot write now, in words; empty while they can."""
        if self.stop:
            return self.stop.words
        return (
            "This was not sent: say first, by the tick, that you have read the warning."
            if self.warning
            else ""
        )
