"""The image that shards run in: this checkout, and the Python packages that it has here; built only when its contents are new."""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from environments.cluster import context as contexts
from environments.cluster.api import Api
from environments.compose.engine import Engine
from environments.compose.images import INSTALL, LEFT_OUT
from environments.compose.packages import pinned
from environments.compose.settings import ComposeSettings
from environments.errors import SubstrateError
from environments.kind.programs import installed, kind
from environments.processes.variables import PROJECT_FOLDER
from support.engines.kubernetes.jobs import USER
from support.engines.kubernetes.settings import EngineSettings

REPOSITORY = "ringmaster-shards"
CODE = ("environments", "support", "reports", "steps", "features")
FILES = ("pyproject.toml", "constraints.txt", "environment.py", "behave.ini", "profiles.toml", "ringmaster.toml")
PROJECT_IN_IMAGE, WORK_IN_IMAGE = "/ringmaster", "/work"
LARGEST_FOLDER = 64 << 20
"""Bytes of the folder that a run is started in, if that is not the project."""
EXTRAS = {"none": "", "embedded": "[reference-platform]"}
"""What a substrate needs in the pod, as pip writes it."""

DOCKERFILE = """\
FROM {base} AS tools
RUN pip install --quiet --no-cache-dir --target /tools uv

FROM {base}
LABEL ringmaster.image=shards
RUN echo "ringmaster:x:{user}:{user}:Ringmaster:/tmp:/usr/sbin/nologin" >>/etc/passwd{debian}
COPY requirements.txt /requirements/
{install}COPY project {project}
COPY work {work}
ENV PYTHONPATH={project} PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR {start}
USER {user}:{user}
"""
DEBIAN = (
    " \\\n    && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends {packages}"
    " \\\n    && rm -rf /var/lib/apt/lists/*"
)


