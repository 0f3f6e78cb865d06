//! Tables between horizontal rules: rules of one width above one another, with text in columns
//! between them.

use super::column::Column;
use super::columns::{columns, touched};
use super::grid::Edge;
use super::numbers::is_numeric;
use super::phrases::{TextRow, text_rows};
use super::stub::with_stub;
use super::tolerances;
use super::trim::is_caption;
use crate::model::{Line, Rect};

/// The areas of such tables.
pub(super) fn regions(lines: &[Line], rules: &[Edge]) -> Vec<Rect> {
    let found = chains(rules);
    let areas = found.iter().flat_map(|chain| runs(chain, lines));
    let areas = areas.map(|ruled| {
        let area = with_stub(extended(ruled, lines, rules), lines);
        if area.x0 < ruled.x0 { with_top(area, &ruled, lines) } else { area }
    });
    areas.collect()
}

/// What stands right above the middle of rules that leave out the names of the rows heads all columns
/// of figures: nothing else is as wide as they are.
fn with_top(mut area: Rect, ruled: &Rect, lines: &[Line]) -> Rect {
    let heads = |line: &&Line| {
        line.rect.x0 > ruled.x0
            && line.rect.x1 < ruled.x1
            && (line.rect.center().0 - ruled.center().0).abs() < line.size
            && tolerances::TOP_GAP.contains(&((area.y0 - line.rect.y1) / line.size.max(1.0)))
    };
    area.y0 = lines.iter().filter(heads).map(|line| line.rect.y0).fold(area.y0, f32::min);
    area
}

/// Rows directly above or below that stand in the columns belong to the table: a head above the first
/// rule, or rows behind the last.
fn extended(mut area: Rect, lines: &[Line], rules: &[Edge]) -> Rect {
    let within = |line: &&Line| area.contains(line.rect.center());
    let inside: Vec<Line> = lines.iter().filter(within).cloned().collect();
    let columns = columns(&text_rows(&inside));
    let beside = |line: &&Line| {
        (area.x0..=area.x1).contains(&line.rect.center().0) && !area.contains(line.rect.center())
    };
    let rows = text_rows(&lines.iter().filter(beside).cloned().collect::<Vec<Line>>());
    let fits = |row: &&TextRow| {
        let places: Vec<_> = row.phrases.iter().map(|phrase| touched(&columns, phrase)).collect();
        places.len() > 1
            && places.iter().all(|place| place.len() == 1)
            && places.windows(2).all(|pair| pair[0].start < pair[1].start)
            && !is_caption(row.phrases.iter().flat_map(|phrase| &phrase.words))
    };
    let close = |gap: f32, row: &TextRow| gap < tolerances::EXTENSION_GAP * row.size;
    let first_below = rows.partition_point(|row| row.rect.center().1 < area.y1);
    let above = rows.iter().take_while(|row| row.rect.center().1 < area.y0).collect::<Vec<_>>();
    let top = area.y0;
    for row in above.into_iter().rev() {
        // Above the first head a rule may part the name of several columns from their own.
        let heads = area.y0 < top && is_head_of_heads(row, area.y0, rules);
        if !close(area.y0 - row.rect.y1, row) || !fits(&row) && !heads {
            break;
        }
        area.y0 = row.rect.y0;
    }
    for row in rows[first_below..].iter().take_while(fits) {
        if !close(row.rect.y0 - area.y1, row) {
            break;
        }
        area.y1 = row.rect.y1;
    }
    area
}

/// A short rule stands between the row and the heads below it, under its words.
fn is_head_of_heads(row: &TextRow, heads: f32, rules: &[Edge]) -> bool {
    row.phrases.iter().all(|phrase| {
        let center = phrase.rect.center();
        rules.iter().any(|rule| {
            (center.1..heads + 0.5 * row.size).contains(&rule.at)
                && (rule.from..=rule.to).contains(&center.0)
        })
    })
}

/// Rules of one width, from top to bottom.
pub(super) fn chains(rules: &[Edge]) -> Vec<Vec<Edge>> {
    let mut chains: Vec<Vec<Edge>> = Vec::new();
    for rule in
        whole_rules(rules).into_iter().filter(|rule| rule.to - rule.from >= tolerances::LENGTH_MIN)
    {
        let fits = |chain: &&mut Vec<Edge>| {
            (chain[0].from - rule.from).abs() < tolerances::ENDS_SLACK
                && (chain[0].to - rule.to).abs() < tolerances::ENDS_SLACK
        };
        match chains.iter_mut().find(fits) {
            Some(chain) => chain.push(rule),
            None => chains.push(vec![rule]),
        }
    }
    chains.retain(|chain| chain.len() > 1);
    chains
}

/// Joins the parts of rules that are drawn column by column. Rules come sorted by height.
fn whole_rules(rules: &[Edge]) -> Vec<Edge> {
    let mut sorted: Vec<Edge> = rules.to_vec();
    sorted.sort_by(|a, b| a.at.total_cmp(&b.at).then(a.from.total_cmp(&b.from)));
    let mut whole: Vec<Edge> = Vec::new();
    for rule in sorted {
        match whole.last_mut() {
            Some(last)
                if rule.at - last.at < 1.0 && rule.from - last.to < tolerances::PARTS_GAP =>
            {
                last.to = last.to.max(rule.to);
                last.from = last.from.min(rule.from);
            }
            _ => whole.push(rule),
        }
    }
    whole
}

