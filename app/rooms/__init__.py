# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Live rooms: a presenter shows, everybody follows and votes.

A room is an append-only log of numbered events. A presenter posts commands, which the room's state
allows or not; everybody reads the events. Nothing here knows what is explained, nor of HTTP:
`room` is what a room is (pure), `log` where its events are kept, `hub` who listens, `classroom`
what can be done, `limits` how much. This is the contract that the pages and other programs use:

Addresses
---------
::

    POST /live                     {"walkthrough": "tcp_close"}
                                   201 {"room", "url", "presenter": 1, "key"}
    GET  /live/<code>/events       the stream; resumes after Last-Event-ID, or after ?after=<n>
    GET  /live/<code>/state        the snapshot, once
    POST /live/<code>/commands     Authorization: Bearer <key>     200 {"number"}
    POST /live/<code>/presenters   {"invitation"}                  201 {"presenter", "key"}
    POST /live/<code>/votes        {"question": <number>, "option": <id>}; JSON, or a form (303)
    GET  /live/<code>/votes/mine   {"question", "option"}: this device's vote, or null
    GET  /live/<code>/results.csv  Authorization: Bearer <key>
    GET  /live/<code>/own-qr.svg   Authorization: Bearer <key>

Posts need `Content-Type: application/json` and come from this host's own pages, or from no page.
Errors are problem details (RFC 9457): 401 no key of this room, 403 not allowed (another origin, not
the lead), 404 no such room (any more), 409 the state does not allow it, 413, 415, 422 bad input
with every problem, 429 over a limit and 503 the log does not answer or has a room that only another
version of the program can read, both with `Retry-After`.

Codes are 8 characters of `codes.ALPHABET`; `codes.readable` is for the wall. Written otherwise
(capitals, hyphens), an address redirects to the code with 308.

Commands
--------
::

    {"do": "show", "block": id | null, "query": "recv=300", "step": n | null, "variant": id | null}
                                       `variant` is a variant's id or an imported kernel's label
    {"do": "step", "step": n | null}
    {"do": "ask", "decision": id}      which way it goes the next time after the step shown
    {"do": "ask", "question": id}      one of the content's questions
    {"do": "close"}                    end the vote
    {"do": "reveal"}                   show the bars and the answer; ends the vote first
    {"do": "black", "on": true}
    {"do": "invite"}                   200 {"number", "invitation"}: a secret, good once
    {"do": "offer", "to": presenter}   {"do": "withdraw"}   {"do": "accept"}   {"do": "decline"}
    {"do": "end"}

Each may have an `id` (8 to 40 of `A-Za-z0-9_-`, chosen by the sender) and `expected`, the number
of the last event that the sender knows. A command that is sent again with its id, because the
answer was lost, has no second effect and gives the same number. With `expected` it is refused
(409 `outrun`) where something has happened since. Only the presenter who leads may command; the
one who was offered the lead may `accept` or `decline`. Whoever has the same key is the same
presenter, on however many screens.

The stream
----------
Server-sent events of four types, each with one line of JSON:

`snapshot`
    First, for a client that names no event it has: the state below. Its id is the last event's.
`event`
    `{"number", "at_ms", "kind", "command", "data"}`; the number is the id too. Numbers go up by
    one. A client that names the last one it has gets exactly those behind it.
`voters`
    `{"question": number, "voted": n, "origins": {"devices", "addresses", "most"}}`, when that has
    changed, at most twice a second. No id. The origins are the devices that voted through this
    process, behind how many addresses, and how many are behind one at most.
`followers`
    `{"followers": n}`: how many streams this process has for the room, presenters' included, when
    that has changed, at most twice a second. No id. Where several processes serve one room, each
    knows of its own.

The first line is `retry:`, 1 to 3 s at random. A comment comes every 15 s. When the server ends or
is replaced the stream ends, and a browser connects again by itself. For any status but 200 it
does not: after 204 (the room has ended and nothing is new) and 404 a client gives up, after 429
and 503 it makes a new connection with `?after=<n>` after `Retry-After` or later, at random.

========== ========================================================================================
kind       data
========== ========================================================================================
opened     walkthrough
shown      block, query, step, variant (all four, as they are now)
asked      the question: kind (`decision` or `choice`), id, text {en, zh}, options [{id, text}]; a
           decision also has line, condition, socket {en, zh}, query, variant, step: the one that
           decides it.
           The question's number is that of this event.
closed     question (its number)
revealed   question, voted, counts {option: votes}, answer (an option's id, or null),
           explanation ({en, zh}, or null)
black      is_black
invited    (nothing)
joined     presenter
offered    to
withdrawn  (nothing)
declined   presenter
taken      presenter, who leads from now on
ended      (nothing): nothing follows, and clients close the stream
========== ========================================================================================

The state: room, last (event number), opened_ms, at_ms, walkthrough, view {block, query, step,
variant}, is_black, is_ended, presenters (how many), lead, offered_to (a presenter or null), and
question: null or what was asked last with its number, is_open, voted, origins, counts, answer,
explanation.
Before it is revealed counts, answer and explanation are null, here and everywhere else.

Secrets
-------
A presenter's key stands in the fragment of the presenter's link, `…#key=<key>`, and travels in
the Authorization header only; the log has its hash. The voter's cookie is random, HttpOnly,
SameSite, and bound to the room by its path. A device gets it with its first stream or page, before
it votes: a vote that is sent again because its answer was lost is then the same device's. A room
and its votes are deleted 24 hours after its last event, or after somebody last followed it.
"""
