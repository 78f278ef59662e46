//! A return path with a token in, the envelope that each reader's mail travels in out.

use std::collections::BTreeMap;

use newsletter::journal::{Stamp, Token};
use newsletter::key::Key;

use crate::support::smtp::{Act, Server, Setup};
use crate::support::world::{World, reader};

/// The envelope's sender of each recipient.
fn senders(server: &Server) -> BTreeMap<String, String> {
    let within = |line: &str| {
        let (_, rest) = line.split_once('<').unwrap();
        rest.split_once('>').unwrap().0.to_owned()
    };
    server.log(|log| {
        let commands = || log.commands.iter().map(|(command, _)| command.as_str());
        let of = |verb| commands().filter(move |line| line.starts_with(verb)).map(within);
        of("RCPT").zip(of("MAIL")).collect()
    })
}

#[tokio::test]
async fn the_return_path_says_whose_message_it_was() {
    let mut world = World::new(20).await;
    world.return_path = "bounces+{token}@example.org".parse().unwrap();
    let server = Server::start(|_| Act::Normal).await;
    let report = world.deliver(&server, 3).await;
    assert_eq!(report.tally.accepted, 20);
    let senders = senders(&server);
    assert_eq!(senders.len(), 20);
    let stamp = Stamp::of("review.example.org", &world.run);
    for (entry, number) in (1..).zip(0..20) {
        let sender = &senders[&reader(number)];
        let local = sender.strip_prefix("bounces+").unwrap().strip_suffix("@example.org").unwrap();
        let lower = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'.';
        assert!(local.bytes().all(lower) && local.len() <= 40, "{sender}");
        let token = Token::find(sender).next().unwrap();
        assert_eq!((token.run, token.entry), (world.run.id, entry), "{sender}");
        assert!(stamp.proves(&Key::new(&[7; 32]), &token), "{sender}");
    }
}

#[tokio::test]
async fn without_a_token_everyone_has_the_same_return_path() {
    let world = World::new(3).await;
    let server = Server::start(|_| Act::Normal).await;
    world.deliver(&server, 1).await;
    assert!(senders(&server).values().all(|sender| sender == "bounce@example.org"));
}

#[tokio::test]
async fn where_dsn_is_offered_only_failures_are_asked_for_and_the_token_is_told() {
    for return_path in ["bounces+{token}@example.org", "bounces@example.org"] {
        let mut world = World::new(4).await;
        world.return_path = return_path.parse().unwrap();
        let setup = Setup { ehlo: &["PIPELINING", "DSN", "SIZE"], ..Setup::default() };
        let server = Server::start_as(setup, |_| Act::Normal).await;
        assert_eq!(world.deliver(&server, 1).await.tally.accepted, 4);
        let stamp = Stamp::of("review.example.org", &world.run);
        let tokens: Vec<String> =
            (1..=4).map(|entry| stamp.token(&Key::new(&[7; 32]), entry)).collect();
        let (mails, recipients) = (commands(&server, "MAIL"), commands(&server, "RCPT"));
        assert!(recipients.iter().all(|line| line.ends_with("> NOTIFY=FAILURE")));
        let told = mails.iter().map(|line| line.split_once(" RET=HDRS ENVID=").unwrap().1);
        assert_eq!(told.collect::<Vec<_>>(), tokens);
    }
}

/// The commands that begin with a verb.
fn commands(server: &Server, verb: &str) -> Vec<String> {
    server.log(|log| {
        let commands = log.commands.iter().map(|(command, _)| command);
        commands.filter(|line| line.starts_with(verb)).cloned().collect()
    })
}
