//! A document around content streams: standard fonts, a font of drawn glyphs, a font that runs
//! down, a form, a picture and an outline, all of which the streams can use.

#[path = "../../crates/testkit/src/pdf/raw.rs"]
mod raw;

use raw::RawPdf;

const FIRST_PAGE: usize = 20;
const RESOURCES: &str = "<< /Font << /F1 3 0 R /F2 4 0 R /T3 5 0 R /V1 8 0 R >> \
    /XObject << /X1 6 0 R /Im 7 0 R >> /Properties << /P1 << /ActualText (shown) >> >> >>";
const VERTICAL: &str = "<< /Type /Font /Subtype /Type0 /BaseFont /Mincho /Encoding /UniJIS-UCS2-V \
    /DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Mincho /DW 1000 \
    /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 4 >> >>] >>";
const DRAWN: &str = "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 10 10] /FirstChar 97 \
    /FontMatrix [0.1 0 0 0.1 0 0] /LastChar 98 /Widths [10 5] /CharProcs << /a 9 0 R /b 9 0 R >> \
    /Encoding << /Differences [97 /a /b] >> >>";

/// A document with a page for each stream.
pub fn pdf_of(streams: &[Vec<u8>]) -> Vec<u8> {
    let pages = (0..streams.len()).map(|index| FIRST_PAGE + 2 * index);
    let kids: Vec<String> = pages.clone().map(|number| format!("{number} 0 R")).collect();
    let (count, kids) = (kids.len(), kids.join(" "));
    let font = |name: &str| format!("<< /Type /Font /Subtype /Type1 /BaseFont /{name} >>");
    let picture = "/Subtype /Image /Width 2 /Height 2 /BitsPerComponent 8 /ColorSpace /DeviceGray";
    let form = "/Subtype /Form /BBox [0 0 100 100] /Resources << /Font << /F1 3 0 R >> >>";
    let mut pdf = RawPdf::new()
        .object(1, "<< /Type /Catalog /Pages 2 0 R >>")
        .object(2, &format!("<< /Type /Pages /Count {count} /Kids [{kids}] >>"))
        .object(3, &font("Helvetica"))
        .object(4, &font("Times-Bold"))
        .object(5, DRAWN)
        .stream(6, form, b"BT /F1 9 Tf 5 5 Td (form) Tj ET")
        .stream(7, picture, &[0x30, 0x90, 0xC0, 0x60])
        .object(8, VERTICAL)
        .stream(9, "", b"10 0 0 0 10 10 d1 0 0 10 10 re f");
    for (number, stream) in pages.zip(streams) {
        let contents = number + 1;
        let page = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {contents} 0 R \
             /Resources {RESOURCES} >>"
        );
        pdf = pdf.object(number, &page).stream(contents, "", stream);
    }
    pdf.build(1)
}
