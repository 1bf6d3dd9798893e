"""How log-in behaves here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from accounts.models import User


class InvitedOnlyAdapter(DefaultAccountAdapter):
    """Accounts are made by curators for verified organisations; nobody signs up by themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def should_send_confirmation_mail(self, request: HttpRequest, email_address: Any, signup: bool) -> bool:
        # Curators enter the addresses, and the first password is set through a message to the address.
        return False

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        """Show the pages in the person's language from the log-in on; the switch on the pages still overrules it."""
        response: HttpResponse = super().post_login(request, user, **options)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            user.language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            path=settings.LANGUAGE_COOKIE_PATH,
            domain=settings.LANGUAGE_COOKIE_DOMAIN,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
        return response

    def format_email_subject(self, subject: str) -> str:
        return f"{settings.SITE_NAME}: {subject}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write to people who have an account only, so that nobody can make the site write to strangers."""
        if template_prefix != "account/email/unknown_account":
            super().send_mail(template_prefix, email, context)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Write to the person in their own language, whatever language the page was in."""
        with translation.override(user.language):
            super().send_password_reset_mail(user, email, {**context, "site_name": settings.SITE_NAME})
