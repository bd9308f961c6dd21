"""Profiles and rings: named selections, and what is said when there is no such."""

from pathlib import Path

import pytest
from behave.tag_expression import make_tag_expression

from support.authoring.tags import problem_of
from support.runner.planning.errors import ProfileError
from support.runner.planning.profiles import find_profile, read_profiles, tags_of

PROJECT = Path(__file__).parent.parent.parent


@pytest.fixture(autouse=True)
def in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)


@pytest.mark.parametrize(
    ("profile", "tags", "selected"),
    [
        ("smoke", "smoke ring3", True),
        ("smoke", "ring3 nightly", False),
        ("pr", "ring1 p1", True),
        ("pr", "ring2 nightly", False),
        ("pr", "ring2 nightly smoke", True),
        ("pr", "ring3", False),
        ("nightly", "ring1 p1", True),
        ("nightly", "ring3 nightly pre-release", True),
        ("nightly", "ring3 pre-release", False),
        ("pre-release", "ring3 pre-release p2", True),
        ("pre-release", "ring1 p0", True),
        ("pre-release", "ring1 p1", False),
    ],
)
def test_a_profile_selects_what_it_is_for(profile: str, tags: str, selected: bool) -> None:
    expression = make_tag_expression(find_profile(profile).tags)
    assert expression.check(tags.split()) is selected


def test_profiles_speak_of_known_tags_only() -> None:
    for profile in read_profiles().values():
        words = profile.tags.replace("(", " ").replace(")", " ").split()
        assert [word for word in words if word.startswith("@") and problem_of(word[1:])] == []
        assert profile.meaning


def test_an_unknown_profile_is_named_with_the_nearest() -> None:
    with pytest.raises(ProfileError, match="no profile 'nigtly'. Did you mean 'nightly'"):
        tags_of("nigtly", None)


def test_rings_are_added_to_a_profile() -> None:
    assert tags_of("smoke", [1, 3]) == ["@smoke", "@ring1 or @ring3"]
    assert tags_of(None, [2]) == ["@ring2"]
    assert tags_of(None, None) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"[x", "not valid TOML"),
        (b"\xff", "cannot be read"),
        (b"[x]\ntags = 1\nmeaning = 'm'", "x.tags"),
        (b"[x]\ntags = '@p0'", "x.meaning"),
        (b"[x]\ntags = '@p0'\nmeaning = 'm'\nworkers = 2", "x.workers"),
        (b"x = 1", "x"),
    ],
)
def test_a_wrong_file_is_named_with_the_place(tmp_path: Path, text: bytes, words: str) -> None:
    (tmp_path / "profiles.toml").write_bytes(text)
    with pytest.raises(ProfileError, match=words):
        read_profiles(tmp_path / "profiles.toml")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="there is no file"):
        read_profiles(tmp_path / "profiles.toml")
