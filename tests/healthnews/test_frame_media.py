"""Pictures out of the storage, and nothing else."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "secret.png").write_bytes(b"outside")
    default_storage.save("images/2026/11/a.jpg", ContentFile(b"\xff\xd8picture"))
    default_storage.save("images/notes.txt", ContentFile(b"text"))
    default_storage.save("images/page.html", ContentFile(b"<script>"))
    default_storage.save("images/page.svg", ContentFile(b"<svg onload=x>"))
    (tmp_path / "media" / "folder.png").mkdir()


def test_a_picture_is_served_with_its_type_for_a_long_time(client):
    answer = client.get("/media/images/2026/11/a.jpg")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == b"\xff\xd8picture"
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert not answer.cookies


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "images/notes.txt",
        "images/page.html",
        "images/page.svg",
        "images/",
        "folder.png",
        "missing.png",
        "../secret.png",
        "images/../../secret.png",
        "%2e%2e/secret.png",
        "..%2fsecret.png",
        "/etc/passwd.png",
        "a" * 300 + ".png",
        "images/2026/11/a.jpg/b.png",
        "%FF%FE.png",
    ],
)
def test_everything_else_is_not_there(client, path):
    assert client.get(f"/media/{path}").status_code == 404


def test_a_picture_is_only_read(client):
    assert client.post("/media/images/2026/11/a.jpg").status_code == 405


def test_robots_keep_out_of_private_pages_and_find_the_map(client):
    answer = client.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    lines = answer.content.decode().splitlines()
    for path in ("/accounts/", "/admin/", "/moderation/", "/search/"):
        assert f"Disallow: {path}" in lines
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in lines
