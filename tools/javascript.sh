#!/bin/sh
# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
#
# Lints static/js and checks its types, with what tools/javascript/package-lock.json locks. Without npm
# this is left out, loudly; with CI=true it fails.
set -eu
cd "$(dirname "$0")/.."
there=tools/javascript
installed=$there/node_modules/.package-lock.json

if ! command -v npm >/dev/null 2>&1; then
    echo "" >&2
    echo "!!! static/js was not linted and its types not checked: npm is missing. Install it with:" >&2
    echo "!!!     sudo apt-get install npm" >&2
    echo "" >&2
    if [ "${CI:-}" = true ]; then exit 1; fi
    exit 0
fi
if [ ! -f $installed ] || [ $there/package-lock.json -nt $installed ]; then
    echo "installing $there/package-lock.json"
    npm ci --prefix $there --ignore-scripts --no-audit --no-fund --silent
    touch $installed
fi
node $there/node_modules/eslint/bin/eslint.js --config $there/eslint.config.js static/js tests/javascript
for types in tsconfig tsconfig.core; do
    node $there/node_modules/typescript/bin/tsc --project $there/$types.json
done
