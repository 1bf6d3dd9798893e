"""Who may come in through single sign-on."""

from __future__ import annotations

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest


class KnownPeopleAdapter(DefaultSocialAccountAdapter):
    """People with an account here, found by the address that the provider has verified; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False
