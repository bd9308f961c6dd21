"""How programs are installed on this system. Source: os-release(5), and the packages' names in each distribution."""

import os
import platform
from pathlib import Path

OS_RELEASE = Path("/etc/os-release")
COMMANDS = {
    "apt": "apt-get install -y {}",
    "dnf": "dnf install -y {}",
    "apk": "apk add {}",
    "pacman": "pacman -S --noconfirm {}",
    "zypper": "zypper install -y {}",
    "brew": "brew install {}",
}
MANAGERS = {
    "debian": "apt",
    "ubuntu": "apt",
    "fedora": "dnf",
    "rhel": "dnf",
    "centos": "dnf",
    "amzn": "dnf",
    "alpine": "apk",
    "arch": "pacman",
    "suse": "zypper",
    "opensuse": "zypper",
}
# names where they differ from the first
PACKAGES = {
    "MariaDB": {"apt": "mariadb-server", "dnf": "mariadb-server", "apk": "mariadb mariadb-client", "": "mariadb"},
    "RabbitMQ": {"": "rabbitmq-server", "brew": "rabbitmq"},
    "PostgreSQL": {"": "postgresql", "dnf": "postgresql-server"},
    "Redis": {"": "redis", "apt": "redis-server"},
    "Chromium": {"": "chromium"},
    "docker": {"apt": "docker.io", "dnf": "moby-engine", "": "docker"},
    "npx": {"apt": "npm", "": "nodejs npm"},
    "git": {"": "git"},
}
ELSEWHERE = {
    "kubectl": "see https://kubernetes.io/docs/tasks/tools/",
    "helm": "see https://helm.sh/docs/intro/install/",
    "k3d": "see https://k3d.io/",
}


def package_manager(release: Path = OS_RELEASE) -> str | None:
    """apt, dnf, apk, pacman, zypper or brew; None on a system that is not known."""
    if platform.system() == "Darwin":
        return "brew"
    names = f"{_field(release, 'ID')} {_field(release, 'ID_LIKE')}".split()
    return next((MANAGERS[name] for name in names if name in MANAGERS), None)


def system_name(release: Path = OS_RELEASE) -> str:
    """The system in its own words."""
    return _field(release, "PRETTY_NAME") or platform.platform(terse=True)


def install_command(program: str, manager: str | None) -> str:
    """The command that installs a program, or where to read how."""
    if program in ELSEWHERE:
        return ELSEWHERE[program]
    names = PACKAGES.get(program, {"": program})
    if manager is None:
        return f"install {names.get('apt', names.get('', program))} with your system's packages"
    command = COMMANDS[manager].format(names.get(manager, names.get("", program)))
    return command if manager == "brew" or os.geteuid() == 0 else f"sudo {command}"


def _field(release: Path, name: str) -> str:
    try:
        lines = release.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return next((line.partition("=")[2].strip().strip("\"'") for line in lines if line.startswith(f"{name}=")), "")
