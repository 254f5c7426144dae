// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Style sheets that the first view does without, fetched when what they dress is first needed.

import { element } from "./element.js";

/** Adds static/css/<name>.css once; resolves when it is there. */
export function needSheet(name) {
  const href = new URL(`../../css/${name}.css`, import.meta.url).href;
  const known = [...document.styleSheets].some((sheet) => sheet.href === href);
  if (known) return Promise.resolve();
  const link = element("link", { rel: "stylesheet", href });
  return new Promise((resolve) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", resolve);
    document.head.append(link);
  });
}
