// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// A timer as plain data: {ms, since}; `since` is null while it stands.

export const STOPPED = { ms: 0, since: null };

export function toggled({ ms, since }, now) {
  return since === null ? { ms, since: now } : { ms: ms + now - since, since: null };
}

/** Minutes and seconds, hours before them where there are any. */
export function shownTime({ ms, since }, now) {
  const seconds = Math.floor((ms + (since === null ? 0 : now - since)) / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hours, minutes, rest] = parts.map((part, index) => String(part).padStart(index ? 2 : 1, "0"));
  return parts[0] ? `${hours}:${minutes}:${rest}` : `${parts[1]}:${rest}`;
}
