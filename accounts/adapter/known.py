"""Who may come in through single sign-on."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts import services
from accounts.models import User
from accounts.queries import open_invitations_to


class KnownPeopleAdapter(DefaultSocialAccountAdapter):
    """People with an account or an invitation, found by the address that the provider has verified; nobody else."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Only log in: an identity of the provider is joined to the account with its address, to no other."""
        sociallogin.state["process"] = AuthProcess.LOGIN

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        verified = {address.email.lower() for address in sociallogin.email_addresses if address.verified}
        email = sociallogin.user.email
        return email in verified and open_invitations_to(email, at=timezone.now()).exists()

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        user: User = super().populate_user(request, sociallogin, data)
        user.name = (data.get("name") or "")[:150]
        return user

    @transaction.atomic
    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """Make the account of somebody who was invited; the provider has proved the address as the link would."""
        at = timezone.now()
        sociallogin.user.language = open_invitations_to(sociallogin.user.email, at=at)[0].language
        user: User = super().save_user(request, sociallogin, form)
        user.confirm_address()
        services.accept_all(user=user, at=at)
        return user
