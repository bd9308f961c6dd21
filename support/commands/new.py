"""The commands `ringmaster new feature`, `ringmaster new step` and `ringmaster new platform`."""

import click

from support.commands.common import refused
from support.commands.help import Group


@click.group("new", cls=Group)
def new() -> None:
    """Write a feature, a step or a platform to start from."""


@new.command()
@click.argument("name", help="what it promises, in a few words")
@click.option("--ring", type=click.IntRange(1, 3), default=1, help="1 in process, 2 services together, 3 the whole platform")
@click.option("--platform", metavar="NAME", help="the platform that promises it; `default_platform` when left out")
def feature(name: str, ring: int, platform: str | None) -> None:
    """Write a feature that passes the lint and can be run, to start from. Example: `ringmaster new feature "Late orders" --ring 3`."""
    from support.authoring.new.feature import FeatureRefused, new_feature, suggested_steps
    from support.settings import read_settings

    try:
        path = new_feature(name, ring, platform or read_settings().default_platform)
    except FeatureRefused as error:
        raise refused(error) from None
    click.echo(str(path))
    if sentences := suggested_steps(name, path):
        click.echo("\n".join(["Steps that may fit:", *(f"  {sentence}" for sentence in sentences)]))
    click.echo(f"Next: edit it, `ringmaster steps WORDS` for more sentences, `ringmaster lint {path}`, `ringmaster run {path}`")


@new.command()
@click.argument("sentence", help='an example such as \'"Ada" leaves the use case\', or an expression such as "{string} leaves {use_case}"')
@click.option(
    "--keyword",
    type=click.Choice(["given", "when", "then", "step"]),
    help="step means any; by default as features use the sentence, or any",
)
@click.option(
    "--topic",
    default="",
    metavar="NAME",
    help="the module it goes into, such as teams or people/teams; by default the one with the sentences most like it",
)
@click.option("--platform", metavar="NAME", help="the platform whose step it is; `default_platform` when left out")
@click.option("--although-alike", is_flag=True, help="even if there is a sentence like it, because yours says something else")
def step(sentence: str, keyword: str | None, topic: str, platform: str | None, although_alike: bool) -> None:
    """Write a typed step that passes the lint, for you to fill in; refused if another sentence already says the same.

    Example: `ringmaster new step '"Ada" leaves the use case'`.
    """
    from support.authoring.new.feature import FeatureRefused, platform_named
    from support.authoring.new.step import Request, StepRefused, keyword_in_features, new_step
    from support.settings import read_settings

    try:
        name = platform_named(platform or read_settings().default_platform).name
        request = Request(sentence, keyword or keyword_in_features(sentence), name, topic, although_alike)
        module, made = new_step(request)
    except (FeatureRefused, StepRefused) as error:
        raise refused(error) from None
    click.echo(f"{module}: {made}\nNext: write what it does there, use it in a feature, `ringmaster lint`, `ringmaster run FEATURE`")


@new.command()
@click.argument("name", help="the name of its folders, such as shop")
def platform(name: str) -> None:
    """Write a platform that is green at once: a small HTTP service, its client, steps and a feature. Example: `new platform shop`."""
    from support.authoring.new.platform import PlatformRefused, new_platform

    try:
        files = new_platform(name)
    except PlatformRefused as error:
        raise refused(error) from None
    click.echo("\n".join(map(str, files)))
    next_steps = {
        f"ringmaster run features/{name}": "starts it and runs its feature",
        f"ringmaster sabotage features/{name}": "shows that its scenario can fail",
        "docs/adding-a-platform.md": "leads from here to a scenario against a service of your own",
    }
    width = max(map(len, next_steps))
    click.echo("\n".join(["Next:", *(f"  {step:<{width}}  {what}" for step, what in next_steps.items())]))
