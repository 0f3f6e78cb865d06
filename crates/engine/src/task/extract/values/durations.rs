//! Reads lengths of time: "five (5) years", "18 months", "a two-year period".

use super::super::lexemes::{Lexeme, LexemeKind, lexemes};
use super::super::vocabulary::fold;
use super::reading::Reading;

const FIGURES: &[&str] = &[
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];
const TENS: &[(&str, u32)] =
    &[("twenty", 20), ("thirty", 30), ("forty", 40), ("fifty", 50), ("sixty", 60), ("ninety", 90)];
const UNITS: &[&str] = &["day", "week", "month", "year", "jahr", "monat", "tag", "woche"];

/// Lengths of time; the value is the figure and the unit, whichever way they are written.
pub(super) fn durations(text: &str) -> Vec<Reading> {
    let pieces = lexemes(text);
    let mut found = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let word = fold(piece.text);
        let Some(unit) = unit(&word) else { continue };
        let Some((first, figure)) = figure_before(&pieces, at) else { continue };
        let plural = if figure == 1 { "" } else { "s" };
        let mut reading = Reading::verbatim(text, pieces[first].start, piece.end, 1.0);
        reading.value = format!("{figure} {unit}{plural}").into();
        reading.key = format!("{figure} {unit}");
        found.push(reading);
    }
    found
}

fn unit(word: &str) -> Option<&'static str> {
    UNITS.iter().copied().find(|unit| {
        word.strip_prefix(unit).is_some_and(|rest| matches!(rest, "" | "s" | "e" | "en" | "n"))
    })
}

/// The figure before the unit, in words, digits, or both; the first piece of it.
fn figure_before(pieces: &[Lexeme<'_>], unit: usize) -> Option<(usize, u32)> {
    let mut at = unit;
    let mut found: Option<(usize, u32)> = None;
    // Brackets, dashes and the words between the figure and its unit.
    let between =
        ["(", ")", "-", "‑", "–", "full", "consecutive", "calendar", "additional", "business"];
    for _ in 0..6 {
        let Some(before) = at.checked_sub(1) else { break };
        at = before;
        let piece = &pieces[at];
        let word = fold(piece.text);
        let figure = match piece.kind {
            LexemeKind::Digits if piece.text.len() <= 3 => piece.figure(),
            LexemeKind::Letters => spelled(&word),
            _ => None,
        };
        match (figure, found) {
            (Some(figure), None) => found = Some((at, figure)),
            // "five (5) years" tells the same figure twice; "thirty-six" is one of two words.
            (Some(figure), Some((_, last))) if figure == last => found = Some((at, figure)),
            (Some(tens), Some((_, last))) if last < 10 && tens >= 20 && tens % 10 == 0 => {
                found = Some((at, tens + last));
            }
            (None, _) if between.contains(&word.as_str()) => {}
            _ => break,
        }
    }
    found
}

fn spelled(word: &str) -> Option<u32> {
    let unit = FIGURES.iter().position(|figure| *figure == word);
    unit.and_then(|figure| u32::try_from(figure).ok())
        .or_else(|| TENS.iter().find(|(tens, _)| *tens == word).map(|(_, value)| *value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time() {
        let check = |text: &str, expected: &[&str]| {
            let found = durations(text);
            let found: Vec<&str> = found.iter().filter_map(|one| one.value.as_str()).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("for five (5) years from", &["5 years"]);
        check("18 months after the date", &["18 months"]);
        check("for a two-year period", &["2 years"]);
        check("a period of thirty-six (36) months", &["36 months"]);
        check("one (1) year", &["1 year"]);
        check("for years", &[]);
    }
}
