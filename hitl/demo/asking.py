"""What the demo's team asks of the guideline: one question answered, one whose item stands in the next draft."""

from django.utils import timezone

from accounts.models import Project
from accounts.reads import Actor, actor_of_person
from hitl.demo.founding import Member
from reviews.actions import Wish, answer_question, ask_question, give_consent, make_example
from reviews.models import Consent, Decision, Item, ItemExample, Question
from reviews.reads.consents import label_in_force, showables

PHOTOS = "photos"
WHOLE, EDGE = "-whole", "at-the-edge"
ASKED = (
    ("deciding", "Only a part of it is left. Do I name what it must be, or what is there?"),
    ("deciding", "I cannot make up my mind between two labels. Do I skip the photo?"),
    ("", "What do I say of a photo of another photo, such as a poster on a wall?"),
)
ANSWER = "No: escalate it, with both labels named. Skip is for photos of people or places that you know."
CAPTION = "A part of a larger photo. What can be seen here decides, not what must lie outside the frame."
REASON = "A detail of a larger photo, as people ask about; nobody can be seen in it."


def ask(project: Project, team: list[Member]) -> int:
    """Let the team ask, the editor answer one, and compliance let an item be shown; give how many were asked."""
    if project.slug != PHOTOS:
        return 0
    reviewers = [one for one in team if one.roles.get(project.slug) == "reviewer"]
    have = Question.objects.filter(project=project).count()
    for place, (section, text) in list(enumerate(ASKED))[have:]:
        said = _detail(project) if place == 0 else None
        author = next((one for one in team if said and one.person.pk == said.person_id), None)
        by = _at_browser(author or reviewers[(place - 1) % len(reviewers)])
        beside = said.task.item.uuid if said and author else None
        ask_question(project=project, text=text, section=section, item=beside, by=by, at=timezone.now())
    editor = _at_browser(next(one for one in team if one.roles.get(project.slug) == "guideline_editor"))
    second = Question.objects.get(project=project, number=2)
    if not hasattr(second, "end"):
        answer_question(question=second, text=ANSWER, by=editor, at=timezone.now())
    _exemplify(project, team, editor)
    return len(ASKED)


def _detail(project: Project) -> Decision | None:
    """Find a decision on a photo that shows a part of something."""
    rows = Decision.objects.select_related("task__item").filter(task__item__project=project).order_by("pk")
    details = (one for one in rows[:50] if not one.task.item.external_id.endswith(WHOLE))
    return next((one for one in details if showables(one.task.item)), None)


def _exemplify(project: Project, team: list[Member], editor: Actor) -> None:
    """Let the editor wish for an example, compliance consent, and the editor put it into the draft."""
    question = Question.objects.select_related("item__project").get(project=project, number=1)
    rows = Item.objects.select_related("project").filter(project=project).order_by("pk")[:20]
    item = question.item or next((one for one in rows if showables(one)), None)
    if item is None or ItemExample.objects.filter(project=project).exists():
        return
    wish = Wish(
        shows=showables(item)[0].key, verdict="correct", caption=CAPTION, label=label_in_force(item), section=EDGE
    )
    compliance = next(one for one in team if one.roles.get(project.slug) == "compliance")
    if not Consent.objects.filter(item=item).exists():
        make_example(item=item, wish=wish, reason=REASON, question=question, by=editor, at=timezone.now())
    consent = Consent.objects.select_related("project", "item").get(item=item)
    if consent.given_at is None:
        give_consent(consent=consent, by=_at_browser(compliance), at=timezone.now())
    make_example(item=item, wish=wish, by=editor, at=timezone.now())


def _at_browser(member: Member) -> Actor:
    return actor_of_person(member.person, "browser")
