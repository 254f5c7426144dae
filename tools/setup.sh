#!/bin/sh
# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
#
# Makes .venv and installs locked packages into it.
# usage: tools/setup.sh runtime | dev | licence
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

make_venv
write_command
case $1 in
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
    echo "usage: tools/setup.sh runtime | dev | licence" >&2
    exit 2
    ;;
esac
