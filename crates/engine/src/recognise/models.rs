//! What the engine asks of the outside: recognisers that it does not run itself.

use crate::error::OcrFault;
use std::fmt;

/// A picture in shades of gray, to be read by a recogniser.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Row by row from the top, one byte a pixel: 0 is black, 255 is white.
    pub pixels: Vec<u8>,
    /// Dots per inch, as far as known.
    pub dpi: u32,
    /// How the text of the picture is arranged.
    pub arrangement: Arrangement,
}

/// How the text of a picture is arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrangement {
    /// As on a page: columns, headings, pictures, at any right angle.
    Page,
    /// One upright column, such as a till receipt.
    Column,
    /// Upright rows over the whole width, such as a table cut from a page: words far apart in a row
    /// belong to the row.
    Rows,
}

/// Recognisers. They run outside of the engine, and may be missing.
pub trait Models: fmt::Debug {
    /// Reads the text of a picture as hOCR 1.2: an XHTML document of lines and words with boxes in
    /// pixels.
    ///
    /// # Errors
    /// If the picture was not read.
    fn read_text(&self, picture: Picture) -> Result<String, OcrFault>;

    /// Reads the texts of several pictures, in their order.
    fn read_texts(&self, pictures: Vec<Picture>) -> Vec<Result<String, OcrFault>> {
        pictures.into_iter().map(|picture| self.read_text(picture)).collect()
    }

    /// How many pictures it reads at the same time, at least 1: so many pages of a document are
    /// drawn before their texts are asked for.
    fn parallel(&self) -> usize {
        1
    }
}

/// No recogniser at all.
#[derive(Clone, Copy, Debug)]
pub struct NoModels;

impl Models for NoModels {
    fn read_text(&self, _picture: Picture) -> Result<String, OcrFault> {
        Err(OcrFault::Unavailable)
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({} x {} at {} dpi)", self.width, self.height, self.dpi)
    }
}
