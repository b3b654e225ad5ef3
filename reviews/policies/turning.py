"""Who turns a switch that the head of each page tells of: operations of its project, and owners."""

import datetime as dt
from collections import defaultdict
from dataclasses import replace

from accounts.models import Membership, Person
from reviews.policies.roles import runs
from reviews.reads.switching import Turned, turned_for


def turned_with_ways(person: Person, at: dt.datetime) -> list[Turned]:
    """List the switches away from normal that rule a person's projects, with which of them they may turn.

    One statement where none is turned, or for an owner; else two.
    """
    found = turned_for(person.pk, at, owner=person.is_owner)
    if person.is_owner:
        return [replace(one, turnable=True) for one in found]
    places = {one.project for one in found if one.project}
    if not places:
        return found
    roles = defaultdict(set)
    mine = Membership.objects.standing(at).filter(person=person, project__slug__in=places)
    for slug, role in mine.values_list("project__slug", "role"):
        roles[slug].add(role)
    return [replace(one, turnable=bool(one.project) and runs(roles[one.project])) for one in found]
