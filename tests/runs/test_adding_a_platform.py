"""The document that leads to a platform of one's own: whoever does what it says has a green run."""

import re
from pathlib import Path

from tests.runs.conftest import PROJECT, Ringmaster, copy_of_repository

DOCUMENT = (PROJECT / "docs" / "adding-a-platform.md").read_text()
BLOCKS = re.findall(r"```(?:python|gherkin)\n(.*?)```", DOCUMENT, re.DOTALL)
PLATFORM, SUPPORT = Path("environments/platforms/shop"), Path("support/platforms/shop")
# where each of its blocks goes, in their order: the file, what it takes the place of, and what stands there then
PLACES = (
    (PLATFORM / "platform.py", "from environments.services import PythonModule, ServiceSpec, Site\n", "{block}"),
    (PLATFORM / "platform.py", "\n\nclass Shop(", "\n\n{block}\n\nclass Shop("),
    (PLATFORM / "platform.py", "        return (NOTES,)\n", "{block}"),
    (SUPPORT / "client.py", "", "\n\n{block}"),
    (SUPPORT / "scene.py", "from support.platforms.shop.client import NotesClient\n", "{block}"),
    (SUPPORT / "scene.py", "    folder: Path\n    notes: NotesClient\n", "{block}"),
    (SUPPORT / "scene.py", '        return ["notes"]\n', "{block}"),
    (SUPPORT / "scene.py", "        self.notes.close()\n", "{block}"),
    (SUPPORT / "scene.py", '    return Scene(folder, NotesClient(substrate.address("notes").url))\n', "{block}"),
    (Path("steps/shop/orders.py"), "", "{block}"),
    (Path("features/shop/orders.feature"), "", "{block}"),
)


def follow(repository: Path, home: Path) -> None:
    """Do what the document says after `ringmaster new platform shop`."""
    server, *blocks = BLOCKS
    (home / "orders").mkdir(parents=True)
    (home / "orders" / "server.py").write_text(server)
    for (file, old, new), block in zip(PLACES, blocks, strict=True):
        path = repository / file
        before = path.read_text() if path.exists() else ""
        assert not old or before.count(old) == 1, (file, old)
        text = new.replace("{block}", block)
        path.write_text(before.replace(old, text) if old else before + text)


def test_whoever_follows_the_document_has_a_green_run(ringmaster: Ringmaster, tmp_path: Path) -> None:
    repository, home = copy_of_repository(tmp_path / "repository"), tmp_path / "home"
    variables = {"PYTHONPATH": str(repository), "HOME": str(home)}
    made = ringmaster("new", "platform", "shop", folder=repository, **variables)
    assert made.exit_code == 0, made.output
    follow(repository, home)
    linted = ringmaster("lint", "features/shop", "steps/shop", folder=repository, **variables)
    assert linted.output.strip() in DOCUMENT
    outcome = ringmaster("run", "features/shop", folder=repository, **variables)
    assert outcome.exit_code == 0, outcome.output
    assert (outcome.status_of("A note is read"), outcome.status_of("An order arrives")) == ("passed", "passed")