class ShardImage:
    """Builds the image, and gives it to the cluster. `say` is told of what takes long."""

    def __init__(self, settings: EngineSettings, say: Callable[[str], None], run_id: str) -> None:
        self._settings = settings
        self._say = say
        self._run_id = run_id

    def on_cluster(self, context: contexts.Context, api: Api, substrate: str) -> str:
        """The name of an image that the cluster has, or can pull; raises SubstrateError."""
        if self._settings.image:
            return self._settings.image
        cluster = context.cluster.removeprefix("kind-")
        here = context.cluster.startswith("kind-") and installed() and cluster in kind(self._run_id, "get", "clusters").split()
        if not here and not self._settings.registry:
            raise SubstrateError(
                f"the cluster of the context '{context.name}' has to get the image of the shards from somewhere: set "
                "RINGMASTER_ENGINE_REGISTRY to where it can be pushed, or RINGMASTER_ENGINE_IMAGE to one that is there"
            )
        engine = Engine(self._run_id)
        image = self._build(engine, substrate)
        if self._settings.registry:
            self._push(engine, image)
        elif not self._is_on(api, image):
            self._say(f"loading {image} into the cluster {cluster} ...")
            kind(self._run_id, "load", "docker-image", image, "--name", cluster)
        return image

    def _build(self, engine: Engine, substrate: str) -> str:
        if substrate not in EXTRAS:
            raise SubstrateError(f"shards on Kubernetes run on the substrates {' and '.join(EXTRAS)}, each in its pod; not on {substrate}")
        settings = ComposeSettings.from_environment()
        packages = [line for line in pinned([f"ringmaster{EXTRAS[substrate]}"]) if not line.startswith("ringmaster==")]
        with tempfile.TemporaryDirectory() as folder:
            context = Path(folder)
            _copy_project(context / "project")
            started_in = _copy_work(context / "work")
            (context / "requirements.txt").write_text("\n".join(packages) + "\n")
            (context / "Dockerfile").write_text(self._dockerfile(settings, started_in))
            prefix = f"{self._settings.registry}/" if self._settings.registry else ""
            image = f"{prefix}{REPOSITORY}:{_digest(context, settings.base_image)}"
            if engine.api.images(name=image, quiet=True):
                return image
            began = time.monotonic()
            self._say(f"building the image {image} ...")
            wheels = ["--build-context", f"wheels={settings.wheels}"] if settings.wheels is not None else []
            try:
                engine.run("buildx", "build", "--progress", "plain", "--tag", image, *wheels, "--load", str(context))
            except SubstrateError as error:
                raise SubstrateError(f"the image of the shards cannot be built: {error}") from error
            self._say(f"built {image} in {time.monotonic() - began:.0f} s")
        return image

    def _dockerfile(self, settings: ComposeSettings, started_in: str) -> str:
        options = f" --index {settings.extra_index}" if settings.extra_index else ""
        options += f" --default-index {settings.index}" if settings.index else ""
        options += " --find-links /wheels" if settings.wheels is not None else ""
        mounts = " --mount=type=bind,from=wheels,target=/wheels" if settings.wheels is not None else ""
        install = INSTALL.replace("{mounts}", mounts).replace("{options}", options).replace("{variables}", "")
        return DOCKERFILE.format(
            base=settings.base_image,
            user=USER,
            debian=DEBIAN.format(packages=" ".join(self._settings.packages)) if self._settings.packages else "",
            install=install.replace("{file}", "requirements.txt").replace("{{}}", "{}"),
            project=PROJECT_IN_IMAGE,
            work=WORK_IN_IMAGE,
            start=started_in,
        )

    def _push(self, engine: Engine, image: str) -> None:
        self._say(f"pushing {image} ...")
        try:
            engine.run("push", "--quiet", image)
        except SubstrateError as error:
            raise SubstrateError(f"the image of the shards cannot be pushed to {self._settings.registry}: {error}") from error

    def _is_on(self, api: Api, image: str) -> bool:
        nodes = [node for node in api.core.list_node().items if not node.spec.taints]
        return bool(nodes) and all(
            any(name.endswith(f"/{image}") or name == image for known in node.status.images or [] for name in known.names or [])
            for node in nodes
        )


def _copy_project(target: Path) -> None:
    # what a run leaves is nobody else's
    ignore = shutil.ignore_patterns(*LEFT_OUT, "out")
    for name in CODE:
        shutil.copytree(PROJECT_FOLDER / name, target / name, ignore=ignore)
    for name in FILES:
        shutil.copy(PROJECT_FOLDER / name, target / name)
    _same_everywhere(target)


def _copy_work(target: Path) -> str:
    """The folder that the run is started in, unless it is the project; returns where the image has it."""
    here = Path.cwd()
    if here.resolve() == PROJECT_FOLDER:
        target.mkdir()
        return PROJECT_IN_IMAGE
    ignore = shutil.ignore_patterns(*LEFT_OUT, "reports")
    size = 0
    for folder, folders, files in os.walk(here):
        left_out = ignore(folder, [*folders, *files])
        folders[:] = [name for name in folders if name not in left_out]
        size += sum(os.lstat(Path(folder) / name).st_size for name in files if name not in left_out)
    if size > LARGEST_FOLDER:
        raise SubstrateError(
            f"{here} holds {size >> 20} MiB, too much for an image: start the run in the project, or in a folder that has features only"
        )
    shutil.copytree(here, target, ignore=ignore, symlinks=True)
    _same_everywhere(target)
    return WORK_IN_IMAGE


def _same_everywhere(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
        # layers are compared by times, too
        os.utime(path, (0, 0))


def _digest(context: Path, base: str) -> str:
    digest = hashlib.sha256(base.encode())
    files: Sequence[Path] = sorted(path for path in context.rglob("*") if path.is_file())
    for path in files:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(context).as_posix()} {len(content)} ".encode() + content)
    return digest.hexdigest()[:16]
