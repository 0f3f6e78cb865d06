//! The table of document formats: names, extensions, media types, signatures, and what each can say
//! about pages and coordinates.

/// A format of documents that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Portable Document Format.
    Pdf,
    /// Portable Network Graphics.
    Png,
    /// JPEG.
    Jpeg,
    /// Tagged Image File Format, of one page or several.
    Tiff,
    /// Windows bitmap.
    Bmp,
    /// WebP.
    WebP,
    /// Word document.
    Docx,
    /// Presentation of `PowerPoint`.
    Pptx,
    /// Excel workbook.
    Xlsx,
    /// Word document of the older binary format.
    Doc,
    /// Presentation of `PowerPoint` in the older binary format.
    Ppt,
    /// Excel workbook of the older binary format.
    Xls,
    /// Web page.
    Html,
    /// Markdown.
    Markdown,
    /// Plain text.
    Text,
    /// Values separated by commas, semicolons or tabs.
    Csv,
    /// Rich Text Format.
    Rtf,
    /// `OpenDocument` text.
    Odt,
    /// `OpenDocument` spreadsheet.
    Ods,
    /// `OpenDocument` presentation.
    Odp,
    /// Electronic book.
    Epub,
    /// Mail as it is sent (RFC 5322).
    Eml,
    /// Mail as Outlook stores it.
    Msg,
    /// XML.
    Xml,
    /// JSON.
    Json,
    /// `AsciiDoc`.
    AsciiDoc,
}

/// What is known about a format.
#[derive(Clone, Copy, Debug)]
pub struct FormatFacts {
    /// The format.
    pub format: Format,
    /// As errors and texts name it.
    pub name: &'static str,
    /// Extensions of file names in lower case; the first is the usual one.
    pub extensions: &'static [&'static str],
    /// The media type that Docket records for it.
    pub media_type: &'static str,
    /// How its bytes show the format.
    pub signature: Signature,
    /// True if its text is assigned to pages. Slides and sheets count as pages.
    pub has_pages: bool,
    /// True if it says where on a page its text is.
    pub has_coordinates: bool,
}

/// How the bytes of a file show its format.
#[derive(Clone, Copy, Debug)]
pub enum Signature {
    /// One of these patterns. A pattern is a list of byte strings and their offsets, all of which must
    /// match, in a file of more than `longer_than` bytes.
    Bytes {
        /// The patterns.
        patterns: &'static [&'static [(usize, &'static [u8])]],
        /// Bytes that a file must exceed.
        longer_than: usize,
    },
    /// These bytes anywhere in the first `within` bytes.
    Mark {
        /// What to look for.
        mark: &'static [u8],
        /// How far from the beginning to look, in bytes.
        within: usize,
    },
    /// A ZIP package whose main part is in this folder.
    ZipFolder(&'static str),
    /// An OLE container with one of these streams.
    OleStream(&'static [&'static str]),
    /// None: only its name or its declared media type tells.
    None,
}

/// A container whose content tells the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// ZIP.
    Zip,
    /// Object Linking and Embedding, the container of older Office files.
    Ole,
}

/// What the first bytes of a file show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detected {
    /// A format.
    Format(Format),
    /// A container of some format, or of none.
    Container(Container),
}

