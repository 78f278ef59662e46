//! The name of a program in, the program ready to run out: what all real components share.

use std::ffi::OsStr;
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use newsletter::cli::Env;
use tempfile::TempDir;

use crate::support::publication::Running;

/// The user and the group that own what root may not: nobody.
pub(crate) const NOBODY: u32 = 65_534;

/// A script of ours that puts a question to a component.
pub(crate) fn tool(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools").join(name)
}

/// A file of a package that `.ci/test` brings along.
pub(crate) fn module(path: &str) -> PathBuf {
    let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/node_modules");
    let file = modules.join(path);
    assert!(file.is_file(), "{} is not installed: run `.ci/test`", file.display());
    file
}

/// A file of a package that `.ci/test` unpacks, as Debian lets only one mail server in.
pub(crate) fn unpacked(path: &str) -> PathBuf {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/servers").join(path);
    assert!(file.is_file(), "{} is not there: run `.ci/test`", file.display());
    file
}

/// Finds a program, also where only root looks for it.
pub(crate) fn find(program: &str, package: &str) -> PathBuf {
    let path = Env::from_process().variables.remove(OsStr::new("PATH")).unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    let found = folders.map(|folder| folder.join(program)).find(|file| file.is_file());
    found.unwrap_or_else(|| {
        panic!("`{program}` is not installed: `apt-get install {package}`, or run `.ci/test`")
    })
}

/// Runs a command to its end, which has to be a good one; returns what it printed.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} ended with {}:\n{said}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// Whether this process may become other users.
pub(crate) fn is_root() -> bool {
    Path::new("/proc/self").metadata().unwrap().uid() == 0
}

/// A folder that other users can reach.
pub(crate) fn open_folder(prefix: &str) -> TempDir {
    let folder = tempfile::Builder::new().prefix(prefix).tempdir().unwrap();
    set_mode(folder.path(), 0o755);
    folder
}

pub(crate) fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// A port of loopback that nobody listens on. It is below those that the system gives to clients,
/// and no two calls of this process get the same.
///
/// It is not listened on to find out: a program that another thread starts at that moment would
/// hold the listening socket until it is executed, and answer there in place of the server.
pub(crate) fn free_port() -> u16 {
    static TAKEN: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 100).unwrap() * 100 + 20_000;
    loop {
        let port = first + TAKEN.fetch_add(1, Ordering::Relaxed);
        if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            return port;
        }
    }
}

/// Waits until a port answers; `alive` fails where it never will.
pub(crate) fn wait_for_port(port: u16, mut alive: impl FnMut()) {
    wait_until(&format!("port {port} answers"), || {
        alive();
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
    });
}

/// Waits until something is so, and fails where it is not within half a minute.
pub(crate) fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..6_000 {
        if is_so() {
            return;
        }
        pause(Duration::from_millis(5));
    }
    panic!("waited in vain until {what}");
}

#[expect(clippy::disallowed_methods, reason = "no event tells what another program does")]
pub(crate) fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// Waits until a program has ended, and kills it where it does not.
#[expect(clippy::disallowed_methods, reason = "the test takes the time of another program")]
pub(crate) fn finished(mut program: Running, patience: Duration) -> ExitStatus {
    let start = std::time::Instant::now();
    loop {
        if let Some(ended) = program.try_wait().unwrap() {
            return ended;
        }
        assert!(start.elapsed() < patience, "the program has not ended after {patience:?}");
        pause(Duration::from_millis(5));
    }
}

/// Sends a signal to a process that a test started.
pub(crate) fn signal(child: &Child, name: &str) {
    let pid = child.id().to_string();
    run(Command::new(find("kill", "procps")).args(["-s", name, &pid]));
}

/// A sequence of numbers that looks random and is the same for the same seed (`SplitMix64`).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 to below 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are what a float holds")]
    pub(crate) fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}
