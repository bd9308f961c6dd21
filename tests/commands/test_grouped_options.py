"""Commands receive their many options as a few objects."""

from typing import NamedTuple

import click
from click.testing import CliRunner

from support.commands.grouped_options import grouped_options


class Colours(NamedTuple):
    """A group."""

    ink: str
    paper: str


@click.command()
@grouped_options([click.argument("page"), click.option("--ink"), click.option("--size"), click.option("--paper")], colours=Colours)
def draw(colours: Colours, **others: object) -> None:
    """Draw a page."""
    click.echo(f"{colours} {sorted(others.items())}")


def test_options_are_gathered_by_the_group_that_has_a_field_for_them() -> None:
    ended = CliRunner().invoke(draw, ["one", "--paper", "white", "--size", "A4", "--ink", "blue"])
    assert ended.output.strip() == "Colours(ink='blue', paper='white') [('page', 'one'), ('size', 'A4')]"


def test_the_help_lists_options_in_the_order_of_their_declaration() -> None:
    said = CliRunner().invoke(draw, ["--help"]).output
    assert "Draw a page." in said
    assert said.index("--ink") < said.index("--size") < said.index("--paper")
