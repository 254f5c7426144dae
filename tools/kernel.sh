#!/bin/sh
# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
#
# Installs the package with the source of the running kernel, imports it, and says the address.
# usage: tools/kernel.sh
set -eu
cd "$(dirname "$0")/.."
. tools/apt.sh

walkthrough=.venv/bin/walkthrough
said=$(mktemp)
trap 'rm -f "$said"' EXIT
if ! $walkthrough import >"$said"; then
    version=$(uname -r | sed 's/^\([0-9]*\.[0-9]*\).*/\1/')
    # Debian names the package after the version; Ubuntu's default one has the source of its own kernel.
    for package in "linux-source-$version" linux-source; do
        if apt-cache show "$package" >/dev/null 2>&1 && apt_install "$package"; then
            break
        fi
    done
    newest=$(ls /usr/src/linux-source-*.tar.* /usr/src/linux-source-*/*.tar.* 2>/dev/null | sort -V | tail -n 1)
    if [ -z "$newest" ]; then
        echo "No package here has the source of a kernel: walkthrough import SOURCE takes a tree that you have." >&2
        exit 1
    fi
    $walkthrough import "$newest" >"$said"
    case $newest in
    *linux-source-"$version"[!0-9]*) ;;
    *) echo "No package has the source of the running kernel $(uname -r); this is the newest that there is." ;;
    esac
fi
cat "$said"
address=$(sed -n 's/^ *read it *//p' "$said" | tail -n 1)
echo "To read it: make serve, then http://127.0.0.1:8000$address"
