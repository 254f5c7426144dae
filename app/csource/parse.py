# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""From C text to the syntax tree. The only module that uses tree-sitter.

Long because it holds one short method for each construct of `app.csource.nodes`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final, NoReturn, TypeVar

import tree_sitter
import tree_sitter_c

from app.csource import nodes
from app.csource.source import Source, Span
from app.errors import CSyntaxError, UnsupportedConstruct

_ARITHMETIC: Final = frozenset("+ - * / % & | ^ << >>".split())
_COMPARISON: Final = frozenset("== != < > <= >=".split())
_SIMPLE_ESCAPES: Final = {"n": 10, "t": 9, "r": 13, "0": 0, "\\": 92, "'": 39, '"': 34}
#: Names of integer types that the grammar takes for identifiers: to C they are typedefs.
TYPE_WORDS: Final = frozenset(
    "_Bool s8 s16 s32 s64 u8 u16 u32 u64 __u8 __u16 __u32 __u64 gfp_t".split()
)
_TYPE_IN_PARENTHESES: Final = re.compile(rf"\(\s*({'|'.join(sorted(TYPE_WORDS))})\s*\)".encode())
#: Whose parentheses are its own: `sizeof(u32)`, `while (u32)`.
_NO_PLACE_FOR_A_CAST: Final = frozenset(
    "sizeof_expression if_statement while_statement do_statement switch_statement".split()
)
#: Deeper nesting than any kernel function has; it keeps a hostile text from exhausting the stack.
MAX_DEPTH: Final = 200


@cache
def _language() -> tree_sitter.Language:
    return tree_sitter.Language(tree_sitter_c.language())


def parse_function(source: Source, name: str) -> nodes.Function:
    """The function `name` of a C file.

    Raises CSyntaxError where the text is not C or has no such function, UnsupportedConstruct
    where the function uses C that `app.csource.nodes` does not list.
    """
    try:
        text = source.text.encode()
    except UnicodeEncodeError as error:
        line = source.text.count("\n", 0, error.start) + 1
        raise CSyntaxError(
            "a character that UTF-8 cannot write",
            file=source.file,
            line=line,
            text=source.line(line).encode(errors="backslashreplace").decode(),
        ) from None
    parser = tree_sitter.Parser(_language())
    root = parser.parse(text).root_node
    casts: dict[int, tree_sitter.Node] = {}
    if _TYPE_IN_PARENTHESES.search(text):
        # One cast can hide the next: in `(u8)(u32)-x` the second reads as an argument at first.
        while more := _casts_in(root):
            casts.update(more)
            root = parser.parse(_with_operators(text, casts)).root_node
    reader = _Reader(source, text, casts)
    reader.refuse_errors(root)
    for node in root.named_children:
        if node.type == "function_definition":
            declarator = node.child_by_field_name("declarator")
            if declarator is not None and reader.function_name(declarator) == name:
                return reader.function(node)
    raise CSyntaxError(f"no function {name}", file=source.file, line=1, text=source.line(1))


def functions_in(source: Source) -> list[str]:
    """The names of the functions that a file defines, in its order."""
    text = source.text.encode(errors="replace")
    reader = _Reader(source, text, {})
    found = (
        reader.function_name(declarator)
        for node in tree_sitter.Parser(_language()).parse(text).root_node.named_children
        if node.type == "function_definition"
        and (declarator := node.child_by_field_name("declarator")) is not None
    )
    return [name for name in found if name]


def _casts_in(root: tree_sitter.Node) -> dict[int, tree_sitter.Node]:
    """The type names in parentheses that the grammar takes for a value, by their first byte.

    The grammar does not know which names are types: `(u32)(x)` is a call to it, `(u32)*p` a
    product, `a + (u32)-1` a difference. Where such a name stands in the place of a value it can
    only be a cast.
    """
    found = {}
    open_nodes = [root]
    while open_nodes:
        node = open_nodes.pop()
        open_nodes.extend(node.named_children)
        if (
            node.type == "parenthesized_expression"
            and node.named_child_count == 1
            and node.named_children[0].type == "identifier"
            and (node.named_children[0].text or b"").decode() in TYPE_WORDS
            and node.parent is not None
            and node.parent.type not in _NO_PLACE_FOR_A_CAST
        ):
            found[node.start_byte] = node
    return found


def _with_operators(text: bytes, casts: dict[int, tree_sitter.Node]) -> bytes:
    """The text with `!` in the place of each cast, which binds as a cast does.

    Every other byte stays where it is, so that places in the one text are places in the other.
    """
    changed = bytearray(text)
    for start, node in casts.items():
        within = text[start + 1 : node.end_byte]
        changed[start : node.end_byte] = b"!" + re.sub(rb"\S", b" ", within)
    return bytes(changed)


