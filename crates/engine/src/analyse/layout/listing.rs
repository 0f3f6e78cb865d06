//! Listings: lines in a typewriter face that are a program, a session or a file, and whose ends and
//! indentation mean something. Prose in such a face is none.

use super::item::Item;
use super::tolerances;
use crate::model::{Line, dominant};

/// Signs of programs and shells.
const SIGNS: [char; 14] = ['(', ')', '{', '}', '[', ']', '=', ';', '<', '>', '$', '#', '|', '\\'];

/// Full lines of prose have so many words.
const PROSE_WORDS_MIN: usize = 4;

/// A page set in a typewriter face has listings of so many lines at least.
const LINES_MIN_OF_TYPED: usize = 3;

/// The listings among the items of a column, as ranges. `typed`: most of the page is set in a
/// typewriter face.
pub(super) fn listings(items: &[Item], typed: bool) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < items.len() {
        let end =
            at + items[at..].iter().take_while(|item| item.line().is_some_and(is_set)).count();
        let mut start = at;
        for next in at + 1..=end {
            if next < end && follows(&items[next - 1], &items[next]) {
                continue;
            }
            let lines: Vec<&Line> = items[start..next].iter().filter_map(Item::line).collect();
            if is_listing(&lines, typed) {
                found.push(start..next);
            }
            start = next;
        }
        at = end.max(at + 1);
    }
    found
}

/// All of the line is set in a typewriter face.
fn is_set(line: &Line) -> bool {
    line.share(|style| style.monospaced) > tolerances::ALL_OF_LINE
}

/// The next line of one listing: of the same size, below it or on its height.
fn follows(above: &Item, below: &Item) -> bool {
    let size = above.size().max(below.size());
    let step = below.baseline() - above.baseline();
    (above.size() - below.size()).abs() < tolerances::SIZE_SLACK * size
        && (-tolerances::BASELINE_SLACK * size..tolerances::LISTING_STEP * size).contains(&step)
}

fn is_listing(lines: &[&Line], typed: bool) -> bool {
    let count = |holds: &dyn Fn(&Line) -> bool| lines.iter().filter(|line| holds(line)).count();
    let starts: Vec<f32> = lines.iter().map(|line| line.rect.x0).collect();
    let left = starts.iter().copied().fold(f32::INFINITY, f32::min);
    let indented = starts.iter().filter(|x| **x > left + 1.0).count();
    // Figures in a typewriter face are filled into a form.
    let words =
        count(&|line: &Line| line.words.iter().any(|word| word.text.contains(char::is_alphabetic)));
    if words * 2 < lines.len() {
        return false;
    }
    if typed {
        let statements = count(&is_statement);
        return lines.len() >= LINES_MIN_OF_TYPED && statements * 2 >= lines.len();
    }
    let signs = count(&has_signs);
    let prose = reads_on(lines);
    lines.len() >= 2
        && (signs * 3 >= lines.len() && !(prose && signs * 3 < 2 * lines.len())
            || indented > 0 && lines.len() >= LINES_MIN_OF_TYPED && !prose)
}

/// A word with a sign of programs, an option, or an assignment.
fn has_signs(line: &Line) -> bool {
    line.words.iter().any(|word| {
        let text = word.text.as_str();
        text.contains(SIGNS) || text.starts_with("--") || text.contains('_') || text.contains("::")
    }) || line.words.last().is_some_and(|word| word.text.ends_with(':'))
}

/// A line that prose in a typewriter face never has.
fn is_statement(line: &Line) -> bool {
    let last = line.words.last().map_or("", |word| word.text.as_str());
    let is_operator = |text: &str| {
        matches!(text, "=" | "==" | "!=" | "+=" | "-=" | ":=" | "=>" | "->" | "&&" | "||")
    };
    line.words.iter().any(|word| {
        is_operator(&word.text) || word.text.contains(['{', '}']) || word.text.contains("()")
    }) || last.ends_with(';')
        || last.ends_with("):")
        || line.words.first().is_some_and(|word| matches!(word.text.as_str(), "$" | ">>>" | "//"))
}

/// Most lines but the last fill the width, and begin below one another: lines of a paragraph.
fn reads_on(lines: &[&Line]) -> bool {
    let Some((_, full)) = lines.split_last() else { return false };
    let left = full.iter().map(|line| line.rect.x0).fold(f32::INFINITY, f32::min);
    let right = lines.iter().map(|line| line.rect.x1).fold(f32::NEG_INFINITY, f32::max);
    let fills = |line: &&&Line| {
        line.words.len() >= PROSE_WORDS_MIN
            && line.rect.x0 - left < line.size
            && line.rect.x1 - left > tolerances::LISTING_FILL * (right - left)
    };
    !full.is_empty() && full.iter().filter(fills).count() * 3 >= full.len() * 2
}

/// The rows of a listing with their indentation, and empty ones where the distance shows them.
pub(crate) fn text(lines: &[Line]) -> String {
    let advance = advance(lines);
    let left = lines.iter().map(|line| line.rect.x0).fold(f32::INFINITY, f32::min);
    let steps = lines.windows(2).map(|pair| pair[1].baseline - pair[0].baseline);
    let size = lines.first().map_or(1.0, |line| line.size);
    let leading = steps
        .filter(|step| *step > tolerances::LEADINGS.start * size)
        .fold(f32::INFINITY, f32::min);
    let mut text = String::new();
    let mut last: Option<f32> = None;
    for line in lines {
        let rows = last.map_or(0.0, |baseline| ((line.baseline - baseline) / leading).round());
        if last.is_some_and(|baseline| line.baseline - baseline > 0.5 * size) {
            let rows = if rows.is_finite() { (rows as usize).clamp(1, 3) } else { 1 };
            text.push_str(&"\n".repeat(rows));
        }
        let mut end = left;
        if text.rsplit('\n').next().is_some_and(|row| !row.is_empty()) {
            // Another piece on the same height.
            let row = text.rsplit('\n').next().map_or(0, |row| row.chars().count());
            end += row as f32 * advance;
        }
        for word in &line.words {
            let spaces = ((word.rect.x0 - end) / advance).round().max(0.0) as usize;
            let is_first = text.is_empty() || text.ends_with('\n');
            text.push_str(&" ".repeat(if is_first { spaces } else { spaces.max(1) }));
            text.push_str(&word.text);
            end = word.rect.x1;
        }
        last = Some(line.baseline);
    }
    text
}

/// The width of a character.
fn advance(lines: &[Line]) -> f32 {
    let words = lines.iter().flat_map(|line| &line.words);
    let widths = words.map(|word| {
        let count = word.text.chars().count();
        (word.rect.width() / count.max(1) as f32, count)
    });
    dominant(widths).max(1.0)
}
