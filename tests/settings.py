"""The settings of the tests: the project's own, on a database and a data folder that nobody else has."""

import atexit
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

# What the person at this machine has set must not decide whether the tests pass.
for _name in (
    "ALLOWED_HOSTS",
    "CACHE_URL",
    "DATABASE_REPLICA_URL",
    "DEBUG",
    "EMAIL_URL",
    "MEDIA_STORAGE_URL",
):
    os.environ.pop(_name, None)
for _name in ("SENTRY_DSN", "SITE_NAME", "SITE_URL", "TRUSTED_PROXIES"):
    os.environ.pop(_name, None)

# A program that a test starts finds the folder here, and with it the same server.
if "HN_TEST_DIR" not in os.environ:
    os.environ["HN_TEST_DIR"] = tempfile.mkdtemp(prefix="hn-test-")
    atexit.register(shutil.rmtree, os.environ["HN_TEST_DIR"], ignore_errors=True)
os.environ["DATA_DIR"] = os.environ["HN_TEST_DIR"]
os.makedirs(os.environ["DATA_DIR"] + "/static", exist_ok=True)  # whitenoise warns when there is none
os.environ["SECRET_KEY"] = "only-for-tests"

from healthnews.settings import *  # noqa: E402, F403
from healthnews.settings import BASE_DIR, DATABASES, EMBEDDED, STORAGES  # noqa: E402

for _database in DATABASES.values():
    if EMBEDDED:
        # Beside the folder, not in it: the server's keeper removes it when the last process is gone.
        _database |= {"DATA_DIR": os.environ["HN_TEST_DIR"] + "-postgres", "THROWAWAY": True}
    else:
        # Two checkouts may be given the same server.
        _checkout = hashlib.sha256(os.fsencode(Path(BASE_DIR))).hexdigest()[:8]
        _database["TEST"] = _database.get("TEST", {}) | {"NAME": f"test_healthnews_{_checkout}"}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
