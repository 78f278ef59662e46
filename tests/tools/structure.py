"""Message files in, the structure that Python's strictest parser finds in each out: a line a message."""

import sys
from email import message_from_bytes
from email.policy import SMTP

STRICT = SMTP.clone(raise_on_defect=True)


def structure(part):
    assert not part.defects, part.defects
    kind = part.get_content_type()
    if not part.is_multipart():
        part.get_content()
        return kind
    return f"{kind}({', '.join(structure(inner) for inner in part.iter_parts())})"


for path in sys.argv[1:]:
    with open(path, "rb") as file:
        print(structure(message_from_bytes(file.read(), policy=STRICT)))
