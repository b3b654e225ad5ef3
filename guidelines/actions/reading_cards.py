"""Acknowledging a model card: read, and said for good."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import lock_project, record_on_project
from accounts.reads import Actor
from guidelines.actions.hearing import tell_of_versions
from guidelines.errors import CardNotInForce, NothingToAcknowledge
from guidelines.models import CardAcknowledgement, ModelVersion
from guidelines.policies import keeping_to
from guidelines.reads import card_in_force


@transaction.atomic
def acknowledge_card(*, model: ModelVersion, number: int, by: Actor, at: dt.datetime) -> CardAcknowledgement:
    """Say for good that the card in force was read. Said again it answers the first time. Locks the project.

    Raises:
        Forbidden: no person with a role in the project, or by token.
        CardNotInForce: card `number` is not in force.
        NothingToAcknowledge: it asks nobody.
    """
    by, person = keeping_to(by=by, project=model.project, at=at)
    locked = lock_project(model.project_id)
    card = card_in_force(model.pk)
    if card is None or card.number != number:
        raise CardNotInForce(_("Another card came in force meanwhile, or this one was retired. Read what stands now."))
    if not card.asks:
        raise NothingToAcknowledge(_("This card asks nobody to acknowledge it; go on with your work."))
    found = CardAcknowledgement.objects.filter(card=card, person=person).first()
    if found is not None:
        return found
    told = {"model": model.name, "version": model.version, "number": number, "digest": card.digest}
    event = record_on_project(locked, "guidelines.card_acknowledged", by=by, at=at, sections={"card": told})
    made = CardAcknowledgement.objects.create(card=card, person_id=person, acknowledged_at=at, event_id=event)
    tell_of_versions(locked.pk)
    return made