enum Band {
    Empty { height: f32 },
    Tabular,
    Title,
    Other,
}

/// Runs of bands that hold text in columns.
fn runs(chain: &[Edge], lines: &[Line]) -> Vec<Rect> {
    let mut found = Vec::new();
    let mut start: Option<usize> = None;
    let mut end = 0;
    for at in 0..chain.len() - 1 {
        match band(&chain[at], &chain[at + 1], lines) {
            Band::Tabular => {
                start.get_or_insert(at);
                end = at + 1;
            }
            Band::Title if start.is_some() => {}
            Band::Empty { height } if height <= tolerances::EMPTY_MAX => {}
            _ => {
                found.extend(start.take().map(|first| area(&chain[first], &chain[end])));
            }
        }
    }
    found.extend(start.map(|first| area(&chain[first], &chain[end])));
    found
}

fn area(top: &Edge, bottom: &Edge) -> Rect {
    Rect {
        x0: top.from.min(bottom.from) - tolerances::AREA_MARGIN,
        y0: top.at,
        x1: top.to.max(bottom.to) + tolerances::AREA_MARGIN,
        y1: bottom.at,
    }
}

fn band(top: &Edge, bottom: &Edge, lines: &[Line]) -> Band {
    let area = area(top, bottom);
    let inside: Vec<Line> =
        lines.iter().filter(|line| area.contains(line.rect.center())).cloned().collect();
    let rows = text_rows(&inside);
    let Some(first) = rows.first() else {
        return Band::Empty { height: area.height() };
    };
    let columns = columns(&rows);
    if is_tabular(&rows, &columns) {
        return Band::Tabular;
    }
    if rows.len() == 1 && area.height() < tolerances::TITLE_HEIGHT * first.size {
        return Band::Title;
    }
    Band::Other
}

/// The rows stand in columns, and do not read like columns of prose. Rows of one phrase go on in a
/// column; those that run across several are prose.
pub(super) fn is_tabular(rows: &[TextRow], columns: &[Column]) -> bool {
    let several = rows.iter().filter(|row| row.phrases.len() > 1).count();
    let (Some(first), Some(last)) = (columns.first(), columns.last()) else { return false };
    let wide = tolerances::ACROSS * (last.x1 - first.x0);
    let across = |row: &&TextRow| {
        let phrase = &row.phrases[0];
        let place = touched(columns, phrase);
        let runs_on = place.len() > 1 || phrase.rect.width() > wide;
        row.phrases.len() == 1 && place.start == 0 && runs_on
    };
    let prose = rows.iter().filter(across).count();
    columns.len() > 1
        && several * 6 >= rows.len()
        && prose * 2 <= several
        && !is_prose(rows, columns)
        && !is_code(rows)
        && !(columns.len() == 2 && is_numbered(rows))
}

/// Lines of a program: set in a typewriter face, or with its signs.
pub(super) fn is_code(rows: &[TextRow]) -> bool {
    is_typed(rows) || has_signs_of_code(rows)
}

/// Most words are set in a typewriter face.
pub(super) fn is_typed(rows: &[TextRow]) -> bool {
    let words = || rows.iter().flat_map(|row| &row.phrases).flat_map(|phrase| &phrase.words);
    words().filter(|word| word.style.monospaced).count() * 2 > words().count()
}

/// Brackets and ends of statements, as in lines of a program.
pub(super) fn has_signs_of_code(rows: &[TextRow]) -> bool {
    let signs = |row: &&TextRow| {
        let mut words = row.phrases.iter().flat_map(|phrase| &phrase.words);
        words.any(|word| {
            word.text.contains(['{', '}'])
                || word.text.ends_with("();")
                || word.text.ends_with(");")
        })
    };
    rows.iter().filter(signs).count() * 3 > rows.len()
}

/// The first phrases are marks of items or numbers of sections.
pub(super) fn is_numbered(rows: &[TextRow]) -> bool {
    let is_mark = |row: &&TextRow| {
        row.phrases.first().and_then(|phrase| phrase.words.first()).is_some_and(|word| {
            let text = word.text.as_str();
            let is_section = text.contains('.')
                && text.chars().all(|c| c.is_ascii_digit() || c == '.')
                && !is_numeric(&row.phrases[row.phrases.len() - 1].words);
            is_section
                || text.chars().count() <= 5 && text.ends_with([')', ']', '.'])
                || matches!(text, "\u{2022}" | "\u{2013}" | "-" | "o" | "\u{25AA}")
        })
    };
    let spread = rows.iter().filter(|row| row.phrases.len() > 1);
    spread.clone().filter(is_mark).count() * 2 > spread.count()
}

/// Every column is filled by lines of words.
pub(super) fn is_prose(rows: &[TextRow], columns: &[Column]) -> bool {
    const ROWS_MIN: usize = 4;
    const WORDS_MIN: usize = 4;
    rows.len() >= ROWS_MIN
        && columns.iter().all(|column| {
            let phrases: Vec<_> = rows
                .iter()
                .flat_map(|row| &row.phrases)
                .filter(|phrase| (column.x0..=column.x1).contains(&phrase.rect.center().0))
                .collect();
            let full = phrases.iter().filter(|phrase| {
                phrase.rect.width() > tolerances::PROSE_FILL * (column.x1 - column.x0)
                    && phrase.words.len() >= WORDS_MIN
                    && !is_numeric(&phrase.words)
            });
            phrases.len() >= ROWS_MIN && full.count() * 2 > phrases.len()
        })
}
