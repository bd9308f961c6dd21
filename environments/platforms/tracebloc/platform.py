"""tracebloc: federated machine learning on data that cannot move; its reference services, and where real parts are used.

Sources: tracebloc SDK 1.2.63, tracebloc-ingestor 0.8.94, tracebloc client chart 1.9.62; what is not public is our choice.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from environments.platform import Platform, Sabotage, Scene, Setting, Vocabulary
from environments.platforms.tracebloc.client_environment import guarded_client_environment
from environments.services import ServiceSpec
from environments.setting_values import folder, one_of, text

if TYPE_CHECKING:
    import click

    from environments.substrate import Substrate

Ingestor: TypeAlias = Literal["auto", "tracebloc-ingest", "reference"]


def _environment(given: object) -> str:
    return guarded_client_environment(text(given))


def _client_checkout(given: object) -> Path:
    # the readers of checkouts are imported here: most runs have none
    from support.platforms.tracebloc.client_scripts.checkout import client_checkout

    return client_checkout(folder(given))


def _front_end_checkout(given: object) -> Path:
    from support.platforms.tracebloc.front_end import front_end_checkout

    return front_end_checkout(folder(given))


class Tracebloc(Platform):
    """See `environments.platform.Platform`."""

    name = "tracebloc"
    settings = (
        Setting("client_env", _environment, "the platform's own environment name: dev or stg", required=True, metavar="NAME"),
        Setting(
            "ingestor",
            one_of(get_args(Ingestor)),
            "what puts datasets into it: tracebloc-ingest (needs MariaDB), reference, or auto for whichever fits",
            default="auto",
            metavar="NAME",
        ),
        Setting("client_checkout", _client_checkout, "a checkout of tracebloc/client, to test its chart and installer", metavar="FOLDER"),
        Setting("frontend_checkout", _front_end_checkout, "a checkout of the front end, to run its Cypress specs", metavar="FOLDER"),
    )
    capabilities = {  # noqa: RUF012 - as the base class declares it
        "installer": "the one-line installer runs as a whole",
        "installer.contract": "an installation goes through the installer's stages",
        "installer.scripts": "the installer's own scripts run, with stand-in tools",
        "helm": "the client's public chart can be rendered",
        "frontend": "the front end's own Cypress specs can be run",
        "mysql": "datasets are kept in MariaDB, by the real ingestor",
        "confinement": "the kernel holds uploaded models back",
        "azure": "Azure's own Service Bus and storage",
        "faults.egress": "the way out of one secure environment can be made to fail",
        "faults.service-bus": "the Service Bus can be made to fail",
    }
    shared_services = ("backend", "service-bus", "object-store", "averaging-service")
    vocabulary = Vocabulary(
        tags={"ingestor": "selection: what needs the real ingestor for many kinds of data, which takes longer"},
        example=(
            "Given a secure environment is Online with 100 rows to train and 60 rows to test",
            'And a use case for "tabular classification" scored by "accuracy" is published on them',
            'And "the participant" has joined the use case',
            'When "the participant" trains the "two layer CNN" for 1 epoch and 1 cycle',
            'Then the experiment is "Completed"',
        ),
        wording={
            "queue": r"(?<=[\"'`])(?:experiments|results|flops|averaging)(?:-[\w-]+)?(?=[\"'`] queue\b)"
            r"|\b(?:experiments|results|flops|averaging)-queue\b"
        },
        spelling={"sdk": "SDK"},
    )

    @classmethod
    def sabotages(cls) -> Sequence[Sabotage]:
        """The defects that its reference services can have switched on."""
        # imported here: only who asks for them pays for a list of a hundred
        from environments.platforms.tracebloc import sabotages

        return [Sabotage(str(known), known.meaning, known.incident) for known in sabotages.Sabotage]

    @classmethod
    def commands(cls) -> "Sequence[click.Command]":
        """The commands it adds to `ringmaster`."""
        from support.platforms.tracebloc.commands.record import record

        return (record,)

    def services(self) -> Sequence[ServiceSpec]:
        """Its services, in the order in which they are best started."""
        raise NotImplementedError

    def new_scene(self, substrate: "Substrate", folder: Path) -> Scene:
        """A scene for one scenario, whose evidence is kept in `folder`."""
        raise NotImplementedError


PLATFORM = Tracebloc
