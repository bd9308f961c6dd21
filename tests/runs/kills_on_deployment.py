"""Kills runs on a deployment at random moments, and looks at what is left there after `ringmaster clean`; bystanders stay untouched.

    python -m tests.runs.kills_on_deployment --times 20 [--seed 7] [FEATURE...]

The deployment is one that `ringmaster up` starts here. A seed brings the same moments back, as far as the machine does.
"""

import argparse
import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import boto3
from botocore.config import Config
from hamcrest import greater_than_or_equal_to, has_length
from pydantic import SecretStr

from environments.ledger import FOLDER_VARIABLE
from environments.platforms.tracebloc.services import ACCESS_KEY, BUCKET, DATABASE_PASSWORD, STORE_KEY
from environments.platforms.tracebloc.stores.databases import Account, Databases
from environments.platforms.tracebloc.stores.mariadb import PORT as SQL
from environments.remote.deployments import ExistingDeployment, read_deployment
from support.names import Names
from support.platforms.tracebloc.clients.backend import BackendClient
from support.platforms.tracebloc.clients.mailbox import Mailbox
from support.waiting import eventually
from tests.remote.contents import contents_of
from tests.runs.conftest import PROJECT

FEATURES = "features/tracebloc/ring3_platform/01_single_participant.feature"
NAME = "killed"
BYSTANDERS_OF_EACH_KIND = 10
MOST_SEEN = 12
"""Things in the ledger and steps done, together, after which the latest kill comes."""
WITHIN = 120
"""Seconds, for a command."""
MOMENT_WITHIN = 600
"""Seconds: on a machine that others use, too, a run may take long to get that far."""


@contextmanager
def deployment(folder: Path) -> Iterator[Mapping[str, str]]:
    """A deployment that is up, with variables for what is done with it."""
    temporary = folder / "tmp"
    temporary.mkdir(mode=0o711)
    variables = {name: value for name, value in os.environ.items() if not name.startswith("RINGMASTER_")} | {
        FOLDER_VARIABLE: str(folder / "ledger"),
        "RINGMASTER_RESULTS_FOLDER": str(folder / "out"),
        "TMPDIR": str(temporary),
    }
    command(variables, "up", "--name", NAME)
    try:
        with mock.patch.dict(os.environ, {FOLDER_VARIABLE: variables[FOLDER_VARIABLE]}):
            yield variables
    finally:
        command(variables, "down", NAME)


def command(variables: Mapping[str, str], *arguments: str) -> str:
    """What a command of `ringmaster` says; it has to end well."""
    ended = subprocess.run(
        [sys.executable, "-m", "support", *arguments],
        cwd=PROJECT,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=WITHIN,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def make_bystanders(place: ExistingDeployment) -> None:
    """Fifty things that are called as if scenarios had made them: accounts, use cases, environments, databases and objects."""
    store = boto3.client(
        "s3",
        endpoint_url=place.addresses["object_store", "http"].url,
        region_name="us-east-1",
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=place.secret(STORE_KEY),
        config=Config(proxies={}),
    )
    url = place.addresses["backend", "http"].url
    databases = Databases(place.addresses["mariadb", SQL], SecretStr(place.secret(DATABASE_PASSWORD) or ""))
    for _ in range(BYSTANDERS_OF_EACH_KIND):
        names = Names()
        with BackendClient(url) as backend, BackendClient(url) as edge:
            email, password = names.address("the owner"), names.password()
            backend.register(email, password)
            (code,) = eventually("the e-mail", lambda: Mailbox(place.volumes["mail"]).verification_codes(email), has_length(1))  # noqa: B023
            backend.verify(code)
            backend.log_in(email, password)
            backend.create_use_case(names.unique("use case"), "tabular_classification")
            registered = backend.register_secure_environment(names.unique("secure environment"))
            # makes its queues
            edge.log_in(registered["client_id"], registered["client_password"])
        databases.create(Account.new())
        store.put_object(Bucket=BUCKET, Key=f"experiments/{names.unique('experiment')}/weights", Body=b"weights")


def problems_of(seen: int, variables: Mapping[str, str], before: set[str], features: Sequence[str] = (FEATURES,)) -> list[str]:
    """Start a run, kill it once so much was seen of it, clean up; what is wrong then."""
    log = Path(variables["TMPDIR"]).parent / f"log-{secrets.token_hex(3)}"
    with log.open("w") as output:
        arguments = ["run", *features, "--substrate", "remote", "--deployment", NAME, "--verbose"]
        running = subprocess.Popen(
            [sys.executable, "-m", "support", *arguments],
            cwd=PROJECT,
            env=variables,
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
        )
    ledgers = Path(variables[FOLDER_VARIABLE])

    def seen_of_it() -> int:
        if running.poll() is not None:
            return seen
        made = sum(file.read_text().count('"on-deployment"') for file in ledgers.glob("*.jsonl") if not file.name.startswith("up-"))
        return made + log.read_text(errors="replace").count("✓")

    try:
        eventually("the moment", seen_of_it, greater_than_or_equal_to(seen), within=MOMENT_WITHIN)
        running.send_signal(signal.SIGKILL)
    finally:
        running.kill()
        code = running.wait(WITHIN)
    found = [] if code in (-9, 0) else [f"exit code {code}: {log.read_text(errors='replace')[-1500:]}"]
    said = command(variables, "clean")
    found += [f"still in the ledger: {file.name}" for file in ledgers.glob("*.jsonl") if not file.name.startswith("up-")]
    after = contents_of(read_deployment(NAME))
    found += [f"left: {line[:200]}" for line in sorted(after - before)] + [
        f"gone or changed: {line[:200]}" for line in sorted(before - after)
    ]
    print(f"     {said.count('on the deployment')} things had to be removed", flush=True)  # noqa: T201
    return found


def main() -> None:
    """Kill as often as asked for, print what is wrong, and end with 1 if anything is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("features", nargs="*", default=[FEATURES])
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", default=os.urandom(3).hex())
    asked = parser.parse_args()
    print(f"{asked.times} kills, --seed {asked.seed}", flush=True)  # noqa: T201
    chance = random.Random(asked.seed)  # noqa: S311 - chance, not a secret
    bad = 0
    with tempfile.TemporaryDirectory(prefix="kills-") as name:
        Path(name).chmod(0o711)
        with deployment(Path(name)) as variables:
            make_bystanders(read_deployment(NAME))
            before = contents_of(read_deployment(NAME))
            for number in range(1, asked.times + 1):
                seen = chance.randint(1, MOST_SEEN)
                wrong = problems_of(seen, variables, before, asked.features)
                bad += bool(wrong)
                print(f"{number:4} after {seen}: {'; '.join(wrong) or 'nothing left'}", flush=True)  # noqa: T201
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
