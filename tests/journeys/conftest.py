"""A browser with and without script, against a real server and the real database."""

import re

import pytest
from django.core import mail
from django.core.cache import cache


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def script(request) -> bool:
    """Whether the browser runs scripts."""
    return request.param


@pytest.fixture
def new_visitor(browser, live_server, script):
    """A function that opens a fresh browser profile (its own cookies) at our server; complains of script errors."""
    contexts, errors = [], []

    def open_page(**options):
        context = browser.new_context(base_url=live_server.url, java_script_enabled=script, **options)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda line: errors.append(line.text) if "Content Security Policy" in line.text else None,
        )
        contexts.append(context)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


def link_in_mail(to: str, pattern: str) -> str:
    """The path of the link in the newest mail to that address."""
    message = [message for message in mail.outbox if to in message.to][-1]
    return re.search(rf"https?://[^/\s]+({pattern}\S*)", message.body).group(1)


def log_in(page, user, password):
    """Through the login page."""
    page.goto("/accounts/login/")
    page.fill("main [name=login]", user.email)
    page.fill("main [name=password]", password)
    page.click("main form button[type=submit]:not([formaction])")


@pytest.fixture(autouse=True)
def no_limits_used_up(transactional_db):
    """Rate limits of an earlier journey are counted in a table that no flush empties."""
    cache.clear()
