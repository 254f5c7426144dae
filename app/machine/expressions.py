# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Compiles expressions into closures: one method for each construct of C.

Types are worked out once, while compiling; a closure only computes. What a C compiler would
refuse (an undeclared name, types that do not fit) becomes a closure that raises when it is
reached, and is listed in `faults`: a walkthrough may show text that does not compile, and still
run up to it.

A fault has a type of its own, `FAULT`, which every construct lets through: so the first mistake
is the one that is named, and what is around it adds no complaint of its own.

This module is longer than its neighbours because the constructs belong together: each method
is one row of the table in `_COMPILE`. What they share is next door: `compiled` (what a method
returns), `places`, `conversions`, `operators`, `calls`, `scope`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from app.csource import nodes
from app.csource.source import Source, fold
from app.errors import ExecutionError, InvalidOperation, UndeclaredName, nearest
from app.machine.calls import Arguments, direct_call, pointer_call, slot_getter
from app.machine.compiled import Getter, Place, Run, Value, raiser
from app.machine.conversions import (
    comparable,
    conversion,
    is_null_constant,
    is_scalar,
    joined,
)
from app.machine.environment import STANDARD, Environment
from app.machine.operators import COMPARE, COMPUTE, division, shift
from app.machine.places import member_place, pointed_place, variable_place
from app.machine.scope import Scope, Variable
from app.machine.trace import Leaf, Operand, shown
from app.machine.types import (
    FAULT,
    INT,
    FunctionType,
    IntegerType,
    PointerType,
    StructType,
    Type,
    VoidType,
    common,
    literal_type,
    pointer_to,
    promoted,
)
from app.machine.values import UNSET, Function


class _AtFault(Exception):
    """Operands of which one is at fault; `get` evaluates them up to that one."""

    def __init__(self, getters: list[Getter]) -> None:
        def get(run: Run) -> None:
            for getter in getters:
                getter(run)

        self.get = get


