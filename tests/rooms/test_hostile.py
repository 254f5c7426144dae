# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a stranger may try: forged commands, votes again and again, foreign pages, guessing."""

import csv
import logging
from pathlib import Path
from typing import Any, Final

import pytest

from app.rooms.codes import ALPHABET, canonical, new_code, readable
from app.web.classroom.live import qr_code
from app.web.classroom.results import _cell
from tests.rooms.asking import JSON, House, house
from tests.rooms.conftest import MakeLog

FOREIGN = {
    "cross-site": {"sec_fetch_site": "cross-site", "origin": "http://evil.example"},
    "same-site": {"sec_fetch_site": "same-site", "origin": "http://other.house"},
    "origin": {"origin": "http://evil.example"},
    "port": {"origin": "http://house:81"},
    "null": {"origin": "null"},
    "broken": {"origin": "http://[house"},
}


async def vote_count(here: House, question: int) -> int:
    return await here.classroom.log.voted(here.code, question)


async def test_a_forged_command_changes_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        path = f"/live/{here.code}/commands"
        body = {"do": "end"}
        for headers in (
            {},
            {"authorization": "Bearer"},
            {"authorization": "Bearer "},
            {"authorization": f"Bearer {here.key}x"},
            {"authorization": f"Bearer {here.key[:-1]}"},
            {"authorization": f"Basic {here.key}"},
            {"authorization": here.key},
            {"cookie": f"key={here.key}"},
        ):
            refused = await here.ask("POST", path, body, **headers)
            assert (refused.status, refused.codes) == (401, ["wrong-key"])
            assert refused.headers["www-authenticate"] == "Bearer"
        in_query = await here.ask("POST", f"{path}?key={here.key}", body)
        assert in_query.status == 401
        assert here.classroom.hub.rooms[here.code].room.last == 1


