"""Searches that readers keep, to be told of what comes in later."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.publicids import new_public_id

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

NAME_MAX = 80
ADDRESS_MAX = 1500
"""How long the text and filters of a search may be, as they stand in its address."""


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    """Reads of saved searches."""

    def visible_to(self, user: User | AnonymousUser) -> SavedSearchQuerySet:
        """One's own, and nobody else's."""
        return self.filter(owner=user) if isinstance(user, User) else self.none()


class SavedSearch(models.Model):
    """A text and filters that a reader wants to hear of: what was found in it since is told once a day."""

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_searches")
    name = models.CharField(_("name"), max_length=NAME_MAX)
    address = models.CharField(max_length=ADDRESS_MAX, help_text="Text and filters, as in the address of the page.")
    created_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(help_text="What was published until then was told, or there from the start.")
    told = models.JSONField(default=list, help_text="Keys of the entries told of that the next check looks at again.")

    objects: ClassVar[SavedSearchQuerySet] = SavedSearchQuerySet.as_manager()  # type: ignore[assignment]  # a queryset as manager

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        constraints = [models.UniqueConstraint(fields=["owner", "address"], name="one_saved_search_an_address")]
        indexes = [models.Index(fields=["checked_at"], name="saved_search_checked")]

    def __str__(self) -> str:
        return self.name

    @property
    def parameters(self) -> QueryDict:
        """The text (`q`) and the filters."""
        return QueryDict(self.address)

    @property
    def path(self) -> str:
        """The address of the page that shows what is found now."""
        return f"{reverse('search')}?{self.address}"
