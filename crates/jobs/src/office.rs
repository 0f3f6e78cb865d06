//! Recognising Office documents by their first bytes, and by their name if these do not show it.

use docket_contract::format::{Container, Format};

/// The signature of a file in a ZIP archive, and where the length of its name and its name follow
/// (APPNOTE 4.3.7).
const LOCAL_FILE: &[u8] = b"PK\x03\x04";
const NAME_LENGTH_AT: usize = 26;
const NAME_AT: usize = 30;

/// The format of an Office package, if one of the first entries of the archive shows it. The archive is
/// still arriving, so its directory at the end cannot be read.
pub(crate) fn package_format(head: &[u8]) -> Option<Format> {
    let starts = (0..head.len()).filter(|at| head[*at..].starts_with(LOCAL_FILE));
    let names = starts.filter_map(|at| {
        let length = head.get(at + NAME_LENGTH_AT..at + NAME_LENGTH_AT + 2)?;
        let length = usize::from(u16::from_le_bytes([length[0], length[1]]));
        head.get(at + NAME_AT..at + NAME_AT + length)
    });
    names.filter_map(Format::of_zip_entry).next()
}

/// The media type of a workbook, by bytes and then by name; `None` for anything else.
pub(crate) fn workbook_media_type(
    by_bytes: Option<&'static str>,
    name: &str,
) -> Option<&'static str> {
    let by_bytes = by_bytes?;
    let format = match (Format::of_media_type(by_bytes), Container::of_media_type(by_bytes)) {
        (None, Some(container)) => {
            Format::of_name(name).filter(|format| format.container() == Some(container))
        }
        (format, _) => format,
    };
    format.filter(|format| format.is_workbook()).map(Format::media_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(names: &[&str]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for name in names {
            bytes.extend_from_slice(LOCAL_FILE);
            bytes.extend_from_slice(&[0; NAME_LENGTH_AT - 4]);
            bytes.extend_from_slice(&u16::try_from(name.len()).unwrap().to_le_bytes());
            bytes.extend_from_slice(&[0; 2]);
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b"packed bytes");
        }
        bytes
    }

    #[test]
    fn packages_are_recognised_by_their_folders() {
        let first = "[Content_Types].xml";
        for (name, want) in [
            ("xl/workbook.xml", Some(Format::Xlsx)),
            ("word/document.xml", Some(Format::Docx)),
            ("ppt/presentation.xml", Some(Format::Pptx)),
            ("photos/xl/a.jpg", None),
        ] {
            assert_eq!(package_format(&archive(&[first, name])), want, "{name}");
        }
        let whole = archive(&[first, "xl/workbook.xml"]);
        assert_eq!(package_format(&whole[..60]), None, "cut off before the name");
        assert_eq!(package_format(b"PK"), None);
    }

    #[test]
    fn workbooks_by_bytes_then_by_name() {
        let (zip, ole) = (Some("application/zip"), Some("application/x-ole-storage"));
        let (docx, xlsx) = (Some(Format::Docx.media_type()), Some(Format::Xlsx.media_type()));
        assert_eq!(workbook_media_type(xlsx, "a.pdf"), xlsx);
        assert_eq!(workbook_media_type(zip, "a.XLSX"), xlsx);
        assert_eq!(workbook_media_type(zip, "a.xlsm"), xlsx);
        assert_eq!(workbook_media_type(ole, "a.xls"), Some(Format::Xls.media_type()));
        assert_eq!(workbook_media_type(zip, "a.xls"), None, "of the other container");
        for (bytes, name) in [(zip, "a.zip"), (ole, "a.doc"), (None, "a.xlsx"), (docx, "a.xlsx")] {
            assert_eq!(workbook_media_type(bytes, name), None, "{name}");
        }
    }
}
