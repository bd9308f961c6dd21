"""The images that a platform runs in: one of its services, one more for its pods, built only when their contents are new.

An image's tag is made of what goes into it, so an image that is there already is the right one.
"""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from environments.compose.engine import Engine
from environments.compose.packages import alone, pinned
from environments.compose.pruning import days_ago, note_use, prune
from environments.compose.settings import ComposeSettings
from environments.errors import SubstrateError
from environments.platform import Platform
from environments.processes.variables import PROJECT_FOLDER
from environments.services import PythonPackages, ServiceSpec

REPOSITORY = "ringmaster"
IMAGE_LABEL = "ringmaster.image"
CODE = "environments"
"""All of the project that an image gets; nothing else can end up in it."""
LEFT_OUT = ("__pycache__", "*.pyc", ".*")
PROJECT_IN_IMAGE = "/ringmaster"

KINDS = {"services-with-code": "services", "pods": "pods", "with-packages": "packages"}
"""What is built for which purpose, by the stages of the file."""

DOCKERFILE = """\
FROM {base} AS tools
RUN pip install --quiet --no-cache-dir --target /tools uv

FROM {base} AS services
LABEL {label}=services
RUN echo "ringmaster:x:{user}:{group}:Ringmaster:/tmp:/usr/sbin/nologin" >>/etc/passwd \\
    && (command -v python || ln -s "$(command -v python3)" /usr/local/bin/python)
COPY services.txt /requirements/
{install_services}
FROM services AS with-packages
ARG PACKAGES
LABEL {label}=packages
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $PACKAGES \\
    && rm -rf /var/lib/apt/lists/*
COPY code {project}
RUN python3 -m compileall -q {project}
ENV PYTHONPATH={project} PYTHONUNBUFFERED=1
USER {user}:{group}

FROM services AS pods
LABEL {label}=pods
COPY pods.txt /requirements/
{install_pods}COPY code {project}
RUN python3 -m compileall -q {project}
ENV PYTHONPATH={project} PYTHONUNBUFFERED=1
USER {user}:{group}

FROM services AS services-with-code
COPY code {project}
RUN python3 -m compileall -q {project}
ENV PYTHONPATH={project} PYTHONUNBUFFERED=1
USER {user}:{group}
"""
# versions are complete lists, so nothing has to be resolved
INSTALL = (
    "RUN --mount=type=bind,from=tools,source=/tools,target=/tools --mount=type=cache,target=/root/.cache/uv{mounts} \\\n"
    "    UV_SYSTEM_CERTS=1 UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_CONCURRENT_INSTALLS=2{variables} \\\n"
    "    /tools/bin/uv pip install --quiet --system --break-system-packages --no-deps{options} -r /requirements/{file} \\\n"
    "    && find / -xdev \\( -type d -path '*-packages/*/tests'{unused} \\) -prune -exec rm -rf {{}} +\n"
)


@dataclass(frozen=True)
class Images:
    """Their names with tags."""

    services: str
    pods: str
    with_packages: str
    """The services' image, where a package of Debian is added; built only on demand."""

    def of(self, spec: ServiceSpec) -> str:
        """What a service runs in."""
        return spec.image or (self.with_packages if spec.packages else self.services)


