//! `newsletter serve`: a publication in, its public pages out, until it is ended.

mod desk;
mod letter;
mod listen;
mod lists;
mod mail;
mod recorder;
mod visits;
mod voice;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use crate::cli::end::End;
use crate::cli::env::Env;
use crate::cli::failure::{Exit, Failure};
use crate::cli::found::Found;
use crate::cli::publication::Publication;
use crate::cli::serve::desk::PublicDesk;
use crate::cli::serve::listen::listen;
use crate::cli::serve::lists::Lists;
use crate::cli::serve::mail::{Mailer, Post};
use crate::cli::serve::recorder::Recorder;
use crate::cli::serve::visits::Counting;
use crate::cli::serve::voice::Voice;
use crate::cli::{dkim, secret, trust};
use crate::config::{Listen, Serve};
use crate::templates::pages::public;
use crate::web::public::{
    Counts, Invitation, Limits, Link, Log, Premises, Site, Visits, serve as serve_pages,
    serve_metrics,
};

/// Serve the public pages: unsubscribe, subscribe, the archive
///
/// It stands behind a web server that brings TLS; `[serve]` in newsletter.toml says where. SIGTERM
/// or Ctrl-C ends it when what is in hand is done.
#[derive(Debug, clap::Args)]
pub(super) struct ServeArgs {}

/// How long mails that wait may take when the server is asked to end.
const POSTED_WITHIN: Duration = Duration::from_secs(30);

/// Everything that is made before the first connection.
struct Made {
    site: Arc<Site>,
    counts: Arc<Counts>,
    counting: Arc<Counting>,
    writer: JoinHandle<()>,
    post: Option<Post>,
}

pub(super) fn serve(env: &mut Env, _: &ServeArgs) -> Result<Exit, Failure> {
    let publication = Arc::new(Publication::open(env)?);
    trust::check_all(env, &publication)?;
    let settings = publication.config.serve.clone();
    let voice = Voice::of(env);
    let made = make(env, &publication, &voice)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::world(&error))?;
    let Made { site, counts, counting, writer, post } = made;
    let ended = runtime.block_on(async {
        let mut end = End::listen()?;
        let root = publication.folder.root();
        let pages = listen(env, root, &settings.listen).await?;
        let metrics = match settings.metrics {
            Some(address) => Some(listen(env, root, &Listen::Address(address)).await?),
            None => None,
        };
        env.say("These are the public pages. SIGTERM or Ctrl-C ends them.");
        let (stop, stopped) = watch::channel(false);
        let kept = counting.keep(stopped.clone());
        let pages = tokio::spawn(serve_pages(pages, site, stopped.clone()));
        let metrics = metrics.map(|metrics| tokio::spawn(serve_metrics(metrics, counts, stopped)));
        end.asked().await;
        voice.say("Ending: what is in hand is done first; a second signal ends at once.");
        stop.send_replace(true);
        let finish = async {
            drop(pages.await);
            if let Some(metrics) = metrics {
                drop(metrics.await);
            }
            // The last visits came until now.
            drop(kept.await);
            drop(tokio::task::spawn_blocking(move || counting.flush()).await);
            // Nobody can ask for a mail any more.
            let posted = tokio::task::spawn_blocking(|| post.into_iter().for_each(Post::finish));
            if tokio::time::timeout(POSTED_WITHIN, posted).await.is_err() {
                voice.say("Some mails to confirm were not sent: there was no more time.");
                return;
            }
            // What was asked for is on the disk, whether anybody heard the answer or not.
            drop(tokio::task::spawn_blocking(|| writer.join()).await);
        };
        tokio::select! {
            () = finish => Ok(Exit::Done),
            () = end.asked() => Ok(Exit::Unfinished),
        }
    });
    if let Listen::Socket(path) = &settings.listen {
        drop(std::fs::remove_file(publication.folder.root().join(path)));
    }
    runtime.shutdown_background();
    ended
}

