"""A folder in, a Postfix of its own that takes mail, writes it to its queue and throws it away out."""

import shutil
import subprocess
import time
from pathlib import Path

from measure import Wrong, free_port, of_process, wait_for_port
from senders import find

SETTINGS = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
syslog_name = newsletter-bench
mail_owner = postfix
myhostname = mx.example.org
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
default_transport = discard:
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_client_message_rate_limit = 0
"""

SERVICES = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup    unix       n - n -     0 cleanup
qmgr       unix       n - n 300   1 qmgr
tlsmgr     unix       - - n 1000? 1 tlsmgr
rewrite    unix       - - n -     - trivial-rewrite
bounce     unix       - - n -     0 bounce
defer      unix       - - n -     0 bounce
trace      unix       - - n -     0 bounce
proxymap   unix       - - n -     - proxymap
error      unix       - - n -     - error
retry      unix       - - n -     - error
discard    unix       - - n -     - discard
anvil      unix       - - n -     1 anvil
postlog    unix-dgram n - n -     1 postlogd
"""


class Postfix:
    """A running Postfix; nothing of it is outside its folder."""

    def __init__(self, folder):
        self.folder, self.port = Path(folder), free_port()
        for part in ("etc", "queue", "data"):
            (self.folder / part).mkdir(parents=True)
        shutil.chown(self.folder / "data", "postfix")
        (self.folder / "etc/main.cf").write_text(SETTINGS.format(folder=folder))
        (self.folder / "etc/master.cf").write_text(SERVICES.format(port=self.port))
        self.run("start")
        wait_for_port(self.port)
        self.pid = int((self.folder / "queue/pid/master.pid").read_text())
        # As fast a server as the others are.
        Path(f"/proc/{self.pid}/autogroup").write_text("-15")
        self.used = 0

    def run(self, what):
        command = ["nice", "-n", "-15", find("postfix"), "-c", self.folder / "etc", what]
        subprocess.run(command, check=True, capture_output=True, timeout=60)

    def take(self):
        used = of_process(self.pid)
        counts, self.used = {"cpu": used - self.used}, used
        return counts

    def drain(self):
        """Waits until nothing is in the queue, so that one run does not burden the next."""
        for _ in range(600):
            queues = (self.folder / "queue" / name for name in ("incoming", "active", "maildrop"))
            if not any(path.is_file() for queue in queues for path in queue.rglob("*")):
                return
            time.sleep(0.1)
        raise Wrong("Postfix does not get rid of its mail")

    def close(self):
        self.run("stop")
