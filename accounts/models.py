"""The login: who may post, write and moderate."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.utils import timezone

from accounts import names, roles
from healthnews.site_state import SiteState


def fold_email(email: str) -> str:
    """The address as we store and compare it: trimmed and in lower case throughout."""
    return email.strip().lower()


class UserManager(BaseUserManager):
    """Makes users; `createsuperuser` calls it with an e-mail."""

    def get_by_natural_key(self, email):
        """The user of that address, however it was capitalised."""
        return self.get(email=fold_email(email))

    def create_user(self, email, password=None, **fields):
        """A stored user. Raises ValueError without an address; without a password nobody can log in as them."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=fold_email(email), **fields)
        user.display_name = user.display_name or user.email.partition("@")[0][: names.MAX_LENGTH]
        user.set_password(password)
        user.save(using=self._db)
        return user

    @transaction.atomic
    def create_superuser(self, email, password=None, **fields):
        """A user who may do everything, and log in at once: whoever runs commands here has no need to prove a mail."""
        user = self.create_user(email, password, **fields | {"is_staff": True, "is_superuser": True})
        user.emailaddress_set.create(email=user.email, verified=True, primary=True)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A login. The e-mail is the name one logs in with; what others see is the display name."""

    email = models.EmailField("e-mail address", unique=True)
    display_name = models.CharField(max_length=names.MAX_LENGTH)
    # Null for people whom an import or an administrator made: only sign-ups compete for names.
    display_name_key = models.CharField(max_length=240, unique=True, null=True, blank=True, editable=False)
    is_staff = models.BooleanField("may open the admin", default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    anonymised_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=models.functions.Lower("email")), name="user_email_folded"
            )
        ]

    def __str__(self):
        return self.display_name

    def rename(self, name: str) -> None:
        """Show another name (cleaned already) from now on. Raises IntegrityError when somebody else holds its key."""
        shown = self.display_name
        self.display_name, self.display_name_key = name, names.fold(name)
        with transaction.atomic():
            self.save(update_fields=["display_name", "display_name_key"])
            if name != shown:
                SiteState.bump()  # threads print it

    def has_read_mail(self) -> None:
        """Take the one address as verified: a link that was mailed there came back. Of several, nobody knows which."""
        if not self.emailaddress_set.exclude(email=self.email).exists():
            proven = {"verified": True, "primary": True}
            self.emailaddress_set.update_or_create(email=self.email, defaults=proven)

    def clean(self):
        """Fold the address before the unique check sees it."""
        super().clean()
        self.email = fold_email(self.email)

    def get_full_name(self):
        """What others see; Django's own templates ask by this name."""
        return self.display_name

    get_short_name = get_full_name

    @property
    def name_in_text(self) -> str:
        """What a mail calls them: nothing in it becomes a link."""
        return names.unlinked(self.display_name)

    def has_role(self, role: str) -> bool:
        """Whether the user holds the role, or is the superuser. One query for each user object, then kept."""
        if not self.is_active:
            return False
        if self.is_superuser:
            return True
        if not hasattr(self, "held_roles"):
            self.held_roles = set(self.groups.values_list("name", flat=True))
        return role in self.held_roles

    @property
    def is_moderator(self) -> bool:
        """Whether the user may work the queue."""
        return self.has_role(roles.MODERATOR) or self.has_role(roles.ADMINISTRATOR)

    @property
    def is_administrator(self) -> bool:
        """Whether the user holds the role that changes clauses, lists and replies."""
        return self.has_role(roles.ADMINISTRATOR)

    @property
    def is_newsroom(self) -> bool:
        """Whether the user's comments carry the staff mark: any role at all."""
        return any(self.has_role(role) for role in roles.PERMISSIONS)
