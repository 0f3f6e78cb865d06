//! The numbers in the rules of the engine: each has a name in a file of tolerances.

use std::path::Path;

use crate::imports::texts_of;

/// How many bare float literals each folder of the engine has at most. The numbers only fall: lower
/// one when literals have gone.
const LITERALS_MAX: [(&str, usize); 2] = [("analyse", 0), ("task", 419)];

/// These say nothing that a name would add: nothing, half, one and two.
const PLAIN: [&str; 4] = ["0.0", "0.5", "1.0", "2.0"];

#[test]
fn numbers_in_rules_have_names() {
    let engine = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("engine/src");
    for (folder, known) in LITERALS_MAX {
        let texts = texts_of(&engine.join(folder));
        let found: Vec<String> = texts
            .iter()
            .filter(|(module, _)| module.last().is_none_or(|name| name != "tolerances"))
            .flat_map(|(module, code)| {
                let bare = floats(code).into_iter().filter(|float| !PLAIN.contains(float));
                bare.map(move |float| format!("{folder}/{}: {float}", module.join("/")))
            })
            .collect();
        assert!(
            found.len() <= known,
            "{} bare float literals in {folder}/, not {known}; name new ones in tolerances.rs:\n{}",
            found.len(),
            found.join("\n")
        );
    }
}

/// The float literals of code without comments and texts.
fn floats(code: &str) -> Vec<&str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    let words = code.split(|c: char| !is_word(c));
    let ranges = words.flat_map(|word| word.split(".."));
    let is_float = |word: &&str| {
        let (whole, part) = word.split_once('.').unwrap_or(("", ""));
        let is_number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
        is_number(whole)
            && (part.is_empty() && word.contains('.') || is_number(part))
            && whole.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_')
    };
    ranges.filter(is_float).collect()
}

#[test]
fn floats_are_found_in_ranges_and_calls() {
    let code = "(0.9..2.6).contains(&x) && pair.0 < 0.3 * line.size.max(10.0) || a[1..].len() > 7";
    assert_eq!(floats(code), ["0.9", "2.6", "0.3", "10.0"]);
}
