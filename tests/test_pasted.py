# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The browser's reader of pasted texts in Python: that it is the same, and what limits it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app import pasted
from app.paths import STATIC
from tests.conftest import REPOSITORY
from tests.javascript.test_core import NODE

TEXTS = sorted((REPOSITORY / "tests" / "javascript" / "pasted").glob("*.txt"))
READ = (
    f'import {{ readHostText }} from "{STATIC}/js/core/reading/read.js";'
    'import { readFileSync } from "node:fs";'
    'const read = (path) => readHostText(readFileSync(path, "utf8"));'
    "console.log(JSON.stringify(process.argv.slice(1).map(read)));"
)


def test_python_reads_every_text_as_the_browser_does() -> None:
    command = [str(NODE), "--input-type=module", "-e", READ, *map(str, TEXTS)]
    browser = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    texts = [path.read_bytes().decode("utf-8") for path in TEXTS]
    assert [pasted.read_pasted(text) for text in texts] == browser


@pytest.mark.parametrize("text", ["", "\0\ud800\u2028`${1}", "TcpOutRsts\0 5"])
def test_whatever_stands_in_a_text_arrives(text: str) -> None:
    assert "nothing" in pasted.read_pasted(text)["says"]


def test_modules_become_one_script_each_once_and_in_order(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text(
        'import {\n  c,\n} from "./c.js";\nimport { b } from "./b.js";\nexport function a() {}\n'
    )
    (tmp_path / "b.js").write_text('import { c } from "./c.js";\nexport class b {}\n')
    (tmp_path / "c.js").write_text("// export\nexport const c = 1;\n")
    script = pasted.joined(tmp_path / "a.js").split("\n")
    assert [line for line in script if line] == [
        "// export",
        "const c = 1;",
        "class b {}",
        "function a() {}",
    ]


@pytest.mark.parametrize("line", ['import * as b from "./b.js";', "export default 1;"])
def test_another_form_of_module_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.js").write_text(line)
    with pytest.raises(ValueError, match=r"a\.js"):
        pasted.joined(tmp_path / "a.js")


@pytest.mark.parametrize(
    "body", ["for (;;);", "const all = []; for (;;) all.push(new Array(9999).fill(1));"]
)
def test_a_script_without_end_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    (tmp_path / "a.js").write_text(f"export function a() {{ {body} }}")
    monkeypatch.setattr(pasted, "_SECONDS", 1.0)
    monkeypatch.setattr(pasted, "_BYTES", 64 * 1024 * 1024)
    with pytest.raises(pasted.ReadingFailure):
        # From the root, so it is no module of ours.
        pasted.run(str(tmp_path / "a.js"), "a")
    # And the next text is read.
    assert pasted.read_pasted("TcpOutRsts 5 0.0")["counters"] == {"OutRsts": 5}


def test_nothing_of_it_is_loaded_before_it_is_wanted() -> None:
    code = "import sys, app.web.app, app.pasted; print('py_mini_racer' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