/// Reads everything that pages and mails are made from, and starts the threads behind them.
fn make(env: &mut Env, publication: &Arc<Publication>, voice: &Voice) -> Result<Made, Failure> {
    let config = &publication.config;
    let root = publication.folder.root();
    let key = publication.key(env)?;
    let begins = (config.publication.url.as_str(), config.serve.base_path.as_deref());
    let link = Link::new(&config.unsubscribe.url, begins).ok_or_else(|| {
        Failure::usage("the token in `url` of `[unsubscribe]` is behind `#`")
            .hint("a browser keeps what is behind `#` to itself: put it into the path")
    })?;
    let theme = Found::said(env, |found| {
        let theme = publication.check_theme(&config.publication.theme)?;
        found.accept(theme, Exit::Usage)
    })?;
    let counts = Arc::new(Counts::default());
    let list = publication.suppressions(key.hasher())?;
    // `suppressions accept` takes it down again, which is how this process notices.
    let raised = publication.suppression_mark().raise(list.named());
    raised.map_err(|error| Failure::disk("cannot write down the suppressions", &error))?;
    let (recorder, writer) = Recorder::start(list, voice.clone());
    let lists = Lists::new(Arc::clone(publication), voice.clone());
    let (post, queue) = post(env, publication, &recorder, &counts, voice)?.unzip();
    let desk = PublicDesk {
        recorder,
        lists,
        post: queue,
        counts: Arc::clone(&counts),
        voice: voice.clone(),
        overrun: AtomicBool::new(false),
    };
    let own = secret::existing(env, root, &config.publication.key)?;
    let counting = Arc::new(Counting::new(publication, own, voice.clone()));
    let mut seed = [0; 16];
    (env.random)(&mut seed);
    let log = config.serve.log.then(|| {
        let voice = voice.clone();
        Arc::new(move |line: &str| voice.say(line)) as Log
    });
    let contact = config.sender.reply_to.as_ref().unwrap_or(&config.sender.address);
    let subscribe = config.serve.subscribe && desk.post.is_some();
    let site = Site::new(Premises {
        publication: config.publication.clone(),
        contact: contact.to_string(),
        leave_contact: config.unsubscribe.mailto.as_ref().unwrap_or(contact).to_string(),
        segments: config.segments.clone(),
        unsubscribe: link,
        serve: Serve { subscribe, ..config.serve.clone() },
        key,
        sheet: public::sheet(&theme),
        archive: root.join("public"),
        desk: Arc::new(desk),
        visits: Arc::clone(&counting) as Arc<dyn Visits>,
        counts: Arc::clone(&counts),
        log,
        limits: Limits::default(),
        clock: env.clock,
        seed,
    });
    Ok(Made { site: Arc::new(site), counts, counting, writer, post })
}

type Posting = (Post, mpsc::Sender<Invitation>);

/// What sends mails to confirm, where people can sign up and there is a mail server.
fn post(
    env: &mut Env,
    publication: &Arc<Publication>,
    recorder: &Recorder,
    counts: &Arc<Counts>,
    voice: &Voice,
) -> Result<Option<Posting>, Failure> {
    let config = &publication.config;
    let root = publication.folder.root();
    let Some(smtp) = config.smtp.as_ref().filter(|_| config.serve.subscribe) else {
        if config.serve.subscribe {
            env.say("Nobody can subscribe: newsletter.toml has no [smtp].");
        }
        return Ok(None);
    };
    let login = smtp.login.as_ref();
    let now = env.clock.now();
    let mailer = Mailer {
        form: Found::said(env, |found| letter::Form::new(publication, now, found))?,
        password: login.map(|login| secret::fetch(env, root, &login.password)).transpose()?,
        signer: dkim::signer(env, publication)?,
        key: Arc::new(secret::existing(env, root, &config.publication.key)?),
        publication: Arc::clone(publication),
        smtp: smtp.clone(),
        recorder: recorder.clone(),
        counts: Arc::clone(counts),
        voice: voice.clone(),
        clock: env.clock,
        random: env.random,
    };
    let (sender, queue) = mpsc::channel(mail::WAITING_MAX);
    let post = mailer.start(queue);
    let post = post.map_err(|error| Failure::because("cannot send mails to confirm", &error))?;
    Ok(Some((post, sender)))
}
