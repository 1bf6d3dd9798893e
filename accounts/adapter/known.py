"""Who may come in through single sign-on."""

from __future__ import annotations

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.http import HttpRequest


class KnownPeopleAdapter(DefaultSocialAccountAdapter):
    """People with an account here, found by the address that the provider has verified; nobody signs up."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Only log in: an identity of the provider is joined to the account with its address, to no other."""
        sociallogin.state["process"] = AuthProcess.LOGIN

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False
