"""Runs in, a table between the markers of docs/benchmarks.md out."""

import datetime
import platform
import re
import tempfile
from pathlib import Path
from statistics import median

import measure
from senders import ROOT, versions

PAGE = ROOT / "docs/benchmarks.md"


def number(value, digits=0):
    if value is None:
        return ""
    return f"{value:,.{digits}f}"


def middle(runs, what):
    values = [what(run) for run in runs]
    return None if None in values else median(values)


def spread(runs, what=lambda run: run.rate):
    """The median, and the least and the most."""
    values = sorted(what(run) for run in runs)
    return f"{number(median(values))} ({number(values[0])}–{number(values[-1])})"


def ratio(value, to):
    return "" if value is None or not to else f"{value / to:.2f}"


def table(head, rows):
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, *rows)]
    lines.insert(1, "|---|" + "--:|" * (len(head) - 1))
    return "\n".join(lines)


def load(runs):
    """What others took of the machine while this was measured, and how fast its disk was then."""
    others = [run.others for runs in runs.values() for run in runs]
    return (
        f"Others used {median(others):.2f} of {measure.CORES} cores meanwhile "
        f"(the median of the runs; {max(others):.2f} in the worst). "
        f"The disk took {measure.flush(tempfile.gettempdir()) * 1000:.2f} ms for a flush."
    )


def machine():
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())
    congestion = Path("/proc/sys/net/ipv4/tcp_congestion_control").read_text().strip()
    return (
        f"{cpu[1] if cpu else platform.machine()}, {measure.CORES} cores, "
        f"{int(memory[1]) / 2**20:.0f} GiB, Linux {platform.release()}, TCP {congestion}"
    )


def put(name, text, page):
    """Prints a part of the page, and puts it where it belongs there."""
    text = f"{text}\n\n{datetime.date.today()}; {machine()}.\n{versions()}."
    print(f"\n## {name}\n\n{text}", flush=True)
    if not page:
        return
    start, end = f"<!-- {name}: written by benches/peers/run -->", f"<!-- end of {name} -->"
    page = PAGE.read_text()
    before, found, rest = page.partition(start)
    if not found:
        raise SystemExit(f"{PAGE} has no place for {name}")
    after = rest.partition(end)[2]
    PAGE.write_text(f"{before}{start}\n{text}\n{end}{after}")
