"""A command in, how long it took, what the server saw of it and who else used the machine out."""

import os
import resource
import signal
import socket
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

CORES = len(os.sched_getaffinity(0))
TICK = os.sysconf("SC_CLK_TCK")


def first():
    """Makes what is measured go before what else the machine does, where we may; in the child."""
    os.setsid()
    try:
        os.setpriority(os.PRIO_PROCESS, 0, -15)
        Path("/proc/self/autogroup").write_text("-15")
    except OSError:
        pass


def busy():
    """Seconds in which a core worked since the start, over all cores, interrupts left out."""
    user, nice, system = map(int, Path("/proc/stat").read_text().split()[1:4])
    return (user + nice + system) / TICK


def children():
    """Seconds that the processes took which this one has started and seen end."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def flush(folder):
    """Seconds that the disk of a folder takes to make sure of 4 KiB more: the median of a hundred."""
    times = []
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        for _ in range(100):
            start = time.monotonic()
            file.write(bytes(4096))
            os.fdatasync(file)
            times.append(time.monotonic() - start)
    return median(times)


def fnv(address):
    """FNV-1a of 64 bits, as the null server has it."""
    value = 0xCBF29CE484222325
    for byte in address.encode():
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return value


class NullServer:
    """The server that takes everything. `take` says what came since the last time."""

    def __init__(self, program, *flags):
        self.process = subprocess.Popen(
            [program, *flags], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=first
        )
        self.port = int(self.process.stdout.readline())
        self.used = 0

    def take(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        pairs = (pair.split("=") for pair in self.process.stdout.readline().split())
        counts = {name: int(value) for name, value in pairs}
        counts["cpu"], self.used = (counts["cpu"] - self.used) / 1e9, counts["cpu"]
        return counts

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Foreign:
    """A server that cannot be asked: its time is what the kernel says of it."""

    def __init__(self, argv, port):
        self.process = subprocess.Popen(argv, preexec_fn=first, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.pid, self.port = self.process.pid, port
        self.used = 0

    def take(self):
        used = of_process(self.pid)
        counts, self.used = {"cpu": used - self.used}, used
        return counts

    def close(self):
        self.process.stdin.close()
        self.process.terminate()
        self.process.wait()


def of_process(pid):
    """Seconds that a process and its children took, those that have ended too."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # It has ended meanwhile.
        if path.parent.name == str(pid):
            ticks += sum(map(int, fields[11:15]))
        elif fields[1] == str(pid):
            ticks += sum(map(int, fields[11:13]))
    return ticks / TICK


@dataclass
class Run:
    """One measured run."""

    messages: int
    seconds: float
    cpu: float
    server: dict
    others: float  # cores that others used
    start: float  # of the process, in nanoseconds of the monotonic clock
    output: str = field(repr=False, default="")

    @property
    def rate(self):
        return self.messages / self.seconds

    @property
    def sending(self):
        """Messages a second from the first that the server took to the last."""
        span = self.server.get("last", 0) - self.server.get("first", 0)
        return (self.messages - 1) / span * 1e9 if span > 0 else None

    @property
    def until_first(self):
        return (self.server["first"] - self.start) / 1e9

    @property
    def server_share(self):
        return self.server["cpu"] / self.seconds


def free_port():
    """A port of loopback that nobody has."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


def wait_for_port(port):
    """Waits until somebody takes connections there."""
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise Wrong(f"nobody listens at {port}")


class Wrong(Exception):
    """A sender that failed, or that did not send what it had to."""


def measure(argv, messages, server, expected=None):
    """Runs a sender from its start to its exit. `expected` is the sum of its readers' hashes."""
    server.take()
    ours, all_of_it = children(), busy()
    start = time.monotonic_ns()
    process = subprocess.Popen(
        [str(word) for word in argv],
        preexec_fn=first,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    # It leads a group of its own, which ends with it.
    guard = threading.Timer(60 + messages / 2000, lambda: os.killpg(process.pid, signal.SIGKILL))
    guard.start()
    try:
        output = process.communicate()[0]
        seconds = (time.monotonic_ns() - start) / 1e9
    finally:
        guard.cancel()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    cpu, counts = children() - ours, server.take()
    others = max(0, busy() - all_of_it - cpu - counts["cpu"]) / seconds
    if process.returncode != 0:
        raise Wrong(f"{argv[0]} ended with {process.returncode}:\n{output[-2000:]}")
    seen = (counts.get("messages", messages), counts.get("refused", 0))
    if seen != (messages, 0) or expected is not None and counts.get("recipients", expected) != expected:
        raise Wrong(f"{argv[0]}: {messages} messages to {expected} expected, seen {counts}")
    return Run(messages, seconds, cpu, counts, others, start, output)


def interleaved(pairs, rounds):
    """Runs each of several measurements in turn, several times over; name to its runs."""
    runs = {name: [] for name in pairs}
    for _ in range(rounds):
        for name, once in pairs.items():
            runs[name].append(once())
    return runs
