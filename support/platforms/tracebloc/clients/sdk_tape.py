"""The tape of an SDK's process: what the SDK and the platform say to each other is recorded, or played back."""

from pathlib import Path

from support.platforms.tracebloc.clients.sdk_process import SdkProcess


class SdkTape:
    """Records and plays the SDK that runs in a process."""

    def __init__(self, process: SdkProcess) -> None:
        self._process = process

    def record(self, cassette: Path) -> None:
        """Keep all that is said from now on; `finish` writes it to the file."""
        self._process.call("tape.record", cassette.resolve())

    def play(self, cassette: Path) -> None:
        """Answer from a cassette from now on: nothing goes out any more. Raises SdkError when it cannot be read."""
        self._process.call("tape.play", cassette.resolve())

    def finish(self) -> int:
        """End recording or playing; how many answers of the cassette nobody asked for."""
        return int(self._process.call("tape.finish").value)
