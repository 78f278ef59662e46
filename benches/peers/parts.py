"""A publication and the null server in, the text of each part of the page out."""

import os
import re
import subprocess
import tempfile
from pathlib import Path

import senders
from measure import CORES, Foreign, NullServer, Wrong, first, fnv, free_port, interleaved, measure, wait_for_port
from postfix import Postfix
from report import load, middle, number, ratio, spread, table

READER = fnv("reader@example.org")


class Bench:
    """What every part measures with."""

    def __init__(self, publication, server, quick):
        self.publication, self.server, self.quick = publication, server, quick
        self.length = publication.wire
        # Of what is asked for, smtp-source's headers are not a part.
        few = self.source(100, server)
        self.length -= few.server["bytes"] // 100 - publication.wire

    def rounds(self, number):
        return 2 if self.quick else number

    def messages(self, number):
        return max(100, number // 10) if self.quick else number

    def source(self, messages, server, sessions=8):
        command = senders.smtp_source(server.port, messages, self.length, sessions)
        expected = READER * messages & 0xFFFFFFFFFFFFFFFF
        return measure(command, messages, server, expected)

    def letter(self, messages, server, sessions):
        """smtp-source with what newsletter sends: the work of the server is the same."""
        message = self.publication.folder / "message.eml"
        message.write_bytes(self.publication.render("eml").replace(b"\r\n", b"\n"))
        return measure(senders.smtp_source(server.port, messages, message, sessions), messages, server)

    def newsletter(self, server, readers, smtp="", more="", port=None, before=()):
        """A run from its beginning, with a journal of its own; `before` stands before the command."""
        publication = self.publication
        publication.readers(readers)
        publication.settings(port or server.port, smtp, more)
        publication.forget()
        run = measure([*before, *publication.send()], readers, server, publication.expected)
        # Whether it signs shows in how long its messages are.
        if "bytes" in run.server and ("[[dkim]]" in more) != (run.server["bytes"] > readers * (publication.wire + 200)):
            raise Wrong(f"signed or not: {run.server['bytes'] / readers} bytes a message, with {more!r}")
        return run

    def peer(self, command, number):
        """`command` makes one of a list."""
        list_, expected = self.publication.peers_list(number)
        return lambda: measure(command(list_), number, self.server, expected)


def rows(runs, base):
    """A row for each sender: its rates, and how they are to those of another."""
    for name, of_it in runs.items():
        yield [
            name,
            number(of_it[0].messages),
            spread(of_it),
            ratio(middle(of_it, rate), middle(runs[base], rate)),
            number(middle(of_it, sending)),
            ratio(middle(of_it, sending), middle(runs[base], sending)),
            number(middle(of_it, lambda run: run.cpu / run.messages * 1e6)),
            number(middle(of_it, lambda run: run.server["cpu"] / run.messages * 1e6)),
            number(middle(of_it, lambda run: run.server["bytes"] / run.messages)),
        ]


HEAD = [
    "sender",
    "messages",
    "a second, start to exit",
    "ratio",
    "a second, first to last",
    "ratio",
    "its CPU, µs each",
    "the server's, µs each",
    "bytes each",
]


def rate(run):
    return run.rate


def sending(run):
    return run.sending


def best(runs, what):
    """The name of the one whose median is the highest."""
    return max(runs, key=lambda name: middle(runs[name], what))


def unsigned(bench):
    """Every sender against the null server."""
    publication, server, port = bench.publication, bench.server, bench.server.port
    many = bench.messages(100_000)
    runs = {}
    for sessions, lanes in ((8, 4), (4, 1), (16, 8)):
        runs[f"smtp-source, {sessions} sessions"] = lambda n=sessions: bench.source(many, server, n)
        runs[f"newsletter, {lanes} connection{'s' * (lanes > 1)}"] = lambda n=lanes: bench.newsletter(
            server, many, f"max_conns = {n}"
        )
    fast = interleaved(runs, bench.rounds(5))
    base = best({name: fast[name] for name in fast if name.startswith("smtp-source")}, rate)
    slow = {
        "lettre held, TCP_NODELAY, 8 connections": (10_000, lambda a: senders.lettre("held", port, 8, publication, a)),
        "nodemailer, pool of 8": (1_500, lambda a: senders.nodemailer(port, 8, publication, a)),
        "Python smtplib, 1 connection": (800, lambda a: senders.smtplib(port, publication, a)),
        "lettre, pool of 8": (800, lambda a: senders.lettre("pool", port, 8, publication, a)),
        "mailmerge, a connection a message": (300, lambda a: senders.mailmerge(port, publication, a)),
    }
    slow = {name: bench.peer(command, bench.messages(few)) for name, (few, command) in slow.items()}
    runs = fast | interleaved(slow, bench.rounds(3))
    runs = {name: runs[name] for name in sorted(runs, key=lambda name: -middle(runs[name], rate))}
    return f"{table(HEAD, rows(runs, base))}\n\nRatios are to {base}. {load(runs)}"


def dkim(bench):
    """What signing costs, beside what the cores can sign."""
    publication, server = bench.publication, bench.server
    many, fewer = bench.messages(100_000), bench.messages(20_000)
    signed = {}

    def sign():
        run = measure([senders.BUILT / "signer", "0.5" if bench.quick else "2"], 0, server)
        for name, value in re.findall(r"(\w+)=(\d+)", run.output):
            signed.setdefault(name, []).append(int(value))
        return run

    def signing(readers, *kinds):
        return lambda: bench.newsletter(server, readers, more=publication.dkim(*kinds))

    source = "smtp-source, 8 sessions, unsigned"
    runs = interleaved(
        {
            source: lambda: bench.source(many, server, 8),
            "newsletter, Ed25519": signing(many, "ed25519"),
            "newsletter, unsigned": signing(many),
            "newsletter, RSA-2048": signing(fewer, "rsa"),
            "aws-lc-rs": sign,
            "newsletter, both": signing(fewer, "ed25519", "rsa"),
        },
        bench.rounds(5),
    )
    others = load(runs)
    del runs["aws-lc-rs"]
    rsa, ed25519, mail = (sorted(signed[name])[len(signed[name]) // 2] for name in ("rsa", "ed25519", "mail"))
    share = middle(runs["newsletter, RSA-2048"], sending)
    return (
        f"{table(HEAD, rows(runs, source))}\n\n"
        f"Alone, on {CORES} cores, aws-lc-rs makes {number(rsa)} signatures a second with RSA-2048 and "
        f"{number(ed25519)} with Ed25519; with the SHA-256 of a message before each, as DKIM takes it, {number(mail)} "
        f"with RSA-2048. From its first message to its last newsletter sends {share / rsa:.2f} of the first number, and "
        f"{share / mail:.2f} of the last. {others}"
    )


SERVER_HEAD = ["sender", "messages", "a second, start to exit", "ratio", "its CPU, cores", "the server's, cores"]


def server_rows(runs, base):
    """A row for each sender, with what it and the server took of the cores."""
    whole = middle(runs[base], rate)
    for name, of_it in runs.items():
        cores = [middle(of_it, lambda run: run.cpu / run.seconds), middle(of_it, lambda run: run.server_share)]
        messages = number(of_it[0].messages)
        yield [name, messages, spread(of_it), ratio(middle(of_it, rate), whole), *(f"{core:.2f}" for core in cores)]


def sink(bench):
    """The server that comes with Postfix."""
    port, many = free_port(), bench.messages(20_000)
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    server = Foreign([senders.find("smtp-sink"), "-4", *user, f"127.0.0.1:{port}", "1024"], port)
    try:
        wait_for_port(port)
        runs = interleaved(
            {
                "smtp-source, 8 sessions": lambda: bench.letter(many, server, 8),
                "newsletter, 4 connections": lambda: bench.newsletter(server, many),
                "newsletter, 8 connections": lambda: bench.newsletter(server, many, "max_conns = 8"),
            },
            bench.rounds(5),
        )
    finally:
        server.close()
    return f"{table(SERVER_HEAD, server_rows(runs, 'smtp-source, 8 sessions'))}\n\n{load(runs)}"


def postfix(bench):
    """A real server, which writes each message to its disk."""
    many = bench.messages(4_000)
    with tempfile.TemporaryDirectory(prefix="newsletter-postfix-") as folder:
        os.chmod(folder, 0o755)  # noqa: S103: it has users of its own.
        server = Postfix(folder)

        def drained(once):
            run = once()
            server.drain()
            return run

        try:
            runs = interleaved(
                {
                    "smtp-source, 8 sessions": lambda: drained(lambda: bench.letter(many, server, 8)),
                    "newsletter, 8 connections": lambda: drained(
                        lambda: bench.newsletter(server, many, "max_conns = 8")
                    ),
                    "smtp-source, 4 sessions": lambda: drained(lambda: bench.letter(many, server, 4)),
                    "newsletter, 4 connections": lambda: drained(lambda: bench.newsletter(server, many)),
                },
                bench.rounds(5),
            )
        finally:
            server.close()
    return f"{table(SERVER_HEAD, server_rows(runs, 'smtp-source, 8 sessions'))}\n\n{load(runs)}"


def latency(bench):
    """One connection to a server that is 20 ms away and back."""
    plain = NullServer(senders.BUILT / "null_server", "--no-chunking")
    proxies = []

    def distant(server):
        argv = [senders.BUILT / "delaying_proxy", str(server.port), "10"]
        proxies.append(subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=first))
        return int(proxies[-1].stdout.readline())

    try:
        near, far = distant(plain), distant(bench.server)

        def once(readers, server, port, in_flight):
            smtp = f"max_conns = 1\nmax_in_flight = {in_flight}"
            return lambda: bench.newsletter(server, bench.messages(readers), smtp, port=port)

        def source():
            messages = bench.messages(100)
            command = senders.smtp_source(far, messages, bench.length, 1)
            return measure(command, messages, bench.server, READER * messages & 0xFFFFFFFFFFFFFFFF)

        base = "smtp-source, 1 session"
        runs = interleaved(
            {
                base: source,
                "newsletter, PIPELINING": once(300, plain, near, 16),
                "newsletter, CHUNKING, 1 in flight": once(300, bench.server, far, 1),
                "newsletter, CHUNKING, 4 in flight": once(1_000, bench.server, far, 4),
                "newsletter, CHUNKING, 16 in flight": once(4_000, bench.server, far, 16),
                "newsletter, CHUNKING, 64 in flight": once(10_000, bench.server, far, 64),
            },
            bench.rounds(3),
        )
    finally:
        for proxy in proxies:
            proxy.stdin.close()
            proxy.wait()
        plain.close()
    head = ["sender", "messages", "a second, first to last", "ratio", "a round trip"]
    slowest = middle(runs[base], sending)
    lines = []
    for name, of_it in runs.items():
        value = middle(of_it, sending)
        each = f"{value * 0.02:.2f}"
        lines.append([name, number(of_it[0].messages), spread(of_it, sending), ratio(value, slowest), each])
    return f"{table(head, lines)}\n\n{load(runs)}"


def memory(bench):
    """Lists of three sizes: what they take, and how soon the first message is there."""
    peak = bench.publication.folder / "peak"
    before = [senders.find("time"), "-f", "%M", "-o", peak]

    def once(readers):
        run = bench.newsletter(bench.server, readers, before=before)
        run.peak = int(peak.read_text()) / 1024
        return run

    sizes = (10_000, 100_000) if bench.quick else (10_000, 100_000, 1_000_000)
    runs = interleaved({size: lambda n=size: once(n) for size in sizes if size < 1_000_000}, bench.rounds(3))
    runs |= interleaved({size: lambda n=size: once(n) for size in sizes if size == 1_000_000}, 1)
    head = ["readers", "peak memory, MB", "until the first message, s", "readers a second until then", "a second, first to last", "start to exit, s"]
    lines = [
        [
            number(size),
            spread(of_it, lambda run: run.peak),
            number(middle(of_it, lambda run: run.until_first), 2),
            number(size / middle(of_it, lambda run: run.until_first)),
            number(middle(of_it, sending)),
            number(middle(of_it, lambda run: run.seconds), 1),
        ]
        for size, of_it in runs.items()
    ]
    return f"{table(head, lines)}\n\n{load(runs)}"


def journal(bench):
    """What it costs to write down what happens, as far as it can be left out."""
    many = bench.messages(100_000)
    with tempfile.TemporaryDirectory(prefix="newsletter-peers-", dir="/dev/shm") as fast:

        def once(folder):
            bench.publication.put_state(folder)
            return bench.newsletter(bench.server, many)

        try:
            base = "journal in memory (tmpfs)"
            runs = interleaved(
                {"journal on the disk": lambda: once(None), base: lambda: once(Path(fast))}, bench.rounds(7)
            )
        finally:
            bench.publication.put_state(None)
    return f"{table(HEAD, rows(runs, base))}\n\n{load(runs)}"


PARTS = {
    "unsigned": unsigned,
    "dkim": dkim,
    "sink": sink,
    "postfix": postfix,
    "latency": latency,
    "memory": memory,
    "journal": journal,
}
