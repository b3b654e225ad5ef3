"""What people send from pages."""

from reviews.forms.deciding import sent_decision
from reviews.forms.founding import NewProject
from reviews.forms.governing import SendingToken, Threshold

__all__ = ["NewProject", "SendingToken", "Threshold", "sent_decision"]
