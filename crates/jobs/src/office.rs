//! Telling Office documents apart by their first bytes, and by their name where these do not say.

/// A workbook as a package of XML.
pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A workbook of the older binary kind.
pub(crate) const XLS: &str = "application/vnd.ms-excel";

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const PPTX: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";

/// The folder that tells what a package is.
const FOLDERS: [(&[u8], &str); 3] = [(b"xl/", XLSX), (b"word/", DOCX), (b"ppt/", PPTX)];

/// The signature of a file in a ZIP archive, and where its name's length and its name stand after
/// it (APPNOTE 4.3.7).
const LOCAL_FILE: &[u8] = b"PK\x03\x04";
const NAME_LENGTH_AT: usize = 26;
const NAME_AT: usize = 30;

/// True for the media types of workbooks.
pub(crate) fn is_workbook(media_type: &str) -> bool {
    media_type == XLSX || media_type == XLS
}

/// The media type of an Office package, if one of the first entries of the archive tells.
pub(crate) fn package_media_type(head: &[u8]) -> Option<&'static str> {
    let starts = (0..head.len()).filter(|at| head[*at..].starts_with(LOCAL_FILE));
    let names = starts.filter_map(|at| {
        let length = head.get(at + NAME_LENGTH_AT..at + NAME_LENGTH_AT + 2)?;
        let length = usize::from(u16::from_le_bytes([length[0], length[1]]));
        head.get(at + NAME_AT..at + NAME_AT + length)
    });
    names.filter_map(of_entry).next()
}

fn of_entry(name: &[u8]) -> Option<&'static str> {
    FOLDERS.iter().find(|(folder, _)| name.starts_with(folder)).map(|(_, media_type)| *media_type)
}

/// Containers of Office documents, by themselves: what is inside, a look at the whole tells.
pub(crate) fn is_container(media_type: &str) -> bool {
    matches!(media_type, "application/zip" | "application/x-ole-storage")
}

/// The media type that a name promises, if it is one of a document that has no drawn pages.
pub(crate) fn promised_media_type(name: &str) -> Option<&'static str> {
    let promised = crate::upload::announced_media_type(name).ok()?;
    let drawn = promised == "application/pdf" || promised.starts_with("image/");
    (!drawn).then_some(promised)
}

/// The media type of a workbook, by bytes and then by name; `None` for anything else.
pub(crate) fn workbook_media_type(
    by_bytes: Option<&'static str>,
    name: &str,
) -> Option<&'static str> {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    match (by_bytes?, extension.as_deref()) {
        (XLSX, _) | ("application/zip", Some("xlsx" | "xlsm")) => Some(XLSX),
        ("application/x-ole-storage", Some("xls")) => Some(XLS),
        _ => None,
    }
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
    fn packages_are_told_by_their_folders() {
        let first = "[Content_Types].xml";
        for (name, want) in [
            ("xl/workbook.xml", Some(XLSX)),
            ("word/document.xml", Some(DOCX)),
            ("ppt/presentation.xml", Some(PPTX)),
            ("photos/xl/a.jpg", None),
        ] {
            assert_eq!(package_media_type(&archive(&[first, name])), want, "{name}");
        }
        let whole = archive(&[first, "xl/workbook.xml"]);
        assert_eq!(package_media_type(&whole[..60]), None, "cut off before it tells");
        assert_eq!(package_media_type(b"PK"), None);
    }

    #[test]
    fn workbooks_by_bytes_then_by_name() {
        let (zip, ole) = (Some("application/zip"), Some("application/x-ole-storage"));
        assert_eq!(workbook_media_type(Some(XLSX), "a.pdf"), Some(XLSX));
        assert_eq!(workbook_media_type(zip, "a.XLSX"), Some(XLSX));
        assert_eq!(workbook_media_type(ole, "a.xls"), Some(XLS));
        for (bytes, name) in
            [(zip, "a.zip"), (ole, "a.doc"), (None, "a.xlsx"), (Some(DOCX), "a.xlsx")]
        {
            assert_eq!(workbook_media_type(bytes, name), None, "{name}");
        }
    }
}
