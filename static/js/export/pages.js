// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Where the export lies, what its addresses mean, and its bundles of pages: how these are made is
// in app/web/export/bundle.py.

import { documentOf } from "../dom/markup.js";

export const root = new URL("../../../../", import.meta.url);
const RANGE = /^#?L(\d{1,6})-L?(\d{1,6})$/;
const VIEW = ["step", "challenge", "form", "lang", "kernel"];
const kept = new Map();

/**
 * What an address names; null for one outside of the export.
 * @returns {{home: string, place: string, lines: number[], asked: string[][], step: string, challenge: string}}
 *   `home` is the address of the walkthrough's page, `place` what comes below it; `lines` are the
 *   first and the last of `#L42-L48`; `asked` are the fields that say of which page.
 */
export function readAddress(url) {
  const { origin, pathname, searchParams, hash } = new URL(url, document.baseURI);
  if (origin !== root.origin || !pathname.startsWith(root.pathname)) return null;
  const names = pathname.slice(root.pathname.length).replace(/index\.html$/, "").split("/").filter(Boolean);
  const [, ...others] = document.documentElement.dataset.languages.split(" ");
  const depth = others.includes(names[0]) ? 2 : 1;
  const place = names.slice(depth).join("/");
  const lines = (RANGE.exec(place || hash) ?? []).slice(1).map(Number).sort((one, other) => one - other);
  return {
    home: `${root.href}${names.slice(0, depth).join("/")}/`,
    place: lines.length ? `L${lines[0]}` : place,
    lines,
    asked: [...searchParams].filter(([key, value]) => value && !VIEW.includes(key)),
    step: searchParams.get("step"),
    challenge: searchParams.get("challenge"),
  };
}

/** The pages beside an address, and what is known of them; fetched once. */
export function bundleOf(folder) {
  if (!kept.has(folder)) {
    const asked = loaded(new URL("pages.bin", folder));
    // What could not be had is asked for again.
    asked.catch(() => kept.delete(folder));
    kept.set(folder, asked);
  }
  return kept.get(folder);
}

async function loaded(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} is not there`);
  return new Response(response.body.pipeThrough(new DecompressionStream("gzip"))).json();
}

/** A page of a bundle as text. */
export function textOf({ lines, pages }, name) {
  const runs = pages[name];
  const parts = [];
  for (let n = 0; n < runs.length; n += 2) parts.push(...lines.slice(runs[n], runs[n] + runs[n + 1]));
  return parts.join("\n").replaceAll("/~root~/", root.href);
}

/** A page of a bundle as a document. */
export const pageOf = (bundle, name) => documentOf(textOf(bundle, name));
