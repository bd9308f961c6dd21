"""A checkout of tracebloc/client: the public chart and installer scripts, wherever the user keeps them."""

from pathlib import Path

INSTALLER = Path("scripts/install-k8s.sh")
BOOTSTRAP = Path("scripts/install.sh")
CHART = Path("client")


class NoClientCheckout(ValueError):
    """The folder is no checkout of tracebloc/client; the text says what is missing."""


def client_checkout(folder: Path) -> Path:
    """The folder, made absolute, when it holds the installer and the chart; raises NoClientCheckout."""
    if not folder.is_dir():
        raise NoClientCheckout(f"{folder} is not a folder: give the folder of a checkout of tracebloc/client")
    wanted = (INSTALLER, BOOTSTRAP, CHART / "Chart.yaml")
    missing = [str(path) for path in wanted if not (folder / path).is_file()]
    if missing:
        raise NoClientCheckout(f"{folder} is no checkout of tracebloc/client: it has no {', '.join(missing)}")
    return folder.resolve()
