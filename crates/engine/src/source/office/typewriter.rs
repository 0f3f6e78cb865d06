//! Sets elements on pages with letters of one width, one below the other: files of these kinds say
//! nothing of places, and what works by place, such as finding a value beside its label, needs some.

use std::collections::HashMap;

use docket_contract::SegmentType;

use super::elements::{Element, Kind, TableCell};
use crate::model::{Block, Cell, Direction, Line, Part, Rect, Style, Table, Word, line_of_words};

const SIZE: f32 = 10.0;
const LETTER: f32 = 5.0;
const LEADING: f32 = 12.0;
const MARGIN: f32 = 40.0;
/// A4.
const PAGE: (f32, f32) = (595.5, 842.0);
/// Between columns of a table: wide enough to part cells.
const GUTTER: f32 = 20.0;
/// Columns of a table are no wider than so many letters.
const COLUMN_LETTERS_MAX: usize = 60;
const PICTURE_SIDE: f32 = 120.0;

/// Parts in the order of the elements.
pub(super) fn set(elements: Vec<Element>, sized_by_text: bool) -> Vec<Part> {
    let ranks = Ranks::of(&elements);
    let mut bottoms: HashMap<usize, f32> = HashMap::new();
    let mut widths: HashMap<usize, f32> = HashMap::new();
    let mut order = 0;
    let mut parts = Vec::new();
    for element in elements {
        let (width, _) = element.page_size.unwrap_or(PAGE);
        let top = bottoms.get(&element.page).copied().unwrap_or(MARGIN);
        let mut sheet = Sheet { top, width: width.max(200.0), order: &mut order };
        let (block, rect) = sheet.block(&element);
        bottoms.insert(element.page, rect.y1 + LEADING);
        let widest = widths.entry(element.page).or_insert(width);
        *widest = widest.max(rect.x1 + MARGIN);
        let (kind, level, depth) = kind_of(&element.kind, ranks);
        parts.push(Part {
            page: element.page,
            page_size: element.page_size.unwrap_or(PAGE),
            kind,
            level,
            depth,
            confidence: 1.0,
            sideways: false,
            entry: None,
            block,
            rect,
        });
    }
    for part in parts.iter_mut().filter(|_| sized_by_text) {
        let bottom = bottoms.get(&part.page).copied().unwrap_or(0.0) + MARGIN;
        let width = widths.get(&part.page).copied().unwrap_or(0.0);
        part.page_size = (part.page_size.0.max(width), part.page_size.1.max(bottom));
    }
    parts
}

/// Which headings are the title, and how far the levels of the others are from where they start.
#[derive(Clone, Copy)]
struct Ranks {
    highest: u8,
    one_title: bool,
}

impl Ranks {
    /// Word's first level of headings comes as the second. The highest level is the title's if one
    /// heading alone has it, before all others.
    fn of(elements: &[Element]) -> Self {
        let levels = elements.iter().filter_map(|element| match element.kind {
            Kind::Heading(level) => Some(level.max(1)),
            _ => None,
        });
        let levels: Vec<u8> = levels.collect();
        let highest = levels.iter().copied().min().unwrap_or(1);
        let alone = levels.iter().filter(|level| **level == highest).count() == 1;
        Self { highest, one_title: alone && levels.first() == Some(&highest) }
    }
}

fn kind_of(kind: &Kind, ranks: Ranks) -> (SegmentType, u8, u8) {
    match kind {
        Kind::Text => (SegmentType::Text, 0, 0),
        Kind::Heading(level) => {
            let level = (*level).max(1);
            if ranks.one_title && level == ranks.highest {
                return (SegmentType::Title, 1, 0);
            }
            let start = if ranks.one_title { ranks.highest - 1 } else { 0 };
            (SegmentType::SectionHeader, (level - start).clamp(1, 6), 0)
        }
        Kind::Item(depth) => (SegmentType::ListItem, 0, *depth),
        Kind::Other(kind) => (*kind, 0, 0),
        Kind::Picture => (SegmentType::Picture, 0, 0),
        Kind::Table(_) => (SegmentType::Table, 0, 0),
    }
}

/// A page on which the next element goes below the last one.
struct Sheet<'o> {
    top: f32,
    width: f32,
    /// Lines written so far.
    order: &'o mut usize,
}

