//! A letter to a mailbox with a quota in, what Dovecot makes of it out.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::real::bounces::{letter, postfix};
use crate::real::component::{self, NOBODY};

fn program() -> PathBuf {
    let program = PathBuf::from("/usr/lib/dovecot/dovecot-lda");
    assert!(program.is_file(), "dovecot-lda is not there: `apt-get install dovecot-core`");
    program
}

/// Writes a script that delivers into a mailbox of one byte, for Postfix to run as nobody.
pub(super) fn write_deliver(script: &Path, home: &Path) {
    let settings = script.with_extension("conf");
    write_settings(&settings, home, "/bin/false");
    let text = format!(
        "#!/bin/sh\nexec env HOME={home} USER=ada {program} -c {settings} -e -f \"$1\" -a \"$2\"\n",
        home = home.display(),
        program = program().display(),
        settings = settings.display(),
    );
    fs::write(script, text).unwrap();
    component::set_mode(script, 0o755);
}

fn write_settings(file: &Path, home: &Path, sendmail: &str) {
    let text = format!(
        "mail_location = maildir:{home}/maildir
log_path = {home}/dovecot.log
mail_plugins = quota
postmaster_address = postmaster@quota.example.org
hostname = mx.quota.example.org
sendmail_path = {sendmail}
first_valid_uid = 1
ssl = no
plugin {{
  quota = maildir:User quota
  quota_rule = *:bytes=1
}}
",
        home = home.display()
    );
    fs::write(file, text).unwrap();
}

/// What Dovecot writes back by itself of a letter that the quota does not let in.
pub(super) fn rejection(recipient: &str) -> Vec<u8> {
    let folder = component::open_folder("newsletter-dovecot-");
    let home = folder.path().join("home");
    let back = folder.path().join("back");
    for part in [&home, &back] {
        fs::create_dir(part).unwrap();
    }
    let sendmail = folder.path().join("sendmail");
    fs::write(&sendmail, format!("#!/bin/sh\ncat > {}/bounce\n", back.display())).unwrap();
    component::set_mode(&sendmail, 0o755);
    let settings = folder.path().join("dovecot.conf");
    write_settings(&settings, &home, &sendmail.display().to_string());
    let chown = component::find("chown", "coreutils");
    component::run(Command::new(chown).arg("-R").arg(NOBODY.to_string()).arg(folder.path()));
    let mut command = Command::new(component::find("setpriv", "util-linux"));
    let ids = [format!("--reuid={NOBODY}"), format!("--regid={NOBODY}")];
    command.args(ids).args(["--clear-groups", "env"]);
    command.arg(format!("HOME={}", home.display())).arg("USER=ada").arg(program());
    command.arg("-c").arg(settings).args(["-f", letter::RETURN_PATH, "-a", recipient]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let message = letter::letter(recipient).replace("\r\n", "\n");
    child.stdin.take().unwrap().write_all(message.as_bytes()).unwrap();
    let ended = child.wait().unwrap();
    let log = fs::read_to_string(home.join("dovecot.log")).unwrap_or_default();
    assert!(ended.success(), "{ended}: {log}");
    postfix::take(&back)
}
