//! Words, lines, columns and paragraphs from letters that are placed by hand.

use super::lay_out;
use crate::analyse::draft::BlockDraft;
use crate::model::{Direction, Glyph, PageContent, Rect, Style};

const SIZE: f32 = 10.0;
const ADVANCE: f32 = 5.0;

/// Letters of equal width from a place on, spaces written out or left as gaps.
fn write(page: &mut PageContent, x: f32, baseline: f32, text: &str) {
    for (index, character) in text.chars().enumerate().filter(|(_, c)| *c != ' ') {
        let x0 = x + ADVANCE * index as f32;
        let rect = Rect { x0, y0: baseline - 7.5, x1: x0 + ADVANCE, y1: baseline + 2.2 };
        let (direction, style) = (Direction::Right, Style::default());
        page.glyphs.push(Glyph {
            character,
            rect,
            baseline,
            size: SIZE,
            direction,
            style,
            confidence: 1.0,
        });
    }
}

fn page(lines: &[(f32, f32, &str)]) -> PageContent {
    let mut page = PageContent { width: 600.0, height: 800.0, ..PageContent::default() };
    for (x, baseline, text) in lines {
        write(&mut page, *x, *baseline, text);
    }
    page
}

fn text(block: &BlockDraft) -> String {
    block.lines().map(crate::model::Line::text).collect::<Vec<_>>().join(" / ")
}

fn check(lines: &[(f32, f32, &str)], wanted: &[&str]) {
    let blocks: Vec<String> = lay_out(&page(lines)).blocks.iter().map(text).collect();
    assert_eq!(blocks, wanted);
}

const LONG: &str = "a line of running text that fills it";

#[test]
fn gaps_make_words() {
    check(&[(50.0, 100.0, "two words")], &["two words"]);
}

#[test]
fn lines_make_paragraphs_and_room_parts_them() {
    check(
        &[(50.0, 100.0, LONG), (50.0, 112.0, LONG), (50.0, 140.0, LONG), (50.0, 152.0, "its end")],
        &[&format!("{LONG} / {LONG}"), &format!("{LONG} / its end")],
    );
}

#[test]
fn a_short_line_ends_a_paragraph() {
    check(
        &[(50.0, 100.0, LONG), (50.0, 112.0, "end."), (50.0, 124.0, LONG)],
        &[&format!("{LONG} / end."), LONG],
    );
}

#[test]
fn an_indented_line_starts_a_paragraph() {
    let lines = [
        (50.0, 100.0, LONG),
        (50.0, 112.0, LONG),
        (65.0, 124.0, "a line of running text that fill"),
        (50.0, 136.0, LONG),
    ];
    let second = format!("a line of running text that fill / {LONG}");
    check(&lines, &[&format!("{LONG} / {LONG}"), &second]);
}

#[test]
fn columns_are_read_one_after_the_other_in_either_stream_order() {
    let left = |row: usize| (50.0, 100.0 + 12.0 * row as f32, LONG);
    let right =
        |row: usize| (300.0, 100.0 + 12.0 * row as f32, "the other side has its own text here");
    let columns: Vec<_> = (0..8).map(left).chain((0..8).map(right)).collect();
    let rows: Vec<_> = (0..8).flat_map(|row| [left(row), right(row)]).collect();
    for lines in [columns, rows] {
        let blocks = lay_out(&page(&lines)).blocks;
        assert_eq!(blocks.len(), 2);
        assert!(text(&blocks[0]).starts_with(LONG) && text(&blocks[1]).starts_with("the other"));
    }
}

#[test]
fn a_line_across_both_columns_comes_first() {
    let mut lines =
        vec![(50.0, 60.0, "A heading that runs across the whole of the page and both columns")];
    lines.extend((0..6).map(|row| (50.0, 100.0 + 12.0 * row as f32, LONG)));
    lines.extend((0..6).map(|row| (300.0, 100.0 + 12.0 * row as f32, LONG)));
    let blocks = lay_out(&page(&lines)).blocks;
    assert_eq!(blocks.len(), 3);
    assert!(text(&blocks[0]).starts_with("A heading"));
    assert_eq!(blocks[1].column.0, 50.0);
}

#[test]
fn rows_of_a_table_stay_rows() {
    let lines = [
        (50.0, 100.0, "Lamp"),
        (200.0, 100.0, "Height"),
        (350.0, 100.0, "Range"),
        (50.0, 115.0, "North"),
        (200.0, 115.0, "12 m"),
        (350.0, 115.0, "8 mi"),
        (50.0, 130.0, "South"),
        (200.0, 130.0, "11 m"),
        (350.0, 130.0, "7 mi"),
    ];
    check(&lines, &["Lamp Height Range", "North 12 m 8 mi", "South 11 m 7 mi"]);
}

#[test]
fn text_out_of_order_in_the_stream_is_sorted_by_place() {
    check(
        &[(50.0, 300.0, "last"), (50.0, 100.0, "first"), (50.0, 200.0, "middle")],
        &["first", "middle", "last"],
    );
}

#[test]
fn turned_text_does_not_disturb_the_rest() {
    let mut content = page(&[(50.0, 100.0, LONG), (50.0, 112.0, LONG)]);
    for (index, character) in "stamp".chars().enumerate() {
        let y1 = 400.0 - ADVANCE * index as f32;
        let rect = Rect { x0: 20.0, y0: y1 - ADVANCE, x1: 29.7, y1 };
        let (direction, style) = (Direction::Up, Style::default());
        content.glyphs.push(Glyph {
            character,
            rect,
            baseline: 27.5,
            size: SIZE,
            direction,
            style,
            confidence: 1.0,
        });
    }
    let blocks = lay_out(&content).blocks;
    let texts: Vec<String> = blocks.iter().map(text).collect();
    assert_eq!(texts, [format!("{LONG} / {LONG}"), "stamp".to_owned()]);
}

#[test]
fn very_many_fragments_are_laid_out() {
    let lines: Vec<(f32, f32, &str)> = (0..20_000)
        .map(|index| ((index % 37) as f32 * 16.0, (index / 37) as f32 * 1.4, "xy"))
        .collect();
    assert!(!lay_out(&page(&lines)).blocks.is_empty());
}
