# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""An annotated walkthrough of tcp_close() that executes the C source it shows."""
