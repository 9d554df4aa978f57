"""Whether the site lives and can serve, for those who watch it."""

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder

from healthnews import health
from healthnews.settings import STORAGES


@pytest.fixture(autouse=True)
def asks_anew(monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)


def test_living_needs_no_database(client):
    answer = client.get("/healthz/live")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_ready_when_the_database_answers_and_is_migrated(client):
    answer = client.get("/healthz/ready")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert answer["Content-Type"].startswith("text/plain")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_not_ready_before_the_last_migration(client):
    MigrationRecorder.Migration.objects.filter(app="accounts").delete()
    answer = client.get("/healthz/ready")
    assert answer.status_code == 503
    assert b"migrations are not applied: run manage.py migrate" in answer.content


def test_not_ready_without_a_database_and_the_reason_gives_nothing_away(client, monkeypatch):
    class Broken:
        def cursor(self):
            raise OperationalError("password for secret-host is wrong")

    monkeypatch.setattr(health, "connection", Broken())
    answer = client.get("/healthz/ready")
    assert answer.status_code == 503
    assert answer.content == b"The database does not answer (OperationalError).\n"


@pytest.mark.django_db
def test_not_ready_while_the_static_files_are_not_collected(client, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = STORAGES
    answer = client.get("/healthz/ready")
    assert answer.status_code == 503
    assert (
        answer.content
        == b"The static files are not collected: run manage.py collectstatic, then start again.\n"
    )
    settings.STATIC_ROOT = tmp_path / "collected"
    call_command("collectstatic", verbosity=0, interactive=False)
    settings.STORAGES = STORAGES.copy()  # a process that starts anew
    assert client.get("/healthz/ready").status_code == 200
