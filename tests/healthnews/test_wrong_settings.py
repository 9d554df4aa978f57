"""Wrong settings are refused at start, in one line that says which and how; secrets that stand in them are not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = {"DATABASE_URL": "postgresql://x@127.0.0.1:1/x", "SECRET_KEY": "only-for-tests"}
CHECK = ("manage.py", "check")
GUNICORN = ("-m", "gunicorn", "healthnews.wsgi", "--bind", "127.0.0.1:0", "--no-control-socket")


def start(tmp_path, program, cwd=ROOT, **environment):
    """A program's exit code and stderr, with the environment changed; a variable that is None is unset."""
    wanted = os.environ | {"DATA_DIR": str(tmp_path / "data"), "PYTHONPATH": str(ROOT)} | OURS | environment
    for name in ("DJANGO_SETTINGS_MODULE", *(name for name, value in wanted.items() if value is None)):
        wanted.pop(name, None)
    done = subprocess.run(
        [sys.executable, *program], cwd=cwd, env=wanted, stderr=subprocess.PIPE, text=True, timeout=60
    )
    return done.returncode, done.stderr


WRONG = [
    ("SECRET_KEY", None, "Set SECRET_KEY"),
    ("DATABASE_URL", "nonsense:hunter2", "DATABASE_URL must look like postgresql://"),
    ("DATABASE_URL", "mysql://x:hunter2@y/z", "DATABASE_URL must look like postgresql://"),
    ("DATABASE_URL", "postgresql://x:hunter2@y:port/z", "DATABASE_URL must look like postgresql://"),
    ("DATABASE_URL", "postgresql://x:hunter2@y", "DATABASE_URL must look like postgresql://"),
    ("EMAIL_URL", "mail.example.org", "EMAIL_URL must look like smtp+tls://"),
    ("EMAIL_URL", "smtp://x:hunter2@[y", "EMAIL_URL must look like smtp+tls://"),
    ("EMAIL_URL", "smtp://x:hunter2@y:port", "EMAIL_URL must look like smtp+tls://"),
    ("CACHE_URL", "memcached://x:hunter2@y", "CACHE_URL must look like redis://"),
    ("SITE_URL", "news.example", "SITE_URL must look like https://"),
    ("SITE_URL", "https:///news", "SITE_URL must look like https://"),
    ("SITE_URL", "https://news.example:port", "SITE_URL must look like https://"),
    ("TRUSTED_PROXIES", "one", "TRUSTED_PROXIES must be a number"),
    ("TRUSTED_PROXIES", "-1", "TRUSTED_PROXIES must be a number"),
    ("TIME_ZONE", "Mars/North", "TIME_ZONE must be"),
    ("DATA_DIR", "/dev/null/data", "DATA_DIR cannot be used"),
]


@pytest.mark.parametrize(("name", "value", "words"), WRONG)
def test_wrong_setting_is_one_line_and_exit_code_1(tmp_path, name, value, words):
    unset = {"DATABASE_URL": None, "SECRET_KEY": None} if name == "DATA_DIR" else {}
    code, said = start(tmp_path, CHECK, **unset | {name: value})
    assert (code, said.count("\n")) == (1, 1), said
    assert said.startswith(words)
    assert "hunter2" not in said


@pytest.mark.parametrize(
    "program", [("manage.py", "run_demo"), ("manage.py", "procrastinate", "worker"), GUNICORN]
)
def test_every_program_refuses_alike(tmp_path, program):
    code, said = start(tmp_path, program, SECRET_KEY=None)
    assert (code, said.count("\n")) == (1, 1), said
    assert said.startswith("Set SECRET_KEY")


def test_other_web_servers_get_the_line_too_and_gunicorn_started_elsewhere_does_not_try_for_ever(tmp_path):
    code, said = start(tmp_path, ("-c", "import healthnews.wsgi"), SECRET_KEY=None)
    assert (code, said.count("\n")) == (3, 1), said
    code, said = start(tmp_path, GUNICORN, cwd=tmp_path, SECRET_KEY=None)
    assert code == 3
    assert "Set SECRET_KEY" in said and "Traceback" not in said


def test_right_settings_are_taken(tmp_path):
    right = {
        "DATABASE_URL": "postgresql://x:y%40@%2Frun%2Fpg/news",
        "EMAIL_URL": "smtp+tls://me%40example.org:a%2Fb@mail.example:587",
        "CACHE_URL": "redis://127.0.0.1:6379/1",
        "TRUSTED_PROXIES": "2",
        "SITE_URL": "https://news.example/",
        "TIME_ZONE": "Europe/Berlin",
    }
    names = (
        "DATABASES['default']['HOST'], EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, SITE_URL"
    )
    read = f"from healthnews.settings import *; import sys; print({names}, TRUSTED_PROXIES, file=sys.stderr)"
    said = "/run/pg mail.example 587 me@example.org a/b https://news.example 2\n"
    assert start(tmp_path, ("-c", read), **right) == (0, said)


def test_forgotten_static_files_are_a_line_at_start(tmp_path):
    code, said = start(tmp_path, ("-W", "ignore", "-c", "import healthnews.wsgi"))
    assert (code, said.count("\n")) == (0, 1), said
    assert "The static files are not collected: run manage.py collectstatic" in said
