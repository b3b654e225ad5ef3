"""Sign-in, sign-out, and what a locked-out guess sees."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def locked_out(request: HttpRequest, *_args: object, **_kwargs: object) -> HttpResponse:
    """Say that there were too many tries, and when the next one counts."""
    return render(request, "accounts/locked_out.html", status=429)
