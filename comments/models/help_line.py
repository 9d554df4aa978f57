"""Where somebody in need can turn to: data that administrators keep, by country."""

from django.db import models

EVERYWHERE = ""


class HelpLine(models.Model):
    """A telephone number or an address that helps; without a country it is for everybody else."""

    country = models.CharField(
        max_length=2, blank=True, help_text="Two letters, such as GB; empty for all other countries."
    )
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=60, blank=True)
    url = models.URLField("address", blank=True, max_length=300)
    hours = models.CharField(max_length=120, blank=True)
    is_emergency = models.BooleanField(
        "emergency number",
        default=False,
        help_text="Stands first where somebody may be in danger at once, before the lines that listen.",
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["country", "position", "pk"]

    def __str__(self):
        return f"{self.name} ({self.country or 'everywhere else'})"

    @property
    def dialled(self) -> str:
        """The number as a telephone takes it."""
        return "".join(char for char in self.phone if char.isdigit() or char == "+")
