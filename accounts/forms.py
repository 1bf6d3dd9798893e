"""Forms of the admin for people who log in by e-mail address."""

from django import forms
from django.contrib.auth.forms import UserChangeForm

from accounts.models import User


class LowerCaseEmail:
    """Store addresses in lower case, so that one address is one person."""

    cleaned_data: dict[str, str]

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


class PersonAddForm(LowerCaseEmail, forms.ModelForm):  # type: ignore[type-arg]
    """Make an account without a password: the person sets the first one through "Forgotten your password?"."""

    class Meta:
        model = User
        fields = ("email", "name", "language")

    def save(self, commit: bool = True) -> User:
        self.instance.set_unusable_password()
        user: User = super().save(commit=commit)
        return user


class PersonChangeForm(LowerCaseEmail, UserChangeForm):  # type: ignore[type-arg]
    """Change an account; the password only through its own page."""

    class Meta:
        model = User
        fields = ("email", "name", "language", "password", "is_active", "is_superuser")
