# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Cutting: the functions out of a tree's files, with `#ifdef` resolved, and what is read off it.

A function is found by its name and the brace in the first column that ends it, as every kernel's
file has it; the rest of the file need not be C that anybody could parse.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import product
from typing import Final

from app.editions.records import Kept, Label, Piece
from app.editions.trees import MAIN, Tree
from app.errors import HIDDEN, NotTaken
from app.kernel.constants import CONSTANTS
from app.kernel.features import Fact
from app.kernel.texts import CALLEES
from app.walkthrough.pairs import is_label

#: Where callees are, but for those in the main file.
_ELSEWHERE: Final = ("include/net/tcp.h", "net/ipv4/inet_connection_sock.c")
_COMMENT: Final = re.compile(
    # What is not ended goes on to the end of the file, or of its line: so each letter is read once.
    r"""/\*.*?(?:\*/|\Z)|//[^\n]*|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?""",
    re.DOTALL,
)
_STRING: Final = re.compile(r'"(?:\\.|[^"\\\n])*"?')
_TOKEN: Final = re.compile(rf"{_STRING.pattern}|\w+|[^\w\s]")
_TABLE: Final = re.compile(
    r"^static\s+(?:const\s+)?\w[\w ]*\bnew_state\s*\[\w*\]\s*=\s*\{", re.MULTILINE
)
_CONDITION: Final = re.compile(r"\s*#\s*(ifdef|ifndef|if|elif|else|endif)\b(.*)")
_WORDS: Final = re.compile(
    r"(?:IS_(?:ENABLED|BUILTIN|REACHABLE)|defined)\s*\(?\s*(\w+)\s*\)?|(\w+)"
)
#: What a condition may consist of once its names are values, in Python's words.
_IN_PYTHON: Final = {word: word for word in ("True", "False", "(", ")")} | {
    "&&": "and",
    "||": "or",
    "!": "not",
}
#: Names whose choices are tried one by one where nobody decides them.
MAX_UNDECIDED: Final = 3
#: Lines and letters of a function, at most.
MAX_LINES: Final = 1500
MAX_LETTERS: Final = 100_000
#: What a table's numbers are called where the model has no name for them.
_NUMBERS: Final = {"TCP_NEW_SYN_RECV": 12}
LABEL: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._~-]{0,47}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The texts of a tree by what is chosen of `names`, those `#ifdef`s that nobody decided."""

    names: frozenset[str]
    texts: Mapping[frozenset[str], Kept]

    def like(self, chosen: frozenset[str]) -> Kept:
        """The text with this choice; names that it does not ask for do not matter."""
        return self.texts.get(chosen & self.names) or next(iter(self.texts.values()))


def alike(one: Choices, other: Choices) -> Iterator[tuple[tuple[str, ...], Kept, Kept]]:
    """What of two trees is to be compared: texts that agree on the names which both ask for.

    Each pair of texts comes once, with the names that are on in it.
    """
    told = set()
    for on, a in one.texts.items():
        for too, b in other.texts.items():
            if on & other.names == too & one.names and (a.digest, b.digest) not in told:
                told.add((a.digest, b.digest))
                yield tuple(sorted(on | too)), a, b


def cut(
    tree: Tree, function: str, config: Mapping[str, bool] | None = None, label: str | None = None
) -> list[Kept]:
    """The texts of a tree: one, or one for each choice of `#ifdef`s that `config` leaves open.

    Of choices that make no difference there is the first. Raises NotTaken.
    """
    kept: dict[str, Kept] = {}
    for text in cut_choices(tree, function, config, label).texts.values():
        kept.setdefault(text.digest, text)
    return list(kept.values())


def cut_choices(
    tree: Tree, function: str, config: Mapping[str, bool] | None = None, label: str | None = None
) -> Choices:
    """The text of every choice of `#ifdef`s that `config` leaves open. Raises NotTaken."""
    texts = {path: decoded(data) for path, data in tree.files.items()}
    files = {path: _File(path, text) for path, text in texts.items() if path != "Makefile"}
    main = files[MAIN]
    entry = main.find(function)
    if entry is None:
        raise NotTaken(f"{tree.origin}: no function {function} in {MAIN}")
    inner = main.find(f"__{function}") if f"__{function}(" in entry.text else None
    shown = [piece for piece in (inner, entry) if piece is not None]
    callees = []
    for name in CALLEES:
        defined = (files[path].find(name) for path in (MAIN, *_ELSEWHERE) if path in files)
        piece = next((item for item in defined if item is not None), None)
        if piece is not None and name != function:
            callees.append(piece)
    named = label_of(texts.get("Makefile", ""), tree, label)
    names = sorted({name for piece in (*shown, *callees) for name in _open_names(piece.text)})
    # What the files themselves define, or take back, is no choice.
    code = "\n".join(file.code for file in files.values())
    words = re.findall(r"^[ \t]*#[ \t]*(define|undef)[ \t]+(\w+)", code, re.MULTILINE)
    said = {name: word == "define" for word, name in words}
    found: dict[frozenset[str], Kept] = {}
    open_: tuple[str, ...] = ()
    for chosen, open_ in _choices(names, config, said):
        made = Kept(
            digest="",
            labels=(named,),
            licence=_licence(main.text),
            entry=function,
            shown=tuple(_resolved(piece, chosen) for piece in shown),
            callees=tuple(_resolved(piece, chosen) for piece in callees),
            tables=main.tables(),
            facts=_facts(files, "".join(piece.text for piece in shown)),
            chosen=tuple(sorted(chosen)),
            undecided=open_,
        )
        found[chosen.intersection(open_)] = _with(
            made, digest_of(made), chosen if open_ else frozenset()
        )
    return Choices(names=frozenset(open_), texts=found)


def take(path: str, text: str, function: str, modelled: Collection[str]) -> str:
    """A file with a function of another one, and with those of it that it calls.

    Those that are `modelled` stay out; what the preprocessor asks for is off, unless the file
    defines it. Raises NotTaken where the file has no such function.
    """
    file = _File(path, text)
    entry = file.find(function)
    if entry is None:
        raise NotTaken(f"{path}: no function {function}")
    wanted, left = {function: entry}, [entry]
    while left:
        for name in re.findall(r"\b([a-zA-Z_]\w*)\s*\(", without_comments(left.pop().text)):
            found = None if name in wanted or name in modelled else file.find(name)
            if found is not None:
                wanted[name] = found
                left.append(found)
    on = frozenset(re.findall(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", file.code, re.MULTILINE))
    pieces = sorted(wanted.values(), key=lambda piece: piece.line)
    texts = (re.sub(r"\n{3,}", "\n\n", _resolved(piece, on).text) for piece in pieces)
    spdx = re.search(r"SPDX-License-Identifier: *([\w.+-]+)", text[:2000])
    licence = f"// SPDX-License-Identifier: {spdx[1]}\n\n" if spdx else ""
    return licence + "\n\n".join(texts) + "\n"


def _with(kept: Kept, digest: str, chosen: frozenset[str]) -> Kept:
    """The text with its digest; a choice that nobody decided is part of its label."""
    (label,) = kept.labels
    if chosen:
        name = "~".join((label.name, *sorted(chosen)))[:48]
        label = replace(label, name=name, how=f"{label.how}; with {', '.join(sorted(chosen))}")
    return replace(kept, digest=digest, labels=(label,))


def decoded(data: bytes) -> str:
    """The text of a file, in whatever encoding its comments are, with plain line ends.

    Letters that nobody sees, which would act on a terminal, are replaced one by one.
    """
    for encoding in ("utf-8", "gb18030", "latin-1"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ")
        return HIDDEN.sub("\ufffd", text)
    raise AssertionError("latin-1 decodes anything")


def without_comments(text: str) -> str:
    """The text with blanks for its comments, so that every place stays where it is."""

    def blank(match: re.Match[str]) -> str:
        found = match[0]
        return found if found[0] in "\"'" else re.sub(r"[^\n]", " ", found)

    return _COMMENT.sub(blank, text)


def tokens_of(piece: Piece) -> str:
    """The tokens of a piece, a blank between them."""
    return " ".join(_TOKEN.findall(without_comments(piece.text)))


def digest_of(kept: Kept) -> str:
    """A digest of what is executed: the same for texts that only look different.

    That is the tokens of the functions, and what was read off the tree for the model beside them.
    """
    digest = sha256()
    for piece in (*kept.shown, *kept.callees):
        digest.update(tokens_of(piece).encode() + b"\0")
    digest.update(repr(sorted(kept.tables.items())).encode())
    digest.update(repr(sorted((name, fact.value) for name, fact in kept.facts.items())).encode())
    return digest.hexdigest()[:8]


class _File:
    """One file of a tree."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.code = _STRING.sub(lambda m: '"' * len(m[0]), without_comments(text))
        self.lines = text.split("\n")

    def line_of(self, place: int) -> int:
        return self.code.count("\n", 0, place) + 1

    def find(self, name: str) -> Piece | None:
        """A function's definition."""
        head = re.compile(
            rf"^(?:\w[\w \t*]*\n)?(?:\w[\w \t*]*?[ \t*])?{re.escape(name)}[ \t]*"
            r"\([^;{}#]{0,500}?\)[^;{}=()]{0,200}\{",
            re.MULTILINE,
        )
        match = head.search(self.code)
        if match is None:
            return None
        end = self.code.find("\n}", match.end() - 1)
        if end < 0:
            return None
        first, last = self.line_of(match.start()), self.line_of(end + 1)
        if last - first > MAX_LINES or end - match.start() > MAX_LETTERS:
            raise NotTaken(
                f"{self.path}: {name}, line {first}: at most {MAX_LINES} lines and "
                f"{MAX_LETTERS:,} letters are taken of a function"
            )
        text = "\n".join(self.lines[first - 1 : last])
        return Piece(name=name, file=self.path, line=first, text=text)

    def tables(self) -> dict[str, tuple[int, ...]]:
        """The table of what close() makes of each state; empty where there is none to read."""
        match = _TABLE.search(self.code)
        end = self.code.find("};", match.end()) if match else -1
        if match is None or end < 0:
            return {}
        found: dict[int, int] = {}
        for place, item in enumerate(self.code[match.end() : end].split(",")):
            index, _, value = item.rpartition("=")
            where = re.search(r"\[\s*(\w+)\s*\]", index)
            number = _sum(value)
            at = place if where is None else _sum(where[1])
            if number is None or at is None or not 0 <= at < 32:
                if not item.strip():
                    continue
                return {}
            found[at] = number
        return {"new_state": tuple(found.get(n, 0) for n in range(max(found, default=-1) + 1))}

    def fact(self, pattern: str, value: int | str | bool) -> Fact | None:
        """What a line says that matches; the value may be a group of it."""
        match = re.search(pattern, self.code, re.MULTILINE)
        if match is None:
            return None
        line = self.line_of(match.start())
        return Fact(value=value, file=self.path, line=line, code=self.lines[line - 1].strip())


