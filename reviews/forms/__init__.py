"""What people send from pages."""

from reviews.forms.calling import EndpointChange, EndpointForm
from reviews.forms.composing import sent_answer
from reviews.forms.deciding import sent_decision
from reviews.forms.exporting import ExportWish
from reviews.forms.founding import NewProject
from reviews.forms.governing import SendingToken, Threshold
from reviews.forms.preferring import sent_theme, sent_veils
from reviews.forms.replaying import ReplayWish, threshold_asked
from reviews.forms.rereviewing import RereviewConfirmed, RereviewWish
from reviews.forms.telling import TellingForm, telling_of

__all__ = [
    "EndpointChange",
    "EndpointForm",
    "ExportWish",
    "NewProject",
    "ReplayWish",
    "RereviewConfirmed",
    "RereviewWish",
    "SendingToken",
    "TellingForm",
    "Threshold",
    "sent_answer",
    "sent_decision",
    "sent_theme",
    "sent_veils",
    "telling_of",
    "threshold_asked",
]
