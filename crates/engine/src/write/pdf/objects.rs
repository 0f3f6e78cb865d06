//! Writes PDF objects as bytes: values by their syntax, and a file of numbered objects.

use std::io::Write;

/// A file under construction. Every number that [`PdfFile::allot`] gives has to be written once.
pub(super) struct PdfFile {
    bytes: Vec<u8>,
    offsets: Vec<Option<usize>>,
}

impl PdfFile {
    /// A file with its header only.
    pub(super) fn new() -> Self {
        Self { bytes: b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec(), offsets: vec![None] }
    }

    /// A number for an object that is written later.
    pub(super) fn allot(&mut self) -> usize {
        self.offsets.push(None);
        self.offsets.len() - 1
    }

    /// Writes an object that is no stream.
    pub(super) fn object(&mut self, number: usize, body: &[u8]) {
        self.begin(number);
        self.bytes.extend_from_slice(body);
        self.bytes.extend_from_slice(b"\nendobj\n");
    }

    /// Writes a stream; `entries` are those of its dictionary but the length.
    pub(super) fn stream(&mut self, number: usize, entries: &[u8], data: &[u8]) {
        self.begin(number);
        self.bytes.extend_from_slice(b"<<");
        self.bytes.extend_from_slice(entries);
        formatted(&mut self.bytes, format_args!("/Length {}>>\nstream\n", data.len()));
        self.bytes.extend_from_slice(data);
        self.bytes.extend_from_slice(b"\nendstream\nendobj\n");
    }

    fn begin(&mut self, number: usize) {
        self.offsets[number] = Some(self.bytes.len());
        formatted(&mut self.bytes, format_args!("{number} 0 obj\n"));
    }

    /// Closes the file with its table of objects.
    pub(super) fn finish(mut self, catalog: usize) -> Vec<u8> {
        let start = self.bytes.len();
        let size = self.offsets.len();
        formatted(&mut self.bytes, format_args!("xref\n0 {size}\n0000000000 65535 f \n"));
        for offset in &self.offsets[1..] {
            match offset {
                Some(offset) => formatted(&mut self.bytes, format_args!("{offset:010} 00000 n \n")),
                None => self.bytes.extend_from_slice(b"0000000000 00000 f \n"),
            }
        }
        let trailer = format_args!("trailer\n<</Size {size}/Root {catalog} 0 R>>\n");
        formatted(&mut self.bytes, trailer);
        formatted(&mut self.bytes, format_args!("startxref\n{start}\n%%EOF\n"));
        self.bytes
    }
}

/// Appends text made by a format.
pub(super) fn formatted(to: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    to.write_fmt(text).expect("a vector takes all bytes");
}

/// Appends a reference to an object.
pub(super) fn reference(to: &mut Vec<u8>, number: usize) {
    formatted(to, format_args!("{number} 0 R"));
}

/// Appends a name; what may not stand in one is written by its code.
pub(super) fn name(to: &mut Vec<u8>, name: &[u8]) {
    to.push(b'/');
    for byte in name {
        let plain = byte.is_ascii_graphic() && !b"#()<>[]{}/%".contains(byte);
        if plain {
            to.push(*byte);
        } else {
            formatted(to, format_args!("#{byte:02X}"));
        }
    }
}

/// Appends a string.
pub(super) fn string(to: &mut Vec<u8>, string: &[u8]) {
    to.push(b'(');
    for byte in string {
        match byte {
            b'(' | b')' | b'\\' => to.extend_from_slice(&[b'\\', *byte]),
            b'\r' => to.extend_from_slice(b"\\r"),
            b'\n' => to.extend_from_slice(b"\\n"),
            other => to.push(*other),
        }
    }
    to.push(b')');
}

/// Appends a number; PDF knows no exponents.
pub(super) fn number(to: &mut Vec<u8>, value: f64) {
    let value = if value.is_finite() { value } else { 0.0 };
    formatted(to, format_args!("{value}"));
}

/// Appends an array of numbers.
pub(super) fn numbers(to: &mut Vec<u8>, values: &[f64]) {
    to.push(b'[');
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            to.push(b' ');
        }
        number(to, *value);
    }
    to.push(b']');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_in_their_syntax() {
        let mut bytes = Vec::new();
        name(&mut bytes, b"A b#/\xFF");
        string(&mut bytes, b"(x)\\\r\n\x00");
        numbers(&mut bytes, &[1.0, -0.5, f64::NAN, 100_000_000_000.0]);
        reference(&mut bytes, 7);
        assert_eq!(
            bytes,
            b"/A#20b#23#2F#FF(\\(x\\)\\\\\\r\\n\x00)[1 -0.5 0 100000000000]7 0 R".to_vec()
        );
    }
}
