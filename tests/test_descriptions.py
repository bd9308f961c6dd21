"""What a service runs as, in words that can be compared between substrates."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from environments.compose.rendering import restricted
from environments.descriptions import LITTLE_POWER, versions_of
from environments.embedded.making import ServiceMaker
from environments.embedded.ports import Ports
from environments.embedded.site import Sites
from environments.platform import Platform, Scene
from environments.services import PythonModule, PythonPackages, Resources, ServiceSpec
from environments.substrate import Substrate
from support.comparison.differences import differences
from support.comparison.observations import Observations

NOTES = ServiceSpec(
    "notes", PythonModule("shop.notes"), lambda site: {"KEY": site.secret("key")}, ports=("http", "events"), secrets=("key",)
)


class Shop(Platform):
    name = "shop"

    def services(self) -> Sequence[ServiceSpec]:
        return [NOTES]

    def variables(self) -> Mapping[str, str]:
        return {"SHOP": "open"}

    def packages(self) -> PythonPackages:
        return PythonPackages(services=("httpx", "moto[s3]", "no-such-package"))

    def new_scene(self, substrate: Substrate, folder: Path) -> Scene:
        raise NotImplementedError


def test_a_service_tells_image_ports_and_names_of_variables_and_no_values(tmp_path: Path) -> None:
    sites = Sites(tmp_path, Ports())
    sites.make_room([NOTES], (), ())
    told = ServiceMaker(Shop({}), [NOTES], tmp_path, 1.0).described(NOTES, sites)
    assert told == {
        "image": "none, a process of this machine",
        "port http": "open",
        "port events": "open",
        "variable KEY": "set",
        "variable SHOP": "set",
        **dict.fromkeys(LITTLE_POWER, "as whoever runs it"),
    }
    assert sites.secret("key") not in str(told)
    sites.ports.release()


def test_versions_are_those_of_the_packages_that_are_here() -> None:
    found = versions_of(Shop({}))
    assert (found["httpx"], found["moto"]) == (version("httpx"), version("moto"))
    assert "no-such-package" not in found
    assert "Python" in found


def test_a_setting_that_differs_is_named_and_one_that_is_missing_too() -> None:
    one, other = (Observations(name, {}) for name in ("embedded", "compose"))
    one.route("service notes", "setting").add("", {"user": "whoever runs it", "variable KEY": "set"}.items())
    other.route("service notes", "setting").add("", {"user": "one without rights"}.items())
    assert [difference.what for difference in differences(one, other)] == [
        "the setting `variable KEY` is there on embedded only",
        "the setting `user` is whoever runs it on embedded, one without rights on compose",
    ]


def test_containers_tell_what_they_have_to_do_without() -> None:
    assert {"read_only", "cap_drop", "security_opt"} <= restricted(Resources(), init=True).keys()
