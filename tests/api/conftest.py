"""Callers of the API: sessions, tokens, and the reference data that calls name."""

import pytest
from rest_framework.test import APIClient

from accounts.models import AccessToken
from tests.solutions.conftest import taxonomy

__all__ = ["taxonomy"]


@pytest.fixture
def caller(cast):
    """Return a client of a person of the cast; `scopes` makes it call by token instead of by session."""

    def make(name, *scopes):
        client = APIClient()
        person = getattr(cast, name)
        if scopes:
            _, secret = AccessToken.objects.create(person, name="test", scopes=list(scopes))
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        elif name != "visitor":
            client.force_login(person)
        return client

    return make
