# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The way back: from what was observed of a close to the paths of the atlas that fit."""
