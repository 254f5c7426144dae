// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Addresses of lines and of the texts to copy. The server has the same in app/web/addresses.py.

/** `L42`, or `L42-L48` in the order of the code. */
export function linesPlace(one, other) {
  const [start, end] = one <= other ? [one, other] : [other, one];
  return start === end ? `L${start}` : `L${start}-L${end}`;
}

/** The texts of the page that is shown now; `known` is such an address, for what stands before it. */
export function copyAddress(known, { origin, pathname, search }) {
  const path = new URL(known).pathname;
  const prefix = path.slice(0, path.lastIndexOf("/copy/"));
  return `${origin}${prefix}/copy${pathname.slice(prefix.length)}${search}`;
}
