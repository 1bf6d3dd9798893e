"""People's side of the API: organisations, access tokens, and who is calling."""

from accounts.api.organisations import OrganisationViewSet
from accounts.api.tokens import TokenViewSet

__all__ = ["OrganisationViewSet", "TokenViewSet"]
