//! Where to listen in, a listener and its printed address out.

use std::io;
use std::path::Path;

use tokio::net::TcpListener;

use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::config::Listen;
use crate::web::public::Listener;

/// Begins to listen, and prints where: a port 0 is one that is free. A path counts from the
/// publication's folder.
pub(super) async fn listen(env: &mut Env, root: &Path, at: &Listen) -> Result<Listener, Failure> {
    match at {
        Listen::Address(address) => {
            let bound = async {
                let listener = TcpListener::bind(address).await?;
                let address = listener.local_addr()?;
                Ok((listener, address))
            };
            let bound: io::Result<_> = bound.await;
            let (listener, address) =
                bound.map_err(|error| refused(&address.to_string(), &error))?;
            env.print(&format!("http://{address}/\n"))?;
            Ok(Listener::Tcp(listener))
        }
        Listen::Socket(path) => {
            let path = root.join(path);
            let shown = path.display().to_string();
            let listener = socket(&path).map_err(|error| refused(&shown, &error))?;
            env.print(&format!("{shown}\n"))?;
            Ok(listener)
        }
    }
}

fn refused(at: &str, error: &io::Error) -> Failure {
    Failure::because(format!("cannot listen on {at}"), error)
        .exit(Exit::Usage)
        .hint("`listen` in `[serve]` names another place")
}

/// A socket of the file system, in place of what a killed process left there. Who may look into its
/// folder may connect.
#[cfg(unix)]
fn socket(path: &Path) -> io::Result<Listener> {
    use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
    let old = path.symlink_metadata().is_ok_and(|old| old.file_type().is_socket());
    if old && std::os::unix::net::UnixStream::connect(path).is_ok() {
        return Err(io::ErrorKind::AddrInUse.into());
    }
    if old {
        std::fs::remove_file(path)?;
    }
    let listener = tokio::net::UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o666))?;
    Ok(Listener::Unix(listener))
}

#[cfg(not(unix))]
fn socket(_: &Path) -> io::Result<Listener> {
    Err(io::ErrorKind::Unsupported.into())
}
