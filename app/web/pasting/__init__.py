# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""From the numbers of a host, as somebody pastes them, to the lines behind them."""
