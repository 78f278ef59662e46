"""A list and two bodies in, a message for each reader over one connection out: what Python brings.

`smtplib_sender.py PORT LIST TEXT HTML`
"""

import csv
import smtplib
import sys
from email.message import EmailMessage
from pathlib import Path


def fill(body, reader):
    for name, value in reader.items():
        body = body.replace("{{" + name + "}}", value)
    return body


port, list_, text, html = sys.argv[1:]
text, html = Path(text).read_text(), Path(html).read_text()
with smtplib.SMTP("127.0.0.1", int(port)) as server, open(list_, newline="") as rows:
    for at, reader in enumerate(csv.DictReader(rows)):
        message = EmailMessage()
        message["From"] = "The Tidewater Review <review@tidewater.example.org>"
        message["To"] = f"{reader['first_name']} <{reader['email']}>"
        message["Subject"] = "First frost"
        message["Message-ID"] = f"<{at}@tidewater.example.org>"
        message["List-Unsubscribe"] = fill("<https://tidewater.example.org/unsubscribe/{{token}}>", reader)
        message.set_content(fill(text, reader))
        message.add_alternative(fill(html, reader), subtype="html")
        server.send_message(message)
