//! What reading a document gives, before it is written out or searched.

use docket_contract::ParseSpec;
use docket_contract::spec::OcrMode;
use docket_engine::model::{Block, Content, Direction, Document, Origin, Role};
use docket_engine::{
    Models, OcrFault, ParseRequest, Picture, PixelBox, RecognisedLine, RecognisedText,
    RecognisedWord, read,
};
use docket_testkit::pdf::{Font, fixtures};
use uuid::Uuid;

use crate::support::{page, read_whole};

const WEB_PAGE: &str = "<!doctype html><html><body><h1>The lamp</h1><p>It burns.</p>\
    <h2>Oil</h2><ul><li>One can</li></ul>\
    <table><tr><th>Month</th><th>Litres</th></tr><tr><td>May</td><td>51</td></tr></table>\
    </body></html>";

fn roles(document: &Document) -> Vec<(Role, &str)> {
    let mut roles = Vec::new();
    for block in &document.blocks {
        if let Content::Text { role, text } = &block.content {
            roles.push((*role, text.content.as_str()));
        }
    }
    roles
}

#[test]
fn blocks_of_a_pdf_have_coordinates_in_points() {
    let pdf = page(|page| page.text(72.0, 100.0, 12.0, Font::Times, "It burns all night."));
    let document = read_whole(pdf).document;
    let [block] = &document.blocks[..] else { panic!("{document:?}") };
    let rect = block.rect.expect("a PDF has coordinates");
    assert!((rect.x0 - 72.0).abs() < 1.0 && (80.0..110.0).contains(&rect.y1), "{rect:?}");
    assert_eq!(block.origin, Origin::TextLayer);
    let size = document.pages[0].size.expect("a PDF has sizes");
    assert!((size.0 - 595.0).abs() < 2.0 && (size.1 - 842.0).abs() < 2.0, "{size:?}");
    let Content::Text { role, text } = &block.content else { panic!("{block:?}") };
    assert_eq!((*role, text.content.as_str()), (Role::Paragraph, "It burns all night."));
    assert_eq!(text.lines[0].words.len(), 4);
}

#[test]
fn a_web_page_becomes_blocks_without_coordinates() {
    let document = read_whole(WEB_PAGE.as_bytes().to_vec()).document;
    let first = &roles(&document)[..4];
    let wanted = [
        (Role::Title, "The lamp"),
        (Role::Paragraph, "It burns."),
        (Role::Heading(2), "Oil"),
        (Role::ListItem(0), "\u{2022} One can"),
    ];
    assert_eq!(first, wanted);
    let table = document.blocks.iter().find_map(|block| match &block.content {
        Content::Table(table) => Some(table),
        _ => None,
    });
    let table = table.expect("there is a table");
    let cells: Vec<&str> = table.cells.iter().map(|cell| cell.text.content.as_str()).collect();
    assert_eq!(cells, ["Month", "Litres", "May", "51"]);
    let is_bare = |block: &Block| block.rect.is_none() && block.origin == Origin::Element;
    assert!(document.blocks.iter().all(is_bare));
    assert_eq!(document.pages[0].size, None);
}

#[test]
fn a_table_over_two_pages_is_also_one_table() {
    let mut all = fixtures::tables().into_iter();
    let (_, pdf) = all.find(|(name, _)| name.ends_with("two_pages.pdf")).expect("the fixture");
    let document = read_whole(pdf).document;
    let [whole] = &document.continued_tables[..] else { panic!("one table continues") };
    let pages: Vec<usize> = whole.parts.iter().map(|part| document.blocks[*part].page).collect();
    assert_eq!(pages, [1, 2]);
    assert_eq!((whole.whole.rows, whole.whole.columns), (6, 3));
}

/// Reads one line in the middle of every picture.
#[derive(Debug)]
struct OneLine;

impl Models for OneLine {
    fn read_texts(&self, pictures: Vec<Picture>) -> Vec<Result<RecognisedText, OcrFault>> {
        let line = |picture: &Picture| {
            let (left, top) = (picture.width / 4, picture.height / 2);
            let bounds = PixelBox { left, top, right: left + 200, bottom: top + 40 };
            let word = RecognisedWord { text: "Lamp".to_owned(), bounds, confidence: 0.8 };
            RecognisedLine { words: vec![word], direction: Direction::Right }
        };
        let text = |picture| RecognisedText { lines: vec![line(picture)], pictures: Vec::new() };
        pictures.iter().map(|picture| Ok(text(picture))).collect()
    }
}

#[test]
fn recognised_blocks_name_their_recogniser_and_how_sure_it_is() {
    let spec = ParseSpec { ocr_mode: OcrMode::Force, ..ParseSpec::default() };
    let request = ParseRequest { models: &OneLine, ..ParseRequest::new(&spec, Uuid::nil()) };
    let pdf = page(|page| page.text(72.0, 100.0, 12.0, Font::Times, "It burns all night."));
    let document = read(pdf, &request, &mut |_| {}).expect("it can be read").document;
    let origin = document.blocks[0].origin;
    let Origin::Recogniser { confidence } = origin else { panic!("{origin:?}") };
    assert!((confidence - 0.8).abs() < 0.01, "{confidence}");
}
