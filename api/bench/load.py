"""Several clients that ask for the same page over and over, each on a connection of its own."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Measured:
    """What one server came to: seconds asked for, and how long each answer took."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def quantile(self, share: float) -> float:
        """Return the latency that this share of the answers kept below, in milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000


async def ask_for(port: int, request: bytes, seconds: float, clients: int, measured: Measured | None = None) -> None:
    """Let the clients ask for some seconds."""
    began = time.perf_counter()
    until = began + seconds
    latencies = await asyncio.gather(*(client(port, request, until) for _ in range(clients)))
    if measured is not None:
        measured.seconds += time.perf_counter() - began
        for some in latencies:
            measured.latencies += some


async def client(port: int, request: bytes, until: float) -> Sequence[float]:
    """Ask until the time is over; every answer has to be a good one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    latencies = []
    try:
        while (began := time.perf_counter()) < until:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            body = await reader.readexactly(length)
            latencies.append(time.perf_counter() - began)
            if not head.startswith(b"HTTP/1.1 200") or b'"errors"' in body[:20]:
                raise RuntimeError(f"the server answered {head[:30]!r} {body[:200]!r}")
    finally:
        writer.close()
    return latencies
