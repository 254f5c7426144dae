# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A function, compiled: a flat list of operations, each of which names the next.

Flat, because `goto` then is an ordinary jump: loops, branches, `switch` and labels all become
positions in one list. An operation is a closure that takes the run and returns the position of
the next one, or a negative number at the end.

Long because `_Lowering` has one method for each kind of statement, and they share its state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from app.csource import nodes
from app.csource.decisions import (
    ParsedDecision,
    condition_of,
    decisions_of,
    labels_of,
    numbers_of,
    unnamed_ids,
)
from app.csource.source import Span, fold
from app.errors import (
    CSyntaxError,
    ExecutionError,
    KernelRuleBroken,
    StepLimitExceeded,
)
from app.machine.compiled import Getter, Run, Value
from app.machine.environment import Environment
from app.machine.expressions import ExpressionCompiler
from app.machine.trace import Branch, ProgramPoint, Recorder, Step, shown
from app.machine.types import FAULT, INT, VOID, IntegerType, VoidType, promoted
from app.machine.values import UNSET, RuleBroken

#: Operations of one run; tcp_close with 64 segments and 64 events needs about 500. More make a page
#: that nobody could read: a loop without an end is cut off here.
STEP_LIMIT: Final = 2_000

Operation = Callable[[Run], int]
END: Final = -1


class Program:
    """A compiled function.

    `decisions` are those of the source, `ids` what each is called; `faults` what a C compiler would
    have refused, each of which is raised only when the run reaches it; `passed` the names that a
    lenient environment lets pass; `lines` the 1-based lines that a step can be at. Calls of
    `inlined`, functions of the same source without a value, are laid out in their place;
    `functions` are all of them, in the order of the source.
    """

    def __init__(
        self,
        function: nodes.Function,
        environment: Environment,
        ids: Sequence[str] | None = None,
        inlined: Sequence[nodes.Function] = (),
    ) -> None:
        self.function = function
        self.functions = tuple(sorted((function, *inlined), key=lambda f: f.span.line))
        self.environment = environment
        self.decisions: tuple[ParsedDecision, ...] = decisions_of(*self.functions)
        self.ids: tuple[str, ...] = (
            unnamed_ids([decision.code for decision in self.decisions])
            if ids is None
            else tuple(ids)
        )
        assert len(self.ids) == len(self.decisions), "each decision has an id"
        names = numbers_of(self.decisions), self.ids
        compiled = _Lowering(function, environment, names, {f.name: f for f in inlined})
        self._code: Sequence[Operation] = compiled.assemble()
        self._start = compiled.destination(0)
        self._slots = compiled.expressions.scope.slots
        self.faults: tuple[ExecutionError, ...] = tuple(compiled.expressions.faults)
        self.passed: frozenset[str] = frozenset(compiled.passed)
        self.lines: frozenset[int] = frozenset(compiled.lines)

    def run(
        self,
        world: Any,
        recorder: Recorder,
        arguments: Sequence[Any],
        *,
        step_limit: int = STEP_LIMIT,
    ) -> Any:
        """Execute the function on a world; returns its value, None for void.

        `arguments` are values or `Deferred`s. Raises ExecutionError where the C can't go on; the
        recorder then holds the run up to there.
        """
        run = Run(self.slots(arguments), recorder, world)
        code = self._code
        position = self._start
        try:
            for _ in range(step_limit):
                position = code[position](run)
                if position < 0:
                    return run.result
        except (ExecutionError, RuleBroken) as error:
            raise self.located(error, recorder) from None
        raise self.endless(recorder, step_limit)

    def branches(
        self, world: Any, recorder: Recorder, arguments: Sequence[Any]
    ) -> Iterator[Branch]:
        """Execute the function, and give each branch as it is taken, up to where `run` ends."""
        run = Run(self.slots(arguments), recorder, world)
        code, steps, position, seen = self._code, recorder.steps, self._start, 0
        try:
            for _ in range(STEP_LIMIT):
                position = code[position](run)
                if len(steps) > seen:
                    seen += 1
                    if (branch := steps[-1].branch) is not None:
                        yield branch
                if position < 0:
                    return
        except (ExecutionError, RuleBroken):
            return

    def slots(self, arguments: Sequence[Any]) -> list[Any]:
        """The variables of a run that has not begun: the arguments, the others unset."""
        slots = [UNSET] * self._slots
        slots[: len(arguments)] = arguments
        return slots

    @property
    def start(self) -> int:
        """The position of the first operation."""
        return self._start

    def step(self, position: int, run: Run) -> int:
        """Execute one operation, for who has to look in between.

        Gives the position of the next one, a negative number at the end; raises as `run` does.
        """
        try:
            return self._code[position](run)
        except (ExecutionError, RuleBroken) as error:
            raise self.located(error, run.recorder) from None

    def located(self, error: ExecutionError | RuleBroken, recorder: Recorder) -> ExecutionError:
        """The error with its place in the source, and without a traceback.

        The object of an execution error is made once, while compiling: every run that reaches it
        would make its traceback longer.
        """
        if isinstance(error, ExecutionError):
            return error.with_traceback(None)
        site = recorder.current.site
        return KernelRuleBroken(
            str(error), file=self.function.source.file, line=site.span.line, text=site.text
        )

    def endless(self, recorder: Recorder, step_limit: int) -> StepLimitExceeded:
        """The error of a run that has used up its operations."""
        site = recorder.current.site
        return StepLimitExceeded(
            f"no end after {step_limit} operations",
            file=self.function.source.file,
            line=site.span.line,
            text=site.text,
        )


