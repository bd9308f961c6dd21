"""What the owner sees within a training pod that runs."""

from behave import then, when
from behave.runner import Context
from hamcrest import assert_that, contains_string, equal_to, has_entries, has_length, not_, only_contains

from support.platforms.tracebloc.playbook.security import pod_insides
from support.platforms.tracebloc.playbook.security.pod_insides import PodInside

NOTHING = "0" * 16
SETS = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
FILTERED = "2"
"""Of the system calls, by a program. Source: proc(5), Seccomp."""
SHARED, ROOT = "/data/shared", "/usr"


def _seen(context: Context) -> PodInside:
    seen: PodInside = context.scene.kept(PodInside)
    return seen


@when("the owner looks around in the training pod while it runs")
def looks_around(context: Context) -> None:
    """Reads the state of its first process and its mounts, and tries to write where it should not."""
    pod_insides.look_around(context.scene, (SHARED, ROOT))


@then("its processes are not root's, have no capability and can gain none")
def without_power(context: Context) -> None:
    """As the kernel says it, whatever the manifest does."""
    seen = _seen(context)
    assert_that(seen.status["Uid"].split(), only_contains(not_("0")), f"the users of {seen.pod}")
    assert_that({name: seen.status[name] for name in SETS}, equal_to(dict.fromkeys(SETS, NOTHING)), f"the capabilities of {seen.pod}")
    assert_that(seen.status["NoNewPrivs"], equal_to("1"), f"whether {seen.pod} can gain no privileges")


@then("the system calls of its processes are filtered")
def filtered(context: Context) -> None:
    """The runtime's own seccomp profile is in force."""
    seen = _seen(context)
    assert_that(seen.status["Seccomp"], equal_to(FILTERED), f"the seccomp mode of {seen.pod}")


@then("nothing can be written to its shared folder and to its root")
def read_only(context: Context) -> None:
    """Trying to write says so."""
    seen = _seen(context)
    expected = dict.fromkeys((SHARED, ROOT), contains_string("Read-only file system"))
    assert_that(seen.writing, has_entries(expected), f"what writing says in {seen.pod}")
    assert_that(seen.mounts[SHARED].split(","), equal_to(["ro", *seen.mounts[SHARED].split(",")[1:]]), f"how {SHARED} is mounted")


@then("there is no token of the cluster in it")
def no_token(context: Context) -> None:
    """Where a token would be mounted nothing is."""
    seen = _seen(context)
    assert_that(seen.tokens, contains_string("No such file or directory"), f"the tokens in {seen.pod}")


@then("it has a network of its own, and no more memory than {string}")
def network_and_memory(context: Context, limit: str) -> None:
    """Beside loopback one interface, and a limit that the kernel keeps."""
    seen = _seen(context)
    assert_that(seen.interfaces, has_length(2), f"the network interfaces of {seen.pod}")
    assert_that(seen.memory, equal_to(_bytes(limit)), f"the most memory that {seen.pod} may have")


def _bytes(quantity: str) -> int:
    units = {"Ki": 10, "Mi": 20, "Gi": 30}
    return int(quantity[:-2]) << units[quantity[-2:]]
