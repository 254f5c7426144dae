// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Where this edition lies, and what its addresses mean: the language is a folder below the root,
// then come the walkthrough and the place; everything else stands in the query. Several lines have
// no file of their own: `#L42-L48` behind the walkthrough's page.

export const root = new URL("../../../../", import.meta.url);
const RANGE = /^L[0-9]{1,6}-L?[0-9]{1,6}$/;
const [main, ...others] = document.documentElement.dataset.edition.split(" ");

/**
 * What an address names: {lang, id, place, query, hash}; null for one outside of the edition.
 * `lang` in the query counts for more than the folder.
 */
export function readAddress(url) {
  const { origin, pathname, search, hash } = new URL(url, document.baseURI);
  if (origin !== root.origin || !pathname.startsWith(root.pathname)) return null;
  const names = pathname.slice(root.pathname.length).split("/").filter((name) => name && name !== "index.html");
  const folder = others.includes(names[0]) ? names.shift() : main;
  const asked = new URLSearchParams(search).get("lang");
  const lang = [main, ...others].includes(asked) ? asked : folder;
  const isRange = names.length === 1 && RANGE.test(hash.slice(1));
  const place = isRange ? hash.slice(1) : names.slice(1).map(decodeURIComponent).join("/");
  return { lang, id: names[0] ?? "", place, query: search.slice(1), hash: isRange ? "" : hash };
}

/** The address of a place; `query` is a list of `key=value`, of which empty ones are left out. */
export function addressOf(lang, id, place = "", query = []) {
  const isRange = RANGE.test(place);
  const names = [lang === main ? "" : lang, id, isRange ? "" : place].filter(Boolean);
  const folder = names.length ? `${names.join("/")}/` : "";
  const pairs = query.filter(Boolean);
  return root.href + folder + (pairs.length ? `?${pairs.join("&")}` : "") + (isRange ? `#${place}` : "");
}

/** Every address of a document in full, so that it stays good whatever the window's becomes. */
export function absolute(node, base) {
  for (const name of ["href", "src", "action"]) {
    for (const element of node.querySelectorAll(`[${name}]`)) {
      const value = element.getAttribute(name);
      if (value && !value.startsWith("#")) element.setAttribute(name, new URL(value, base).href);
    }
  }
}
