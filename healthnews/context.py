"""What every template may name."""

from django.conf import settings


def site(request):
    """The site's name and address.

    No `csp_nonce`: the admin of Django 6.1 would print one on every page that has it, and ours is announced only
    where it is used (the editor's import map gets it from `articles/admin/draft.py`).
    """
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
    }
