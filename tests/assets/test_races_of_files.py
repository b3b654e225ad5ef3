"""Real concurrent connections with the same bytes."""

from accounts.actions import create_project
from accounts.reads import console
from assets.actions import store
from assets.jobs import make_renditions
from assets.models import Asset, Grant, Rendition
from audit.models import Event
from tests.arena import Worker
from tests.assets.conftest import picture
from tests.conftest import AT


def test_the_same_bytes_at_once_are_one_asset_and_one_grant_a_project(arena: str) -> None:
    by = console()
    projects = [create_project(slug=f"p{turn}", name="P", task_type="form", by=by, at=AT) for turn in range(2)]
    workers = [Worker() for _ in range(6)]
    futures = [
        worker.begin(lambda project=projects[turn % 2]: store(project=project, content=picture(), by=by, at=AT))
        for turn, worker in enumerate(workers)
    ]
    found = [future.result(60) for future in futures]
    renditions = [worker.begin(lambda pk=found[0][0].pk: make_renditions(pk)) for worker in workers]
    for future in renditions:
        future.result(60)
    for worker in workers:
        worker.end()
    assert sum(created for _, created in found) == 2
    assert len({asset.pk for asset, _ in found}) == Asset.objects.count() == 1
    assert Grant.objects.count() == Event.objects.filter(type="assets.asset_granted").count() == 2
    assert Rendition.objects.count() == 2


def test_different_bytes_at_once_keep_the_projects_stream_whole(arena: str) -> None:
    by = console()
    project = create_project(slug="p", name="P", task_type="form", by=by, at=AT)
    workers = [Worker() for _ in range(6)]
    bodies = [picture(size=(40 + turn, 40)) for turn in range(6)]
    futures = [
        worker.begin(lambda body=body: store(project=project, content=body, by=by, at=AT))
        for worker, body in zip(workers, bodies, strict=True)
    ]
    assert all(future.result(60)[1] for future in futures)
    for worker in workers:
        worker.end()
    numbers = Event.objects.filter(stream=f"project/{project.uuid}").order_by("sseq").values_list("sseq", flat=True)
    assert list(numbers) == list(range(1, 8))
    project.refresh_from_db()
    assert project.sseq == 7
