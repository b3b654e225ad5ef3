"""Verbs of people, roles, tokens and projects."""

from accounts.actions.access import end_ownership, switch_off, switch_on
from accounts.actions.exporting import Choice, export_records
from accounts.actions.hearing import hear_of_memberships
from accounts.actions.memberships import end_membership, give_membership
from accounts.actions.people import add_person, as_owner, name_owner, set_password
from accounts.actions.preferring import ZONES, choose_keys, choose_telling, choose_veils, use_single_keys
from accounts.actions.projects import change_project, create_project
from accounts.actions.signing import Proof, prove, sign
from accounts.actions.streams import lock_person, lock_project, lock_projects, record_on_person, record_on_project
from accounts.actions.tokens import end_token, make_token

__all__ = [
    "ZONES",
    "Choice",
    "Proof",
    "add_person",
    "as_owner",
    "change_project",
    "choose_keys",
    "choose_telling",
    "choose_veils",
    "create_project",
    "end_membership",
    "end_ownership",
    "end_token",
    "export_records",
    "give_membership",
    "hear_of_memberships",
    "lock_person",
    "lock_project",
    "lock_projects",
    "make_token",
    "name_owner",
    "prove",
    "record_on_person",
    "record_on_project",
    "set_password",
    "sign",
    "switch_off",
    "switch_on",
    "use_single_keys",
]
