"""One run on the database of DATA_DIR: fill it, measure, print, write the JSON. Started by __main__."""

import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command


def say(text: str = "") -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def machine() -> dict:
    """What it ran on."""
    return {
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "django": django.get_version(),
        "system": platform.system(),
    }


def _ratio(cold: dict) -> dict:
    few = cold["article, 100 comments, first page"]["cpu_ms"]
    return {
        "ratio of CPU, 10,000 to 100 comments": {
            "value": cold["article, 10,000 comments, first page"]["cpu_ms"] / few
        }
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench ARGS=", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--comments", type=int, default=50_000, help="made-up comments to measure among")
    parser.add_argument("--articles", type=int, help="made-up articles; a tenth of the comments unless told")
    parser.add_argument("--requests", type=int, default=60, help="requests for each figure of CPU")
    parser.add_argument("--seconds", type=float, default=4, help="for each figure of requests a second")
    parser.add_argument("--data", help="a folder that is kept, and used as it is when it was filled before")
    chosen = parser.parse_args()
    articles = chosen.articles or max(100, chosen.comments // 10)
    started = time.monotonic()

    from tests.bench import doing, pages, report, rods

    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    from articles.models import Article

    figures = {"machine": machine(), "database": rods.durability()}
    say(f"{figures['machine']}\n{figures['database']}\n")
    threads = pages.make_threads()  # first, while the tables are small
    if Article.objects.filter(kind="article").count() < articles:
        begun = time.monotonic()
        call_command(
            "generate", articles=articles, comments=chosen.comments, pending=min(100, chosen.comments)
        )
        figures["generate"] = {
            f"{articles:,} articles, {chosen.comments:,} comments": {"value": time.monotonic() - begun}
        }
        say(report.table("generate (seconds)", figures["generate"]) + "\n")

    def show(title: str, name: str, rows: dict) -> None:
        figures[name] = rows
        say(report.table(title, rows) + "\n")

    show("bare Django view, 1 worker, 1 thread", "bare", {"no database, no middleware": rods.bare_view()})
    bench = rods.pgbench()
    if bench:
        rows = {name.replace("_", ", ") + " client(s)": {"requests_s": tps} for name, tps in bench.items()}
        show("pgbench, scale 5 (transactions)", "pgbench", rows)
    say(f"The article with 10,000 comments: {pages.shape(threads[10_000])}\n")
    found = pages.cold(threads, chosen.requests)
    show("cold: made anew for each request", "cold", found | _ratio(found))
    bare = figures["bare"]["no database, no middleware"]["requests_s"]
    show("kept", "kept", pages.kept(threads, bare, chosen.seconds))
    show("the desk", "desk_100", doing.desk(100, chosen.requests))
    show("the desk", "desk_100000", doing.desk(100_000, chosen.requests, decide=True))
    show(
        "post through the form, 2 workers of 4 threads",
        "posts",
        doing.posts(threads[1_000], 4 * chosen.requests),
    )
    say(f"In {time.monotonic() - started:.0f} s, in {settings.DATA_DIR}.")
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=1, default=str) + "\n", "utf-8")


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.cold_settings"
    django.setup()
    main()
