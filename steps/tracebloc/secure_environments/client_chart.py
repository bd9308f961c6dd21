"""The client's public Helm chart, as it renders."""

import re

from behave import then, when
from behave.runner import Context
from hamcrest import (
    assert_that,
    contains_inanyorder,
    contains_string,
    empty,
    equal_to,
    greater_than,
    has_entries,
    has_entry,
    has_items,
    not_,
    only_contains,
)

from support.platforms.tracebloc.client_chart import NODE_AGENTS, RELEASE, Chart, pod_of
from support.platforms.tracebloc.playbook.secure_environments import client_chart
from support.platforms.tracebloc.playbook.secure_environments.client_chart import Rendering
from support.step_arguments import Rows, takes_table

RELEASE_LABELS = {"app.kubernetes.io/name": "client", "app.kubernetes.io/instance": RELEASE, "app.kubernetes.io/managed-by": "Helm"}
KEPT = "helm.sh/resource-policy"


def _chart(context: Context) -> Chart:
    rendering: Rendering = context.scene.kept(Rendering)
    return rendering.objects


@when("the chart is rendered")
def is_rendered(context: Context) -> None:
    """helm template, with the values that tests install the chart with."""
    client_chart.render_chart(context.scene)


@when("the chart is rendered with {string}")
def is_rendered_with(context: Context, setting: str) -> None:
    """The same, with something set otherwise; what helm says is kept."""
    client_chart.render_chart(context.scene, [setting])


@when("the chart is rendered past its schema with {string}")
def is_rendered_past_schema(context: Context, setting: str) -> None:
    """The same, with the schema's checks switched off."""
    client_chart.render_chart(context.scene, [setting], schema=False)


@then("helm refuses: {string}")
def helm_refuses(context: Context, words: str) -> None:
    """Nothing is rendered, with these words."""
    rendering = context.scene.kept(Rendering)
    assert_that(rendering.chart is None, "helm rendered the chart")
    assert_that(rendering.refusal, contains_string(words), "what helm says")


@then("these programs keep running and no others:")
@takes_table({"kind": "word", "name": "word", "container": "word", "image": "word", "app label": "word"})
def programs(context: Context, rows: Rows) -> None:
    """Each container of each workload, by kind, name and label."""
    expected = [[cell.replace("RELEASE", RELEASE) for cell in row.values()] for row in rows]
    found = []
    for thing in _chart(context).workloads():
        name, app = thing["metadata"]["name"], thing["spec"]["template"]["metadata"]["labels"]["app"]
        assert_that(thing["spec"]["selector"]["matchLabels"], equal_to({"app": app}), f"the selector of {name}")
        for container in pod_of(thing)["containers"]:
            image = re.sub(r"@sha256:.*", "@sha256", container["image"].removeprefix("docker.io/"))
            found.append([thing["kind"], name, container["name"], image, app])
    assert_that(found, contains_inanyorder(*expected), "programs that keep running")


@then("only {string} is outside the release's namespace")
def namespaces(context: Context, name: str) -> None:
    """What looks at the nodes is in a namespace of its own, with rights that the others do not get."""
    outside = [thing["metadata"]["name"] for thing in _chart(context).workloads() if thing["metadata"]["namespace"] != RELEASE]
    assert_that(outside, equal_to([name.replace("RELEASE", RELEASE)]), "programs outside of the release's namespace")


@then("they are reached at:")
@takes_table({"service": "word", "port": "int", "app label": "word"})
def services(context: Context, rows: Rows) -> None:
    """Each service by name, port and the label of the pods behind it."""
    expected = [(row["service"], row["port"], row["app label"]) for row in rows]
    found = [
        (thing["metadata"]["name"], port["port"], thing["spec"]["selector"]["app"])
        for thing in _chart(context).of_kind("Service")
        for port in thing["spec"]["ports"]
    ]
    assert_that(found, contains_inanyorder(*expected), "services")


@then("every object carries the labels of its release")
def release_labels(context: Context) -> None:
    """helm and people find by them what belongs to a release."""
    for thing in _chart(context).objects:
        assert_that(thing["metadata"].get("labels"), has_entries(RELEASE_LABELS), f"labels of {thing['kind']} {thing['metadata']['name']}")


@then("the volumes {string}, {string} and {string} outlive the release")
def volumes_are_kept(context: Context, *names: str) -> None:
    """The data stay when the release goes."""
    for name in names:
        claim = _chart(context).one("PersistentVolumeClaim", name)
        assert_that(claim["metadata"]["annotations"], has_entry(KEPT, "keep"), f"annotations of {name}")


@then("pods labelled {string} are reached by nobody")
def reached_by_nobody(context: Context, label: str) -> None:
    """The policy selects them and names no way in."""
    policy = _chart(context).one("NetworkPolicy", f"{RELEASE}-training-egress")["spec"]
    name, _, value = label.partition(": ")
    assert_that(policy["podSelector"], equal_to({"matchLabels": {name: value}}), "the pods of the policy")
    assert_that(policy["policyTypes"], contains_inanyorder("Ingress", "Egress"), "what the policy rules")
    assert_that(policy["ingress"], empty(), "ways in")


