//! Forms in, mails at a mail server and rows of the list out: the program itself, end to end.

use mail_parser::{Address, HeaderValue, Message, MessageParser, MimeHeaders as _};

use crate::real::component::{signal, wait_until};
use crate::support::public::Public;
use crate::support::publication::{ISSUE, Publication};
use crate::support::smtp::{Act, Point, Server, when};

/// A mail server, and what it runs on.
struct Host {
    server: Server,
    _runtime: tokio::runtime::Runtime,
}

impl Host {
    fn start(script: impl FnMut(&Point<'_>) -> Act + Send + 'static) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let server = runtime.block_on(Server::start(script));
        Self { server, _runtime: runtime }
    }

    fn good() -> Self {
        Self::start(|_| Act::Normal)
    }

    fn settle(&self, publication: &Publication) {
        publication.set_plain_server(self.server.smtp(newsletter::config::Tls::None).port);
    }

    /// The first message to an address, when it is there.
    fn message(&self, address: &str) -> String {
        let find = || {
            self.server.log(|log| {
                log.messages.iter().find(|(to, _)| to == address).map(|(_, text)| text.clone())
            })
        };
        wait_until("the mail is there", || find().is_some());
        find().unwrap()
    }
}

/// The path of the link in a mail: both bodies have the same.
fn link(message: &Message<'_>) -> String {
    let (text, html) = (message.body_text(0).unwrap(), message.body_html(0).unwrap());
    let from = |body: &str| {
        let (_, rest) = body.split_once("https://tidewater.example.org/subscribe/").unwrap();
        rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(from(&text), from(&html));
    format!("/subscribe/{}", from(&text))
}

/// Looks at the mail to a newcomer: nobody is on the list yet.
fn is_no_mail_of_the_list(message: &Message<'_>) {
    assert_eq!(message.subject(), Some("Please confirm: The Tidewater Review"));
    let to = message.to().and_then(Address::first).and_then(|to| to.address());
    assert_eq!(to, Some("Nia@example.org"));
    let kind = message.content_type().unwrap();
    assert_eq!((kind.ctype(), kind.subtype()), ("multipart", Some("alternative")));
    assert!(matches!(message.header("Auto-Submitted"), Some(HeaderValue::Text(_))));
    for absent in ["List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Precedence"] {
        assert!(message.header(absent).is_none(), "{absent}");
    }
    let bodies = [message.body_text(0).unwrap(), message.body_html(0).unwrap()].concat();
    assert!(!bodies.contains("/unsubscribe/") && !bodies.contains("confirmation.html"), "{bodies}");
}

/// Looks at the row of the newcomer.
fn is_on_the_list(publication: &Publication) {
    let list = publication.read("subscribers.csv");
    let columns = list.lines().next().unwrap();
    assert!(columns.ends_with(",consent_when,consent_where,consent_how"), "{columns}");
    let rows: Vec<_> = list.lines().filter(|row| row.contains("Nia@")).collect();
    assert_eq!(rows.len(), 1, "{list}");
    assert!(rows[0].ends_with("Z,https://tidewater.example.org/subscribe,double opt-in"), "{list}");
}

#[test]
fn a_newcomer_is_asked_by_mail_and_gets_the_next_issue() {
    let (publication, host) = (Publication::sample(), Host::good());
    host.settle(&publication);
    let public = Public::of(&publication);
    let before = publication.read("subscribers.csv");
    assert_eq!(public.post("/subscribe", "email=Nia%40Example.org").status, 200);
    let text = host.message("Nia@example.org");
    let message = MessageParser::default().parse(text.as_bytes()).unwrap();
    is_no_mail_of_the_list(&message);
    let link = link(&message);
    assert_eq!(public.get(&link).status, 200);
    assert_eq!(publication.read("subscribers.csv"), before, "looking confirms nothing");
    for _ in 0..2 {
        let answer = public.post(&link, "act=confirm");
        assert_eq!(answer.status, 200);
        assert!(answer.body().contains("You get The Tidewater Review"), "{}", answer.body());
    }
    is_on_the_list(&publication);
    let ended = publication.run(&["send", ISSUE, "--dry-run"]);
    assert!(ended.messages.contains("37 messages"), "{}", ended.messages);
    assert_eq!(public.count("confirmation_mails_total{state=\"sent\"}"), 1);
    assert_eq!(public.count("confirmations_total"), 2);
}

#[test]
fn whoever_left_comes_back_and_whoever_complained_hears_nothing() {
    let (publication, host) = (Publication::sample(), Host::good());
    host.settle(&publication);
    let public = Public::of(&publication);
    let reader = "b.tremlett@example.com";
    public.one_click(&public.link(reader));
    let complained = public.post("/subscribe", "email=former.reader@example.net");
    let left = public.post("/subscribe", &format!("email={reader}"));
    assert_eq!((complained.status, left.status), (200, 200));
    assert_eq!(complained.body(), left.body());
    let text = host.message(reader);
    let message = MessageParser::default().parse(text.as_bytes()).unwrap();
    wait_until("it is withheld", || {
        public.count("confirmation_mails_total{state=\"withheld\"}") == 1
    });
    public.post(&link(&message), "act=confirm");
    assert_eq!(public.rows(reader).len(), 2, "{:?}", public.rows(reader));
    let rendered = publication.run(&["render", "--for", reader]);
    assert!(rendered.output.contains(reader), "{}", rendered.messages);
    assert_eq!(host.server.received("former.reader@example.net"), 0);
    // Somebody who is on the list already is there once.
    let list = publication.read("subscribers.csv");
    assert_eq!(list.matches(reader).count(), 1);
}

#[test]
fn mails_that_wait_are_sent_before_the_server_ends() {
    let (publication, host) = (Publication::sample(), Host::good());
    host.settle(&publication);
    let public = Public::with(&publication, "per_network = \"100 per 1h\"");
    for number in 0..60 {
        let form = format!("email=reader{number}@example.org");
        assert_eq!(public.post("/subscribe", &form).status, 200);
    }
    signal(&public.running, "TERM");
    assert_eq!(public.wait().code(), Some(0));
    for number in 0..60 {
        assert_eq!(host.server.received(&format!("reader{number}@example.org")), 1, "{number}");
    }
    let left = publication.path(".newsletter").read_dir().unwrap();
    let names: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().contains("confirming")), "{names:?}");
}

