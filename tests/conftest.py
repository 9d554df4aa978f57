"""What all tests share: the browser of the journeys, the shared data, and the last line with its counts."""

import os
import shutil
from pathlib import Path

import pytest
from django.db import connections

CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# The browser's driver keeps an event loop in the tests' thread, where Django then suspects async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

skipped_journeys: list[str] = []


def pytest_collection_modifyitems(items):
    """Whatever drives a browser is a journey, marked or not; who may use the database may use both connections."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker and "databases" not in marker.kwargs:
            both = {**marker.kwargs, "databases": ["default", "limits"]}
            item.add_marker(pytest.mark.django_db(**both), append=False)
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.journey)


def pytest_runtest_setup(item):
    if item.get_closest_marker("journey") and not CHROMIUM:
        pytest.skip("needs Chromium")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.skipped and item.get_closest_marker("journey"):
        skipped_journeys.append(item.name)
        if CI:
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid}: a journey may not be skipped in CI ({report.longrepr})"


def pytest_unconfigure(config):
    """The last line of a run, in a form that programs read too: N passed, N failed, N skipped."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or config.option.collectonly:
        return
    count = {name: len(reporter.stats.get(name, ())) for name in ("passed", "failed", "error", "skipped")}
    if skipped_journeys:
        reporter.write_line(f"journeys not made: {', '.join(skipped_journeys)}")
    failed = count["failed"] + count["error"]
    reporter.write_line(f"{count['passed']} passed, {failed} failed, {count['skipped']} skipped")


@pytest.fixture(scope="session", autouse=True)
def limits_closed(django_db_setup, django_db_blocker):
    """The second connection is closed before the test database is dropped."""
    yield
    with django_db_blocker.unblock():
        connections["limits"].close()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The machine's own Chromium, which calls nobody; root cannot use its sandbox."""
    quiet = ("no-first-run", "disable-background-networking", "disable-component-update", "disable-sync")
    arguments = [f"--{name}" for name in (*quiet, "disable-quic", "disable-gpu")]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": arguments}


@pytest.fixture
def shared():
    """A function that gives the path of a file in ../shared/data ($SHARED): skips without it, fails in CI."""
    folder = Path(os.environ.get("SHARED") or Path(__file__).resolve().parents[2] / "shared" / "data")

    def find(name: str) -> Path:
        if (folder / name).exists():
            return folder / name
        if CI:
            pytest.fail(f"{name} is missing from the shared data")
        pytest.skip(f"needs {name} of the shared data")

    return find
