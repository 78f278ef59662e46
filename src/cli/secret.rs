//! A reference to a secret in, the secret out.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use secrecy::{ExposeSecret as _, SecretString};

use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::trust;
use crate::config::{Publication, Secret};
use crate::file;
use crate::key::{KEY_LENGTH, Key};

/// Fetches a secret of one line; messages name where it is kept and never what it is.
pub(super) fn fetch(env: &Env, root: &Path, secret: &Secret) -> Result<SecretString, Failure> {
    let text = fetch_lines(env, root, secret)?;
    Ok(SecretString::from(text.expose_secret().lines().next().unwrap_or_default()))
}

/// Fetches a secret with all its lines, of which the first says something.
pub(super) fn fetch_lines(
    env: &Env,
    root: &Path,
    secret: &Secret,
) -> Result<SecretString, Failure> {
    let text = match secret {
        Secret::Env(name) => {
            let value = env.variables.get(OsStr::new(name)).and_then(|value| value.to_str());
            value.map(str::to_owned).ok_or_else(|| {
                Failure::usage(format!("the environment has no variable `{name}`"))
                    .hint(format!("set it where the command runs: `{name}=… newsletter send …`"))
            })?
        }
        Secret::File(path) => std::fs::read_to_string(root.join(path)).map_err(|error| {
            let message = format!("cannot read the secret in `{}`", path.display());
            Failure::because(message, &error).exit(Exit::Usage)
        })?,
        Secret::Command(line) => {
            trust::check(env, root, line)?;
            run(root, line)?
        }
    };
    if text.lines().next().unwrap_or_default().is_empty() {
        return Err(
            Failure::usage("the secret is empty").hint(format!("look at {}", place(secret)))
        );
    }
    Ok(SecretString::from(text))
}

fn run(root: &Path, line: &str) -> Result<String, Failure> {
    let words = shlex::split(line).unwrap_or_default();
    let Some((program, arguments)) = words.split_first() else {
        return Err(Failure::usage(format!("`{line}` is not a command")));
    };
    let output = Command::new(program).args(arguments).current_dir(root).output();
    let output = output.map_err(|error| {
        Failure::because(format!("cannot run `{program}` for a secret"), &error).exit(Exit::Usage)
    })?;
    if !output.status.success() {
        let message = format!("`{program}` gave no secret: it ended with {}", output.status);
        return Err(Failure::usage(message));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

pub(super) fn place(secret: &Secret) -> String {
    match secret {
        Secret::Env(name) => format!("the variable `{name}`"),
        Secret::File(path) => format!("the file `{}`", path.display()),
        Secret::Command(line) => format!("the command `{line}`"),
    }
}

/// The publication's key. The one in the default file is made when it is first needed; a file that
/// the settings name has to be there, since a slip of the pen must not begin a new key: whoever loses
/// it invalidates every unsubscribe link that was ever sent.
pub(super) fn key(env: &mut Env, root: &Path, secret: &Secret) -> Result<Key, Failure> {
    if let Secret::File(path) = secret
        && path == Path::new(Publication::KEY)
        && !root.join(path).exists()
    {
        if root.join(Publication::JOURNAL).exists() {
            return Err(gone(path).hint(
                "put it back from a copy: every unsubscribe link that was sent depends on it",
            ));
        }
        make(env, &root.join(path)).map_err(|error| {
            Failure::because(format!("cannot make the key `{}`", path.display()), &error)
        })?;
        env.say(format_args!(
            "Made the publication's key, {}: keep a copy, every unsubscribe link depends on it.",
            path.display()
        ));
    }
    existing(env, root, secret)
}

/// The key was there once.
pub(super) fn gone(path: &Path) -> Failure {
    Failure::usage(format!("the publication's key, {}, is gone", path.display()))
}

/// The publication's key, which has to be there.
pub(super) fn existing(env: &Env, root: &Path, secret: &Secret) -> Result<Key, Failure> {
    let text = fetch(env, root, secret)?;
    let text = text.expose_secret();
    if text.len() < KEY_LENGTH {
        let message = format!("the publication's key has {} characters", text.len());
        return Err(Failure::usage(message)
            .hint("put the old key back, if there was one: every unsubscribe link depends on it")
            .hint(format!(
                "a new one is at least {KEY_LENGTH} random ones in {}: `openssl rand -hex 32`",
                place(secret)
            )));
    }
    Ok(Key::new(text.as_bytes()))
}

/// Whether the key is there, or would have to be made.
pub(super) fn is_there(root: &Path, secret: &Secret) -> bool {
    match secret {
        Secret::File(path) => root.join(path).exists(),
        Secret::Env(_) | Secret::Command(_) => true,
    }
}

fn make(env: &Env, path: &Path) -> std::io::Result<()> {
    let mut bytes = [0; KEY_LENGTH];
    (env.random)(&mut bytes);
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    // Where two commands make the key at once, the first one's stays.
    match write(path, &format!("{hex}\n")) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        written => written,
    }
}

/// Writes a new file that its owner alone can read; one that is there stays as it is.
pub(super) fn write(path: &Path, secret: &str) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    make_private_folder(folder)?;
    // A temporary file is readable by its owner alone, and stays so under its new name.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(secret.as_bytes())?;
    match file::create(file, path)? {
        Ok(_) => Ok(()),
        Err(_) => Err(std::io::ErrorKind::AlreadyExists.into()),
    }
}

/// Makes a folder that its owner alone can look into.
pub(super) fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
