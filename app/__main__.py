# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The command `walkthrough`; as `python -m app` where it is not installed.

Ctrl+C ends it as the system does, at once and without a word, also while it is still loading. A
command that has something to clean up says so: see `app.cli.common.interruptible`.
"""

import gc
import signal


def run() -> None:
    """Do what the command line says."""
    # What is imported stays for good: to look for garbage among it would only cost time.
    gc.disable()
    from app.cli import main

    gc.enable()
    main(prog_name="walkthrough")


# Unless somebody has it ignored.
if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

if __name__ == "__main__":
    run()