/// Every format. Adding one starts here: the compiler and the test of this table name what is missing.
pub const FORMATS: [FormatFacts; 26] = [
    FormatFacts {
        format: Format::Pdf,
        name: "PDF",
        extensions: &["pdf"],
        media_type: "application/pdf",
        // Some producers write other bytes before the header.
        signature: Signature::Mark { mark: b"%PDF", within: 2048 },
        has_pages: true,
        has_coordinates: true,
    },
    image(Format::Png, "PNG", &["png"], "image/png", &[&[(0, b"\x89PNG\r\n\x1a\n")]]),
    image(Format::Jpeg, "JPEG", &["jpg", "jpeg"], "image/jpeg", &[&[(0, b"\xff\xd8\xff")]]),
    image(
        Format::Tiff,
        "TIFF",
        &["tiff", "tif"],
        "image/tiff",
        &[&[(0, b"II*\0")], &[(0, b"MM\0*")]],
    ),
    FormatFacts {
        // Two letters alone begin many texts; a header follows them.
        signature: Signature::Bytes { patterns: &[&[(0, b"BM")]], longer_than: 26 },
        ..image(Format::Bmp, "BMP", &["bmp"], "image/bmp", &[])
    },
    image(Format::WebP, "WebP", &["webp"], "image/webp", &[&[(0, b"RIFF"), (8, b"WEBP")]]),
    FormatFacts {
        format: Format::Docx,
        name: "DOCX",
        extensions: &["docx", "docm"],
        media_type: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        signature: Signature::ZipFolder("word/"),
        has_pages: false,
        has_coordinates: false,
    },
    FormatFacts {
        format: Format::Pptx,
        name: "PPTX",
        extensions: &["pptx", "pptm"],
        media_type: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        signature: Signature::ZipFolder("ppt/"),
        has_pages: true,
        has_coordinates: false,
    },
    FormatFacts {
        format: Format::Xlsx,
        name: "XLSX",
        extensions: &["xlsx", "xlsm"],
        media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        signature: Signature::ZipFolder("xl/"),
        has_pages: true,
        has_coordinates: false,
    },
    FormatFacts {
        format: Format::Doc,
        name: "DOC",
        extensions: &["doc"],
        media_type: "application/msword",
        signature: Signature::OleStream(&["WordDocument"]),
        has_pages: false,
        has_coordinates: false,
    },
    FormatFacts {
        format: Format::Ppt,
        name: "PPT",
        extensions: &["ppt"],
        media_type: "application/vnd.ms-powerpoint",
        signature: Signature::OleStream(&["PowerPoint Document"]),
        has_pages: true,
        has_coordinates: false,
    },
    FormatFacts {
        format: Format::Xls,
        name: "XLS",
        extensions: &["xls"],
        media_type: "application/vnd.ms-excel",
        signature: Signature::OleStream(&["Workbook", "Book"]),
        has_pages: true,
        has_coordinates: false,
    },
    FormatFacts {
        format: Format::Html,
        name: "HTML",
        extensions: &["html", "htm"],
        media_type: "text/html",
        signature: Signature::None,
        has_pages: false,
        has_coordinates: false,
    },
    FormatFacts {
        format: Format::Markdown,
        name: "Markdown",
        extensions: &["md", "markdown"],
        media_type: "text/markdown",
        signature: Signature::None,
        has_pages: false,
        has_coordinates: false,
    },
    text(Format::Text, "plain text", &["txt", "text", "log"], "text/plain"),
    text(Format::Csv, "CSV", &["csv", "tsv"], "text/csv"),
    FormatFacts {
        signature: Signature::Bytes { patterns: &[&[(0, b"{\\rtf")]], longer_than: 0 },
        ..text(Format::Rtf, "RTF", &["rtf"], "application/rtf")
    },
    open_document(
        Format::Odt,
        "ODT",
        &["odt"],
        "application/vnd.oasis.opendocument.text",
        &[&[(0, b"PK\x03\x04"), (30, b"mimetypeapplication/vnd.oasis.opendocument.text")]],
    ),
    FormatFacts {
        has_pages: true,
        ..open_document(
            Format::Ods,
            "ODS",
            &["ods"],
            "application/vnd.oasis.opendocument.spreadsheet",
            &[&[
                (0, b"PK\x03\x04"),
                (30, b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"),
            ]],
        )
    },
    FormatFacts {
        has_pages: true,
        ..open_document(
            Format::Odp,
            "ODP",
            &["odp"],
            "application/vnd.oasis.opendocument.presentation",
            &[&[
                (0, b"PK\x03\x04"),
                (30, b"mimetypeapplication/vnd.oasis.opendocument.presentation"),
            ]],
        )
    },
    open_document(
        Format::Epub,
        "EPUB",
        &["epub"],
        "application/epub+zip",
        &[&[(0, b"PK\x03\x04"), (30, b"mimetypeapplication/epub+zip")]],
    ),
    text(Format::Eml, "EML", &["eml"], "message/rfc822"),
    FormatFacts {
        signature: Signature::OleStream(&["__properties_version1.0"]),
        ..text(Format::Msg, "MSG", &["msg"], "application/vnd.ms-outlook")
    },
    text(Format::Xml, "XML", &["xml"], "application/xml"),
    text(Format::Json, "JSON", &["json"], "application/json"),
    text(Format::AsciiDoc, "AsciiDoc", &["adoc", "asciidoc"], "text/asciidoc"),
];

/// A format without signature, pages and coordinates.
const fn text(
    format: Format,
    name: &'static str,
    extensions: &'static [&'static str],
    media_type: &'static str,
) -> FormatFacts {
    FormatFacts {
        format,
        name,
        extensions,
        media_type,
        signature: Signature::None,
        has_pages: false,
        has_coordinates: false,
    }
}

