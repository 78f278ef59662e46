//! CSS in, its tokens with the place of each, and inside blocks those of the block, out.

use std::ops::Range;

use cssparser::{ParseError, Parser, ToCss, Token};

/// A token, or a block with what is in it.
#[derive(Debug, Clone)]
pub(super) struct Node<'i> {
    /// The token; of a block or a function, what opens it.
    pub(super) token: Token<'i>,
    /// The bytes that it stands in, the whole block for a block.
    pub(super) span: Range<usize>,
    /// What is in the block.
    pub(super) inside: Vec<Node<'i>>,
}

impl Node<'_> {
    /// Whether it is only there to keep others apart.
    pub(super) fn is_space(&self) -> bool {
        matches!(self.token, Token::WhiteSpace(_))
    }

    /// The text of it, written in the one way that everybody reads.
    pub(super) fn write(&self, css: &mut String) {
        if self.is_space() {
            css.push(' ');
            return;
        }
        *css += &self.token.to_css_string();
        let closing = match self.token {
            Token::Function(_) | Token::ParenthesisBlock => ")",
            Token::SquareBracketBlock => "]",
            Token::CurlyBracketBlock => "}",
            _ => return,
        };
        self.inside.iter().for_each(|node| node.write(css));
        *css += closing;
    }
}

/// The tokens of a whole style sheet; comments are left out.
pub(super) fn nodes(css: &str) -> Vec<Node<'_>> {
    read(&mut Parser::new(css))
}

fn read<'i>(parser: &mut Parser<'i>) -> Vec<Node<'i>> {
    let mut nodes = Vec::new();
    loop {
        let start = parser.position().byte_index();
        let Ok(token) = parser.next_including_whitespace_and_comments() else { return nodes };
        let token = token.clone();
        let inside = match token {
            Token::Comment(_) => continue,
            Token::Function(_)
            | Token::ParenthesisBlock
            | Token::SquareBracketBlock
            | Token::CurlyBracketBlock => {
                let inside =
                    parser.parse_nested_block(|parser| Ok::<_, ParseError<()>>(read(parser)));
                inside.unwrap_or_default()
            }
            _ => Vec::new(),
        };
        nodes.push(Node { token, span: start..parser.position().byte_index(), inside });
    }
}

/// The place of several nodes, without the space around them.
pub(super) fn span(nodes: &[Node<'_>], otherwise: usize) -> Range<usize> {
    let mut words = nodes.iter().filter(|node| !node.is_space());
    let Some(first) = words.next() else { return otherwise..otherwise };
    first.span.start..words.next_back().unwrap_or(first).span.end
}

/// The text of several nodes, without the space around them.
pub(super) fn text(nodes: &[Node<'_>]) -> String {
    let mut css = String::new();
    nodes.iter().for_each(|node| node.write(&mut css));
    css.trim().to_owned()
}

/// Where at-rules begin, at any depth.
pub(super) fn at_keywords(nodes: &[Node<'_>]) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    for node in nodes {
        if matches!(node.token, Token::AtKeyword(_)) {
            places.push(node.span.clone());
        }
        places.extend(at_keywords(&node.inside));
    }
    places
}
