# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The files of a content folder: their shapes, their lines, their mistakes."""
