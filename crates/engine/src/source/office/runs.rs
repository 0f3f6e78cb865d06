//! Runs of text that the library gives without the spaces between them.

use super::styled::{Look, Styled};
use crate::model::Mark;

/// Runs joined by spaces, but for what closes a sentence or a bracket.
pub(super) fn joined(runs: impl Iterator<Item = Styled>) -> Styled {
    let mut whole = Styled::default();
    for run in runs {
        let closes = run.text.starts_with(['.', ',', ')', ']', ';', ':', '!', '?']);
        let is_script = run.looks.iter().any(|(_, look)| matches!(look, Look::Script(_)));
        let opened = whole.text.is_empty() || whole.text.ends_with(['(', '[', '\n', ' ']);
        if !closes && !opened && !is_script {
            whole.push(" ", []);
        }
        whole.append(&run);
    }
    whole
}

/// A text in which bold and italic runs stand between stars, as the library writes them for formats
/// of which it keeps no runs. Stars that do not enclose words stay what they are.
pub(super) fn unmarked(text: &str) -> Styled {
    let mut styled = Styled::default();
    let mut rest = text;
    let mut before = ' ';
    while let Some(character) = rest.chars().next() {
        let found = MARKS.iter().find_map(|(sign, marks)| {
            let inside = rest.strip_prefix(sign).filter(|_| !before.is_alphanumeric())?;
            let end = inside.find(sign)?;
            let (words, after) = (&inside[..end], &inside[end + sign.len()..]);
            let encloses = !words.starts_with([' ', '*', '~']) && !words.ends_with([' ', '*', '~']);
            let ends = !after.starts_with(|c: char| c.is_alphanumeric() || c == '*');
            (encloses && ends && !words.is_empty()).then_some((words, after, *marks))
        });
        match found {
            Some((words, after, marks)) => {
                styled.push(words, marks.iter().cloned().map(Look::Mark));
                (rest, before) = (after, ' ');
            }
            None => {
                styled.push(character.encode_utf8(&mut [0; 4]), []);
                (rest, before) = (&rest[character.len_utf8()..], character);
            }
        }
    }
    styled
}

const MARKS: [(&str, &[Mark]); 4] = [
    ("***", &[Mark::Bold, Mark::Italic]),
    ("**", &[Mark::Bold]),
    ("~~", &[Mark::Struck]),
    ("*", &[Mark::Italic]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_closed_up() {
        let runs = ["Some words", ". And (", "code", "), too"].map(Styled::from);
        assert_eq!(joined(runs.into_iter()).text, "Some words. And (code), too");
    }

    #[test]
    fn stars_around_words_are_looks_and_others_stay() {
        for (text, want, looks) in [
            ("**Notice** of *hire*", "Notice of hire", 2),
            ("60*40*30", "60*40*30", 0),
            ("* p < .05, ** p < .01, *** p < .001", "* p < .05, ** p < .01, *** p < .001", 0),
            ("*n = 40; *m = 12", "*n = 40; *m = 12", 0),
            ("2 * 3 * 4", "2 * 3 * 4", 0),
        ] {
            let styled = unmarked(text);
            assert_eq!((styled.text.as_str(), styled.looks.len()), (want, looks), "{text}");
        }
    }
}
