from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and projects."""

    name = "accounts"

    def ready(self) -> None:
        """Tell the ledger of people's events."""
        from django.utils.translation import gettext_lazy as _

        from accounts.models import Signature
        from audit.models import Frozen, guard
        from audit.reads import EventKind, learn

        guard(Frozen(Signature))
        learn(
            EventKind("accounts.person_added", _("The person was added")),
            EventKind("accounts.password_set", _("The person set a password")),
            EventKind("accounts.owner_named", _("The person became an owner")),
            EventKind("accounts.ownership_ended", _("The person is an owner no longer")),
            EventKind("accounts.sign_in_switched_off", _("A sign-in of the person was switched off")),
            EventKind("accounts.sign_in_switched_on", _("A sign-in of the person was switched on again")),
            EventKind("accounts.membership_given", _("The person became {role}")),
            EventKind("accounts.membership_ended", _("The person is {role} no longer")),
            EventKind("accounts.token_made", _("A token was made for {bearer}")),
            EventKind("accounts.token_ended", _("A token of {bearer} was ended")),
            EventKind("accounts.signed", _("The person signed: {meaning}")),
            EventKind("accounts.project_created", _("The project was created")),
            EventKind("accounts.project_changed", _("The project was changed")),
        )
