//! Markup in, the same with lines that every mail program and filter takes out.

/// How long a line of HTML gets before it is broken at the next space. Filters count lines over
/// 998 characters against a mail, and people read the source.
const LINE_MAX: usize = 160;

/// Elements after which a line ends; whitespace between them changes nothing that is shown.
const ENDS: [&str; 14] = [
    "</p>",
    "</tr>",
    "</td>",
    "</table>",
    "</div>",
    "</li>",
    "</ul>",
    "</ol>",
    "</h1>",
    "</h2>",
    "</h3>",
    "</head>",
    "</blockquote>",
    "-->",
];

/// Breaks the markup into lines. Text in `<pre>` and `<style>` stays as it is, and so do comments,
/// which Outlook reads only when their first words stand in one line.
pub(super) fn in_lines(markup: &str) -> String {
    let mut lines = String::with_capacity(markup.len() + markup.len() / 20);
    let mut column = 0;
    let mut kept = None;
    let mut quoted = false;
    let mut tag = false;
    let mut comment = false;
    let mut done = 0;
    // Whatever stands between these characters is text that goes through as it is.
    for (at, found) in markup.match_indices(['<', '>', '"', ' ', '\n']) {
        let text = &markup[done..at];
        lines.push_str(text);
        column += text.chars().count();
        done = at + found.len();
        let rest = &markup[at..];
        let character = char::from(markup.as_bytes()[at]);
        match character {
            _ if comment => {}
            '<' if kept.is_none() => {
                tag = true;
                comment = rest.starts_with("<!--");
                kept = ["pre", "style", "script"].into_iter().find(|name| {
                    rest[1..].strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '>']))
                });
            }
            '<' if kept.is_some_and(|name| {
                rest[1..].strip_prefix('/').is_some_and(|r| r.starts_with(name))
            }) =>
            {
                kept = None;
            }
            '"' if tag => quoted = !quoted,
            '>' if !quoted => tag = false,
            _ => {}
        }
        let breakable =
            character == ' ' && column > LINE_MAX && kept.is_none() && !quoted && !comment;
        lines.push(if breakable { '\n' } else { character });
        column = if breakable || character == '\n' { 0 } else { column + 1 };
        if comment && lines.ends_with("-->") {
            (comment, tag) = (false, false);
        }
        let closed = character == '>' && kept.is_none() && !quoted && !comment;
        if closed && ENDS.iter().any(|end| lines.ends_with(end)) {
            lines.push('\n');
            column = 0;
        }
    }
    lines.push_str(&markup[done..]);
    if !lines.ends_with('\n') {
        lines.push('\n');
    }
    lines
}
