# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What every answer has, whatever it is about: headers, languages, problems, caching."""
