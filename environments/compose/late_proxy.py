"""A proxy that hands on everything a given time later; iptables leads a caller's connections to it. Source: our choice.

`python -m environments.compose.late_proxy PORT SECONDS`, in the network of the container that is called.
"""

import asyncio
import contextlib
import ipaddress
import socket
import struct
import sys

ORIGINAL_DESTINATION = 80
"""Source: Linux, netfilter_ipv4.h (SO_ORIGINAL_DST)."""
PIECE_BYTES = 65_536


async def serve(port: int, seconds: float) -> None:
    """Serve for ever."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            called = await asyncio.open_connection(*destination_of(writer.get_extra_info("socket")))
            copies = [_copy(reader, called[1], seconds), _copy(called[0], writer, seconds)]
            await asyncio.gather(*copies, return_exceptions=True)
        writer.close()

    server = await asyncio.start_server(handle, "0.0.0.0", port)  # noqa: S104 - of the container that is called
    async with server:
        await server.serve_forever()


def destination_of(connection: socket.socket) -> tuple[str, int]:
    """Where a connection was going before it was led here."""
    port, address = struct.unpack("!2xH4s8x", connection.getsockopt(socket.IPPROTO_IP, ORIGINAL_DESTINATION, 16))
    return str(ipaddress.IPv4Address(address)), port


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    pieces: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def hand_on() -> None:
        while True:
            due, piece = await pieces.get()
            # late by the time it took to get here, however many pieces are on their way
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not piece:
                break
            writer.write(piece)
            await writer.drain()
        writer.close()

    handing_on = asyncio.create_task(hand_on())
    try:
        while piece := await reader.read(PIECE_BYTES):
            pieces.put_nowait((loop.time() + seconds, piece))
    finally:
        pieces.put_nowait((loop.time() + seconds, b""))
        await handing_on


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
