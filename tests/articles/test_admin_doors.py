"""Who may open what at the writing desk: every address, every role."""

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from accounts.roles import ADMINISTRATOR, AUTHOR, EDITOR, MODERATOR, PERMISSIONS, REVIEWER
from articles.models import Correction, Disclaimer, Image, Person, Tag
from tests.factories import make_article, make_person, make_user

pytestmark = pytest.mark.django_db

WRITERS = {AUTHOR, EDITOR, REVIEWER, ADMINISTRATOR}
EDITORS = {EDITOR, ADMINISTRATOR}
ADMINS = {ADMINISTRATOR}
NOBODY: set[str] = set()
# Which roles a GET of the address answers with a page. The rows are of somebody else's live article.
OPEN = {
    "index": set(PERMISSIONS),
    "articles_draft_changelist": WRITERS,
    "articles_draft_add": {AUTHOR, EDITOR, ADMINISTRATOR},
    "articles_draft_change": WRITERS - {AUTHOR},
    "articles_draft_history": WRITERS - {AUTHOR},
    "articles_article_changelist": WRITERS,
    "articles_article_add": NOBODY,
    "articles_article_change": WRITERS,
    "articles_article_history": WRITERS,
    "articles_article_move": EDITORS,
    "articles_article_review": {REVIEWER, ADMINISTRATOR},
    "articles_version_changelist": WRITERS,
    "articles_version_add": NOBODY,
    "articles_version_change": WRITERS - {AUTHOR},
    "articles_version_history": WRITERS - {AUTHOR},
    "articles_version_publish": EDITORS,
    "articles_version_restore": EDITORS,
    "articles_person_changelist": WRITERS,
    "articles_person_add": EDITORS,
    "articles_person_change": WRITERS,
    "articles_person_history": WRITERS,
    "articles_image_changelist": WRITERS,
    "articles_image_add": {AUTHOR, EDITOR, ADMINISTRATOR},
    "articles_image_change": WRITERS,
    "articles_image_history": WRITERS,
    "articles_tag_changelist": WRITERS,
    "articles_tag_add": EDITORS,
    "articles_tag_change": WRITERS,
    "articles_tag_history": WRITERS,
    "articles_correction_changelist": EDITORS,
    "articles_correction_add": NOBODY,
    "articles_correction_change": EDITORS,
    "articles_correction_history": EDITORS,
    "articles_disclaimer_changelist": ADMINS,
    "articles_disclaimer_add": ADMINS,
    "articles_disclaimer_change": ADMINS,
    "articles_disclaimer_history": ADMINS,
    "comments_helpline_changelist": ADMINS,
    "comments_helpline_add": ADMINS,
    "comments_helpline_change": ADMINS,
    "comments_helpline_delete": ADMINS,
    "comments_helpline_history": ADMINS,
    "redirects_redirect_changelist": ADMINS,
    "redirects_redirect_add": ADMINS,
    "redirects_redirect_change": ADMINS,
    "redirects_redirect_delete": ADMINS,
    "redirects_redirect_history": ADMINS,
    "accounts_user_changelist": ADMINS,
    "accounts_user_add": ADMINS,
    "accounts_user_change": ADMINS,
    "accounts_user_history": ADMINS,
}
DELETED = {"redirects_redirect_delete", "comments_helpline_delete"}  # nothing refers to them
NO_MODEL = {"index", "login", "logout", "password_change", "password_change_done", "autocomplete", "jsi18n"}


def names() -> set[str]:
    """Every named address of the desk that belongs to a model, and its first page."""

    def walk(patterns):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns)
            elif pattern.name:
                yield pattern.name

    return set(walk(admin.site.get_urls())) - NO_MODEL - {"view_on_site", "app_list"} | {"index"}


