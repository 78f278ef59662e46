//! Issues of 25 to 800 sections in, the time that compiling them takes out: it has to grow as they do.

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use newsletter::audience::{Columns, Recipient};
use newsletter::compile::{self, Draft, Edition, Press, Program, Reader};
use newsletter::config::{self, Config};
use newsletter::diagnostic::Source;
use newsletter::issue::{self, Folder, Issue};
use newsletter::key::Key;
use newsletter::templates::{Neighbours, Theme, ThemeFiles};

/// How many sections the issues have.
const SECTIONS: [usize; 6] = [25, 50, 100, 200, 400, 800];

/// An issue of so many sections, of every kind, about 700 bytes each.
fn text(sections: usize) -> String {
    let mut text = String::from("title = \"First frost\"\ndate = 2026-11-20\nlede = \"Dear {{first_name|reader}}.\"\n");
    for number in 0..sections {
        let section = match number % 8 {
            0..=3 => format!(
                "heading = \"Story {number}\"\nkicker = \"Read on\"\nbody = \"\"\"\nThe gauge at Marrick decides what every hull may carry, {{{{first_name|reader}}}}. [Story {number}](https://tidewater.example.org/{number}?town={{{{town|all}}}}) has it *all*.\n\n### What that does\n\n- Two-thirds of a load costs nearly as much to move as a whole one: **€9.40 a tonne**, not €6.10.\n- One light barge equals 32 lorries. The lane to the upper depot has passing places.\n\n> You do not lose the river in a flood. You lose it forty tonnes at a time.\n\"\"\"\nbutton = {{ label = \"Read story {number}\", url = \"https://tidewater.example.org/{number}\" }}\n"
            ),
            4 => "kind = \"briefs\"\nheading = \"Also on the water\"\nitems = [{ heading = \"A stay\", body = \"The *Kittiwake* may sail until March.\", url = \"https://tidewater.example.org/stay\" }, { heading = \"A café\", body = \"On one condition.\" }]\n".to_owned(),
            5 => "kind = \"figures\"\nheading = \"By the numbers\"\nitems = [{ value = \"58%\", label = \"of the salt is there\" }, { value = \"€9.40\", label = \"a tonne\", note = \"By light barge.\" }]\n".to_owned(),
            6 => "heading = \"The gauge\"\nbody = \"\"\"\n| Week | Mean |\n|:-----|-----:|\n| 40 | 2.31 |\n| 41 | 1.62 |\n| 42 | 1.38 |\n\"\"\"\n".to_owned(),
            _ => "kind = \"quote\"\ntext = \"We rent the harbour from the river, and the rent is mud.\"\nattribution = \"The harbour master\"\n".to_owned(),
        };
        write!(text, "\n[[section]]\n{section}").expect("a string takes it");
    }
    text
}

/// A publication and a reader.
struct Desk {
    config: Config,
    theme: Theme,
    neighbours: Neighbours,
    key: Key,
    reader: Recipient,
}

impl Desk {
    fn open() -> Self {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../newsletter.toml");
        let settings = std::fs::read_to_string(root).expect("the sample's settings");
        let config = config::parse(&Source::new("newsletter.toml", settings)).value;
        let text = Theme::built_in(Theme::DEFAULT).expect("a theme");
        let settings = Source::new("theme.toml", text);
        let files = ThemeFiles { settings, style: None, layout: None };
        let theme = Theme::parse(&files, &Folder::new(".")).value;
        let columns = Columns::new(["email", "first_name", "town"]);
        Self {
            config: config.expect("good settings"),
            theme: theme.expect("a good theme"),
            neighbours: Neighbours::default(),
            key: Key::new(&[7; 32]),
            reader: Recipient {
                address: "ann@example.org".parse().expect("an address"),
                line: 2,
                columns: columns.into(),
                values: ["ann@example.org", "Ann", "Averley"].map(str::to_owned).to_vec(),
            },
        }
    }

    fn parse(&self, text: &str) -> Issue {
        let source = Source::new("issues/bench.toml", text);
        issue::parse(&source, &Folder::new("."), &[]).value.expect("a good issue")
    }

    fn draft(&self, issue: &Issue) -> Draft {
        let press = Press {
            publication: &self.config.publication,
            sender: &self.config.sender,
            unsubscribe: &self.config.unsubscribe,
            name: &self.config.audience.name,
            theme: &self.theme,
            neighbours: &self.neighbours,
        };
        let date = "2026-11-20T07:00:00Z".parse().expect("a date");
        compile::draft(issue, &press, &Edition::public(issue), date, "")
    }

    fn compile(&self, text: &str) -> Program {
        self.draft(&self.parse(text)).program()
    }
}

fn benches(criterion: &mut Criterion) {
    let desk = Desk::open();
    let mut group = criterion.benchmark_group("compile");
    for sections in SECTIONS {
        let text = text(sections);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter(sections), &text, |bencher, text| {
            bencher.iter(|| black_box(desk.compile(text)));
        });
    }
    group.finish();
    let mut group = criterion.benchmark_group("stages of 200 sections");
    let text = text(200);
    let issue = desk.parse(&text);
    let draft = desk.draft(&issue);
    let program = draft.program();
    let reader = Reader { recipient: &desk.reader, key: &desk.key };
    let mut message = Vec::new();
    group.bench_function("parse", |bencher| bencher.iter(|| black_box(desk.parse(&text))));
    group.bench_function("draft", |bencher| bencher.iter(|| black_box(desk.draft(&issue))));
    group.bench_function("program", |bencher| bencher.iter(|| black_box(draft.program())));
    group.bench_function("assemble", |bencher| {
        bencher.iter(|| {
            message.clear();
            program.assemble(reader, &mut message).expect("every field is filled");
            black_box(message.len())
        });
    });
    group.finish();
}

criterion_group!(compile, benches);
criterion_main!(compile);