class _Mark:
    """A position that is known once everything is laid out."""

    __slots__ = ("position",)

    def __init__(self) -> None:
        self.position = -2


class _Draft:
    """An operation before positions are known: `make` gets them in the order of `targets`."""

    __slots__ = ("make", "targets")

    def __init__(self, make: Callable[..., Operation] | None, *targets: _Mark | None) -> None:
        self.make = make
        self.targets = targets


class _Lowering:
    """Lays a function's statements out as operations."""

    def __init__(
        self,
        function: nodes.Function,
        environment: Environment,
        names: tuple[Mapping[Span, int], Sequence[str]],
        inlined: Mapping[str, nodes.Function],
    ) -> None:
        self.function = function
        self.environment = environment
        self.expressions = ExpressionCompiler(function.source, environment)
        self.drafts: list[_Draft] = []
        self.numbers, self.ids = names
        self.inlined = inlined
        self.passed: set[str] = set()
        #: Where `return` leads.
        self.end = _Mark()
        self.label_spans = labels_of(function)
        self.labels: dict[str, _Mark] = {name: _Mark() for name in self.label_spans}
        self.placed: set[str] = set()
        self.breaks: list[_Mark] = []
        self.continues: list[_Mark] = []
        self.cases: list[dict[int, _Mark] | None] = []
        self.defaults: list[_Mark | None] = []
        self.case_types: list[IntegerType] = []
        self.lines: set[int] = set()
        returns = environment.resolve(function.returns)
        if returns is None:
            raise self.syntax_error(function.returns, f"unknown type {function.returns.base}")
        self.returns = returns
        for parameter in function.parameters:
            self.parameter(parameter)
        # The outermost block is the scope of the parameters too.
        for statement in function.body.body:
            self.statement(statement)
        self.place(self.end)

    # Layout

    def assemble(self) -> list[Operation]:
        """The finished list; jumps that do nothing else are followed here, not while running."""
        self.drafts.append(_Draft(lambda: lambda run: END))
        code: list[Operation] = []
        for position, draft in enumerate(self.drafts):
            if draft.make is None:
                code.append(_stay(position))
                continue
            targets = [
                self.destination(position + 1 if mark is None else mark.position)
                for mark in draft.targets
            ]
            code.append(draft.make(*targets))
        return code

    def destination(self, position: int) -> int:
        seen = set()
        while position not in seen:
            seen.add(position)
            draft = self.drafts[position]
            if draft.make is not None:
                break
            mark = draft.targets[0]
            position = position + 1 if mark is None else mark.position
        return position

    def place(self, mark: _Mark) -> None:
        mark.position = len(self.drafts)

    def jump(self, mark: _Mark) -> None:
        self.drafts.append(_Draft(None, mark))

    def site(
        self, kind: str, node: nodes.Node, span: Span | None = None, **more: Any
    ) -> ProgramPoint:
        span = span or node.span
        self.lines.update(span.lines)
        return ProgramPoint(kind, fold(node.text), span, **more)

    def execute(self, site: ProgramPoint, get: Getter, mark: _Mark | None = None) -> None:
        """One step that computes something and goes on, at `mark` where that is not the next."""

        def make(following: int) -> Operation:
            def operation(run: Run) -> int:
                recorder = run.recorder
                step = recorder.current = Step(site)
                recorder.steps.append(step)
                get(run)
                return following

            return operation

        self.drafts.append(_Draft(make, mark))

    def branch(self, node: nodes.Statement, when_true: _Mark, when_false: _Mark) -> None:
        """The step of a decision."""
        decided = condition_of(node)
        assert decided is not None
        _, condition, header = decided
        test = self.expressions.condition(condition)
        site = self.site(
            "decision",
            condition,
            header,
            decision=self.ids[self.numbers[header]],
            number=self.numbers[header],
            logic=_only_operator(condition),
        )

        def make(true_position: int, false_position: int) -> Operation:
            def operation(run: Run) -> int:
                recorder = run.recorder
                step = recorder.current = Step(site)
                recorder.steps.append(step)
                if test(run):
                    step.taken = True
                    return true_position
                step.taken = False
                return false_position

            return operation

        self.drafts.append(_Draft(make, when_true, when_false))

    # Statements

    def statement(self, node: nodes.Statement) -> None:
        match node:
            case nodes.Compound():
                self.expressions.scope.blocks.append({})
                for child in node.body:
                    self.statement(child)
                self.expressions.scope.blocks.pop()
            case nodes.Declaration():
                self.declaration(node)
            case nodes.ExpressionStatement():
                self.expression(node)
            case nodes.Empty():
                pass
            case nodes.If():
                self.if_(node)
            case nodes.While() | nodes.DoWhile() | nodes.For():
                self.loop(node)
            case nodes.Switch():
                self.switch(node)
            case nodes.SwitchCase():
                self.case(node)
            case nodes.Break():
                self.leave(node, self.breaks, "break")
            case nodes.Continue():
                self.leave(node, self.continues, "continue")
            case nodes.Goto():
                self.goto(node)
            case nodes.Label():
                if node.name in self.placed:
                    raise self.syntax_error(node, f"label {node.name} stands twice")
                self.placed.add(node.name)
                self.place(self.labels[node.name])
                self.statement(node.statement)
            case nodes.Return():
                self.return_(node)
            case _:  # pragma: no cover - the parser makes no other
                raise self.syntax_error(node, f"unknown statement {type(node).__name__}")

    def expression(self, node: nodes.ExpressionStatement) -> None:
        """A call, an assignment: something that is evaluated for what it does."""
        expression = self.expressions.expanded(node.expression)
        if expression is None:
            return
        name = None
        if isinstance(expression, nodes.Call) and isinstance(expression.function, nodes.Identifier):
            name = expression.function.name
        inlined = self.inlined.get(name) if name else None
        if inlined is not None and isinstance(expression, nodes.Call):
            self.inline(node, expression, inlined)
            return
        site = self.site("statement", node)
        if name in self.environment.silent:
            self.execute(site, _nothing)
            return
        faults = len(self.expressions.faults)
        value = self.expressions.compile(expression)
        unknown = self.unknown(expression) if self.environment.is_lenient else None
        if unknown is not None and value.type is FAULT:
            del self.expressions.faults[faults:]
            self.passed.add(unknown)
            self.execute(site, _passing(unknown))
        else:
            self.execute(site, value.get)

    def unknown(self, node: nodes.Expression) -> str | None:
        """The name that nobody models, if it is all that this statement is about."""
        match node:
            case nodes.Call(function=nodes.Identifier(name=name)):
                is_known = name in self.environment.functions or self.expressions.scope.find(name)
                return None if is_known else name
            case nodes.Call(function=nodes.Member(name=name) as member):
                return name if self.expressions.probe(member).type is FAULT else None
            case nodes.Assignment(target=target) | nodes.Update(target=target):
                return fold(target.text) if self.expressions.probe(target).type is FAULT else None
        return None

    def inline(self, node: nodes.Statement, call: nodes.Call, function: nodes.Function) -> None:
        """A call of a function whose text is shown too: its statements in the place of the call."""
        types = [self.environment.resolve(item.type) for item in function.parameters]
        if len(types) != len(call.arguments) or None in types:
            raise self.syntax_error(call, f"{function.name} takes other arguments")
        scope = self.expressions.scope
        values = [self.expressions.compile(argument) for argument in call.arguments]
        outside = scope.blocks
        scope.blocks = [{}]
        for parameter in function.parameters:
            self.parameter(parameter)
        slots = [scope.blocks[0][item.name].slot for item in function.parameters]
        known, unread = [t for t in types if t is not None], frozenset(range(len(types)))
        try:
            arguments = self.expressions.converted_arguments(function.name, known, values, unread)
        except ExecutionError as error:
            raise self.syntax_error(call, error.message) from None
        self.execute(self.site("statement", node), _entering(function.name, slots, arguments))
        kept = self.labels, self.label_spans, self.placed, self.end, self.returns
        loops = self.breaks, self.continues
        self.label_spans = labels_of(function)
        self.labels = {name: _Mark() for name in self.label_spans}
        self.placed, self.end, self.breaks, self.continues = set(), _Mark(), [], []
        self.returns = VOID
        inlined, self.inlined = self.inlined, {}
        for statement in function.body.body:
            self.statement(statement)
        self.place(self.end)
        self.inlined = inlined
        self.labels, self.label_spans, self.placed, self.end, self.returns = kept
        self.breaks, self.continues = loops
        scope.blocks = outside

    def syntax_error(self, node: nodes.Node, message: str) -> CSyntaxError:
        return CSyntaxError(
            message, file=self.function.source.file, line=node.span.line, text=node.text
        )

    def parameter(self, node: nodes.Parameter) -> None:
        type_ = self.environment.resolve(node.type)
        if type_ is None:
            raise self.syntax_error(node, f"unknown type {node.type.base}")
        if isinstance(type_, VoidType):
            raise self.syntax_error(node, "a parameter can't be void")
        scope = self.expressions.scope
        if scope.has_here(node.name):
            raise self.syntax_error(node, f"{node.name} is declared twice")
        is_const = node.type.is_const and not node.type.pointers
        scope.declare(node.name, type_, is_const=is_const, is_parameter=True)

    def declaration(self, node: nodes.Declaration) -> None:
        setters: list[Getter] = []
        is_step = False
        for declarator in node.declarators:
            type_ = self.environment.resolve(declarator.type)
            if type_ is None:
                error = self.expressions.undeclared(declarator, declarator.type.base, "type")
                setters.append(self.expressions.raising(error))
                type_, is_step = FAULT, True
            if isinstance(type_, VoidType):
                raise self.syntax_error(declarator, "a variable can't be void")
            if self.expressions.scope.has_here(declarator.name):
                raise self.syntax_error(declarator, f"{declarator.name} is declared twice")
            # The scope of a name begins before its initial value: `int a = a;` reads the new one.
            variable = self.expressions.scope.declare(
                declarator.name,
                type_,
                is_const=declarator.type.is_const and (declarator.type.pointers == 0),
            )
            slot = variable.slot
            setters.append(_unset(slot))
            if declarator.value is None or type_ is FAULT:
                continue
            is_step = True
            value = self.expressions.compile(declarator.value)
            refusal = f"{value.type} can't be assigned to {type_}"
            get = self.expressions.converted_or_raising(declarator, value, type_, refusal)
            if variable.names is None:
                variable.names = value.names
            setters.append(_initialise(declarator.name, slot, get, variable.names))
        if is_step:
            self.execute(self.site("statement", node), _all(setters))
        else:
            self.silently(_all(setters))

    def silently(self, get: Getter) -> None:
        """Computes something that is no step: a declaration without a value."""

        def make(following: int) -> Operation:
            def operation(run: Run) -> int:
                get(run)
                return following

            return operation

        self.drafts.append(_Draft(make, None))

    def if_(self, node: nodes.If) -> None:
        then, otherwise, end = _Mark(), _Mark(), _Mark()
        self.branch(node, then, otherwise)
        self.place(then)
        self.statement(node.then)
        if node.otherwise is not None:
            self.jump(end)
        self.place(otherwise)
        if node.otherwise is not None:
            self.statement(node.otherwise)
        self.place(end)

    def loop(self, node: nodes.While | nodes.DoWhile | nodes.For) -> None:
        test, body, advance, end = _Mark(), _Mark(), _Mark(), _Mark()
        self.expressions.scope.blocks.append({})
        if isinstance(node, nodes.For) and node.start is not None:
            self.statement(node.start)
        if not isinstance(node, nodes.DoWhile):
            self.jump(test)
        self.breaks.append(end)
        self.continues.append(advance)
        self.place(body)
        self.statement(node.body)
        self.breaks.pop()
        self.continues.pop()
        self.place(advance)
        if isinstance(node, nodes.For) and node.advance is not None:
            self.execute(
                self.site("statement", node.advance),
                self.expressions.compile(node.advance).get,
            )
        self.place(test)
        if condition_of(node) is not None:
            self.branch(node, body, end)
        else:
            self.jump(body)
        self.place(end)
        self.expressions.scope.blocks.pop()

    def switch(self, node: nodes.Switch) -> None:
        subject = self.expressions.compile(node.subject)
        end = _Mark()
        if not isinstance(subject.type, IntegerType) and subject.type is not FAULT:
            subject = self.expressions.refused(node.subject, "switch needs an integer")
        choose = _Draft(None)
        self.drafts.append(choose)
        self.breaks.append(end)
        self.cases.append({})
        self.defaults.append(None)
        self.case_types.append(
            promoted(subject.type) if isinstance(subject.type, IntegerType) else INT
        )
        self.statement(node.body)
        self.breaks.pop()
        self.case_types.pop()
        table, default = self.cases.pop() or {}, self.defaults.pop()
        self.place(end)
        site = self.site("statement", node.subject, node.header)
        values, get = list(table), subject.get

        def make(otherwise: int, *positions: int) -> Operation:
            where = dict(zip(values, positions, strict=True))

            def operation(run: Run) -> int:
                recorder = run.recorder
                step = recorder.current = Step(site)
                recorder.steps.append(step)
                return where.get(get(run), otherwise)

            return operation

        choose.make = make
        choose.targets = (default or end, *table.values())

    def case(self, node: nodes.SwitchCase) -> None:
        table = self.cases[-1] if self.cases else None
        if table is None:
            raise self.syntax_error(node, "case outside of a switch")
        mark = _Mark()
        self.place(mark)
        if node.value is None:
            if self.defaults[-1] is not None:
                raise self.syntax_error(node, "default stands twice")
            self.defaults[-1] = mark
        else:
            constant = self.case_types[-1].wrap(self.constant(node.value))
            if constant in table:
                raise self.syntax_error(node.value, "this case stands twice")
            table[constant] = mark
        for child in node.body:
            self.statement(child)

    def constant(self, node: nodes.Expression) -> int:
        """The value of an integer constant expression, which calls and reads nothing."""
        found: int | None = None
        if _is_constant(node, self.expressions.scope.names()):
            value: Value = self.expressions.compile(node)
            if isinstance(value.type, IntegerType):
                try:
                    found = value.get(Run([], Recorder(), None))
                except ExecutionError:
                    found = None
        if found is None:
            raise self.syntax_error(node, "a case needs a constant")
        return found

    def leave(self, node: nodes.Statement, marks: list[_Mark], what: str) -> None:
        if not marks:
            raise self.syntax_error(node, f"{what} outside of a loop")
        self.execute(self.site("jump", node), _nothing, marks[-1])

    def goto(self, node: nodes.Goto) -> None:
        mark = self.labels.get(node.label)
        if mark is None:
            error = self.expressions.undeclared(node, node.label, "label", self.labels)
            self.execute(self.site("goto", node), self.expressions.raising(error))
            return
        line = self.label_spans[node.label].line
        self.execute(self.site("goto", node, goto_line=line), _nothing, mark)

    def return_(self, node: nodes.Return) -> None:
        get: Getter = _nothing
        if node.value is not None:
            value = self.expressions.compile(node.value)
            refusal = f"{value.type} can't be returned as {self.returns}"
            get = _returning(
                self.expressions.converted_or_raising(node, value, self.returns, refusal)
            )
        self.execute(self.site("statement", node), get, self.end)


