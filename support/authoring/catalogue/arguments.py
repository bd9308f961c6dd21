"""What a step's function says of the table or text below its step, read from its decorators and its code."""

import ast

from support.step_arguments import Table

Function = ast.FunctionDef | ast.AsyncFunctionDef
ATTRIBUTES = ("table", "text")


def table_of(function: Function) -> Table | str | None:
    """What `@takes_table(...)` declares; a text says what is wrong with it."""
    for decorator in function.decorator_list:
        if not isinstance(decorator, ast.Call) or _name(decorator.func) != "takes_table":
            continue
        try:
            options = {word.arg: ast.literal_eval(word.value) for word in decorator.keywords if word.arg}
            columns = ast.literal_eval(decorator.args[0]) if decorator.args else options["columns"]
            return Table(dict(columns), str(options.get("others", "")), tuple(options.get("may_be_empty", ())))
        except (KeyError, ValueError, TypeError):
            return "the columns of its table are put together: write them as plain texts, so that everybody can read them"
    return None


def takes_text(function: Function) -> bool:
    """Whether it has `@takes_text`."""
    return any(_name(decorator) == "takes_text" for decorator in function.decorator_list)


def looks_below(function: Function) -> bool:
    """Whether its code names `table` or `text` of its context, or hands the whole context on to code that may."""
    positional = [*function.args.posonlyargs, *function.args.args]
    context = positional[0].arg if positional else ""
    of_attributes = {
        id(node.value) for node in ast.walk(function) if isinstance(node, ast.Attribute) and node.attr not in (*ATTRIBUTES, "execute_steps")
    }
    # any use of the context but as `context.<something else>`
    return any(isinstance(node, ast.Name) and node.id == context and id(node) not in of_attributes for node in ast.walk(function))


def is_unwritten(function: Function) -> bool:
    """Whether all it does, below its docstring, is to raise NotImplementedError."""
    last = function.body[-1]
    raised = last.exc if isinstance(last, ast.Raise) else None
    called = raised.func if isinstance(raised, ast.Call) else raised
    return len(function.body) <= 2 and called is not None and _name(called) == "NotImplementedError"


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
