"""Running tracebloc's public installer on machines in all conditions. Source: tracebloc client 1.9.62 (scripts and their variables)."""

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from environments.errors import WrongScenario
from support.names import Names
from support.nearest import did_you_mean
from support.patience import Patience
from support.platforms.tracebloc.client_scripts.checkout import CHART
from support.platforms.tracebloc.client_scripts.host import Ended, Host, Trouble
from support.platforms.tracebloc.scene import Scene
from support.redaction import learn_secret, redact

PASSWORD = "TRACEBLOC_CLIENT_PASSWORD"  # noqa: S105 - the variable's name
OWN_VALUES = "{own_values}"
OWN_CHART = "{own_chart}"
# such as `  a) Checking your machine`; the plan that is printed first names each stage too
STAGE = re.compile(r"^  [a-f]\) (.+)$", re.MULTILINE)
PLANNED_STAGES = 6
UNVERIFIED = {"TRACEBLOC_ALLOW_UNVERIFIED": "1"}


@dataclass(frozen=True)
class Case:
    """A condition: what is the matter with the machine, variables to set (None: to leave out) and arguments to give."""

    trouble: Trouble = Trouble.NONE
    variables: Mapping[str, str | None] = field(default_factory=dict)
    arguments: Sequence[str] = ()


NO_CREDENTIALS: Mapping[str, str | None] = {"TRACEBLOC_CLIENT_ID": None, PASSWORD: None}

CASES = {
    "nothing is the matter": Case(),
    "the platform refuses the credentials": Case(Trouble.CREDENTIALS_REFUSED),
    "the account is not active yet": Case(Trouble.ACCOUNT_NOT_ACTIVE),
    "the platform is unavailable": Case(Trouble.PLATFORM_UNAVAILABLE),
    "the platform cannot be reached": Case(Trouble.PLATFORM_UNREACHABLE),
    "the cluster cannot be made": Case(Trouble.CLUSTER_NOT_CREATED),
    "the chart cannot be installed": Case(Trouble.CHART_CANNOT_BE_INSTALLED),
    "the client never gets ready": Case(Trouble.NEVER_READY),
    "the client's own log says its credentials are wrong": Case(Trouble.CREDENTIALS_WRONG_IN_THE_CLUSTER),
    "an image cannot be pulled": Case(Trouble.IMAGE_CANNOT_BE_PULLED),
    "a container crashes again and again": Case(Trouble.CONTAINER_CRASHES),
    "nobody gives credentials and nobody can be asked": Case(variables=NO_CREDENTIALS),
    "the cluster's name begins with a digit": Case(variables={"CLUSTER_NAME": "9bad"}),
    "only help is asked for": Case(arguments=["--help"]),
    "an unknown environment name is set": Case(variables={"CLIENT_ENV": "test-e2e"}),
    "no environment name is set": Case(variables={"CLIENT_ENV": None}),
    "values of the owner's own are given": Case(variables={**NO_CREDENTIALS, "TRACEBLOC_VALUES_FILE": OWN_VALUES}),
    "values and a chart of the owner's own are given": Case(
        variables={**NO_CREDENTIALS, "TRACEBLOC_VALUES_FILE": OWN_VALUES, "TRACEBLOC_CHART_PATH": OWN_CHART}
    ),
    # the bootstrap's
    "no release is asked for": Case(),
    "a branch is asked for": Case(variables={"BRANCH": "develop"}),
    "a branch with a path in its name, unverified is asked for": Case(variables={"BRANCH": "feat/x", **UNVERIFIED}),
    "a branch, unverified is asked for": Case(variables={"BRANCH": "develop", **UNVERIFIED}),
    "a commit, unverified is asked for": Case(variables={"REF": "098581479f4b5c3e2a1d", **UNVERIFIED}),
    "a branch that was altered on the way, unverified is asked for": Case(
        Trouble.SCRIPT_ALTERED_ON_THE_WAY, variables={"BRANCH": "develop", **UNVERIFIED}
    ),
    "a release without checksums is asked for": Case(variables={"REF": "v1.9.62"}),
    "a release without a signature is asked for": Case(Trouble.RELEASE_WITHOUT_SIGNATURE, variables={"REF": "v1.9.62"}),
    "everything is set up already": Case(Trouble.SET_UP_ALREADY),
}


@dataclass
class Installing:
    """A machine to install on, and how that ended."""

    host: Host
    variables: dict[str, str]
    arguments: Sequence[str]
    password: str
    result: Ended | None = None

    @property
    def ended(self) -> Ended:
        """How the script ended; a WrongScenario when none was run."""
        if self.result is None:
            raise WrongScenario("nothing was run on this machine yet")
        return self.result

    def credential_checks(self) -> list[list[str]]:
        """The requests by which the credentials were checked."""
        return [call for call in self.ended.calls_of("curl") if call[-1].endswith("/api-token-auth/")]

    def installations(self) -> list[list[str]]:
        """What helm was given to install."""
        return [call for call in self.ended.calls_of("helm") if call[0] == "upgrade"]

    def calls_to_make_a_cluster(self) -> list[list[str]]:
        """What k3d was given to make a cluster."""
        return [call for call in self.ended.calls_of("k3d") if call[:2] == ["cluster", "create"]]

    def stages(self) -> list[str]:
        """The headings of the stages, in the order in which they were gone through."""
        return STAGE.findall(self.ended.output)[PLANNED_STAGES:]

    @property
    def own_values(self) -> str:
        """The owner's own values file."""
        return str(self.host.home / "own-values.yaml")

    @property
    def own_chart(self) -> str:
        """The owner's own chart."""
        return str(self.host.checkout / CHART)


def prepare(scene: Scene, case: str) -> Installing:
    """A machine in a condition, with credentials of nobody; its folder goes when the scenario ends."""
    if case not in CASES:
        raise WrongScenario(f"there is no machine where {case}.{did_you_mean(case, CASES)}")
    found = CASES[case]
    password = Names.password()
    learn_secret(password)
    host = Host(scene.folder / "machine", scene.checkouts.client, found.trouble)
    scene.at_the_end(lambda: shutil.rmtree(host.folder, ignore_errors=True))
    installing = Installing(host, {}, found.arguments, password)
    credentials = {"TRACEBLOC_CLIENT_ID": scene.names.unique("client"), PASSWORD: password, "CLIENT_ENV": "dev"}
    chosen = credentials | dict(found.variables)
    own = {OWN_VALUES: installing.own_values, OWN_CHART: installing.own_chart}
    installing.variables = {name: own.get(value, value) for name, value in chosen.items() if value is not None}
    Path(installing.own_values).write_text("clientId: own\n", encoding="utf-8")
    return scene.keep(installing)


def run(scene: Scene, script: Path) -> None:
    """Run one of the public scripts on the machine; what it printed is left among the scenario's results."""
    installing = scene.kept(Installing)
    with scene.story.part(f"{script} of {installing.host.checkout.name} runs") as part:
        ended = installing.host.run(script, installing.variables, installing.arguments, Patience.factor)
        installing.result = ended
        (scene.folder / "installer.log").write_text(redact(ended.output), encoding="utf-8")
        told = ", ".join(f"{event.name} in phase {event.phase}" for event in ended.events) or "nothing"
        part.detail = f"exit code {ended.exit_code}, {len(ended.calls)} tool calls; it reports: {told}"
