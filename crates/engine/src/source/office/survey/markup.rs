//! Tags and text of XML and HTML as they stream by, in memory that does not grow with the input. It
//! counts and does not validate: parsers that come after it judge what is well formed.

/// Bytes of one tag that are kept; attributes further in are not seen.
const TAG_BYTES_MAX: usize = 64 * 1024;
const COMMENT_END: &[u8] = b"-->";
const DATA_END: &[u8] = b"]]>";

/// Hears what the scanner finds.
pub(in crate::source::office) trait Sink {
    /// A start tag. An empty element has no end tag.
    fn start(&mut self, tag: Tag<'_>);
    /// An end tag, by its local name.
    fn end(&mut self, name: &[u8]);
    /// A piece of text, entities unresolved. One text may come in several pieces.
    fn text(&mut self, piece: &[u8]);
}

/// A start tag.
#[derive(Clone, Copy, Debug)]
pub(in crate::source::office) struct Tag<'t> {
    /// Without its prefix.
    pub name: &'t [u8],
    attributes: &'t [u8],
    /// It ends itself.
    pub is_empty: bool,
}

impl<'t> Tag<'t> {
    fn of(inside: &'t [u8]) -> Self {
        let is_empty = inside.last() == Some(&b'/');
        let inside = if is_empty { &inside[..inside.len() - 1] } else { inside };
        let end = inside.iter().position(u8::is_ascii_whitespace).unwrap_or(inside.len());
        Self { name: local(&inside[..end]), attributes: &inside[end..], is_empty }
    }

    /// The value of an attribute by its name, without regard to prefixes.
    pub(in crate::source::office) fn attribute(&self, name: &[u8]) -> Option<&'t [u8]> {
        self.attributes().find(|(key, _)| local(key) == name).map(|(_, value)| value)
    }

    /// The relation that it names: an `id` with a prefix, beside which another may have none.
    pub(in crate::source::office) fn relation(&self) -> Option<&'t [u8]> {
        let is_relation = |key: &[u8]| key.contains(&b':') && local(key) == b"id";
        self.attributes().find(|(key, _)| is_relation(key)).map(|(_, value)| value)
    }

    fn attributes(&self) -> impl Iterator<Item = (&'t [u8], &'t [u8])> + use<'t> {
        let mut rest = self.attributes;
        std::iter::from_fn(move || {
            rest = rest.trim_ascii_start();
            let equals = rest.iter().position(|byte| *byte == b'=')?;
            let key = rest[..equals].trim_ascii();
            rest = rest[equals + 1..].trim_ascii_start();
            let (value, after) = match rest.first()? {
                quote @ (b'"' | b'\'') => {
                    let length = rest[1..].iter().position(|byte| byte == quote)?;
                    (&rest[1..=length], &rest[length + 2..])
                }
                _ => rest
                    .split_at(rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len())),
            };
            rest = after;
            Some((key, value))
        })
    }

    /// How many attributes it can have: as many as it has gaps between words.
    pub(super) fn gaps(&self) -> u64 {
        let mut quote = None;
        let is_gap = |pair: &&[u8]| pair[0].is_ascii_whitespace() && !pair[1].is_ascii_whitespace();
        let unquoted = self.attributes.windows(2).filter(|pair| {
            match (quote, pair[0]) {
                (None, open @ (b'"' | b'\'')) => quote = Some(open),
                (Some(open), byte) if byte == open => quote = None,
                _ => {}
            }
            quote.is_none()
        });
        unquoted.filter(is_gap).count() as u64
    }

    /// An attribute that is a number; what begins with digits counts as these.
    pub(in crate::source::office) fn number(&self, name: &[u8]) -> Option<u64> {
        leading_number(self.attribute(name)?)
    }
}

