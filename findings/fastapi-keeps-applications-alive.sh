#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
#
# Finding: FastAPI 0.165 keeps an application that nobody else holds alive, with all that its endpoints close over: three
# caches of 4,096 entries in fastapi.dependencies.models have the endpoints as their keys. A program with one application
# does not notice; a test suite that makes one for each test grows by each, and a server that makes its API anew does.
# Valid input: an application whose endpoint closes over an object; both are deleted and the garbage is collected.
# Seen (FastAPI 0.165.0, CPython 3.11): the object is still there; it is gone once the caches are emptied.
# Needs: python3 with venv. Fails if the object is gone by itself, or stays for another reason.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -qq install --disable-pip-version-check fastapi==0.165.0
"$folder/venv/bin/python" - <<'PY'
import gc
import weakref

import fastapi
import fastapi.dependencies.models as models


class Content:
    """What a program has loaded."""


def application() -> weakref.ref[Content]:
    content, app = Content(), fastapi.FastAPI()

    @app.get("/")
    def page() -> str:
        return str(content)

    return weakref.ref(content)


kept = application()
gc.collect()
is_alive = kept() is not None
caches = [one for one in vars(models).values() if hasattr(one, "cache_clear")]
for cache in caches:
    cache.cache_clear()
gc.collect()
print(f"FastAPI {fastapi.__version__}: alive {is_alive}; {len(caches)} caches emptied: alive {kept() is not None}")
assert is_alive
assert kept() is None
PY
