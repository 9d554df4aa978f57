"""What is logged about an error: places and names, never what somebody sent."""

import logging

import pytest
from django.db import DataError, IntegrityError, connection
from django.test import Client
from django.utils.log import AdminEmailHandler

from accounts.models import User
from healthnews.logs import LineFormatter
from tests.healthnews.test_frame_errors import SECRET, here


@pytest.fixture
def log():
    """A list that fills with the lines which our handlers would write."""
    lines = []

    class Keep(logging.Handler):
        def emit(self, record):
            lines.append(self.format(record))

    handler = Keep()
    handler.setFormatter(LineFormatter())
    loggers = [logging.getLogger(name) for name in ("django", "healthnews")]
    for logger in loggers:
        logger.addHandler(handler)
    yield lines
    for logger in loggers:
        logger.removeHandler(handler)


@here
def test_an_error_during_a_post_is_logged_with_its_place_but_without_the_text(log):
    answer = Client(raise_request_exception=False).post("/breaks/", {"body": SECRET, "password": "hunter2"})
    assert answer.status_code == 500
    text = "\n".join(log)
    assert "Internal Server Error: /breaks/" in text
    assert "test_frame_errors.py" in text and "in breaks" in text
    assert text.rstrip().endswith("ValueError")
    assert SECRET not in text and "hunter2" not in text


@pytest.mark.django_db(transaction=True)
def test_a_row_that_the_database_refuses_is_not_in_the_log(log):
    """PostgreSQL's own words hold the values: "Failing row contains (…)", "Key (…)=(…) already exists"."""
    User.objects.create_user(f"{SECRET.replace(' ', '')}@example.org")
    with pytest.raises(IntegrityError) as caught:
        User.objects.create_user(f"{SECRET.replace(' ', '')}@example.org")
    assert SECRET.replace(" ", "") in str(caught.value)
    logging.getLogger("healthnews").error("It failed.", exc_info=caught.value)
    assert SECRET.replace(" ", "") not in log[-1]
    assert "23505" in log[-1] and "accounts_user_email" in log[-1]


@pytest.mark.django_db
def test_a_value_that_does_not_fit_is_not_in_the_log(log):
    with pytest.raises(DataError) as caught, connection.cursor() as cursor:
        cursor.execute("SELECT %s::integer", [SECRET])
    logging.getLogger("healthnews").error("It failed.", exc_info=caught.value)
    assert SECRET not in log[-1]
    assert "DataError" in log[-1]


def test_an_exception_that_led_to_another_is_told_without_its_words_too(log):
    try:
        try:
            int(SECRET)
        except ValueError as error:
            raise KeyError(SECRET) from error
    except KeyError as error:
        logging.getLogger("healthnews").error("It failed.", exc_info=error)
    assert SECRET not in log[-1]
    assert log[-1].index("ValueError") < log[-1].index("which led to") < log[-1].index("KeyError")


def test_words_about_code_and_machines_are_kept(log):
    try:
        None.nothing  # noqa: B018
    except AttributeError as error:
        logging.getLogger("healthnews").error("It failed.", exc_info=error)
    assert "AttributeError: 'NoneType' object has no attribute 'nothing'" in log[-1]


def test_another_handlers_text_of_the_exception_is_not_used(log):
    record = logging.getLogger("healthnews").makeRecord(
        "healthnews", logging.ERROR, __file__, 1, "It failed.", (), (ValueError, ValueError(SECRET), None)
    )
    record.exc_text = f"ValueError: {SECRET}"
    assert SECRET not in LineFormatter().format(record)


def test_a_strange_host_is_one_line(log, client):
    client.get("/", headers={"host": "evil.example"})
    assert len(log) == 1
    assert "\n" not in log[0]
    assert "evil.example" in log[0]


@pytest.mark.django_db
def test_a_page_that_is_not_there_is_no_news(log, client):
    assert client.get("/no-such-page/").status_code == 404
    assert log == []


def test_every_handler_of_the_project_writes_in_this_format(settings):
    assert settings.LOGGING["formatters"]["lines"]["()"] == "healthnews.logs.LineFormatter"
    assert {handler["formatter"] for handler in settings.LOGGING["handlers"].values()} == {"lines"}
    written = [handler for name in ("", "django") for handler in logging.getLogger(name).handlers]
    assert not any(isinstance(handler, AdminEmailHandler) for handler in written)
