# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The pure modules of static/js/core, tested by the Node that Playwright brings along."""

import subprocess
from pathlib import Path

import playwright

NODE = Path(playwright.__file__).parent / "driver" / "node"
HERE = Path(__file__).parent
CORE = HERE.parent.parent / "static" / "js" / "core"


def test_the_pure_modules_do_what_their_tests_say() -> None:
    tests = sorted(str(path) for path in HERE.glob("*.test.js"))
    command = [str(NODE), "--no-warnings", "--test", "--test-reporter=spec", *tests]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_pure_modules_know_no_document() -> None:
    assert [path.name for path in CORE.glob("*.js") if "document." in path.read_text()] == []
