"""The official parser, told to make behave's model, and to refuse what it would leave out."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import cast

from behave.model import Feature, ScenarioOutline, Step
from behave.parser import ParserError
from gherkin.dialect import DIALECTS
from gherkin.errors import ParserException, UnexpectedEOFException
from gherkin.parser import Parser, ParserContext
from gherkin.token import Token
from gherkin.token_matcher import TokenMatcher

from support.gherkin.files import UnreadableFile
from support.gherkin.model import ModelBuilder
from support.gherkin.refusals import Refused, reason_of, shortened
from support.nearest import did_you_mean

LANGUAGE = re.compile(r"\s*#\s*language\s*:\s*(.*?)\s*$", re.IGNORECASE)


def parse_feature(text: str, path: Path) -> Feature:
    """The feature in a file's text; raises UnreadableFile."""
    try:
        feature = _parse(text, str(path))
    except Refused as error:
        raise UnreadableFile(path, error.location["line"], error.reason) from error
    if feature is None:
        raise UnreadableFile(path, 1, "there is no feature in the file: it has to begin with 'Feature: <name>'")
    feature.parser = StepsParser(feature.language)
    return feature


class StepsParser:
    """Reads the steps that a step gives to behave's `context.execute_steps`; behave finds it on the feature that runs."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.variant = "steps"

    def parse_steps(self, text: str, filename: str | None = None) -> list[Step]:
        """The steps of a text; raises behave's ParserError."""
        before = f"# language: {self.language}\n{DIALECTS[self.language]['feature'][0]}:\n{DIALECTS[self.language]['scenario'][0]}:\n"
        try:
            feature = _parse(before + text, filename or "<steps>")
        except Refused as error:
            line = error.location["line"] - before.count("\n")
            raise ParserError(f"the steps cannot be read: {error.reason}", line, filename) from error
        written = [*feature.scenarios, *feature.rules] if feature else []
        lost = [line for item in written for line in item.description]
        if lost or len(written) != 1 or isinstance(written[0], ScenarioOutline):
            found = f"'{shortened(lost[0])}' is none" if lost else "a scenario, a rule or Examples are none"
            raise ParserError(f"the steps cannot be read: nothing but steps can stand here, and {found}", 1, filename)
        return list(written[0].steps)


class _Parser(Parser):
    """The official parser in half its time: it makes a table of all states for every line, and asks of a step what else it could be."""

    _after_step: int | None = None

    def match_token(self, state: int, token: Token, context: ParserContext) -> int:
        if state == self._after_step and token.line and context.token_matcher.match_StepLine(token):
            # a step below a step leads to where it came from
            self.ast_builder.end_rule("Step")
            self.ast_builder.start_rule("Step")
            self.ast_builder.build(token)
            return state
        found: Callable[[Token, ParserContext], int] = getattr(self, f"match_token_at_{state}")
        following = found(token, context)
        if token.matched_type == "StepLine":  # type: ignore[attr-defined]
            self._after_step = following
        return following


class _Matcher(TokenMatcher):
    """The official matcher of lines, with a step's keyword found the quick way: most lines are steps."""

    def match_StepLine(self, token: Token) -> bool:
        line = token.line.get_line_text()
        for keyword in self._sorted_step_keywords:
            if line.startswith(keyword):
                kinds = self.keyword_types[keyword]
                kind = kinds[0] if len(kinds) == 1 else "Unknown"
                self._set_token_matched(token, "StepLine", line[len(keyword) :].strip(), keyword, kind)
                return True
        return False


def _parse(text: str, filename: str) -> Feature | None:
    """Raises Refused."""
    lines = text.split("\n")
    _refuse_unknown_language(lines)
    matcher = _Matcher()
    builder = ModelBuilder(filename, matcher)
    parser = _Parser(builder)
    parser.stop_at_first_error = True
    try:
        return cast(Feature | None, parser.parse(text, matcher))
    except Refused:
        raise
    except ParserException as error:
        if isinstance(error, UnexpectedEOFException) and (left_open := builder.left_open()):
            raise left_open from error
        line = error.location["line"]
        raise Refused(line, reason_of(error, lines[line - 1], matcher.dialect)) from error


def _refuse_unknown_language(lines: list[str]) -> None:
    """The official parser takes it for a comment if it does not look like a language."""
    for number, line in enumerate(lines, 1):
        if not line.strip().startswith("#"):
            if line.strip():
                return
        elif found := LANGUAGE.match(line):
            if found[1] not in DIALECTS:
                raise Refused(number, f"'{found[1]}' is not a language of Gherkin.{did_you_mean(found[1], DIALECTS)}")
            if not TokenMatcher.LANGUAGE_RE.match(line):
                raise Refused(number, f"the word 'language' is written in small letters: '# language: {found[1]}'")
            return