impl Sheet<'_> {
    fn block(&mut self, element: &Element) -> (Option<Block>, Rect) {
        let column = (MARGIN, self.width - MARGIN);
        match &element.kind {
            Kind::Picture => {
                let (x1, y1) = (MARGIN + PICTURE_SIDE, self.top + PICTURE_SIDE);
                (None, Rect { x0: MARGIN, y0: self.top, x1, y1 })
            }
            Kind::Table(cells) => {
                let table = self.table(cells);
                let rect = table.rect;
                (Some(Block::of_table(Box::new(table), column, Direction::Right)), rect)
            }
            _ => {
                let letters = ((column.1 - column.0) / LETTER).max(10.0) as usize;
                let lines = self.lines(&element.text, (MARGIN, self.top), letters);
                let block = Block::new(lines, column, Direction::Right);
                let rect = block.rect;
                (Some(block), rect)
            }
        }
    }

    /// Lines of a text from a place on, each of at most so many letters.
    fn lines(&mut self, text: &str, from: (f32, f32), letters_max: usize) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        for row in text.lines() {
            let mut words: Vec<Word> = Vec::new();
            let mut used = 0;
            for word in row.split_whitespace() {
                let letters = word.chars().count();
                if used > 0 && used + 1 + letters > letters_max {
                    self.close(&mut lines, &mut words);
                    used = 0;
                }
                let at = if used == 0 { 0 } else { used + 1 };
                words.push(placed(word, at, from, lines.len()));
                used = at + letters;
            }
            self.close(&mut lines, &mut words);
        }
        lines
    }

    fn close(&mut self, lines: &mut Vec<Line>, words: &mut Vec<Word>) {
        if !words.is_empty() {
            *self.order += 1;
            lines.push(line_of_words(std::mem::take(words), *self.order));
        }
    }

    fn table(&mut self, cells: &[TableCell]) -> Table {
        let rows = cells.iter().map(|cell| cell.row + cell.row_span).max().unwrap_or(0);
        let columns = cells.iter().map(|cell| cell.column + cell.column_span).max().unwrap_or(0);
        let mut letters = vec![1; columns];
        for cell in cells.iter().filter(|cell| cell.column_span == 1) {
            let longest = cell.text.lines().map(|line| line.chars().count()).max().unwrap_or(0);
            letters[cell.column] = letters[cell.column].max(longest.min(COLUMN_LETTERS_MAX));
        }
        let starts: Vec<f32> = letters
            .iter()
            .scan(MARGIN, |x, letters| {
                let start = *x;
                *x += *letters as f32 * LETTER + GUTTER;
                Some(start)
            })
            .collect();
        let (mut y, mut x1) = (self.top, MARGIN);
        let mut set: Vec<Cell> = Vec::with_capacity(cells.len());
        for row in cells.chunk_by(|a, b| a.row == b.row) {
            let mut bottom = y + LEADING;
            for cell in row {
                let width =
                    if cell.column_span == 1 { letters[cell.column] } else { COLUMN_LETTERS_MAX };
                let lines = self.lines(&cell.text, (starts[cell.column], y), width);
                for line in &lines {
                    bottom = bottom.max(line.rect.y1 + 2.0);
                    x1 = x1.max(line.rect.x1);
                }
                let (row_span, column_span) = (cell.row_span, cell.column_span);
                let (row, column, header) = (cell.row, cell.column, cell.header);
                set.push(Cell { row, column, row_span, column_span, header, lines });
            }
            y = bottom;
        }
        let rect = Rect { x0: MARGIN, y0: self.top, x1, y1: y };
        Table { rect, rows, columns, cells: set }
    }
}

fn placed(text: &str, at: usize, from: (f32, f32), line: usize) -> Word {
    let x0 = from.0 + at as f32 * LETTER;
    let y0 = from.1 + line as f32 * LEADING;
    let x1 = x0 + text.chars().count() as f32 * LETTER;
    Word {
        text: text.to_owned(),
        rect: Rect { x0, y0, x1, y1: y0 + SIZE },
        baseline: y0 + 0.8 * SIZE,
        size: SIZE,
        style: Style::default(),
        confidence: 1.0,
        scripts: Vec::new(),
        glued: false,
    }
}
