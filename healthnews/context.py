"""What every template may name."""

from django.conf import settings


def site(request):
    """The site's name and address, and the nonce for the pages (the admin's) that need one."""
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "csp_nonce": getattr(request, "csp_nonce", ""),
    }
