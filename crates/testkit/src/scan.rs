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

/// A page of A4 with pictures, each in a box of points from the upper left corner (left, top, width,
/// height), and what is drawn over them. The font `F0` is Helvetica.
#[derive(Clone, Copy, Debug)]
pub struct PicturedPage<'p> {
    /// The pictures with their boxes.
    pub pictures: &'p [(&'p GrayImage, [f64; 4])],
    /// Operators of a content stream.
    pub operators: &'p str,
}

/// A PDF of A4 pages, each of which is one picture, with these operators drawn over it.
#[must_use]
pub fn scanned_pdf(pages: &[(&GrayImage, &str)]) -> Vec<u8> {
    let whole = |picture| [(picture, [0.0, 0.0, 595.0, 842.0])];
    let pictures: Vec<_> = pages.iter().map(|(picture, _)| whole(*picture)).collect();
    let pages = pictures.iter().zip(pages);
    let pages = pages.map(|(pictures, (_, operators))| PicturedPage { pictures, operators });
    pictured_pdf(&pages.collect::<Vec<_>>())
}

/// A PDF of pages with pictures.
#[must_use]
pub fn pictured_pdf(pages: &[PicturedPage<'_>]) -> Vec<u8> {
    /// Numbers of the objects of a page.
    const OBJECTS: usize = 100;
    let number = |page: usize| 10 + OBJECTS * page;
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", number(page))).collect();
    let mut pdf = RawPdf::new()
        .object(1, "<< /Type /Catalog /Pages 2 0 R >>")
        .object(2, &format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()))
        .object(3, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
    for (index, PicturedPage { pictures, operators }) in pages.iter().enumerate() {
        let number = number(index);
        let content = number + 1;
        let (mut names, mut drawn) = (String::new(), String::new());
        for ((_, [left, top, width, height]), at) in pictures.iter().zip(0..) {
            // Operators of the page may draw the first one again.
            let name = if at == 0 { "Im".to_owned() } else { format!("Im{at}") };
            names += &format!("/{name} {} 0 R ", number + 2 + at);
            let bottom = 842.0 - top - height;
            drawn += &format!("q {width} 0 0 {height} {left} {bottom} cm /{name} Do Q ");
        }
        pdf = pdf
            .object(
                number,
                &format!(
                    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R \
                     /Resources << /XObject << {names} >> /Font << /F0 3 0 R >> >> >>"
                ),
            )
            .stream(content, "", format!("{drawn} {operators}").as_bytes());
        for ((picture, _), at) in pictures.iter().zip(0..) {
            let (width, height) = picture.dimensions();
            pdf = pdf.stream(
                number + 2 + at,
                &format!(
                    "/Type /XObject /Subtype /Image /Width {width} /Height {height} \
                     /ColorSpace /DeviceGray /BitsPerComponent 8"
                ),
                picture.as_raw(),
            );
        }
    }
    pdf.build(1)
}
