# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A place in a discussion: texts to copy, frames, oEmbed, citation."""