def _only_operator(condition: nodes.Expression) -> str | None:
    """`&&` or `||` where the condition joins its operands by that one alone, else None."""
    if not isinstance(condition, nodes.Logical):
        return None
    for side in (condition.left, condition.right):
        if isinstance(side, nodes.Logical) and _only_operator(side) != condition.operator:
            return None
    return condition.operator


def _is_constant(node: nodes.Expression, variables: set[str]) -> bool:
    """Whether an expression is made of numbers and constants only."""
    match node:
        case nodes.Number():
            return True
        case nodes.Identifier():
            return node.name not in variables
        case nodes.Unary() | nodes.Cast():
            return _is_constant(node.operand, variables)
        case nodes.Binary() | nodes.Logical():
            return _is_constant(node.left, variables) and _is_constant(node.right, variables)
        case nodes.Conditional():
            parts = (node.condition, node.then, node.otherwise)
            return all(part is None or _is_constant(part, variables) for part in parts)
        case _:
            return False


def _stay(position: int) -> Operation:
    """A loop without a step inside: it runs until the step limit."""
    return lambda run: position


def _unset(slot: int) -> Getter:
    def get(run: Run) -> None:
        run.slots[slot] = UNSET

    return get


def _nothing(run: Run) -> None:
    """Does nothing that is modelled."""


def _returning(value: Getter) -> Getter:
    def get(run: Run) -> None:
        run.result = value(run)

    return get


def _passing(name: str) -> Getter:
    def get(run: Run) -> None:
        run.recorder.note(name, "not-modelled")

    return get


def _entering(name: str, slots: Sequence[int], arguments: Sequence[Getter]) -> Getter:
    """Arguments become parameters, unread where they are."""

    def get(run: Run) -> None:
        values = [argument(run) for argument in arguments]
        run.recorder.calls.append(name)
        for slot, value in zip(slots, values, strict=True):
            run.slots[slot] = value

    return get


def _initialise(name: str, slot: int, value: Getter, names: Any) -> Getter:
    def get(run: Run) -> None:
        after = run.slots[slot] = value(run)
        run.recorder.effect("assignment", name, None, shown(after, names))

    return get


def _all(getters: list[Getter]) -> Getter:
    if len(getters) == 1:
        return getters[0]

    def get(run: Run) -> None:
        for getter in getters:
            getter(run)

    return get
