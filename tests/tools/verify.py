"""Keys and messages in, a line for each message out: the selectors whose signatures are good.

verify.py KEYS MESSAGE...

KEYS has a line for each key: the name of its record, a space, what the record says.
"""

import sys

import dkim

with open(sys.argv[1], "rb") as file:
    records = dict(line.rstrip(b"\n").split(b" ", 1) for line in file)


def look_up(name, timeout=None):
    return records.get(name.rstrip(b"."))


for path in sys.argv[2:]:
    with open(path, "rb") as file:
        message = dkim.DKIM(file.read())
    number = sum(name.lower() == b"dkim-signature" for name, _ in message.headers)
    good = []
    for index in range(number):
        try:
            if message.verify(idx=index, dnsfunc=look_up):
                good.append(message.selector.decode())
        except dkim.DKIMException as error:
            print(f"{path}: {error}", file=sys.stderr)
    print(" ".join(good))
