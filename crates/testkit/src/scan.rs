//! Pictures of our own documents, as a scanner would make them: image files, and PDFs of one
//! picture per page.

use std::io::Cursor;

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use image::{DynamicImage, GrayImage, ImageFormat};

use crate::pdf::RawPdf;

/// The first page of a PDF as a picture in shades of gray.
///
/// # Panics
/// If the PDF cannot be opened.
#[must_use]
pub fn scan(pdf: Vec<u8>, dpi: f32) -> GrayImage {
    let pdf = Pdf::new(pdf).expect("the PDF can be opened");
    let page = &pdf.pages()[0];
    let scale = dpi / 72.0;
    let settings = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
    let interpreter = InterpreterSettings::default();
    let drawn =
        render(page, &RenderCache::new(), &interpreter, &RenderSettings::default(), &settings);
    let (width, height) = (u32::from(drawn.width()), u32::from(drawn.height()));
    let pixels = drawn.data_as_u8_slice().chunks_exact(4).map(|color| color[1]).collect();
    GrayImage::from_raw(width, height, pixels).expect("a shade for every pixel")
}

/// A picture as a file of this format.
///
/// # Panics
/// If the format cannot be written.
#[must_use]
pub fn image_file(picture: &GrayImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let picture = DynamicImage::ImageLuma8(picture.clone());
    picture.write_to(&mut file, format).expect("a picture of this format can be written");
    file.into_inner()
}

/// A PDF of A4 pages, each of which is one picture, with these operators drawn over it. The font
/// `F0` is Helvetica.
#[must_use]
pub fn scanned_pdf(pages: &[(&GrayImage, &str)]) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 10 + 3 * page)).collect();
    let mut pdf = RawPdf::new()
        .object(1, "<< /Type /Catalog /Pages 2 0 R >>")
        .object(2, &format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()))
        .object(3, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
    for (index, (picture, operators)) in pages.iter().enumerate() {
        let number = 10 + 3 * index;
        let (content, image) = (number + 1, number + 2);
        let (width, height) = picture.dimensions();
        pdf = pdf
            .object(
                number,
                &format!(
                    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R \
                     /Resources << /XObject << /Im {image} 0 R >> /Font << /F0 3 0 R >> >> >>"
                ),
            )
            .stream(content, "", format!("q 595 0 0 842 0 0 cm /Im Do Q {operators}").as_bytes())
            .stream(
                image,
                &format!(
                    "/Type /XObject /Subtype /Image /Width {width} /Height {height} \
                     /ColorSpace /DeviceGray /BitsPerComponent 8"
                ),
                picture.as_raw(),
            );
    }
    pdf.build(1)
}
