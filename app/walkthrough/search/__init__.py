# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Search: what can be found, an index of it that has the weights already, and looking words up."""
