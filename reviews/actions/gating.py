"""Who is kept from claims until they acknowledge the guideline in force, and the model cards in force.

The lanes that a person may work carry it (`PersonLane.gated`), so that a claim passes over them at no cost. They are
written anew in the transaction of whatever changes it; a claim sees for itself, by the versions that it names, whether
one came in force in between. All cards in force of a project that ask are asked for, whichever model the next item is
of: what a person is shown next is not known before it is theirs.
"""

from audit.models.sql import Row, ask_one, run
from reviews.errors import AcknowledgementDue

GATE = """
UPDATE reviews_personlane SET gated = NOT gated
WHERE lane_id IN (SELECT l.id FROM reviews_lane l JOIN reviews_queue q ON q.id = l.queue_id WHERE q.project_id = %s)
AND gated <> (EXISTS (SELECT 1 FROM guidelines_guidelinesetup gs
    JOIN guidelines_guidelineversion gv ON gv.id = gs.guideline_id
    WHERE gs.project_id = %s AND gv.to_acknowledge AND NOT EXISTS (SELECT 1 FROM guidelines_guidelineacknowledgement ak
        WHERE ak.version_id = gv.id AND ak.person_id = reviews_personlane.person_id))
    OR EXISTS (SELECT 1 FROM guidelines_modelversion mv
    JOIN guidelines_modelcard mc ON mc.model_id = mv.id AND mc.ended_at IS NULL
    WHERE mv.project_id = %s AND mc.asks AND NOT EXISTS (SELECT 1 FROM guidelines_cardacknowledgement ka
        WHERE ka.card_id = mc.id AND ka.person_id = reviews_personlane.person_id)))
"""
OF_LANE = """
SELECT p.id AS project_id, p.slug AS project_slug, p.name AS project_name FROM reviews_lane l
JOIN reviews_queue q ON q.id = l.queue_id JOIN accounts_project p ON p.id = q.project_id WHERE l.id = %s
"""


def gate_project(project_id: int) -> int:
    """Write anew who is kept from a project's lanes; give how many rows were out of date."""
    return run(GATE, [project_id, project_id, project_id])


def see_acknowledged(*seats: Row) -> None:
    """See that the person of looked-at seats has acknowledged the guideline and the cards that claims would name.

    A seat that shows a claim already is redone, whatever card came in force since.

    Raises:
        AcknowledgementDue: they have not.
    """
    for seen in seats:
        card_due = seen.card_due and seen.manifest is None
        if card_due or (seen.to_acknowledge and seen.acknowledged_id is None):
            raise AcknowledgementDue(seen.project_id, seen.project_slug, seen.project_name)


def due_at_lane(lane_id: int) -> AcknowledgementDue:
    """Give the refusal of whoever is kept from a lane."""
    row = ask_one(OF_LANE, [lane_id])
    assert row is not None
    return AcknowledgementDue(row.project_id, row.project_slug, row.project_name)