def _sum(text: str) -> int | None:
    """The value of names joined by `|`; None where one of them is no name that is known."""
    total = 0
    for word in text.split("|"):
        name = word.strip().strip("()")
        constant = CONSTANTS.get(name)
        if name.isdigit():
            total |= int(name)
        elif constant is not None and constant.value is not None:
            total |= constant.value
        elif name in _NUMBERS:
            total |= _NUMBERS[name]
        else:
            return None
    return total


# The preprocessor


def _open_names(text: str) -> Iterator[str]:
    """What the conditions inside a function ask for."""
    for line in without_comments(text).split("\n"):
        match = _CONDITION.match(line)
        if match is not None and match[1] not in {"else", "endif"}:
            for word in _WORDS.finditer(match[2]):
                name = word[1] or word[2]
                if not name.isdigit():
                    yield name


def _choices(
    names: Sequence[str], config: Mapping[str, bool] | None, said: Mapping[str, bool]
) -> Iterator[tuple[frozenset[str], tuple[str, ...]]]:
    """Which names are defined, and which of them nobody decided; `said` is what the files say."""
    known = {**said, **(config or {})}
    decided = {
        name
        for name in names
        if name in said or (config is not None and name.startswith("CONFIG_"))
    }
    on = {name for name in decided if known.get(name)}
    left = tuple(name for name in names if name not in decided)
    if len(left) > MAX_UNDECIDED:
        yield frozenset(on), left
        yield frozenset({*on, *left}), left
        return
    for choice in product((False, True), repeat=len(left)):
        chosen = {name for name, is_on in zip(left, choice, strict=True) if is_on}
        yield frozenset(on | chosen), left


