"""What readers and moderators do: posts, the queue, a card, decisions."""

import http.client
import random
import threading
import time
from urllib.parse import urlencode

from django.core.management import call_command

from comments.models import Case, Comment
from healthnews.generate import words
from tests.bench import people
from tests.bench.server import WARM, Server, backends, cpu, pss


def posts(article, count: int) -> dict:
    """`count` posts through the real form by readers with a record, so that nearly all appear at once: by 1 client, then 8.

    Two workers with four threads, as `make demo` runs. Two posts a reader, below what screening calls fast.
    """
    found, readers = {}, people.readers(count)
    if len(readers) < count:
        raise SystemExit(f"There are only {len(readers)} readers with a record: take more --comments.")
    path = f"{article.get_absolute_url()}comments/"
    with Server("tests.bench.kept_settings", workers=2, threads=4) as server:
        newest = Comment.objects.latest("pk").pk
        letters = []
        for number, reader in enumerate(readers):
            headers, token = people.form_headers(server, f"{path}new/", people.cookie_of(reader))
            for turn in range(2):
                body = words.comment(random.Random(2 * number + turn))
                form = urlencode({"csrfmiddlewaretoken": token, "body": body, "parent": ""})
                letters.append(("POST", path, form, headers))
        for clients in (1, 8):
            half, letters = letters[:count], letters[count:]
            found[f"{clients} client{'s' if clients > 1 else ''}"] = _sent(server, half, clients)
        found["memory, 2 workers (MiB)"] = {"pss_mb": pss(server.pids())}
        found["memory, their backends (MiB)"] = {"pss_mb": pss(backends())}
        stored = Comment.objects.filter(article=article, pk__gt=newest)
        if stored.count() != 2 * count:
            raise SystemExit(f"{2 * count} posts were answered with 303, and {stored.count()} are stored.")
        at_once = stored.filter(status="published").count()
        found["published at once (% of the posts)"] = {"value": 100 * at_once / (2 * count)}
    return found


def _sent(server, letters, clients: int) -> dict:
    pids = [*server.pids(), *backends()]
    failures: list[str] = []

    def send(mine):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        for letter in mine:
            answer = server.ask(*letter, connection=connection)
            if answer.status != 303:
                failures.append(f"a post was answered {answer.status}: {answer.body[:300]!r}")
                return
        connection.close()

    before, started = cpu(pids), time.perf_counter()
    threads = [threading.Thread(target=send, args=[letters[place::clients]]) for place in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - started
    if failures:
        raise SystemExit(failures[0])
    return {
        "posts_s": len(letters) / spent,
        "cpu_ms": 1000 * (cpu(pids) - before) / len(letters),
        "ms": 1000 * spent * clients / len(letters),
        "requests": len(letters),
    }


def desk(waiting: int, count: int, *, decide: bool = False) -> dict:
    """Queue and card while so many wait; with `decide`, decisions too. One worker, one thread."""
    missing = waiting - Case.objects.filter(closed_at__isnull=True).count()
    if missing > 0:
        call_command(
            "generate", articles=50, comments=missing + 5_000, pending=missing, seed=waiting, verbosity=0
        )
    found = {}
    with Server("tests.bench.kept_settings") as server:
        headers = {"Cookie": people.cookie_of(people.moderator())}
        found[f"queue, {waiting:,} waiting"] = server.page("/moderation/", headers, count=count)
        pks = list(Case.objects.open().values_list("pk", flat=True)[10 : 10 + count])
        cards = [("GET", f"/moderation/comments/{pk}/", None, headers) for pk in pks]
        server.cost(cards[:WARM], expect=200)
        found[f"card, {waiting:,} waiting"] = server.cost(cards, expect=200)
        if decide:
            found |= _decisions(server, headers["Cookie"], count)
    return found


def _decisions(server, cookie: str, count: int) -> dict:
    pks = list(Case.objects.open().values_list("pk", flat=True)[1_000 : 1_000 + WARM + count + 300])
    headers, token = people.form_headers(server, f"/moderation/comments/{pks[0]}/", cookie)
    form = {"csrfmiddlewaretoken": token, "action": "publish"}
    single = [
        ("POST", f"/moderation/comments/{pk}/decisions/", urlencode(form | {"version": 1}), headers)
        for pk in pks[: WARM + count]
    ]
    many = []
    for start in range(WARM + count, WARM + count + 300, 100):
        chosen = [("comments", f"{pk}:1") for pk in pks[start : start + 100]]
        body = urlencode([*form.items(), *chosen])
        many.append(("POST", "/moderation/decisions/", body, headers))
    server.cost(single[:WARM], expect=303)
    found = {
        "decide one": server.cost(single[WARM:], expect=303),
        "decide 100 in bulk": server.cost(many, expect=200),
    }
    left = Case.objects.filter(pk__in=pks, closed_at__isnull=True).count()
    if left:
        raise SystemExit(f"{left} of {len(pks)} decisions were answered and not carried out.")
    return found
