# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Scripts to take home: the acts of a plan as a script, for Python or for packetdrill."""
