"""Steps that are coroutines, and share a task."""

import asyncio

from behave import given, then, when
from behave.runner import Context


@given("a task waits for a word")
async def waits(context: Context) -> None:
    context.word = asyncio.get_running_loop().create_future()
    context.task = asyncio.ensure_future(asyncio.wait_for(context.word, 10))


@when('the word "{word}" is said')
async def says(context: Context, word: str) -> None:
    context.word.set_result(word)


@then('the task has heard "{word}"')
async def heard(context: Context, word: str) -> None:
    assert await context.task == word