async def test_the_key_of_another_room_is_no_key(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        other = (await here.ask("POST", "/live", {"walkthrough": "tcp_close"})).json["key"]
        assert (await here.do("end", key=other)).status == 401


async def test_two_presenters_and_an_explicit_hand_over(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        invitation = (await here.do("invite")).json["invitation"]
        join = f"/live/{here.code}/presenters"
        wrong = await here.ask("POST", join, {"invitation": "guess"})
        assert (wrong.status, wrong.codes) == (403, ["wrong-invitation"])
        joined = await here.ask("POST", join, {"invitation": invitation})
        assert (joined.status, joined.json["presenter"]) == (201, 2)
        second = joined.json["key"]
        assert (await here.ask("POST", join, {"invitation": invitation})).status == 403
        assert (await here.do("black", on=True, key=second)).codes == ["not-the-lead"]
        assert (await here.do("accept", key=second)).codes == ["not-offered"]
        assert (await here.do("offer", to=2)).status == 200
        assert (await here.do("black", on=True)).status == 200
        assert (await here.do("accept", key=second)).status == 200
        assert (await here.do("black", on=False)).codes == ["not-the-lead"]
        assert (await here.do("black", on=False, key=second)).status == 200


async def test_a_command_that_is_sent_again_has_no_second_effect(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        first = await here.do("show", step=1, id="command-1")
        await here.do("show", step=2)
        again = await here.do("show", step=1, id="command-1")
        assert first.json == again.json == {"number": 2}
        room = here.classroom.hub.rooms[here.code].room
        assert (room.last, room.view.step) == (3, 2)
        late = await here.do("show", step=9, expected=2)
        assert (late.status, late.codes) == (409, ["outrun"])
        assert (await here.do("show", step=9, expected=3)).status == 200
        await here.do("ask", question="who-waits")
        revealed = await here.do("reveal", id="command-2")
        assert (await here.do("reveal", id="command-2")).json == revealed.json


async def test_a_vote_that_is_replayed_counts_once(make_log: MakeLog, tmp_path: Path) -> None:
    async with house(tmp_path, log=make_log()) as here:
        question = (await here.do("ask", decision="queued")).json["number"]
        for option in ("true", "true", "false"):
            assert (await here.vote(question, option, "ann")).status == 200
        assert await vote_count(here, question) == 1
        await here.do("close")
        late = await here.vote(question, "true", "bob")
        assert (late.status, late.codes) == (409, ["vote-closed"])
        await here.do("reveal")
        state = (await here.ask("GET", f"/live/{here.code}/state")).json
        assert state["question"]["counts"] == {"true": 0, "false": 1}


async def test_a_device_is_known_before_it_votes_and_by_this_room_only(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        question = (await here.do("ask", question="who-waits")).json["number"]
        mine = f"/live/{here.code}/votes/mine"
        first = await here.ask("GET", mine)
        cookie = first.headers["set-cookie"]
        assert first.json == {"question": question, "option": None}
        for part in ("HttpOnly", "SameSite=lax", f"Path=/live/{here.code}"):
            assert part in cookie
        assert "Secure" not in cookie
        token = cookie.partition(";")[0]
        votes = f"/live/{here.code}/votes"
        body = {"question": question, "option": "first"}
        voted = await here.ask("POST", votes, body, cookie=token)
        assert "set-cookie" not in voted.headers
        assert (await here.ask("GET", mine, cookie=token)).json["option"] == "first"
        # What is kept is not the token.
        kept = await here.classroom.log.vote_of(here.code, question, token.partition("=")[2])
        assert kept is None


async def test_a_vote_for_what_was_not_asked_is_refused(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        await here.do("ask", question="who-waits")
        for question, option, status in (
            *((0, "first", 422), (99, "first", 409)),
            *((2, "third", 422), (2, "", 422), (2, "x" * 81, 422)),
        ):
            answer = await here.vote(question, option, "ann")
            assert answer.status == status, (question, option)
            assert await vote_count(here, 2) == 0, (question, option)


async def test_a_foreign_page_can_send_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        question = (await here.do("ask", question="who-waits")).json["number"]
        for name, headers in FOREIGN.items():
            voted = await here.vote(question, "first", "ann", **headers)
            assert (voted.status, voted.codes) == (403, ["foreign-origin"]), name
            assert voted.json["problems"][0]["allowed"].startswith("a page of this server")
            for sent in ("house", "evil"):
                assert sent not in voted.body.decode()
            posted = await here.ask(
                "POST",
                f"/live/{here.code}/votes",
                f"question={question}&option=first".encode(),
                content_type="application/x-www-form-urlencoded",
                **headers,
            )
            assert posted.status == 403, name
            started = await here.ask("POST", "/live", {"walkthrough": "tcp_close"}, **headers)
            assert started.status == 403, name
            assert await vote_count(here, question) == 0, name


async def test_a_page_of_this_host_may_and_a_form_goes_back_to_the_room(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        question = (await here.do("ask", question="who-waits")).json["number"]
        for ours in ({"origin": "http://house"}, {"sec_fetch_site": "same-origin"}):
            assert (await here.vote(question, "first", "ann", **ours)).status == 200
        posted = await here.ask(
            "POST",
            f"/live/{here.code}/votes",
            f"question={question}&option=both".encode(),
            content_type="application/x-www-form-urlencoded",
            cookie="voter=" + "b" * 43,
        )
        assert (posted.status, posted.headers["location"]) == (303, f"/live/{here.code}")
        assert await vote_count(here, question) == 2


async def test_a_form_that_is_too_long_is_told_as_a_body(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        for form in (b"option=" + b"x" * 2000, b"&" * 4000):
            refused = await here.ask(
                "POST",
                f"/live/{here.code}/votes",
                form,
                content_type="application/x-www-form-urlencoded",
            )
            assert (refused.status, refused.codes) == (413, ["body-too-large"])


BAD_BODIES: Final[tuple[tuple[bytes, dict[str, str], int], ...]] = (
    (b"x" * 5000, {}, 413),
    (b"{}", {"content_length": "999999999999"}, 413),
    (b"{}", {"content_length": "-1"}, 413),
    (b"{}", {"content_type": "text/plain"}, 415),
    (b"{}", {"content_type": ""}, 415),
    (b"", {}, 422),
    (b"{", {}, 422),
    (b"[" * 4000, {}, 422),
    (b"\xff\xfe", {}, 422),
    (b"null", {}, 422),
    (b'{"do": "show", "step": 1e9}', {}, 422),
    (b'{"do": "show", "step": 0}', {}, 422),
    (b'{"do": "show", "step": true}', {}, 422),
    (b'{"do": "show", "block": "nothing"}', {}, 422),
    (b'{"do": "show", "query": "state=NONE"}', {}, 422),
    (b'{"do": "show", "variant": "none"}', {}, 422),
    (b'{"do": "ask"}', {}, 422),
    (b'{"do": "ask", "decision": "queued", "question": "who-waits"}', {}, 422),
    (b'{"do": "ask", "decision": "zero-lingr"}', {}, 422),
    (b'{"do": "ask", "decision": "fastopen-request"}', {}, 422),
    (b'{"do": "ask", "question": "none"}', {}, 422),
    (b'{"do": "step"}', {}, 422),
    (b'{"do": "step", "step": 5000}', {}, 422),
    (b'{"do": "opened", "walkthrough": "x"}', {}, 422),
    (b'{"do": "end", "more": 1}', {}, 422),
    (b'{"do": "end", "id": "short"}', {}, 422),
)


async def test_a_bad_body_is_refused_with_the_reason(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        for body, headers, status in BAD_BODIES:
            answer = await here.ask(
                "POST",
                f"/live/{here.code}/commands",
                body,
                authorization=f"Bearer {here.key}",
                **(JSON | headers if "content_type" not in headers else headers),
            )
            assert answer.status == status, (body, headers, answer.body)
            assert answer.headers["content-type"] == "application/problem+json", body
            assert answer.json["problems"], body
            assert here.classroom.hub.rooms[here.code].room.last == 1, body


async def test_secrets_are_in_no_log_no_event_and_not_in_the_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with house(tmp_path) as here:
        stream = await here.follow()
        invitation = (await here.do("invite")).json["invitation"]
        await here.ask("POST", f"/live/{here.code}/presenters", {"invitation": invitation})
        await here.do("bla")
        frames = await stream.until(3)
        assert frames[-1]["data"]["kind"] == "joined"
        state = await here.ask("GET", f"/live/{here.code}/state")
        seen = stream.text + state.body.decode() + caplog.text + contents(tmp_path)
        assert here.key not in seen
        assert invitation not in seen
        assert "10.0.0." not in seen
        for kept in here.classroom.hub.rooms[here.code].room.keys:
            assert kept not in stream.text + state.body.decode()


# Limits


def contents(folder: Path) -> str:
    """All bytes of a folder's files."""
    return "".join(file.read_bytes().decode("latin-1") for file in folder.iterdir())


def over(answer: Any) -> None:
    assert answer.status == 429, answer.body
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.headers["content-type"] == "application/problem+json"


async def test_rooms_started_are_bounded_for_each_address(tmp_path: Path) -> None:
    async with house(tmp_path, starts_burst=3) as here:
        body = {"walkthrough": "tcp_close"}
        for _ in range(2):
            assert (await here.ask("POST", "/live", body)).status == 201
        over(await here.ask("POST", "/live", body))
        assert (await here.ask("POST", "/live", body, address="10.9.9.9")).status == 201
        here.clock.seconds += 61
        assert (await here.ask("POST", "/live", body)).status == 201


async def test_rooms_in_all_are_bounded(tmp_path: Path) -> None:
    async with house(tmp_path, max_rooms=1) as here:
        over(await here.ask("POST", "/live", {"walkthrough": "tcp_close"}))
        assert (await here.do("black", on=True)).status == 200


async def test_followers_are_bounded_and_the_room_is_unharmed(tmp_path: Path) -> None:
    async with house(tmp_path, max_followers=2) as here:
        one, _ = await here.follow(), await here.follow()
        over(await here.ask("GET", f"/live/{here.code}/events"))
        await here.do("black", on=True)
        await one.until(2)
        await one.end()
        assert (await here.follow()).numbers == [2]


async def test_events_are_bounded_in_time_and_in_number(tmp_path: Path) -> None:
    async with house(tmp_path, events_burst=3, max_events=5) as here:
        for _ in range(3):
            assert (await here.do("black", on=True)).status == 200
        over(await here.do("black", on=True))
        here.clock.seconds += 1
        assert (await here.do("black", on=True)).status == 200
        full = await here.do("black", on=True)
        assert (full.status, full.codes) == (409, ["room-full"])
        assert (await here.do("end")).status == 200


async def test_votes_are_bounded_for_each_address_and_for_a_room(tmp_path: Path) -> None:
    async with house(tmp_path, votes_burst=3, votes_rate=1.0, max_voters=3) as here:
        question = (await here.do("ask", question="who-waits")).json["number"]
        for name in ("ann", "bob", "eve"):
            assert (await here.vote(question, "first", name)).status == 200
        over(await here.vote(question, "first", "sue"))
        # Who has voted may change it all the same.
        assert (await here.vote(question, "both", "bob")).status == 200
        here.clock.seconds += 10
        over(await here.vote(question, "first", "sue"))
        assert (await here.vote(question, "both", "ann")).status == 200
        assert await vote_count(here, question) == 3


async def test_who_guesses_codes_waits_and_the_right_one_is_let_in(tmp_path: Path) -> None:
    async with house(tmp_path, misses_burst=5) as here:
        evil = {"address": "10.6.6.6"}
        for _ in range(5):
            missed = await here.ask("GET", f"/live/{new_code()}/state", **evil)
            assert (missed.status, missed.codes) == (404, ["unknown-room"])
        over(await here.ask("GET", f"/live/{new_code()}/state", **evil))
        over(await here.ask("GET", "/live/x/state", **evil))
        # Others behind the same address have the right code.
        assert (await here.ask("GET", f"/live/{here.code}/state", **evil)).status == 200
        # He waits as long as his last question says, however often he asks meanwhile.
        here.clock.seconds += 2.1
        assert (await here.ask("GET", "/live/x/state", **evil)).status == 404


async def test_who_guesses_invitations_spends_nobody_elses_commands(tmp_path: Path) -> None:
    async with house(tmp_path, events_burst=3, misses_burst=5) as here:
        join, evil = f"/live/{here.code}/presenters", {"address": "10.6.6.6"}
        invitation = (await here.do("invite")).json["invitation"]
        statuses = [
            (await here.ask("POST", join, {"invitation": f"guess-{n}"}, **evil)).status
            for n in range(10)
        ]
        assert statuses == [403] * 5 + [429] * 5
        assert (await here.do("black", on=True)).status == 200
        joined = await here.ask("POST", join, {"invitation": invitation}, **evil)
        assert (joined.status, joined.json["presenter"]) == (201, 2)
        # Nor does one presenter spend another's.
        for _ in range(3):
            await here.do("black", on=True)
        over(await here.do("black", on=True))
        declined = await here.do("accept", key=joined.json["key"])
        assert declined.codes == ["not-offered"]


def test_codes_are_many_and_easy_to_read() -> None:
    assert len(ALPHABET) ** len(new_code()) > 2**37
    assert not set(ALPHABET) & set("0o1liaeu")
    code = new_code()
    for text in (
        code,
        code.upper(),
        readable(code),
        readable(code).upper(),
        f" {code[:3]} {code[3:]}",
    ):
        assert canonical(text) == code
    for text in ("", "bcdf", code + "b", code[:-1] + "1", code[:-1] + "ä", "../../etc"):
        assert canonical(text) is None


async def test_another_spelling_of_a_code_is_redirected(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        moved = await here.ask("GET", f"/live/{readable(here.code).upper()}/events?after=1")
        assert (moved.status, moved.headers["location"]) == (
            308,
            f"/live/{here.code}/events?after=1",
        )


@pytest.mark.parametrize("lang", ["", "?lang=zh"])
async def test_a_presenters_own_link_is_a_qr_code_for_who_has_the_key(
    tmp_path: Path, lang: str
) -> None:
    async with house(tmp_path) as here:
        path = f"/live/{here.code}/own-qr.svg{lang}"
        assert (await here.ask("GET", path)).status == 401
        assert (await here.ask("GET", path, authorization="Bearer x")).status == 401
        drawn = await here.ask("GET", path, authorization=f"Bearer {here.key}")
        assert drawn.headers["content-type"] == "image/svg+xml"
        assert drawn.headers["cache-control"] == "no-store"
        link = f"http://house/tcp_close/present{lang}#room={here.code}&key={here.key}&presenter=1"
        assert drawn.body == qr_code(link).body


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_of_the_results_is_a_formula(text: str) -> None:
    assert _cell(text) == f"'{text}"


def test_other_cells_of_the_results_are_as_they_are() -> None:
    for value in ("data_was_unread", "!sk->sk_lingertime", "", "300-fin", 0, -1, "\u8fde"):
        assert _cell(value) is value


async def test_results_are_a_table_for_presenters_only(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        question = (await here.do("ask", decision="queued")).json["number"]
        await here.vote(question, "false", "ann")
        await here.do("close")
        await here.do("ask", question="who-waits")
        path = f"/live/{here.code}/results.csv"
        assert (await here.ask("GET", path)).status == 401
        table = await here.ask("GET", path, authorization=f"Bearer {here.key}")
        assert table.headers["content-type"] == "text/csv; charset=utf-8"
        lines = table.body.decode("utf-8-sig").splitlines()
        assert len(lines) == 1 + 2 + 4
        rows = list(csv.DictReader(lines))
        # In the form that spreadsheets read as a time, whose zone the heading names.
        assert rows[0]["asked_utc"] == "1970-01-12 13:46:40"
        # The first that was asked is question 1, whatever its number is in the log.
        assert {key: text for key, text in rows[1].items() if key != "asked_utc"} == {
            "question": "1",
            "kind": "decision",
            "id": "queued",
            "text": "Another segment in the queue?",
            "line": "23",
            "condition": "(skb = __skb_dequeue(&sk->sk_receive_queue)) != NULL",
            "scenario": "state=ESTABLISHED",
            "option": "false",
            "option_text": rows[1]["option_text"],
            "votes": "1",
            "all_votes": "1",
            "answer": "false",
            "is_right": "1",
        }
        assert rows[1]["option_text"]
        # Of an open vote it says no numbers.
        assert [row["question"] for row in rows[2:]] == ["2"] * 4
        assert {row["votes"] + row["all_votes"] for row in rows[2:]} == {""}
