//! The program killed while it takes in bounces in, nobody lost and nobody suppressed twice out.

use std::collections::BTreeSet;
use std::fs;

use crate::real::component::{Dice, pause};
use crate::returns::{Bounce, HARD, Paper, reader};

const ROUNDS: usize = 40;
const EACH: usize = 8;

/// The keys of those who are suppressed: no row of the file is half a one, and none is there twice.
fn suppressed(paper: &Paper) -> BTreeSet<String> {
    let rows = paper.suppressed();
    let keys: BTreeSet<String> = rows
        .iter()
        .map(|row| {
            assert_eq!(row.split(',').count(), 5, "{row}");
            row.split(',').next().unwrap().to_owned()
        })
        .collect();
    assert_eq!(keys.len(), rows.len(), "{rows:?}");
    keys
}

/// Whose bounces are marked as read.
fn marked(paper: &Paper) -> Vec<String> {
    let files = fs::read_dir(paper.publication.path("returned/cur")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names.map(|name| reader(name.split('.').next().unwrap().parse().unwrap())).collect()
}

#[test]
fn whenever_it_is_killed_nothing_is_marked_that_is_not_done_and_nothing_is_done_twice() {
    let paper = Paper::new(ROUNDS * EACH);
    paper.send(1);
    let mut dice = Dice::new(6);
    for round in 0..ROUNDS {
        for number in round * EACH + 1..=(round + 1) * EACH {
            let mail = paper.mail(&reader(number));
            let text = Bounce { to: &mail.sender, id: &number.to_string(), ..HARD }.text();
            paper.put(&format!("{number}.a"), &text);
        }
        let mut running = paper.publication.spawn(&["bounces", "returned"]);
        pause(std::time::Duration::from_secs_f64(dice.share() * 0.08));
        drop(running.kill());
        drop(running.wait());
        let done = suppressed(&paper);
        for reader in marked(&paper) {
            assert!(done.contains(&reader), "{reader} is marked and not suppressed");
        }
    }
    paper.bounces(1, &["returned"]);
    assert_eq!(suppressed(&paper).len(), ROUNDS * EACH);
    assert_eq!(marked(&paper).len(), ROUNDS * EACH);
}
