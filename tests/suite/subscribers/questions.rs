//! Commands that ask in, what happens after yes and after no compared.

use std::io::{self, BufRead, Read, Write};
use std::sync::{Arc, Mutex};

use newsletter::cli::{Env, Exit};
use newsletter::clock::Clock;

use crate::subscribers::empty;
use crate::support::publication::{Ended, Publication};

/// Answers a question, and does something before.
struct Person<F> {
    before: Option<F>,
    answer: io::Cursor<String>,
}

impl<F: FnOnce()> Read for Person<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.answer.read(buffer)
    }
}

impl<F: FnOnce()> BufRead for Person<F> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if let Some(before) = self.before.take() {
            before();
        }
        self.answer.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.answer.consume(amount);
    }
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs a command on a terminal, where somebody answers after doing something else.
pub(crate) fn answered<F: FnOnce() + Send + 'static>(
    publication: &Publication,
    arguments: &[&str],
    answer: &str,
    before: F,
) -> Ended {
    let (output, messages) = (Shared::default(), Shared::default());
    let mut env = Env {
        arguments: ["newsletter"].iter().chain(arguments).map(Into::into).collect(),
        program: String::new(),
        machine: "test".to_owned(),
        folder: publication.path(""),
        variables: std::collections::BTreeMap::new(),
        input: Box::new(Person {
            before: Some(before),
            answer: io::Cursor::new(answer.to_owned()),
        }),
        output: Box::new(output.clone()),
        messages: Box::new(messages.clone()),
        terminal: true,
        coloured: false,
        clock: Clock::System,
        random: |bytes| bytes.fill(7),
        browse: |_| Ok(()),
    };
    let exit = newsletter::cli::run(&mut env);
    let text = |shared: &Shared| String::from_utf8(shared.0.lock().unwrap().clone()).unwrap();
    Ended { exit, output: text(&output), messages: text(&messages) }
}

#[test]
fn an_import_is_asked_for_and_no_changes_nothing() {
    let publication = empty();
    publication.write("list.csv", "email\nada@example.org\nfoo\n");
    let import = ["subscribers", "import", "list.csv"];
    for no in ["n\n", "\n", ""] {
        let ended = answered(&publication, &import, no, || ());
        assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
        assert!(ended.messages.contains("Nothing was imported."), "{}", ended.messages);
        assert_eq!(publication.read("subscribers.csv"), "email\n");
        assert!(!publication.path("rejected.csv").exists());
    }
    let ended = answered(&publication, &import, "y\n", || ());
    assert_eq!(ended.exit, Exit::Partly, "{}", ended.messages);
    assert_eq!(publication.read("subscribers.csv"), "email\nada@example.org\n");
    assert!(publication.path("rejected.csv").exists());
}

#[test]
fn nobody_is_forgotten_who_is_not_meant() {
    let publication = empty();
    publication.write("subscribers.csv", "email\nada@example.org\n");
    let forget = ["subscribers", "forget", "ada@example.org"];
    let ended = answered(&publication, &forget, "n\n", || ());
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    assert_eq!(publication.read("subscribers.csv"), "email\nada@example.org\n");
    let ended = answered(&publication, &forget, "yes\n", || ());
    assert_eq!(ended.exit, Exit::Done, "{}", ended.messages);
    assert_eq!(publication.read("subscribers.csv"), "email\n");
}
