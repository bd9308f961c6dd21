"""Settings: where they come from, and what is said when one is wrong."""

import os
from dataclasses import fields
from pathlib import Path

import pytest

from environments.choose import all_sabotages
from environments.platform import Setting
from environments.platforms.tracebloc.platform import Tracebloc
from support.settings import READERS, Settings, platform_settings, read_settings
from support.settings_file import SettingsError, declared


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("RINGMASTER_")]:
        monkeypatch.delenv(name)


def write_file(text: str) -> None:
    Path("ringmaster.toml").write_text(text, encoding="utf-8")


def test_an_option_wins_over_a_variable_and_a_variable_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    write_file('client_env = "dev"\nsubstrate = "kind"\ndeadline_factor = 2')
    monkeypatch.setenv("RINGMASTER_SUBSTRATE", "compose")
    assert read_settings().substrate == "compose"
    assert read_settings(substrate="embedded").substrate == "embedded"
    assert read_settings().deadline_factor == 2


@pytest.mark.parametrize("name", ["", "  "])
def test_a_blank_environment_name_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGMASTER_CLIENT_ENV", name)
    with pytest.raises(SettingsError, match="variable RINGMASTER_CLIENT_ENV: the environment name is not set"):
        read_settings()


def test_an_unset_environment_name_is_refused_by_its_platform_only_since_it_would_mean_production() -> None:
    settings = read_settings()
    settings.require([])
    with pytest.raises(SettingsError, match=r"'client_env' \(ringmaster.toml or variable RINGMASTER_CLIENT_ENV\).*not set.*production"):
        settings.require(["tracebloc"])
    read_settings(client_env="dev").require(["tracebloc"])


@pytest.mark.parametrize("name", ["test-e2e", "Dev", "qa"])
def test_an_unknown_environment_name_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="not an environment of the platform"):
        read_settings(client_env=name)


@pytest.mark.parametrize("name", ["prod", "production"])
def test_production_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="is production"):
        read_settings(client_env=name)


@pytest.mark.parametrize(("given", "short"), [("dev", "dev"), ("development", "dev"), ("stg", "stg"), ("staging", "stg")])
def test_the_charts_names_are_accepted(given: str, short: str) -> None:
    assert read_settings(client_env=given).platform_values("tracebloc")["client_env"] == short


def test_a_broken_file_is_named_with_the_place() -> None:
    write_file('client_env = "dev"\nsubstrate = embedded\n')
    with pytest.raises(SettingsError, match=r"ringmaster.toml is not valid TOML: .*line 2"):
        read_settings()


def test_an_unknown_setting_in_the_file_is_named_with_the_nearest_known_one() -> None:
    write_file('client_env = "dev"\nsubstrat = "embedded"')
    with pytest.raises(SettingsError, match="'substrat' is not a setting. Did you mean 'substrate'?"):
        read_settings()


def test_an_unknown_variable_is_named_with_the_nearest_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGMASTER_INGESTER", "auto")
    with pytest.raises(SettingsError, match="RINGMASTER_INGESTER is not a setting. Did you mean 'RINGMASTER_INGESTOR'?"):
        read_settings(client_env="dev")


def test_a_file_that_was_asked_for_must_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGMASTER_SETTINGS_FILE", "elsewhere.toml")
    with pytest.raises(SettingsError, match="elsewhere.toml .* does not exist"):
        read_settings(client_env="dev")


def test_a_wrong_value_names_its_setting_and_where_it_was_given() -> None:
    with pytest.raises(SettingsError, match="option --deadline-factor"):
        read_settings(client_env="dev", deadline_factor=-1)


def test_an_unknown_sabotage_is_refused_with_the_nearest_known_one() -> None:
    with pytest.raises(SettingsError, match="Did you mean 'weights-averaged-unweighted'?"):
        read_settings(client_env="dev", sabotage="weights-average-unweighted")


def test_every_sabotage_says_what_it_breaks_and_what_it_stands_for() -> None:
    assert len(all_sabotages()) > 80
    assert [sabotage for sabotage in all_sabotages().values() if not sabotage.meaning or not sabotage.incident] == []


@pytest.mark.parametrize("setting", ["client_checkout", "frontend_checkout"])
def test_a_folder_that_is_no_checkout_is_refused(setting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match=f"option --{setting.replace('_', '-')}: .* no "):
        read_settings(client_env="dev", **{setting: tmp_path})
    monkeypatch.setenv(f"RINGMASTER_{setting.upper()}", str(tmp_path / "nowhere"))
    with pytest.raises(SettingsError, match=f"variable RINGMASTER_{setting.upper()}: .* is no"):
        read_settings(client_env="dev")


def test_a_variable_gives_a_table_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGMASTER_RING_BUDGETS", '{"ring1": 60}')
    assert read_settings(client_env="dev").ring_budgets == {"ring1": 60}
    for wrong, words in (("ring1=60", "as JSON"), ("[60]", "a table"), ('{"ring1": -1}', "greater than 0")):
        monkeypatch.setenv("RINGMASTER_RING_BUDGETS", wrong)
        with pytest.raises(SettingsError, match=f"variable RINGMASTER_RING_BUDGETS: .*{words}"):
            read_settings(client_env="dev")


