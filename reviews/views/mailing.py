"""Mailing a checkpoint to whoever keeps it."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.models import User
from audit.actions import mail_checkpoint
from reviews.policies import mailable_log
from reviews.views.asking import who


@require_POST
@login_required
def checkpoint_mail(request: HttpRequest, log: uuid.UUID) -> HttpResponse:
    """Mail a log's newest checkpoint to those whom settings name; where they name nobody, to whoever asks."""
    assert isinstance(request.user, User)
    at = timezone.now()
    by = who(request)
    chosen = mailable_log(log, by=by, at=at)
    to = list(settings.LEDGER_MAIL_TO) or [request.user.email]
    sent = mail_checkpoint(chosen, to, by=by, at=at)
    said = ngettext(
        "The checkpoint of %(n)d event is mailed to %(to)s.",
        "The checkpoint of %(n)d events is mailed to %(to)s.",
        sent.size,
    )
    messages.success(request, said % {"n": sent.size, "to": ", ".join(to)})
    return redirect("home")
