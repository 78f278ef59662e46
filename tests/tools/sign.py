"""A message and a key in, the message with a DKIM signature out.

sign.py KEY DOMAIN SELECTOR < MESSAGE
"""

import sys

import dkim

# Each once more than it may be there, so that nobody can add another (RFC 6376 section 8.15).
TWICE = [
    b"From",
    b"Reply-To",
    b"To",
    b"Subject",
    b"Date",
    b"Message-ID",
    b"List-Id",
    b"List-Unsubscribe",
    b"List-Unsubscribe-Post",
    b"MIME-Version",
    b"Content-Type",
]

key, domain, selector = sys.argv[1:]
message = sys.stdin.buffer.read()
with open(key, "rb") as file:
    signature = dkim.sign(
        message,
        selector.encode(),
        domain.encode(),
        file.read(),
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=TWICE * 2,
        linesep=b"\r\n",
    )
sys.stdout.buffer.write(signature + message)
