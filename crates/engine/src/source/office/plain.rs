//! Files that are text as a whole: plain text, separated values, XML and JSON.

use super::elements::{Elements, Kind, TableCell};
use super::format::OfficeFormat;
use super::styled::Styled;
use crate::error::{Damage, Error};
use crate::model::Role;

/// What 0x80 to 0x9F mean in Windows-1252; five of them mean nothing.
const WINDOWS: &str = "\u{20AC}\u{81}\u{201A}\u{192}\u{201E}\u{2026}\u{2020}\u{2021}\u{2C6}\
                       \u{2030}\u{160}\u{2039}\u{152}\u{8D}\u{17D}\u{8F}\u{90}\u{2018}\
                       \u{2019}\u{201C}\u{201D}\u{2022}\u{2013}\u{2014}\u{2DC}\u{2122}\
                       \u{161}\u{203A}\u{153}\u{9D}\u{17E}\u{178}";

/// The text of a file that is nothing else; `None` for other formats.
///
/// # Errors
/// If it is no text, or not of its format.
pub(super) fn text(bytes: &[u8], format: OfficeFormat) -> Result<Option<String>, Error> {
    let text = match format {
        OfficeFormat::Text | OfficeFormat::Csv | OfficeFormat::Xml | OfficeFormat::Json => {
            decoded(bytes)
        }
        _ => return Ok(None),
    };
    let is_whole = match format {
        OfficeFormat::Json => serde_json::from_str::<serde_json::Value>(&text).is_ok(),
        OfficeFormat::Xml => text.trim_start().starts_with('<') && text.trim_end().ends_with('>'),
        _ => true,
    };
    if !is_whole || !is_text(&text) {
        return Err(Error::UnreadableFile(Damage::Corrupt));
    }
    Ok(Some(text))
}

/// Checks that a file that only its sender calls text is text.
///
/// # Errors
/// If it is not.
pub(super) fn check(bytes: &[u8], format: OfficeFormat) -> Result<(), Error> {
    let is_markup =
        matches!(format, OfficeFormat::Html | OfficeFormat::Markdown | OfficeFormat::AsciiDoc);
    if is_markup && !is_text(&decoded(bytes)) {
        return Err(Error::UnreadableFile(Damage::Corrupt));
    }
    Ok(())
}

/// Texts have no zeros, and few other characters that only machines read.
fn is_text(text: &str) -> bool {
    const ONE_IN: usize = 50;
    // Those from 0x80 on are letters in other encodings.
    let is_odd = |c: &char| {
        let is_white = matches!(c, '\n' | '\r' | '\t' | '\u{B}' | '\u{C}' | '\u{1B}');
        *c <= '\u{7F}' && c.is_control() && !is_white || *c == char::REPLACEMENT_CHARACTER
    };
    !text.contains('\0') && text.chars().filter(is_odd).count() * ONE_IN <= text.chars().count()
}

/// UTF-8, UTF-16 with its mark, or else Windows-1252.
pub(super) fn decoded(bytes: &[u8]) -> String {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        char::decode_utf16(units).map(|one| one.unwrap_or('\u{FFFD}')).collect()
    };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => return wide(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => return wide(rest, u16::from_be_bytes),
        _ => {}
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            let high: Vec<char> = WINDOWS.chars().collect();
            let character = |byte: &u8| match byte {
                0x80..=0x9F => high[usize::from(byte - 0x80)],
                other => char::from(*other),
            };
            bytes.iter().map(character).collect()
        }
    }
}

/// Reads the elements of a text.
pub(super) fn read(text: &str, format: OfficeFormat, to: &mut Elements<'_>) {
    match format {
        OfficeFormat::Csv => table(text, to),
        OfficeFormat::Xml | OfficeFormat::Json => {
            to.push(Kind::Code, text.trim_end().into());
        }
        _ => paragraphs(text, to),
    }
}