/// The number that some bytes begin with.
pub(super) fn leading_number(bytes: &[u8]) -> Option<u64> {
    let digits = bytes.trim_ascii_start().iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(None, |sum, digit| {
        let sum = sum.unwrap_or(0_u64);
        Some(sum.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
    })
}

/// How many characters UTF-8 text has.
pub(super) fn characters(text: &[u8]) -> u64 {
    text.iter().filter(|byte| (**byte & 0xC0) != 0x80).count() as u64
}

fn local(name: &[u8]) -> &[u8] {
    name.rsplit(|byte| *byte == b':').next().unwrap_or(name)
}

/// Where in the markup the scanner is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Text,
    /// Within a tag, with the quotation mark that is open.
    Tag(Option<u8>),
    /// Within something that ends with these bytes.
    Until(&'static [u8]),
}

/// Reads markup piece by piece.
#[derive(Debug)]
pub(in crate::source::office) struct Scanner {
    state: State,
    /// What was read of a tag, or the last bytes of something passed over.
    held: Vec<u8>,
    /// Start tags so far.
    pub elements: u64,
    depth: u64,
    /// The deepest nesting so far.
    pub depth_max: u64,
    /// It declares a document type.
    pub declares: bool,
}

impl Scanner {
    pub(in crate::source::office) fn new() -> Self {
        Self {
            state: State::Text,
            held: Vec::new(),
            elements: 0,
            depth: 0,
            depth_max: 0,
            declares: false,
        }
    }

    /// True if what was read ends before an element that is open.
    pub(super) fn is_cut(&self) -> bool {
        self.depth > 0 || self.state != State::Text
    }

    /// Reads the next piece.
    pub(in crate::source::office) fn feed(
        &mut self,
        mut piece: &[u8],
        sink: &mut (impl Sink + ?Sized),
    ) {
        while !piece.is_empty() {
            piece = match self.state {
                State::Text => self.text(piece, sink),
                State::Tag(quote) => self.tag(piece, quote, sink),
                State::Until(end) => self.until(piece, end, sink),
            };
        }
    }

    fn text<'p>(&mut self, piece: &'p [u8], sink: &mut (impl Sink + ?Sized)) -> &'p [u8] {
        let end = piece.iter().position(|byte| *byte == b'<').unwrap_or(piece.len());
        if end > 0 {
            sink.text(&piece[..end]);
        }
        if end == piece.len() {
            return &[];
        }
        self.held.clear();
        self.state = State::Tag(None);
        &piece[end + 1..]
    }

    fn tag<'p>(
        &mut self,
        piece: &'p [u8],
        quote: Option<u8>,
        sink: &mut (impl Sink + ?Sized),
    ) -> &'p [u8] {
        let stops = |byte: &u8| match quote {
            Some(open) => *byte == open,
            None => matches!(byte, b'>' | b'"' | b'\'' | b'-' | b'['),
        };
        let end = piece.iter().position(stops).map_or(piece.len(), |at| at + 1);
        let room = TAG_BYTES_MAX.saturating_sub(self.held.len());
        self.held.extend_from_slice(&piece[..end.min(room)]);
        match piece[end - 1] {
            byte if Some(byte) == quote => self.state = State::Tag(None),
            b'>' if quote.is_none() => self.close_tag(sink),
            byte @ (b'"' | b'\'') if quote.is_none() => self.state = State::Tag(Some(byte)),
            _ if self.held == b"!--" => self.pass_over(COMMENT_END),
            _ if self.held == b"![CDATA[" => self.pass_over(DATA_END),
            _ => {}
        }
        &piece[end..]
    }

    fn pass_over(&mut self, end: &'static [u8]) {
        self.held.clear();
        self.state = State::Until(end);
    }

    fn close_tag(&mut self, sink: &mut (impl Sink + ?Sized)) {
        self.state = State::Text;
        let held = std::mem::take(&mut self.held);
        let inside = held.strip_suffix(b">").unwrap_or(&held);
        match inside.first() {
            Some(b'/') => {
                self.depth = self.depth.saturating_sub(1);
                sink.end(local(inside[1..].trim_ascii_end()));
            }
            Some(b'!') => {
                self.declares |=
                    inside.get(1..8).is_some_and(|w| w.eq_ignore_ascii_case(b"DOCTYPE"));
            }
            Some(b'?') | None => {}
            Some(_) => {
                let tag = Tag::of(inside);
                self.elements += 1;
                if !tag.is_empty {
                    self.depth += 1;
                    self.depth_max = self.depth_max.max(self.depth);
                }
                sink.start(tag);
            }
        }
        self.held = held;
    }

    /// Passes over a comment, or over character data, which is text.
    fn until<'p>(
        &mut self,
        piece: &'p [u8],
        end: &'static [u8],
        sink: &mut (impl Sink + ?Sized),
    ) -> &'p [u8] {
        let mut passed = piece.len();
        for (at, byte) in piece.iter().enumerate() {
            if self.held.len() == end.len() {
                self.held.remove(0);
            }
            self.held.push(*byte);
            if self.held == end {
                self.held.clear();
                self.state = State::Text;
                passed = at + 1;
                break;
            }
        }
        if end == DATA_END {
            sink.text(&piece[..passed]);
        }
        &piece[passed..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Heard(String);

    impl Sink for Heard {
        fn start(&mut self, tag: Tag<'_>) {
            let name = String::from_utf8_lossy(tag.name);
            let value = tag.attribute(b"id").map(String::from_utf8_lossy).unwrap_or_default();
            self.0 += &format!("<{name}:{value}{}", if tag.is_empty { "/>" } else { ">" });
        }

        fn end(&mut self, name: &[u8]) {
            self.0 += &format!("</{}>", String::from_utf8_lossy(name));
        }

        fn text(&mut self, piece: &[u8]) {
            self.0 += &String::from_utf8_lossy(piece);
        }
    }

    fn heard(xml: &str, piece_bytes: usize) -> (String, Scanner) {
        let (mut scanner, mut heard) = (Scanner::new(), Heard::default());
        for piece in xml.as_bytes().chunks(piece_bytes) {
            scanner.feed(piece, &mut heard);
        }
        (heard.0, scanner)
    }

    #[test]
    fn tags_and_text_come_out_however_the_input_is_cut() {
        let xml =
            "<?xml version='1.0'?><a:r r:id=\"x>y\" n='2'>one<!-- <b> - --> <b id = '7'/>two</a:r>";
        for piece_bytes in [1, 2, 3, 7, 1000] {
            let (told, scanner) = heard(xml, piece_bytes);
            assert_eq!(told, "<r:x>y>one <b:7/>two</r>", "{piece_bytes}");
            assert_eq!((scanner.elements, scanner.depth_max), (2, 1));
            assert!(!scanner.declares);
        }
    }

    #[test]
    fn document_types_are_noticed() {
        assert!(heard("<!DOCTYPE d [<!ENTITY x 'y'>]><d>&x;</d>", 5).1.declares);
        assert!(!heard("<d><![CDATA[<!DOCTYPE ]]></d>", 5).1.declares);
    }

    #[test]
    fn numbers_and_characters() {
        assert_eq!(leading_number(b"12px"), Some(12));
        assert_eq!(leading_number(b"99999999999999999999999"), Some(u64::MAX));
        assert_eq!(leading_number(b"x"), None);
        assert_eq!(characters("räk".as_bytes()), 3);
    }
}
