"""The rules of the house (docs in README.md and the apps' READMEs), read off the source."""

import ast
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent
APPS = ("healthnews", "accounts", "articles", "comments")
LEAVES = {
    f"healthnews.{name}" for name in ("markup", "http", "paging", "admin_site", "site_state", "questions")
}
PURE = {
    *(
        "comments/states.py",
        "comments/paths.py",
        "comments/redaction.py",
        "comments/duty.py",
        "comments/histogram.py",
        "comments/plots.py",
        "articles/dates.py",
        "accounts/names.py",
        "healthnews/paging.py",
    ),
    *(f"comments/screening/{path.name}" for path in (ROOT / "comments/screening").glob("*.py")),
}
# What is pure itself, and may so be imported there.
PURE_TOO = ("comments.screening", "comments.histogram")
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
            assert top not in APPS or module.startswith(PURE_TOO), f"{name} imports {module}"


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


# The functions that may set a comment's status, by their files.
DOORS = {
    "comments/models/comment.py": {"edit", "_step"},
    "comments/models/deciding.py": {"write"},
}
STATUS_BY_SQL = re.compile(r"\bSET\b(?:(?!\bWHERE\b|\bFROM\b).)*\bstatus\s*=", re.S)


def keys_of(node, function):
    """The keys of a dict, or the items of a list, that is written out here or once in the function; else None."""
    if isinstance(node, ast.Name):
        name, inside = node.id, list(ast.walk(function))
        written = [each.value for each in inside if isinstance(each, ast.Assign) and names(each, name)]
        grown = [each for each in inside if isinstance(each, ast.AugAssign) and names(each, name)]
        grown += [
            each for each in inside if isinstance(each, ast.Subscript) and ast.unparse(each.value) == name
        ]
        node = written[0] if len(written) == 1 and not grown else None
    items = node.keys if isinstance(node, ast.Dict) else getattr(node, "elts", [None])
    return {item.value for item in items} if all(isinstance(item, ast.Constant) for item in items) else None


def names(assignment, name: str) -> bool:
    """Whether it is this name that something is assigned to."""
    targets = getattr(assignment, "targets", None) or [assignment.target]
    return any(ast.unparse(target) == name for target in targets)


def may_set_status(call, function) -> bool:
    """Whether a call writes `status`, or columns that one cannot read off here."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)
    given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    spread = [keyword.value for keyword in call.keywords if keyword.arg is None]
    written = []
    if name in {"update", "aupdate"}:
        written = [set(given), *(keys_of(value, function) for value in spread)]
    elif name in {"update_or_create", "aupdate_or_create"}:
        names = {"defaults", "create_defaults"} & set(given)
        written = [keys_of(given[each], function) for each in names] + [None for _ in spread]
    elif name in {"bulk_update", "abulk_update"}:
        written = [keys_of(given.get("fields", call.args[1] if len(call.args) > 1 else None), function)]
    elif name in {"setattr", "__setattr__"}:
        written = [{call.args[-2].value} if isinstance(call.args[-2], ast.Constant) else None]
    return name == "_step" or any(keys is None or "status" in keys for keys in written)


def statuses_set(source: str, doors=()) -> list[int]:
    """The lines that set a comment's status outside the functions named `doors`."""
    tree, lines = ast.parse(source), []
    whose = {}  # a node's innermost function: outer ones are walked first
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            whose |= dict.fromkeys(ast.walk(function), function)
    for node in ast.walk(tree):
        function = whose.get(node, tree)
        if isinstance(node, ast.Attribute) and node.attr == "status" and isinstance(node.ctx, ast.Store):
            is_its_own = getattr(function, "name", "") == "__init__" and ast.unparse(node) == "self.status"
            lines += [] if is_its_own else [node.lineno]
        if isinstance(node, ast.Call) and may_set_status(node, function):
            lines += [node.lineno] if getattr(function, "name", "") not in doors else []
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and STATUS_BY_SQL.search(node.value)
        ):
            lines.append(node.lineno)
    return lines


@pytest.mark.parametrize("path", list(sources()), ids=lambda path: str(path.relative_to(ROOT)))
def test_status_is_set_in_the_doors_only(path):
    assert statuses_set(path.read_text(), DOORS.get(str(path.relative_to(ROOT)), ())) == []


@pytest.mark.parametrize(
    "line",
    [
        "comment.status = 'published'",
        "comment.text, comment.status = new, 'published'",
        "comments.update(status='published')",
        "comments.update(**{'status': 'published'})",
        "comments.update(**moved)",
        "step = {'version': 1}; step['status'] = 'published'; comments.update(**step)",
        "step = {'version': 1}; step |= moved; comments.update(**step)",
        "comments.update_or_create(pk=1, defaults={'status': 'published'})",
        "comments.update_or_create(pk=1, defaults=moved)",
        "comments.update_or_create(pk=1, create_defaults={'status': 'published'})",
        "comments.bulk_update(rows, ['text', 'status'])",
        "comments.bulk_update(rows, fields=names)",
        "setattr(comment, 'status', 'published')",
        "setattr(comment, name, value)",
        "object.__setattr__(comment, 'status', 'published')",
        "comment._step(3, status='published')",
        "cursor.execute('UPDATE comments_comment SET version = 2, status = %s WHERE id = 1')",
    ],
)
def test_every_way_to_set_a_status_is_seen(line):
    assert statuses_set(f"def view(moved, names):\n    {line}") == [2]
    assert statuses_set(f"def _step():\n    pass\n{line}", {"_step"}) == [3]


@pytest.mark.parametrize(
    "line",
    [
        "answer = render(request, 'page.html', status=422)",
        "comments.update(text='x')",
        "step = {'version': 1}; comments.update(**step)",
        "comments.update_or_create(pk=1, defaults={'lane': 1})",
        "comments.bulk_update(rows, ['text'])",
        "setattr(comment, 'text', 'x')",
        "found.update(each for each in rows)",
        "found.update(rows, {'status': 1})",
        "cursor.execute(\"UPDATE thread SET count = 1 FROM comment WHERE status = 'published'\")",
    ],
)
def test_what_sets_no_status_is_left_alone(line):
    assert statuses_set(f"def view():\n    {line}") == []


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


def test_every_test_that_the_moderators_handbook_names_is_there():
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", (ROOT / "docs/moderation.md").read_text())
    assert len(named) > 30
    for file, name in named:
        path = ROOT / (file if file.startswith("tests/") else f"tests/comments/{file}")
        assert f"\ndef {name}(" in path.read_text(), f"{file}::{name}"


def test_what_a_journey_waits_for_is_a_function():
    """Our CSP forbids what a bare expression needs to be asked a second time: it would fail whenever it has to wait."""
    waits = r"wait_for_function\(\s*f?[\"']([^\"']{0,9})"
    for path in (ROOT / "tests").rglob("test_*.py"):
        for start in re.findall(waits, path.read_text()):
            assert start.startswith("() =>"), f"{path}: {start}"


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
