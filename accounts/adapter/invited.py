"""How log-in behaves here."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.models import User
from accounts.services import send_letter

CHANGES = {
    "account/email/email_changed": gettext_lazy("Your account has a new e-mail address."),
    "account/email/password_changed": gettext_lazy("Your password was changed."),
    "account/email/password_reset": gettext_lazy("Your password was set anew through an e-mail."),
    "mfa/email/totp_activated": gettext_lazy("An authenticator app now protects your account."),
    "mfa/email/totp_deactivated": gettext_lazy("The authenticator app no longer protects your account."),
    "mfa/email/recovery_codes_generated": gettext_lazy("New recovery codes were made for your account."),
    "mfa/email/webauthn_added": gettext_lazy("A security key was added to your account."),
    "mfa/email/webauthn_removed": gettext_lazy("A security key was removed from your account."),
}
"""What allauth tells people of, by the name of its template; anything else is a change of the ways to log in."""


def keep_language(response: HttpResponse, user: User) -> HttpResponse:
    """Let an answer set the language of the pages to the person's own."""
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


class InvitedOnlyAdapter(DefaultAccountAdapter):
    """Accounts are made by invitation or by curators; nobody signs up by themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        """Show the pages in the person's language from the log-in on; the switch on the pages still overrules it."""
        with override(user.language):
            response: HttpResponse = super().post_login(request, user, **options)
        return keep_language(response, user)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Make a new address count, unless somebody got an account with it since it was asked for."""
        if User.objects.filter(email__iexact=email_address.email).exclude(pk=email_address.user_id).exists():
            messages.error(request, _("Another account has this e-mail address."))
            return False
        confirmed: bool = super().confirm_email(request, email_address)
        return confirmed

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write to people who have an account only, so that nobody can make the site write to strangers."""
        if person := context.get("user"):
            send_letter(to=person, address=email, template=template_prefix, context=context)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Send the link to the account's own address only, not to one that waits for confirmation."""
        if email.lower() == user.email.lower():
            super().send_password_reset_mail(user, email, context)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell a person that the ways into their account changed, so that a theft is noticed."""
        change = CHANGES.get(template_prefix, gettext_lazy("The ways to log in to your account were changed."))
        self.send_mail("account/email/change", email or user.email, {"user": user, "change": change})
