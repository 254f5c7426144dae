#!/bin/sh
# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
#
# Makes .venv and installs locked packages into it; or installs what some tests need of the system.
# usage: tools/setup.sh runtime | dev | licence | system
set -eu
cd "$(dirname "$0")/.."
. tools/apt.sh

venv=.venv
python=$venv/bin/python

make_venv() {
    # A virtual environment that no longer starts (its Python was upgraded or removed) is made anew.
    if [ -x $python ] && $python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        return
    fi
    base=$(sh tools/find-python.sh)
    if ! "$base" -c 'import venv, ensurepip' 2>/dev/null; then
        # Debian and Ubuntu leave the module out of python3; the package is named after the exact version.
        package=$("$base" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        apt_install "$package" || {
            echo "Python's venv module is missing. Install it, and run make again:" >&2
            echo "    sudo apt-get install python3-venv      (for $base: $package)" >&2
            exit 1
        }
    fi
    echo "setting up .venv with $("$base" --version)"
    rm -rf $venv
    "$base" -m venv $venv
}

# What the user configured for pip elsewhere must not move the packages out of .venv.
unset PIP_USER PIP_TARGET PIP_PREFIX PYTHONHOME PYTHONPATH
install() { # install <lock> [options for pip]
    echo "installing $1 into $venv"
    PIP_DISABLE_PIP_VERSION_CHECK=1 $python -m pip -qq --no-input install --require-hashes --requirement "$@"
}

# The command "walkthrough", running this folder's program wherever it is called from.
write_command() {
    cat >$venv/bin/walkthrough <<'EOF'
#!/bin/sh
root=$(cd "$(dirname "$0")/../.." && pwd)
PYTHONPATH=$root${PYTHONPATH:+:$PYTHONPATH} exec "$root/.venv/bin/python" -P -m app "$@"
EOF
    chmod +x $venv/bin/walkthrough
}

has_gcc() {
    echo '#include <stdio.h>' | gcc -E - >/dev/null 2>&1
}

has_chromium() {
    $python tools/chromium.py >/dev/null 2>&1
}

has_nginx() {
    PATH=$PATH:/usr/sbin:/usr/local/sbin command -v nginx >/dev/null 2>&1
}

has_qemu() {
    command -v qemu-system-x86_64 >/dev/null 2>&1
}

has_tshark() {
    command -v tshark >/dev/null 2>&1
}

has_kernels() {
    [ -e /usr/src/linux-source-6.1.tar.xz ] && [ -e /usr/src/linux-source-6.12.tar.xz ]
}

has_redis() {
    command -v redis-server >/dev/null 2>&1
}

# Chromium without windows, which needs half of the time; a package of Debian's.
has_shell() {
    command -v chromium-headless-shell >/dev/null 2>&1
}

install_shell() {
    apt-cache show chromium-headless-shell >/dev/null 2>&1 && apt_install chromium-headless-shell && has_chromium
}

# Debian has a package; Ubuntu's is a snap, which does not start everywhere, so there it is Playwright's own build.
install_chromium() {
    apt_install chromium && has_chromium && return
    [ "$(id -u)" = 0 ] && $python -m playwright install --with-deps --only-shell chromium
}

left_out() { # left_out <which tests> <what is missing> <how to get it>
    echo "" >&2
    echo "!!! The $1 tests can't run: $2 is missing. Install it with:" >&2
    echo "!!!     $3" >&2
    if [ "${CI:-}" = true ]; then echo "!!! CI=true: they will fail." >&2; fi
    echo "" >&2
}

system() {
    has_gcc || apt_install gcc libc6-dev || left_out differential gcc "sudo apt-get install gcc libc6-dev"
    has_shell || install_shell || has_chromium || install_chromium || left_out browser Chromium \
        "sudo apt-get install chromium      (Ubuntu: sudo .venv/bin/playwright install --with-deps chromium)"
    has_redis || apt_install redis-server || left_out "rooms in Redis" redis-server "sudo apt-get install redis-server"
    has_qemu || apt_install qemu-system-x86 || left_out "other kernels" qemu-system-x86_64 \
        "sudo apt-get install --no-install-recommends qemu-system-x86"
    has_tshark || apt_install tshark || left_out "captures beside tshark" tshark "sudo apt-get install tshark"
    has_kernels || apt_install linux-source-6.1 linux-source-6.12 || left_out "imported kernels" "linux-source-6.1 or -6.12" \
        "sudo apt-get install linux-source-6.1 linux-source-6.12      (Debian 12; or they are downloaded by the tests)"
    has_nginx || apt_install nginx || left_out proxy nginx "sudo apt-get install nginx"
}

if [ "$1" != system ]; then
    make_venv
    write_command
fi
case $1 in
system)
    system
    ;;
runtime)
    install requirements/runtime.txt
    touch $venv/.runtime
    ;;
dev)
    install requirements/dev.txt
    touch $venv/.runtime $venv/.dev
    ;;
licence)
    # From source: its build tool, poetry-core, is in dev.txt, so nothing unlocked is fetched.
    install requirements/licence.txt --no-build-isolation
    touch $venv/.licence
    ;;
*)
    echo "usage: tools/setup.sh runtime | dev | licence | system" >&2
    exit 2
    ;;
esac
