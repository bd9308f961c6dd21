"""What a terminal wrote lately, in numbered frames, so that whoever comes back sees what they missed."""

from collections import deque


class Ring:
    """The latest frames, within limits of bytes and of frames; the oldest are dropped."""

    def __init__(self, most_bytes: int, most_frames: int) -> None:
        """Both limits hold."""
        self._frames: deque[tuple[int, str]] = deque()
        self._most_bytes, self._most_frames = most_bytes, most_frames
        self.bytes = 0
        self.dropped = 0
        self.last = 0
        """The number of the latest frame; the first is 1."""

    def add(self, text: str) -> None:
        """Keep a frame; one that is larger than all room is kept alone."""
        self.last += 1
        self._frames.append((self.last, text))
        self.bytes += len(text.encode())
        while len(self._frames) > 1 and (self.bytes > self._most_bytes or len(self._frames) > self._most_frames):
            self.bytes -= len(self._frames.popleft()[1].encode())
            self.dropped += 1

    def after(self, seen: int) -> list[tuple[int, str]]:
        """The frames that come after one, as far as they are still there."""
        return [frame for frame in self._frames if frame[0] > seen]

    def missing_after(self, seen: int) -> int:
        """How many of the frames after one are not there any more."""
        first = self._frames[0][0] if self._frames else self.last + 1
        return max(0, first - seen - 1)