class ImageBuilder:
    """Builds what is not there yet. `say` is told of what takes long."""

    def __init__(self, engine: Engine, folder: Path, settings: ComposeSettings, say: Callable[[str], None], user: int, group: int) -> None:
        """`folder` is where contexts are made."""
        self._engine = engine
        self._folder = folder
        self._settings = settings
        self._say = say
        self._ids = {"user": str(user), "group": str(group)}

    def build_for(self, platform: Platform, specs: Sequence[ServiceSpec], *, also: Sequence[str] = ()) -> Images:
        """The images of a platform, whose services need these Python packages also here; raises SubstrateError."""
        debian = sorted({name for spec in specs for name in spec.packages})
        packages = platform.packages()
        return self.build(packages._replace(services=(*packages.services, *also)), debian, with_pods=platform.pods() is not None)

    def build(self, packages: PythonPackages, debian: Sequence[str], *, with_pods: bool) -> Images:
        """The images of a platform; raises SubstrateError when one cannot be built.

        Args:
            packages: what its services and pods need of Python.
            debian: what some service needs of Debian.
            with_pods: whether it starts pods.
        """
        services = sorted({*pinned(packages.services), *alone(packages.alone)})
        pods = [line for line in pinned([*packages.services, *packages.pods]) if line not in services]
        dockerfile = self._dockerfile(bool(services), bool(pods), packages.unused)
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            context = Path(folder)
            _copy_code(context / "code")
            (context / "services.txt").write_text("\n".join(services) + "\n")
            (context / "pods.txt").write_text("\n".join(pods) + "\n")
            (context / "Dockerfile").write_text(dockerfile)
            base = self._base_image()
            tag = _digest([dockerfile.encode(), base.encode(), *_contents(context)])
            images = Images(
                f"{REPOSITORY}-services:{tag}",
                f"{REPOSITORY}-pods:{tag}",
                f"{REPOSITORY}-packages:{_digest([tag.encode(), *(name.encode() for name in debian)])}",
            )
            built = [self._build(context, "services-with-code", images.services)]
            if with_pods:
                built.append(self._build(context, "pods", images.pods))
            if debian:
                built.append(self._build(context, "with-packages", images.with_packages, debian))
        if any(built) and (removed := prune(self._engine, IMAGE_LABEL, days_ago())):
            self._say(f"removed {len(removed)} images of earlier runs, which nothing has used for days")
        return images

    @cache  # noqa: B019 - there are as many builders as runs
    def build_tools(self, debian: Sequence[str]) -> str:
        """An image with packages of Debian and this project, for helpers; raises SubstrateError."""
        return self.build(PythonPackages(), debian, with_pods=False).with_packages

    def _build(self, context: Path, target: str, image: str, packages: Sequence[str] = ()) -> bool:
        """Whether it had to be built."""
        if self.is_there(image):
            note_use(self._engine, image)
            return False
        began = time.monotonic()
        self._say(f"building the image {image} ...")
        arguments = ["build", "--progress", "plain", "--target", target, "--tag", image, "--label", f"{IMAGE_LABEL}.target={target}"]
        if packages:
            arguments += ["--build-arg", f"PACKAGES={' '.join(packages)}"]
        if self._settings.layers is not None:
            kept = self._settings.layers / target
            arguments += ["--cache-from", f"type=local,src={kept}", "--cache-to", f"type=local,dest={kept},mode=max"]
        if self._settings.wheels is not None:
            arguments += ["--build-context", f"wheels={self._settings.wheels}"]
        if self._settings.index:
            arguments += ["--build-arg", f"PIP_INDEX_URL={self._settings.index}"]
        try:
            self._engine.run("buildx", *arguments, "--load", str(context))
        except SubstrateError as error:
            raise SubstrateError(f"the image of the {KINDS[target]} cannot be built: {error}") from error
        self._say(f"built {image} in {time.monotonic() - began:.0f} s")
        return True

    def is_there(self, image: str) -> bool:
        """Whether Docker has it on this machine."""
        return bool(self._engine.api.images(name=image, quiet=True))

    def _base_image(self) -> str:
        """What the base image is now, since its name may come to mean another one."""
        found = self._engine.api.images(name=self._settings.base_image, quiet=True)
        return str(found[0]) if found else self._settings.base_image

    def _dockerfile(self, services: bool, pods: bool, unused: Sequence[str]) -> str:
        wheels = self._settings.wheels is not None
        options = " --find-links /wheels" if wheels else ""
        options += f" --index {self._settings.extra_index}" if self._settings.extra_index else ""
        options += f" --default-index {self._settings.index}" if self._settings.index else ""
        install = INSTALL.replace("{mounts}", " --mount=type=bind,from=wheels,target=/wheels" if wheels else "")
        install = install.replace("{options}", options).replace("{variables}", "")
        install = install.replace("{unused}", "".join(map(_found, unused)))
        return DOCKERFILE.format(
            base=self._settings.base_image,
            label=IMAGE_LABEL,
            project=PROJECT_IN_IMAGE,
            install_services=install.replace("{file}", "services.txt").replace("{{}}", "{}") if services else "",
            install_pods=install.replace("{file}", "pods.txt").replace("{{}}", "{}") if pods else "",
            **self._ids,
        )


def _found(pattern: str) -> str:
    kind = " -type d" if pattern.endswith("/") else ""
    return f" -o{kind} -path '*-packages/{pattern.rstrip('/')}'"


def _copy_code(target: Path) -> None:
    shutil.copytree(PROJECT_FOLDER / CODE, target / CODE, ignore=shutil.ignore_patterns(*LEFT_OUT))
    for path in (target, *target.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
        # layers are compared by times, too
        os.utime(path, (0, 0))


def _contents(context: Path) -> Iterator[bytes]:
    for path in sorted(context.rglob("*")):
        if path.is_file():
            yield path.relative_to(context).as_posix().encode()
            yield path.read_bytes()


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:16]
