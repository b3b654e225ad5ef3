"""What the demo's team asks of the guideline: one question answered, one whose item stands in the next draft."""

from django.utils import timezone

from accounts.models import Project
from accounts.reads import Actor, actor_of_person
from hitl.demo.founding import Member
from reviews.actions import Wish, answer_question, ask_question, give_consent, make_example
from reviews.models import Consent, Decision, Item, ItemExample, Question
from reviews.reads.consents import showables

PHOTOS = "photos"
SHOWN = "mountain-bottom-right"
ASKED = (
    (SHOWN, "landscape", "Only the foot of a mountain is left, and grass before it. Is it still a Landscape?"),
    (None, "deciding", "I cannot make up my mind between two labels. Do I skip the photo?"),
    (None, "", "What do I say of a photo of another photo, such as a poster on a wall?"),
)
ANSWER = "No: escalate it, with both labels named. Skip is for photos of people or places that you know."
CAPTION = "The foot of a mountain, cut off by the frame: the place is still what the photo is of, so it is a Landscape."
REASON = "A detail of a larger photo, as people ask about; nobody can be seen in it."


def ask(project: Project, team: list[Member]) -> int:
    """Let the team ask, the editor answer one, and compliance let an item be shown; give how many were asked."""
    if project.slug != PHOTOS:
        return 0
    reviewers = [one for one in team if one.roles.get(project.slug) == "reviewer"]
    have = Question.objects.filter(project=project).count()
    for place, (name, section, text) in list(enumerate(ASKED))[have:]:
        item = Item.objects.filter(project=project, external_id=name).first() if name else None
        said = Decision.objects.filter(task__item=item).order_by("pk").first() if item else None
        author = next((one for one in team if said and one.person.pk == said.person_id), None)
        by = _at_browser(author or reviewers[place % len(reviewers)])
        beside = item.uuid if item and author else None
        ask_question(project=project, text=text, section=section, item=beside, by=by, at=timezone.now())
    editor = _at_browser(next(one for one in team if one.roles.get(project.slug) == "guideline_editor"))
    second = Question.objects.get(project=project, number=2)
    if not hasattr(second, "end"):
        answer_question(question=second, text=ANSWER, by=editor, at=timezone.now())
    _exemplify(project, team, editor)
    return len(ASKED)


def _exemplify(project: Project, team: list[Member], editor: Actor) -> None:
    """Let the editor wish for an example, compliance consent, and the editor put it into the draft."""
    item = Item.objects.select_related("project").filter(project=project, external_id=SHOWN).first()
    shows = showables(item) if item else []
    if item is None or not shows or ItemExample.objects.filter(project=project).exists():
        return
    wish = Wish(shows=shows[0].key, verdict="correct", caption=CAPTION, label="landscape", section="landscape")
    compliance = next(one for one in team if one.roles.get(project.slug) == "compliance")
    if not Consent.objects.filter(item=item).exists():
        question = Question.objects.filter(project=project, number=1).first()
        make_example(item=item, wish=wish, reason=REASON, question=question, by=editor, at=timezone.now())
    consent = Consent.objects.select_related("project", "item").get(item=item)
    if consent.given_at is None:
        give_consent(consent=consent, by=_at_browser(compliance), at=timezone.now())
    make_example(item=item, wish=wish, by=editor, at=timezone.now())


def _at_browser(member: Member) -> Actor:
    return actor_of_person(member.person, "browser")
