"""What every page knows."""

from django.conf import settings
from django.http import HttpRequest


def site(_request: HttpRequest) -> dict[str, object]:
    """Return the site's name and address for templates, and what its single sign-on is called if it has one."""
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "single_sign_on": settings.OIDC_NAME if settings.OIDC_SERVER_URL else "",
    }
