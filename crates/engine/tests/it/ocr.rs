//! What becomes of a recogniser's answer, with one that answers by heart.

use std::cell::RefCell;

use docket_contract::ParseSpec;
use docket_contract::spec::OcrMode;
use docket_engine::model::Direction;
use docket_engine::{
    Arrangement, Error, Models, OcrFault, ParseRequest, Picture, PixelBox, RecognisedLine,
    RecognisedText, RecognisedWord, parse,
};
use docket_testkit::pdf::{Font, PdfBuilder};
use docket_testkit::scan::{image_file, scan};
use image::ImageFormat;
use uuid::Uuid;

use crate::support::{outline, segments};

/// Answers every picture with these lines, each a text with its box in thousandths of the picture.
#[derive(Debug)]
struct ByHeart(Vec<(&'static str, [f64; 4], u32)>);

impl Models for ByHeart {
    fn read_texts(&self, pictures: Vec<Picture>) -> Vec<Result<RecognisedText, OcrFault>> {
        pictures.iter().map(|picture| Ok(self.text(picture))).collect()
    }
}

impl ByHeart {
    fn text(&self, picture: &Picture) -> RecognisedText {
        let pixel = |share: f64, side: u32| (share * f64::from(side) / 1000.0).round() as u32;
        let lines = self.0.iter().map(|(text, [x0, y0, x1, y1], confidence)| {
            let letters = text.chars().count() as f64;
            let mut at = 0.0;
            let words = text.split(' ').map(|word| {
                let place = |letter: f64| pixel(x0 + (x1 - x0) * letter / letters, picture.width);
                let end = at + word.chars().count() as f64;
                let (left, right) = (place(at), place(end));
                at = end + 1.0;
                let top = pixel(*y0, picture.height);
                let bottom = pixel(*y1, picture.height);
                RecognisedWord {
                    text: word.to_owned(),
                    bounds: PixelBox { left, top, right, bottom },
                    confidence: *confidence as f32 / 100.0,
                }
            });
            RecognisedLine { words: words.collect(), direction: Direction::Right }
        });
        RecognisedText { lines: lines.collect(), pictures: Vec::new() }
    }
}

fn read(document: Vec<u8>, models: &dyn Models, mode: OcrMode) -> docket_contract::ParseResult {
    let spec = ParseSpec { ocr_mode: mode, ..ParseSpec::default() };
    let request = ParseRequest { models, ..ParseRequest::new(&spec, Uuid::nil()) };
    parse(document, &request, &mut |_| {}).expect("the document can be read")
}

fn scan_with(text: Option<&str>) -> Vec<u8> {
    let page = |page: docket_testkit::pdf::Page| {
        let page = page.picture(0.0, 0.0, 595.0, 842.0);
        match text {
            Some(text) => page.text(72.0, 820.0, 9.0, Font::Helvetica, text),
            None => page,
        }
    };
    PdfBuilder::new().page(page).build()
}

const LINE: (&str, [f64; 4], u32) =
    ("Twelve barrels of salted herring", [120.0, 200.0, 700.0, 212.0], 91);

#[test]
fn words_keep_their_places_and_confidences() {
    let result = read(scan_with(None), &ByHeart(vec![LINE]), OcrMode::Auto);
    let found = segments(&result);
    assert_eq!(found[0].content.as_deref(), Some(LINE.0));
    let words = found[0].ocr.as_ref().unwrap();
    assert_eq!(words.len(), 5);
    assert!(words.iter().all(|word| (word.confidence - 0.91).abs() < 0.001));
    let bbox = found[0].bbox.unwrap();
    assert!((bbox.left - 0.12 * found[0].page_width).abs() < 8.0, "{bbox:?}");
    assert!((bbox.top - 0.2 * found[0].page_height).abs() < 8.0, "{bbox:?}");
    assert!(result.failed_pages.is_empty() && result.warnings.is_empty());
}

#[test]
fn what_is_written_over_a_scan_stays_beside_what_it_shows() {
    let result = read(scan_with(Some("EXHIBIT 9")), &ByHeart(vec![LINE]), OcrMode::Auto);
    let texts: Vec<String> = outline(&result).into_iter().map(|(_, text)| text).collect();
    assert!(
        texts.contains(&LINE.0.to_owned()) && texts.contains(&"EXHIBIT 9".to_owned()),
        "{texts:?}"
    );
}

#[test]
fn forced_recognition_replaces_the_text_layer() {
    let typed = PdfBuilder::new()
        .page(|page| page.text(72.0, 90.0, 12.0, Font::Times, "What the layer says"))
        .build();
    let auto = read(typed.clone(), &ByHeart(vec![LINE]), OcrMode::Auto);
    assert_eq!(segments(&auto)[0].content.as_deref(), Some("What the layer says"));
    let forced = read(typed, &ByHeart(vec![LINE]), OcrMode::Force);
    let texts: Vec<String> = outline(&forced).into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts, [LINE.0]);
}

#[test]
fn shading_is_no_text_and_a_page_of_it_is_told() {
    let noise = ("~ .: '- =", [100.0, 300.0, 500.0, 330.0], 11);
    let result = read(scan_with(None), &ByHeart(vec![noise]), OcrMode::Auto);
    assert!(outline(&result).iter().all(|(_, text)| text.is_empty()), "{:?}", outline(&result));
    assert!(result.warnings[0].message.contains("shows no text"), "{:?}", result.warnings);
}

/// Answers fewer questions than it gets.
#[derive(Debug)]
struct Silent;

impl Models for Silent {
    fn read_texts(&self, _pictures: Vec<Picture>) -> Vec<Result<RecognisedText, OcrFault>> {
        Vec::new()
    }
}

#[test]
fn a_missing_answer_fails_the_page() {
    let spec = ParseSpec::default();
    let request = ParseRequest { models: &Silent, ..ParseRequest::new(&spec, Uuid::nil()) };
    let failed = parse(scan_with(None), &request, &mut |_| {});
    assert_eq!(failed, Err(Error::NoText { pages_without_text: 1, fault: OcrFault::Failed }));
}

/// Says how it was asked to read, and reads nothing else.
#[derive(Debug)]
struct Asked;

impl Models for Asked {
    fn read_texts(&self, pictures: Vec<Picture>) -> Vec<Result<RecognisedText, OcrFault>> {
        let word = |picture: &Picture| match picture.arrangement {
            Arrangement::Page | Arrangement::UprightPage => "page",
            Arrangement::Column => "column",
            Arrangement::Rows => "rows",
        };
        let area = [100.0, 100.0, 300.0, 200.0];
        let text = |picture| Ok(ByHeart(vec![(word(picture), area, 90)]).text(picture));
        pictures.iter().map(text).collect()
    }
}

/// A page of rows of words, and the part of its picture that shows six of them.
fn page_and_part() -> (image::GrayImage, image::GrayImage) {
    let rows = |page: docket_testkit::pdf::Page| {
        (0..50).fold(page, |page, row| {
            let y = 80.0 + 14.0 * f64::from(row);
            page.text(72.0, y, 10.0, Font::Times, "Old tower").text(
                250.0,
                y,
                10.0,
                Font::Times,
                "two flashes",
            )
        })
    };
    let page = scan(PdfBuilder::new().page(rows).build(), 100.0);
    let part = image::imageops::crop_imm(&page, 90, 95, 400, 120).to_image();
    (page, part)
}

#[test]
fn a_small_part_of_a_page_is_read_row_by_row() {
    let (page, part) = page_and_part();
    for (picture, way) in [(page, "page"), (part, "rows")] {
        let result = read(image_file(&picture, ImageFormat::Png), &Asked, OcrMode::Auto);
        assert_eq!(outline(&result)[0].1, way);
    }
}

#[test]
fn columns_in_a_small_part_of_a_page_are_a_table() {
    let (page, part) = page_and_part();
    let row = |name: &'static str, light: &'static str, y: f64| {
        [(name, [10.0, y, 200.0, y + 60.0], 80), (light, [450.0, y, 700.0, y + 60.0], 30)]
    };
    let cells = [
        row("Lamp", "Light", 100.0),
        row("Tower", "flashes", 250.0),
        row("Pier", "steady", 400.0),
        // What is left of a drawn line, and a line of which the recogniser is not sure at all.
        row("Stair", "|", 550.0),
        row("Rock", "dark", 700.0),
    ];
    let model = ByHeart(cells.into_iter().flatten().collect());
    let result = read(image_file(&part, ImageFormat::Png), &model, OcrMode::Auto);
    let html = segments(&result)[0].html.clone().unwrap_or_default();
    assert!(html.contains("<tr><td>Tower</td><td>flashes</td></tr>"), "{html}");
    assert!(html.contains("<tr><td>Stair</td><td></td></tr>"), "{html}");
    let result = read(image_file(&page, ImageFormat::Png), &model, OcrMode::Auto);
    assert!(segments(&result).iter().all(|segment| segment.segment_type != "Table"));
}

/// Reads three pictures at a time, and notes how many it was asked about at once.
#[derive(Debug)]
struct Together {
    inner: ByHeart,
    asked: RefCell<Vec<usize>>,
}

impl Models for Together {
    fn read_texts(&self, pictures: Vec<Picture>) -> Vec<Result<RecognisedText, OcrFault>> {
        self.asked.borrow_mut().push(pictures.len());
        self.inner.read_texts(pictures)
    }

    fn parallel(&self) -> usize {
        3
    }
}

#[test]
fn pages_of_one_document_are_asked_about_together() {
    let pages = (1..=5).fold(PdfBuilder::new(), |pdf, number| {
        pdf.page(|page| match number {
            2 => page.text(72.0, 90.0, 12.0, Font::Times, "Typed page"),
            _ => page.picture(0.0, 0.0, 595.0, 842.0),
        })
    });
    let models = Together { inner: ByHeart(vec![LINE]), asked: RefCell::new(Vec::new()) };
    let result = read(pages.build(), &models, OcrMode::Auto);
    assert_eq!(*models.asked.borrow(), [2, 2], "page 2 has text of its own");
    let texts: Vec<(usize, String)> = segments(&result)
        .into_iter()
        .map(|one| (one.page_number, one.content.clone().unwrap_or_default()))
        .collect();
    let page = |number: usize| {
        (number, if number == 2 { "Typed page".to_owned() } else { LINE.0.to_owned() })
    };
    assert_eq!(texts, (1..=5).map(page).collect::<Vec<_>>());
}
