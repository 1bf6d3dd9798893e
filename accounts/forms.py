"""Forms of people, of their organisation's team, and of the admin for people who log in by e-mail address."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from allauth.account.forms import ResetPasswordKeyForm
from django import forms
from django.contrib.auth.forms import BaseUserCreationForm, UserChangeForm
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role, Scope
from accounts.models import TOKEN_DAYS_MAX, Invitation, Membership, Organisation, User, interface_languages
from accounts.queries import colleagues_of


class HttpsField(forms.URLField):
    """A web address; without a scheme it is taken to be https."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**(options | {"assume_scheme": "https"}))


class DayInput(forms.DateInput):
    """A browser's own date field, which reads ISO dates in every language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class AbsenceForm(forms.Form):
    """From when until when a member is away, and who stands in."""

    away_from = forms.DateField(label=_("First day"), required=False, widget=DayInput())
    away_until = forms.DateField(label=_("Last day"), required=False, widget=DayInput())
    deputy = forms.ModelChoiceField(label=_("Deputy"), queryset=User.objects.get_queryset().none(), required=False)

    def __init__(self, data: Any = None, *, membership: Membership) -> None:
        names = ("away_from", "away_until", "deputy")
        initial = {name: getattr(membership, name) for name in names}
        super().__init__(data, initial=initial, auto_id=f"absence_{membership.pk}_%s")
        self.fields["deputy"].queryset = colleagues_of(membership)  # type: ignore[attr-defined]  # a model choice


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """What a person is called, and the language of pages and e-mails."""

    class Meta:
        model = User
        fields = ("name", "language")


class OrganisationForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """What an organisation says of itself."""

    class Meta:
        model = Organisation
        fields = ("description", "website")
        field_classes = {"website": HttpsField}


class RoleForm(forms.Form):
    """One of the roles that the person may give."""

    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, roles: Collection[Role], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"].choices = [  # type: ignore[attr-defined]  # a choice
            (value, label) for value, label in Role.choices if value in roles
        ]

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class InvitationForm(RoleForm):
    """Whom to invite, to which role, in which language."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    language = forms.ChoiceField(label=_("Language of the message"), choices=interface_languages)
    field_order = ("email", "role", "language")


class HandOverForm(forms.Form):
    """The colleague who takes a role over."""

    to = forms.ModelChoiceField(label=_("Colleague"), queryset=User.objects.get_queryset().none())

    def __init__(self, *args: Any, membership: Membership, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["to"].queryset = colleagues_of(membership)  # type: ignore[attr-defined]  # a model choice


class NewcomerForm(BaseUserCreationForm):  # type: ignore[type-arg]  # not generic at run time
    """The account of somebody who accepts an invitation; the address is the invitation's."""

    class Meta:
        model = User
        fields = ("name", "language")

    def __init__(self, *args: Any, invitation: Invitation, **options: Any) -> None:
        initial = {"language": invitation.language}
        super().__init__(*args, instance=User(email=invitation.email), initial=initial, **options)
        self.fields["name"].required = True


class PasswordByMailForm(ResetPasswordKeyForm):
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


class TokenForm(forms.Form):
    """What a new access token is called, what it opens and for how long."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("What program it is for."))
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"), choices=Scope.choices, initial=[Scope.READ], widget=forms.CheckboxSelectMultiple
    )
    days = forms.IntegerField(label=_("Days that it is good for"), min_value=1, max_value=TOKEN_DAYS_MAX, initial=90)