@then("they reach these and nothing else:")
@takes_table({"what": "word", "port": "int"})
def reach_these(context: Context, rows: Rows) -> None:
    """Each way out leads to pods, by their label, at one port."""
    expected = {(row["what"], row["port"]) for row in rows}
    found = set()
    for way in _chart(context).one("NetworkPolicy", f"{RELEASE}-training-egress")["spec"]["egress"]:
        for target in way.get("to") or [{}]:
            assert_that(target, not_(has_entry("ipBlock", not_(None))), "a way to addresses")
            labels = target.get("podSelector", {}).get("matchLabels", {"any": "pod"})
            found |= {(f"{name}={value}", port["port"]) for name, value in labels.items() for port in way["ports"]}
    assert_that(found, equal_to(expected), "ways out")


@then("the jobs-manager may make and delete jobs, and read pods and their logs")
def jobs_manager_may(context: Context) -> None:
    """What it lives on."""
    allowed = _jobs_manager_rights(_chart(context))
    assert_that(allowed, has_items(*((verb, "jobs") for verb in ("create", "delete", "get", "list", "watch"))), "rights")
    assert_that(allowed, has_items(("get", "pods"), ("get", "pods/log"), ("create", "tokenreviews")), "rights")


@then("the jobs-manager may neither open a shell in a pod nor list or delete secrets")
def jobs_manager_may_not(context: Context) -> None:
    """What would give it the cluster."""
    allowed = _jobs_manager_rights(_chart(context))
    assert_that(len(allowed), greater_than(5), "rights that were found")
    too_much = {(verb, thing) for verb, thing in allowed if thing == "pods/exec" or "*" in (verb, thing)}
    too_much |= allowed & {("list", "secrets"), ("delete", "secrets"), ("watch", "secrets")}
    assert_that(too_much, empty(), "rights that are too many")


@then("the requests-proxy and the egress-proxy get no token of the cluster, no capability and a read-only root")
def proxies_are_held(context: Context) -> None:
    """What stands between the models and the world can itself do little."""
    for name in ("requests-proxy", "egress-proxy"):
        pod = pod_of(_chart(context).one("Deployment", f"{RELEASE}-{name}"))
        assert_that(pod.get("automountServiceAccountToken"), equal_to(False), f"the token of {name}")
        contexts = [container["securityContext"] for container in pod["containers"]]
        expected = has_entries(readOnlyRootFilesystem=True, allowPrivilegeEscalation=False, capabilities=has_entry("drop", ["ALL"]))
        assert_that(contexts, only_contains(expected), f"security contexts of {name}")


@then("the requests-proxy does not run as root")
def requests_proxy_user(context: Context) -> None:
    """It runs as user 1001."""
    pod = pod_of(_chart(context).one("Deployment", f"{RELEASE}-requests-proxy"))
    contexts = [pod.get("securityContext") or {}, *(container["securityContext"] for container in pod["containers"])]
    assert_that({context["runAsUser"] for context in contexts if "runAsUser" in context}, equal_to({1001}), "users")


@then("the copy of the credentials for the nodes' agents holds nothing but the Client ID and its password")
def credentials_of_agents(context: Context) -> None:
    """The signing secret stays in the release's own namespace."""
    copy, own = (_chart(context).one("Secret", f"{RELEASE}-secrets", namespace) for namespace in (NODE_AGENTS, RELEASE))
    keys = {**copy.get("data", {}), **copy.get("stringData", {})}
    assert_that(set(keys), equal_to({"CLIENT_ID", "CLIENT_PASSWORD"}), "what the copy holds")
    assert_that({**own.get("data", {}), **own.get("stringData", {})}, has_entry("POD_TOKEN_SIGNING_SECRET", not_(empty())), "the release's")


@then('the images of the programs that follow the environment have the pull policy "{pull_policy}"')
def pull_policy(context: Context, policy: str) -> None:
    """Those with a tag that moves: jobs-manager, pods-monitor, requests-proxy and resource-monitor."""
    followers = ("api", "pods-monitor-container", "proxy", "tracebloc-resource-monitor")
    assert_that(_chart(context).pull_policies(), equal_to(dict.fromkeys(followers, policy)), "pull policies")


@then('the image of the jobs-manager is that of "{client_environment}"')
def image_of(context: Context, environment: str) -> None:
    """The environment's name is the image's tag."""
    (api,) = [c for c in pod_of(_chart(context).one("Deployment", f"{RELEASE}-jobs-manager"))["containers"] if c["name"] == "api"]
    assert_that(api["image"], equal_to(f"docker.io/tracebloc/jobs-manager:{environment}"), "the image")


def _jobs_manager_rights(chart: Chart) -> set[tuple[str, str]]:
    rules = chart.one("ClusterRole", f"{RELEASE}-jobs-manager-rbac")["rules"]
    return {(verb, thing) for rule in rules for verb in rule["verbs"] for thing in rule["resources"]}
