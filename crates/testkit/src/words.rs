//! Words that texts for users must not contain, because readers with English as a second language
//! misunderstand them. `docs/style.md` says what to write instead.

/// Words and phrases in lower case.
const UNCLEAR: [&str; 13] = [
    "told",
    "told back",
    "papers",
    "boxes to tick",
    "what is no id",
    "goes on",
    "going on",
    "go on",
    "whoever",
    "beyond all measure",
    "some ms",
    "typewriter",
    "furniture",
];

/// Openings of sentences whose subject is a question word.
const UNCLEAR_OPENINGS: [&str; 2] = ["who ", "what "];

/// The lines of a text that contain one of the words, each with the word.
#[must_use]
pub fn unclear_lines(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (idx, line) in text.lines().enumerate() {
        let lower = line.to_lowercase();
        let words = UNCLEAR.iter().filter(|word| contains_word(&lower, word));
        let opening = UNCLEAR_OPENINGS.iter().filter(|opening| opens_sentence(&lower, opening));
        for word in words.chain(opening) {
            found.push(format!("{}: '{}': {line}", idx + 1, word.trim_end()));
        }
    }
    found
}

fn contains_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        !is_letter(before) && !is_letter(after)
    })
}

/// True for a statement that begins so; headings, questions and cells of tables may.
fn opens_sentence(line: &str, opening: &str) -> bool {
    if line.starts_with('#') || line.starts_with('|') {
        return false;
    }
    let sentences = line.trim_start_matches(['*', ' ', '-']).split(". ");
    sentences.into_iter().any(|sentence| sentence.starts_with(opening) && !sentence.contains('?'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_openings_are_found_with_their_lines() {
        assert_eq!(unclear_lines("It is fine.\nIt is told.").len(), 1);
        assert_eq!(
            unclear_lines("* Who reads too slowly is cut."),
            ["1: 'who': * Who reads too slowly is cut."]
        );
        for fine in ["## What is tested", "What is a job? A request.", "untold", "| what | 1 |"] {
            assert_eq!(unclear_lines(fine), [""; 0], "{fine}");
        }
    }
}