def test_every_setting_can_be_given() -> None:
    assert [*READERS, "of_platforms"] == [one.name for one in fields(Settings)]
    own = ["gateway", "processor", "metrics_engine", "read_model", "web_terminal"]
    of_observatory = ["checkout", *own, *(f"{service}_image" for service in own), "mongod"]
    of_tracebloc = ["client_env", "ingestor", "object_store", "client_checkout", "frontend_checkout"]
    assert list(platform_settings()) == [*(f"observatory_{name}" for name in of_observatory), *of_tracebloc]


def test_what_is_not_given_of_a_platforms_settings_is_its_default() -> None:
    assert read_settings(ingestor="reference").platform_values("tracebloc") == {
        "client_env": None,
        "ingestor": "reference",
        "object_store": "reference",
        "client_checkout": None,
        "frontend_checkout": None,
    }
    assert read_settings().platform_values("tracebloc")["ingestor"] == "auto"


def test_the_settings_in_force_are_listed_by_platform() -> None:
    lines = read_settings(client_env="dev").lines()
    assert "substrate = embedded" in lines
    assert lines[lines.index("tracebloc:") + 1] == "  client_env = dev"


def test_a_platforms_setting_that_has_the_name_of_another_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tracebloc, "settings", (*Tracebloc.settings, Setting("workers", str, "how many of its own")))
    platform_settings.cache_clear()
    with pytest.raises(SettingsError, match="'workers' is a setting of every run and of tracebloc: rename the latter"):
        platform_settings()
    platform_settings.cache_clear()


def test_a_project_declares_tags_and_capabilities_of_its_own_beside_its_settings() -> None:
    write_file('workers = 2\n[tags]\nslow = "takes long"\n[capabilities]\nprinter = "none is connected"\nscreen = ""')
    assert read_settings().workers == 2
    assert declared().tags == {"slow": "takes long"}
    assert declared().capabilities == {"printer": "none is connected", "screen": ""}


@pytest.mark.parametrize("wrong", ['tags = "slow"', "[tags]\nslow = 1", '[capabilities]\nprinter = ["no"]'])
def test_a_declaration_without_words_is_refused(wrong: str) -> None:
    write_file(wrong)
    with pytest.raises(SettingsError, match=r"ringmaster.toml: \[(tags|capabilities)\] has to give each name"):
        declared()


@pytest.mark.parametrize(
    ("setting", "given", "words"),
    [
        ("workers", "0", "a whole number from 1 to 1000, or auto, not '0'"),
        ("workers", "9" * 30, "a whole number from 1 to 1000, or auto"),
        ("workers", "2.5", "a whole number from 1 to 1000, or auto"),
        ("workers", True, "a whole number from 1 to 1000, or auto"),
        ("deadline_factor", "nan", "a number greater than 0 and at most 100"),
        ("deadline_factor", 101, "at most 100"),
        ("run_budget", "soon", "a number greater than 0, not 'soon'"),
        ("run_budget", True, "a number greater than 0"),
        ("allure", "perhaps", "true or false, not 'perhaps'"),
        ("ingestor", "mine", "one of auto, tracebloc-ingest, reference, not 'mine'"),
        ("results_folder", "", "a path"),
        ("substrate", 3, "text, not 3"),
        ("ring_budgets", {"ring1": "x"}, "ring1: it has to be a number greater than 0"),
    ],
)
def test_a_value_that_will_not_do_is_refused_in_words(setting: str, given: object, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        read_settings(client_env="dev", **{setting: given})


@pytest.mark.parametrize(
    ("setting", "given", "value"),
    [
        ("workers", "4", 4),
        ("workers", "auto", "auto"),
        ("deadline_factor", "2.5", 2.5),
        ("allure", "False", False),
        ("sabotage", "weights-averaged-unweighted", "weights-averaged-unweighted"),
        ("sabotage", "", None),
        ("results_folder", "out", Path("out")),
    ],
)
def test_a_variables_text_becomes_the_settings_value(setting: str, given: str, value: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"RINGMASTER_{setting.upper()}", given)
    assert getattr(read_settings(client_env="dev"), setting) == value


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(SettingsError, match="(?s)--workers: .*--run-budget: "):
        read_settings(client_env="dev", workers="0", run_budget=-1)


@pytest.mark.parametrize("variable", ["RINGMASTER_JITTER", "RINGMASTER_LEDGER_FOLDER", "RINGMASTER_PLATFORM"])
def test_a_variable_that_is_for_something_else_is_no_unknown_setting(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "1")
    assert read_settings() == Settings()


def test_a_substrate_that_starts_everything_from_nothing_gets_more_time_unless_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().deadline_factor == 1
    assert read_settings(substrate="compose").deadline_factor == 3
    monkeypatch.setenv("RINGMASTER_DEADLINE_FACTOR", "1.5")
    assert read_settings(substrate="compose").deadline_factor == 1.5


def test_a_platform_is_taken_by_name_else_by_default_else_because_there_is_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("support.settings.platform_names", lambda: ("bakery", "shop"))
    assert Settings(default_platform="shop").chosen_platform("bakery") == "bakery"
    assert Settings(default_platform="shop").chosen_platform(None) == "shop"
    with pytest.raises(SettingsError, match="Name one of bakery, shop, or set 'default_platform'"):
        Settings().chosen_platform(None)
    monkeypatch.setattr("support.settings.platform_names", lambda: ("shop",))
    assert Settings().chosen_platform(None) == "shop"
