"""Makes behave's model from what the official parser recognizes."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from behave.model import Background, Examples, Feature, Rule, Scenario, ScenarioOutline, Step, Table, Tag, Text
from gherkin.ast_builder import AstBuilder
from gherkin.ast_node import AstNode
from gherkin.gherkin_line import Cell
from gherkin.token import Token
from gherkin.token_matcher import TokenMatcher

from support.gherkin.descriptions import Line, refuse_lost_scenario, refuse_lost_step
from support.gherkin.refusals import Refused, shortened
from support.gherkin.rows import give_rows

LIKE_THE_LAST, OF_SEVERAL_KINDS = "Conjunction", "Unknown"
KINDS = {"Context": "given", "Action": "when", "Outcome": "then", LIKE_THE_LAST: ""}
STAR = "* "
PLAIN_TEXT = "text/plain"
ESCAPED = re.compile(r"\\.")


class ModelBuilder(AstBuilder):
    """Called by the parser with each part of a feature, inner ones first; its result is the feature, or nothing in an empty file."""

    def __init__(self, filename: str, matcher: TokenMatcher) -> None:
        super().__init__()
        self._filename = filename
        self._matcher = matcher
        self._makers: dict[str, Callable[[AstNode], Any]] = {
            "Step": self._step,
            "DocString": self._text,
            "DataTable": self._table,
            "ExamplesTable": self._table,
            "Description": self._description,
            "Background": self._background,
            "ScenarioDefinition": self._scenario,
            "ExamplesDefinition": self._examples,
            "Rule": self._rule,
            "Feature": self._feature,
            "GherkinDocument": lambda node: node.get_single("Feature"),
        }

    def transform_node(self, node: AstNode) -> Any:  # noqa: ANN401
        """Make what the node stands for; called by the parser."""
        make = self._makers.get(node.rule_type)
        return make(node) if make else node

    def left_open(self) -> Refused | None:
        """What the end of the file came too early for, if it came too early."""
        node = self.current_node
        if node.rule_type == "DocString":
            opening = node.get_token("DocStringSeparator")
            return Refused(opening.location["line"], "the text that begins here is never closed, so the rest of the file is lost")
        if node.rule_type == "Tags":
            return Refused(node.get_tokens("TagLine")[-1].location["line"], "the tags at the end of the file belong to nothing")
        return None

    def _step(self, node: AstNode) -> Step:
        token: Any = node.get_token("StepLine")
        keyword, kind = token.matched_keyword, token.matched_keyword_type
        if kind == OF_SEVERAL_KINDS:
            kind = self._matcher.keyword_types[keyword][0] if keyword != STAR else LIKE_THE_LAST
        return Step(
            self._filename,
            token.location["line"],
            keyword.rstrip(),
            KINDS[kind],
            token.matched_text,
            node.get_single("DocString"),
            node.get_single("DataTable"),
        )

    def _text(self, node: AstNode) -> Text:
        opening: Any = node.get_token("DocStringSeparator")
        lines: list[Any] = node.get_items("Other")
        closing = node.get_tokens("DocStringSeparator")[-1]
        if rest := closing.line.get_rest_trimmed(len(opening.matched_keyword)):
            reason = f"'{shortened(rest)}' stands after the {opening.matched_keyword} that end a text"
            raise Refused(closing.location["line"], f"{reason}: put it into a line of its own, or escape the quotes")
        content = "\n".join(token.matched_text for token in lines)
        return Text(content, opening.matched_text or PLAIN_TEXT, opening.location["line"])

    def _table(self, node: AstNode) -> Table:
        first, *others = node.get_tokens("TableRow")
        table = Table(_cells(first), line=first.location["line"])
        for token in others:
            cells = _cells(token)
            if len(cells) != len(table.headings):
                reason = f"this row has {_number(cells)}, and the first of its table {_number(table.headings)}"
                raise Refused(token.location["line"], reason)
            table.add_row(cells, token.location["line"])
        return table

    def _description(self, node: AstNode) -> list[Line]:
        lines: list[Any] = node.get_items("Other")
        return [(token.location["line"], token.matched_text.strip()) for token in lines]

    def _background(self, node: AstNode) -> Background:
        lines = self._lines_with_steps(node)
        return Background(*self._heading(node, "BackgroundLine"), steps=node.get_items("Step"), description=lines)

    def _scenario(self, node: AstNode) -> Scenario:
        inner: Any = node.get_single("Scenario")
        heading = self._heading(inner, "ScenarioLine")
        tags, lines, steps = self._tags(node), self._lines_with_steps(inner), inner.get_items("Step")
        if examples := inner.get_items("ExamplesDefinition"):
            return ScenarioOutline(*heading, tags, steps, examples, lines)
        # an outline without Examples is a scenario that runs as it is written
        return Scenario(*heading, tags, steps, lines)

    def _examples(self, node: AstNode) -> Examples:
        inner: Any = node.get_single("Examples")
        self._lines_with_steps(inner)
        examples = Examples(*self._heading(inner, "ExamplesLine"), self._tags(node), inner.get_single("ExamplesTable"))
        if examples.table is None or not examples.table.rows:
            raise Refused(examples.line, "these Examples have no row below their columns, so nothing would run: add one, or remove them")
        twice = [heading for heading, times in Counter(examples.table.headings).items() if times > 1]
        if twice:
            raise Refused(examples.table.line, f"two columns are called '{twice[0]}', and only one could be filled in: name each once")
        return examples

    def _rule(self, node: AstNode) -> tuple[Rule, AstNode]:
        header: Any = node.get_single("RuleHeader")
        return Rule(*self._heading(header, "RuleLine"), self._tags(header), self._lines_without_steps(header)), node

    def _feature(self, node: AstNode) -> Feature:
        header: Any = node.get_single("FeatureHeader")
        language = header.get_token("FeatureLine").matched_gherkin_dialect
        heading = self._heading(header, "FeatureLine")
        feature = Feature(*heading, self._tags(header), self._lines_without_steps(header), language=language)
        self._fill(feature, node)
        rules: list[Any] = node.get_items("Rule")
        for rule, inner in rules:
            feature.add_rule(rule)
            self._fill(rule, inner)
        return feature

    def _fill(self, container: Feature | Rule, node: AstNode) -> None:
        """Put its background and scenarios into a feature or rule, which is in its own place already."""
        background: Any = node.get_single("Background")
        if background is not None:
            outer = container.parent.background if isinstance(container, Rule) else None
            _tell_kinds(background.steps, outer.steps if outer else [])
            container.add_background(background)
        around = container.background.all_steps if container.background else []
        scenarios: list[Any] = node.get_items("ScenarioDefinition")
        for scenario in scenarios:
            _tell_kinds(scenario.steps, around)
            container.add_scenario(scenario)
            if isinstance(scenario, ScenarioOutline):
                give_rows(scenario, around)

    def _heading(self, node: AstNode, kind: str) -> tuple[str, int, str, str]:
        token: Any = node.get_token(kind)
        return self._filename, token.location["line"], token.matched_keyword, token.matched_text

    def _tags(self, node: AstNode) -> list[Tag]:
        above: Any = node.get_single("Tags")
        tokens = above.get_items("TagLine") if above else []
        tags = [Tag(item["text"][1:], token.location["line"]) for token in tokens for item in token.matched_items]
        for tag in tags:
            if not tag:
                raise Refused(tag.line, "'@' alone is no tag: it has no name")
        return list(dict.fromkeys(tags))

    def _lines_with_steps(self, node: AstNode) -> list[str]:
        lines: Any = node.get_single("Description", [])
        refuse_lost_step(_with_text(lines), self._matcher.dialect)
        return _paragraphs(lines)

    def _lines_without_steps(self, node: AstNode) -> list[str]:
        lines: Any = node.get_single("Description", [])
        refuse_lost_scenario(_with_text(lines), self._matcher.dialect)
        return _paragraphs(lines)


def _with_text(lines: list[Line]) -> list[Line]:
    return [line for line in lines if line[1]]


def _paragraphs(lines: list[Line]) -> list[str]:
    """The lines with the empty ones between them, so that reports can tell paragraphs apart."""
    return "\n".join(text for _, text in lines).strip().splitlines()


def _cells(token: Token) -> list[str]:
    row = token.line.get_line_text().strip()
    rest = ESCAPED.sub("..", row).rpartition("|")[2].strip()
    if rest and not rest.startswith("#"):
        lost = row[-len(rest) :]
        reason = f"'{shortened(lost)}' stands after the last '|' of its row, where only a comment can"
        raise Refused(token.location["line"], f"{reason}: end the row with '|'")
    items: list[Cell] = token.matched_items  # type: ignore[attr-defined]
    return [item["text"] for item in items]


def _number(cells: list[str]) -> str:
    return "1 cell" if len(cells) == 1 else f"{len(cells)} cells"


def _tell_kinds(steps: Iterable[Step], before: list[Step]) -> None:
    """An `And` or `But` is what the step before it is, if need be the last of the background; `*` too, else it is a Given."""
    kind = ""
    for step in steps:
        if not step.step_type:
            step.step_type = kind or ("given" if step.keyword == STAR.rstrip() else before[-1].step_type if before else "")
            if not step.step_type:
                reason = f"'{step.keyword}' goes on from a step before it, and there is none"
                raise Refused(step.line, f"{reason}: begin with Given, When or Then")
        kind = step.step_type
