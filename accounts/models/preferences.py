"""What each person prefers: their keys, and how hard content is shown to them."""

from django.db import models

from accounts.models.people import Person

ACTS = tuple("acreszgnjkv/?")
"""Acts that have a key, each named by the key that it has when nobody changed it."""

DIGITS = tuple("123456789")
"""Keys of labels, choices, earlier decisions and queues by number."""


class Preference(models.Model):
    """What one person prefers, wherever they sign in; without a row everything is as the house has it.

    `keys` maps an act or digit to the key that this person wants for it, "" for none; what is not in it keeps its own.
    `blur`, `grey` and `mute`: None as the project asks, True always, False only where the project asks and does not let
    go of it. `holds`: hard content is shown while a key is held, else from one press to the next.
    """

    person = models.OneToOneField(Person, on_delete=models.PROTECT, primary_key=True, related_name="preference")
    keys = models.JSONField(default=dict)
    single_keys = models.BooleanField(default=True)
    blur = models.BooleanField(null=True)
    grey = models.BooleanField(null=True)
    mute = models.BooleanField(null=True)
    holds = models.BooleanField(default=True)

    def __str__(self) -> str:
        return str(self.person_id)
