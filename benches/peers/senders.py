"""A publication and a server's port in, the command of each sender out."""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILT = ROOT / "target/release"
TOOLS = ROOT / "target/peers"

NODEMAILER = "10.6.0"
MAILMERGE = "2.3.0"

TEMPLATE = """\
TO: {{{{first_name}}}} <{{{{email}}}}>
FROM: The Tidewater Review <review@tidewater.example.org>
SUBJECT: First frost
LIST-UNSUBSCRIBE: <https://tidewater.example.org/unsubscribe/{{{{token}}}}>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="part"

This is a multi-part message.

--part
Content-Type: text/plain; charset=utf-8

{text}
--part
Content-Type: text/html; charset=utf-8

{html}
--part--
"""


def find(name):
    """A program that may be where only root's PATH has it."""
    path = shutil.which(name, path="/usr/sbin:/sbin:/usr/bin:/bin:/usr/local/bin")
    path = path or shutil.which(name)
    if path is None:
        sys.exit(f"{name} is missing; on Debian it is in postfix, nodejs, npm or time")
    return path


def build():
    """Builds newsletter and what it is measured with, as they are released."""
    quietly = ["cargo", "build", "--release", "--quiet"]
    subprocess.run([*quietly, "--manifest-path", ROOT / "Cargo.toml"], check=True)
    target = ["--target-dir", ROOT / "target"]
    subprocess.run([*quietly, "--manifest-path", HERE / "Cargo.toml", *target], check=True)


def install():
    """Installs the senders that are not Rust's, in exact versions, below target."""
    if not (TOOLS / f"node_modules/nodemailer-{NODEMAILER}").exists():
        TOOLS.mkdir(parents=True, exist_ok=True)
        flags = ["--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund", "--silent"]
        package = f"nodemailer-{NODEMAILER}@npm:nodemailer@{NODEMAILER}"
        subprocess.run([find("npm"), "install", "--prefix", TOOLS, *flags, package], check=True)
    if not (TOOLS / "venv/bin/mailmerge").exists():
        subprocess.run([sys.executable, "-m", "venv", TOOLS / "venv"], check=True)
        pip = [TOOLS / "venv/bin/pip", "install", "--quiet", f"mailmerge=={MAILMERGE}"]
        subprocess.run(pip, check=True)


def smtp_source(port, messages, what, sessions=8):
    """`what` is how many letters X to send to one reader, or a message to send to as many readers."""
    content = ["-l", what] if isinstance(what, int) else ["-F", what, "-N"]
    return [
        find("smtp-source"), "-4", "-d", "-s", sessions, *content, "-m", messages,
        "-f", "bounces@tidewater.example.org", "-t", "reader@example.org",
        "-M", "client.example.org", f"127.0.0.1:{port}",
    ]  # fmt: skip


def lettre(how, port, connections, publication, list_):
    bodies = [publication.folder / name for name in ("body.txt", "body.html")]
    return [BUILT / "lettre_sender", how, port, connections, list_, *bodies]


def smtplib(port, publication, list_):
    bodies = [publication.folder / name for name in ("body.txt", "body.html")]
    return [TOOLS / "venv/bin/python", HERE / "smtplib_sender.py", port, list_, *bodies]


def nodemailer(port, connections, publication, list_):
    bodies = [publication.folder / name for name in ("body.txt", "body.html")]
    module = TOOLS / f"node_modules/nodemailer-{NODEMAILER}"
    script = HERE / "nodemailer_sender.cjs"
    return [find("node"), script, module, port, connections, list_, *bodies]


def mailmerge(port, publication, list_):
    text, html = ((publication.folder / name).read_text() for name in ("body.txt", "body.html"))
    template, server = (publication.folder / name for name in ("mailmerge.txt", "mailmerge.conf"))
    template.write_text(TEMPLATE.format(text=text, html=html))
    server.write_text(f"[smtp_server]\nhost = 127.0.0.1\nport = {port}\n")
    flags = ["--no-dry-run", "--no-limit"]
    files = ["--template", template, "--database", list_, "--config", server]
    return [TOOLS / "venv/bin/mailmerge", *flags, *files]


def versions():
    """What was measured, in a line."""

    def said(*command):
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()

    lock = (HERE / "Cargo.lock").read_text()
    lettre = lock.split('name = "lettre"\nversion = "')[1].split('"')[0]
    aws = lock.split('name = "aws-lc-rs"\nversion = "')[1].split('"')[0]
    commit = said("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD")
    postfix = said(find("postconf"), "-d", "-h", "mail_version")
    return (
        f"newsletter {commit}; Postfix {postfix} (smtp-source, smtp-sink); lettre {lettre}; "
        f"aws-lc-rs {aws}; nodemailer {NODEMAILER} on Node {said(find('node'), '--version')[1:]}; "
        f"mailmerge {MAILMERGE} and smtplib on Python {sys.version.split()[0]}; "
        f"{said('rustc', '--version').split(' (')[0]}"
    )
