// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What is asked of a room's addresses, and the sentence by which it is refused.

/** The room does not allow it; the message is a sentence. */
export class Refused extends Error {
  /** @param {Response} response */
  constructor(response, message) {
    super(message);
    this.status = response.status;
    this.waitMs = 1000 * (Number(response.headers.get("Retry-After")) || 1);
  }
}

/**
 * The answer to a request, a post where it has a body. Rejects with what the server says is wrong.
 * @param {string} address
 * @param {{key?: string, body?: object, signal?: AbortSignal}} has
 */
export async function answerTo(address, { key, body, signal }) {
  const headers = { ...(body && { "Content-Type": "application/json" }), ...(key && { Authorization: `Bearer ${key}` }) };
  const response = await fetch(address, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), signal });
  if (response.ok) return response;
  const said = await response.json().catch(() => null);
  throw new Refused(response, said?.problems?.[0]?.detail ?? said?.detail ?? String(response.status));
}
