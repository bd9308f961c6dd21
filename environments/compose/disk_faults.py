"""Full volumes: a small file system without room is laid over the volume of a running container, with all that the volume holds.

A helper with the rights to mount does it, within the container's own view of files, so nothing of this machine is filled. A service that
ends meanwhile finds its volume as it was before.
"""

from collections.abc import Callable
from pathlib import Path

from environments.compose.containers import Containers
from environments.errors import SubstrateError
from environments.left_overs.containers import RUN_LABEL

HELPER = ("run", "--rm", "--privileged", "--network", "none", "--user", "0:0")
ENTER = ("nsenter", "--target", "1", "--mount", "--", "sh", "-ec")
# what the folder itself holds is under the new file system, and still where the shell stands
FILL = """
cd "$1"
[ -e .full ] && exit
mount -t tmpfs -o "size=$(($(du -sk . | cut -f1) + 64))k,mode=$(stat -c %a .),uid=$(stat -c %u .),gid=$(stat -c %g .)" full "$1"
cp -a . "$1"
cat /dev/zero >"$1/.full" 2>/dev/null || true
"""
MAKE_ROOM = """
cd "$1"
[ -e .full ] || exit 0
rm .full
umount -l "$1"
find "$1" -mindepth 1 -delete
cp -a . "$1"
"""


class ContainerDiskFaults:
    """What can be done to the volumes of services (see `environments.substrate.DiskFaults`)."""

    def __init__(self, containers: Containers, image: str, volume: Callable[[str], Path], noted: Path) -> None:
        """`image` has a shell for the helper; `noted` keeps what is full, should this process be killed."""
        self._containers = containers
        self._image = image
        self._volume = volume
        self._noted = noted

    def fill(self, service: str, volume: str) -> None:
        """Leave no room in a volume: what the service writes into it fails."""
        place = self._volume(volume)
        self._noted.mkdir(exist_ok=True)
        (self._noted / service).write_text(str(place), encoding="utf-8")
        self._within(service, FILL, place)

    def heal(self) -> None:
        """Make room in all volumes again, with what was written meanwhile. Idempotent."""
        for noted in self._noted.glob("*"):
            if not self._ended(noted.name):
                self._within(noted.name, MAKE_ROOM, Path(noted.read_text(encoding="utf-8")))
            noted.unlink(missing_ok=True)

    def _within(self, service: str, script: str, place: Path) -> None:
        identity = self._identity(service)
        label = f"{RUN_LABEL}={self._containers.docker.run_id}"
        run = (*HELPER, "--label", label, "--pid", f"container:{identity}", self._image, *ENTER, script, "sh", str(place))
        self._containers.docker.engine.run(*run)

    def _ended(self, service: str) -> bool:
        return not [seen for seen in self._containers.seen(service=service) if not seen.ended]

    def _identity(self, service: str) -> str:
        if self._ended(service):
            raise SubstrateError(f"{service} does not run, so its volumes cannot be filled")
        return self._containers.seen(service=service)[0].identity
