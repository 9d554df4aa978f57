"""The same without kept pages: every request makes its page anew."""

from tests.bench.kept_settings import *  # noqa: F403
from tests.bench.kept_settings import CACHES

CACHES = CACHES | {"pages": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
