# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The lab: a real socket is brought into a scenario, closed, and laid beside the model.

Nothing here knows of pages or of a terminal. What touches the kernel runs in processes and
network namespaces of its own (`work`); what only thinks about it (`recipes`, `verdict`,
`evidence`) can be imported anywhere.
"""
