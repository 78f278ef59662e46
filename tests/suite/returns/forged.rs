//! Bounces and complaints that nobody could make without being able to read the mail in, and forged ones: only the former suppress.

use newsletter::journal::{Stamp, Token};
use newsletter::key::Key;

use crate::returns::{Bounce, HARD, Paper, complaint, letter, reader};

/// The tokens that a forger could send to `bounces+TOKEN@…` to have the first reader suppressed.
fn forged(paper: &Paper) -> Vec<(&'static str, String)> {
    let (mine, other) = (paper.mail(&reader(1)).sender, paper.mail(&reader(2)).sender);
    let within = |sender: &str| {
        sender.strip_prefix("bounces+").unwrap().split('@').next().unwrap().to_owned()
    };
    let (mine, other) = (within(&mine), within(&other));
    let (numbers, tag) = mine.rsplit_once('.').unwrap();
    let (_, other_tag) = other.rsplit_once('.').unwrap();
    let (run, entry) = numbers.split_once('.').unwrap();
    let run: i64 = run.parse().unwrap();
    let key = Key::new(&[8; 32]);
    let foreign = Stamp::test("review.tidewater.example.org").token(&key, 1);
    let (_, foreign) = foreign.rsplit_once('.').unwrap();
    vec![
        ("a tag made up", format!("{numbers}.{}", "0".repeat(20))),
        ("a tag without its last digit", format!("{numbers}.{}", &tag[..19])),
        ("the tag of another entry", format!("{numbers}.{other_tag}")),
        ("the tag of another run", format!("{}.{entry}.{tag}", run + 1)),
        ("a run that there is not", format!("{}.{entry}.{tag}", run + 1_000)),
        ("an entry that there is not", format!("{run}.999.{tag}")),
        ("a tag of another key", format!("{numbers}.{foreign}")),
        ("a test's number with a tag of a run", format!("0.1.{tag}")),
        ("no tag", numbers.to_owned()),
        ("nothing", String::new()),
    ]
}

#[test]
fn a_forged_token_suppresses_nobody() {
    let paper = Paper::new(3);
    paper.send(1);
    paper.send(2);
    for (what, token) in forged(&paper) {
        let to = format!("bounces+{token}@tidewater.example.org");
        for text in [
            Bounce { to: &to, recipient: &reader(1), id: what, ..HARD }.text(),
            complaint(&to, "abuse", &format!("To: {}\nSubject: Week 2\n\nHello\n", reader(1))),
        ] {
            let came = paper.take_in(2, &text);
            assert_eq!(came["outcome"], "unproven", "{what}: {came}");
            assert_eq!(paper.suppressed(), [""; 0], "{what}");
        }
    }
    // The same with the right one, so that nothing else kept the reader in.
    let mail = paper.mail(&reader(1));
    let text = Bounce { to: &mail.sender, recipient: &reader(1), ..HARD }.text();
    assert_eq!(paper.take_in(2, &text)["outcome"], "suppressed");
}

#[test]
fn a_bounce_without_proof_suppresses_nobody_however_clearly_it_names_a_reader() {
    let paper = Paper::new(3);
    paper.send(1);
    let quoted = format!(
        "Message-ID: <{}@tidewater.example.org>\nTo: {}\nList-Unsubscribe: <https://tidewater.example.org/unsubscribe/{}>",
        "A".repeat(27),
        reader(1),
        "B".repeat(60)
    );
    let text = Bounce { recipient: &reader(1), quoted: &quoted, ..HARD }.text();
    let came = paper.take_in(1, &text);
    assert_eq!((&came["outcome"], &came["recipient"]), (&"unproven".into(), &reader(1).into()));
    assert_eq!(paper.suppressed(), [""; 0]);
    let (ended, _) = paper.bounces(1, &["returned"]);
    assert_eq!(ended.output, "", "it was looked at, and is gone");
}

#[test]
fn what_another_publication_sent_is_not_ours() {
    let (ours, theirs) = (Paper::new(3), Paper::new(3));
    theirs.publication.write(".newsletter/key", &"another secret of 32 characters. ".repeat(2));
    for paper in [&ours, &theirs] {
        paper.send(1);
    }
    let mail = theirs.mail(&reader(1));
    let quoted = mail.header();
    let text = Bounce { to: &mail.sender, recipient: &reader(1), quoted, ..HARD }.text();
    assert_eq!(ours.take_in(1, &text)["outcome"], "unproven");
    assert_eq!(theirs.take_in(1, &text)["outcome"], "suppressed");
}

#[test]
fn a_token_of_a_journal_that_is_gone_names_nobody_in_the_next_one() {
    let paper = Paper::new(3);
    paper.send(1);
    let old = paper.mail(&reader(1));
    for file in ["journal.db", "journal.mark", "lock"] {
        std::fs::remove_file(paper.publication.path(".newsletter").join(file)).unwrap();
    }
    std::fs::remove_file(paper.publication.path("newsletter.lock")).unwrap();
    paper.send(2);
    let new = paper.mail(&reader(1));
    let numbers = |sender: &str| {
        let token = Token::find(sender).next().unwrap();
        (token.run, token.entry)
    };
    assert_eq!(numbers(&old.sender), numbers(&new.sender));
    let text = Bounce { to: &old.sender, recipient: &reader(1), ..HARD }.text();
    assert_eq!(paper.take_in(2, &text)["outcome"], "unproven");
}

