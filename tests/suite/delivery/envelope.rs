//! A return path with a token in, the envelope that each reader's mail travels in out.

use std::collections::BTreeMap;

use newsletter::journal::{Stamp, Token};
use newsletter::key::Key;

use crate::support::smtp::{Act, Server};
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
