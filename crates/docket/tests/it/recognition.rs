//! What a real Tesseract reads where a page, its picture or its text layer is not as it should be.

use docket_testkit::pdf::{Font, Page, PdfBuilder};
use docket_testkit::scan::{PicturedPage, image_file, pictured_pdf, scan, scanned_pdf};
use image::{GrayImage, ImageFormat, imageops};
use serde_json::Value;

use crate::app::{App, Database, text_of};
use crate::on_both_databases;

on_both_databases!(
    scans_beside_text_are_read_and_photos_are_not,
    pictures_on_a_side_or_their_head_are_read,
    pale_and_light_letters_are_read,
    a_damaged_text_layer_is_read_again,
);

const LETTER: [&str; 4] = [
    "This agreement is made between Ida Fairweather, the owner,",
    "and Tobias Lind, the tenant, for the boathouse at the pier.",
    "The rent is 480 crowns for each quarter, to be paid on the",
    "first day of the quarter at the office of the harbour.",
];

fn lines(page: Page, lines: &[&str], (font, size): (Font, f64)) -> Page {
    lines.iter().zip(0_u8..).fold(page, |page, (line, row)| {
        page.text(60.0, 80.0 + 2.0 * size * f64::from(row), size, font, line)
    })
}

fn letter() -> GrayImage {
    scan(PdfBuilder::new().page(|page| lines(page, &LETTER, (Font::Times, 16.0))).build(), 130.0)
}

