"""What people and projects refuse."""

from audit.errors import Refusal


class NotFound(Refusal):
    """There is nothing here for this actor."""

    code = "not_found"
    sentence = "There is nothing here."


class Forbidden(Refusal):
    """The actor may see this and may not do that."""

    code = "forbidden"
    sentence = "Your role does not allow this."


class NotSignedIn(Refusal):
    """The request carries no sign-in or token that counts."""

    code = "not_signed_in"
    sentence = "Send a token that is in force: Authorization: Bearer <token>."
