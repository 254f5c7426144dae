# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A room by itself: commands in, events out, the state is their fold."""

import pytest

from app.errors import ReaderError
from app.rooms.room import (
    MAX_PRESENTERS,
    Accept,
    Ask,
    Black,
    Close,
    Command,
    Decline,
    End,
    Event,
    Invite,
    Join,
    Offer,
    Reveal,
    Room,
    Show,
    Step,
    View,
    Withdraw,
    event_of,
    fold,
    open_room,
)

SUBJECT = {"kind": "choice", "id": "q", "text": {"en": "?"}, "options": [{"id": "a"}, {"id": "b"}]}


def opened() -> Room:
    return fold([open_room("tcp_close", "hash-1", 1000, "first")])


def after(room: Room, *commands: tuple[int | None, Command]) -> Room:
    for presenter, command in commands:
        event = room.decide(command, presenter, room.at_ms + 1, f"c{room.last}")
        # What the log gives back is what was put in.
        assert event_of(event.entry()) == event
        room = room.apply(event)
    return room


def refusal(room: Room, presenter: int | None, command: Command) -> tuple[str, int]:
    with pytest.raises(ReaderError) as caught:
        room.decide(command, presenter, 0, "c")
    return caught.value.problems[0].code, caught.value.status


def two_presenters() -> Room:
    return after(opened(), (1, Invite("invitation")), (None, Join("invitation", "hash-2")))


def test_a_new_room_shows_the_whole_function_and_is_led_by_the_first_presenter() -> None:
    room = opened()
    assert (room.last, room.walkthrough, room.lead, room.keys) == (1, "tcp_close", 1, ("hash-1",))
    assert room.view == View()


def test_step_keeps_what_else_is_shown() -> None:
    room = after(opened(), (1, Show(View("drain", "recv=300", 3))), (1, Step(4)))
    assert room.view == View("drain", "recv=300", 4)


def test_a_question_takes_votes_until_it_is_closed_and_has_no_bars_until_it_is_revealed() -> None:
    room = after(opened(), (1, Ask(SUBJECT)))
    assert room.ballot == 2
    room = after(room, (1, Close()))
    assert room.ballot == 0
    question = room.public()["question"]
    assert (question["counts"], question["answer"], question["explanation"]) == (None, None, None)
    room = after(room, (1, Reveal({"a": 3}, "b", {"en": "why"})))
    question = room.public()["question"]
    assert question["counts"] == {"a": 3, "b": 0}
    assert (question["voted"], question["answer"]) == (3, "b")


def test_what_does_not_fit_the_state_is_refused() -> None:
    room = opened()
    assert refusal(room, 1, Close()) == ("no-question", 409)
    assert refusal(room, 1, Reveal({}, None, None)) == ("no-question", 409)
    asked = after(room, (1, Ask(SUBJECT)))
    assert refusal(asked, 1, Ask(SUBJECT)) == ("vote-open", 409)
    assert refusal(asked, 1, Reveal({}, None, None)) == ("vote-open", 409)
    closed = after(asked, (1, Close()))
    assert refusal(closed, 1, Close()) == ("vote-closed", 409)
    revealed = after(closed, (1, Reveal({}, None, None)))
    assert refusal(revealed, 1, Reveal({}, None, None)) == ("already-revealed", 409)
    assert refusal(room, 1, Withdraw()) == ("nothing-offered", 409)
    assert refusal(room, 1, Offer(2)) == ("unknown-presenter", 409)
    assert refusal(room, 1, Offer(1)) == ("unknown-presenter", 409)


def test_nothing_happens_in_a_room_that_has_ended() -> None:
    room = after(opened(), (1, End()))
    for command in (Show(View()), Black(True), End(), Join("x", "y")):
        assert refusal(room, 1, command) == ("room-ended", 409)


def test_the_lead_is_handed_over_by_offer_and_acceptance_only() -> None:
    room = two_presenters()
    assert refusal(room, 2, Show(View())) == ("not-the-lead", 403)
    assert refusal(room, 2, Accept()) == ("not-offered", 403)
    offered = after(room, (1, Offer(2)))
    # The offer alone changes nothing.
    assert refusal(offered, 2, Show(View())) == ("not-the-lead", 403)
    assert refusal(offered, 1, Accept()) == ("not-offered", 403)
    taken = after(offered, (2, Accept()))
    assert taken.lead == 2
    assert refusal(taken, 1, Show(View())) == ("not-the-lead", 403)
    assert after(taken, (2, Show(View("fin")))).view.block == "fin"


@pytest.mark.parametrize("end", [(1, Withdraw()), (2, Decline())])
def test_an_offer_that_was_taken_back_or_declined_is_no_longer_good(
    end: tuple[int, Command],
) -> None:
    room = after(two_presenters(), (1, Offer(2)), end)
    assert room.offered_to is None
    assert refusal(room, 2, Accept()) == ("not-offered", 403)


def test_an_invitation_is_good_once_and_until_the_next_one() -> None:
    room = after(opened(), (1, Invite("one")), (1, Invite("two")))
    assert refusal(room, None, Join("one", "k")) == ("wrong-invitation", 403)
    room = after(room, (None, Join("two", "hash-2")))
    assert refusal(room, None, Join("two", "k")) == ("wrong-invitation", 403)
    assert refusal(opened(), None, Join("", "k")) == ("wrong-invitation", 403)


def test_presenters_are_bounded() -> None:
    room = opened()
    for number in range(2, MAX_PRESENTERS + 1):
        room = after(room, (1, Invite("i")), (None, Join("i", f"hash-{number}")))
    assert refusal(room, 1, Invite("i")) == ("too-many-presenters", 409)


def test_a_guest_can_do_nothing_but_join() -> None:
    room = two_presenters()
    for command in (Show(View()), Ask(SUBJECT), Offer(2), End(), Accept(), Decline()):
        assert refusal(room, None, command)[1] == 403


def test_hashes_of_secrets_are_in_no_public_part() -> None:
    room = opened()
    events = [open_room("tcp_close", "hash-1", 1000, "first")]
    for presenter, command in ((1, Invite("secret-2")), (None, Join("secret-2", "hash-2"))):
        event = room.decide(command, presenter, 0, "c")
        events.append(event)
        room = room.apply(event)
    public = repr([event.public() for event in events]) + repr(room.public())
    for secret in ("hash-1", "hash-2", "secret-2"):
        assert secret not in public


def test_events_are_applied_in_their_order_only() -> None:
    room = opened()
    for number in (0, 1, 3):
        with pytest.raises(ValueError, match="can't follow"):
            room.apply(Event(number, 0, "black", "c", {"is_black": True}))


def test_a_command_is_known_by_its_id_for_a_while() -> None:
    room = after(opened(), (1, Black(True)))
    assert room.number_of("c1") == 2
    assert room.number_of("other") is None
