"""RabbitMQ from Debian, started for the measurement in a folder of its own and ended after it, through its own client."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from typing import Any

QUEUE, SINGLES = "benchmark", 6000


def measure(body: bytes) -> dict[str, Any]:
    """Publish with confirmation, get and acknowledge one by one, and what an idle RabbitMQ costs."""
    if shutil.which("rabbitmq-server") is None:
        return {"skipped": "rabbitmq-server is not installed"}
    try:
        import pika
    except ImportError:
        return {"skipped": "pika is not installed"}
    with tempfile.TemporaryDirectory(prefix="rabbitmq-benchmark-") as folder:
        os.chmod(folder, 0o777)  # noqa: S103, PTH101  (it runs as a user of its own)
        started = time.perf_counter()
        process, port, mapper = start(folder)
        try:
            ready = wait_until_open(process, port) - started
            connection = pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", port))
            channel = connection.channel()
            channel.queue_declare(QUEUE)
            channel.confirm_delivery()
            begun = time.perf_counter()
            for _ in range(SINGLES):
                channel.basic_publish("", QUEUE, body)
            published = time.perf_counter()
            for _ in range(SINGLES):
                method, _, _ = channel.basic_get(QUEUE)
                channel.basic_ack(method.delivery_tag)
            got = time.perf_counter()
            connection.close()
            figures = {"ready_ms": ready * 1000, "send_per_second": SINGLES / (published - begun)}
            return figures | {"get_and_acknowledge_per_second": SINGLES / (got - published), "memory_mib": memory(process)}
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=20)
            mapper.kill()
            mapper.wait(timeout=20)


def start(folder: str) -> tuple["subprocess.Popen[bytes]", int, "subprocess.Popen[bytes]"]:
    """A node with its own name, ports and folder."""
    port, distribution, mapper_port = (free_port() for _ in range(3))
    # Erlang's port mapper outlives the node that needs it, so it is started here, where it can be ended
    mapper = subprocess.Popen(["epmd", "-port", str(mapper_port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    environment = os.environ | {
        "RABBITMQ_NODENAME": f"benchmark{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_MNESIA_BASE": folder,
        "RABBITMQ_LOG_BASE": folder,
        "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/plugins",
        "HOME": folder,
        "ERL_EPMD_PORT": str(mapper_port),
    }
    # the wrapper of Debian changes the user; the server itself does not mind who it is
    program = "/usr/lib/rabbitmq/bin/rabbitmq-server"
    process = subprocess.Popen([program], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    return process, port, mapper


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def wait_until_open(process: "subprocess.Popen[bytes]", port: int) -> float:
    """When the port took a connection; raises TimeoutError."""
    pause, deadline = threading.Event(), time.perf_counter() + 90
    while time.perf_counter() < deadline and process.poll() is None:
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return time.perf_counter()
        pause.wait(0.05)
    raise TimeoutError("RabbitMQ did not start")


def memory(process: "subprocess.Popen[bytes]") -> float:
    """MiB of all its processes."""
    import psutil

    everything = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    return float(sum(one.memory_info().rss for one in everything)) / (1 << 20)