fn text(parsed: &Value) -> String {
    text_of(parsed).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn warnings(parsed: &Value) -> Vec<&str> {
    let warnings = parsed["metadata"]["warnings"].as_array();
    warnings.into_iter().flatten().filter_map(|warning| warning["code"].as_str()).collect()
}

/// Soft shapes of many shades, as a photo has.
fn photo() -> GrayImage {
    GrayImage::from_fn(900, 600, |x, y| {
        let (x, y) = (f64::from(x) / 37.0, f64::from(y) / 23.0);
        let shade = 120.0 + 60.0 * (x + 0.4 * y.sin()).sin() + 50.0 * (y * 0.7 - x.cos()).cos();
        image::Luma([shade.clamp(0.0, 255.0) as u8])
    })
}

async fn scans_beside_text_are_read_and_photos_are_not(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let (letter, photo) = (letter(), photo());
    let stamp = "BT /F0 7 Tf 8 TL 40 60 Td \
        (Case 7:24-cv-00871-ABC Document 55-2 Filed 03/09/24 Page 4 of 18 PageID 2210) Tj T* \
        (CONFIDENTIAL, SUBJECT TO THE PROTECTIVE ORDER, FOR THE EYES OF COUNSEL ONLY) Tj T* \
        (Signed in the presence of both parties, envelope 88-1290-AA, sheet four of five) Tj ET";
    let typed = "BT /F0 11 Tf 60 800 Td (Annex B, the agreement as signed by both) Tj ET";
    let whole: [(&GrayImage, [f64; 4]); 1] = [(&letter, [0.0, 0.0, 595.0, 842.0])];
    let inside: [(&GrayImage, [f64; 4]); 1] = [(&letter, [90.0, 70.0, 420.0, 594.0])];
    let beside: [(&GrayImage, [f64; 4]); 1] = [(&photo, [90.0, 70.0, 420.0, 280.0])];
    let page = |pictures, operators| PicturedPage { pictures, operators };
    let document = pictured_pdf(&[page(&whole, stamp), page(&inside, typed), page(&beside, typed)]);
    let parsed = app.parse(document, &[]).await;
    let read = text(&parsed);
    for line in LETTER {
        assert_eq!(read.matches(line).count(), 2, "{line}: {read}");
    }
    assert!(read.contains("Signed in the presence of both parties"), "{read}");
    assert!(read.ends_with("Annex B, the agreement as signed by both"), "{read}");
    assert_eq!(warnings(&parsed), [""; 0], "{parsed}");
    app.stop().await;
}

async fn pictures_on_a_side_or_their_head_are_read(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let slip = [
        "PIER CAFE",
        "7 Harbour Street",
        "Fish soup      8.40",
        "Brown bread    2.15",
        "TOTAL         10.55",
        "Thank you for your visit",
    ];
    let size = (Font::Courier, 11.0);
    let slip = scan(
        PdfBuilder::new().page_sized(260.0, 260.0, |page| lines(page, &slip, size)).build(),
        150.0,
    );
    let few =
        ["The ferry to Odle leaves at half past six.", "Tickets are sold on board by the mate."];
    let few = scan(
        PdfBuilder::new().page(|page| lines(page, &few, (Font::Helvetica, 14.0))).build(),
        130.0,
    );
    let turns: [fn(&GrayImage) -> GrayImage; 3] =
        [imageops::rotate90, imageops::rotate180, imageops::rotate270];
    for (turn, number) in turns.iter().zip(1..) {
        let parsed = app.parse(image_file(&turn(&slip), ImageFormat::Png), &[]).await;
        let read = text(&parsed);
        for words in
            ["PIER CAFE", "7 Harbour Street", "Brown bread", "10.55", "Thank you for your visit"]
        {
            assert!(read.contains(words), "a slip turned {number} times: {read}");
        }
        let parsed = app.parse(scanned_pdf(&[(&turn(&few), "")]), &[]).await;
        assert!(
            text(&parsed).contains("half past six. Tickets are sold on board by the mate."),
            "few lines turned {number} times: {}",
            text(&parsed)
        );
    }
    app.stop().await;
}

async fn pale_and_light_letters_are_read(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    // Print of a ribbon without ink, beside one bold number.
    let mut pale = letter();
    pale.pixels_mut().for_each(|pixel| pixel.0[0] = 250 - (255 - pixel.0[0]) / 8);
    let number = scan(
        PdfBuilder::new()
            .page(|page| page.text(60.0, 40.0, 20.0, Font::HelveticaBold, "No. 550327"))
            .build(),
        130.0,
    );
    for (pixel, dark) in pale.pixels_mut().zip(number.pixels()) {
        pixel.0[0] = pixel.0[0].min(dark.0[0]);
    }
    let parsed = app.parse(image_file(&pale, ImageFormat::Png), &[]).await;
    let read = text(&parsed);
    assert!(read.contains("550327") && read.contains("Tobias Lind, the tenant"), "{read}");

    let head = |page: Page| {
        let page = page.fill(50.0, 64.0, 500.0, 26.0, 0.25);
        let page = page.raw("1 1 1 rg").text(
            60.0,
            82.0,
            13.0,
            Font::HelveticaBold,
            "Harbour Vessels Tonnage Crew",
        );
        lines(
            page.raw("0 0 0 rg"),
            &["", "Aberdeen 412 18330 2901", "Montrose 98 3519 612"],
            (Font::Helvetica, 13.0),
        )
    };
    let table = scan(PdfBuilder::new().page_sized(600.0, 190.0, head).build(), 90.0);
    let parsed = app.parse(image_file(&table, ImageFormat::Png), &[]).await;
    let read = text(&parsed);
    assert!(
        ["Harbour", "Vessels", "Tonnage", "Crew", "18330"].iter().all(|word| read.contains(word)),
        "{read}"
    );
    app.stop().await;
}

async fn a_damaged_text_layer_is_read_again(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    // Every letter three places on, as fonts with a wrong character map give it.
    let shifted: String = LETTER
        .join(" ")
        .chars()
        .map(|letter| match letter {
            'a'..='z' => char::from((letter as u8 - b'a' + 3) % 26 + b'a'),
            other => other,
        })
        .collect();
    let layer = format!("BT 3 Tr /F0 8 Tf 20 760 Td ({shifted}) Tj ET");
    // The words of an earlier recognition, one of them another than the picture shows.
    let earlier = LETTER.join(") Tj T* (").replace("boathouse", "coachhouse");
    let right = format!("BT 3 Tr /F0 11 Tf 24 TL 60 760 Td ({earlier}) Tj ET");
    let letter = letter();
    let parsed = app.parse(scanned_pdf(&[(&letter, &layer), (&letter, &right)]), &[]).await;
    let read = text(&parsed);
    for line in [LETTER[0], LETTER[2], LETTER[3]] {
        assert_eq!(read.matches(line).count(), 2, "{line}: {read}");
    }
    assert_eq!(read.matches("the boathouse at the pier").count(), 1, "{read}");
    assert_eq!(read.matches("the coachhouse at the pier").count(), 1, "{read}");
    assert_eq!(warnings(&parsed), [""; 0], "{parsed}");
    app.stop().await;
}
