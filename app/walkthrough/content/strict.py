# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The shape of what content files hold."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """No unknown keys: a misspelt key is an error, not a silence.

    Validators are built when they are first needed: those of the parts of a file never are.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
