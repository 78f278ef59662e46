//! Programs, ours and any others, and readers in, signatures of what they assemble to out.

use newsletter::compile::{Cut, Edition, Escape, Filling, Program, Reader, Slot};
use newsletter::dkim::Signer;
use newsletter::field::{Field, Piece, Span, Template};
use proptest::prelude::*;
use proptest::sample::select;

use crate::compile::generate;
use crate::desk::{self, Desk};
use crate::dkim::{both, date, ed25519, plain};

/// What relaxed form is about, and what only looks like it.
const PIECES: [&str; 24] = [
    "\r\n",
    "\r\n",
    "\r\n",
    "\r\n\r\n",
    " ",
    "\t",
    " \t ",
    "\r",
    "\n",
    "\r\r\n",
    "a",
    "b.",
    "=\r\n",
    "=20",
    "From: x",
    "To:",
    "subject :\t",
    "List-Unsubscribe: <y>",
    "Content-Type: text/plain",
    ":",
    "DATE:",
    "\u{e9}",
    "\u{b}",
    "\0",
];

fn text(most: usize) -> impl Strategy<Value = String> {
    proptest::collection::vec(select(&PIECES[..]), 0..most).prop_map(|pieces| pieces.concat())
}

/// A header, most often one that ends.
fn message() -> impl Strategy<Value = String> {
    (text(30), prop::bool::weighted(0.8), text(40)).prop_map(|(header, ends, body)| {
        let end = if ends { "\r\n\r\n" } else { "" };
        format!("From: a@example.org\r\n{header}{end}{body}")
    })
}

/// A slot that can write anything: before a `:` what it is called, and then what it says.
fn slot() -> impl Strategy<Value = Slot> {
    let plain = |text: String| Template { pieces: vec![Piece::Text(text)], ..Template::default() };
    prop_oneof![
        (text(6), select(&["", "x", "a  b"][..]))
            .prop_map(move |(name, text)| Slot::Header(name, plain(text.to_owned()))),
        Just(Slot::HeaderToken),
        Just(Slot::Token),
        select(&["first_name", "last_name", "town"][..]).prop_map(|name| {
            let field = Field {
                name: name.to_owned(),
                default: Some(String::new()),
                span: Span::default(),
            };
            Slot::Field(field, Escape::None)
        }),
    ]
}

/// A program that no compiler made, cut anywhere.
fn program() -> impl Strategy<Value = Program> {
    let cuts = proptest::collection::vec((any::<prop::sample::Index>(), slot()), 0..6);
    (message(), cuts).prop_map(|(bytes, cuts)| {
        let bytes = bytes.into_bytes();
        let cuts = cuts.into_iter().map(|(at, slot)| Cut { at: at.index(bytes.len() + 1), slot });
        let mut cuts: Vec<_> = cuts.collect();
        cuts.sort_by_key(|cut| cut.at);
        Program::from_parts(bytes, cuts)
    })
}

/// Holds the stencil's signature of one reader's message against the plain way.
fn check(signer: &Signer, program: &Program, reader: Reader<'_>) -> Result<(), TestCaseError> {
    let stencil = signer.stencil(program);
    let mut filling = Filling::default();
    if program.fill(reader, &mut filling).is_err() {
        return Ok(());
    }
    let (mut quick, mut whole, mut message) = (b"before".to_vec(), b"before".to_vec(), Vec::new());
    stencil.sign(program, &filling, date(), &mut quick);
    program.assemble(reader, &mut message).unwrap();
    signer.sign(&message, date(), &mut whole);
    prop_assert_eq!(String::from_utf8_lossy(&quick), String::from_utf8_lossy(&whole));
    // A message that begins with white space goes on with whatever is put before it.
    if message.starts_with(b" ") || message.starts_with(b"\t") {
        return Ok(());
    }
    let signed = [&quick[b"before".len()..], &message].concat();
    let faults = plain::judge(&signed, signer);
    prop_assert_eq!(faults, vec![String::new(); signer.keys().len()], "{:?}", signed);
    Ok(())
}

proptest! {
    #![proptest_config(generate::config(1))]

    #[test]
    fn any_message_is_signed_as_the_rfc_says(message in message()) {
        let signer = Signer::new(vec![ed25519()]);
        let mut signed = Vec::new();
        signer.sign(message.as_bytes(), date(), &mut signed);
        signed.extend_from_slice(message.as_bytes());
        prop_assert_eq!(plain::judge(&signed, &signer), [""], "{:?}", message);
    }

    #[test]
    fn a_stencil_of_any_program_signs_what_is_assembled(program in program(), reader in generate::reader()) {
        let desk = Desk::of_cases();
        check(&Signer::new(vec![ed25519()]), &program, Reader { recipient: &reader, key: &desk.key })?;
    }
}

proptest! {
    #![proptest_config(generate::config(8))]

    #[test]
    fn every_reader_of_a_letter_gets_good_signatures(
        text in generate::issue(),
        readers in proptest::collection::vec(generate::reader(), 3),
    ) {
        let (desk, signer) = (Desk::of_cases(), both());
        let issue = desk::parse("generated", &text, &desk::assets());
        let program = desk.draft(&issue, &Edition::public(&issue)).program();
        for recipient in &readers {
            check(&signer, &program, Reader { recipient, key: &desk.key })?;
        }
    }
}

#[test]
fn a_stencil_of_another_program_signs_what_is_assembled_too() {
    let desk = Desk::of_cases();
    let recipient = desk::reader("ada@example.org", ["Ada", "Pellow", "Averley"]);
    let reader = Reader { recipient: &recipient, key: &desk.key };
    let program = |body: &str, slots: &[usize]| {
        let bytes = format!("From: a@example.org\r\n\r\n{body}").into_bytes();
        let cut = |at: &usize| Cut { at: *at, slot: Slot::Token };
        Program::from_parts(bytes, slots.iter().map(cut).collect())
    };
    let (own, other) = (program("one body", &[24]), program("another body", &[24, 28]));
    let signer = Signer::new(vec![ed25519()]);
    let (mut filling, mut message, mut signed) = (Filling::default(), Vec::new(), Vec::new());
    other.fill(reader, &mut filling).unwrap();
    other.assemble(reader, &mut message).unwrap();
    signer.stencil(&own).sign(&other, &filling, date(), &mut signed);
    signed.append(&mut message);
    assert!(plain::good(&signed, &signer));
}
