// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT
//
// Rules for static/js and its tests: what is likely a mistake, and what the design says of core/. Paths are
// those of the repository's root, where it is called.

import js from "@eslint/js";
import globals from "globals";

/** What a pure module may know of a browser. */
const PURE = ["localStorage", "sessionStorage", "TextDecoderStream", "TextEncoder", "URL", "URLSearchParams"];

export default [
  { ignores: ["static/js/export/**"] },
  js.configs.recommended,
  { rules: { "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }] } },
  {
    files: ["static/js/**/*.js"],
    languageOptions: { ecmaVersion: 2025, sourceType: "module", globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      curly: ["error", "multi-line"],
      eqeqeq: "error",
      "max-params": ["error", 5],
      "no-eval": "error",
      "no-implicit-coercion": "error",
      "no-new-func": "error",
      "no-return-assign": ["error", "except-parens"],
      "no-self-compare": "error",
      "no-shadow": "error",
      "no-shadow-restricted-names": "error",
      "no-template-curly-in-string": "error",
      "no-unmodified-loop-condition": "error",
      "no-use-before-define": ["error", { functions: false, classes: false, variables: false }],
      "no-useless-rename": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-template": "error",
    },
  },
  {
    files: ["static/js/core/**/*.js"],
    languageOptions: {
      globals: {
        ...Object.fromEntries(Object.keys(globals.browser).map((name) => [name, "off"])),
        ...Object.fromEntries(PURE.map((name) => [name, "readonly"])),
      },
    },
    rules: { "no-restricted-imports": ["error", { patterns: ["../*"] }] },
  },
  {
    files: ["tests/javascript/**/*.js"],
    languageOptions: { ecmaVersion: 2025, sourceType: "module", globals: globals.nodeBuiltin },
  },
];
