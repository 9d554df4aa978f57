"""The project's settings on a private embedded database with fsync; nobody is too fast, no mail waits a minute."""

from healthnews.settings import *  # noqa: F403
from healthnews.settings import STORAGES

HN_POSTS_A_MINUTE = HN_POSTS_AN_HOUR = 1_000_000
HN_UNDO_SECONDS = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
