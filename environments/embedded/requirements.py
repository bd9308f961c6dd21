"""The packages the embedded platform needs, looked for before anything starts."""

from importlib.util import find_spec

from environments.substrate import SubstrateError

# the module, and what to ask pip for
NEEDED = {
    "fastapi": "fastapi",
    "uvicorn": "uvicorn",
    "multipart": "python-multipart",
    "sqlalchemy": "SQLAlchemy",
    "moto": "'moto[s3,server]'",
    "tracebloc_ingestor": "tracebloc-ingestor",
    "trustme": "trustme",
    "safetensors": "safetensors",
    "sklearn": "scikit-learn",
    "torch": "torch==2.13.0",
}


def refuse_missing_packages() -> None:
    """Raise SubstrateError that names every missing package and how to install it."""
    missing = [package for module, package in NEEDED.items() if not _is_installed(module)]
    if missing:
        raise SubstrateError(
            f"the embedded platform needs packages that are not installed: {', '.join(missing)}. "
            f"Install them: pip install -c constraints.txt {' '.join(missing)}"
        )


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
