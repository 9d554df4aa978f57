"""allauth's addresses, and the few that are ours."""

from django.urls import include, path

from accounts import views

app_list = [
    path("profile/", views.profile, name="profile"),
    path("corner/", views.corner, name="corner"),
]
urlpatterns = [
    path("login/", views.login),
    path("signup/", views.signup),
    path("", include((app_list, "accounts"))),
    path("", include("allauth.account.urls")),
]
