"""The ledger's card on the homes, in a real browser: what is wrong is read without a click, in light and dark."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.reads import console
from audit.actions import seal
from audit.models import Anchor, AnchorFailure, Event, Log
from tests.house import House
from tests.journeys.test_looking_after import busy_town, with_role

SIZES = [{"width": 1280, "height": 720}, {"width": 834, "height": 1112}]


@pytest.mark.parametrize("role", ["owner", "compliance"])
def test_the_card_says_what_is_wrong_with_the_ledger_and_what_anchors_are_worth(house: House, role: str) -> None:
    town = busy_town()
    who = with_role(town, role)
    log, event, at = Log.objects.get(), Event.objects.order_by("-pk")[0], timezone.now()
    Anchor.objects.create(log=log, size=7, kind="rfc3161", body=b"t", created_at=at, event=event)
    AnchorFailure.objects.create(log=log, kind="s3", since=at, tried_at=at, problem="The store is gone.")
    Log.objects.update(alarm="guard_missing", alarm_at=at)
    for size in SIZES:
        for scheme in ("light", "dark"):
            page = house.page(who, viewport=size, color_scheme=scheme)
            page.goto(house.address)
            card = page.get_by_role("region", name="Ledger")
            expect(card.get_by_text("A guard over the ledger")).to_be_visible()
            expect(page.get_by_text("Nothing needs you now")).to_have_count(0)
            expect(card.get_by_text("An authority elsewhere signed")).to_be_visible()
            expect(card.get_by_text("fails")).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            house.judge(page)
            page.context.close()


def test_one_click_mails_the_checkpoint_and_says_to_whom(house: House, settings, tmp_path, mailoutbox) -> None:
    settings.LEDGER_KEYS, settings.LEDGER_WITNESS = tmp_path / "keys", None
    settings.EMAIL_HOST, settings.LEDGER_MAIL_TO = "mail.invalid", ["auditor@elsewhere.invalid"]
    who = with_role(busy_town(), "compliance")
    seal(by=console(), at=timezone.now())
    page = house.page(who, viewport=SIZES[0])
    page.goto(house.address)
    house.judge(page)
    page.get_by_role("button", name="Mail the checkpoint").click()
    expect(page.get_by_role("status").filter(has_text="is mailed to auditor@elsewhere.invalid")).to_be_visible()
    house.judge(page)
    assert [mail.to for mail in mailoutbox] == [["auditor@elsewhere.invalid"]]
