//! A small PDF writer for tests and sample documents: text in the standard fonts, lines, boxes and
//! pictures, or any operators and objects as they are.

pub mod fixtures;
mod metrics;
mod raw;

pub use metrics::{Font, wrap};
pub use raw::RawPdf;

use std::fmt::Write;

/// Builds a document page by page.
///
/// ```
/// use docket_testkit::pdf::{Font, PdfBuilder};
/// let bytes = PdfBuilder::new()
///     .page(|page| page.text(72.0, 90.0, 24.0, Font::HelveticaBold, "Hello"))
///     .build();
/// assert!(bytes.starts_with(b"%PDF-1.7"));
/// ```
#[derive(Default)]
pub struct PdfBuilder {
    pages: Vec<Page>,
}

/// A page under construction. Coordinates are points from its top left corner, y downwards; text
/// stands on its baseline.
pub struct Page {
    width: f64,
    height: f64,
    rotation: i32,
    content: String,
}

impl PdfBuilder {
    /// A document without pages.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an A4 page.
    #[must_use]
    pub fn page(self, draw: impl FnOnce(Page) -> Page) -> Self {
        self.page_sized(595.0, 842.0, draw)
    }

    /// Adds a page of a size in points.
    #[must_use]
    pub fn page_sized(mut self, width: f64, height: f64, draw: impl FnOnce(Page) -> Page) -> Self {
        self.pages.push(draw(Page { width, height, rotation: 0, content: String::new() }));
        self
    }

    /// Writes the file.
    #[must_use]
    pub fn build(self) -> Vec<u8> {
        // 1 is the catalog, 2 the page tree, 3 the picture, then the fonts, then the pages.
        const FIRST_FONT: usize = 4;
        let first_page = FIRST_FONT + Font::ALL.len();
        let kids: Vec<String> =
            (0..self.pages.len()).map(|index| format!("{} 0 R", first_page + 2 * index)).collect();
        let mut pdf = RawPdf::new();
        pdf = pdf.object(1, "<< /Type /Catalog /Pages 2 0 R >>");
        let (count, kids) = (kids.len(), kids.join(" "));
        pdf = pdf.object(2, &format!("<< /Type /Pages /Count {count} /Kids [{kids}] >>"));
        let picture = "/Type /XObject /Subtype /Image /Width 2 /Height 2 /BitsPerComponent 8 \
                       /ColorSpace /DeviceGray";
        pdf = pdf.stream(3, picture, &[0x30, 0x90, 0xC0, 0x60]);
        for (index, font) in Font::ALL.into_iter().enumerate() {
            let name = font.base_name();
            let dict = format!(
                "<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>"
            );
            pdf = pdf.object(FIRST_FONT + index, &dict);
        }
        let mut fonts = String::new();
        for (index, font) in Font::ALL.into_iter().enumerate() {
            let _ = write!(fonts, "/{} {} 0 R ", font.resource_name(), FIRST_FONT + index);
        }
        for (index, page) in self.pages.into_iter().enumerate() {
            let number = first_page + 2 * index;
            let dict = format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {} {}] /Rotate {} /Contents {} 0 R \
                 /Resources << /Font << {fonts}>> /XObject << /Picture 3 0 R >> >> >>",
                page.width,
                page.height,
                page.rotation,
                number + 1
            );
            pdf = pdf.object(number, &dict);
            pdf = pdf.stream(number + 1, "", page.content.as_bytes());
        }
        pdf.build(1)
    }
}

impl Page {
    /// Writes a line of text.
    #[must_use]
    pub fn text(mut self, x: f64, y: f64, size: f64, font: Font, text: &str) -> Self {
        let y = self.height - y;
        let (name, string) = (font.resource_name(), metrics::literal(text));
        let _ = writeln!(self.content, "BT /{name} {size} Tf {x:.2} {y:.2} Td {string} Tj ET");
        self
    }

    /// Writes a line of text that ends at `x`.
    #[must_use]
    pub fn text_to(self, x: f64, y: f64, size: f64, font: Font, text: &str) -> Self {
        let width = font.width(text, size);
        self.text(x - width, y, size, font, text)
    }

    /// Writes lines of text one below the other.
    #[must_use]
    pub fn lines(
        mut self,
        x: f64,
        y: f64,
        leading: f64,
        size: f64,
        font: Font,
        lines: &[String],
    ) -> Self {
        for (index, line) in lines.iter().enumerate() {
            self = self.text(x, y + leading * index as f64, size, font, line);
        }
        self
    }

    /// Writes text turned by an angle in degrees, against the clock, around its start.
    #[must_use]
    pub fn text_turned(
        mut self,
        x: f64,
        y: f64,
        degrees: f64,
        size: f64,
        font: Font,
        text: &str,
    ) -> Self {
        let y = self.height - y;
        let (sin, cos) = degrees.to_radians().sin_cos();
        let (name, string) = (font.resource_name(), metrics::literal(text));
        let _ = writeln!(
            self.content,
            "BT /{name} {size} Tf {cos:.5} {sin:.5} {:.5} {cos:.5} {x:.2} {y:.2} Tm {string} Tj ET",
            -sin
        );
        self
    }

    /// Draws a straight line of a thickness.
    #[must_use]
    pub fn line(mut self, from: (f64, f64), to: (f64, f64), thickness: f64) -> Self {
        let (y0, y1) = (self.height - from.1, self.height - to.1);
        let (x0, x1) = (from.0, to.0);
        let _ = writeln!(self.content, "{thickness} w {x0:.2} {y0:.2} m {x1:.2} {y1:.2} l S");
        self
    }

    /// Fills a box with a grey: 0 is black, 1 white.
    #[must_use]
    pub fn fill(mut self, x: f64, y: f64, width: f64, height: f64, grey: f64) -> Self {
        let y = self.height - y - height;
        let _ = writeln!(self.content, "q {grey} g {x:.2} {y:.2} {width:.2} {height:.2} re f Q");
        self
    }

    /// Draws a small built-in picture, stretched into a box.
    #[must_use]
    pub fn picture(mut self, x: f64, y: f64, width: f64, height: f64) -> Self {
        let y = self.height - y - height;
        let _ =
            writeln!(self.content, "q {width:.2} 0 0 {height:.2} {x:.2} {y:.2} cm /Picture Do Q");
        self
    }

    /// Adds operators as they are, in PDF's own coordinates.
    #[must_use]
    pub fn raw(mut self, operators: &str) -> Self {
        self.content.push_str(operators);
        self.content.push('\n');
        self
    }

    /// Turns the whole page with the clock by a multiple of 90 degrees.
    #[must_use]
    pub fn rotated(mut self, degrees: i32) -> Self {
        self.rotation = degrees;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_measured_and_wrapped() {
        assert!((Font::Helvetica.width("AA", 10.0) - 13.34).abs() < 0.01);
        let lines = wrap("one two three", Font::Helvetica, 10.0, 45.0);
        assert_eq!(lines, ["one two", "three"]);
    }
}
