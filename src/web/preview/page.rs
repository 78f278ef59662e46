//! A proof and what is asked for in, the page out.

use url::form_urlencoded::Serializer;

use crate::check::CLIPPED;
use crate::diagnostic::{Diagnostic, Level};
use crate::language::{Language, grouped};
use crate::templates::pages::preview::{
    self as pages, Choice, Content, Finding, Frame, Pane, Preview, Rank, Readers, Side, State,
    Weight,
};
use crate::web::preview::{
    Ask, Known, Letter, Look, Proof, Rows, Sample, View, Views, Who, frame, inbox,
};

/// How much of a message is shown, in bytes: attachments are long, and say nothing to anyone.
const SOURCE_MAX: usize = 300_000;

/// The page of a proof; `version` is the state of the files that it is of.
pub(super) fn page(proof: &Proof, ask: &Ask, version: u64) -> String {
    let wrong = !proof.troubles.is_empty() || proof.diagnostics.iter().any(Diagnostic::is_error);
    let state = match &proof.letter {
        Some(_) if proof.fresh && wrong => State::Unsendable,
        Some(_) if proof.fresh => State::Fresh,
        Some(_) => State::Stale,
        None => State::Nothing,
    };
    let views: Vec<_> = View::ALL.into_iter().map(|view| choice(view, ask)).collect();
    let panes: Vec<_> = ask.views.iter().map(|view| pane(view, proof, ask)).collect();
    let preview = Preview {
        version,
        publication: &proof.publication,
        title: &proof.title,
        state,
        views: &views,
        panes: &panes,
        side: &side(proof, ask),
    };
    preview.render().into_string()
}

fn choice(view: View, ask: &Ask) -> pages::View {
    let at = |views: Views| Ask { views, ..ask.clone() }.query();
    pages::View {
        label: view.label(),
        shown: ask.views.has(view),
        alone: at(Views::alone(view)),
        beside: ask.views.toggled(view).map(at),
    }
}

fn pane(view: View, proof: &Proof, ask: &Ask) -> Pane {
    let content =
        proof.letter.as_ref().map_or(Content::Nothing, |letter| content(view, letter, ask));
    let note = match view {
        View::Phone => "390 pixels wide".to_owned(),
        View::Source => proof.letter.as_ref().map_or_else(String::new, |letter| {
            format!("{} in all", Language::default().size(letter.message.len()))
        }),
        View::Desktop | View::Dark | View::ImagesOff | View::Text | View::Headers => String::new(),
    };
    Pane { id: view.word(), label: view.label(), note, content }
}

fn content(view: View, letter: &Letter, ask: &Ask) -> Content {
    let framed = |look, class| Content::Frame(frame(letter, look, class, ask));
    match view {
        View::Desktop => framed(Look::default(), "desktop"),
        View::Phone => framed(Look::default(), "phone"),
        View::Dark => framed(Look { dark: true, ..Look::default() }, "desktop"),
        View::ImagesOff => framed(Look { bare: true, ..Look::default() }, "desktop"),
        View::Text => Content::Text(letter.text.clone()),
        View::Source => Content::Text(source(&letter.message)),
        View::Headers => Content::Text(headers(&letter.message)),
    }
}

fn frame(letter: &Letter, look: Look, class: &'static str, ask: &Ask) -> Frame {
    let query = Ask { views: Views::default(), ..ask.clone() }.query();
    let html = frame::framed(letter, look, &query);
    let separator = if query.len() > 1 { "&" } else { "" };
    let src = format!("letter{query}{separator}look={}", look.word());
    Frame { src, digest: digest(&html), class }
}

