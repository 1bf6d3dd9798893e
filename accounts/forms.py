"""Forms of the admin for people who log in by e-mail address, and of their own absence."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ResetPasswordKeyForm
from django import forms
from django.contrib.auth.forms import UserChangeForm
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, User
from accounts.queries import colleagues_of


class DayInput(forms.DateInput):
    """A browser's own date field, which reads ISO dates in every language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class AbsenceForm(forms.Form):
    """From when until when a member is away, and who stands in."""

    membership = forms.IntegerField(widget=forms.HiddenInput)
    away_from = forms.DateField(label=_("First day"), required=False, widget=DayInput())
    away_until = forms.DateField(label=_("Last day"), required=False, widget=DayInput())
    deputy = forms.ModelChoiceField(label=_("Deputy"), queryset=User.objects.get_queryset().none(), required=False)

    def __init__(self, data: Any = None, *, membership: Membership) -> None:
        names = ("away_from", "away_until", "deputy")
        initial = {"membership": membership.pk} | {name: getattr(membership, name) for name in names}
        super().__init__(data, initial=initial, auto_id=f"absence_{membership.pk}_%s")
        self.fields["deputy"].queryset = colleagues_of(membership)  # type: ignore[attr-defined]  # a model choice


class PasswordByMailForm(ResetPasswordKeyForm):  # type: ignore[misc]  # allauth has no types
    """Set a password through a link in an e-mail, which proves that the address is the person's."""

    def save(self) -> None:
        super().save()
        self.user.confirm_address()


class LowerCaseEmail:
    """Store addresses in lower case, so that one address is one person."""

    cleaned_data: dict[str, str]

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


class PersonAddForm(LowerCaseEmail, forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """Make an account without a password: the person sets the first one through "Forgotten your password?"."""

    class Meta:
        model = User
        fields = ("email", "name", "language")

    def save(self, commit: bool = True) -> User:
        self.instance.set_unusable_password()
        user: User = super().save(commit=commit)
        return user


class PersonChangeForm(LowerCaseEmail, UserChangeForm):  # type: ignore[type-arg]  # not generic at run time
    """Change an account; the password only through its own page."""

    class Meta:
        model = User
        fields = ("email", "name", "language", "password", "is_active", "is_superuser")
