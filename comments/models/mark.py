"""Who somebody was when they posted: frozen with the comment."""

from datetime import datetime

from django.db import models
from django.utils import timezone

from comments.models.credential import Credential


class Mark(models.TextChoices):
    """Who somebody was when they posted; frozen with the comment."""

    NONE = "", "Reader"
    AUTHOR = "author", "Author of this article"
    STAFF = "staff", "Staff"
    EXPERT = "expert", "Verified health professional"


def mark_of(user, article, at: datetime, *, may_be_expert=True) -> dict[str, str]:
    """Who the user is under this article, then: frozen with what they post. Readers cost one query more."""
    person = getattr(user, "person", None)
    if person is not None and any(line.person_id == person.pk for line in article.authors):
        return {"mark": Mark.AUTHOR, "mark_label": ", ".join(filter(None, ["Author", person.post_nominals]))}
    if user.is_newsroom:
        return {
            "mark": Mark.STAFF,
            "mark_label": person.job_title if person and person.job_title else "Staff",
        }
    credential = may_be_expert and Credential.objects.in_force(user, timezone.localdate(at)).first()
    return {"mark": Mark.EXPERT, "mark_label": credential.mark_label} if credential else {}