/// A package that begins with its media type, stored without compression.
const fn open_document(
    format: Format,
    name: &'static str,
    extensions: &'static [&'static str],
    media_type: &'static str,
    patterns: &'static [&'static [(usize, &'static [u8])]],
) -> FormatFacts {
    FormatFacts {
        signature: Signature::Bytes { patterns, longer_than: 0 },
        ..text(format, name, extensions, media_type)
    }
}

const fn image(
    format: Format,
    name: &'static str,
    extensions: &'static [&'static str],
    media_type: &'static str,
    patterns: &'static [&'static [(usize, &'static [u8])]],
) -> FormatFacts {
    FormatFacts {
        format,
        name,
        extensions,
        media_type,
        signature: Signature::Bytes { patterns, longer_than: 0 },
        has_pages: true,
        has_coordinates: true,
    }
}

impl Format {
    /// Its row of the table.
    #[must_use]
    pub const fn facts(self) -> &'static FormatFacts {
        // The rows are in the order of the variants; a test holds this.
        &FORMATS[self as usize]
    }

    /// The media type that Docket records for it.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        self.facts().media_type
    }

    /// Its usual extension.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        self.facts().extensions[0]
    }

    /// True for images, of which the pages are pictures.
    #[must_use]
    pub const fn is_image(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::Tiff | Self::Bmp | Self::WebP)
    }

    /// True for workbooks.
    #[must_use]
    pub const fn is_workbook(self) -> bool {
        matches!(self, Self::Xlsx | Self::Xls)
    }

    /// The container that its bytes begin as, if they do.
    #[must_use]
    pub const fn container(self) -> Option<Container> {
        match self.facts().signature {
            Signature::ZipFolder(_) => Some(Container::Zip),
            Signature::OleStream(_) => Some(Container::Ole),
            Signature::Bytes { .. } | Signature::Mark { .. } | Signature::None => None,
        }
    }

    /// The format with this media type.
    #[must_use]
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        FORMATS.iter().find(|facts| facts.media_type == media_type).map(|facts| facts.format)
    }

    /// The format that the extension of a file name tells, in upper or lower case.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let extension = name.rsplit_once('.')?.1.to_ascii_lowercase();
        let row = FORMATS.iter().find(|facts| facts.extensions.contains(&extension.as_str()));
        row.map(|facts| facts.format)
    }

    /// The format of a ZIP package that has an entry of this name.
    #[must_use]
    pub fn of_zip_entry(name: &[u8]) -> Option<Self> {
        let row = FORMATS.iter().find(|facts| {
            matches!(facts.signature, Signature::ZipFolder(folder) if name.starts_with(folder.as_bytes()))
        });
        row.map(|facts| facts.format)
    }
}

impl Container {
    /// The bytes that it begins with.
    const SIGNATURES: [(&'static [u8], Self); 2] =
        [(b"PK\x03\x04", Self::Zip), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Self::Ole)];

    /// Its media type, for files of which no more is known.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Zip => "application/zip",
            Self::Ole => "application/x-ole-storage",
        }
    }

    /// The container with this media type.
    #[must_use]
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        [Self::Zip, Self::Ole].into_iter().find(|container| container.media_type() == media_type)
    }
}

