# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A room by itself: commands in, events out, the state is their fold."""

from typing import Any, TypeAlias

import pytest

from app.errors import ReaderError
from app.rooms.commands import Ask, Black, Command, GoToStep, Join, Offer, Plain, Show
from app.rooms.limits import Origins
from app.rooms.room import (
    MAX_PRESENTERS,
    Event,
    Given,
    QuestionReport,
    Room,
    View,
    event_of,
    fold,
    open_room,
)

OPTIONS = [{"id": name, "text": {"en": name}} for name in "ab"]
SUBJECT = {"kind": "choice", "id": "q", "text": {"en": "?"}, "options": OPTIONS}


#: A command, and what the room is given with it.
Act: TypeAlias = tuple[Command | Join, Given]


def show(**view: Any) -> Act:
    return Show(do="show", **view), {}


def step(number: int) -> Act:
    return GoToStep(do="step", step=number), {}


def ask() -> Act:
    return Ask(do="ask"), SUBJECT


def reveal(counts: dict[str, int], answer: str | None = None, why: Any = None) -> Act:
    given = {"counts": counts, "answer": answer, "explanation": why}
    return Plain(do="reveal"), given


def black() -> Act:
    return Black(do="black", on=True), {}


def invite(invitation: str) -> Act:
    return Plain(do="invite"), {"invitation": invitation}


def join(invitation: str, key: str) -> Act:
    return Join(invitation="what its hash is made of"), {"invitation": invitation, "key": key}


def offer(to: int) -> Act:
    return Offer(do="offer", to=to), {}


def asked_in(room: Room) -> QuestionReport:
    question = room.report("", 3, Origins().report())["question"]
    assert question is not None
    return question


CLOSE: Act = (Plain(do="close"), {})
WITHDRAW: Act = (Plain(do="withdraw"), {})
ACCEPT: Act = (Plain(do="accept"), {})
DECLINE: Act = (Plain(do="decline"), {})
END: Act = (Plain(do="end"), {})


def opened() -> Room:
    return fold([open_room("tcp_close", "hash-1", 1000, "first")])


def after(room: Room, *acts: tuple[int | None, Act]) -> Room:
    for presenter, (command, given) in acts:
        event = room.decide(command, presenter, room.at_ms + 1, f"c{room.last}", given)
        # What the log gives back is what was put in.
        assert event_of(event.entry()) == event
        room = room.apply(event)
    return room


def refusal(room: Room, presenter: int | None, act: Act) -> tuple[str, int]:
    with pytest.raises(ReaderError) as caught:
        room.decide(act[0], presenter, 0, "c", act[1])
    return caught.value.problems[0].code, caught.value.status


def two_presenters() -> Room:
    return after(opened(), (1, invite("invitation")), (None, join("invitation", "hash-2")))


def test_a_new_room_shows_the_whole_function_and_is_led_by_the_first_presenter() -> None:
    room = opened()
    assert (room.last, room.walkthrough, room.lead, room.keys) == (1, "tcp_close", 1, ("hash-1",))
    assert room.view == View()


def test_step_keeps_what_else_is_shown() -> None:
    room = after(opened(), (1, show(block="drain", query="recv=300", step=3)), (1, step(4)))
    assert room.view == View(block="drain", query="recv=300", step=4)


def test_a_question_takes_votes_until_it_is_closed_and_has_no_bars_until_it_is_revealed() -> None:
    room = after(opened(), (1, ask()))
    assert room.ballot == 2
    room = after(room, (1, CLOSE))
    assert room.ballot == 0
    question = asked_in(room)
    assert (question["counts"], question["answer"], question["explanation"]) == (None, None, None)
    room = after(room, (1, reveal({"a": 3}, "b", {"en": "why"})))
    question = asked_in(room)
    assert question["counts"] == {"a": 3, "b": 0}
    assert (question["voted"], question["answer"]) == (3, "b")


