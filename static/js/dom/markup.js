// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The one door by which text becomes markup, under a policy that the pages' Content-Security-Policy
// names. What comes through is the program's own answer, which its templates have escaped.

const own = {
  createHTML: (html) => html,
  createScriptURL: (address) => {
    const { origin, href } = new URL(address, location.href);
    if (origin !== location.origin) throw new TypeError(`a script from elsewhere: ${origin}`);
    return href;
  },
};
const policy = globalThis.trustedTypes?.createPolicy("walkthrough", own) ?? own;

/**
 * A text of the program as a document: a page, in which nothing is kept back (theme.js), or a picture.
 * @param {string} text
 * @param {DOMParserSupportedType} type
 */
export function documentOf(text, type = "text/html") {
  const parsed = new DOMParser().parseFromString(policy.createHTML(text), type);
  for (const folded of parsed.querySelectorAll("details > noscript")) folded.replaceWith(...folded.childNodes);
  return parsed;
}

/** A piece of a page. */
export function fragmentOf(html) {
  const template = document.createElement("template");
  template.innerHTML = policy.createHTML(html);
  return template.content;
}

/** A worker of the program. */
export const workerAt = (address) => new Worker(policy.createScriptURL(address), { type: "module" });

/** The address of the service worker. */
export const scriptAddress = (address) => policy.createScriptURL(address);
