# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The web: addresses, pages, API. It knows HTTP and templates, and nothing of TCP.

A folder is a capability, and has the same files as the others: `view` or `pages` is what a template
gets, and the routes of it; `api` is the same as JSON. Below them stand
`site` (what all requests share) and `study` (one scenario as the parts of a page).
"""
