"""`ringmaster run --engine kubernetes`: the run on many machines instead of this one."""

import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from support.commands.common import refused
from support.commands.merge import merged
from support.results.exit_codes import ExitCode
from support.terminal import complain, say

if TYPE_CHECKING:
    from support.settings import Settings

OF_THE_ENGINE = ("engine", "shards", "context", "results_folder")
OF_ONE_MACHINE = ("shard", "rerun_failed", "keep", "keep_cluster", "deployment", "events", "formats")
"""Options that make no sense where no scenario runs on this machine."""


def run_on_engine(command: click.Context, settings: "Settings", shards: int | None, context: str | None) -> int:
    """Run the command's scenarios as shards on a cluster, and make one result of theirs; returns its exit code."""
    from environments.errors import SubstrateError
    from support.engines.kubernetes.engine import KubernetesEngine, Work
    from support.engines.kubernetes.settings import EngineSettings
    from support.results.run_folder import RunFolder
    from support.runner.history import read_durations

    given = {parameter.name for parameter in _given(command, ())}
    if wrong := sorted(given & set(OF_ONE_MACHINE)):
        raise refused(f"--{wrong[0].replace('_', '-')} is for runs on this machine: leave it out with --engine")
    if context is None:
        raise refused("which cluster? Name a context of the kubeconfig with --context (`kubectl config get-contexts` lists them)")
    arguments = list(forwarded(command, OF_THE_ENGINE))
    settings.results_folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".shards-", dir=settings.results_folder) as folder:
        work = Work(arguments, settings.substrate, shards or 2, read_durations(settings.results_folder), Path(folder))
        try:
            engine = KubernetesEngine(RunFolder(settings.results_folder).run, context, EngineSettings.from_environment(), say)
        except SubstrateError as error:
            raise refused(error) from None
        try:
            pieces = engine.run(work)
        except SubstrateError as error:
            complain(str(error))
            return ExitCode.PLATFORM_FAILED
        return merged([piece.folder for piece in pieces if piece.folder is not None], settings)


def forwarded(command: click.Context, without: Collection[str]) -> Iterator[str]:
    """The arguments that the command was given, as another one has to be given them."""
    for parameter in _given(command, without):
        value = command.params[str(parameter.name)]
        if isinstance(parameter, click.Argument):
            continue
        assert isinstance(parameter, click.Option)  # noqa: S101 - there is nothing else
        if parameter.is_flag:
            names = parameter.opts if value else parameter.secondary_opts
            yield from names[:1]
        else:
            for each in value if parameter.multiple else (value,):
                yield f"{max(parameter.opts, key=len)}={each}"
    for parameter in _given(command, without):
        if isinstance(parameter, click.Argument):
            yield from command.params[str(parameter.name)]


def _given(command: click.Context, without: Collection[str]) -> list[click.Parameter]:
    return [
        parameter
        for parameter in command.command.get_params(command)
        if parameter.name not in without and command.get_parameter_source(str(parameter.name)) is ParameterSource.COMMANDLINE
    ]
