"""Kept pages: packed once, and found with one question even over a connection that has died."""

import gzip

import pytest
from django.db import connection, connections
from django.test import Client

from tests.factories import make_article


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/articles/a/", "/articles/a/comments/", "/comments-policy/"])
def test_a_shared_page_is_packed_for_who_can_unpack_it(client, path):
    make_article(slug="a")
    plain = client.get(path)
    packed = client.get(path, headers={"Accept-Encoding": "gzip, deflate, br"})
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content)
    assert "Accept-Encoding" in plain["Vary"]
    assert packed["ETag"] == f"W/{plain['ETag']}"
    for etag in (packed["ETag"], plain["ETag"]):
        again = client.get(path, headers={"If-None-Match": etag, "Accept-Encoding": "gzip"})
        assert again.status_code == 304


@pytest.mark.django_db
@pytest.mark.parametrize("accepted", ["", "gzip;q=0", "gzip; q=0.0, br", "x-gzipped"])
def test_who_cannot_unpack_gets_the_page_as_it_is(client, accepted):
    make_article(slug="a")
    response = client.get("/articles/a/", headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in response
    assert b"<h1" in response.content


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_died_between_two_readers_is_noticed_and_replaced():
    make_article(slug="a")
    client = Client()
    assert client.get("/articles/a/").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    other = connections["limits"].copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    finally:
        other.close()
    assert client.get("/articles/a/").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone() != (pid,)


@pytest.mark.django_db
def test_a_shared_page_never_looks_for_a_session(client, django_assert_num_queries):
    make_article(slug="a")
    client.cookies["sessionid"] = "0123456789abcdefghijklmnopqrstuv"
    client.get("/articles/a/")
    with django_assert_num_queries(1):
        client.get("/articles/a/")
    response = client.get("/articles/gone/")
    assert response.status_code == 404
