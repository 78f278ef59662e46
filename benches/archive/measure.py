"""The program, a publication and a number of rounds in, how long its builds took as a table out.

python3 measure.py NEWSLETTER FOLDER ROUNDS
"""

import os
import pathlib
import resource
import statistics
import subprocess
import sys
import time

PROGRAM, FOLDER, ROUNDS = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])


def build():
    """Seconds from start to exit, and of the processors."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run([PROGRAM, "-C", FOLDER, "build"], check=True, stderr=subprocess.DEVNULL)
    took = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return took, used


def empty():
    """Puts what was made aside. ext4 gives no inode anew for a minute after it was freed, and looks
    for others in a long row of them: after 3,000 files were deleted, new ones take seconds."""
    for made in ["public", ".newsletter"]:
        if (FOLDER / made).exists():
            aside = FOLDER.parent / f"aside-{time.time_ns()}"
            (FOLDER / made).rename(aside)


def change():
    newest = sorted((FOLDER / "issues").iterdir())[-1]
    text = newest.read_text()
    newest.write_text(text.replace("[[section]]", "[[section]]\n# Changed.", 1))


results = {"the first time": [], "nothing changed": [], "one issue changed": []}
for _ in range(ROUNDS):
    for what, prepare in zip(results, [empty, lambda: None, change]):
        prepare()
        results[what].append(build())

number = len(list((FOLDER / "issues").iterdir()))
size = sum(file.stat().st_size for file in (FOLDER / "public").rglob("*") if file.is_file())
print(f"| {number:,} issues, {size / 1e6:.0f} MB | start to exit, ms | its CPU, ms |")
print("|---|--:|--:|")
for what, took in results.items():
    walls, used = [[1000 * one[at] for one in took] for at in (0, 1)]
    spread = f"{min(walls):.0f}–{max(walls):.0f}"
    print(f"| {what} | {statistics.median(walls):.0f} ({spread}) | {statistics.median(used):.0f} |")
load = os.getloadavg()[0]
print(f"\n{ROUNDS} rounds, {os.cpu_count()} cores, load {load:.1f} at the end.")
