"""What the loop refuses."""

from audit.errors import Refusal


class BadRights(Refusal):
    """The decision rights cannot be published as they stand."""

    code = "bad_rights"
    sentence = "These decision rights cannot be published."


class BadBody(Refusal):
    """What was sent does not read as what was asked for."""

    code = "bad_body"
    sentence = "What was sent does not read."


class BadItem(Refusal):
    """An item has a field that cannot be taken."""

    code = "bad_item"
    sentence = "This item cannot be taken."


class BadOutput(Refusal):
    """An output does not fit the project's task type and labels."""

    code = "bad_output"
    sentence = "This answer does not fit the project."
