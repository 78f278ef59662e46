//! A server behind it in, an OpenSMTPD on loopback that relays to it out.

use std::fs;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::real::component;

/// A running OpenSMTPD. Its queue is where it was built to be, `/var/spool/smtpd`: only one can run.
pub(crate) struct OpenSmtpd {
    child: Child,
    _folder: TempDir,
    pub(crate) port: u16,
}

impl OpenSmtpd {
    /// Starts it, and waits until it takes connections.
    pub(crate) fn start(behind: u16) -> Self {
        assert!(component::is_root(), "OpenSMTPD starts as root only: run the tests as root");
        let folder = component::open_folder("newsletter-opensmtpd-");
        let port = component::free_port();
        let settings = folder.path().join("smtpd.conf");
        let text = format!(
            "listen on 127.0.0.1 port {port} hostname mx.example.org\n\
             action \"behind\" relay host smtp://127.0.0.1:{behind}\n\
             match from any for any action \"behind\"\n"
        );
        fs::write(&settings, text).unwrap();
        component::set_mode(&settings, 0o600);
        let mut command = Command::new(component::unpacked("usr/sbin/smtpd"));
        command.arg("-d").arg("-f").arg(&settings);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut server = Self { child: command.spawn().unwrap(), _folder: folder, port };
        component::wait_for_port(port, || {
            let ended = server.child.try_wait().unwrap();
            assert!(ended.is_none(), "OpenSMTPD ended: {ended:?}");
        });
        server
    }
}

impl Drop for OpenSmtpd {
    fn drop(&mut self) {
        // It ends its own processes when it is asked to, and not when it is killed.
        component::signal(&self.child, "TERM");
        drop(self.child.wait());
    }
}