def read_config(text: str) -> dict[str, bool]:
    """The options of a `.config`: whether each is built in or a module."""
    return dict.fromkeys(re.findall(r"^(CONFIG_\w+)=[ym]$", text, re.MULTILINE), True)


def _resolved(piece: Piece, chosen: frozenset[str]) -> Piece:
    """The function as the preprocessor would leave it; what goes becomes blank lines."""
    if "#" not in piece.text:
        return piece
    lines = piece.text.split("\n")
    code = without_comments(piece.text).split("\n")
    #: Of each open condition: whether what is here stays, and whether a branch was taken already.
    open_: list[tuple[bool, bool]] = []
    found = []
    for line, bare in zip(lines, code, strict=True):
        match = _CONDITION.match(bare)
        if match is None:
            stays = all(here for here, _ in open_)
            found.append(line if stays and not bare.lstrip().startswith("#") else "")
            continue
        found.append("")
        keyword, text = match[1], match[2].strip()
        if keyword in {"ifdef", "ifndef", "if"}:
            holds = _holds(text, chosen, keyword, piece)
            open_.append((holds, holds))
        elif not open_:
            raise NotTaken(f"{piece.file}: {piece.name}: #{keyword} without #if")
        elif keyword == "endif":
            open_.pop()
        else:
            _, was = open_.pop()
            holds = not was and (keyword == "else" or _holds(text, chosen, keyword, piece))
            open_.append((holds, was or holds))
    if open_:
        raise NotTaken(f"{piece.file}: {piece.name}: #if without #endif")
    return Piece(name=piece.name, file=piece.file, line=piece.line, text="\n".join(found))


