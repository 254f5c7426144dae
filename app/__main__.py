# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`python -m app`: the command `walkthrough`, where it is not installed."""

from app.cli import main

if __name__ == "__main__":
    main(prog_name="walkthrough")
