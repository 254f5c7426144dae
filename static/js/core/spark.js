// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

/**
 * The last values as the paths of a small picture: a line, and the area below it.
 * There is room for `most` values, the newest at the right; the highest reaches the top.
 */
export function sparkPath(values, most, width, height) {
  const shown = values.slice(-most);
  if (!shown.length) return { line: "", area: "" };
  const top = Math.max(...shown, 0);
  const step = width / (most - 1);
  const points = shown.map((value, place) => {
    const x = width - (shown.length - 1 - place) * step;
    const y = height - 1 - (top ? (value / top) * (height - 3) : 0);
    return `${round(x)} ${round(y)}`;
  });
  const line = `M${points.join("L")}`;
  const start = round(width - (shown.length - 1) * step);
  return { line, area: `${line}V${height}H${start}Z` };
}

function round(value) {
  return Math.round(value * 10) / 10;
}