def _holds(text: str, chosen: frozenset[str], keyword: str, piece: Piece) -> bool:
    """Whether a condition holds: names, numbers, `!`, `&&`, `||` and parentheses."""
    if keyword == "ifdef":
        return text.split(maxsplit=1)[0] in chosen if text else False
    if keyword == "ifndef":
        return text.split(maxsplit=1)[0] not in chosen if text else True

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        return str(bool(int(name)) if name.isdigit() else name in chosen)

    tokens = re.findall(r"\w+|&&|\|\||!|[()]|\S+", _WORDS.sub(value, text))
    try:
        if len(tokens) > 100 or not _IN_PYTHON.keys() >= {*tokens}:
            raise ValueError(text)
        code = " ".join(_IN_PYTHON[word] for word in tokens)
        return _truth(ast.parse(f"({code})", mode="eval").body)
    except (SyntaxError, ValueError):
        raise NotTaken(
            f"{piece.file}: {piece.name}: a condition that cannot be decided: #if {text}"
        ) from None


def _truth(node: ast.expr) -> bool:
    """The value of a condition in Python's words. Raises ValueError where it is another thing."""
    match node:
        case ast.Constant(value=bool() as value):
            return value
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _truth(operand)
        case ast.BoolOp(op=operator, values=values):
            parts = [_truth(value) for value in values]
            return all(parts) if isinstance(operator, ast.And) else any(parts)
    raise ValueError(ast.dump(node))


# What else the tree says


