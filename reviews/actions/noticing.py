"""What people are to be told, found by walking the ledger.

A notice is for one person and one event, and is written once. Whether it still waits, and is still theirs, is asked
again when it is sent.
"""

import datetime as dt
from collections.abc import Collection, Iterator

from django.conf import settings

from accounts.models import Membership, Person, Role, Telling
from accounts.reads import actor_of_person
from audit.errors import Refusal
from reviews.actions.ringing import listening, ring
from reviews.actions.walking import walk_logs
from reviews.models import Notice, NoticeWalk, Override, Postbox, Question, Why
from reviews.policies import leave_to_sign, told_of_hold
from reviews.reads.facts import rights_in_force
from reviews.reads.notices import News, Stretch, news, proposals, questions_answered, questions_asked
from reviews.rights import roles_told

EDITORS = (Role.GUIDELINE_EDITOR.value,)


def note_notices(*, at: dt.datetime) -> int:
    """Walk each log on to its end and write the notices that follow; give how many.

    Where no e-mail is sent and no endpoint is told of waiting work, the walk goes on without looking.
    """

    def note(log_id: int, begin: int, end: int) -> int:
        stretch = Stretch(log_id, begin, end)
        found = list(news(stretch))
        noted = _note(list(_notices(found, stretch, at)), at) if settings.EMAIL_HOST else 0
        ring(listening(), {one.project for one in found if _told(one)}, at)
        return noted

    return walk_logs(NoticeWalk, looking=lambda: bool(settings.EMAIL_HOST or listening()), note=note)


def _note(made: list[Notice], at: dt.datetime) -> int:
    """Write notices, and have the postboxes of those whom they are for looked at. Locks the postboxes, by person."""
    if not made:
        return 0
    people = sorted({one.person_id for one in made})
    Postbox.objects.bulk_create([Postbox(person_id=one) for one in people], ignore_conflicts=True)
    boxes = Postbox.objects.filter(person__in=people).select_for_update(no_key=True)
    held = list(boxes.order_by("pk").values_list("pk", flat=True))
    Notice.objects.bulk_create(made, ignore_conflicts=True)
    Postbox.objects.filter(person__in=held).update(next_at=at)
    return len(made)


def _notices(found: list[News], stretch: Stretch, at: dt.datetime) -> Iterator[Notice]:
    """Make a notice for each person and fact."""
    known: dict[tuple[int, tuple[str, ...]], list[int]] = {}
    for one in found:
        roles = _told(one)
        if one.person is not None:
            people = _reached([one.person])
        elif (asked := (one.project, roles)) in known:
            people = known[asked]
        else:
            people = known[asked] = _members(one.project, roles, at)
        yield from (_of(one, person, roles, at) for person in people)
    for question in questions_asked(stretch):
        people = _members(question.project_id, EDITORS, at)
        yield from (_of_question(question, one, at) for one in people if one != question.person_id)
    for question in questions_answered(stretch):
        people = _reached([question.person_id])
        yield from (_of_answer(question, one, at) for one in people if one != question.end.person_id)
    for override in proposals(stretch):
        yield from (_to_sign(override, person, at) for person in _signers(override, at))


def _told(one: News) -> tuple[str, ...]:
    """List the roles that are told; of an escalation those that the rule names which lifted it."""
    if one.rights is None:
        return ()
    if one.why == Why.HELD:
        return told_of_hold(one.rights, one.slug)
    return roles_told(one.rights, one.slug, one.rule) if one.rule is not None else ()


def _members(project_id: int, roles: Collection[str], at: dt.datetime) -> list[int]:
    """List who has one of these roles in a project now and is told by e-mail."""
    standing = Membership.objects.standing(at).filter(project_id=project_id, role__in=roles)
    return _reached(standing.values_list("person_id", flat=True)) if roles else []


def _reached(people: Collection[int]) -> list[int]:
    """Keep those who can sign in and want e-mails."""
    able = Person.objects.filter(pk__in=people, users__is_active=True).exclude(preference__told=Telling.PAGE)
    return list(able.order_by("pk").values_list("pk", flat=True).distinct())


def _signers(override: Override, at: dt.datetime) -> list[int]:
    """List those who may sign an override as its second person."""
    standing = rights_in_force(override.item.project_id)
    roles = {role for row in standing[1].overrides for role in row.roles} if standing else set()
    found = []
    for person in Person.objects.filter(pk__in=_members(override.item.project_id, roles, at)).order_by("pk"):
        try:
            leave_to_sign(override=override, by=actor_of_person(person, "browser"), at=at)
        except Refusal:
            continue
        found.append(person.pk)
    return found


def _of(one: News, person: int, roles: Collection[str], at: dt.datetime) -> Notice:
    return Notice(
        person_id=person,
        event_id=one.event,
        why=one.why,
        roles=list(roles),
        item_id=one.item,
        queue_id=one.queue,
        task_id=one.task,
        happened_at=one.at,
        noted_at=at,
    )


def _of_question(question: Question, person: int, at: dt.datetime) -> Notice:
    return Notice(
        person_id=person,
        event_id=question.event_id,
        why=Why.QUESTION,
        roles=list(EDITORS),
        question=question,
        happened_at=question.asked_at,
        noted_at=at,
    )


def _of_answer(question: Question, person: int, at: dt.datetime) -> Notice:
    return Notice(
        person_id=person,
        event_id=question.end.event_id,
        why=Why.ANSWERED,
        question=question,
        happened_at=question.end.ended_at,
        noted_at=at,
    )


def _to_sign(override: Override, person: int, at: dt.datetime) -> Notice:
    return Notice(
        person_id=person,
        event_id=override.event_id,
        why=Why.SIGNATURE,
        item_id=override.item_id,
        override=override,
        happened_at=override.proposed_at,
        noted_at=at,
    )
