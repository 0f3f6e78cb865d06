//! Finds tables that go on on the next page, and joins their parts (`merge_tables`).

use docket_contract::SegmentType;

use crate::model::{Line, Part, Table};

/// Parts of one table have this share of their width in common: where no rules are drawn, a part is
/// as wide as its texts.
const WIDTH_SHARE: f32 = 0.85;

/// A table that goes on over the ends of pages.
pub(crate) struct Continued {
    /// Its parts among those of the document, in reading order.
    pub parts: Vec<usize>,
    /// All of it, on the page and in the box of its first part.
    pub whole: Part,
}

/// Finds the tables that end a page and go on on the next: both parts have the same columns. The
/// rows of the second follow those of the first; a repeated head is left out.
pub(crate) fn continued_tables(parts: &[Part]) -> Vec<Continued> {
    let mut found: Vec<Continued> = Vec::new();
    // The table that the page before ends with, by its last part, and whether it went on before.
    let mut open: Option<(usize, bool)> = None;
    for (index, part) in parts.iter().enumerate() {
        if stands_between(part) {
            continue;
        }
        let goes_on = open.filter(|(last, _)| parts[*last].page + 1 == part.page);
        let rest = goes_on.and_then(|(last, _)| continuation(&parts[last], part));
        open = (part.kind == SegmentType::Table).then_some((index, rest.is_some()));
        let (Some((last, known)), Some(rest)) = (goes_on, rest) else { continue };
        if !known {
            found.push(Continued { parts: vec![last], whole: parts[last].clone() });
        }
        if let Some(table) = found.last_mut()
            && let Some(whole) = table.whole.block.as_mut().and_then(|block| block.table.as_mut())
        {
            append(whole, rest);
            table.parts.push(index);
        }
    }
    found
}

/// What may stand between two parts of one table: furniture, notes, and that it goes on.
fn stands_between(part: &Part) -> bool {
    const LINES_MAX: usize = 2;
    match part.kind {
        SegmentType::PageHeader | SegmentType::PageFooter | SegmentType::Footnote => true,
        SegmentType::Table | SegmentType::Picture => false,
        _ => part.block.as_ref().filter(|block| block.lines.len() <= LINES_MAX).is_some_and(
            |block| {
                let texts: Vec<String> = block.lines.iter().map(Line::text).collect();
                let text = texts.join(" ").to_lowercase();
                ["continued", "(cont.)", "(cont'd)", "(cont\u{2019}d)", "(contd.)"].iter().any(
                    |sign| {
                        text.trim_end_matches(['.', ':', ')'])
                            .ends_with(sign.trim_end_matches([')', '.']))
                    },
                )
            },
        ),
    }
}

/// The table of the second part, if it continues that of the first.
fn continuation(first: &Part, second: &Part) -> Option<Table> {
    let fits = second.kind == SegmentType::Table
        && first.rect.overlap_x(&second.rect)
            >= WIDTH_SHARE * first.rect.width().max(second.rect.width());
    let columns = first.block.as_ref()?.table.as_ref()?.columns;
    let table = second.block.as_ref().filter(|_| fits)?.table.as_ref()?;
    (table.columns == columns).then(|| table.as_ref().clone())
}

fn append(table: &mut Table, mut rest: Table) {
    let repeated = repeated_rows(table, &rest);
    rest.cells.retain(|cell| cell.row >= repeated);
    let shift = table.rows - repeated;
    table.cells.extend(rest.cells.into_iter().map(|mut cell| {
        cell.row += shift;
        cell.header = false;
        cell
    }));
    table.rows += rest.rows - repeated;
}

/// How many rows at the top of the second table say the same as those of the first.
fn repeated_rows(first: &Table, second: &Table) -> usize {
    let text = |table: &Table, row: usize| -> Vec<String> {
        let cells = table.cells.iter().filter(|cell| cell.row == row);
        cells.map(|cell| cell.lines.iter().map(Line::text).collect()).collect()
    };
    let is_head =
        |row: &usize| second.cells.iter().filter(|cell| cell.row == *row).all(|cell| cell.header);
    (0..first.rows.min(second.rows))
        .take_while(is_head)
        .take_while(|row| text(first, *row) == text(second, *row))
        .count()
}