def label_of(makefile: str, tree: Tree, given: str | None = None) -> Label:
    """What the kernel of a tree is called, and how that was told. Raises NotTaken."""
    if given is not None and not is_label(given):
        given = f"{given}~{sha256(tree.files[MAIN]).hexdigest()[:6]}"
    if given is not None:
        if not LABEL.fullmatch(given):
            raise NotTaken(f"label {given}: letters, digits, dots, _ and -, at most 48 in all")
        return Label(name=given, how="given", origin=tree.origin)
    numbers = dict(
        re.findall(r"^(VERSION|PATCHLEVEL|SUBLEVEL|EXTRAVERSION) *= *(\S*)", makefile, re.MULTILINE)
    )
    told = ".".join(numbers[k] for k in ("VERSION", "PATCHLEVEL", "SUBLEVEL") if numbers.get(k))
    told += numbers.get("EXTRAVERSION", "") if told else ""
    name = re.sub(r"[^0-9A-Za-z._~-]", "-", tree.name).strip("-.~_") or "text"
    version = re.search(r"\d+\.\d+(?:\.\d+)?(?:-rc\d+)?", name)
    if tree.is_named:
        return Label(name=name[:48], how="the revision", origin=tree.origin)
    if not told:
        how = "the name, for want of a Makefile"
        found = version[0] if version else f"{name}~{sha256(tree.files[MAIN]).hexdigest()[:6]}"
        return Label(name=found[-48:], how=how, origin=tree.origin)
    if version and version[0].count(".") == 2 and not told.startswith(version[0]):
        how = f"the name; the Makefile says {told}"
        return Label(name=version[0], how=how, origin=tree.origin)
    return Label(name=told[:48], how="the Makefile", origin=tree.origin)


def _licence(text: str) -> str:
    match = re.search(r"SPDX-License-Identifier: *([\w.+-]+)", text[:2000])
    return match[1] if match else "GPL-2.0-or-later (as the head of the file says)"


def _facts(files: Mapping[str, _File], shown: str) -> dict[str, Fact]:
    """What is read off the tree where the model stands in for its text."""
    found: dict[str, Fact] = {}
    if "tcp_tw_timeout" not in shown:
        header = files.get("include/net/tcp.h")
        match = (
            re.search(r"#define\s+TCP_TIMEWAIT_LEN\s*\(\s*(\d{1,5})\s*\*\s*HZ\s*\)", header.code)
            if header
            else None
        )
        fact = (
            header.fact(r"#define\s+TCP_TIMEWAIT_LEN\b", int(match[1]))
            if header and match
            else None
        )
        found["timewait"] = fact or Fact(value=60)
    disconnect = files[MAIN].find("tcp_disconnect")
    if disconnect is not None:
        inside = _File(MAIN, disconnect.text)
        fact = inside.fact(r"\breqsk_fastopen_remove\(", True) or inside.fact(
            r"tcp_disconnect\(", False
        )
        assert fact is not None, "its own head"
        found["drops_request"] = _moved(fact, disconnect.line)
        reasons = re.findall(r"\bSK_RST_REASON_(\w+)", inside.code)
        if reasons:
            fact = inside.fact(r"\bSK_RST_REASON_", " ".join(dict.fromkeys(reasons)))
            assert fact is not None, "it was found"
            found["reasons"] = _moved(fact, disconnect.line)
    sock = files.get("net/core/sock.c")
    narrow = sock.fact(r"\bling\.l_linger\s*\*\s*HZ", 32) if sock else None
    wide = sock.fact(r"\bt_sec\s*\*\s*HZ", 64) if sock else None
    found["linger_bits"] = wide or narrow or Fact(value=32)
    cap = files[MAIN].fact(r"val\s*>\s*TCP_FIN_TIMEOUT_MAX\s*/\s*HZ", "120 s") or files[MAIN].fact(
        r"val\s*>\s*[\w>().&-]{0,80}?tcp_fin_timeout\s*/\s*HZ", "0 above tcp_fin_timeout"
    )
    if cap is not None:
        found["linger2_cap"] = cap
    return found


def _moved(fact: Fact, first: int) -> Fact:
    return Fact(value=fact.value, file=fact.file, line=fact.line + first - 1, code=fact.code)
