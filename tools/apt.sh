# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
#
# Read by the other scripts: installing a system package where that is possible.

# apt_install <package>…: true if the packages are there afterwards. Does nothing for a user who is not root.
apt_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || return 1
    echo "installing with apt-get: $*"
    # A package list that is a little old still helps, so a failed update is not the end.
    DEBIAN_FRONTEND=noninteractive apt-get update -qq || :
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}
