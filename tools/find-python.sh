#!/bin/sh
# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
#
# Prints the command of a Python that this project runs on. $PYTHON, if set, is the only candidate.
# Each candidate is run, not only looked up: a version manager's shim may be there and still start nothing.
set -u

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

describe() {
    if found=$("$1" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null); then
        echo "  $1 is Python $found ($(command -v "$1"))"
    elif command -v "$1" >/dev/null 2>&1; then
        echo "  $1 does not start ($(command -v "$1"))"
    fi
}

candidates=${PYTHON:-"python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3"}
for candidate in $candidates; do
    if is_new_enough "$candidate"; then
        echo "$candidate"
        exit 0
    fi
done

{
    echo "Python 3.11 or later is needed. Of $(echo $candidates | sed 's/ /, /g') there is:"
    { for candidate in $candidates; do describe "$candidate"; done } | grep . || echo "  none"
    echo "Install one (sudo apt-get install python3), or name one: make … PYTHON=/path/to/python3.12"
} >&2
exit 1
