"""A publication and the null server in, the text of each part of the page out."""

import senders
from measure import fnv, interleaved, measure
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

    def newsletter(self, server, smtp="", more="", port=None):
        """A run from its beginning, with a journal of its own."""
        publication = self.publication
        publication.settings(port or server.port, smtp, more)
        publication.forget()
        return measure(publication.send(), publication.number, server, publication.expected)

    def peer(self, command, number):
        """`command` makes one of a list."""
        list_, expected = self.publication.peers_list(number)
        return lambda: measure(command(list_), number, self.server, expected)


def rows(runs, base):
    """A row for each sender: its rates, and how they are to those of another."""
    whole, alone = (middle(runs[base], what) for what in (lambda run: run.rate, lambda run: run.sending))
    for name, of_it in runs.items():
        rate, sending = middle(of_it, lambda run: run.rate), middle(of_it, lambda run: run.sending)
        yield [
            name,
            number(of_it[0].messages),
            spread(of_it),
            ratio(rate, whole),
            number(sending),
            ratio(sending, alone),
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


def unsigned(bench):
    """Every sender against the null server."""
    publication, server = bench.publication, bench.server
    many = bench.messages(100_000)
    publication.readers(many)
    fast = interleaved(
        {
            "smtp-source, 8 sessions": lambda: bench.source(many, server, 8),
            "newsletter, 4 connections": lambda: bench.newsletter(server),
            "smtp-source, 4 sessions": lambda: bench.source(many, server, 4),
            "newsletter, 1 connection": lambda: bench.newsletter(server, "max_conns = 1"),
            "smtp-source, 16 sessions": lambda: bench.source(many, server, 16),
            "newsletter, 8 connections": lambda: bench.newsletter(server, "max_conns = 8"),
        },
        bench.rounds(5),
    )
    source = [name for name in fast if name.startswith("smtp-source")]
    best = max(source, key=lambda name: middle(fast[name], lambda run: run.rate))
    port = server.port
    slow = interleaved(
        {
            "lettre held, TCP_NODELAY, 8": bench.peer(
                lambda list_: senders.lettre("held", port, 8, publication, list_), bench.messages(10_000)
            ),
            "nodemailer, pool of 8": bench.peer(
                lambda list_: senders.nodemailer(port, 8, publication, list_), bench.messages(1_500)
            ),
            "Python smtplib, 1": bench.peer(
                lambda list_: senders.smtplib(port, publication, list_), bench.messages(800)
            ),
            "lettre, pool of 8": bench.peer(
                lambda list_: senders.lettre("pool", port, 8, publication, list_), bench.messages(800)
            ),
            "mailmerge, 1 a message": bench.peer(
                lambda list_: senders.mailmerge(port, publication, list_), bench.messages(300)
            ),
        },
        bench.rounds(3),
    )
    runs = fast | slow
    ranked = sorted(runs, key=lambda name: -middle(runs[name], lambda run: run.rate))
    runs = {name: runs[name] for name in ranked}
    text = f"Ratios are to {best}. {load(runs)}"
    return f"{table(HEAD, rows(runs, best))}\n\n{text}"


PARTS = {"unsigned": unsigned}
