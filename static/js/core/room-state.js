// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The state of a room as the events make it, the way the server folds them (app/rooms).

/** The room after an event; null where events between them are missing. */
export function folded(room, { number, at_ms, kind, data }) {
  if (number <= room.last) return room;
  if (number !== room.last + 1) return null;
  const next = { ...room, last: number, at_ms };
  switch (kind) {
    case "shown": return { ...next, view: data, isPast: Boolean(room.question?.counts) || room.isPast };
    case "asked": return { ...next, isPast: false, question: { ...data, number, ...FRESH } };
    case "closed": return { ...next, question: { ...room.question, is_open: false } };
    case "revealed": {
      const { question: _, ...found } = data;
      return { ...next, isPast: false, question: { ...room.question, ...found, is_open: false } };
    }
    case "black": return { ...next, is_black: data.is_black };
    case "joined": return { ...next, presenters: data.presenter };
    case "offered": return { ...next, offered_to: data.to };
    case "withdrawn": case "declined": return { ...next, offered_to: null };
    case "taken": return { ...next, lead: data.presenter, offered_to: null };
    case "ended": return { ...next, is_ended: true, offered_to: null };
  }
  return next;
}

const FRESH = { is_open: true, voted: 0, origins: null, counts: null, answer: null, explanation: null };

/**
 * The room of a snapshot. It does not say whether anything was shown after a question was revealed,
 * so a revealed one counts as past.
 */
export function roomOf(snapshot) {
  return { ...snapshot, isPast: Boolean(snapshot.question?.counts) };
}

/** The question that is on now: asked, and not yet left behind. */
export function presentQuestion(room) {
  return room?.question && !room.isPast && !room.is_ended ? room.question : null;
}

/**
 * The decision whose way nothing may show yet: asked, and neither revealed nor, once the vote is
 * closed, passed by the presenter.
 */
export function openDecision(room) {
  const question = presentQuestion(room);
  if (question?.kind !== "decision" || question.counts) return null;
  return question.is_open || (room.view.step ?? 0) < question.step ? question : null;
}
