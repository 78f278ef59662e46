"""A number of issues and a folder in, a publication with as many issues out: the same every time.

python3 generate.py 1000 FOLDER
"""

import datetime
import pathlib
import random
import shutil
import sys

NUMBER, FOLDER = int(sys.argv[1]), pathlib.Path(sys.argv[2])
ROOT = pathlib.Path(__file__).resolve().parents[2]
PICTURES = 24
WORDS = """the river quay barge tide lock pilot gauge water salt harbour depot road winter ferry crane
bridge load tonne town lane frost mud channel letter council vote rent hull skipper price grain""".split()
dice = random.Random(7)


def sentence(least=8, most=22):
    words = [dice.choice(WORDS) for _ in range(dice.randint(least, most))]
    return " ".join(words).capitalize() + "."


def paragraph():
    text = " ".join(sentence() for _ in range(dice.randint(3, 6)))
    place = dice.randint(10, 60)
    link = f" It was **{place}%**, [as we wrote](https://tidewater.example.org/{place}), *and so on*."
    return text + (link if dice.random() < 0.5 else "")


def points():
    return "\n".join(f"- {sentence(5, 12)}" for _ in range(dice.randint(3, 5)))


def section(number, picture):
    lines = ["[[section]]", f'kicker = "Part {number}"', f'heading = "{sentence(3, 6)[:-1]}"']
    if picture is not None:
        lines.append(
            f'image = {{ src = "images/{picture}.jpg", alt = "{sentence(6, 10)[:-1]}", '
            f'caption = "{sentence(4, 8)}", credit = "The Review" }}'
        )
    body = [paragraph(), paragraph(), "### " + sentence(2, 4)[:-1], points(), paragraph()]
    return "\n".join(lines + ['body = """', "\n\n".join(body), '"""', ""])


def issue(number, date):
    picture = dice.randrange(PICTURES) if number % 3 == 0 else None
    parts = [
        f'title = "{sentence(3, 7)[:-1]}"\ndate = {date}\nnumber = {number}\n'
        f'edition = "Friday briefing"\npreheader = "{sentence(8, 14)}"\ndeck = "{sentence(8, 12)}"\n'
        'byline = { intro = "Brought to you by", name = "Ines Calloway-Brandt", role = "editor" }\n'
        f'lede = "Dear {{{{first_name|reader}}}}, {sentence()}"\n'
    ]
    parts += [section(at, picture if at == 1 else None) for at in range(1, 5)]
    parts.append(f'[[section]]\nkind = "quote"\ntext = "{sentence()}"\nattribution = "The harbour master"\n')
    items = [
        f'{{ heading = "{sentence(3, 5)[:-1]}", url = "https://tidewater.example.org/{number}/{at}", '
        f'body = "{sentence()}" }}'
        for at in range(3)
    ]
    parts.append(f'[[section]]\nkind = "briefs"\nheading = "In short"\nitems = [{", ".join(items)}]\n')
    if number % 5 == 0:
        parts.append(f'[[section]]\naudience = "members"\nheading = "The tables"\nbody = "{sentence()}"\n')
    return "\n".join(parts)


(FOLDER / "issues").mkdir(parents=True)
(FOLDER / "images").mkdir()
for file in ["newsletter.toml", "subscribers.csv", "suppressions.csv"]:
    shutil.copy(ROOT / file, FOLDER)
quay = (ROOT / "images/quay.jpg").read_bytes()
for at in range(PICTURES):
    # A comment behind the first marker makes each of them another file with the same pixels.
    comment = b"\xff\xfe" + (2 + 4).to_bytes(2, "big") + at.to_bytes(4, "big")
    (FOLDER / f"images/{at}.jpg").write_bytes(quay[:2] + comment + quay[2:])
date = datetime.date(2026, 11, 20)
for number in range(NUMBER, 0, -1):
    (FOLDER / f"issues/{date}-issue-{number}.toml").write_text(issue(number, date))
    date -= datetime.timedelta(days=7)
