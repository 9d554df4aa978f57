"""The table of contents of the site."""

from django.contrib import admin
from django.urls import include, path, re_path

from articles import urls as articles_urls
from comments import urls as comments_urls
from healthnews import health, home, shared_pages, views

article_pages = [
    re_path(rf"^articles/{articles_urls.SLUG}/$", shared_pages.article, name="article"),
    re_path(rf"^pages/{articles_urls.SLUG}/$", shared_pages.page, name="page"),
    path("about/", shared_pages.about, name="about"),
    path("privacy/", shared_pages.privacy, name="privacy"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("", include((articles_urls.reading + article_pages, "articles"))),
    path("", include((comments_urls.discussion, "comments"))),
    path("moderation/", include((comments_urls.moderation, "moderation"))),
    path("accounts/", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("robots.txt", views.robots, name="robots"),
    path("demo/mail/", views.kept_mail, name="kept_mail"),
    path("healthz/live", health.live, name="live"),
    path("healthz/ready", health.ready, name="ready"),
    re_path(r"^media/(?P<path>.+)$", views.media, name="media"),
]
handler404 = "healthnews.views.not_found"
handler500 = "healthnews.views.server_error"
handler403 = "healthnews.views.forbidden"
handler400 = "healthnews.views.bad_request"
handler429 = "healthnews.views.too_many_requests"  # asked for by allauth