/// What tells one text from another.
fn digest(text: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    digest.as_ref()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn source(message: &[u8]) -> String {
    let shown = &message[..message.len().min(SOURCE_MAX)];
    let mut text = lines(shown);
    if shown.len() < message.len() {
        text.push_str("\n(what follows is not shown)\n");
    }
    text
}

fn headers(message: &[u8]) -> String {
    let end = message.windows(4).position(|bytes| bytes == b"\r\n\r\n");
    lines(&message[..end.map_or(message.len(), |end| end + 2)])
}

/// The lines of a message, which is ASCII.
fn lines(message: &[u8]) -> String {
    String::from_utf8_lossy(message).replace("\r\n", "\n")
}

fn side(proof: &Proof, ask: &Ask) -> Side {
    let weight = proof.letter.as_ref().map(|letter| weight(letter.html.len()));
    Side {
        findings: findings(proof, ask),
        inboxes: proof.letter.as_ref().map(inbox::lines).unwrap_or_default(),
        weight,
        readers: readers(proof, ask),
        issues: issues(proof, ask),
        test: proof.can_send.then(String::new),
        asked: ask.pairs(),
    }
}

fn weight(bytes: usize) -> Weight {
    let size = Language::default().size(bytes);
    let share = bytes * 100 / CLIPPED;
    let words = match bytes {
        CLIPPED.. => format!("{size} of HTML: Gmail cuts the end off"),
        _ => format!("{size} of HTML, {share}% of what Gmail shows"),
    };
    Weight { bytes, limit: CLIPPED, words }
}

fn findings(proof: &Proof, ask: &Ask) -> Vec<Finding> {
    let trouble = |said: &String| Finding {
        rank: Rank::Error,
        message: said.clone(),
        place: None,
        help: Vec::new(),
        code: None,
    };
    let troubles = proof.troubles.iter().map(trouble);
    let diagnostics = proof.diagnostics.iter().map(|found| finding(found, ask));
    let mut findings: Vec<_> = troubles.chain(diagnostics).chain(rows(&proof.rows, ask)).collect();
    findings.sort_by_key(|found| found.rank);
    findings
}

/// The rows of the list that are no readers.
fn rows(rows: &Rows, ask: &Ask) -> Vec<Finding> {
    let Rows { list, shown, all, linked } = rows;
    let warning = |message: String, place| Finding {
        rank: Rank::Warning,
        message,
        place,
        help: Vec::new(),
        code: None,
    };
    let row = |(line, reason): &(u64, String)| {
        let at = usize::try_from(*line).unwrap_or(1);
        let place = (format!("{list}:{line}"), linked.then(|| place(list, at, ask)));
        warning(format!("{reason}; the row is left out"), Some(place))
    };
    let more = all.saturating_sub(shown.len() as u64);
    let more = (more > 0).then(|| {
        let more = grouped(more);
        warning(format!("and {more} more such rows: `newsletter check` counts them"), None)
    });
    shown.iter().map(row).chain(more).collect()
}

fn finding(found: &Diagnostic, ask: &Ask) -> Finding {
    let ((line, column), _) = found.place();
    let path = &found.source.path;
    let help = [&found.note, &found.help].into_iter().flatten();
    Finding {
        rank: match found.code.level() {
            Level::Error => Rank::Error,
            Level::Warning => Rank::Warning,
            Level::Note => Rank::Note,
        },
        message: found.message.clone(),
        place: Some((format!("{path}:{line}:{column}"), Some(place(path, line, ask)))),
        help: help.cloned().collect(),
        code: Some((found.code.number(), found.code.description())),
    }
}

/// Where a line of a file is shown.
fn place(path: &str, line: usize, ask: &Ask) -> String {
    let mut query = Serializer::for_suffix("file?".to_owned(), 5);
    query.extend_pairs(ask.pairs()).append_pair("path", path);
    format!("{}#L{line}", query.finish())
}

fn readers(proof: &Proof, ask: &Ask) -> Readers {
    let sample = |sample: &Sample| Choice {
        label: match sample.segments.as_slice() {
            [] if proof.editions.len() == 1 => "Everyone".to_owned(),
            [] => "Everyone else".to_owned(),
            segments => segments.join(", "),
        },
        note: match sample.readers {
            1 => format!("1 reader, {}", sample.address),
            many => format!("{} readers, such as {}", grouped(many), sample.address),
        },
        href: Ask { who: Who::Edition(sample.segments.clone()), ..ask.clone() }.query(),
        current: match &ask.who {
            Who::Edition(segments) => *segments == sample.segments,
            Who::Most => proof.most() == Some(sample),
            Who::Nobody | Who::Reader(_) => false,
        },
    };
    let nobody = Choice {
        label: "Nobody in particular".to_owned(),
        note: "fields show their defaults".to_owned(),
        href: Ask { who: Who::Nobody, ..ask.clone() }.query(),
        current: ask.who == Who::Nobody,
    };
    let asked = match &ask.who {
        Who::Reader(address) => address.clone(),
        Who::Most | Who::Nobody | Who::Edition(_) => String::new(),
    };
    Readers {
        samples: proof.editions.iter().map(sample).chain([nobody]).collect(),
        shown: match proof.reading {
            true => format!("{} The list is still being read.", proof.reader),
            false => proof.reader.clone(),
        },
        asked,
        lookup: "readers",
    }
}

fn issues(proof: &Proof, ask: &Ask) -> Vec<Choice> {
    let choice = |known: &Known| Choice {
        label: if known.title.is_empty() { known.name.clone() } else { known.title.clone() },
        note: known.date.clone(),
        href: Ask { issue: Some(known.name.clone()), ..ask.clone() }.query(),
        current: known.name == proof.issue,
    };
    proof.issues.iter().map(choice).collect()
}
