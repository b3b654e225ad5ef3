"""What each person prefers: their keys, how hard content is shown to them, when and how they are told."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Person

ACTS = tuple("acreszgqnjkv/?")
"""Acts that have a key, each named by the key that it has when nobody changed it."""

DIGITS = tuple("123456789")
"""Keys of labels, choices, earlier decisions and queues by number."""


WORK_DAYS = (0, 1, 2, 3, 4)
"""The days on which people are told when nobody chose others; 0 is Monday."""

DAY_MINUTES = 24 * 60


class Telling(models.TextChoices):
    """How somebody is told what waits for them, beside the pages, which always say it."""

    AT_ONCE = "at_once", _("by e-mail, at once")
    DIGEST = "digest", _("by e-mail, gathered")
    PAGE = "page", _("on the page alone")


def work_days() -> list[int]:
    """Give the days on which people are told when nobody chose others."""
    return [*WORK_DAYS]


class Preference(models.Model):
    """What one person prefers, wherever they sign in; without a row everything is as the house has it.

    `keys` maps an act or digit to the key that this person wants for it, "" for none; what is not in it keeps its own.
    `blur`, `grey` and `mute`: None as the project asks, True always, False only where the project asks and does not let
    go of it. `holds`: hard content is shown while a key is held, else from one press to the next.

    `told` is how they are told, gathered into one e-mail in `told_minutes` at most. They get e-mails on `work_days` (0
    is Monday) from `work_from` to `work_until`, minutes after midnight in `zone`, or at `any_time`. Where `zone` or
    `language` is "" that of the project counts.
    """

    person = models.OneToOneField(Person, on_delete=models.PROTECT, primary_key=True, related_name="preference")
    keys = models.JSONField(default=dict)
    single_keys = models.BooleanField(default=True)
    blur = models.BooleanField(null=True)
    grey = models.BooleanField(null=True)
    mute = models.BooleanField(null=True)
    holds = models.BooleanField(default=True)
    told = models.CharField(max_length=8, choices=Telling, default=Telling.DIGEST)
    told_minutes = models.IntegerField(default=30)
    any_time = models.BooleanField(default=False)
    work_days = models.JSONField(default=work_days)
    work_from = models.IntegerField(default=8 * 60)
    work_until = models.IntegerField(default=18 * 60)
    zone = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(told__in=Telling.values), name="accounts_preference_told"),
            models.CheckConstraint(
                condition=models.Q(told_minutes__range=(5, DAY_MINUTES)), name="accounts_preference_told_minutes"
            ),
            models.CheckConstraint(
                condition=models.Q(work_from__gte=0, work_until__lte=DAY_MINUTES)
                & models.Q(work_from__lt=models.F("work_until")),
                name="accounts_preference_work_hours",
            ),
        ]

    def __str__(self) -> str:
        return str(self.person_id)