_N = TypeVar("_N", bound=nodes.Node)
_Converter = Callable[["_Reader", tree_sitter.Node], _N]


class _Reader:
    """Converts tree-sitter's nodes; a method for each construct.

    `casts` are the casts that stand as `!` in the tree; `text` is as the file has it.
    """

    def __init__(self, source: Source, text: bytes, casts: dict[int, tree_sitter.Node]) -> None:
        self.source = source
        self.bytes = text
        self.casts = casts
        self.depth = 0

    # Places and refusals

    def span(self, node: tree_sitter.Node) -> Span:
        start, end = node.start_point, node.end_point
        return Span(start[0] + 1, start[1] + 1, end[0] + 1, end[1])

    def place(self, node: tree_sitter.Node) -> tuple[Span, str]:
        """What each node of ours begins with."""
        return self.span(node), self.text(node)

    def text(self, node: tree_sitter.Node) -> str:
        return self.bytes[node.start_byte : node.end_byte].decode(errors="replace")

    def refuse(self, node: tree_sitter.Node, what: str | None = None) -> NoReturn:
        raise UnsupportedConstruct(
            f"this C is not supported: {what or node.type.replace('_', ' ')}",
            file=self.source.file,
            line=node.start_point[0] + 1,
            text=self.text(node),
        )

    def refuse_errors(self, node: tree_sitter.Node) -> None:
        """Raise CSyntaxError at the first place that did not parse."""
        ahead = [node]
        while ahead:
            node = ahead.pop()
            if not node.has_error:
                continue
            if node.is_error or node.is_missing:
                line = node.start_point[0] + 1
                what = f"missing {node.type}" if node.is_missing else "this is not C"
                raise CSyntaxError(
                    what,
                    file=self.source.file,
                    line=line,
                    text=self.text(node) or self.source.line(line),
                )
            ahead.extend(reversed(node.children))

    def field(self, node: tree_sitter.Node, name: str) -> tree_sitter.Node:
        child = node.child_by_field_name(name)
        if child is None:
            self.refuse(node, f"{node.type.replace('_', ' ')} without {name}")
        return child

    @staticmethod
    def parts(node: tree_sitter.Node) -> list[tree_sitter.Node]:
        """The named children without comments."""
        return [child for child in node.named_children if child.type != "comment"]

    # Functions, declarations, types

    def function_name(self, declarator: tree_sitter.Node) -> str | None:
        while declarator.type in {"pointer_declarator", "function_declarator"}:
            inner = declarator.child_by_field_name("declarator")
            if inner is None:
                return None
            declarator = inner
        return self.text(declarator) if declarator.type == "identifier" else None

    def function(self, node: tree_sitter.Node) -> nodes.Function:
        declarator, pointers = self.pointed_to(self.field(node, "declarator"))
        parameters = []
        for child in self.parts(self.field(declarator, "parameters")):
            if child.type != "parameter_declaration":
                self.refuse(child)
            if child.child_by_field_name("declarator") is None:
                if self.text(child) == "void":
                    continue
                self.refuse(child, "parameter without a name")
            name, type_name = self.declared(child, self.field(child, "declarator"))
            parameters.append(nodes.Parameter(self.span(child), self.text(child), name, type_name))
        body = self.statement(self.field(node, "body"))
        assert isinstance(body, nodes.Compound)
        return nodes.Function(
            *self.place(node),
            name=self.function_name(declarator) or "",
            returns=self.type_name(node, pointers),
            parameters=tuple(parameters),
            body=body,
            source=self.source,
        )

    def type_name(self, owner: tree_sitter.Node, pointers: int) -> nodes.TypeName:
        """The type of a declaration, parameter, function or cast (`owner` has it as a field)."""
        node = self.field(owner, "type")
        if node.type == "struct_specifier":
            if node.child_by_field_name("body") is not None:
                self.refuse(node, "declaring a struct inside the function")
            base = f"struct {self.text(self.field(node, 'name'))}"
        elif node.type in {"primitive_type", "type_identifier", "sized_type_specifier"}:
            base = " ".join(self.text(node).split())
        else:
            self.refuse(node)
        qualifiers = {self.text(c) for c in owner.children if c.type == "type_qualifier"}
        if qualifiers - {"const", "volatile"}:
            self.refuse(owner, "qualifier " + ", ".join(sorted(qualifiers)))
        for child in owner.children:
            if child.type == "storage_class_specifier" and owner.type == "declaration":
                self.refuse(child, f"storage class {self.text(child)}")
        return nodes.TypeName(*self.place(node), base, pointers, "const" in qualifiers)

    def declared(
        self, owner: tree_sitter.Node, declarator: tree_sitter.Node
    ) -> tuple[str, nodes.TypeName]:
        declarator, pointers = self.pointed_to(declarator)
        if declarator.type != "identifier":
            self.refuse(declarator)
        return self.text(declarator), self.type_name(owner, pointers)

    def pointed_to(self, declarator: tree_sitter.Node) -> tuple[tree_sitter.Node, int]:
        """The declarator behind the stars, and how many there are."""
        pointers = 0
        while declarator.type == "pointer_declarator":
            self.refuse_qualifiers(declarator)
            pointers += 1
            declarator = self.field(declarator, "declarator")
        return declarator, pointers

    def refuse_qualifiers(self, declarator: tree_sitter.Node) -> None:
        """A star with a qualifier behind it: the pointer itself is const, which no type here is."""
        for child in declarator.children:
            if child.type == "type_qualifier":
                self.refuse(declarator, f"a pointer that is {self.text(child)} itself")

    # Statements

    def statement(self, node: tree_sitter.Node) -> nodes.Statement:
        convert = _STATEMENTS.get(node.type)
        if convert is None:
            self.refuse(node)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refuse(node, f"nesting deeper than {MAX_DEPTH}")
        result = convert(self, node)
        self.depth -= 1
        return result

    def statements(self, children: list[tree_sitter.Node]) -> tuple[nodes.Statement, ...]:
        return tuple(self.statement(child) for child in children)

    def compound(self, node: tree_sitter.Node) -> nodes.Statement:
        return nodes.Compound(*self.place(node), self.statements(self.parts(node)))

    def declaration(self, node: tree_sitter.Node) -> nodes.Statement:
        declarators = []
        for child in node.children_by_field_name("declarator"):
            inner, value = child, None
            if child.type == "init_declarator":
                inner = self.field(child, "declarator")
                value = self.expression(self.field(child, "value"))
            name, type_name = self.declared(node, inner)
            declarators.append(
                nodes.Declarator(self.span(child), self.text(child), name, type_name, value)
            )
        return nodes.Declaration(*self.place(node), tuple(declarators))

    def expression_statement(self, node: tree_sitter.Node) -> nodes.Statement:
        inner = self.parts(node)
        if not inner:
            return nodes.Empty(*self.place(node))
        return nodes.ExpressionStatement(*self.place(node), self.expression(inner[0]))

    def header(self, node: tree_sitter.Node, condition: tree_sitter.Node) -> Span:
        return self.span(node).to(self.span(condition))

    def if_(self, node: tree_sitter.Node) -> nodes.Statement:
        condition = self.field(node, "condition")
        alternative = node.child_by_field_name("alternative")
        otherwise = None
        if alternative is not None:
            otherwise = self.statement(self.parts(alternative)[0])
        return nodes.If(
            *self.place(node),
            condition=self.expression(condition),
            then=self.statement(self.field(node, "consequence")),
            otherwise=otherwise,
            header=self.header(node, condition),
        )

    def do(self, node: tree_sitter.Node) -> nodes.Statement:
        condition = self.field(node, "condition")
        keyword = next(child for child in node.children if child.type == "while")
        return nodes.DoWhile(
            *self.place(node),
            self.expression(condition),
            self.statement(self.field(node, "body")),
            self.span(keyword).to(self.span(condition)),
        )

    def for_(self, node: tree_sitter.Node) -> nodes.Statement:
        start: nodes.Statement | None = None
        initializer = node.child_by_field_name("initializer")
        if initializer is not None:
            if initializer.type == "declaration":
                start = self.statement(initializer)
            else:
                start = nodes.ExpressionStatement(
                    self.span(initializer), self.text(initializer), self.expression(initializer)
                )
        closing = [child for child in node.children if child.type == ")"][-1]
        return nodes.For(
            *self.place(node),
            start=start,
            condition=self.value_if_any(node, "condition"),
            advance=self.value_if_any(node, "update"),
            body=self.statement(self.field(node, "body")),
            header=self.header(node, closing),
        )

    def tested(
        self, kind: type[nodes.While | nodes.Switch], node: tree_sitter.Node
    ) -> nodes.Statement:
        """What has a condition in its head, and then a body."""
        return kind(
            *self.place(node),
            self.value(node, "condition"),
            self.statement(self.field(node, "body")),
            self.header(node, self.field(node, "condition")),
        )

    def case(self, node: tree_sitter.Node) -> nodes.Statement:
        value = node.child_by_field_name("value")
        body = [child for child in self.parts(node) if value is None or child.id != value.id]
        return nodes.SwitchCase(
            *self.place(node),
            self.value_if_any(node, "value"),
            self.statements(body),
        )

    def goto(self, node: tree_sitter.Node) -> nodes.Statement:
        return nodes.Goto(*self.place(node), self.text(self.field(node, "label")))

    def labeled(self, node: tree_sitter.Node) -> nodes.Statement:
        label = self.field(node, "label")
        colon = next(child for child in node.children if child.type == ":")
        rest = [child for child in self.parts(node) if child.id != label.id]
        return nodes.Label(
            *self.place(node),
            self.text(label),
            self.statement(rest[0]) if rest else nodes.Empty(self.span(colon), self.text(colon)),
            self.span(label).to(self.span(colon)),
        )

    def return_(self, node: tree_sitter.Node) -> nodes.Statement:
        inner = self.parts(node)
        return nodes.Return(*self.place(node), self.expression(inner[0]) if inner else None)

    # Expressions

    def expression(self, node: tree_sitter.Node) -> nodes.Expression:
        convert = _EXPRESSIONS.get(node.type)
        if convert is None:
            self.refuse(node)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refuse(node, f"nesting deeper than {MAX_DEPTH}")
        result = convert(self, node)
        self.depth -= 1
        return result

    def value(self, node: tree_sitter.Node, name: str) -> nodes.Expression:
        """The expression in a field of a node."""
        return self.expression(self.field(node, name))

    def value_if_any(self, node: tree_sitter.Node, name: str) -> nodes.Expression | None:
        child = node.child_by_field_name(name)
        return None if child is None else self.expression(child)

    def parenthesized(self, node: tree_sitter.Node) -> nodes.Expression:
        inner = self.parts(node)
        if len(inner) != 1 or inner[0].type == "compound_statement":
            self.refuse(node, "statement expression")
        return self.expression(inner[0])

    def number(self, node: tree_sitter.Node) -> nodes.Expression:
        text = self.text(node)
        if text[0] in "+-":
            # The grammar counts the sign as part of the token; to C it is an operator.
            whole = self.span(node)
            digits = Span(whole.line, whole.column + 1, whole.end_line, whole.end_column)
            return nodes.Unary(whole, text, text[0], self.unsigned(node, text[1:], digits))
        return self.unsigned(node, text, self.span(node))

    def unsigned(self, node: tree_sitter.Node, text: str, span: Span) -> nodes.Number:
        """The constant `text`; `node` is the token that it stands in."""
        written = text.lower().replace("'", "")
        digits = written.rstrip("ul")
        suffix = written[len(digits) :]
        try:
            if digits.startswith(("0x", "0b")):
                value = int(digits, 0)
            elif digits.startswith("0") and len(digits) > 1:
                value = int(digits, 8)
            else:
                value = int(digits)
        except ValueError:
            self.refuse(node, "a number that is no integer")
        if suffix not in {"", "u", "l", "ul", "lu", "ll", "ull", "llu"} or value >= 1 << 64:
            self.refuse(node, "a number that fits no integer type")
        return nodes.Number(span, text, value, suffix, not digits.startswith("0"))

    def character(self, node: tree_sitter.Node) -> nodes.Expression:
        written = self.text(node)
        inner = written[1:-1]
        if len(inner) == 1 and ord(inner) < 128:
            value = ord(inner)
        elif len(inner) == 2 and inner[0] == "\\" and inner[1] in _SIMPLE_ESCAPES:
            value = _SIMPLE_ESCAPES[inner[1]]
        else:
            self.refuse(node)
        return nodes.Number(self.span(node), written, value, "", True)

    def word(self, node: tree_sitter.Node) -> nodes.Expression:
        """An identifier; the grammar gives `NULL`, `true` and `false` kinds of their own."""
        return nodes.Identifier(*self.place(node), self.text(node))

    def member(self, node: tree_sitter.Node) -> nodes.Expression:
        return nodes.Member(
            *self.place(node),
            self.value(node, "argument"),
            self.text(self.field(node, "field")),
            self.text(self.field(node, "operator")) == "->",
        )

    def call(self, node: tree_sitter.Node) -> nodes.Expression:
        return nodes.Call(
            *self.place(node),
            self.value(node, "function"),
            tuple(self.expression(a) for a in self.parts(self.field(node, "arguments"))),
        )

    def unary(self, node: tree_sitter.Node) -> nodes.Expression:
        cast = self.casts.get(node.start_byte)
        if cast is not None:
            return self.cast_of_word(node, cast)
        operator = self.text(self.field(node, "operator"))
        if operator not in {"-", "+", "~", "!"}:
            self.refuse(node, f"operator {operator}")
        operand = self.value(node, "argument")
        return nodes.Unary(*self.place(node), operator, operand)

    def pointer(self, node: tree_sitter.Node) -> nodes.Expression:
        operand = self.value(node, "argument")
        is_address = self.text(self.field(node, "operator")) == "&"
        kind = nodes.AddressOf if is_address else nodes.Dereference
        return kind(*self.place(node), operand)

    def update(self, node: tree_sitter.Node) -> nodes.Expression:
        operator = self.field(node, "operator")
        argument = self.field(node, "argument")
        return nodes.Update(
            *self.place(node),
            self.text(operator),
            self.expression(argument),
            operator.start_byte < argument.start_byte,
        )

    def binary(self, node: tree_sitter.Node) -> nodes.Expression:
        operator = self.text(self.field(node, "operator"))
        left = self.value(node, "left")
        right = self.value(node, "right")
        if operator in {"&&", "||"}:
            return nodes.Logical(*self.place(node), operator, left, right)
        if operator not in _ARITHMETIC | _COMPARISON:
            self.refuse(node, f"operator {operator}")
        return nodes.Binary(*self.place(node), operator, left, right)

    def assignment(self, node: tree_sitter.Node) -> nodes.Expression:
        operator = self.text(self.field(node, "operator"))[:-1]
        return nodes.Assignment(
            *self.place(node), operator, self.value(node, "left"), self.value(node, "right")
        )

    def conditional(self, node: tree_sitter.Node) -> nodes.Expression:
        return nodes.Conditional(
            *self.place(node),
            self.value(node, "condition"),
            self.value_if_any(node, "consequence"),
            self.value(node, "alternative"),
        )

    def cast(self, node: tree_sitter.Node) -> nodes.Expression:
        described = self.field(node, "type")
        pointers = 0
        declarator = described.child_by_field_name("declarator")
        while declarator is not None:
            if declarator.type != "abstract_pointer_declarator":
                self.refuse(declarator)
            self.refuse_qualifiers(declarator)
            pointers += 1
            declarator = declarator.child_by_field_name("declarator")
        return nodes.Cast(
            *self.place(node), self.type_name(described, pointers), self.value(node, "value")
        )

    def cast_of_word(self, node: tree_sitter.Node, cast: tree_sitter.Node) -> nodes.Expression:
        """A cast that the tree has as `!`; `cast` is its type in parentheses."""
        word = cast.named_children[0]
        return nodes.Cast(
            *self.place(node),
            nodes.TypeName(self.span(word), self.text(word), self.text(word), 0, False),
            self.value(node, "argument"),
        )


