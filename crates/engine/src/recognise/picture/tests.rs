//! Pictures of our own pages: what is measured on them, and files with several.

use docket_contract::format::{Detected, Format};
use docket_testkit::pdf::{Font, Page, PdfBuilder};
use docket_testkit::scan::{image_file, scan};
use image::{GrayImage, ImageFormat, Luma};

use super::components::letter_height;
use super::threshold::otsu;
use super::{prepare, rulings, skew};
use crate::limits::Limits;
use crate::model::Raster;
use crate::source::raster::ImageFile;

fn picture(draw: impl FnOnce(Page) -> Page, dpi: f32) -> GrayImage {
    scan(PdfBuilder::new().page(draw).build(), dpi)
}

fn paragraph(page: Page) -> Page {
    (0..30).fold(page, |page, row| {
        let line = "The quick brown fox jumps over the lazy dog again and again";
        page.text(72.0, 90.0 + 18.0 * f64::from(row), 12.0, Font::Times, line)
    })
}

#[test]
fn tilts_are_told_and_straightened() {
    let straight = picture(paragraph, 150.0);
    assert!(skew::tilt_degrees(&straight).abs() < 0.15);
    for tilt in [-3.0, -1.0, 0.7, 2.5] {
        let tilted = skew::turned(&straight, tilt);
        let told = skew::tilt_degrees(&tilted);
        assert!((told - tilt).abs() < 0.25, "{tilt} was told as {told}");
    }
    let blank = GrayImage::from_pixel(300, 300, Luma([255]));
    assert!(skew::tilt_degrees(&blank).abs() < f32::EPSILON);
}

#[test]
fn small_letters_are_enlarged_and_places_kept() {
    let small = picture(paragraph, 60.0);
    let height = letter_height(&small, otsu(&small)).unwrap();
    assert!((3.0..9.0).contains(&height), "{height}");
    let (width, dpi) = (small.width(), 60.0);
    let prepared = prepare(Raster { pixels: small, dpi });
    assert!(prepared.raster.pixels.width() > 2 * width);
    let (x, y) = prepared.to_points(0.0, 0.0);
    assert!(x <= 0.0 && y <= 0.0, "a margin lies outside of the page: {x}, {y}");
    let corner = prepared.raster.pixels.dimensions();
    let (x, _) = prepared.to_points(corner.0 as f32, corner.1 as f32);
    assert!((x - 595.0).abs() < 10.0, "the right edge stays: {x}");
}

#[test]
fn rulings_are_found_and_letters_are_none() {
    let grid = |page: Page| {
        let page = paragraph(page);
        [650.0, 700.0, 750.0].into_iter().fold(page, |page, y| {
            page.line((100.0, y), (400.0, y), 1.0).line((y - 500.0, 650.0), (y - 500.0, 750.0), 1.0)
        })
    };
    let raster = Raster { pixels: picture(grid, 200.0), dpi: 200.0 };
    let found = rulings(&raster);
    let across = found.iter().filter(|rect| rect.width() > 250.0).count();
    let down = found.iter().filter(|rect| rect.height() > 80.0).count();
    assert_eq!((across, down, found.len()), (3, 3, 6), "{found:?}");
    assert!((found[0].y0 - 650.0).abs() < 2.0, "{:?}", found[0]);
}

#[test]
fn faint_rulings_are_found_and_can_be_erased() {
    let mut pixels = picture(paragraph, 100.0);
    let (across, down) = ((140..700, 1000), (150, 950..1100));
    across.0.for_each(|x| pixels.put_pixel(x, across.1, Luma([225])));
    down.1.for_each(|y| pixels.put_pixel(down.0, y, Luma([225])));
    let part = image::imageops::crop_imm(&pixels, 100, 920, 640, 240).to_image();
    let letters = image::imageops::crop_imm(&pixels, 100, 100, 640, 250).to_image();
    let found = rulings(&Raster { pixels: part.clone(), dpi: 100.0 });
    assert!(found.iter().any(|rect| rect.width() > 390.0), "{found:?}");
    assert!(found.iter().any(|rect| rect.height() > 100.0), "{found:?}");
    assert_eq!(rulings(&Raster { pixels: letters, dpi: 100.0 }), []);

    let mut prepared = prepare(Raster { pixels: part, dpi: 100.0 });
    let found = rulings(&prepared.raster);
    prepared.erase(&found);
    let darkest = prepared.raster.pixels.as_raw().iter().min();
    assert!(darkest.is_some_and(|shade| *shade > 245), "{darkest:?}");
}

/// A TIFF of uncompressed pages of one shade each.
fn tiff(shades: &[u8]) -> Vec<u8> {
    let mut file = b"II*\0\0\0\0\0".to_vec();
    let mut link = 4;
    for shade in shades {
        let strip = u32::try_from(file.len()).unwrap();
        file.extend_from_slice(&[*shade; 64]);
        let place = u32::try_from(file.len()).unwrap();
        file[link..link + 4].copy_from_slice(&place.to_le_bytes());
        // Width, height, bits, no compression, black is 0, where the strip is, rows, its length.
        let tags: [(u16, u32); 8] =
            [(256, 8), (257, 8), (258, 8), (259, 1), (262, 1), (273, strip), (278, 8), (279, 64)];
        file.extend_from_slice(&u16::try_from(tags.len()).unwrap().to_le_bytes());
        for (tag, value) in tags {
            file.extend_from_slice(&tag.to_le_bytes());
            file.extend_from_slice(&4_u16.to_le_bytes());
            file.extend_from_slice(&1_u32.to_le_bytes());
            file.extend_from_slice(&value.to_le_bytes());
        }
        link = file.len();
        file.extend_from_slice(&[0; 4]);
    }
    file
}

#[test]
fn every_page_of_a_tiff_is_read() {
    let bytes = tiff(&[10, 120, 230]);
    assert_eq!(Detected::of(&bytes), Some(Detected::Format(Format::Tiff)));
    let mut file = ImageFile::new(bytes.clone(), Format::Tiff, &Limits::DEFAULT).unwrap();
    assert_eq!(file.page_count(), 3);
    for (index, shade) in [(2, 230), (0, 10), (1, 120)] {
        assert_eq!(file.page(index).unwrap().unwrap().pixels.get_pixel(3, 3).0[0], shade);
    }
    assert!(file.page(3).unwrap().is_none());

    // The last page points back to the first: a circle ends.
    let mut circle = bytes;
    let length = circle.len();
    let first = circle[4..8].to_vec();
    circle[length - 4..].copy_from_slice(&first);
    assert_eq!(ImageFile::new(circle, Format::Tiff, &Limits::DEFAULT).unwrap().page_count(), 3);
}

#[test]
fn damaged_and_monstrous_images_are_refused() {
    let mut png = image_file(&GrayImage::new(40, 40), ImageFormat::Png);
    let whole = ImageFile::new(png.clone(), Format::Png, &Limits::DEFAULT)
        .unwrap()
        .page(0)
        .unwrap()
        .unwrap();
    assert!((whole.dpi - 144.0).abs() < f32::EPSILON, "no resolution: a pixel is a unit");
    // Width and height of the header, far beyond what is there.
    png[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
    let mut monstrous = ImageFile::new(png, Format::Png, &Limits::DEFAULT).unwrap();
    assert!(monstrous.page(0).unwrap().is_none());
    let torn = b"\xff\xd8\xff\xe0 and nothing more".to_vec();
    assert!(
        ImageFile::new(torn, Format::Jpeg, &Limits::DEFAULT).unwrap().page(0).unwrap().is_none()
    );
}
