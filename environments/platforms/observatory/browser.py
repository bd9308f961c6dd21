"""The browser that pages are looked at in: Debian's Chromium, driven by Playwright."""

import shutil

from environments.requirements import Requirement, package

PURPOSE = "browser"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """The program; None where there is none."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


REQUIREMENTS = (
    Requirement("Chromium", "program", PURPOSE, "apt-get install chromium", chromium, needed=False),
    package("playwright", "-e '.[browser]'", PURPOSE, needed=False),
)


def why_no_browser() -> str | None:
    """What is missing, and the commands that install it; None when nothing is."""
    missing = [each for each in REQUIREMENTS if each.probe() is None]
    if not missing:
        return None
    commands = [f"pip install -c constraints.txt {each.install}" if each.kind == "package" else each.install for each in missing]
    return f"{' and '.join(each.name for each in missing)} not installed ({' && '.join(commands)})"
