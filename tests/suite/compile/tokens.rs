//! HTML in, its tags, comments and texts out; strict, since what it reads is our own.

/// A piece of HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// `<name attribute="value">`
    Open(String, Vec<(String, String)>),
    /// `</name>`
    Close(String),
    /// What stands between, entities resolved.
    Text(String),
    /// `<!-- … -->`, or `<!DOCTYPE …>`.
    Comment(String),
}

/// Elements that have no end.
pub(super) const VOID: [&str; 5] = ["meta", "img", "br", "hr", "link"];

/// Takes HTML apart.
pub(super) fn tokens(html: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = html;
    while !rest.is_empty() {
        rest = if let Some(inner) = rest.strip_prefix("<!--") {
            let (comment, rest) = inner.split_once("-->").ok_or("a comment without an end")?;
            tokens.push(Token::Comment(comment.to_owned()));
            rest
        } else if let Some(inner) = rest.strip_prefix("<!") {
            let (comment, rest) = inner.split_once('>').ok_or("a declaration without an end")?;
            tokens.push(Token::Comment(comment.to_owned()));
            rest
        } else if let Some(inner) = rest.strip_prefix("</") {
            let (name, rest) = inner.split_once('>').ok_or("a tag without an end")?;
            tokens.push(Token::Close(name.to_owned()));
            rest
        } else if let Some(inner) = rest.strip_prefix('<') {
            let (token, rest) = open(inner)?;
            let style = matches!(&token, Token::Open(name, _) if name == "style");
            tokens.push(token);
            if style {
                let end = rest.find("</style>").ok_or("a style sheet without an end")?;
                tokens.push(Token::Text(rest[..end].to_owned()));
                &rest[end..]
            } else {
                rest
            }
        } else {
            let end = rest.find('<').unwrap_or(rest.len());
            tokens.push(Token::Text(resolve(&rest[..end])?));
            &rest[end..]
        };
    }
    Ok(tokens)
}

/// The inside of a start tag, and what comes behind it.
fn open(inner: &str) -> Result<(Token, &str), String> {
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric()).ok_or("a tag without an end")?;
    let name = inner[..end].to_owned();
    if name.is_empty() {
        return Err(format!("`<` begins no tag: {:?}", inner.get(..20)));
    }
    let mut attributes: Vec<(String, String)> = Vec::new();
    let mut rest = inner[end..].trim_start();
    loop {
        if let Some(rest) = rest.strip_prefix('>') {
            return Ok((Token::Open(name, attributes), rest));
        }
        let (key, value) = rest.split_once("=\"").ok_or("an attribute without a value")?;
        if !key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') {
            return Err(format!("`{key}` is no attribute of <{name}>"));
        }
        let (value, behind) = value.split_once('"').ok_or("a value without an end")?;
        if attributes.iter().any(|(known, _)| known == key) {
            return Err(format!("`{key}` stands twice in <{name}>"));
        }
        attributes.push((key.to_owned(), resolve(value)?));
        rest = behind.trim_start();
    }
}

/// Text with its entities resolved; only those that escaping writes are known.
fn resolve(text: &str) -> Result<String, String> {
    let mut resolved = String::new();
    let mut pieces = text.split('&');
    resolved.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (entity, rest) = piece.split_once(';').ok_or_else(|| format!("a bare & in {text}"))?;
        resolved.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            other => return Err(format!("an entity that nobody wrote: &{other};")),
        });
        resolved.push_str(rest);
    }
    Ok(resolved)
}

/// What decides how a page is built: tags and the names of attributes, without what they say.
pub(super) fn structure(html: &str) -> Result<Vec<String>, String> {
    let tokens = tokens(html)?;
    let shape = |token: Token| match token {
        Token::Open(name, attributes) => {
            let names: Vec<_> = attributes.into_iter().map(|(name, _)| name).collect();
            Some(format!("<{name} {}>", names.join(" ")))
        }
        Token::Close(name) => Some(format!("</{name}>")),
        Token::Comment(comment) => Some(format!("<!--{comment}-->")),
        Token::Text(_) => None,
    };
    // Whitespace around a break may move, the pieces not.
    Ok(tokens.into_iter().filter_map(shape).collect())
}
