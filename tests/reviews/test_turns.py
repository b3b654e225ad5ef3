"""Conversations in an item's data: which shapes are read, and that nothing sent is left out."""

import pytest

from reviews.reads.stages import stage
from reviews.reads.turns import conversation
from reviews.reads.veils import Veil

SHA = "sha256:" + "ab" * 32


def test_turns_of_people_are_read_with_their_speakers_and_times():
    shown = stage(
        {
            "turns": [
                {"speaker": "Agent", "text": "Hello.", "at": "2026-11-23T10:00:00Z"},
                {"speaker": "Caller", "text": "My meter\nis dumb.", "start_ms": 64_550},
                {"speaker": "Agent", "text": "I see."},
            ],
            "channel": "phone",
        }
    )
    assert shown.kind == "talk"
    assert [(turn.speaker, turn.side) for turn in shown.turns] == [("Agent", 1), ("Caller", 2), ("Agent", 1)]
    assert shown.turns[0].at is not None
    assert shown.turns[1].start == "1:04.5"
    assert shown.facts == [("Channel", "phone")]
    assert shown.rest is None


def test_messages_of_chat_models_are_read_and_the_models_turns_told_apart():
    turns, rest = conversation(
        {
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": [{"type": "text", "text": "Weather?"}]},
                {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]},
                {"role": "assistant", "content": "Rain.", "name": "Wetterfrosch"},
                {"role": "reviewer", "content": "Fine."},
            ]
        }
    )
    assert [turn.speaker for turn in turns] == ["System", "User", "Assistant", "Wetterfrosch", "reviewer"]
    assert [turn.by_model for turn in turns] == [False, False, True, True, False]
    assert turns[1].text == "Weather?"
    assert turns[2].rest == {"tool_calls": [{"id": "1"}]}
    assert rest == {}


def test_what_has_no_place_of_its_own_in_a_turn_is_kept_beside_it():
    (turn,), _ = conversation(
        {"turns": [{"speaker": "A", "text": "x", "at": "noon", "photo": SHA, "mood": "cross", "start_ms": True}]}
    )
    assert turn.pictures == [SHA[7:]]
    assert turn.rest == {"at": "noon", "mood": "cross", "start_ms": True}


def test_parts_of_content_that_are_no_words_are_kept_beside_them():
    image = {"type": "image_url", "image_url": {"url": "https://x.invalid/"}}
    (turn,), _ = conversation({"messages": [{"role": "user", "content": [{"type": "text", "text": "See:"}, image]}]})
    assert (turn.text, turn.rest) == ("See:", {"content": [image]})


@pytest.mark.parametrize(
    "turns",
    [
        [],
        "hello",
        {"speaker": "A", "text": "x"},
        [{"speaker": "A"}],
        [{"speaker": 1, "text": "x"}],
        [{"speaker": "A", "text": "x"}, "and a line"],
        [{"speaker": "A", "text": None}],
    ],
)
def test_what_is_no_conversation_is_shown_as_it_came(turns):
    found, rest = conversation({"turns": turns, "": "a member without a name"})
    assert found == []
    assert rest == {"turns": turns, "": "a member without a name"}


@pytest.mark.parametrize(
    ("data", "veil", "veiled"),
    [
        ({"text": "x"}, Veil(blur=True), True),
        ({"text": "x"}, Veil(grey=True), False),
        ({"image": SHA}, Veil(grey=True), True),
        ({"turns": [{"speaker": "A", "text": "x", "photo": SHA}]}, Veil(grey=True), True),
        ({}, Veil(blur=True), False),
        ({"image": SHA}, Veil(), False),
    ],
)
def test_grey_lies_over_pictures_alone_and_nothing_over_what_is_gone(data, veil, veiled):
    assert stage(data, veil=veil).veiled is veiled