def test_what_does_not_fit_the_state_is_refused() -> None:
    room = opened()
    assert refusal(room, 1, CLOSE) == ("no-question", 409)
    assert refusal(room, 1, reveal({})) == ("no-question", 409)
    asked = after(room, (1, ask()))
    assert refusal(asked, 1, ask()) == ("vote-open", 409)
    assert refusal(asked, 1, reveal({})) == ("vote-open", 409)
    closed = after(asked, (1, CLOSE))
    assert refusal(closed, 1, CLOSE) == ("vote-closed", 409)
    revealed = after(closed, (1, reveal({})))
    assert refusal(revealed, 1, reveal({})) == ("already-revealed", 409)
    assert refusal(room, 1, WITHDRAW) == ("nothing-offered", 409)
    assert refusal(room, 1, offer(2)) == ("unknown-presenter", 409)
    assert refusal(room, 1, offer(1)) == ("unknown-presenter", 409)


def test_nothing_happens_in_a_room_that_has_ended() -> None:
    room = after(opened(), (1, END))
    for act in (show(), black(), END, join("x", "y")):
        assert refusal(room, 1, act) == ("room-ended", 409)


def test_the_lead_is_handed_over_by_offer_and_acceptance_only() -> None:
    room = two_presenters()
    assert refusal(room, 2, show()) == ("not-the-lead", 403)
    assert refusal(room, 2, ACCEPT) == ("not-offered", 403)
    offered = after(room, (1, offer(2)))
    # The offer alone changes nothing.
    assert refusal(offered, 2, show()) == ("not-the-lead", 403)
    assert refusal(offered, 1, ACCEPT) == ("not-offered", 403)
    taken = after(offered, (2, ACCEPT))
    assert taken.lead == 2
    assert refusal(taken, 1, show()) == ("not-the-lead", 403)
    assert after(taken, (2, show(block="fin"))).view.block == "fin"


@pytest.mark.parametrize("end", [(1, WITHDRAW), (2, DECLINE)])
def test_an_offer_that_was_taken_back_or_declined_is_no_longer_good(
    end: tuple[int, Act],
) -> None:
    room = after(two_presenters(), (1, offer(2)), end)
    assert room.offered_to is None
    assert refusal(room, 2, ACCEPT) == ("not-offered", 403)


def test_an_invitation_is_good_once_and_until_the_next_one() -> None:
    room = after(opened(), (1, invite("one")), (1, invite("two")))
    assert refusal(room, None, join("one", "k")) == ("wrong-invitation", 403)
    room = after(room, (None, join("two", "hash-2")))
    assert refusal(room, None, join("two", "k")) == ("wrong-invitation", 403)
    assert refusal(opened(), None, join("", "k")) == ("wrong-invitation", 403)


def test_presenters_are_bounded() -> None:
    room = opened()
    for number in range(2, MAX_PRESENTERS + 1):
        room = after(room, (1, invite("i")), (None, join("i", f"hash-{number}")))
    assert refusal(room, 1, invite("i")) == ("too-many-presenters", 409)


def test_a_guest_can_do_nothing_but_join() -> None:
    room = two_presenters()
    for act in (show(), ask(), offer(2), END, ACCEPT, DECLINE):
        assert refusal(room, None, act)[1] == 403


def test_hashes_of_secrets_are_in_no_public_part() -> None:
    room = opened()
    events = [open_room("tcp_close", "hash-1", 1000, "first")]
    for presenter, (command, given) in (
        (1, invite("secret-2")),
        (None, join("secret-2", "hash-2")),
    ):
        event = room.decide(command, presenter, 0, "c", given)
        events.append(event)
        room = room.apply(event)
    public = repr([event.public() for event in events]) + repr(
        room.report("", 0, Origins().report())
    )
    for secret in ("hash-1", "hash-2", "secret-2"):
        assert secret not in public


def test_events_are_applied_in_their_order_only() -> None:
    room = opened()
    for number in (0, 1, 3):
        with pytest.raises(ValueError, match="can't follow"):
            room.apply(
                Event(number=number, at_ms=0, kind="black", command="c", data={"is_black": True})
            )


def test_a_command_is_known_by_its_id_for_a_while() -> None:
    room = after(opened(), (1, black()))
    assert room.number_of("c1") == 2
    assert room.number_of("other") is None
