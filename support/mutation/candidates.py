"""Every small change that the rules find in a source file, but for what is no behaviour: types, texts, logs, and sabotage switches."""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import libcst as cst
from libcst import matchers as m
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from support.mutation.rules import RULES, Change, Nearby, looked_up_by, text_of

TEXTS_FOR_PEOPLE = re.compile(
    r"(_?log(ger|ging)?|warnings|sys\.(stderr|stdout))\.\w+|print|cast|TypeVar|field|Field|Path|Query|Header|Form|Depends"
)
"""Calls that say something to people, or describe types."""
PACE = re.compile(r"wait_\w+|note_call")
"""Calls that say how soon something is tried again, or are evidence of what was asked: none of it is promised to anybody."""
FIXED_ARGUMENTS = ("strict", "lazy", "innerjoin")
"""`zip(..., strict=True)` is an assertion; how SQLAlchemy loads what belongs together is a matter of speed."""
SABOTAGE = re.compile(r"sabotage|\bis_on\b", re.IGNORECASE)
"""What asks whether a prepared defect is switched on."""
FOR_PEOPLE_ONLY = ("__repr__", "__str__")


@dataclass(frozen=True)
class Candidate:
    """One change that could be made: where it is, by which rule, and what takes the place of what."""

    file: str
    line: int
    within: str
    """The function it is in, with its class; empty: none."""
    rule: str
    change: Change = field(repr=False)


