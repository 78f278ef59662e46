//! The units of systemd in `docs/systemd` in, what systemd has against them out.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::real::component;

#[test]
#[ignore = "needs systemd-analyze (systemd)"]
fn systemd_has_nothing_against_the_services_and_the_timer() {
    let folder = component::open_folder("newsletter-units-");
    let documents = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/systemd");
    let mut analyze = Command::new(component::find("systemd-analyze", "systemd"));
    analyze.args(["verify", "--man=no"]);
    for name in ["newsletter-send.service", "newsletter-send.timer", "newsletter-serve.service"] {
        let unit = fs::read_to_string(documents.join(name)).unwrap();
        // It wants to see the program that it will start.
        let unit = unit.replace("/usr/local/bin/newsletter", env!("CARGO_BIN_EXE_newsletter"));
        fs::write(folder.path().join(name), unit).unwrap();
        analyze.arg(folder.path().join(name));
    }
    let output = analyze.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    // An unknown key is worth a line to it, and no more; other units of the machine do not matter.
    let about: Vec<_> = said.lines().filter(|line| line.contains("newsletter-s")).collect();
    assert!(about.is_empty(), "{said}");
}
