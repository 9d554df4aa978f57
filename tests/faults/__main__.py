"""Kill web, worker, database and import in the middle of their work, and look at what is left.

    python -m tests.faults [--rounds 20] [--away 30] [--frozen 30] [--seed N] [--hurry]

On a private embedded cluster with fsync, with real gunicorn and worker processes, three readers post, a moderator
decides, an editor publishes and an import runs, all at once and through HTTP. In the middle of it one program gets
kill -9: web (all of it, or one of its processes), worker, database (the server, or one backend) or import; --rounds
times each; the worker always while the mail server has all of a mail and has not said so. After every round everything
that was acknowledged must be there and nothing half done. At the end the worker must find by itself what the killed ones
left, and every mail must have been sent once, or twice where somebody was killed. Then the database stays away for --away
seconds, and is frozen for --frozen seconds: 503 with Retry-After in time, what was typed kept, and recovery without a
restart. With --hurry nobody waits until the worker finds what was left: it is told.

Prints a table; exits 1 with one line for each thing that is wrong. Only processes that were started here are killed.
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

from tests.faults.export import COMMENTS, POSTS, export
from tests.faults.post_office import PostOffice

TARGETS = ("web", "worker", "database", "import")


def prepare() -> tuple[Path, PostOffice]:
    """A folder of its own, Django on it, and a mail server."""
    folder = Path(tempfile.mkdtemp(prefix="hn-faults-"))
    folder.chmod(0o755)
    for name in ("DATABASE_URL", "EMAIL_URL", "CACHE_URL", "DEBUG", "SITE_URL", "ALLOWED_HOSTS"):
        os.environ.pop(name, None)
    office = PostOffice()
    changes = {"DATA_DIR": str(folder), "SECRET_KEY": "only-for-faults", "PYTHONUNBUFFERED": "1"}
    changes["EMAIL_URL"] = f"smtp://127.0.0.1:{office.port}"
    os.environ |= changes | {"DJANGO_SETTINGS_MODULE": "tests.faults.settings"}
    (folder / "static").mkdir()
    import django

    django.setup()
    return folder, office


def newsroom():
    """The people and articles that all rounds use."""
    from tests.factories import make_article, make_person, make_user

    people = [make_person(), make_person()]
    article, changing = make_article(authors=people), make_article(authors=people, tags=["Nerves", "Sleep"])
    for number in range(3):
        changing.draft.sources.create(title=f"Source {number}", kind="page", position=number)
    readers = [make_user(), make_user(), make_user("moderator")]
    return SimpleNamespace(
        article=article,
        draft=changing.draft,
        readers=readers,
        moderator=make_user("moderator"),
        editor=make_user("editor"),
    )


class Run:
    """All rounds."""

    def __init__(self, folder: Path, office: PostOffice):
        from tests.faults import people, processes

        self.folder, self.log, self.told, self.office = folder, folder / "log", people.Told(), office
        self.leash, self.held = os.pipe()
        self.port = processes.free_port()
        self.web = processes.web(self.port, leash=self.leash, log=self.log)
        self.worker = processes.worker(leash=self.leash, log=self.log)
        self.newsroom = newsroom()
        self.wrong: list[str] = []
        self.done = Counter()
        self.again: list[float] = []  # seconds until the front page answered again

    def actors(self, mark: str) -> list:
        """Fresh ones; their sessions are made anew."""
        from tests.faults.people import Decider, Poster, Publisher, Visitor

        room, told = self.newsroom, self.told
        found = [
            Poster(Visitor(self.port, user), told, slug=room.article.slug, mark=f"{mark} by {user.pk}")
            for user in room.readers
        ]
        found.append(Decider("decide", Visitor(self.port, room.moderator), told))
        found.append(Publisher(Visitor(self.port, room.editor), told, draft=room.draft, mark=mark))
        return found

    def importing(self, site: str):
        """The import of a file of that site, as a program."""
        from tests.faults import processes

        file = self.folder / f"{site}.xml"
        file.write_text(export(site))
        arguments = ("manage.py", "import_wordpress", str(file))
        return processes.Program("import", *arguments, leash=self.leash, log=self.log)

    def round(self, target: str, number: int) -> None:
        """Work, kill, work on, stop, look."""
        from django.db import connections

        from tests.faults.away import until

        self.web.up()
        self.worker.up()
        until(self.answers)
        mark, site = f"{target} {number}", f"{target}{number}.example.org"
        actors = self.actors(mark)
        importing = self.importing(site) if target in {"import", "database"} else None
        connections.close_all()
        before = len(self.told.comments)
        for actor in actors:
            actor.start()
        if importing:
            importing.up()
            self.wait_for_items(site, random.randint(1, POSTS // 2))
        else:
            until(lambda: len(self.told.comments) > before)
            time.sleep(random.uniform(0.2, 1.0))
        self.strike(target, number, importing)
        struck = time.monotonic()
        self.web.up()
        self.worker.up()
        connections.close_all()
        until(self.answers)
        self.again.append(time.monotonic() - struck)
        time.sleep(0.5)
        for actor in actors:
            actor.stopped.set()
        for actor in actors:
            actor.join(40)
        self.done[target] += 1
        self.look(mark, importing, site)

    def strike(self, target: str, number: int, importing) -> None:
        """kill -9, the whole in even rounds and a part in odd ones; the worker with its mail taken in even rounds."""
        from tests.faults import processes

        whole = number % 2 == 0
        if target == "database":
            processes.kill_database(whole)
        elif target == "web" and not whole:
            self.web.kill_a_child()
        elif target == "worker":
            self.wait_for_a_mail(taken=whole)
            self.worker.kill()
        else:
            {"web": self.web, "import": importing}[target].kill()

    def wait_for_a_mail(self, taken: bool) -> None:
        """Until the worker has sent all of a mail and waits to hear whether it is taken."""
        from tests.factories import make_comment

        self.office.hold(taken)
        self.told.pending.append(make_comment(self.newsroom.article, status="pending").pk)
        if not self.office.held.wait(30):
            raise TimeoutError("no mail was sent")

    def wait_for_items(self, site: str, posts: int) -> None:
        """Until the import has brought in that many; or was too quick to be caught."""
        from articles.models import Article

        deadline = time.monotonic() + 20
        found = Article.objects.filter(source_key__startswith=f"wp:{site}:")
        while found.count() < posts and time.monotonic() < deadline:
            time.sleep(0.02)

    def answers(self) -> bool:
        """Whether the front page is there."""
        from tests.faults.people import Visitor

        visitor = Visitor.__new__(Visitor)
        visitor.port, visitor.cookies = self.port, ""
        return visitor.ask("/")[0] == 200

    def look(self, mark: str, importing, site: str) -> None:
        """After a round: all checks; an import is run again to its end."""
        from tests.faults import checks

        found = []
        if importing:
            first = importing.wait(60)
            self.done["imports cut short"] += first != 0
            found += checks.whole_items(site, POSTS, COMMENTS, all_there=first == 0)
            importing.up()
            if importing.wait(60) != 0:
                found.append("the import does not run again")
            found += checks.whole_items(site, POSTS, COMMENTS, all_there=True)
        found += checks.acknowledged(self.told) + checks.whole_comments() + checks.whole_articles()
        self.wrong += [f"{mark}: {line}" for line in found]
        print(f"{mark}: {found or 'as it should be'}", flush=True)  # noqa: T201

    def settle_jobs(self, hurry: bool) -> dict:
        """Let the jobs come to rest; figures of the mails."""
        from tests.faults import checks
        from tests.faults.away import until

        start, left = time.monotonic(), len(checks.jobs_waiting())
        if hurry:
            self.worker.kill()
            rescue_at_once()
        self.worker.up()
        until(lambda: not checks.jobs_waiting(), 200)
        wrong, figures = checks.mails(self.office)
        self.wrong += wrong
        return figures | {"left for later": left, "all sent after": f"{time.monotonic() - start:.0f} s"}


def rescue_at_once() -> None:
    """What the worker would do by itself within two minutes."""
    from django.db import connection
    from procrastinate.contrib.django import app

    from healthnews import jobs

    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
    connection.close()
    asyncio.run(jobs.rescue_stalled.func(SimpleNamespace(app=app, job=SimpleNamespace(id=None)), 0))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20, help="of each kind")
    parser.add_argument("--away", type=float, default=30, help="seconds without database")
    parser.add_argument("--frozen", type=float, default=30, help="seconds with a frozen database")
    parser.add_argument(
        "--hurry", action="store_true", help="do not wait for the worker to find what was left"
    )
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    random.seed(options.seed)
    folder, office = prepare()
    from django.core.management import call_command
    from django.db import connections

    from tests.faults.away import away
    from tests.faults.frozen import frozen

    call_command("migrate", verbosity=0)
    run = Run(folder, office)
    try:
        for number in range(options.rounds):
            for target in TARGETS:
                run.round(target, number)
        figures = run.settle_jobs(options.hurry)
        run.web.kill()
        run.worker.kill()
        wrong, absence = away(options.away, run.newsroom, leash=run.leash, log=run.log)
        run.wrong += wrong
        wrong, freeze = frozen(options.frozen, run.newsroom, office, leash=run.leash, log=run.log)
        run.wrong += wrong
    finally:
        for program in (run.web, run.worker):
            if program.process:
                program.kill()
        connections.close_all()
        os.close(run.held)
    told = run.told
    run.wrong += [f"{who} was answered {status}" for who, status in told.answers if status == 500]
    table = {
        "rounds": dict(run.done),
        "acknowledged": {
            "comments": len(told.comments),
            "decisions": len(told.decisions),
            "editions": len(told.editions),
        },
        "answers": {
            f"{who} {status}": number for (who, status), number in sorted(told.answers.items(), key=str)
        },
        "answers again, seconds": {"longest": round(max(run.again), 2)},
        "mail": figures,
        "database away": absence,
        "database frozen": freeze,
        "starts": {"web": run.web.starts, "worker": run.worker.starts},
        "wrong": len(run.wrong),
    }
    print(json.dumps(table, indent=1))  # noqa: T201
    for line in run.wrong[:50]:
        print(f"WRONG {line}", file=sys.stderr)  # noqa: T201
    if not run.wrong:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if run.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
