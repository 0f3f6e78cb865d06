//! Pictures beside text, turned pictures, doubtful text layers and unsure words, with recognisers
//! that answer by heart.

use std::cell::RefCell;

use docket_contract::{ParseResult, ParseSpec, WarningCode};
use docket_engine::model::Direction;
use docket_engine::{
    Arrangement, Models, OcrFault, ParseRequest, Picture, PixelBox, RecognisedLine, RecognisedText,
    RecognisedWord, parse,
};
use docket_testkit::pdf::{Font, PdfBuilder};
use docket_testkit::scan::{PicturedPage, image_file, pictured_pdf, scan, scanned_pdf};
use image::{GrayImage, ImageFormat, imageops};
use uuid::Uuid;

use crate::support::segments;

/// A picture and its place on a page: left, top, width and height in points.
type Placed<'p> = (&'p GrayImage, [f64; 4]);

const TEXT: [&str; 3] = [
    "The ferry to the island leaves at half past six in the morning",
    "Tickets are sold on board by the mate and children travel free",
    "Bicycles have to be walked over the bridge at the harbour gate",
];

/// Reads these lines with this confidence, evenly spread, wherever a picture lies as this function
/// says; others it reads with a confidence of .3.
struct Reader {
    lines: Vec<&'static str>,
    confidence: f32,
    lies_right: fn(&Picture) -> bool,
    asked: RefCell<Vec<Arrangement>>,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reader")
    }
}

