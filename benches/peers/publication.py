"""A number of readers in, a publication whose message is 36 kB and what the other senders need out."""

import re
import shutil
import subprocess
from pathlib import Path

from measure import fnv

WIRE = 36_000
FIRST_NAMES = "Ada Bo Chidi Dana Edel Femi Gwen Hugo Ines Jona Kofi Lena Milo Nell Otis Pia Ravi Suse Tove Udo".split()

SETTINGS = """\
[publication]
name     = "The Tidewater Review"
url      = "https://tidewater.example.org"
address  = "The Customs House, 4 East Quay, Averley"
colophon = "You get The Tidewater Review because you signed up for it."
theme    = "broadsheet"
list_id  = "review.tidewater.example.org"

[sender]
from        = "The Tidewater Review <review@tidewater.example.org>"
return_path = "bounces@tidewater.example.org"

[unsubscribe]
url = "https://tidewater.example.org/unsubscribe/{token}"

[audience]
subscribers = "subscribers.csv"
name        = "{{first_name|}}"

[smtp]
host     = "127.0.0.1"
tls_type = "none"
"""

ISSUE = """\
title     = "First frost"
date      = 2026-11-20
preheader = "Seven weeks of low water have left the upland depots at 58%, and the salt is on the quay."
lede      = "Dear {{first_name|reader}}, at ten past six on Tuesday the thermometer on the bridge read −1.2°."
"""

SECTION = '''
[[section]]
heading = "What week {number} does to the sums"
body = """
The gauge at Marrick decides what every hull on the lower Sarn may carry. Above 1.60 metres a barge loads 1,350 tonnes, below it 900. [The table](https://tidewater.example.org/{number}) has every week.

- Two-thirds of a load costs nearly as much to move as a whole one: **€9.40 a tonne**, not €6.10.
- One light barge equals 32 lorries, and the lane to the upper depot has passing places.

> You do not lose the river in a flood. You lose it forty tonnes at a time.
"""
'''


class Publication:
    """A folder with an issue and lists of the sizes that are asked for."""

    def __init__(self, folder, newsletter):
        self.folder, self.newsletter = Path(folder), newsletter
        (self.folder / "issues").mkdir(parents=True)
        self.lists = {}
        self.settings(port=25)
        self.readers(1)
        self.fit()

    def settings(self, port, smtp="", more=""):
        text = f"{SETTINGS}port     = {port}\n{smtp}\n{more}\n"
        (self.folder / "newsletter.toml").write_text(text)

    def render(self, form):
        command = [self.newsletter, "-C", self.folder, "render", "--for", "r0@example.org", "--as", form]
        return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout

    def fit(self):
        """Makes the issue as long as it has to be: sections, and then words."""
        issue = self.folder / "issues/bench.toml"
        text = ISSUE
        issue.write_text(text)
        for number in range(1, 100):
            issue.write_text(text + SECTION.format(number=number))
            if len(self.render("eml")) > WIRE:
                break
            text = issue.read_text()
        closing = '\n[[section]]\nheading = "The last word"\nbody = "{}"\n'
        # Each word is in the text and in the HTML, and twice its length at most.
        for words in range(0, 2000, 10):
            issue.write_text(text + closing.format("It rains. " * (words + 1)))
            if len(self.render("eml")) > WIRE:
                break
        self.wire = len(self.render("eml"))
        # What the other senders fill, with a token that costs them nothing.
        html, plain = (self.render(form).decode() for form in ("html", "text"))
        token = re.search(r"unsubscribe/([\w-]+)", html)[1]
        for name, body in (("body.html", html), ("body.txt", plain)):
            body = body.replace("\r\n", "\n").replace(token, "{{token}}").replace(FIRST_NAMES[0], "{{first_name}}")
            (self.folder / name).write_text(body)
        self.token = token

    def readers(self, number):
        """Puts a list in place; `expected` is what the null server has to see of it."""
        path = self.folder / f"list-{number}.csv"
        if number not in self.lists:
            total = 0
            with open(path, "w") as list_:
                list_.write("email,first_name,town\n")
                for at in range(number):
                    address = f"r{at}@example.org"
                    total += fnv(address)
                    list_.write(f"{address},{FIRST_NAMES[at % 20]},Averley\n")
            self.lists[number] = total & 0xFFFFFFFFFFFFFFFF
        self.number, self.expected = number, self.lists[number]
        shutil.copyfile(path, self.folder / "subscribers.csv")

    def peers_list(self, number):
        """A list for a sender that has no tokens of its own, and the sum of its hashes."""
        path = self.folder / f"peers-{number}.csv"
        rows = [(f"r{at}@example.org", FIRST_NAMES[at % 20], self.token) for at in range(number)]
        path.write_text("".join(",".join(row) + "\n" for row in [("email", "first_name", "token"), *rows]))
        return path, sum(fnv(row[0]) for row in rows) & 0xFFFFFFFFFFFFFFFF

    def forget(self):
        """As if nothing had been sent: only the keys stay."""
        for path in (self.folder / ".newsletter").iterdir():
            if path.name not in ("key", "dkim"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def put_state(self, folder):
        """Moves what is recorded to another folder, or back for `None`."""
        self.forget()
        state, home = self.folder / ".newsletter", self.folder / "state"
        if not home.exists():
            state.rename(home)
        else:
            state.unlink()
        if folder:
            shutil.copytree(home, folder, dirs_exist_ok=True)
        state.symlink_to(folder or home)

    def dkim(self, *kinds):
        """The settings that sign with keys of these kinds."""
        keys = self.folder / ".newsletter/dkim"
        if not keys.exists():
            command = [self.newsletter, "-C", self.folder, "dkim", "keygen", "--selector", "bench"]
            subprocess.run(command, check=True, capture_output=True, timeout=60)
        key = '[[dkim]]\nselector = "bench-{0}"\nkey = {{ file = ".newsletter/dkim/bench-{0}.pem" }}\n'
        return "".join(key.format(kind) for kind in kinds)

    def send(self, *flags):
        return [self.newsletter, "-C", self.folder, "send", "bench", "--yes", *flags]
