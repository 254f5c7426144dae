# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The page and the API that ask what was observed, and answer with the paths that fit."""