impl Reader {
    fn new(lines: &[&'static str], confidence: f32) -> Self {
        let asked = RefCell::default();
        Self { lines: lines.to_vec(), confidence, lies_right: |_| true, asked }
    }

    fn calls(&self) -> usize {
        self.asked.borrow().len()
    }
}

impl Models for Reader {
    fn read_texts(&self, pictures: Vec<Picture>) -> Vec<Result<RecognisedText, OcrFault>> {
        pictures.iter().map(|picture| Ok(self.read(picture))).collect()
    }
}

impl Reader {
    fn read(&self, picture: &Picture) -> RecognisedText {
        self.asked.borrow_mut().push(picture.arrangement);
        let confidence = if (self.lies_right)(picture) { self.confidence } else { 0.3 };
        let count = self.lines.len() as u32;
        let lines = self.lines.iter().zip(0_u32..).map(|(line, row)| {
            let words: Vec<&str> = line.split(' ').collect();
            let step = picture.width / (words.len() as u32 + 2);
            let height = picture.height / (2 * count + 2);
            let top = height * (2 * row + 1);
            let words = words.iter().zip(1_u32..).map(|(word, place)| RecognisedWord {
                text: (*word).to_owned(),
                bounds: PixelBox {
                    left: place * step,
                    top,
                    right: place * step + step * 9 / 10,
                    bottom: top + height,
                },
                confidence,
            });
            RecognisedLine { words: words.collect(), direction: Direction::Right }
        });
        RecognisedText { lines: lines.collect(), pictures: Vec::new() }
    }
}

fn read(document: Vec<u8>, models: &dyn Models) -> ParseResult {
    let spec = ParseSpec::default();
    let request = ParseRequest { models, ..ParseRequest::new(&spec, Uuid::nil()) };
    parse(document, &request, &mut |_| {}).expect("the document can be read")
}

fn text(result: &ParseResult) -> String {
    let texts = segments(result).into_iter().filter_map(|one| one.content.clone());
    texts.collect::<Vec<_>>().join("\n").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn codes(result: &ParseResult) -> Vec<WarningCode> {
    result.warnings.iter().map(|warning| warning.code).collect()
}

/// A page with these lines.
fn sheet(lines: &[&str]) -> GrayImage {
    let page = |page: docket_testkit::pdf::Page| {
        lines.iter().zip(0_u8..).fold(page, |page, (line, row)| {
            page.text(72.0, 120.0 + 24.0 * f64::from(row), 14.0, Font::Times, line)
        })
    };
    scan(PdfBuilder::new().page(page).build(), 100.0)
}

/// Soft shapes of many shades, as a photo has.
fn photo() -> GrayImage {
    GrayImage::from_fn(600, 400, |x, y| {
        let (x, y) = (f64::from(x) / 37.0, f64::from(y) / 23.0);
        let shade = 120.0 + 60.0 * (x + 0.4 * y.sin()).sin() + 50.0 * (y * 0.7 - x.cos()).cos();
        image::Luma([shade.clamp(0.0, 255.0) as u8])
    })
}

/// A chart of bars between two axes.
fn chart() -> GrayImage {
    GrayImage::from_fn(600, 400, |x, y| {
        let bar = (x / 50) % 2 == 1 && y > 60 + (x * 7) % 200 && y < 380;
        let axis = x == 20 || x == 21 || y == 380 || y == 381;
        image::Luma([if axis {
            0
        } else if bar {
            90
        } else {
            255
        }])
    })
}

const TYPED: &str = "BT /F0 11 Tf 60 790 Td (Exhibit A, as it was sent to both parties) Tj ET \
    BT /F0 11 Tf 60 40 Td (Provided on request of the court) Tj ET";

#[test]
fn a_scan_on_a_typed_page_is_read_whatever_its_place() {
    let scan = sheet(&TEXT);
    let stamp = (0..4).fold(String::new(), |stamp, line| {
        let words = "CONFIDENTIAL - SUBJECT TO PROTECTIVE ORDER - CASE 2:19-CV-01234";
        stamp + &format!("BT /F0 7 Tf 40 {} Td ({words}) Tj ET ", 12 + 8 * line)
    });
    let height = scan.height() / 8;
    let strips: Vec<GrayImage> = (0..8)
        .map(|strip| imageops::crop_imm(&scan, 0, strip * height, scan.width(), height).to_image())
        .collect();
    let strips: Vec<Placed<'_>> = strips
        .iter()
        .zip(0_u8..)
        .map(|(s, at)| (s, [90.0, 80.0 + 80.0 * f64::from(at), 420.0, 80.0]))
        .collect();
    let variants: [(&str, &[Placed<'_>], &str); 4] = [
        ("under a long stamp", &[(&scan, [0.0, 0.0, 595.0, 842.0])], &stamp),
        ("inside the margins", &[(&scan, [90.0, 80.0, 420.0, 640.0])], TYPED),
        ("in strips", &strips, TYPED),
        ("a third of the page", &[(&scan, [60.0, 300.0, 300.0, 420.0])], TYPED),
    ];
    for (name, pictures, operators) in variants {
        let reader = Reader::new(&TEXT, 0.9);
        let result = read(pictured_pdf(&[PicturedPage { pictures, operators }]), &reader);
        let read = text(&result);
        assert!(TEXT.iter().all(|line| read.contains(line)), "{name}: {read}");
        let typed = if operators == TYPED { "Provided on request" } else { "PROTECTIVE ORDER" };
        assert!(read.contains(typed), "{name}: {read}");
        assert_eq!(reader.calls(), 1, "{name}");
        assert_eq!(codes(&result), [], "{name}");
    }
}

#[test]
fn without_a_recogniser_a_warning_says_that_a_picture_was_not_read() {
    let scan = sheet(&TEXT);
    let pictures: &[(&GrayImage, [f64; 4])] = &[(&scan, [90.0, 80.0, 420.0, 640.0])];
    let document = pictured_pdf(&[PicturedPage { pictures, operators: TYPED }]);
    let result = read(document, &docket_engine::NoModels);
    assert_eq!(codes(&result), [WarningCode::OcrNotDone]);
    assert!(result.failed_pages.is_empty());
}

#[test]
fn photos_and_charts_beside_text_are_not_asked_about() {
    for (name, picture) in [("photo", photo()), ("chart", chart())] {
        let pictures: &[(&GrayImage, [f64; 4])] = &[(&picture, [90.0, 100.0, 420.0, 280.0])];
        let reader = Reader::new(&TEXT, 0.9);
        let result = read(pictured_pdf(&[PicturedPage { pictures, operators: TYPED }]), &reader);
        assert_eq!(reader.calls(), 0, "{name}");
        assert!(text(&result).starts_with("Exhibit A"), "{name}: {}", text(&result));
    }
}

#[test]
fn labels_of_a_drawing_stay_in_their_picture() {
    let labels = scan(
        PdfBuilder::new()
            .page_sized(300.0, 200.0, |page| {
                let page =
                    page.fill(20.0, 20.0, 80.0, 60.0, 0.3).fill(180.0, 100.0, 90.0, 70.0, 0.4);
                (0..12).fold(page, |page, at| {
                    let (x, y) = (10.0 + 70.0 * f64::from(at % 4), 95.0 + 40.0 * f64::from(at / 4));
                    page.text(x, y, 9.0, Font::Helvetica, "station").line(
                        (x, y),
                        (x + 40.0, 20.0),
                        2.0,
                    )
                })
            })
            .build(),
        150.0,
    );
    let pictures: &[(&GrayImage, [f64; 4])] = &[(&labels, [90.0, 100.0, 420.0, 280.0])];
    let reader = Reader::new(&["station station", "station"], 0.95);
    let result = read(pictured_pdf(&[PicturedPage { pictures, operators: TYPED }]), &reader);
    assert!(!text(&result).contains("station"), "{}", text(&result));
}

#[test]
fn a_picture_that_stands_on_many_pages_is_asked_about_once() {
    let scan = sheet(&TEXT);
    let pictures: &[(&GrayImage, [f64; 4])] = &[(&scan, [90.0, 80.0, 420.0, 640.0])];
    let page = PicturedPage { pictures, operators: TYPED };
    let reader = Reader::new(&TEXT, 0.9);
    let result = read(pictured_pdf(&[page, page, page]), &reader);
    assert_eq!(text(&result).matches(TEXT[0]).count(), 3);
    assert_eq!(reader.calls(), 1);
}

/// The line that stands alone tells which side is up: it is above the others.
fn is_upright(picture: &Picture) -> bool {
    let ink = |rows: std::ops::Range<u32>| {
        let rows = rows.flat_map(|y| (0..picture.width).map(move |x| (x, y)));
        rows.filter(|(x, y)| picture.pixels[(y * picture.width + x) as usize] < 128).count()
    };
    let columns = |range: std::ops::Range<u32>| {
        let places = range.flat_map(|x| (0..picture.height).map(move |y| (x, y)));
        places.filter(|(x, y)| picture.pixels[(y * picture.width + x) as usize] < 128).count()
    };
    let upper = ink(0..picture.height / 2) > 3 * ink(picture.height / 2..picture.height);
    upper && columns(0..picture.width / 2) < 3 * columns(picture.width / 2..picture.width)
}

#[test]
fn a_picture_is_turned_until_its_words_are_sure() {
    let upright = sheet(&TEXT);
    for (turn, turned) in [
        ("upright", upright.clone()),
        ("with the clock", imageops::rotate90(&upright)),
        ("on its head", imageops::rotate180(&upright)),
    ] {
        let reader = Reader { lies_right: is_upright, ..Reader::new(&TEXT, 0.9) };
        let result = read(image_file(&turned, ImageFormat::Png), &reader);
        assert!(text(&result).contains(&TEXT.join(" ")), "{turn}: {}", text(&result));
        assert_eq!(codes(&result), [], "{turn}");
        let calls = if turn == "upright" { 1..=1 } else { 2..=5 };
        assert!(calls.contains(&reader.calls()), "{turn}: {}", reader.calls());
    }
}

/// A layer that shifts every letter, written invisibly over a scan as a broken OCR does.
const SHIFTED: &str = "BT 3 Tr /F0 11 Tf 60 700 Td \
    (Wkh ihuub wr wkh lvodqg ohdyhv dw kdoi sdvw vla lq wkh pruqlqj wlfnhwv duh vrog rq erdug) Tj ET";

#[test]
fn a_layer_of_impossible_words_gives_way_to_sure_ones() {
    let document = || scanned_pdf(&[(&sheet(&TEXT), SHIFTED)]);
    let sure = Reader::new(&TEXT, 0.9);
    let result = read(document(), &sure);
    assert_eq!(text(&result), TEXT.join(" "));
    assert_eq!(codes(&result), []);

    let unsure = Reader::new(&["qhx vd vvyy zz kkq vrr", "pqw iic cbb xx"], 0.55);
    let result = read(document(), &unsure);
    assert!(text(&result).contains("Wkh ihuub"), "{}", text(&result));
    assert_eq!(codes(&result), [WarningCode::OcrNotDone]);
    assert!(result.warnings[0].message.contains("languages"), "{:?}", result.warnings);

    let same =
        ["Wkh ihuub wr wkh lvodqg ohdyhv dw kdoi", "sdvw vla lq wkh pruqlqj wlfnhwv duh vrog"];
    let result = read(document(), &Reader::new(&same, 0.9));
    assert!(text(&result).contains("rq erdug"), "{}", text(&result));
    assert_eq!(codes(&result), []);
}

#[test]
fn a_page_of_unsure_words_says_so() {
    let document = || scanned_pdf(&[(&sheet(&TEXT), "")]);
    let result = read(document(), &Reader::new(&TEXT, 0.55));
    assert_eq!(codes(&result), [WarningCode::LowConfidence]);
    let message = &result.warnings[0].message;
    assert!(message.contains("of 37 recognised words are uncertain"), "{message}");
    assert_eq!(result.warnings[0].page, Some(1));
    assert_eq!(codes(&read(document(), &Reader::new(&TEXT, 0.75))), []);
}
