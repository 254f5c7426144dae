#!/bin/sh
# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
#
# Installs the package with the source of the running kernel, and imports it.
# usage: tools/kernel.sh
set -eu
cd "$(dirname "$0")/.."
. tools/apt.sh

walkthrough=.venv/bin/walkthrough
if ! $walkthrough import; then
    version=$(uname -r | sed 's/^\([0-9]*\.[0-9]*\).*/\1/')
    # Debian names the package after the version; Ubuntu's default one has the source of its own kernel.
    for package in "linux-source-$version" linux-source; do
        if apt-cache show "$package" >/dev/null 2>&1 && apt_install "$package"; then
            $walkthrough import "$(ls -t /usr/src/linux-source-*.tar.* /usr/src/linux-source-*/*.tar.* 2>/dev/null | head -n 1)"
            break
        fi
    done
fi
$walkthrough editions
echo "To read it: make serve, then http://127.0.0.1:8000/tcp_close, and choose the kernel at the top right."
