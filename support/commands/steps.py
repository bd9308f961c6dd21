"""The command `ringmaster steps`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

if TYPE_CHECKING:
    from support.authoring.catalogue.entries import Catalogue, Entry

MOST_SHOWN = 10


@click.command()
@click.argument("words", nargs=-1, help="what the step is about; all steps when left out")
@click.option("--all", "every", is_flag=True, help="also show steps that match less well")
@click.option("--platform", metavar="NAME", help="only steps that its features can use")
@click.option("--unused", is_flag=True, help="only steps that no feature uses")
@click.option("--html", type=click.Path(path_type=Path), help="write the whole catalogue as a page to this file")
@click.option("--markdown", type=click.Path(path_type=Path), help="the same as Markdown")
def steps(words: tuple[str, ...], every: bool, platform: str | None, unused: bool, html: Path | None, markdown: Path | None) -> None:
    """Find steps for a feature, the best first, with their parameters and examples.

    Examples: `ringmaster steps leaderboard`, `ringmaster steps weights averaged`, `ringmaster steps --html steps.html`.
    """
    from environments.choose import platform_names
    from support.authoring.catalogue.entries import read_catalogue
    from support.authoring.catalogue.search import find_steps
    from support.authoring.catalogue.words import UnreadableSynonyms
    from support.names import counted
    from support.nearest import did_you_mean

    if platform is not None and platform not in platform_names():
        raise _refused("steps", f"there is no platform '{platform}'.{did_you_mean(platform, platform_names())}")
    catalogue = read_catalogue()
    for problem in catalogue.problems:
        click.echo(f"ringmaster steps: left out: {problem}", err=True)
    if not catalogue.entries:
        raise _refused("steps", "there are no steps here: go to the project's folder first")
    if html or markdown:
        _write_pages(catalogue, html, markdown)
        return
    by_definition = {entry.definition: entry for entry in catalogue.entries if _is_asked_for(entry, platform, unused)}
    uses = {definition: len(entry.uses) for definition, entry in by_definition.items()}
    try:
        found = [by_definition[definition] for definition in find_steps(words, uses)]
    except UnreadableSynonyms as error:
        raise _refused("steps", str(error)) from None
    shown = found[:MOST_SHOWN] if words and not every else found
    for entry in shown:
        click.echo(_shown(entry))
    if len(found) > len(shown):
        click.echo(f"{counted(len(found) - len(shown), 'further step')} that match less well: `ringmaster steps --all ...`")
    if not found:
        _say_nothing_found(words, catalogue, unused)


def _is_asked_for(entry: "Entry", platform: str | None, unused: bool) -> bool:
    return not (unused and entry.uses) and (platform is None or entry.definition.serves(platform))


def _write_pages(catalogue: "Catalogue", html: Path | None, markdown: Path | None) -> None:
    # imported here: only pages need templates
    from support.authoring.catalogue.pages import as_html, as_markdown

    for file, text in ((html, as_html), (markdown, as_markdown)):
        if file is None:
            continue
        try:
            file.write_text(text(catalogue), encoding="utf-8")
        except OSError as error:
            raise _refused("steps", f"{file} cannot be written: {error.strerror}") from None
        click.echo(f"{len(catalogue.entries)} steps: {file}")


def _shown(entry: "Entry") -> str:
    lines = [
        f"{entry.keyword} {entry.definition.sentence}",
        f"    {entry.definition.docstring.splitlines()[0]}" if entry.definition.docstring else "",
    ]
    if entry.parameters:
        lines.append(f"    parameters: {', '.join(entry.parameters)}")
    if entry.table:
        lines.append(f"    table: {', '.join(entry.table)}")
    if entry.definition.takes_text:
        lines.append("    takes a text below it")
    lines += [f"    {kind} is one of: {', '.join(values)}" for kind, values in entry.allowed.items()]
    lines += [f"    example: {use.keyword.capitalize()} {use.text}  ({use.file}:{use.line})" for use in entry.examples]
    lines.append(f"    {entry.whose}: {entry.definition.topic}, {entry.place}, {entry.used}")
    return "\n".join(line for line in lines if line)


def _say_nothing_found(words: tuple[str, ...], catalogue: "Catalogue", unused: bool) -> None:
    from support.authoring.catalogue.search import nearest_words

    if unused and not words:
        click.echo("every step is used by a feature")
        return
    near = nearest_words(words, [entry.definition for entry in catalogue.entries])
    hint = f"; words that look like it: {', '.join(near)}" if near else "; `ringmaster steps` lists all"
    click.echo(f"no step matches: {' '.join(words)}{hint}", err=True)
    raise Exit(1)


def _refused(command: str, why: str) -> Exit:
    click.echo(f"ringmaster {command}: {why}", err=True)
    return Exit(2)
