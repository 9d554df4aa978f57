"""What the tests of accounts share."""

import re

import pytest
from django.core.cache import cache
from django.db import connections


@pytest.fixture(autouse=True)
def no_limits_used_up(request):
    """The limits are counted on a connection of their own, which no test's transaction takes back."""
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        cache.clear()
    yield
    if request.node.get_closest_marker("django_db"):
        connections["limits"].close()


@pytest.fixture
def link_in():
    """A function that gives the path of the first link to this site in a mail's text."""
    return lambda mail: re.search(r"https?://[^/\s]+(/\S+)", mail.body).group(1)
