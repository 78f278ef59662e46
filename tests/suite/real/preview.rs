//! The sample publication and a browser in, what an editor sees of the preview out.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use newsletter::issue::Asset;
use newsletter::web::preview::{Ask, Desk, Letter, Press, Proof, Server, Watch, serve};
use tokio::net::TcpListener;

use crate::real::{component, markup};
use crate::support::publication::Publication;
use crate::support::visitor::Preview;

/// What a letter must not be able to do; every one of these would leave a trace.
const HOSTILE: &str = r#"<!DOCTYPE html><html><head><title>x</title>
<meta http-equiv="refresh" content="0;url=https://evil.example.org/refresh">
<base href="https://evil.example.org/">
<link rel="stylesheet" href="https://evil.example.org/sheet.css">
<style>@import url(https://evil.example.org/import.css); p{background:url(https://evil.example.org/css.png)}</style>
<script>parent.ran = window.ran = "script"</script>
<script src="https://evil.example.org/script.js"></script></head>
<body onload="parent.ran = 'onload'"><p>This is a hostile letter.</p>
<img src="https://evil.example.org/pixel.png" onerror="parent.ran = 'onerror'" alt="">
<img srcset="https://evil.example.org/set.png 2x" alt="">
<svg onload="parent.ran = 'svg'"><script>parent.ran = 'svg script'</script></svg>
<iframe src="javascript:parent.parent.ran = 'frame'"></iframe>
<object data="https://evil.example.org/object"></object>
<a id="script" href="javascript:parent.ran = 'link'">a</a>
<a id="void" href=" JaVaScRiPt:void(top.ran = 'void')" target="_self">b</a>
<a id="data" href="data:text/html,<script>opener.ran = 'data'</script>">c</a>
<form action="https://evil.example.org/form"><button id="form" formaction="javascript:parent.ran = 'form'">d</button></form>
</body></html>"#;

/// Lets a browser act on a preview, and returns what was wrong.
fn act(act: &str, address: &str, publication: &Publication) {
    let mut command = Command::new(component::find("node", "nodejs"));
    command.arg(component::tool("preview.mjs")).arg(component::find("chromium", "chromium"));
    command.args([act, address]).arg(publication.path(""));
    command.arg(component::module("axe-core/axe.min.js"));
    let faults: Vec<String> = serde_json::from_str(&component::run(&mut command)).unwrap();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// Starts the program itself, and lets a browser act on it.
fn preview(act_of: &str) {
    let publication = Publication::sample();
    let (_running, address) = publication.preview();
    act(act_of, &address, &publication);
}

#[test]
#[ignore = "needs Chromium and Node"]
fn every_view_shows_every_reader_what_that_reader_gets() {
    preview("views");
}

#[test]
#[ignore = "needs Chromium and Node"]
fn the_page_follows_the_files_and_nobody_loses_the_place() {
    preview("live");
}

#[test]
#[ignore = "needs Chromium and Node"]
fn everything_can_be_reached_by_keyboard() {
    preview("keyboard");
}

#[test]
#[ignore = "needs Chromium, Node and axe-core"]
fn everyone_can_read_the_preview() {
    preview("axe");
}

#[test]
#[ignore = "needs Chromium and Node"]
fn a_page_of_another_site_gets_nothing_out_of_the_preview() {
    preview("stranger");
}

/// Shows a letter that the compiler would never make.
struct Hostile;

impl Desk for Hostile {
    fn reread(&mut self) -> Vec<PathBuf> {
        Vec::new()
    }

    fn proof(&mut self, _: &Ask) -> Proof {
        let letter = Letter { html: HOSTILE.to_owned(), ..Letter::default() };
        Proof { letter: Some(letter), fresh: true, ..Proof::default() }
    }

    fn asset(&mut self, _: &Ask, _: &str) -> Option<Asset> {
        None
    }

    fn source(&mut self, _: &Ask, _: &str) -> Option<Arc<newsletter::diagnostic::Source>> {
        None
    }

    fn lookup(&mut self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

#[test]
#[ignore = "needs Chromium and Node"]
fn nothing_in_a_letter_runs_or_is_fetched() {
    let publication = Publication::sample();
    let watch = Watch::new(&publication.path(""), &[]).unwrap();
    let press: Press = Arc::new(|_, _| String::new());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = format!("http://{}/secret/", listener.local_addr().unwrap());
    let server = Server { desk: Box::new(Hostile), press, watch, secret: "secret".to_owned() };
    runtime.spawn(serve(listener, server));
    act("hostile", &address, &publication);
    runtime.shutdown_background();
}

#[test]
#[ignore = "needs Java and the Nu HTML checker"]
fn the_html_checker_has_nothing_against_the_preview() {
    let publication = Publication::sample();
    let folder = component::open_folder("newsletter-preview-");
    let preview = Preview::of(&publication);
    for (name, path) in [
        ("page", ""),
        (
            "views",
            "?view=desktop,phone,dark,images-off,text,source,headers&reader=nobody@example.org",
        ),
        ("letter", "letter?look=dark"),
        ("leaving", "leaving"),
        ("file", "file?path=issues/2026-11-20-first-frost.toml"),
    ] {
        let answer = preview.get(path);
        std::fs::write(folder.path().join(format!("{name}.html")), answer.body()).unwrap();
    }
    let faults = markup::faults([folder.path()]);
    assert!(faults.is_empty(), "{faults}");
}
