//! `newsletter subscribers`: files and answers in, what the list and everything else hold then compared.

mod everything;
mod forget;
mod questions;

use std::fs;
use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use newsletter::audience::Import;
use newsletter::cli::Exit;

use crate::audience::{cases, chain};
use crate::support::publication::Publication;

/// The bytes of a zip of these files: APPNOTE 6.3, deflated.
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        let packed = encoder.finish().unwrap();
        let mut crc = flate2::Crc::new();
        crc.update(text);
        let at = u32::try_from(bytes.len()).unwrap();
        let sizes = [crc.sum(), number(packed.len()), number(text.len())];
        let sizes: Vec<u8> = sizes.iter().flat_map(|size| size.to_le_bytes()).collect();
        let name_length = u16::try_from(name.len()).unwrap().to_le_bytes();
        bytes.extend(b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0");
        bytes.extend(&sizes);
        bytes.extend(name_length);
        bytes.extend(b"\0\0");
        bytes.extend(name.as_bytes());
        bytes.extend(packed);
        directory.extend(b"PK\x01\x02\x14\0\x14\0\0\0\x08\0\0\0\0\0");
        directory.extend(&sizes);
        directory.extend(name_length);
        directory.extend([0; 12]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (begin, count) = (number(bytes.len()), u16::try_from(files.len()).unwrap());
    let length = number(directory.len());
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend(count.to_le_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.extend(length.to_le_bytes());
    bytes.extend(begin.to_le_bytes());
    bytes.extend(b"\0\0");
    bytes
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap()
}

/// The sample with an empty list.
fn empty() -> Publication {
    let publication = Publication::sample();
    publication.write("subscribers.csv", "email\n");
    publication
}

#[test]
fn a_zip_of_three_lists_is_imported_as_the_three_are() {
    let folder = cases().join("exports/mailchimp");
    let read = |name: &str| fs::read(folder.join(name)).unwrap();
    let names = ["subscribed", "unsubscribed", "cleaned"];
    let names = names.map(|name| format!("{name}_members_export_1a2b3c.csv"));
    let mut files: Vec<(&str, Vec<u8>)> =
        names.iter().map(|name| (name.as_str(), read(name))).collect();
    files.push(("__MACOSX/._subscribed.csv", b"\0\x05\x16\x07".to_vec()));
    files.push(("posts.csv", b"post_id,title\n1,First\n".to_vec()));
    files.push(("nonsubscribed_members.csv", b"Email Address,LEID\nzoe@example.org,1\n".to_vec()));
    files.push(("posts/1.html", b"<p>zoe@example.org</p>".to_vec()));
    let files: Vec<(&str, &[u8])> = files.iter().map(|(n, text)| (*n, text.as_slice())).collect();

    let publication = empty();
    fs::write(publication.path("export.zip"), zip(&files)).unwrap();
    let ended = publication.run(&["subscribers", "import", "export.zip", "--yes"]);
    assert_eq!(ended.exit, Exit::Partly, "{}", ended.messages);
    for said in ["Added 2 readers; suppressed 4 others.", "never subscribed", "posts.csv: left out"]
    {
        assert!(ended.messages.contains(said), "{}", ended.messages);
    }
    let expected = fs::read_to_string(folder.join("expected/subscribers.csv")).unwrap();
    assert_eq!(publication.read("subscribers.csv"), expected);
    let list = publication.read("suppressions.csv");
    for address in ["cid@", "dora@", "IVY@", "eve@"] {
        assert!(list.contains(address), "{list}");
    }
    assert!(!list.contains("zoe@") && !publication.read("subscribers.csv").contains("zoe@"));
}

#[test]
fn a_zip_that_is_damaged_or_a_bomb_is_refused_and_changes_nothing() {
    let list = b"email,name\nada@example.org,Ada\nbob@example.org,Bob\n".as_slice();
    let good = zip(&[("list.csv", list)]);
    let bomb = vec![b'x'; 64 << 20];
    let bomb = zip(&[("list.csv", &bomb)]);
    let mut encrypted = good.clone();
    let directory = good.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    encrypted[directory + 8] = 1;
    let mut shorter = good.clone();
    shorter[directory + 24] -= 1;
    let mut other = good.clone();
    other[40] ^= 0x20;
    let damaged = [
        ("cut off", good[..good.len() - 30].to_vec()),
        ("a bomb", bomb),
        ("encrypted", encrypted),
        ("longer than it says", shorter),
        ("with another byte", other),
        ("nothing but its beginning", b"PK\x03\x04".to_vec()),
    ];
    for (what, bytes) in damaged {
        let publication = empty();
        fs::write(publication.path("export.zip"), bytes).unwrap();
        let ended = publication.run(&["subscribers", "import", "export.zip", "--yes"]);
        assert!(!matches!(ended.exit, Exit::Done | Exit::Partly), "{what}: {}", ended.messages);
        assert_eq!(publication.read("subscribers.csv"), "email\n", "{what}");
        assert!(!publication.path("rejected.csv").exists(), "{what}");
    }
    // Whatever byte of it is another one, nothing panics.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export.zip");
    for at in 0..good.len() {
        let mut bytes = good.clone();
        bytes[at] ^= 0xff;
        fs::write(&path, bytes).unwrap();
        if let Err((_, error)) = Import::open(std::slice::from_ref(&path)) {
            drop(chain(&error));
        }
    }
}

#[test]
fn what_is_exported_is_imported_as_it_was_also_what_looks_like_a_formula() {
    let values = [
        "=cmd()|' /C calc'!A0",
        "+44 20 7946 0000",
        "-5",
        "@SUM(1)",
        "\tx",
        "\rx",
        "'=x",
        "''+x",
        "'tis",
        "'",
        "''",
        " =x",
        "\u{ff1d}x",
        "a\nb",
        "a\r\nb",
        "\"q\"",
        ";",
        "",
        " x ",
        "'\u{ff0b}",
    ];
    let publication = empty();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["email", "first_name", "phone number", "tags"]).unwrap();
    for (at, value) in values.iter().enumerate() {
        let address = format!("r{at}@example.org");
        writer
            .write_record([&address, *value, &value.chars().rev().collect::<String>(), "a, b;c"])
            .unwrap();
    }
    writer.write_record(["+plus@example.org", "=x", "", ""]).unwrap();
    let list = String::from_utf8(writer.into_inner().unwrap()).unwrap();
    publication.write("subscribers.csv", &list);

    let exported = publication.run(&["subscribers", "export"]);
    assert_eq!(exported.exit, Exit::Done, "{}", exported.messages);
    for row in csv::Reader::from_reader(exported.output.as_bytes()).records() {
        for cell in &row.unwrap() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\u{ff1d}']), "{cell}");
        }
    }
    let raw = publication.run(&["subscribers", "export", "--raw"]).output;
    assert!(raw.contains("\n=cmd()") || raw.contains(",=cmd()"), "{raw}");

    let other = empty();
    other.write("subscribers.csv", "email,first_name,phone number,tags\n");
    other.write("export.csv", &exported.output);
    let ended = other.run(&["subscribers", "import", "export.csv", "--yes"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    assert_eq!(other.read("subscribers.csv"), list);
    // From nothing, too.
    let third = empty();
    fs::remove_file(third.path("subscribers.csv")).unwrap();
    third.write("export.csv", &exported.output);
    let ended = third.run(&["subscribers", "import", "export.csv", "--yes"]);
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    let again = third.run(&["subscribers", "export"]);
    assert_eq!(again.output, exported.output);
}

#[test]
fn an_export_of_a_segment_holds_who_belongs_to_it() {
    let publication = Publication::with_readers(5);
    let ended = publication.run(&["subscribers", "export", "--segment", "members"]);
    let members: Vec<_> = ended.output.lines().skip(1).collect();
    assert_eq!(members.len(), 2, "{}", ended.output);
    assert!(members.iter().all(|row| row.contains("member")));
    let ended = publication.run(&["subscribers", "export", "--segment", "membres"]);
    assert_eq!((ended.exit, ended.output.as_str()), (Exit::Usage, ""));
}

#[test]
fn a_list_that_changes_between_the_question_and_the_answer_is_not_written_over() {
    let publication = empty();
    publication.write("list.csv", "email\nada@example.org\n");
    let list = publication.path("subscribers.csv");
    let ended = questions::answered(
        &publication,
        &["subscribers", "import", "list.csv"],
        "y\n",
        move || {
            let mut file = fs::OpenOptions::new().append(true).open(&list).unwrap();
            file.write_all(b"eve@example.org\n").unwrap();
        },
    );
    assert_eq!(ended.exit, Exit::Unfinished, "{}", ended.messages);
    assert_eq!(publication.read("subscribers.csv"), "email\neve@example.org\n");
    assert!(no_leftovers(&publication.path("")));
}

/// Whether nothing that was begun is left in a folder.
fn no_leftovers(folder: &Path) -> bool {
    let names = folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name());
    names.into_iter().all(|name| !name.to_string_lossy().ends_with(".new"))
}
