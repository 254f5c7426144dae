# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`python -m app.cli` is `walkthrough`."""

from app.cli import main

main()
