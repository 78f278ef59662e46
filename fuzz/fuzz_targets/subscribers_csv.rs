//! Any bytes in, readers with different addresses, bad rows or an error out.
#![no_main]

use std::collections::HashSet;

use libfuzzer_sys::fuzz_target;
use newsletter::audience::List;

fuzz_target!(|bytes: &[u8]| {
    let Ok(list) = List::survey(|| Ok(bytes)) else { return };
    let Ok(subscribers) = list.subscribers() else { return };
    let mut seen = HashSet::new();
    for row in subscribers {
        let Ok(row) = row else { return };
        match row {
            Ok(reader) => assert!(seen.insert(reader.address.key()), "a reader comes twice"),
            Err(bad) => drop(bad.to_string()),
        }
    }
});