class ExpressionCompiler:
    """Compiles the expressions of one function."""

    def __init__(self, source: Source, environment: Environment) -> None:
        self.source = source
        self.environment = environment
        self.scope = Scope()
        self.faults: list[ExecutionError] = []

    # Faults

    def raising(self, error: ExecutionError) -> Getter:
        """A closure that raises when it is reached."""
        self.faults.append(error)
        return raiser(error)

    def at_fault(self, node: nodes.Expression, error: ExecutionError | _AtFault) -> Value:
        """An expression that raises when it is reached, or goes as far as the operand that does."""
        get = error.get if isinstance(error, _AtFault) else self.raising(error)
        return Value(node, FAULT, get)

    def through(self, *operands: Value) -> None:
        """Raises _AtFault where one of the operands is at fault."""
        if any(operand.type is FAULT for operand in operands):
            raise _AtFault([operand.get for operand in operands])

    def invalid(self, node: nodes.Node, message: str) -> InvalidOperation:
        return InvalidOperation(message, file=self.source.file, line=node.span.line, text=node.text)

    def refused(self, node: nodes.Expression, message: str) -> Value:
        return self.at_fault(node, self.invalid(node, message))

    def undeclared(
        self, node: nodes.Node, name: str, what: str, near: Iterable[str] = ()
    ) -> UndeclaredName:
        return UndeclaredName(
            f"{what} {name} is not declared",
            name=name,
            nearest=nearest(name, sorted(near)),
            file=self.source.file,
            line=node.span.line,
            text=node.text,
        )

    # Entry points

    def compile(self, node: nodes.Expression) -> Value:
        """An expression, for its value."""
        try:
            return _COMPILE[type(node)](self, node)
        except (ExecutionError, _AtFault) as error:
            return self.at_fault(node, error)

    def probe(self, node: nodes.Expression) -> Value:
        """The same, for who only wants to know whether it can be compiled: no fault is kept."""
        count = len(self.faults)
        value = self.compile(node)
        del self.faults[count:]
        return value

    def expanded(self, node: nodes.Expression) -> nodes.Expression | None:
        """What a macro of the environment stands for; the node itself where it is none."""
        while isinstance(node, nodes.Call):
            match node.function:
                case nodes.Identifier(name=name):
                    macro = self.environment.macros.get(name)
                case nodes.Member(name=name):
                    macro = self.environment.macros.get(f"->{name}")
                case _:
                    macro = None
            if macro is None:
                break
            after = macro(node)
            if after is None or after is node:
                return after
            node = after
        return node

    def condition(self, node: nodes.Expression) -> Callable[[Run], bool]:
        """An expression, for its truth; each leaf that is evaluated records an `Operand`."""
        expanded = self.expanded(node)
        if expanded is not None and not isinstance(expanded, nodes.Binary):
            # A macro that compares is a name that gives 0 or 1, as a function is.
            node = expanded
        if isinstance(node, nodes.Logical):
            left, right = self.condition(node.left), self.condition(node.right)
            if node.operator == "&&":
                return lambda run: left(run) and right(run)
            return lambda run: left(run) or right(run)
        if isinstance(node, nodes.Unary) and node.operator == "!":
            if isinstance(node.operand, nodes.Logical):
                inner = self.condition(node.operand)
                return lambda run: not inner(run)
            return self.leaf(node, "!", node.operand, None)
        if isinstance(node, nodes.Binary) and (node.operator in COMPARE or node.operator == "&"):
            return self.leaf(node, node.operator, node.left, node.right)
        transparent = self.transparent(node)
        if transparent is not None:
            name, argument = transparent
            inner = self.condition(argument)

            def through(run: Run) -> bool:
                run.recorder.calls.append(name)
                return inner(run)

            return through
        return self.leaf(node, None, node, None)

    def scalar(self, node: nodes.Expression) -> Value:
        """An expression whose truth is asked for."""
        value = self.compile(node)
        if not is_scalar(value.type):
            return self.refused(node, f"{value.type} is neither true nor false")
        return value

    def transparent(self, node: nodes.Expression) -> tuple[str, nodes.Expression] | None:
        """Name and argument of a call that only passes its argument on."""
        if not isinstance(node, nodes.Call) or not isinstance(node.function, nodes.Identifier):
            return None
        function = self.environment.functions.get(node.function.name)
        if function is None or not function.is_transparent or len(node.arguments) != 1:
            return None
        return function.name, node.arguments[0]

    def leaf(
        self,
        node: nodes.Expression,
        sign: str | None,
        left_node: nodes.Expression,
        right_node: nodes.Expression | None,
    ) -> Callable[[Run], bool]:
        left = self.compile(left_node) if right_node is not None else self.scalar(left_node)
        right = self.compile(right_node) if right_node is not None else None
        names = left.names or (right.names if right else None)
        record = Leaf(
            fold(node.text), left.shown_text, sign, right.shown_text if right else None, names
        )
        if right is None:
            get, negated = left.get, sign == "!"

            def plain(run: Run) -> bool:
                value = get(run)
                holds = bool(value) is not negated
                run.recorder.current.operands += (Operand(record, value, None, holds),)
                return holds

            return plain
        try:
            _, apply = self.combine(node, sign or "==", left, right)
        except (ExecutionError, _AtFault) as error:
            return self.at_fault(node, error).get
        get_left, get_right = left.get, right.get

        def compared(run: Run) -> bool:
            first, second = get_left(run), get_right(run)
            holds = bool(apply(first, second))
            run.recorder.current.operands += (Operand(record, first, second, holds),)
            return holds

        return compared

    # Conversions

    def converted(
        self, node: nodes.Node, value: Value, target: Type, refusal: str, *, is_cast: bool = False
    ) -> Getter:
        """The value as `target` has it. Raises InvalidOperation where C has no such conversion."""
        elsewhere = self.invalid(
            value.node, f"{value.shown_text} does not point at what {target} is for"
        )
        get = conversion(value, target, elsewhere, is_cast=is_cast)
        if get is None:
            raise self.invalid(node, refusal)
        return get

    def converted_or_raising(
        self, node: nodes.Node, value: Value, target: Type, refusal: str
    ) -> Getter:
        """The same, and where C has none, a closure that raises."""
        try:
            return self.converted(node, value, target, refusal)
        except ExecutionError as error:
            return self.raising(error)

    # Primary expressions

    def number(self, node: nodes.Number) -> Value:
        type_ = literal_type(node.value, node.suffix, is_decimal=node.is_decimal)
        constant = type_.wrap(node.value)
        return Value(node, type_, lambda run: constant)

    def identifier(self, node: nodes.Identifier) -> Value:
        variable = self.scope.find(node.name)
        if variable is not None:
            return self.variable(node, variable)
        constant = STANDARD.get(node.name) or self.environment.constants.get(node.name)
        if constant is not None:
            value = constant.value
            return Value(node, constant.type, lambda run: value, constant.type.names)
        getter = self.environment.globals.get(node.name)
        if getter is not None:
            name = nodes.Identifier(node.span, getter, getter)
            return self.compile(nodes.Call(node.span, node.text, name, ()))
        function = self.environment.functions.get(node.name)
        if function is not None:
            type_ = pointer_to(
                FunctionType(function.name, function.returns, tuple(function.parameters))
            )
            return Value(node, type_, lambda run: function)
        near = {*self.scope.names(), *self.environment.names(), *STANDARD}
        raise self.undeclared(node, node.name, "identifier", near)

    def variable(self, node: nodes.Identifier, variable: Variable) -> Value:
        slot = variable.slot
        unset = self.invalid(node, f"{variable.name} has no value yet")
        place = variable_place(variable, unset)
        load_from = place.load

        def load(run: Run) -> Any:
            value = run.slots[slot]
            if value is UNSET:
                raise unset
            return value

        def load_parameter(run: Run) -> Any:
            return load_from(run.slots)

        return Value(
            node=node,
            type=variable.type,
            get=load_parameter if variable.is_parameter else load,
            names=variable.names,
            place=place,
            parameter=slot if variable.is_parameter else None,
        )

    def member(self, node: nodes.Member) -> Value:
        owner = self.compile(node.owner)
        self.through(owner)
        struct = owner.type
        is_const, is_place = False, True
        if node.is_arrow:
            if not isinstance(struct, PointerType):
                raise self.invalid(node, "-> needs a pointer")
            is_const = struct.is_to_const
            struct = struct.target
        elif isinstance(struct, PointerType):
            raise self.invalid(node, ". needs a struct, not a pointer")
        else:
            is_place = owner.place is not None
            is_const = owner.place is not None and owner.place.is_const
        if not isinstance(struct, StructType):
            raise self.invalid(node, "only a struct has members")
        type_ = struct.members.get(node.name)
        if type_ is None:
            what = f"{struct.name} has no modelled member;"
            raise self.undeclared(node, node.name, what, set(struct.members))
        name, get = node.name, owner.get
        null = self.invalid(node, f"{fold(node.owner.text)} is NULL")

        def load(run: Run) -> Any:
            record = get(run)
            if record is None:
                raise null
            return record.load(name)

        place = member_place(get, name, type_, null, is_const=is_const)
        return Value(node, type_, load, type_.names, place if is_place else None)

    def string(self, node: nodes.String) -> Value:
        raise self.invalid(node, "a string has no value here")

    def subscript(self, node: nodes.Subscript) -> Value:
        table = (
            self.environment.tables.get(node.table.name)
            if isinstance(node.table, nodes.Identifier)
            else None
        )
        if table is None:
            raise self.undeclared(
                node, fold(node.table.text), "table", set(self.environment.tables)
            )
        index = self.compile(node.index)
        self.through(index)
        if not isinstance(index.type, IntegerType):
            raise self.invalid(node, "an index has to be an integer")
        get, outside = index.get, self.invalid(node, f"an index outside 0 to {len(table) - 1}")

        def load(run: Run) -> int:
            place = int(get(run))
            if not 0 <= place < len(table):
                raise outside
            return table[place]

        return Value(node, INT, load)

    def call(self, node: nodes.Call) -> Value:
        expanded = self.expanded(node)
        if expanded is None:
            raise self.invalid(node, "this macro has no value")
        if expanded is not node:
            return self.compile(expanded)
        transparent = self.transparent(node)
        if transparent is not None:
            name, argument = transparent
            inner = self.compile(argument)

            def through(run: Run) -> Any:
                run.recorder.calls.append(name)
                return inner.get(run)

            return Value(node, inner.type, through, inner.names)
        if isinstance(node.function, nodes.Identifier) and not self.scope.find(node.function.name):
            function = self.environment.functions.get(node.function.name)
            if function is None:
                near = set(self.environment.functions)
                raise self.undeclared(node, node.function.name, "function", near)
            if len(function.parameters) != len(node.arguments):
                raise self.invalid(
                    node,
                    f"{function.name} takes {len(function.parameters)} arguments, "
                    f"not {len(node.arguments)}",
                )
            arguments = self.converted_arguments(
                function.name,
                function.parameters,
                [self.compile(argument) for argument in node.arguments],
                function.deferred,
            )
            get = direct_call(function, arguments)
            return Value(node, function.returns, get, function.returns.names)
        return self.call_of_pointer(node)

    def call_of_pointer(self, node: nodes.Call) -> Value:
        pointer = self.compile(node.function)
        self.through(pointer)
        type_ = pointer.type.target if isinstance(pointer.type, PointerType) else pointer.type
        name = fold(node.function.text)
        if not isinstance(type_, FunctionType):
            raise self.invalid(node, f"{name} is not a function")
        values = [self.compile(argument) for argument in node.arguments]
        null = self.invalid(node, "a call through a pointer that is NULL")
        count = self.invalid(node, "the function takes another number of arguments")
        known: Arguments | None = None
        if type_.parameters is not None:
            if len(type_.parameters) != len(values):
                raise count
            known = self.converted_arguments(name, type_.parameters, values)

        def arguments(function: Function) -> Arguments:
            if len(function.parameters) != len(values):
                raise count
            if known is not None:
                return known
            # The pointer's type names no parameters: each function converts to its own.
            return self.converted_arguments(function.name, function.parameters, values)

        get = pointer_call(pointer.get, arguments, null)
        return Value(node, type_.returns, get, type_.returns.names)

    def converted_arguments(
        self,
        name: str,
        parameters: Sequence[Type],
        values: Sequence[Value],
        deferred: frozenset[int] = frozenset(),
    ) -> Arguments:
        """As many values as parameters, converted; those of `deferred` stay unread."""
        return tuple(
            slot_getter(value.parameter)
            if position in deferred and value.parameter is not None
            else self.converted(
                value.node,
                value,
                parameter,
                f"{name} wants {parameter} here, this is {value.type}",
            )
            for position, (parameter, value) in enumerate(zip(parameters, values, strict=True))
        )

    # Operators

    def unary(self, node: nodes.Unary) -> Value:
        is_truth = node.operator == "!"
        operand = self.scalar(node.operand) if is_truth else self.compile(node.operand)
        self.through(operand)
        get = operand.get
        if is_truth:
            return Value(node, INT, lambda run: 0 if get(run) else 1)
        if not isinstance(operand.type, IntegerType):
            raise self.invalid(node, f"{node.operator} needs an integer")
        type_ = promoted(operand.type)
        wrap = type_.wrapper()
        compute: dict[str, Getter] = {
            "-": lambda run: wrap(-get(run)),
            "+": get,
            "~": lambda run: wrap(~get(run)),
        }
        return Value(node, type_, compute[node.operator])

    def address_of(self, node: nodes.AddressOf) -> Value:
        target = self.compile(node.target)
        self.through(target)
        place = target.place
        if place is None:
            raise self.invalid(node, "this has no address")
        locate, address = place.locate, place.address
        type_ = pointer_to(target.type, is_const=place.is_const)
        return Value(node, type_, lambda run: address(locate(run)))

    def dereference(self, node: nodes.Dereference) -> Value:
        pointer = self.compile(node.pointer)
        self.through(pointer)
        if not isinstance(pointer.type, PointerType) or isinstance(pointer.type.target, VoidType):
            raise self.invalid(node, "* needs a pointer to something")
        target = pointer.type.target
        place = pointed_place(
            pointer.get,
            self.invalid(node, f"{fold(node.pointer.text)} is NULL"),
            self.invalid(node, f"{fold(node.text)} has no value yet"),
            is_const=pointer.type.is_to_const or isinstance(target, FunctionType),
        )
        locate, load = place.locate, place.load
        return Value(node, target, lambda run: load(locate(run)), target.names, place)

    def binary(self, node: nodes.Binary) -> Value:
        left, right = self.compile(node.left), self.compile(node.right)
        type_, apply = self.combine(node, node.operator, left, right)
        get_left, get_right, wrap = left.get, right.get, type_.wrapper()
        if node.operator in COMPARE:
            return Value(node, INT, lambda run: 1 if apply(get_left(run), get_right(run)) else 0)
        return Value(node, type_, lambda run: wrap(apply(get_left(run), get_right(run))))

    def combine(
        self, node: nodes.Expression, sign: str, left: Value, right: Value
    ) -> tuple[IntegerType, Callable[[Any, Any], Any]]:
        """How two operands meet: in which type, and the operation, which wraps only them.

        Raises InvalidOperation, and _AtFault.
        """
        self.through(left, right)
        if not (isinstance(left.type, IntegerType) and isinstance(right.type, IntegerType)):
            if sign not in {"==", "!="}:
                raise self.invalid(node, f"{sign} needs two integers")
            if not comparable(left, right):
                raise self.invalid(node, f"{left.type} can't be compared with {right.type}")
            for side in (left, right):
                if is_null_constant(side.node):
                    side.get = lambda run: None
            return INT, COMPARE[sign]
        if sign in {"<<", ">>"}:
            type_ = promoted(left.type)
            message = f"a shift of {type_} by a count outside 0 to {type_.bits - 1}"
            return type_, shift(sign, type_.bits, self.invalid(node, message))
        type_ = common(left.type, right.type)
        apply: Callable[[Any, Any], Any]
        if sign in {"/", "%"}:
            apply = division(sign, self.invalid(node, "a division by zero"))
        else:
            apply = COMPARE[sign] if sign in COMPARE else COMPUTE[sign]
        if type_.holds(left.type) and type_.holds(right.type):
            return type_, apply
        wrap = type_.wrapper()
        return type_, lambda one, other: apply(wrap(one), wrap(other))

    def logical(self, node: nodes.Logical) -> Value:
        left, right = self.scalar(node.left).get, self.scalar(node.right).get
        if node.operator == "&&":
            return Value(node, INT, lambda run: 1 if left(run) and right(run) else 0)
        return Value(node, INT, lambda run: 1 if left(run) or right(run) else 0)

    def conditional(self, node: nodes.Conditional) -> Value:
        condition = self.scalar(node.condition)
        otherwise = self.compile(node.otherwise)
        then = self.compile(node.then) if node.then is not None else condition
        type_: Type | None
        if isinstance(then.type, IntegerType) and isinstance(otherwise.type, IntegerType):
            type_ = common(then.type, otherwise.type)
        else:
            type_ = joined(then, otherwise)
        refusal = "the two values have types that do not fit"
        if type_ is None:
            raise self.invalid(node, refusal)
        get_then = self.converted(node, then, type_, refusal)
        get_otherwise = self.converted(node, otherwise, type_, refusal)
        get, names = condition.get, then.names or otherwise.names
        if node.then is None:
            wrap = type_.wrapper() if isinstance(type_, IntegerType) else None

            def elvis(run: Run) -> Any:
                value = get(run)
                if not value:
                    return get_otherwise(run)
                return wrap(value) if wrap else value

            return Value(node, type_, elvis, names)
        return Value(
            node, type_, lambda run: get_then(run) if get(run) else get_otherwise(run), names
        )

    def comma(self, node: nodes.Comma) -> Value:
        first, second = self.compile(node.first).get, self.compile(node.second)
        get = second.get
        return Value(node, second.type, lambda run: (first(run), get(run))[1], second.names)

    def cast(self, node: nodes.Cast) -> Value:
        type_ = self.environment.resolve(node.type)
        if type_ is None:
            raise self.undeclared(node, node.type.base, "type")
        value = self.compile(node.operand)
        self.through(value)
        refusal = f"no cast from {value.type} to {type_}"
        get = self.converted(node, value, type_, refusal, is_cast=True)
        return Value(node, type_, get, value.names)

    # Writing

    def written(self, node: nodes.Expression, target: Value) -> Place:
        if target.place is None:
            raise self.invalid(node, f"{fold(target.node.text)} can't be assigned to")
        if target.place.is_const:
            raise self.invalid(node, f"{fold(target.node.text)} is const")
        return target.place

    def recorded_store(
        self, target: Value, place: Place, names: Mapping[int, str] | None
    ) -> Callable[[Run, Any, Any, Any], None]:
        """A store at a place that was located, and its effect: name, what was there, what is."""
        name, store = fold(target.node.text), place.store

        def write(run: Run, where: Any, before: Any, after: Any) -> None:
            store(where, after)
            run.recorder.effect(
                "assignment",
                name,
                None if before is UNSET else shown(before, names),
                shown(after, names),
            )

        return write

    def assignment(self, node: nodes.Assignment) -> Value:
        target = self.compile(node.target)
        value = self.compile(node.value)
        self.through(*((value, target) if target.type is FAULT else (value,)))
        place = self.written(node, target)
        self.adopt_names(node.target, value)
        names = target.names or value.names
        write = self.recorded_store(target, place, names)
        locate, load, peek = place.locate, place.load, place.peek
        if node.operator:
            type_, apply = self.combine(node, node.operator, target, value)
            assert isinstance(target.type, IntegerType)
            wrap, store_wrap, get_value = type_.wrapper(), target.type.wrapper(), value.get

            def compound(run: Run) -> Any:
                where = locate(run)
                before = load(where)
                after = store_wrap(wrap(apply(before, get_value(run))))
                write(run, where, before, after)
                return after

            return Value(node, target.type, compound, names)
        refusal = f"{value.type} can't be assigned to {target.type}"
        get = self.converted(node, value, target.type, refusal)

        def assign(run: Run) -> Any:
            after = get(run)
            where = locate(run)
            write(run, where, peek(where), after)
            return after

        return Value(node, target.type, assign, names)

    def adopt_names(self, target: nodes.Expression, value: Value) -> None:
        """A plain int that is given a state shows states from then on."""
        if isinstance(target, nodes.Identifier):
            variable = self.scope.find(target.name)
            if variable is not None and variable.names is None:
                variable.names = value.names

    def update(self, node: nodes.Update) -> Value:
        target = self.compile(node.target)
        self.through(target)
        place = self.written(node, target)
        if not isinstance(target.type, IntegerType):
            raise self.invalid(node, f"{node.operator} needs an integer")
        write = self.recorded_store(target, place, target.names)
        wrap, locate, load = target.type.wrapper(), place.locate, place.load
        change = 1 if node.operator == "++" else -1
        is_prefix = node.is_prefix

        def step(run: Run) -> Any:
            where = locate(run)
            before = load(where)
            after = wrap(before + change)
            write(run, where, before, after)
            return after if is_prefix else before

        return Value(node, target.type, step, target.names)


_COMPILE: Final[dict[type[nodes.Expression], Callable[[ExpressionCompiler, Any], Value]]] = {
    nodes.Number: ExpressionCompiler.number,
    nodes.Identifier: ExpressionCompiler.identifier,
    nodes.String: ExpressionCompiler.string,
    nodes.Subscript: ExpressionCompiler.subscript,
    nodes.Member: ExpressionCompiler.member,
    nodes.Call: ExpressionCompiler.call,
    nodes.Unary: ExpressionCompiler.unary,
    nodes.AddressOf: ExpressionCompiler.address_of,
    nodes.Dereference: ExpressionCompiler.dereference,
    nodes.Update: ExpressionCompiler.update,
    nodes.Binary: ExpressionCompiler.binary,
    nodes.Logical: ExpressionCompiler.logical,
    nodes.Assignment: ExpressionCompiler.assignment,
    nodes.Conditional: ExpressionCompiler.conditional,
    nodes.Comma: ExpressionCompiler.comma,
    nodes.Cast: ExpressionCompiler.cast,
}