#[test]
fn a_mailbox_that_does_not_exist_suppresses_nobody_and_stops_nobody() {
    let refuse = |point: &Point<'_>| point.verb == "RCPT" && point.to.starts_with("nobody");
    let host = Host::start(when(refuse, Act::Say("550 5.1.1 No such user")));
    let publication = Publication::sample();
    host.settle(&publication);
    let before = publication.read("suppressions.csv");
    let public = Public::of(&publication);
    for address in ["nobody@example.org", "nia@example.org"] {
        assert_eq!(public.post("/subscribe", &format!("email={address}")).status, 200);
    }
    host.message("nia@example.org");
    wait_until("it has failed", || public.count("confirmation_mails_total{state=\"failed\"}") == 1);
    assert_eq!(publication.read("suppressions.csv"), before);
    assert!(!public.messages().contains('@'), "{}", public.messages());
}

#[test]
fn the_mail_is_in_the_language_of_the_publication_whatever_its_name_is() {
    let host = Host::good();
    for (number, (language, name, subject)) in [
        ("uk", "Прибережний вісник", "Будь ласка, підтвердьте: "),
        ("fr", "La Marée", "Veuillez confirmer\u{a0}: "),
        ("de", "Küstenblatt", "Bitte bestätigen: "),
        ("ar", "مجلة المد", "يرجى التأكيد: "),
        ("en", "A \\\"B\\\" *c* [d](e) <f> `g` & {{h}} \\\\ |", "Please confirm: "),
    ]
    .into_iter()
    .enumerate()
    {
        let publication = Publication::sample();
        host.settle(&publication);
        let settings = publication.read("newsletter.toml");
        let settings = settings
            .replacen("\"The Tidewater Review\"", &format!("\"{name}\""), 1)
            .replace("language  = \"en\"", &format!("language  = \"{language}\""));
        publication.write("newsletter.toml", &settings);
        let public = Public::of(&publication);
        let address = format!("reader{number}@example.org");
        assert_eq!(public.post("/subscribe", &format!("email={address}")).status, 200);
        let text = host.message(&address);
        let message = MessageParser::default().parse(text.as_bytes()).unwrap();
        let name = name.replace("\\\"", "\"").replace("\\\\", "\\").replace("{{h}}", "{ {h} }");
        assert_eq!(message.subject(), Some(format!("{subject}{name}").as_str()));
        let html = message.body_html(0).unwrap();
        assert!(html.contains(&format!("lang=\"{language}\"")), "{html}");
        assert!(!html.contains("<em>c") && !html.contains("<code>") && !html.contains("<f>"));
        assert_eq!(public.get(&link(&message)).status, 200);
    }
}
