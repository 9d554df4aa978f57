"""`make screenshots`: every page type of the demo newsroom, on phone and desktop, light and dark.

Runs the demo's data on a throwaway database and writes into var/screenshots/. ARGS="queue card" takes only some.
"""

import argparse
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "var" / "screenshots"
PASSWORD = "demo-health-news"
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
LONGEST = 6_000  # pixels of a picture's height

# name, who (account or nobody), address or function
PAGES = [
    ("home", "", "/"),
    ("archive", "", "/articles/"),
    ("article", "", "/articles/muscle-twitching/"),
    ("article-overdue", "", "/articles/iron-deficiency/"),
    ("thread", "", "/articles/muscle-twitching/comments/?sort=newest"),
    ("composer-anonymous", "", "/articles/hay-fever/comments/new/"),
    ("composer", "reader", "/articles/hay-fever/comments/new/"),
    ("mine", "reader", "/articles/hay-fever/comments/mine/"),
    ("tags", "", "/tags/"),
    ("tag", "", "/tags/medicines/"),
    ("authors", "", "/authors/"),
    ("author", "", "/authors/maren-oduya/"),
    ("search", "", "/search/?q=twitching"),
    ("search-nothing", "", "/search/?q=zzzzqq"),
    ("policy", "", "/comments-policy/"),
    ("about", "", "/about/"),
    ("login", "", "/accounts/login/"),
    ("signup", "", "/accounts/signup/"),
    ("profile", "reader", "/accounts/profile/"),
    ("not-found", "", "/nothing-here/"),
    ("mail", "", "/demo/mail/"),
    ("queue", "moderator", "/moderation/"),
    ("card", "moderator", ".queue__item:nth-child(8) .queue__open"),
    ("desk-search", "moderator", "/moderation/?q=sleep"),
    ("log", "moderator", "/moderation/log/"),
    ("replies", "moderator", "/moderation/replies/"),
    ("admin-index", "editor", "/admin/"),
    ("admin-drafts", "editor", "/admin/articles/draft/"),
    ("admin-draft", "editor", "#result_list tbody th a"),
]


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
        for command in (["migrate", "-v0"], ["seed_demo"], ["collectstatic", "-v0", "--noinput"]):
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
    page.on("console", lambda line: print(f"  console: {line.text[:160]}") if line.type == "error" else None)  # noqa: T201
    if who:
        page.goto("/accounts/login/")
        page.fill("main [name=login]", f"{who}@example.org")
        page.fill("main [name=password]", PASSWORD)
        page.click("main form button[type=submit]:not([formaction])")
        page.wait_for_url("**/accounts/profile/")
    return page


def take(page, address: str, path: Path) -> None:
    """Open the page (an address, or a link to follow) and write its picture, lazy images loaded."""
    if address.startswith("/"):
        page.goto(address)
    else:
        page.locator(address).first.click()
    page.wait_for_load_state("networkidle")
    height = page.evaluate("document.documentElement.scrollHeight")
    for top in range(0, min(height, LONGEST), 700):
        page.evaluate(f"window.scrollTo(0, {top})")
        page.wait_for_timeout(40)
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_load_state("networkidle")
    width = page.viewport_size["width"]
    page.screenshot(
        path=path, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": min(height, LONGEST)}
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="make screenshots ARGS=", description=__doc__)
    parser.add_argument("names", nargs="*", help="pages to take; none: all")
    wanted = set(parser.parse_args().names)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("This needs Chromium: on Debian, apt install chromium.")
    OUT.mkdir(parents=True, exist_ok=True)
    arguments = [
        "--disable-gpu",
        "--disable-background-networking",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
    ]
    with demo_server() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        for size, viewport in SIZES.items():
            for scheme in ("light", "dark"):
                visitors = {}
                for name, who, address in PAGES:
                    if wanted and name not in wanted and not (name == "queue" and "card" in wanted):
                        continue
                    if who not in visitors:
                        visitors[who] = open_as(browser, base, who, viewport=viewport, color_scheme=scheme)
                    take(visitors[who], address, OUT / f"{name}-{size}-{scheme}.png")
                    print(f"{name}-{size}-{scheme}.png")  # noqa: T201
                for page in visitors.values():
                    page.context.close()
        browser.close()


if __name__ == "__main__":
    main()
