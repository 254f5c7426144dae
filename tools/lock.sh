#!/bin/sh
# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
#
# Writes requirements/*.txt: every version and its hashes, for Python 3.11 and later on every platform.
# usage: tools/lock.sh <uv> [options for "uv pip compile", such as --upgrade]
set -eu
uv=$1
shift

compile() { # compile <target> <what it is for> <arguments for uv>
    target=$1 purpose=$2
    shift 2
    tmp=$(mktemp)
    # The previous file is the starting point, so that only --upgrade moves versions.
    if [ -f "$target" ]; then grep -v '^#' "$target" >"$tmp" || :; fi
    "$uv" pip compile --universal --python-version 3.11 --generate-hashes \
        --no-header --no-emit-index-url --no-config --quiet --output-file "$tmp" "$@" >/dev/null
    {
        sed -n '2,4p' "$0" # who wrote it, and the licence
        echo "# $purpose"
        echo '# Written by "make lock" from pyproject.toml; not edited by hand.'
        cat "$tmp"
    } >"$target"
    rm -f "$tmp"
    echo "$target: $(grep -c '==' "$target") packages"
}

compile requirements/runtime.txt "What the program needs to run." pyproject.toml --all-extras "$@"
compile requirements/dev.txt "What the tests need: everything in runtime.txt, and the tools." \
    pyproject.toml --all-extras --group dev --constraints requirements/runtime.txt "$@"
compile requirements/licence.txt 'What "make check" needs besides dev.txt.' \
    --group licence --constraints requirements/dev.txt "$@"
