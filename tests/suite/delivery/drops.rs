//! Connections that end at every byte in, nobody lost, nobody twice, and doubt only where there is some out.

use newsletter::delivery::{Report, Stopped};
use newsletter::journal::State;

use crate::delivery::{MODES, deliver, timeless};
use crate::support::hours::Hours;
use crate::support::link::{Link, Way};
use crate::support::smtp::{Act, Server, Setup};
use crate::support::world::World;

/// Which side's bytes are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Heard,
    Said,
}

/// What a connection came to.
struct Story {
    cut: bool,
    /// Whom the client named, in its order.
    named: Vec<String>,
    /// How many of them were told to go on with the message, and how many that it was taken.
    told_to_go_on: usize,
    told_taken: usize,
    said: String,
}

impl Story {
    /// Whether the message to somebody may have been handed over.
    fn has_begun(&self, address: &str, chunked: bool) -> bool {
        let begun = if chunked { usize::MAX } else { self.told_to_go_on };
        self.named.iter().take(begun).any(|named| named == address)
    }
}

fn stories(server: &Server) -> Vec<Story> {
    let traffic = server.log(|log| log.traffic.clone());
    let told =
        |said: &str, reply: &str| said.split_inclusive("\r\n").filter(|l| *l == reply).count();
    let story = |traffic: &std::sync::Arc<std::sync::Mutex<crate::support::link::Traffic>>| {
        let traffic = traffic.lock().unwrap();
        let (heard, said) =
            (String::from_utf8_lossy(&traffic.heard), String::from_utf8_lossy(&traffic.said));
        let named = heard.split_inclusive("\r\n").filter(|line| line.ends_with('\n'));
        let named = named.filter_map(|line| line.strip_prefix("RCPT TO:<")?.strip_suffix(">\r\n"));
        Story {
            cut: traffic.cut,
            named: named.map(str::to_owned).collect(),
            told_to_go_on: told(&said, "354 go ahead\r\n"),
            told_taken: told(&said, "250 2.0.0 queued\r\n"),
            said: said.into_owned(),
        }
    };
    traffic.iter().map(story).collect()
}

/// Delivers until all are served: so many in doubt are enough for one run of the program, and here
/// they are what is looked for.
async fn deliver_to_all(world: &World, server: &Server) -> Report {
    loop {
        let report = deliver(world, server, 1).await;
        if !matches!(report.stopped, Some(Stopped::Doubts)) {
            return report;
        }
    }
}

/// Has connection after connection end one byte later than the one before; returns how many did.
async fn drop_at_every_byte(
    ehlo: &'static [&'static str],
    side: Side,
    reset: bool,
    hours: Hours,
) -> usize {
    let chunked = ehlo.contains(&"CHUNKING");
    let (readers, bytes) = match side {
        Side::Heard if chunked => (420, 227),
        Side::Heard => (240, 212),
        Side::Said => (200, 152),
    };
    let world = timeless(readers, &hours).await;
    let link = move |connection: usize| {
        let end = if connection <= bytes { connection - 1 } else { usize::MAX };
        let (heard, said) = match side {
            Side::Heard => (Way { end, ..Way::default() }, Way::default()),
            Side::Said => (Way::default(), Way { end, ..Way::default() }),
        };
        Link { heard, said, reset, hours: Some(hours.clone()), ..Link::default() }
    };
    let setup = Setup { ehlo, link: Some(Box::new(link)), ..Setup::default() };
    let server = Server::start_as(setup, |_| Act::Normal).await;
    let report = deliver_to_all(&world, &server).await;
    let case = format!("{ehlo:?} {side:?} reset: {reset}");
    assert!(report.finished && report.stopped.is_none(), "{case}: {report:?}");
    world.check(&server).await;
    let stories = stories(&server);
    for entry in world.entries().await {
        let address = entry.recipient.address.to_string();
        let taken = stories.iter().filter(|story| {
            story.named.iter().take(story.told_taken).any(|named| *named == address)
        });
        match entry.state {
            State::Accepted => assert_eq!(taken.count(), 1, "{case}: {address}"),
            State::Unknown => {
                // Who heard that the message was taken is in no doubt.
                assert_eq!(taken.count(), 0, "{case}: {address} {}", entry.reply);
                let whole = stories.iter().any(|story| story.has_begun(&address, chunked));
                let handed = whole
                    || (chunked && stories.iter().any(|s| s.cut && s.said.ends_with("SIZE\r\n")));
                assert!(handed, "{case}: {address} {}", entry.reply);
            }
            state => panic!("{case}: {address} is {state:?}"),
        }
    }
    stories.iter().filter(|story| story.cut).count()
}

#[test]
fn a_connection_may_end_at_any_byte() {
    for ehlo in MODES {
        for side in [Side::Heard, Side::Said] {
            for reset in [false, true] {
                let cuts =
                    Hours::pass(async |hours| drop_at_every_byte(ehlo, side, reset, hours).await);
                assert!(cuts > 100, "{cuts}");
            }
        }
    }
}
