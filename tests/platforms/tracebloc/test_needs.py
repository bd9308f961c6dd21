"""The sentences that need the object store or people with accounts are known: those whose code reaches them, and no others."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

from environments.platforms.tracebloc.needs import ACCOUNTS, SENTENCES_THAT_NEED, STORE

Function = tuple[str, str]
"""Its module, with all folders that lead to it, and its name."""
PROJECT = Path(__file__).parents[3]
STEPS = PROJECT / "steps" / "tracebloc"
CODE = (*STEPS.rglob("*.py"), *(PROJECT / "support" / "platforms" / "tracebloc").rglob("*.py"))
DOORS = {STORE: {"install_client", "object_store"}, ACCOUNTS: {"given_accounts"}}
"""By whose names code gets there: a secure environment's own services and the scene's client; the accounts that are taken first."""
SAMPLES = {"int": "3", "float": "0.5", "string": '"x"', "place": "first", "model": "m", "task": "t", "word": "w"}


def calls_and_sentences(doors: set[str]) -> tuple[dict[Function, set[Function]], dict[str, Function]]:
    calls: dict[Function, set[Function]] = defaultdict(set)
    sentences: dict[str, Function] = {}
    for file in CODE:
        module, tree = ".".join(file.relative_to(PROJECT).with_suffix("").parts), ast.parse(file.read_text())
        imported = {
            alias.asname or alias.name: (str(node.module), alias.name)
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            own = (module, function.name)
            for node in ast.walk(function):
                if isinstance(node, ast.Attribute):
                    calls[own] |= {("", node.attr)} if node.attr in doors else set()
                    if isinstance(node.value, ast.Name) and node.value.id in imported:
                        calls[own].add((".".join(imported[node.value.id]), node.attr))
                elif isinstance(node, ast.Name):
                    calls[own].add(imported.get(node.id, (module, node.id)))
            for decorator in function.decorator_list:
                if STEPS in file.parents and isinstance(decorator, ast.Call) and isinstance(decorator.args[0], ast.Constant):
                    sentences[str(decorator.args[0].value)] = own
    return calls, sentences


def reaches(function: Function, calls: dict[Function, set[Function]], seen: set[Function]) -> bool:
    """Whether its code, or that of what it calls, goes through a door."""
    if function in seen:
        return False
    seen.add(function)
    return any(not module or reaches((module, name), calls, seen) for module, name in calls.get(function, ()))


def as_written(sentence: str) -> str:
    """A sentence as a feature may have it."""
    filled = re.sub(r"\{(\w+)\}", lambda found: SAMPLES.get(found[1], "x"), sentence)
    return re.sub(r"(\w+)/\w+", r"\1", filled)


@pytest.mark.parametrize("capability", [STORE, ACCOUNTS])
def test_the_sentences_that_need_it_are_those_that_reach_it(capability: str) -> None:
    calls, sentences = calls_and_sentences(DOORS[capability])
    reach = {sentence for sentence, function in sentences.items() if reaches(function, calls, set())}
    known = {sentence for sentence in sentences if re.search(SENTENCES_THAT_NEED[capability], as_written(sentence))}
    assert len(reach) > 20
    assert reach - known == set(), f"sentences that reach {capability}: name them in environments/platforms/tracebloc/needs.py"
    assert known - reach == set(), "sentences that do not, and that environments/platforms/tracebloc/needs.py takes for such"
