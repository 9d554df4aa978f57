"""The rules of the house (docs in README.md and the apps' READMEs), read off the source."""

import ast
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent
APPS = ("healthnews", "accounts", "articles", "comments")
LEAVES = {f"healthnews.{name}" for name in ("markup", "http", "paging", "admin_site", "site_state")}
PURE = {
    *(
        "comments/states.py",
        "comments/paths.py",
        "articles/dates.py",
        "accounts/names.py",
        "healthnews/paging.py",
    ),
    *(f"comments/screening/{path.name}" for path in (ROOT / "comments/screening").glob("*.py")),
}
# Who may import whom; leaves may be imported by everybody.
ALLOWED = {
    "accounts": {"accounts"},
    "articles": {"articles", "accounts"},
    "comments": {"comments", "articles", "accounts"},
    "healthnews": set(APPS),
}
# Exceptions, each with its reason.
ALSO = {
    ("comments", "healthnews.kept"): "the thread's own pages are kept like the article's",
    ("articles", "healthnews.kept"): "lists, tags and authors are kept like the article's",
}


def sources(*apps, tests=False):
    for app in apps or APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", list(sources()), ids=lambda path: str(path.relative_to(ROOT)))
def test_arrows_point_downwards(path):
    app = path.relative_to(ROOT).parts[0]
    for name in imports(path):
        top = name.partition(".")[0]
        if top not in APPS or top in ALLOWED[app] or name == "healthnews":
            continue
        module = ".".join(name.split(".")[:2])
        assert module in LEAVES or (app, module) in ALSO, f"{path} imports {name}"
    if ".".join(path.relative_to(ROOT).with_suffix("").parts) in LEAVES:
        ours = {name for name in imports(path) if name.partition(".")[0] in APPS}
        assert not [
            name for name in ours if name != "healthnews" and ".".join(name.split(".")[:2]) not in LEAVES
        ]


def test_articles_never_name_comments():
    for path in sources("articles"):
        code = ast.unparse(ast.parse(path.read_text()))
        for found in re.finditer(r"""["']comments?(?:__\w+)?["']""", code):
            raise AssertionError(f"{path} names {found.group()}")


@pytest.mark.parametrize("name", sorted(PURE))
def test_pure_files_know_no_database_and_no_request(name):
    for module in imports(ROOT / name):
        top = module.partition(".")[0]
        if name == "healthnews/paging.py":
            assert module.startswith(("django.db.models", "base64", "binascii", "dataclasses", "datetime"))
        else:
            assert top != "django", f"{name} imports {module}"
            assert top not in APPS or module.startswith("comments.screening"), f"{name} imports {module}"


def test_only_markup_cleans_and_marks_safe():
    for path in sources():
        if path.name == "markup.py":
            continue
        names = set(imports(path))
        assert not names & {"bleach", "nh3"}, path
        assert not any(
            "mark_safe" in name or "SafeString" in name and "threads" not in path.name for name in names
        ), path
    for path in (ROOT / "templates").rglob("*"):
        if path.is_file():
            assert not re.search(r"\|\s*safe\b|autoescape off", path.read_text()) or path.suffix == ".txt", (
                path
            )


def test_status_is_set_in_the_doors_only():
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            targets = node.targets if isinstance(node, ast.Assign) else []
            for target in targets:
                assert not (isinstance(target, ast.Attribute) and target.attr == "status"), (
                    f"{path}:{node.lineno}"
                )
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "update"
            ):
                moved = {keyword.arg for keyword in node.keywords}
                assert "status" not in moved or path.name == "comment.py", f"{path}:{node.lineno}"


def test_no_script_style_or_handler_stands_in_a_template():
    for path in (ROOT / "templates").rglob("*.html"):
        text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.S)
        assert not re.search(r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:", text, re.I), path
        for tag in re.findall(r"<script\b[^>]*>", text, re.I):
            assert "src=" in tag or "application/ld+json" in tag or "nonce=" in tag, f"{path}: {tag}"


def test_no_page_asks_another_host_for_anything():
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "healthnews/static").rglob("*.css")]:
        text = path.read_text()
        assert not re.search(r"(?:src|@import|url\()\s*=?\s*[\"'(]?\s*(?:https?:)?//", text), path


def test_no_drawer_for_odds_and_ends():
    for path in sources():
        assert path.name not in {"utils.py", "services.py", "helpers.py", "managers.py", "constants.py"}, path


@pytest.mark.django_db
def test_no_migration_is_missing():
    out = StringIO()
    call_command(
        "makemigrations",
        "accounts",
        "articles",
        "comments",
        "healthnews",
        check=True,
        dry_run=True,
        stdout=out,
    )
    assert "No changes" in out.getvalue()
