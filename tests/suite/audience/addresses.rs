//! Addresses in, whether each is taken compared.

use std::fs;

use newsletter::address::{AddressError, EmailAddress};
use proptest::prelude::{Strategy, prop};

use crate::audience::{cases, holds};

/// The text of a row of addresses.txt, with what stands for other characters replaced.
fn unescaped(text: &str) -> String {
    let mut plain = text.replace("\\t", "\t").replace("\\r", "\r").replace("\\n", "\n");
    while let Some(at) = plain.find("\\u{") {
        let end = at + plain[at..].find('}').expect("`\\u{…}`");
        let code = u32::from_str_radix(&plain[at + 3..end], 16).expect("`\\u{…}`");
        plain.replace_range(
            at..=end,
            char::from_u32(code).expect("`\\u{…}`").encode_utf8(&mut [0; 4]),
        );
    }
    plain.replace("\\\\", "\\")
}

#[test]
fn addresses_are_taken_and_refused_as_the_table_says() {
    let table = fs::read_to_string(cases().join("addresses.txt")).unwrap();
    let (mut rows, mut wrong) = (0, Vec::new());
    for row in table.lines().filter(|row| !row.is_empty() && !row.starts_with("# ") && *row != "#")
    {
        let mut cells = row.rsplitn(3, " |");
        let (Some(key), Some(verdict), Some(text)) = (cells.next(), cells.next(), cells.next())
        else {
            panic!("not three cells: {row}");
        };
        let parsed: Result<EmailAddress, AddressError> = unescaped(text.trim()).parse();
        let as_said = match &parsed {
            Ok(address) => {
                let again: EmailAddress = address.to_string().parse().unwrap();
                let smtputf8 = !address.local().is_ascii();
                verdict.trim() == "ok"
                    && address.key() == unescaped(key.trim())
                    && (&again, address.needs_smtputf8()) == (address, smtputf8)
            }
            Err(_) => verdict.trim() == "bad",
        };
        rows += 1;
        if !as_said {
            wrong.push(format!("{row}\n    {:?}", parsed.map(|address| address.key())));
        }
    }
    assert!(wrong.is_empty(), "{} of {rows}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(rows >= 120, "only {rows} rows");
}

#[test]
fn any_text_is_an_address_or_not_and_an_address_stays_itself() {
    let likely = "[a-zA-Z\u{e9}\u{301}.+'@ -]{0,12}@[a-zA-Z\u{fc}\u{308}.0-9_-]{0,12}\\.[a-z]{1,4}";
    holds(1000, &prop_text(likely), |text| {
        let Ok(address) = text.parse::<EmailAddress>() else { return };
        assert_eq!(address.to_string().parse::<EmailAddress>().unwrap().key(), address.key());
        assert_eq!(address.key().parse::<EmailAddress>().unwrap().key(), address.key());
        assert!(address.domain().is_ascii() && !address.to_string().contains(['\r', '\n', '\0']));
    });
}

fn prop_text(likely: &'static str) -> impl Strategy<Value = String> {
    prop::strategy::Union::new([likely, "\\PC{0,40}", "(?s).{0,40}"])
}
