//! Tables of pictures: pictures side by side between rules, with a row of their names.

use super::grid::Edge;
use super::phrases::{TextRow, text_rows};
use super::rules::chains;
use crate::analyse::draft::{CellDraft, TableDraft};
use crate::analyse::tolerances as shared;
use crate::model::{Line, Rect, line_of_words};

/// More pictures than this are the dots of one.
const PICTURES_MAX: usize = 200;

/// The tables that rules, pictures and the text between them make.
pub(super) fn tables(lines: &[Line], rules: &[Edge], pictures: &[Rect]) -> Vec<TableDraft> {
    let big = |rect: &&Rect| rect.width().min(rect.height()) >= shared::PICTURE_SIDE_MIN;
    let pictures: Vec<Rect> = pictures.iter().filter(big).copied().collect();
    if pictures.len() < 2 || pictures.len() > PICTURES_MAX {
        return Vec::new();
    }
    let found = chains(rules);
    found.iter().flat_map(|chain| of_chain(chain, lines, &pictures)).collect()
}

/// What stands between two rules.
struct Band {
    area: Rect,
    rows: Vec<TextRow>,
    pictures: Vec<Rect>,
}

/// A row of the table: what each of its columns holds.
enum Row {
    Pictures,
    Text(Vec<Vec<Line>>),
}

fn of_chain(chain: &[Edge], lines: &[Line], pictures: &[Rect]) -> Option<TableDraft> {
    let bands: Vec<Band> =
        chain.windows(2).map(|pair| band(&pair[0], &pair[1], lines, pictures)).collect();
    let first = bands.iter().position(|band| band.pictures.len() > 1)?;
    let borders = borders(&bands[first].pictures)?;
    let mut rows = rows_of(&bands[first], &borders)?;
    let (mut top, mut bottom) = (first, first);
    while let Some(above) = top.checked_sub(1).and_then(|above| rows_of(&bands[above], &borders)) {
        top -= 1;
        rows.splice(0..0, above);
    }
    while let Some(below) = bands.get(bottom + 1).and_then(|below| rows_of(below, &borders)) {
        bottom += 1;
        rows.extend(below);
    }
    let names = |row: &Row| match row {
        Row::Text(columns) => columns.iter().all(|lines| !lines.is_empty()),
        Row::Pictures => false,
    };
    rows.iter().any(names).then(|| {
        let rect = bands[top].area.union(&bands[bottom].area);
        table(rect, rows, borders.len() + 1)
    })
}

fn band(top: &Edge, bottom: &Edge, lines: &[Line], pictures: &[Rect]) -> Band {
    let area = Rect {
        x0: top.from.min(bottom.from),
        y0: top.at,
        x1: top.to.max(bottom.to),
        y1: bottom.at,
    };
    let inside = |line: &&Line| area.contains(line.rect.center());
    let lines: Vec<Line> = lines.iter().filter(inside).cloned().collect();
    let pictures = pictures.iter().filter(|picture| area.contains(picture.center())).copied();
    Band { area, rows: text_rows(&lines), pictures: pictures.collect() }
}

/// Where columns of pictures border on one another, if there are several.
fn borders(pictures: &[Rect]) -> Option<Vec<f32>> {
    let mut sorted = pictures.to_vec();
    sorted.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    let mut columns: Vec<(f32, f32)> = Vec::new();
    for picture in sorted {
        match columns.last_mut() {
            Some(last) if picture.x0 < last.1 => last.1 = last.1.max(picture.x1),
            _ => columns.push((picture.x0, picture.x1)),
        }
    }
    let borders: Vec<f32> =
        columns.windows(2).map(|pair| f32::midpoint(pair[0].1, pair[1].0)).collect();
    (!borders.is_empty()).then_some(borders)
}

/// The rows of a band. `None`: something does not stand in one of the columns, or nothing is there.
fn rows_of(band: &Band, borders: &[f32]) -> Option<Vec<Row>> {
    let column = |x0: f32, x1: f32| {
        let at = borders.partition_point(|border| *border <= x0);
        borders.get(at).is_none_or(|border| x1 <= *border).then_some(at)
    };
    let mut levels: Vec<(f32, f32)> = Vec::new();
    let mut sorted = band.pictures.clone();
    sorted.sort_by(|a, b| a.y0.total_cmp(&b.y0));
    for picture in &sorted {
        column(picture.x0, picture.x1)?;
        match levels.last_mut() {
            Some(last) if picture.y0 < last.1 => last.1 = last.1.max(picture.y1),
            _ => levels.push((picture.y0, picture.y1)),
        }
    }
    let mut rows: Vec<Row> = Vec::new();
    let mut open = levels.into_iter().peekable();
    for text in &band.rows {
        let y = text.rect.center().1;
        while open.next_if(|level| level.1 <= y).is_some() {
            rows.push(Row::Pictures);
        }
        if open.peek().is_some_and(|level| level.0 < y) {
            return None;
        }
        if !matches!(rows.last(), Some(Row::Text(_))) {
            rows.push(Row::Text(vec![Vec::new(); borders.len() + 1]));
        }
        let Some(Row::Text(columns)) = rows.last_mut() else { return None };
        for phrase in &text.phrases {
            let at = column(phrase.rect.x0, phrase.rect.x1)?;
            let order = columns[at].len();
            columns[at].push(line_of_words(phrase.words.clone(), order));
        }
    }
    rows.extend(open.map(|_| Row::Pictures));
    (!rows.is_empty()).then_some(rows)
}

fn table(rect: Rect, rows: Vec<Row>, columns: usize) -> TableDraft {
    let count = rows.len();
    let cells = rows.into_iter().enumerate().flat_map(|(row, content)| {
        let lines = match content {
            Row::Pictures => vec![Vec::new(); columns],
            Row::Text(lines) => lines,
        };
        lines.into_iter().enumerate().map(move |(column, lines)| CellDraft {
            row,
            column,
            row_span: 1,
            column_span: 1,
            header: row == 0,
            lines,
        })
    });
    TableDraft { rect, rows: count, columns, cells: cells.collect() }
}
