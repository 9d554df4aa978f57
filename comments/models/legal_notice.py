"""The notice that something is illegal: open to everybody, with what the DSA asks for (art. 16, 2)."""

from django.db import models

from comments.models.text import Destroyable


class LegalNotice(Destroyable):
    """What belongs to a report of illegal content besides. `created_at` is when it was received.

    Name and address may be missing only where it is about sexual abuse of a child (art. 16, 2c); the address of who has
    a login is that of the login, and not stored here.
    """

    report = models.OneToOneField("comments.Report", models.PROTECT, related_name="notice")
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    provision = models.CharField(max_length=300, blank=True)  # the law that it breaks, as the sender sees it
    explanation = models.TextField()
    is_about_child_abuse = models.BooleanField(default=False)
    in_good_faith = models.BooleanField()
    acknowledged_at = models.DateTimeField(null=True, editable=False)
    # To whom has no login: the latest decision that was mailed, and when. All others have a Notice.
    answer_mailed = models.ForeignKey(
        "comments.Decision", models.PROTECT, null=True, editable=False, related_name="+"
    )
    answer_mailed_at = models.DateTimeField(null=True, editable=False)

    def __str__(self):
        return f"Notice {self.pk}"
