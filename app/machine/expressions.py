# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Compiles expressions into closures: one method for each construct of C.

Types are worked out once, while compiling; a closure only computes. What a C compiler would
refuse (an undeclared name, types that do not fit) becomes a closure that raises when it is
reached, and is listed in `faults`: a walkthrough may show text that does not compile, and still
run up to it.

This module is longer than its neighbours because the constructs belong together: each method
is one row of the table in `_COMPILE`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.csource import nodes
from app.csource.source import Source, fold
from app.errors import ExecutionError, InvalidOperation, UndeclaredName, nearest
from app.machine.environment import STANDARD, Environment
from app.machine.trace import Leaf, Operand, Recorder, shown
from app.machine.types import (
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
from app.machine.values import (
    UNSET,
    Deferred,
    Function,
    MemberReference,
    Record,
    VariableReference,
)


class Run:
    """The moving parts of one execution: local variables, the record, the modelled world."""

    __slots__ = ("recorder", "result", "slots", "world")

    def __init__(self, slots: list[Any], recorder: Recorder, world: Any) -> None:
        self.slots = slots
        self.recorder = recorder
        self.world = world
        self.result: Any = None


Getter = Callable[[Run], Any]


@dataclass(slots=True)
class Place:
    """Where an expression lives: how to write it and how to take its address."""

    store: Callable[[Run, Any], None]
    address: Getter | None
    is_const: bool = False


@dataclass(slots=True)
class Value:
    """A compiled expression. `names` are the names that its values have in the kernel."""

    node: nodes.Expression
    type: Type
    get: Getter
    names: Mapping[int, str] | None = None
    place: Place | None = None
    parameter: int | None = None

    @property
    def shown_text(self) -> str:
        """How messages name it: of an assignment, its target."""
        node = self.node
        return fold(node.target.text if isinstance(node, nodes.Assignment) else node.text)


@dataclass(slots=True)
class Variable:
    """A parameter or local variable."""

    name: str
    type: Type
    slot: int
    is_const: bool = False
    is_parameter: bool = False
    names: Mapping[int, str] | None = None


@dataclass
class Scope:
    """The variables of the function, block by block; slots are never used twice."""

    blocks: list[dict[str, Variable]] = field(default_factory=lambda: [{}])
    slots: int = 0

    def declare(
        self, name: str, type_: Type, *, is_const: bool = False, is_parameter: bool = False
    ) -> Variable:
        variable = Variable(name, type_, self.slots, is_const, is_parameter)
        if isinstance(type_, IntegerType):
            variable.names = type_.names
        self.blocks[-1][name] = variable
        self.slots += 1
        return variable

    def find(self, name: str) -> Variable | None:
        for block in reversed(self.blocks):
            if name in block:
                return block[name]
        return None

    def names(self) -> set[str]:
        return {name for block in self.blocks for name in block}


_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_COMPUTE: Final[dict[str, Callable[[int, int], int]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
}


class ExpressionCompiler:
    """Compiles the expressions of one function."""

    def __init__(self, source: Source, environment: Environment) -> None:
        self.source = source
        self.environment = environment
        self.scope = Scope()
        self.faults: list[ExecutionError] = []

    # Faults

    def fault(self, node: nodes.Expression, error: ExecutionError) -> Value:
        """An expression that raises when it is reached."""
        self.faults.append(error)
        return Value(node, INT, raiser(error), place=Place(raiser(error), raiser(error)))

    def invalid(self, node: nodes.Node, message: str) -> InvalidOperation:
        return InvalidOperation(message, file=self.source.file, line=node.span.line, text=node.text)

    def refused(self, node: nodes.Expression, message: str) -> Value:
        return self.fault(node, self.invalid(node, message))

    def undeclared(self, node: nodes.Expression, name: str, what: str, near: set[str]) -> Value:
        return self.fault(
            node,
            UndeclaredName(
                f"{what} {name} is not declared",
                name=name,
                nearest=nearest(name, sorted(near)),
                file=self.source.file,
                line=node.span.line,
                text=node.text,
            ),
        )

    # Entry points

    def compile(self, node: nodes.Expression) -> Value:
        """An expression, for its value."""
        return _COMPILE[type(node)](self, node)

    def condition(self, node: nodes.Expression) -> Callable[[Run], bool]:
        """An expression, for its truth; each leaf that is evaluated records an `Operand`."""
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
        if isinstance(node, nodes.Binary) and (node.operator in _COMPARE or node.operator == "&"):
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
        left = self.compile(left_node)
        right = self.compile(right_node) if right_node is not None else None
        names = left.names or (right.names if right else None)
        record = Leaf(
            fold(node.text), left.shown_text, sign, right.shown_text if right else None, names
        )
        get_left = left.get
        if right is None:
            negated = sign == "!"

            def plain(run: Run) -> bool:
                value = get_left(run)
                holds = bool(value) is not negated
                run.recorder.current.operands.append(Operand(record, value, None, holds))
                return holds

            return plain
        combined = self.combine(node, sign or "==", left, right)
        if isinstance(combined, ExecutionError):
            return self.fault(node, combined).get
        _, _, to_common, apply = combined
        get_left, get_right = left.get, right.get

        def compared(run: Run) -> bool:
            first, second = get_left(run), get_right(run)
            if to_common is not None:
                holds = bool(apply(to_common(first), to_common(second)))
            else:
                holds = bool(apply(first, second))
            run.recorder.current.operands.append(Operand(record, first, second, holds))
            return holds

        return compared

    # Conversions

    def converted(self, value: Value, target: Type) -> Getter | None:
        """The value as `target` has it; None where C has no such conversion."""
        get = value.get
        source = value.type
        if isinstance(target, IntegerType) and isinstance(source, IntegerType):
            if target.name == "bool":
                return lambda run: 1 if get(run) else 0
            if target.holds(source):
                return get
            wrap = target.wrapper()
            return lambda run: wrap(get(run))
        if isinstance(target, PointerType):
            if isinstance(source, PointerType | FunctionType):
                return get
            if isinstance(value.node, nodes.Number) and value.node.value == 0:
                return lambda run: None
            return None
        if isinstance(target, IntegerType) and target.name == "bool":
            return lambda run: 0 if get(run) is None else 1
        if isinstance(target, VoidType):
            return get
        return get if target is source else None

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
            names = constant.type.names if isinstance(constant.type, IntegerType) else None
            return Value(node, constant.type, lambda run: value, names)
        function = self.environment.functions.get(node.name)
        if function is not None:
            type_ = pointer_to(FunctionType(function.name, function.returns))
            return Value(node, type_, lambda run: function)
        near = {*self.scope.names(), *self.environment.names(), *STANDARD}
        return self.undeclared(node, node.name, "identifier", near)

    def variable(self, node: nodes.Identifier, variable: Variable) -> Value:
        slot = variable.slot
        unset = self.invalid(node, f"{variable.name} has no value yet")

        def load(run: Run) -> Any:
            value = run.slots[slot]
            if value is UNSET:
                raise unset
            return value

        def load_parameter(run: Run) -> Any:
            value = run.slots[slot]
            if type(value) is Deferred:
                value = run.slots[slot] = value.value()
            return value

        def store(run: Run, value: Any) -> None:
            run.slots[slot] = value

        def address(run: Run) -> Any:
            return VariableReference(run.slots, slot)

        return Value(
            node,
            variable.type,
            load_parameter if variable.is_parameter else load,
            variable.names,
            Place(store, address, variable.is_const),
            slot if variable.is_parameter else None,
        )

    def member(self, node: nodes.Member) -> Value:
        owner = self.compile(node.owner)
        struct = owner.type
        if node.is_arrow:
            if not isinstance(struct, PointerType):
                return self.refused(node, "-> needs a pointer")
            struct = struct.target
        elif isinstance(struct, PointerType):
            return self.refused(node, ". needs a struct, not a pointer")
        if not isinstance(struct, StructType):
            return self.refused(node, "only a struct has members")
        type_ = struct.members.get(node.name)
        if type_ is None:
            what = f"{struct.name} has no modelled member;"
            return self.undeclared(node, node.name, what, set(struct.members))
        name, get = node.name, owner.get
        null = self.invalid(node, f"{fold(node.owner.text)} is NULL")

        def load(run: Run) -> Any:
            record = get(run)
            if record is None:
                raise null
            return record.load(name)

        def store(run: Run, value: Any) -> None:
            record = get(run)
            if record is None:
                raise null
            record.store(name, value)

        def address(run: Run) -> Any:
            record = get(run)
            if record is None:
                raise null
            if isinstance(type_, StructType):
                return record.load(name)
            return MemberReference(record, name)

        names = type_.names if isinstance(type_, IntegerType) else None
        return Value(node, type_, load, names, Place(store, address))

    def call(self, node: nodes.Call) -> Value:
        transparent = self.transparent(node)
        if transparent is not None:
            name, argument = transparent
            inner = self.compile(argument)

            def through(run: Run) -> Any:
                run.recorder.calls.append(name)
                return inner.get(run)

            return Value(node, inner.type, through, inner.names)
        function: Function | None = None
        callee: Getter | None = None
        if isinstance(node.function, nodes.Identifier) and not self.scope.find(node.function.name):
            function = self.environment.functions.get(node.function.name)
            if function is None:
                near = set(self.environment.functions)
                return self.undeclared(node, node.function.name, "function", near)
            returns = function.returns
        else:
            pointer = self.compile(node.function)
            target = pointer.type.target if isinstance(pointer.type, PointerType) else None
            if isinstance(pointer.type, FunctionType):
                target = pointer.type
            if not isinstance(target, FunctionType):
                return self.refused(node, f"{fold(node.function.text)} is not a function")
            returns, callee = target.returns, pointer.get
        arguments = self.arguments(node, function)
        if isinstance(arguments, ExecutionError):
            return self.fault(node, arguments)
        names = returns.names if isinstance(returns, IntegerType) else None
        get = (
            direct_call(function, arguments)
            if function is not None
            else self.pointer_call(node, callee or raiser(self.invalid(node, "")), arguments)
        )
        return Value(node, returns, get, names)

    def arguments(
        self, node: nodes.Call, function: Function | None
    ) -> tuple[Getter, ...] | ExecutionError:
        if function is not None and len(function.parameters) != len(node.arguments):
            return self.invalid(
                node,
                f"{function.name} takes {len(function.parameters)} arguments, "
                f"not {len(node.arguments)}",
            )
        getters: list[Getter] = []
        for position, argument in enumerate(node.arguments):
            value = self.compile(argument)
            if function is None:
                getters.append(value.get)
                continue
            if position in function.deferred and value.parameter is not None:
                getters.append(slot_getter(value.parameter))
                continue
            getter = self.converted(value, function.parameters[position])
            if getter is None:
                return self.invalid(
                    argument,
                    f"{function.name} wants {function.parameters[position]} here, "
                    f"this is {value.type}",
                )
            getters.append(getter)
        return tuple(getters)

    def pointer_call(
        self, node: nodes.Call, callee: Getter, arguments: tuple[Getter, ...]
    ) -> Getter:
        null = self.invalid(node, "a call through a pointer that is NULL")
        count = self.invalid(node, "the function takes another number of arguments")

        def get(run: Run) -> Any:
            function = callee(run)
            if function is None:
                raise null
            if len(function.parameters) != len(arguments):
                raise count
            recorder = run.recorder
            values = [argument(run) for argument in arguments]
            recorder.calls.append(function.name)
            result = function.body(run.world, *values)
            if not isinstance(function.returns, VoidType):
                recorder.current.results.append((function.name, result))
            return result

        return get

    # Operators

    def unary(self, node: nodes.Unary) -> Value:
        operand = self.compile(node.operand)
        get = operand.get
        if node.operator == "!":
            return Value(node, INT, lambda run: 0 if get(run) else 1)
        if not isinstance(operand.type, IntegerType):
            return self.refused(node, f"{node.operator} needs an integer")
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
        if target.place is None or target.place.address is None:
            return self.refused(node, "this has no address")
        return Value(node, pointer_to(target.type), target.place.address)

    def dereference(self, node: nodes.Dereference) -> Value:
        pointer = self.compile(node.pointer)
        if not isinstance(pointer.type, PointerType) or isinstance(pointer.type.target, VoidType):
            return self.refused(node, "* needs a pointer to something")
        target, get = pointer.type.target, pointer.get
        null = self.invalid(node, f"{fold(node.pointer.text)} is NULL")

        def load(run: Run) -> Any:
            address = get(run)
            if address is None:
                raise null
            return address if isinstance(address, Record | Function) else address.load()

        def store(run: Run, value: Any) -> None:
            address = get(run)
            if address is None:
                raise null
            address.store(value)

        names = target.names if isinstance(target, IntegerType) else None
        place = None if isinstance(target, StructType) else Place(store, get)
        return Value(node, target, load, names, place)

    def binary(self, node: nodes.Binary) -> Value:
        left, right = self.compile(node.left), self.compile(node.right)
        combined = self.combine(node, node.operator, left, right)
        if isinstance(combined, ExecutionError):
            return self.fault(node, combined)
        type_, wrap, to_common, apply = combined
        get_left, get_right = left.get, right.get
        if node.operator in _COMPARE:
            if to_common is not None:
                return Value(
                    node,
                    INT,
                    lambda run: (
                        1 if apply(to_common(get_left(run)), to_common(get_right(run))) else 0
                    ),
                )
            return Value(node, INT, lambda run: 1 if apply(get_left(run), get_right(run)) else 0)
        if to_common is not None:
            return Value(
                node,
                type_,
                lambda run: wrap(apply(to_common(get_left(run)), to_common(get_right(run)))),
            )
        return Value(node, type_, lambda run: wrap(apply(get_left(run), get_right(run))))

    def combine(
        self, node: nodes.Expression, sign: str, left: Value, right: Value
    ) -> (
        tuple[Type, Callable[[int], int], Callable[[int], int] | None, Callable[[Any, Any], Any]]
        | ExecutionError
    ):
        """How two operands meet: result type, its wrap, the conversion of both, the operation."""

        def refuse(message: str) -> ExecutionError:
            return self.invalid(node, message)

        if not (isinstance(left.type, IntegerType) and isinstance(right.type, IntegerType)):
            if sign not in {"==", "!="}:
                return refuse(f"{sign} needs two integers")
            get_zero = {
                id(v): self.converted(v, right.type if v is left else left.type)
                for v in (left, right)
            }
            if None in get_zero.values():
                return refuse(f"{left.type} can't be compared with {right.type}")
            left.get, right.get = get_zero[id(left)] or left.get, get_zero[id(right)] or right.get
            return INT, INT.wrap, None, _COMPARE[sign]
        if sign in {"<<", ">>"}:
            type_ = promoted(left.type)
            return type_, type_.wrapper(), None, self.shift(node, sign, type_)
        type_ = common(left.type, right.type)
        to_common = None if type_.holds(left.type) and type_.holds(right.type) else type_.wrapper()
        if sign in _COMPARE:
            return type_, type_.wrap, to_common, _COMPARE[sign]
        if sign in {"/", "%"}:
            return type_, type_.wrapper(), to_common, self.division(node, sign)
        return type_, type_.wrapper(), to_common, _COMPUTE[sign]

    def shift(self, node: nodes.Node, sign: str, type_: IntegerType) -> Callable[[int, int], int]:
        outside = self.invalid(node, f"a shift of {type_} by a count outside 0 to {type_.bits - 1}")
        move: Callable[[int, int], int] = operator.lshift if sign == "<<" else operator.rshift

        def apply(value: int, count: int) -> int:
            if not 0 <= count < type_.bits:
                raise outside
            return move(value, count)

        return apply

    def division(self, node: nodes.Node, sign: str) -> Callable[[int, int], int]:
        zero = self.invalid(node, "a division by zero")

        def apply(dividend: int, divisor: int) -> int:
            if divisor == 0:
                raise zero
            quotient = abs(dividend) // abs(divisor)
            if (dividend < 0) != (divisor < 0):
                quotient = -quotient
            return quotient if sign == "/" else dividend - quotient * divisor

        return apply

    def logical(self, node: nodes.Logical) -> Value:
        left, right = self.compile(node.left).get, self.compile(node.right).get
        if node.operator == "&&":
            return Value(node, INT, lambda run: 1 if left(run) and right(run) else 0)
        return Value(node, INT, lambda run: 1 if left(run) or right(run) else 0)

    def conditional(self, node: nodes.Conditional) -> Value:
        condition = self.compile(node.condition)
        otherwise = self.compile(node.otherwise)
        then = self.compile(node.then) if node.then is not None else condition
        type_: Type
        if isinstance(then.type, IntegerType) and isinstance(otherwise.type, IntegerType):
            type_ = common(then.type, otherwise.type)
        else:
            type_ = then.type if isinstance(then.type, PointerType) else otherwise.type
        get_then, get_otherwise = self.converted(then, type_), self.converted(otherwise, type_)
        if get_then is None or get_otherwise is None:
            return self.refused(node, "the two values have types that do not fit")
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
            return self.undeclared(node, node.type.base, "type", set())
        value = self.compile(node.operand)
        get = self.converted(value, type_)
        if get is None:
            return self.refused(node, f"no cast from {value.type} to {type_}")
        return Value(node, type_, get, value.names)

    # Writing

    def written(self, node: nodes.Expression, target: Value) -> Place | ExecutionError:
        if target.place is None:
            return self.invalid(node, f"{fold(target.node.text)} can't be assigned to")
        if target.place.is_const:
            return self.invalid(node, f"{fold(target.node.text)} is const")
        return target.place

    def recorded_store(
        self, target: Value, place: Place, names: Mapping[int, str] | None
    ) -> Callable[[Run, Any, Any], None]:
        """A store that leaves an effect: the name, what was there, what is there now."""
        name, store = fold(target.node.text), place.store

        def write(run: Run, before: Any, after: Any) -> None:
            store(run, after)
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
        place = self.written(node, target)
        if isinstance(place, ExecutionError):
            return self.fault(node, place)
        self.adopt_names(node.target, value)
        names = target.names or value.names
        write = self.recorded_store(target, place, names)
        peek = self.peek(target)
        if node.operator:
            combined = self.combine(node, node.operator, target, value)
            if isinstance(combined, ExecutionError):
                return self.fault(node, combined)
            assert isinstance(target.type, IntegerType)
            _, wrap, to_common, apply = combined
            store_wrap = target.type.wrapper()
            get_target, get_value = target.get, value.get

            def compound(run: Run) -> Any:
                before, amount = get_target(run), get_value(run)
                if to_common is not None:
                    result = apply(to_common(before), to_common(amount))
                else:
                    result = apply(before, amount)
                after = store_wrap(wrap(result))
                write(run, before, after)
                return after

            return Value(node, target.type, compound, names)
        get = self.converted(value, target.type)
        if get is None:
            return self.refused(node, f"{value.type} can't be assigned to {target.type}")

        def assign(run: Run) -> Any:
            after = get(run)
            write(run, peek(run), after)
            return after

        return Value(node, target.type, assign, names)

    def peek(self, target: Value) -> Getter:
        """What the target holds before it is written, for show only.

        So it is never an error, and a member that was not read yet stays unread.
        """
        if isinstance(target.node, nodes.Identifier):
            variable = self.scope.find(target.node.name)
            if variable is not None:
                slot = variable.slot
                return lambda run: run.slots[slot]
        if isinstance(target.node, nodes.Member):
            owner, name = self.compile(target.node.owner).get, target.node.name

            def member(run: Run) -> Any:
                record = owner(run)
                return UNSET if record is None else record.members.get(name, UNSET)

            return member
        return lambda run: UNSET

    def adopt_names(self, target: nodes.Expression, value: Value) -> None:
        """A plain int that is given a state shows states from then on."""
        if isinstance(target, nodes.Identifier):
            variable = self.scope.find(target.name)
            if variable is not None and variable.names is None:
                variable.names = value.names

    def update(self, node: nodes.Update) -> Value:
        target = self.compile(node.target)
        place = self.written(node, target)
        if isinstance(place, ExecutionError):
            return self.fault(node, place)
        if not isinstance(target.type, IntegerType):
            return self.refused(node, f"{node.operator} needs an integer")
        write = self.recorded_store(target, place, target.names)
        wrap, get = target.type.wrapper(), target.get
        change = 1 if node.operator == "++" else -1
        is_prefix = node.is_prefix

        def step(run: Run) -> Any:
            before = get(run)
            after = wrap(before + change)
            write(run, before, after)
            return after if is_prefix else before

        return Value(node, target.type, step, target.names)


def raiser(error: ExecutionError) -> Callable[..., Any]:
    """A closure that raises the error, whatever it is given."""

    def get(*_: Any) -> Any:
        raise error

    return get


def slot_getter(slot: int) -> Getter:
    """The argument as it lies in the slot, unread if it is deferred."""
    return lambda run: run.slots[slot]


def direct_call(function: Function, arguments: tuple[Getter, ...]) -> Getter:
    """A call of a function known while compiling, without a loop over few arguments."""
    name, body = function.name, function.body
    keeps = not isinstance(function.returns, VoidType) and not function.is_macro

    if len(arguments) == 1:
        (only,) = arguments

        def one(run: Run) -> Any:
            value = only(run)
            recorder = run.recorder
            recorder.calls.append(name)
            result = body(run.world, value)
            if keeps:
                recorder.current.results.append((name, result))
            return result

        return one

    def several(run: Run) -> Any:
        values = [argument(run) for argument in arguments]
        recorder = run.recorder
        recorder.calls.append(name)
        result = body(run.world, *values)
        if keeps:
            recorder.current.results.append((name, result))
        return result

    return several


_COMPILE: Final[dict[type[nodes.Expression], Callable[[ExpressionCompiler, Any], Value]]] = {
    nodes.Number: ExpressionCompiler.number,
    nodes.Identifier: ExpressionCompiler.identifier,
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
