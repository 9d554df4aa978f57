"""What a fresh site needs before its first reader: roles, policy, canned replies, disclaimer, help lines, about, privacy.

Runs after every migrate and adds only what is missing, so that an editor's change is never undone. Tests flush rows
that migrations made; this writes them again.
"""

import tomllib
from pathlib import Path

from django.conf import settings
from django.db import transaction

from accounts import roles

CONTENT = Path(__file__).parent / "demo"


def load(name: str) -> dict:
    """One of the content files, parsed."""
    return tomllib.loads((CONTENT / name).read_text(encoding="utf-8"))


@transaction.atomic
def write(using="default", **kwargs) -> None:
    """The post_migrate receiver; may run any number of times."""
    if using != "default":
        return
    roles.write_roles()
    _write_site()
    policy = load("policy.toml")
    _write_disclaimer(policy)
    _write_policy(policy)
    _write_replies(policy)
    _write_help_lines()
    _write_pages()


def _write_site() -> None:
    from urllib.parse import urlsplit

    from django.contrib.sites.models import Site

    domain = urlsplit(settings.SITE_URL).netloc
    Site.objects.update_or_create(
        pk=settings.SITE_ID, defaults={"domain": domain[:100], "name": settings.SITE_NAME[:50]}
    )


def _write_disclaimer(policy: dict) -> None:
    from articles.models import Disclaimer

    if not Disclaimer.objects.exists():
        Disclaimer.objects.create(text=policy["disclaimer"].strip())


def _write_policy(policy: dict) -> None:
    from comments.models import Clause, ListedWord, PolicyVersion

    if PolicyVersion.objects.exists():
        return
    version = PolicyVersion.objects.create(number=1, intro=policy["intro"].strip())
    for clause in policy["clause"]:
        Clause.objects.create(policy=version, **clause)
    for line in policy["listed_words"]:
        ListedWord.objects.create(**line)


def _write_replies(policy: dict) -> None:
    """The canned replies of a new site; an older one gets what it lacks of those that it cannot do without: what is
    published by itself, and what is said in an emergency."""
    from comments.models import CannedReply
    from comments.models.correction import CANNED

    known = set(CannedReply.objects.values_list("key", flat=True))
    CannedReply.objects.bulk_create(
        CannedReply(
            key=reply["key"],
            title=reply["title"],
            purpose=reply["purpose"],
            clause_number=reply["clause"] or None,
            suggests_for=reply["suggests_for"],
            body=reply["body"].strip(),
            position=position,
        )
        for position, reply in enumerate(policy["canned_reply"])
        if not known or reply["key"] in {CANNED, "call-for-help"} - known
    )


def _write_help_lines() -> None:
    from comments.models import HelpLine

    if not HelpLine.objects.exists():
        for position, line in enumerate(load("help_lines.toml")["line"]):
            HelpLine.objects.create(position=position, **line)


def _write_pages() -> None:
    """`/about/` and `/privacy/` as ordinary pages that editors change like any other."""
    from articles.models import Article, Draft

    for name in ("about", "privacy"):
        path = CONTENT / "pages" / f"{name}.toml"
        if not path.exists() or Article.objects.filter(slug=name).exists():
            continue
        page = load(f"pages/{name}.toml")
        article = Article.objects.create(kind=Article.Kind.PAGE, slug=name, title=page["title"])
        draft = Draft.objects.create(
            article=article, slug=name, title=page["title"], dek=page.get("dek", ""), body=page["body"]
        )
        draft.save_version(by=None).publish(by=None, kind="first")