/// Paragraphs are apart by empty lines; their own lines stay lines.
fn paragraphs(text: &str, to: &mut Elements<'_>) {
    let mut open = String::new();
    let mut push = |open: &mut String| {
        to.push(Kind::Text(Role::Paragraph), std::mem::take(open).into());
    };
    for line in text.lines() {
        if line.trim().is_empty() {
            push(&mut open);
        } else {
            if !open.is_empty() {
                open.push('\n');
            }
            open.push_str(line.trim_end());
        }
    }
    push(&mut open);
}

fn table(text: &str, to: &mut Elements<'_>) {
    let rows = rows(text, separator(text));
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let cell = |(row, column, text): (usize, usize, String)| TableCell {
        row,
        column,
        row_span: 1,
        column_span: 1,
        header: row == 0,
        text: Styled::from(text),
    };
    let mut cells = Vec::new();
    for (index, mut row) in rows.into_iter().enumerate() {
        row.resize(columns, String::new());
        cells.extend(row.into_iter().enumerate().map(|(column, text)| cell((index, column, text))));
    }
    to.push_table(cells);
}

/// The sign between values: the one that parts the first lines into the most columns alike.
fn separator(text: &str) -> char {
    let counts = |sign: char| {
        let lines: Vec<usize> = rows(&head(text), sign).iter().map(Vec::len).collect();
        let first = lines.first().copied().unwrap_or(0);
        (first, lines.iter().filter(|count| **count == first).count())
    };
    let best = [',', ';', '\t', '|'].into_iter().rev().max_by_key(|sign| {
        let (columns, alike) = counts(*sign);
        if columns > 1 { (alike, columns) } else { (0, 0) }
    });
    best.unwrap_or(',')
}

fn head(text: &str) -> String {
    text.lines().take(20).collect::<Vec<_>>().join("\n")
}

/// Values in quotation marks hold separators and lines; a doubled mark is one (RFC 4180).
fn rows(text: &str, separator: char) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let (mut row, mut value) = (Vec::new(), String::new());
    let mut quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                value.push('"');
                characters.next();
            }
            '"' if quoted => quoted = false,
            '"' if value.trim().is_empty() => {
                value.clear();
                quoted = true;
            }
            _ if quoted => value.push(character),
            '\r' => {}
            '\n' => {
                row.push(std::mem::take(&mut value));
                rows.push(std::mem::take(&mut row));
            }
            _ if character == separator => row.push(std::mem::take(&mut value)),
            _ => value.push(character),
        }
    }
    if !value.is_empty() || !row.is_empty() {
        row.push(value);
        rows.push(row);
    }
    rows.retain(|row| row.iter().any(|value| !value.trim().is_empty()));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_parted_as_their_file_parts_them() {
        for (text, want) in [
            ("a,b\n\"1,5\",\"say \"\"x\"\"\"\n", vec![vec!["a", "b"], vec!["1,5", "say \"x\""]]),
            ("a;b\r\n1,5;2\r\n", vec![vec!["a", "b"], vec!["1,5", "2"]]),
            ("a\tb\n1, 2\t3", vec![vec!["a", "b"], vec!["1, 2", "3"]]),
            ("one\ntwo\n", vec![vec!["one"], vec!["two"]]),
        ] {
            assert_eq!(rows(text, separator(text)), want, "{text}");
        }
    }

    #[test]
    fn texts_of_all_encodings_are_read() {
        for bytes in [&b"caf\xc3\xa9"[..], b"caf\xe9", b"\xff\xfec\0a\0f\0\xe9\0"] {
            assert_eq!(decoded(bytes), "caf\u{E9}");
        }
        assert_eq!(decoded(b"\x80 5 \x96 6"), "\u{20AC} 5 \u{2013} 6");
    }

    #[test]
    fn what_is_not_of_its_format_is_unreadable() {
        assert!(text(b"{\"a\": ", OfficeFormat::Json).is_err());
        assert!(text(b"nothing", OfficeFormat::Xml).is_err());
        assert!(text(b"{\"a\": 1}", OfficeFormat::Json).is_ok());
        assert!(text(b"a\0b", OfficeFormat::Text).is_err());
    }
}
