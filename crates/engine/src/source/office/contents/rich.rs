//! Rich Text: what is shown between its control words (Rich Text Format 1.9.1).

use crate::model::PageIntake;

/// Groups that hold no text of the document.
const DATA: [&[u8]; 14] = [
    b"fonttbl",
    b"colortbl",
    b"stylesheet",
    b"info",
    b"pict",
    b"object",
    b"filetbl",
    b"listtable",
    b"listoverridetable",
    b"rsidtbl",
    b"generator",
    b"themedata",
    b"fldinst",
    b"listtext",
];

/// Counts a file.
pub(super) fn read(bytes: &[u8], to: &mut PageIntake) {
    let mut reader = Reader { bytes, at: 0, open: String::new(), groups: vec![Group::START] };
    while reader.step(to) {}
    to.text.add(&reader.open);
}

/// A group: whether it is shown, and how many characters follow `\u` for other readers.
#[derive(Clone, Copy)]
struct Group {
    shown: bool,
    fallback: usize,
}

impl Group {
    const START: Self = Self { shown: true, fallback: 1 };
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
    open: String,
    groups: Vec<Group>,
}

impl Reader<'_> {
    /// Reads one step further; false at the end.
    fn step(&mut self, to: &mut PageIntake) -> bool {
        let Some(byte) = self.bytes.get(self.at).copied() else { return false };
        self.at += 1;
        match byte {
            b'{' => self.groups.push(self.group()),
            b'}' => drop(self.groups.pop()),
            b'\\' => self.control(to),
            b'\r' | b'\n' => {}
            // Other characters depend on a code page: the words that have them do not count.
            byte => self.push(char::from(byte)),
        }
        true
    }

    fn group(&self) -> Group {
        self.groups.last().copied().unwrap_or(Group::START)
    }

    fn push(&mut self, character: char) {
        if self.group().shown {
            self.open.push(character);
        }
    }

    fn hide(&mut self) {
        if let Some(group) = self.groups.last_mut() {
            group.shown = false;
        }
    }

    fn control(&mut self, to: &mut PageIntake) {
        let rest = &self.bytes[self.at..];
        let letters = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        if letters == 0 {
            self.at += 1;
            match rest.first() {
                Some(b'\'') => {
                    let code = rest.get(1..3).and_then(|hex| std::str::from_utf8(hex).ok());
                    let code = code.and_then(|hex| u8::from_str_radix(hex, 16).ok());
                    self.at += 2;
                    self.push(code.filter(u8::is_ascii).map_or(UNKNOWN, char::from));
                }
                Some(b'*') => self.hide(),
                Some(b'~') => self.push(' '),
                Some(b'_') => self.push('-'),
                Some(sign @ (b'\\' | b'{' | b'}')) => self.push(char::from(*sign)),
                _ => {}
            }
            return;
        }
        let word = &rest[..letters];
        let number = &rest[letters..];
        let sign = usize::from(number.first() == Some(&b'-'));
        let digits = number[sign..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let length = if digits > 0 { sign + digits } else { 0 };
        let value = std::str::from_utf8(&number[..length]).ok().and_then(|text| text.parse().ok());
        self.at += letters + length + usize::from(number.get(length) == Some(&b' '));
        self.word(word, value, to);
    }

    fn close_paragraph(&mut self, to: &mut PageIntake) {
        if self.group().shown {
            let text = std::mem::take(&mut self.open);
            let known = text.split_whitespace().filter(|word| !word.contains(UNKNOWN));
            known.for_each(|word| to.text.add(word));
        }
    }

    fn word(&mut self, word: &[u8], value: Option<i64>, to: &mut PageIntake) {
        match word {
            b"par" | b"cell" | b"row" | b"sect" | b"page" | b"nestcell" | b"nestrow" => {
                self.close_paragraph(to);
            }
            b"tab" | b"line" => self.push(' '),
            b"emdash" => self.push('\u{2014}'),
            b"endash" => self.push('\u{2013}'),
            b"lquote" => self.push('\u{2018}'),
            b"rquote" => self.push('\u{2019}'),
            b"ldblquote" => self.push('\u{201C}'),
            b"rdblquote" => self.push('\u{201D}'),
            b"bullet" => self.push('\u{2022}'),
            b"uc" => {
                let count = value.and_then(|count| usize::try_from(count).ok()).unwrap_or(1);
                if let Some(group) = self.groups.last_mut() {
                    group.fallback = count.min(8);
                }
            }
            b"u" => self.unicode(value.unwrap_or(0)),
            b"v" if value != Some(0) => self.hide(),
            b"bin" => {
                let bytes = value.and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
                self.at = self.at.saturating_add(bytes);
            }
            word if DATA.contains(&word) => self.hide(),
            _ => {}
        }
    }

    fn unicode(&mut self, value: i64) {
        let code = u32::try_from(if value < 0 { value + 65_536 } else { value });
        self.push(code.ok().and_then(char::from_u32).unwrap_or(UNKNOWN));
        for _ in 0..self.group().fallback {
            match self.bytes.get(self.at..) {
                Some([b'\\', b'\'', ..]) => self.at += 4,
                Some([b'{' | b'}' | b'\\', ..] | []) | None => break,
                Some(_) => self.at += 1,
            }
        }
    }
}

/// Stands for a character of a code page.
const UNKNOWN: char = '\u{FFFD}';
