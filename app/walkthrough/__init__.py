# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A walkthrough: a folder under content/, read, anchored to its source, checked and explained."""
