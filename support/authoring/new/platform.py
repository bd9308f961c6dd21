"""A second platform that is green at once: a small HTTP service with a feature, its steps and a client, for somebody to go on from."""

import keyword
import re
from pathlib import Path

from environments.choose import NO_SUBSTRATE, PLATFORMS_FOLDER, platform_names
from support.step_folders import COMMON, STEPS

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST_NAME = 30
RESERVED = (COMMON, NO_SUBSTRATE, "platforms", STEPS)
TEMPLATES = Path(__file__).parent / "templates"
FILES = {
    "environments/platforms/{name}/__init__.py": "platform_init.py.j2",
    "environments/platforms/{name}/platform.py": "platform.py.j2",
    "environments/platforms/{name}/notes.py": "service.py.j2",
    "support/platforms/{name}/__init__.py": "support_init.py.j2",
    "support/platforms/{name}/client.py": "client.py.j2",
    "support/platforms/{name}/scene.py": "scene.py.j2",
    "steps/{name}/notes.py": "steps.py.j2",
    "features/{name}/first.feature": "first.feature.j2",
}
"""The files of a platform, and the template of each."""


class PlatformRefused(Exception):
    """A platform of that name cannot be made; the text says why."""


def new_platform(name: str) -> list[Path]:
    """Write a new platform's files and return where they are; raises PlatformRefused, and has then written nothing."""
    _refuse_bad_name(name)
    root = PLATFORMS_FOLDER.parents[1]
    if Path.cwd().resolve() != root or not Path("features").is_dir():
        raise PlatformRefused(f"platforms are added inside the repository of Ringmaster: go to {root} first")
    files = {Path(place.format(name=name)): _rendered(template, name) for place, template in FILES.items()}
    if there := next((folder for file in files for folder in (file, file.parent) if folder.exists()), None):
        raise PlatformRefused(f"{there} is there already, and nothing is overwritten: remove it, or choose another name")
    for file, text in files.items():
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        except OSError as error:
            raise PlatformRefused(f"{file} cannot be written: {error.strerror}") from error
    platform_names.cache_clear()
    return list(files)


def _rendered(template: str, name: str) -> str:
    # imported here: only who makes a platform needs templates
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    words = name.split("_")
    names = {
        "name": name,
        "dashed": "-".join(words),
        "class_name": "".join(word.capitalize() for word in words),
        "title": " ".join(words).capitalize(),
    }
    # what comes of it is Python and Gherkin, and a name has no letter that could be a trap there
    environment = Environment(loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)  # noqa: S701
    return environment.get_template(template).render(names)


def _refuse_bad_name(name: str) -> None:
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_").lstrip("0123456789_")[:LONGEST_NAME].strip("_")
        hint = f" Did you mean '{plain}'?" if NAME.fullmatch(plain) else ""
        raise PlatformRefused(
            f"'{name}' cannot name a platform: lower-case letters, digits and single underscores, a letter first, "
            f"at most {LONGEST_NAME} characters.{hint}"
        )
    if keyword.iskeyword(name) or name in RESERVED:
        raise PlatformRefused(f"'{name}' cannot name a platform: the word has a meaning of its own here. Choose another one")
    if name in platform_names():
        raise PlatformRefused(f"there is a platform '{name}' already: choose another name, or remove that one first")
