//! What kind of document some bytes are, told by the bytes themselves.

use image::ImageFormat;

use crate::raster::ImageFile;

/// How far into a file the header of a PDF may stand.
const HEADER_SEARCH_BYTES: usize = 2048;

/// Kinds of documents that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Portable Document Format.
    Pdf,
    /// A picture, or several in a TIFF.
    Image(ImageFormat),
}

/// The kind by the first bytes.
pub(crate) fn kind(bytes: &[u8]) -> Option<Kind> {
    if let Some(format) = ImageFile::format_of(bytes) {
        return Some(Kind::Image(format));
    }
    let head = &bytes[..bytes.len().min(HEADER_SEARCH_BYTES)];
    head.windows(4).any(|window| window == b"%PDF").then_some(Kind::Pdf)
}
