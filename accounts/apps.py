from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Logins and roles. Not to be confused with allauth's own app, which is `account`."""

    name = "accounts"