@pytest.fixture
def rows(settings):
    from django.contrib.redirects.models import Redirect

    from comments.models import HelpLine

    article = make_article(authors=[make_person()], tags=["Nerves"], created_by=make_user(EDITOR))
    version = article.draft.save_version(by=None)
    image = Image.objects.create(file="x.jpg", title="x", credit="x", licence="x", width=1, height=1)
    return {
        "articles_draft": article.draft.pk,
        "articles_article": article.pk,
        "articles_version": version.pk,
        "articles_person": Person.objects.get().pk,
        "articles_image": image.pk,
        "articles_tag": Tag.objects.get().pk,
        "articles_correction": Correction.ask(article, claim="It is wrong.").pk,
        "articles_disclaimer": Disclaimer.objects.get().pk,
        "comments_helpline": HelpLine.objects.first().pk,
        "redirects_redirect": Redirect.objects.create(site_id=1, old_path="/a/", new_path="/b/").pk,
        "accounts_user": make_user().pk,
    }


def address(name: str, rows: dict) -> str:
    try:
        return reverse(f"admin:{name}")
    except NoReverseMatch:
        return reverse(f"admin:{name}", args=[rows[name.rpartition("_")[0]]])


def test_the_table_knows_every_address():
    deleting = {name for name in names() if name.endswith("_delete")}
    assert names() - deleting == set(OPEN) - DELETED


@pytest.mark.parametrize("role", [*PERMISSIONS, ""])
def test_every_address_opens_for_the_roles_of_the_table_alone(client, rows, role):
    client.force_login(make_user(role))
    opened, refused = set(), {}
    for name in names():
        answer = client.get(address(name, rows))
        if answer.status_code == 200:
            opened.add(name)
        else:
            refused[name] = answer.status_code
    assert opened == {name for name, roles in OPEN.items() if role in roles}
    assert set(refused.values()) <= {403, 404}


def test_strangers_are_sent_to_log_in_and_brought_back(client, rows):
    for name in names():
        url = address(name, rows)
        answer = client.get(url)
        assert answer.url == f"/admin/login/?next={url}", name
        assert client.get(answer.url).url.startswith("/accounts/login/?next=%2Fadmin%2F")


def test_nothing_is_changed_by_a_post_of_who_may_not(client, rows):
    for role in ("", MODERATOR, REVIEWER, AUTHOR):
        client.force_login(make_user(role))
        for name in names():
            if role not in OPEN.get(name, NOBODY) or name.endswith(("_change", "_delete")):
                answer = client.post(
                    address(name, rows), {"title": "Taken", "post": "yes", "action": "retire"}
                )
                assert answer.status_code in {403, 404, 405}, (role, name)


@pytest.mark.parametrize("role", [EDITOR, ADMINISTRATOR])
def test_nothing_is_deleted_but_redirects_and_help_lines_by_administrators(client, rows, role):
    client.force_login(make_user(role))
    for name in names():
        if name.endswith("_delete"):
            expected = 302 if name in DELETED and role == ADMINISTRATOR else 403
            assert client.post(address(name, rows), {"post": "yes"}).status_code == expected, name


def test_not_even_a_superuser_deletes_records(client, rows):
    client.force_login(User.objects.create_superuser("root@example.org", "x", display_name="Root"))
    for name in ("articles_version", "articles_article", "accounts_user"):
        assert client.post(address(f"{name}_delete", rows), {"post": "yes"}).status_code == 403


def test_login_leads_to_the_one_login_of_the_site(client):
    assert client.get("/admin/login/?next=/admin/articles/").url == (
        "/accounts/login/?next=%2Fadmin%2Farticles%2F"
    )
    client.force_login(make_user())
    assert client.get("/admin/login/").status_code == 403
    client.force_login(make_user(EDITOR))
    assert client.get("/admin/login/").url == "/admin/"


def test_the_nonce_is_announced_where_the_editor_is_and_nowhere_else(client):
    client.force_login(make_user(EDITOR))
    policy = client.get(reverse("admin:articles_draft_add")).headers["Content-Security-Policy"]
    assert "'nonce-" in policy and "unsafe" not in policy
    assert "'nonce-" not in client.get(reverse("admin:index")).headers["Content-Security-Policy"]