@dataclass(frozen=True)
class SourceFile:
    """A parsed source file and its candidates, in the order of the code."""

    path: str
    text: str
    module: cst.Module = field(repr=False)
    candidates: tuple[Candidate, ...] = field(repr=False)

    def changed(self, candidate: Candidate) -> str | None:
        """The file's text with that change; None when it is no change, or no Python any more."""
        old, new = candidate.change
        changed = self.module.deep_replace(old, new)
        text = changed.code if isinstance(changed, cst.Module) else self.text
        try:
            compile(text, self.path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return None
        return None if text == self.text else text


def read_source(path: str, text: str) -> SourceFile:
    """Parse a file and find its candidates; raises libcst.ParserSyntaxError."""
    wrapper = MetadataWrapper(cst.parse_module(text))
    positions = {node: place for node, place in wrapper.resolve(PositionProvider).items() if isinstance(place, CodeRange)}
    uses = _Uses()
    wrapper.module.visit(uses)
    finder = _Finder(path, positions, uses)
    wrapper.module.visit(finder)
    return SourceFile(path, text, wrapper.module, tuple(finder.found))


def lines_changed(before: str, after: str) -> tuple[str, str]:
    """The lines that are gone and those that came instead, without their indentation."""
    compared = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    return tuple("\n".join(line[2:].strip() for line in compared if line.startswith(sign)) for sign in ("- ", "+ "))  # type: ignore[return-value]


def diff_of(path: str, before: str, after: str) -> str:
    """The change as a diff of a few lines."""
    return "\n".join(difflib.unified_diff(before.splitlines(), after.splitlines(), path, path, n=1, lineterm=""))


class _Within(cst.CSTVisitor):
    """Knows in which function the visit is."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    @property
    def within(self) -> str:
        return ".".join(self.names)

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool | None:
        self.names.append(node.name.value)
        return None

    def leave_FunctionDef(self, original_node: cst.FunctionDef) -> None:
        self.names.pop()

    def visit_ClassDef(self, node: cst.ClassDef) -> bool | None:
        self.names.append(node.name.value)
        return None

    def leave_ClassDef(self, original_node: cst.ClassDef) -> None:
        self.names.pop()


class _Uses(_Within):
    """Which fields and keys each function uses, by the text of the object."""

    def __init__(self) -> None:
        super().__init__()
        self.objects: set[cst.CSTNode] = set()
        """What is called, or has fields of its own: no plain fields."""
        self._fields: dict[str, dict[str, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
        self._keys: dict[str, dict[str, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
        self._nearby: dict[str, Nearby] = {}
        self._switches: dict[str, set[str]] = defaultdict(set)

    def nearby(self, within: str) -> Nearby:
        """What one function uses."""
        if within not in self._nearby:
            self._nearby[within] = Nearby(_lists(self._fields[within]), _lists(self._keys[within]))
        return self._nearby[within]

    def asks_for_sabotage(self, text: str, within: str) -> bool:
        """Whether a piece of code asks for a prepared defect, itself or by a name that holds the answer."""
        return SABOTAGE.search(text) is not None or any(re.search(rf"\b{name}\b", text) for name in self._switches[within])

    def visit_Assign(self, node: cst.Assign) -> None:
        asked = node.value.func if isinstance(node.value, cst.Call) else node.value
        if isinstance(node.value, cst.Call | cst.Comparison) and SABOTAGE.search(text_of(asked)):
            self._switches[self.within].update(text_of(target.target) for target in node.targets)

    def visit_Call(self, node: cst.Call) -> None:
        self.objects.add(node.func)

    def visit_Attribute(self, node: cst.Attribute) -> None:
        self.objects.add(node.value)

    def visit_Annotation(self, node: cst.Annotation) -> bool:
        return False

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Attribute) and node not in self.objects and not SABOTAGE.search(text_of(node)):
            self._fields[self.within][text_of(node.value)][node.attr.value] = None
        if (looked_up := looked_up_by(node)) is not None:
            self._keys[self.within][looked_up[0]][looked_up[1].value] = None
        return super().on_visit(node)


class _Finder(_Within):
    """Asks every rule about every node that is behaviour."""

    def __init__(self, path: str, positions: Mapping[cst.CSTNode, CodeRange], uses: _Uses) -> None:
        super().__init__()
        self.found: list[Candidate] = []
        self._path = path
        self._positions = positions
        self._uses = uses
        self._left_out: set[cst.CSTNode] = set()

    def on_visit(self, node: cst.CSTNode) -> bool:
        if node in self._left_out or _is_no_behaviour(node):
            if isinstance(node, cst.FunctionDef):
                # it is left all the same
                self.visit_FunctionDef(node)
            return False
        self._leave_out_parts(node)
        nearby = self._uses.nearby(self.within)
        for rule, changes in RULES.items():
            if rule != "wrong field" or node not in self._uses.objects:
                self._add(node, rule, changes(node, nearby))
        if m.matches(node, m.SimpleStatementLine(body=[m.Raise() | m.Assert()])):
            # what it says, and as which error, is text for people
            return False
        return super().on_visit(node)

    def _add(self, node: cst.CSTNode, rule: str, changes: Iterable[Change]) -> None:
        for old, new in changes:
            parts = (node,) if isinstance(old, cst.BaseBooleanOp) else (old, new)
            asks = any(self._uses.asks_for_sabotage(text_of(part), self.within) for part in parts)
            if asks or old in self._left_out or old not in self._positions:
                continue
            self.found.append(Candidate(self._path, self._positions[old].start.line, self.within, rule, (old, new)))

    def _leave_out_parts(self, node: cst.CSTNode) -> None:
        """Not of the node, but of its parts."""
        if isinstance(node, cst.If | cst.IfExp):
            test = text_of(node.test)
            if self._uses.asks_for_sabotage(test, self.within) and not re.search(r"\bnot\b", test):
                # runs only while it is switched on
                self._left_out.add(node.body)
        if isinstance(node, cst.BooleanOperation):
            # what stands beside an answer that decides alone while nothing is switched on is asked by nobody
            decides = re.compile(r"not is_on\([\w.]+\)" if isinstance(node.operator, cst.Or) else r"is_on\([\w.]+\)")
            sides = (node.left, node.right)
            self._left_out.update(other for one, other in zip(sides, reversed(sides), strict=True) if decides.fullmatch(text_of(one)))
        if isinstance(node, cst.ClassDef):
            self._left_out.update((*node.bases, *node.keywords))
        if isinstance(node, cst.Assign | cst.AugAssign | cst.AnnAssign):
            targets = [target.target for target in node.targets] if isinstance(node, cst.Assign) else [node.target]
            self._left_out.update(targets)


def _is_no_behaviour(node: cst.CSTNode) -> bool:
    if isinstance(node, cst.Annotation | cst.Decorator | cst.Import | cst.ImportFrom | cst.FormattedString):
        return True
    if isinstance(node, cst.FunctionDef):
        return node.name.value in FOR_PEOPLE_ONLY
    if isinstance(node, cst.Arg):
        return node.keyword is not None and node.keyword.value in FIXED_ARGUMENTS
    if isinstance(node, cst.Call):
        return _changes_nothing(node)
    if isinstance(node, cst.If):
        return re.search(r"\bTYPE_CHECKING\b|\b__name__\b", text_of(node.test)) is not None
    if isinstance(node, cst.SimpleStatementLine):
        return any(_is_for_types_or_people(statement) for statement in node.body)
    return False


def _is_for_types_or_people(statement: cst.BaseSmallStatement) -> bool:
    if isinstance(statement, cst.Expr) and isinstance(statement.value, cst.Call):
        return _changes_nothing(statement.value)
    if isinstance(statement, cst.AnnAssign):
        return "TypeAlias" in text_of(statement.annotation.annotation)
    if isinstance(statement, cst.Assign):
        # `Tensors = dict[str, Array]` and `Number = int | float`
        return m.matches(statement.value, m.Subscript(value=m.Name()) | m.BinaryOperation(operator=m.BitOr())) and bool(
            re.match(r"_?[A-Z][a-z]", text_of(statement.targets[0].target))
        )
    return False


def _lists(found: Mapping[str, Mapping[str, None]]) -> dict[str, list[str]]:
    return {text: list(names) for text, names in found.items()}


def _changes_nothing(call: cst.Call) -> bool:
    called = text_of(call.func)
    return TEXTS_FOR_PEOPLE.fullmatch(called) is not None or PACE.fullmatch(called) is not None
