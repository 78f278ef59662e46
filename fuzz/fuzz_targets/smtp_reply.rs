//! Any words of a server in, a reply in one printable line out.
#![no_main]

use libfuzzer_sys::fuzz_target;
use newsletter::transport::Reply;

fuzz_target!(|answer: (u16, &str)| {
    let reply = Reply::new(answer.0, answer.1);
    assert!(!reply.text.chars().any(char::is_control), "{reply:?}");
    assert!(!(reply.is_positive() && reply.closes()), "{reply:?}");
});
