# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`python -m app.walkthrough.atlas`: makes an atlas for another process of this program."""

import sys

from app.walkthrough.atlas.making import answer

sys.stdout.buffer.write(answer(sys.stdin.read()))
