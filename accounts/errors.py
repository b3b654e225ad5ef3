"""What people and projects refuse."""

from django.utils.translation import gettext_noop as _

from audit.errors import Refusal


class NotFound(Refusal):
    """There is nothing here for this actor."""

    code = "not_found"
    sentence = _("There is nothing here.")


class Forbidden(Refusal):
    """The actor may see this and may not do that."""

    code = "forbidden"
    sentence = _("Your role does not allow this.")


class NotSignedIn(Refusal):
    """The request carries no sign-in or token that counts."""

    code = "not_signed_in"
    sentence = _("Send a token that is in force: Authorization: Bearer <token>.")


class BadPerson(Refusal):
    """A name or an e-mail address cannot be taken."""

    code = "bad_person"
    sentence = _("This person cannot be added; see the fields.")


class EmailTaken(Refusal):
    """Another sign-in has this e-mail address, whatever the case of its letters."""

    code = "email_taken"
    sentence = _("A person signs in with this e-mail already; give them the role instead.")


class LastOwner(Refusal):
    """Nobody else could act as an owner any more."""

    code = "last_owner"
    sentence = _("This is the last owner who can sign in; name another one first.")


class WeakPassword(Refusal):
    """The password is too short, too common, or too much like the name."""

    code = "weak_password"
    sentence = _("This password is too weak; take a longer one.")


class UnknownRole(Refusal):
    """There is no such role."""

    code = "unknown_role"
    sentence = _("There is no such role.")


class BadMembership(Refusal):
    """A skill, a team or a grade cannot be taken."""

    code = "bad_membership"
    sentence = _("This role cannot be given; see the fields.")


class MembershipEnded(Refusal):
    """The role has been taken away before."""

    code = "membership_ended"
    sentence = _("This role has ended already.")


class BadToken(Refusal):
    """Projects, scopes, bearer or term of a token cannot be taken."""

    code = "bad_token"
    sentence = _("This token cannot be made; see the fields.")


class TokenNeedsPerson(Refusal):
    """Only people decide, so only a person's token writes decisions."""

    code = "token_needs_person"
    sentence = _("The scope decisions:write is for a person's own token; name the person.")


class TokenNeedsRole(Refusal):
    """A person decides only where they have a role."""

    code = "token_needs_role"
    sentence = _("This person has no role there; give them one first.")


class TokenEnded(Refusal):
    """The token has been ended before."""

    code = "token_ended"
    sentence = _("This token has ended already.")


class BadProject(Refusal):
    """A setting of a project cannot be taken."""

    code = "bad_project"
    sentence = _("These settings cannot be taken; see the fields.")


class SlugTaken(Refusal):
    """Another project has this slug."""

    code = "slug_taken"
    sentence = _("A project has this slug already; take another one.")


class BadPreference(Refusal):
    """What a person would prefer cannot be kept."""

    code = "bad_preference"
    sentence = _("This cannot be kept as a preference; see the fields.")


class WrongPassword(Refusal):
    """What was typed to sign with is not the person's password."""

    code = "wrong_password"
    sentence = _("This is not your password. Nothing was signed; wrong tries are counted.")


class TooManyTries(Refusal):
    """Wrong passwords have locked this person out for a while."""

    code = "too_many_tries"
    sentence = _("Too many wrong passwords. Nothing was signed; try again when the lock has ended.")
