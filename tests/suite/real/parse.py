"""Message files in, what Python's strictest parser reads in them as JSON out."""

import json
import re
import sys
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import SMTP, compat32
from email.utils import parseaddr

STRICT = SMTP.clone(raise_on_defect=True)


def display_name(raw):
    """The name in To, by the older parser: before 3.13 the newer one puts a space between two
    encoded words of a name (RFC 2047 section 6.2 says to ignore it)."""
    to = message_from_bytes(raw, policy=compat32)["To"]
    name, _ = parseaddr(re.sub(r"\r?\n", "", to))
    return str(make_header(decode_header(name)))


def read(path):
    with open(path, "rb") as file:
        raw = file.read()
    message = message_from_bytes(raw, policy=STRICT)
    kinds = {}
    for part in message.walk():
        assert not part.defects, (path, part.defects)
        for name, value in part.items():
            assert not value.defects, (path, name, value.defects)
        if not part.is_multipart():
            kinds.setdefault(part.get_content_type(), []).append(part.get_content())
    (recipient,) = message["To"].addresses
    return {
        "file": path,
        "to_name": display_name(raw),
        "to_address": recipient.addr_spec,
        "subject": str(message["Subject"]),
        "message_id": str(message["Message-ID"]),
        "list_unsubscribe": str(message["List-Unsubscribe"]),
        "original_to": str(message["X-Original-To"] or ""),
        "text": kinds["text/plain"],
        "html": kinds["text/html"],
    }


json.dump([read(path) for path in sys.argv[1:]], sys.stdout)