impl Detected {
    /// What the bytes of a file, or its first two kilobytes, show.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if let Some(facts) = FORMATS.iter().find(|facts| facts.signature.begins(bytes)) {
            return Some(Self::Format(facts.format));
        }
        let known = Container::SIGNATURES.iter().find(|(magic, _)| bytes.starts_with(magic));
        if let Some((_, container)) = known {
            return Some(Self::Container(*container));
        }
        Self::marked(bytes).map(Self::Format)
    }

    /// The format of which a mark stands near the beginning of these bytes, whatever they begin with:
    /// readers of PDF accept other bytes before it, even a container's.
    #[must_use]
    pub fn marked(bytes: &[u8]) -> Option<Format> {
        FORMATS.iter().find(|facts| facts.signature.marks(bytes)).map(|facts| facts.format)
    }
}

impl Signature {
    fn begins(self, bytes: &[u8]) -> bool {
        let Self::Bytes { patterns, longer_than } = self else { return false };
        let matches = |(at, magic): &(usize, &[u8])| {
            bytes.get(*at..at + magic.len()).is_some_and(|found| found == *magic)
        };
        bytes.len() > longer_than && patterns.iter().any(|pattern| pattern.iter().all(matches))
    }

    fn marks(self, bytes: &[u8]) -> bool {
        let Self::Mark { mark, within } = self else { return false };
        bytes[..bytes.len().min(within)].windows(mark.len()).any(|window| window == mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_in_its_place_and_no_name_stands_twice() {
        let mut names = Vec::new();
        for (idx, facts) in FORMATS.iter().enumerate() {
            assert_eq!(facts.format as usize, idx, "{}", facts.name);
            assert_eq!(Format::of_media_type(facts.media_type), Some(facts.format));
            for extension in facts.extensions {
                let name = format!("a.b.{}", extension.to_ascii_uppercase());
                assert_eq!(Format::of_name(&name), Some(facts.format), "{extension}");
            }
            assert!(facts.has_pages || !facts.has_coordinates, "{}", facts.name);
            names.extend_from_slice(facts.extensions);
        }
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn signatures_show_formats_and_containers() {
        let format = |format| Some(Detected::Format(format));
        for (bytes, want) in [
            (&b"%PDF-1.7\n"[..], format(Format::Pdf)),
            (b"other bytes before %PDF-1.4", format(Format::Pdf)),
            (b"\x89PNG\r\n\x1a\n", format(Format::Png)),
            (b"MM\0*....", format(Format::Tiff)),
            (b"RIFF\x10\0\0\0WEBPVP8 ", format(Format::WebP)),
            (b"RIFF\x10\0\0\0WAVEfmt ", None),
            (b"BM", None),
            (b"BM and a header of some more bytes", format(Format::Bmp)),
            (b"PK\x03\x04 and then %PDF-1.4", Some(Detected::Container(Container::Zip))),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Some(Detected::Container(Container::Ole))),
            (b"{\\rtf1\\ansi", format(Format::Rtf)),
            (
                b"PK\x03\x04..........................mimetypeapplication/epub+zip",
                format(Format::Epub),
            ),
            (b"", None),
        ] {
            assert_eq!(Detected::of(bytes), want, "{}", String::from_utf8_lossy(bytes));
        }
        assert_eq!(Format::of_zip_entry(b"xl/workbook.xml"), Some(Format::Xlsx));
        assert_eq!(Format::of_zip_entry(b"photos/xl/a.jpg"), None);
        assert_eq!((Format::of_name("xlsx"), Format::of_name("a.exe")), (None, None));
        assert_eq!(Format::of_name("a.TXT"), Some(Format::Text));
    }

    #[test]
    fn the_documentation_of_the_api_names_every_format() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/api.md");
        let page = std::fs::read_to_string(page).unwrap();
        for facts in &FORMATS {
            assert!(page.contains(facts.name), "docs/api.md does not name {}", facts.name);
        }
    }
}
