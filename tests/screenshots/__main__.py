"""`make screenshots`: every page type of the demo newsroom, on phone and desktop, light and dark.

Runs the demo's data on a throwaway database and writes into var/screenshots/. ARGS="queue card" takes only some.
"""

import argparse
import contextlib
import itertools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from tests.screenshots.pages import PAGES

ROOT = Path(__file__).resolve().parent.parent.parent
OUT = ROOT / "var" / "screenshots"
PASSWORD = "demo-health-news"
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
LONGEST = 6_000  # pixels of a picture's height


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def demo_server():
    """The demo newsroom on a throwaway database; gives its address."""
    folder = tempfile.mkdtemp(prefix="hn-shots-")
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    env = os.environ | {"DATA_DIR": folder, "SITE_URL": base, "DEBUG": "0"}
    manage = [sys.executable, str(ROOT / "manage.py")]
    server = None
    try:
        closed = "from comments.models import Thread as T; T.objects.filter(article__slug='insomnia').update(mode=T.Mode.CLOSED)"
        commands = (
            ["migrate", "-v0"],
            ["seed_demo"],
            ["shell", "-v0", "-c", closed],
            ["collectstatic", "-v0", "--noinput"],
        )
        for command in commands:
            subprocess.run([*manage, *command], env=env, check=True, cwd=ROOT)
        server = subprocess.Popen(
            [*manage, "runserver", f"127.0.0.1:{port}", "--noreload"],
            env=env,
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(100):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{base}/healthz/live", timeout=2)  # noqa: S310 - our own server
                break
            time.sleep(0.2)
        yield base
    finally:
        if server:
            server.terminate()
            server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def open_as(browser, base: str, who: str, **options):
    """A page of a fresh profile, logged in as the demo account `who` (or nobody)."""
    page = browser.new_context(base_url=base, **options).new_page()
    page.set_default_timeout(10_000)
    page.on("console", lambda line: print(f"  console: {line.text[:160]}") if line.type == "error" else None)  # noqa: T201
    if who:
        page.goto("/accounts/login/")
        page.fill("main [name=login]", f"{who}@example.org")
        page.fill("main [name=password]", PASSWORD)
        page.click("main form button[type=submit]:not([formaction])")
        page.wait_for_url("**/accounts/profile/")
    return page


def take(page, go, path: Path) -> None:
    """Go to the page and write its picture, lazy images loaded. Say so when it is wider than the window."""
    go(page)
    page.wait_for_load_state("networkidle")
    height = page.evaluate("document.documentElement.scrollHeight")
    for top in range(0, min(height, LONGEST), 700):
        page.evaluate(f"window.scrollTo(0, {top})")
        page.wait_for_timeout(40)
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_load_state("networkidle")
    width = page.viewport_size["width"]
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        print(f"  {wide} pixels wide: it scrolls sideways")  # noqa: T201
    page.screenshot(
        path=path, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": min(height, LONGEST)}
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="make screenshots ARGS=", description=__doc__)
    parser.add_argument("names", nargs="*", help="pages to take; none: all")
    parser.add_argument("--at", metavar="ADDRESS", help="a demo that runs already; it will be written in")
    parser.add_argument("--sizes", nargs="*", default=SIZES, choices=SIZES)
    parser.add_argument("--schemes", nargs="*", default=["light", "dark"], choices=["light", "dark"])
    asked = parser.parse_args()
    wanted = set(asked.names)
    if unknown := wanted - {name for name, *_ in PAGES}:
        parser.error(f"there is no page {', '.join(sorted(unknown))}")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("This needs Chromium: on Debian, apt install chromium.")
    OUT.mkdir(parents=True, exist_ok=True)
    arguments = [
        "--disable-gpu",
        "--disable-background-networking",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
    ]
    failed = []
    with (
        contextlib.nullcontext(asked.at) if asked.at else demo_server() as base,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        for size, scheme in itertools.product(asked.sizes, asked.schemes):
            visitors = {}
            for name, who, go in PAGES:
                if wanted and name not in wanted:
                    continue
                if who not in visitors:
                    visitors[who] = open_as(browser, base, who, viewport=SIZES[size], color_scheme=scheme)
                print(f"{name}-{size}-{scheme}.png")  # noqa: T201
                try:
                    take(visitors[who], go, OUT / f"{name}-{size}-{scheme}.png")
                except Error as error:
                    failed.append(name)
                    print(f"  failed: {error}")  # noqa: T201
            for page in visitors.values():
                page.context.close()
        browser.close()
    if failed:
        sys.exit(f"No picture of: {', '.join(failed)}")


if __name__ == "__main__":
    main()
