"""What people type at the door."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm, UsernameField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import set_password
from accounts.models import User
from accounts.reads import actor_of_user


class SignIn(AuthenticationForm):
    """E-mail and password; the case of the address' letters counts neither for the sign-in nor for its lock."""

    username = UsernameField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autofocus": True, "autocomplete": "username", "class": "input"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "class": "input"}),
    )
    error_messages = {  # noqa: RUF012 - Django declares it so
        "invalid_login": _("E-mail and password do not match. Try again; after a few tries the sign-in rests."),
        "inactive": _("E-mail and password do not match. Try again; after a few tries the sign-in rests."),
    }

    def clean_username(self) -> str:
        """Give the address as it is kept."""
        return str(self.cleaned_data["username"]).strip().lower()


if TYPE_CHECKING:
    PasswordForm = SetPasswordForm[User]
else:
    PasswordForm = SetPasswordForm


class ChoosePassword(PasswordForm):
    """A password, typed twice, by whoever holds the one-time link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"

    def save(self, commit: bool = True) -> User:
        """Call the verb; `commit` is Django's and has no other meaning here."""
        actor = actor_of_user(self.user, "browser")
        set_password(user=self.user, password=self.cleaned_data["new_password1"], by=actor, at=timezone.now())
        return self.user
