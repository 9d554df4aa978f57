"""What is said when something is wrong: always in words, in our design, and never a typed text lost."""

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import path

from healthnews import urls, views
from tests.factories import PASSWORD, make_article, make_user

SECRET = "my knee hurts at night"


def breaks(request):
    request.POST.get("body")
    raise ValueError(f"cannot read {request.POST.get('body')}")


def forbids(request):
    raise PermissionDenied


urlpatterns = [*urls.urlpatterns, path("breaks/", breaks), path("forbids/", forbids)]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500
here = pytest.mark.urls(__name__)


@pytest.fixture
def patient():
    """A client that shows the 500 page instead of raising."""
    return Client(raise_request_exception=False)


@here
def test_a_500_asks_neither_the_database_nor_the_context(patient, settings):
    settings.TEMPLATES[0]["OPTIONS"]["context_processors"] = ["nowhere.nothing"]
    answer = patient.get("/breaks/")
    assert answer.status_code == 500
    assert "The fault is ours." in answer.content.decode()
    assert "Healthnews" in answer.content.decode()


@pytest.mark.django_db
@here
def test_a_404_and_a_403_are_in_our_design(client):
    for address, status, words in (
        ("/no-such-page/", 404, "There is no such page"),
        ("/forbids/", 403, "not for everybody"),
    ):
        answer = client.get(address)
        assert answer.status_code == status
        page = answer.content.decode()
        assert words in page and 'class="masthead"' in page
        assert "sessionid" not in answer.cookies and "csrftoken" not in answer.cookies


def test_a_form_larger_than_we_take_is_a_400_in_words(client):
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"body": "x" * 3_000_000})
    assert answer.status_code == 400
    assert "We cannot read what was sent" in answer.content.decode()
    lines = "&".join(f"f{number}=1" for number in range(2000))
    answer = client.post("/accounts/login/", lines, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400


def test_a_strange_host_is_a_400(client):
    answer = client.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "We cannot read what was sent" in answer.content.decode()


@pytest.mark.parametrize(
    "address",
    ["/?q=%00", "/search/?q=a%00b", "/articles/a%00b/", "/accounts/login/%00"],
)
def test_a_nul_in_an_address_is_a_400(client, address):
    answer = client.get(address)
    assert answer.status_code == 400
    assert "We cannot read what was sent" in answer.content.decode()


@pytest.mark.django_db(databases=["default", "limits"])
@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=b; charset=%s", "application/x-www-form-urlencoded; charset=%s"]
)
@pytest.mark.parametrize("charset", ["rot13", "utf-16", "zlib", "idna", "latin-1", "no-such-set", "UTF-8"])
def test_no_character_set_that_a_form_claims_breaks_it(client, kind, charset):
    body = b"login=%FF%FEa&password=b"
    if kind.startswith("multipart"):
        body = b'--b\r\nContent-Disposition: form-data; name="login"\r\n\r\n\xff\xfea\r\n--b--\r\n'
    answer = client.generic("POST", "/accounts/login/", body, content_type=kind % charset)
    assert answer.status_code == 200


@pytest.mark.parametrize("body", [b"", b"--b", b"\xff\xfe", b"--b\r\nContent-Disposition: x\r\n\r\n"])
@pytest.mark.django_db(databases=["default", "limits"])
def test_no_broken_multipart_form_is_a_500(client, body):
    answer = client.post("/accounts/login/", body, content_type="multipart/form-data; boundary=b")
    assert answer.status_code in {200, 400}
    answer = client.post("/accounts/login/", body, content_type="multipart/form-data")
    assert answer.status_code in {200, 400}


# --- A dead token ------------------------------------------------------------------------------------------------


@pytest.fixture
def strict():
    return Client(enforce_csrf_checks=True)


def hidden(page: str) -> dict:
    """The hidden fields of the form in the page's main part, and its textarea."""
    main = page.partition("<main")[2] or page
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', main))
    return fields | {"body": re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", main, re.S).group(1)}


@pytest.mark.django_db
def test_a_comment_survives_a_dead_token_and_can_be_sent_again(strict):
    article, user = make_article(), make_user()
    strict.force_login(user)
    url = f"/articles/{article.slug}/comments/"
    answer = strict.post(url, {"body": f"{SECRET} & more\n\nthere", "parent": "7"})
    assert answer.status_code == 403
    assert "no-store" in answer["Cache-Control"]
    page = answer.content.decode()
    assert "nothing is lost" in page
    assert f'action="{url}"' in page
    fields = hidden(page)
    assert fields["body"] == f"{SECRET} &amp; more\n\nthere"
    assert fields["parent"] == "7"
    again = strict.post(
        url, {"body": SECRET, "csrfmiddlewaretoken": fields["csrfmiddlewaretoken"]}, follow=False
    )
    assert again.status_code == 303


@pytest.mark.django_db
def test_a_comment_in_a_login_with_a_dead_token_survives_as_well(strict):
    article = make_article()
    sent = {"discussion": article.slug, "body": SECRET, "login": make_user().email, "password": PASSWORD}
    answer = strict.post("/accounts/login/", sent)
    assert answer.status_code == 403
    page = answer.content.decode()
    assert f'action="/articles/{article.slug}/comments/"' in page
    assert hidden(page)["body"] == SECRET
    assert PASSWORD not in page


def test_a_part_is_answered_with_a_part(strict):
    answer = strict.post("/articles/a/comments/", {"body": SECRET}, headers={"hx-request": "true"})
    assert answer.status_code == 403
    assert "<html" not in answer.content.decode()
    assert hidden(answer.content.decode())["body"] == SECRET


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_text_that_another_site_sends_is_not_offered_for_sending(strict, headers):
    answer = strict.post("/articles/a/comments/", {"body": SECRET}, headers=headers)
    assert answer.status_code == 403
    assert SECRET not in answer.content.decode()
    assert "sessionid" not in answer.cookies, "a new session would log the reader out"


def test_any_other_dead_form_says_what_to_do(strict):
    for sent in ({}, {"body": SECRET}, {"body": SECRET, "discussion": "../admin"}, {"body": "a\x00"}):
        answer = strict.post("/accounts/logout/", sent)
        assert answer.status_code == 403
        assert "load the page anew" in answer.content.decode()


def test_a_nul_is_taken_out_of_a_text_that_is_offered_again(strict):
    answer = strict.post("/articles/a/comments/", {"body": "one\x00two", "parent": "7; x"})
    assert hidden(answer.content.decode())["body"] == "onetwo"
    assert "parent" not in hidden(answer.content.decode())


def test_handlers_are_ours():
    for name in ("handler400", "handler403", "handler404", "handler500", "handler429"):
        assert getattr(urls, name).startswith(views.__name__)
