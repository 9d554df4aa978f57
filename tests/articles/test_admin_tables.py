"""Tables of the desk's forms: each column says what it holds."""

import re

import pytest

from tests.factories import make_article, make_person, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("screen", ["draft", "person"])
def test_every_column_of_a_form_has_a_name(client, screen):
    row = make_article(authors=[make_person()]).draft if screen == "draft" else make_person()
    client.force_login(make_user("editor"))
    page = client.get(f"/admin/articles/{screen}/{row.pk}/change/").content.decode()
    heads = re.findall(r"<th\b[^>]*>(.*?)</th>", page, re.S)
    assert heads
    assert [head for head in heads if not re.sub(r"<[^>]*>|\s", "", head)] == []
