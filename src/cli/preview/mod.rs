//! `newsletter preview`: a publication in, its issues in the editor's browser out, until it is ended.

mod desk;
mod keys;
mod letter;
mod lookup;
mod press;
mod settings;
mod sheet;
mod survey;

use std::net::Ipv4Addr;
use std::path::PathBuf;

use tokio::net::TcpListener;

use crate::cli::end::End;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::found::Found;
use crate::cli::outlines::name_of;
use crate::cli::publication::Publication;
use crate::cli::trust;
use crate::web::preview::{self, Server, Watch};

/// Show an issue in the browser as readers will get it, while you write
#[derive(Debug, clap::Args)]
pub(super) struct PreviewArgs {
    /// The issue to begin with; the newest, if none is named
    issue: Option<PathBuf>,

    /// Do not open the browser, only print the address
    #[arg(long)]
    no_open: bool,

    /// The port to serve on, of this machine alone; a free one, if none is given
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    port: u16,
}

/// How many random bytes the address has, that nobody guesses it.
const SECRET_BYTES: usize = 12;

pub(super) fn preview(env: &mut Env, args: &PreviewArgs) -> Result<Exit, Failure> {
    let (root, elsewhere, issue) = begin(env, args)?;
    let watch = Watch::new(&root, &elsewhere).map_err(|error| {
        Failure::because("cannot watch the publication’s folder", &error)
            .hint("the system may have a limit of watched files; end what watches many")
    })?;
    let desk = desk::EditorDesk::new(env, root, issue, watch.nudge());
    let press = press::press(env);
    let mut bytes = [0; SECRET_BYTES];
    (env.random)(&mut bytes);
    let secret: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::world(&error))?;
    let ended = runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)).await;
        let listener = listener.map_err(|error| taken(args.port, &error))?;
        let port = listener.local_addr().map_err(|error| Failure::world(&error))?.port();
        let address = format!("http://127.0.0.1:{port}/{secret}/");
        // Listened for before anybody can know that there is something to end.
        let mut end = End::listen()?;
        env.print(&format!("{address}\n"))?;
        env.say("This is the preview. It follows your files; Ctrl-C ends it.");
        if !args.no_open && (env.browse)(&address).is_err() {
            env.say("No browser could be opened: open the address yourself.");
        }
        let server = Server { desk: Box::new(desk), press, watch, secret };
        tokio::select! {
            served = preview::serve(listener, server) => {
                served.map_err(|error| Failure::world(&error))
            }
            () = end.asked() => Ok(()),
        }
    });
    // Pages that wait for a change are not waited for.
    runtime.shutdown_background();
    ended.map(|()| Exit::Done)
}

/// Where the publication is, the files of it that are elsewhere, and the issue to begin with. What
/// is wrong with the settings is said on the page; that there are none, or no such issue, here.
fn begin(
    env: &mut Env,
    args: &PreviewArgs,
) -> Result<(PathBuf, Vec<PathBuf>, Option<String>), Failure> {
    let root = Publication::root(&env.folder)?;
    let Ok(publication) = Publication::open_above(&root, &mut Found::default()) else {
        return Ok((root, Vec::new(), args.issue.as_deref().map(name_of)));
    };
    // Here rather than on the page: making a key is worth a word in the terminal.
    trust::say_withheld(env, &publication);
    let key = publication.key_to_look(env);
    drop(key);
    let issue = args.issue.as_ref().map(|issue| publication.find(env, issue)).transpose()?;
    let name = issue.as_deref().map(name_of);
    let audience = &publication.config.audience;
    let elsewhere = [&audience.subscribers, &audience.suppressions].map(|path| root.join(path));
    Ok((root, elsewhere.into(), name))
}

fn taken(port: u16, error: &std::io::Error) -> Failure {
    let failure = Failure::because(format!("cannot listen on port {port} of this machine"), error);
    failure.exit(Exit::Usage).hint("leave out `--port`, and a free one is found")
}
