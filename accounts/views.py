"""Sign-in, the one-time link, and what a locked-out guess sees."""

from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView, PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy

from accounts.forms import ChoosePassword, SignIn
from accounts.models import User

sign_in = LoginView.as_view(
    template_name="accounts/sign_in.html", authentication_form=SignIn, redirect_authenticated_user=True
)
sign_out = LogoutView.as_view()


class SetPassword(PasswordResetConfirmView):
    """The page behind a one-time link; one that counts no longer, or of a switched-off sign-in, answers 410."""

    template_name = "accounts/set_password.html"
    form_class = ChoosePassword
    success_url = reverse_lazy("sign-in")

    def get_user(self, uidb64: str) -> User | None:
        """Find whose link it is, among sign-ins that are active."""
        user = super().get_user(uidb64)
        return user if isinstance(user, User) and user.is_active else None

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """Render the form, or say that the link has gone."""
        return super().render_to_response(context, status=200 if self.validlink else 410, **kwargs)


set_password = SetPassword.as_view()


def locked_out(request: HttpRequest, *_args: object, **_kwargs: object) -> HttpResponse:
    """Say that there were too many tries, and when the next one counts."""
    hours = int(settings.AXES_COOLOFF_TIME)
    page = render(request, "accounts/locked_out.html", {"hours": hours}, status=429)
    page["Retry-After"] = str(hours * 3600)
    return page