def _made(kind: Callable[..., _N], *fields: str) -> _Converter[_N]:
    """A node of which the grammar's `fields` are all, each an expression."""
    return lambda reader, node: kind(
        *reader.place(node), *(reader.value(node, name) for name in fields)
    )


_STATEMENTS: Final[Mapping[str, _Converter[nodes.Statement]]] = {
    "compound_statement": _Reader.compound,
    "declaration": _Reader.declaration,
    "expression_statement": _Reader.expression_statement,
    "if_statement": _Reader.if_,
    "while_statement": lambda reader, node: reader.tested(nodes.While, node),
    "do_statement": _Reader.do,
    "for_statement": _Reader.for_,
    "switch_statement": lambda reader, node: reader.tested(nodes.Switch, node),
    "case_statement": _Reader.case,
    "break_statement": _made(nodes.Break),
    "continue_statement": _made(nodes.Continue),
    "goto_statement": _Reader.goto,
    "labeled_statement": _Reader.labeled,
    "return_statement": _Reader.return_,
}

_EXPRESSIONS: Final[Mapping[str, _Converter[nodes.Expression]]] = {
    "parenthesized_expression": _Reader.parenthesized,
    "number_literal": _Reader.number,
    "char_literal": _Reader.character,
    "identifier": _Reader.word,
    "null": _Reader.word,
    "true": _Reader.word,
    "false": _Reader.word,
    "string_literal": _made(nodes.String),
    "concatenated_string": _made(nodes.String),
    "subscript_expression": _made(nodes.Subscript, "argument", "index"),
    "field_expression": _Reader.member,
    "call_expression": _Reader.call,
    "unary_expression": _Reader.unary,
    "pointer_expression": _Reader.pointer,
    "update_expression": _Reader.update,
    "binary_expression": _Reader.binary,
    "assignment_expression": _Reader.assignment,
    "conditional_expression": _Reader.conditional,
    "comma_expression": _made(nodes.Comma, "left", "right"),
    "cast_expression": _Reader.cast,
}
