"""A kept page prints names: whoever changes one changes the page."""

import pytest
from django.test import Client

from articles.models import SiteState
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db


def post(by, path: str, **form):
    client = Client()
    client.force_login(by)
    answer = client.post(path, form)
    assert answer.status_code in {302, 303}


def on_the_profile(user, name: str) -> None:
    post(user, "/accounts/profile/", display_name=name)


def in_the_admin(user, name: str) -> None:
    path = f"/admin/accounts/user/{user.pk}/change/"
    post(make_user("administrator"), path, display_name=name, is_active="on")


@pytest.mark.parametrize("rename", [on_the_profile, in_the_admin])
def test_new_name_stands_on_pages_that_were_kept(client, rename):
    comment = make_comment(author=make_user(display_name="Ada Before"))
    path = comment.article.get_absolute_url()
    etags = {path: client.get(path)["ETag"] for path in (path, f"{path}comments/")}
    rename(comment.author, "Ada After")
    for path, etag in etags.items():
        answer = client.get(path, headers={"If-None-Match": etag})
        assert answer.status_code == 200, path
        assert b"Ada After" in answer.content and b"Ada Before" not in answer.content, path


@pytest.mark.parametrize("rename", [on_the_profile, in_the_admin])
def test_name_that_stays_leaves_kept_pages_alone(rename):
    user = make_user(display_name="Ada Before")
    before = SiteState.current()
    rename(user, "Ada  Before")
    assert SiteState.current() == before
