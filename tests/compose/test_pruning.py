"""Images that no run has used for days are removed; nobody else's, and none that is used."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from environments.compose import images
from environments.compose.engine import Engine
from environments.compose.pruning import days_ago, note_use, prune
from environments.compose.settings import ComposeSettings
from environments.services import PythonPackages

LABEL = f"ringmaster.test-{secrets.token_hex(4)}"


def _image(engine: Engine, folder: Path, name: str, label: str) -> str:
    base = ComposeSettings.from_environment().base_image
    (folder / "Dockerfile").write_text(f"FROM {base}\nLABEL {label}=x\nENV NAME={name}\n")
    image = f"ringmaster-{name}:{LABEL.rpartition('-')[2]}"
    engine.run("buildx", "build", "--quiet", "--load", "--tag", image, str(folder))
    return image


@pytest.fixture
def made(engine: Engine, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Images of a label that no run uses, and one of somebody else."""
    names = {name: _image(engine, tmp_path, name, LABEL) for name in ("old", "used", "held")}
    names["others"] = _image(engine, tmp_path, "others", "somebody.else")
    yield names
    for image in names.values():
        if engine.api.images(name=image):
            engine.api.remove_image(image, force=True)


def test_only_images_of_ours_that_nothing_uses_are_removed(engine: Engine, made: dict[str, str]) -> None:
    held = engine.api.create_container(made["held"], ["true"])
    since = datetime.now(UTC)
    note_use(engine, made["used"])
    try:
        assert prune(engine, LABEL, since - timedelta(hours=1)) == []
        assert prune(engine, LABEL, since) == [made["old"]]
    finally:
        engine.api.remove_container(held)
    left = [name for name, image in made.items() if engine.api.images(name=image)]
    assert left == ["used", "held", "others"]


def test_an_image_of_a_run_counts_as_used_for_days() -> None:
    now = datetime(2026, 1, 10, tzinfo=UTC)
    assert days_ago(now) == datetime(2026, 1, 7, tzinfo=UTC)


def test_what_is_built_prunes_and_what_is_there_counts_as_used(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pruned: list[str] = []

    def note(_engine: Engine, label: str, _since: datetime) -> list[str]:
        pruned.append(label)
        return []

    monkeypatch.setattr(images, "prune", note)
    builder = images.ImageBuilder(engine, tmp_path, ComposeSettings.from_environment(), lambda _said: None, 1000, secrets.randbelow(60_000))
    built = builder.build(PythonPackages(), (), with_pods=False)
    began = datetime.now(UTC)
    try:
        assert pruned == [images.IMAGE_LABEL]
        builder.build(PythonPackages(), (), with_pods=False)
        assert pruned == [images.IMAGE_LABEL]
        tagged = engine.api.inspect_image(built.services)["Metadata"]["LastTagTime"]
        assert datetime.fromisoformat(tagged) >= began
    finally:
        engine.api.remove_image(built.services, force=True)