#[test]
fn a_bounce_of_a_test_suppresses_nobody() {
    let paper = Paper::new(3);
    paper.send(1);
    let arguments = ["send", "week-1", "--test", &reader(1)];
    paper.publication.run_at(crate::returns::week(1), &arguments);
    let mail = paper.mail(&reader(1));
    assert!(mail.sender.starts_with("bounces+0."), "{}", mail.sender);
    let text = Bounce { to: &mail.sender, recipient: &reader(1), quoted: mail.header(), ..HARD };
    let came = paper.take_in(1, &text.text());
    assert_eq!(came["outcome"], "nothing", "{came}");
    assert_eq!(paper.suppressed(), [""; 0]);
}

#[test]
fn a_mail_to_unsubscribe_of_someone_who_is_not_on_the_list_changes_nothing() {
    let paper = Paper::new(3);
    paper.send(1);
    let to = "unsubscribe@tidewater.example.org";
    for subject in ["unsubscribe", &format!("unsubscribe {}", "A".repeat(60))] {
        let came = paper.take_in(1, &letter("stranger@example.org", to, subject));
        assert_eq!(came["outcome"], "left", "{came}");
    }
    assert_eq!(paper.suppressed(), [""; 0]);
}

#[test]
fn a_complaint_that_only_a_passed_on_token_proves_is_an_unsubscription() {
    let paper = Paper::new(3);
    paper.send(1);
    let mail = paper.mail(&reader(1));
    let quoted = format!("Subject: x\nList-Unsubscribe: {}\n\nx", mail.field("List-Unsubscribe"));
    let came = paper.take_in(1, &complaint("abuse@tidewater.example.org", "abuse", &quoted));
    assert_eq!(came["outcome"], "suppressed", "{came}");
    let at = "2026-01-02T07:00:00.000Z";
    assert_eq!(paper.suppressed(), [format!("{},unsubscribed,token,{at},", reader(1))]);
    paper.send(2);
    assert_eq!(paper.mails(&reader(1)), 1);
    // The row that a confirmed sign-up appends.
    let rows = paper.publication.read("suppressions.csv");
    let back = format!("back:{},subscribed again,form,2026-01-09T08:00:00.000Z,\n", reader(1));
    paper.publication.write("suppressions.csv", &(rows + &back));
    paper.send(3);
    assert_eq!(paper.mails(&reader(1)), 2);
}

#[test]
fn a_letter_of_a_person_with_the_words_of_a_bounce_suppresses_nobody() {
    let paper = Paper::with_return_path(3, "bounces@tidewater.example.org");
    paper.send(1);
    let mail = paper.mail(&reader(1));
    let header = format!(
        "From: Ada <{}>\nTo: bounces@tidewater.example.org\nIn-Reply-To: {}\n\
         Date: Fri, 2 Jan 2026 07:00:01 +0000\nMessage-ID: <p@example.org>\n",
        reader(1),
        mail.field("Message-ID")
    );
    let words = "my friend's address could not be delivered to:\n\n<old@example.org>: 550 5.1.1 user unknown\n";
    for subject in ["Delivery failure", "undeliverable", "A question"] {
        let came = paper.take_in(1, &format!("{header}Subject: {subject}\n\n{words}"));
        assert_eq!(came["outcome"], "left", "{subject}: {came}");
    }
    assert_eq!(paper.suppressed(), [""; 0]);
    // With the sign of a mail system the same is a bounce.
    let text = format!("Return-Path: <>\n{header}Subject: Delivery failure\n\n{words}");
    assert_eq!(paper.take_in(1, &text)["outcome"], "suppressed");
}

/// Microsoft's programme since June 2026: the header alone, and of the recipient only the domain.
#[test]
fn a_complaint_of_outlook_without_a_recipient_is_proven_by_what_only_our_mail_has() {
    let paper = Paper::new(4);
    paper.send(1);
    for (number, names) in [(1, vec!["Message-ID"]), (2, vec!["List-Unsubscribe"]), (3, vec![])] {
        let mail = paper.mail(&reader(number));
        let fields = names.iter().map(|name| format!("{name}: {}\n", mail.field(name)));
        let mut fields: String = fields.collect();
        if names.is_empty() {
            fields = format!("Return-Path: <{}>\n", mail.sender);
        }
        let text = format!(
            "From: staff@hotmail.com\nTo: abuse@tidewater.example.org\nMessage-ID: <j{number}@x>\n\
             Subject: complaint about message from 192.0.2.25\nDate: Fri, 2 Jan 2026 07:00:01 +0000\n\
             MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=j\n\n--j\n\
             Content-Type: message/rfc822\n\nX-MS-Exchange-EOPDirect: true\n{fields}\
             From: review@tidewater.example.org\nTo: r***@outlook.example.com\nSubject: Week 1\n--j--\n"
        );
        let came = paper.take_in(1, &text);
        assert_eq!(came["outcome"], "suppressed", "{number}: {came}");
    }
    let rows = paper.suppressed();
    let starts = |row: &String, what: &str| row.contains(what);
    assert!(starts(&rows[0], &format!("{},complaint: abuse,", reader(1))), "{rows:?}");
    assert!(starts(&rows[1], &format!("{},unsubscribed,", reader(2))), "{rows:?}");
    assert!(starts(&rows[2], &format!("{},complaint: abuse,", reader(3))), "{rows:?}");
}
