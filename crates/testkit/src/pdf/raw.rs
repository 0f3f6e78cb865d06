//! Numbered objects to a file with a cross-reference table.

use std::collections::BTreeMap;

/// A file made of objects that are given as they are.
#[derive(Default)]
pub struct RawPdf {
    objects: BTreeMap<usize, Vec<u8>>,
}

impl RawPdf {
    /// A file without objects.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an object that is no stream.
    #[must_use]
    pub fn object(mut self, number: usize, body: &str) -> Self {
        self.objects.insert(number, body.as_bytes().to_vec());
        self
    }

    /// Adds a stream; `entries` go into its dictionary, the length is added.
    #[must_use]
    pub fn stream(mut self, number: usize, entries: &str, data: &[u8]) -> Self {
        let mut body = format!("<< {entries} /Length {} >>\nstream\n", data.len()).into_bytes();
        body.extend_from_slice(data);
        body.extend_from_slice(b"\nendstream");
        self.objects.insert(number, body);
        self
    }

    /// Writes the file; `root` is the number of the catalog.
    #[must_use]
    pub fn build(self, root: usize) -> Vec<u8> {
        let mut file = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
        let size = self.objects.keys().max().map_or(1, |last| last + 1);
        let mut offsets = vec![None; size];
        for (number, body) in self.objects {
            offsets[number] = Some(file.len());
            file.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
            file.extend_from_slice(&body);
            file.extend_from_slice(b"\nendobj\n");
        }
        let start = file.len();
        file.extend_from_slice(format!("xref\n0 {size}\n").as_bytes());
        for (number, offset) in offsets.into_iter().enumerate() {
            let entry = match offset {
                Some(offset) => format!("{offset:010} 00000 n \n"),
                None if number == 0 => "0000000000 65535 f \n".to_owned(),
                None => "0000000000 00000 f \n".to_owned(),
            };
            file.extend_from_slice(entry.as_bytes());
        }
        let trailer =
            format!("trailer\n<< /Size {size} /Root {root} 0 R >>\nstartxref\n{start}\n%%EOF\n");
        file.extend_from_slice(trailer.as_bytes());
        file
    }
}
