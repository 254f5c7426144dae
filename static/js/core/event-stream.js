// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Server-sent events out of the answer to a request that EventSource cannot make, such as a post.

/** The whole events at the start of a text, as {name, data}, and the text that is left. */
export function takeEvents(text) {
  const parts = text.split("\n\n");
  const rest = parts.pop();
  const events = parts.map((part) => {
    const fields = part.split("\n").map((line) => line.split(/: ?(.*)/s));
    const value = (name) => fields.filter(([key]) => key === name).map(([, found]) => found).join("\n");
    return { name: value("event"), data: value("data") };
  });
  return { events: events.filter((event) => event.name), rest };
}

/** The events of an answer, as they come. */
export async function* eventsOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const { events, rest } = takeEvents(text + value);
    text = rest;
    yield* events;
  }
}
