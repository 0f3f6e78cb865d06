//! Tells whether a text is a postal address.

use super::super::vocabulary::fold;
use super::reading::{Reading, words};

const STREETS: &[&str] = &[
    "street",
    "st",
    "road",
    "rd",
    "avenue",
    "ave",
    "av",
    "lane",
    "ln",
    "drive",
    "dr",
    "boulevard",
    "blvd",
    "way",
    "court",
    "ct",
    "place",
    "pl",
    "square",
    "suite",
    "ste",
    "floor",
    "box",
    "jalan",
    "jln",
    "lorong",
    "taman",
    "rue",
    "strasse",
    "str",
    "platz",
    "weg",
    "laan",
    "straat",
    "parkway",
    "pkwy",
    "highway",
    "hwy",
    "room",
    "building",
    "bldg",
    "unit",
    "apt",
    "nw",
    "sw",
    "ne",
    "se",
];

pub(super) fn addresses(text: &str) -> Vec<Reading> {
    let mut streets = 0_usize;
    let mut numbers = 0_usize;
    let mut postcodes = 0_usize;
    let mut count = 0_usize;
    for (_, word) in words(text) {
        count += 1;
        let bare = fold(word.trim_matches(|sign: char| !sign.is_alphanumeric()));
        let digits = bare.chars().filter(char::is_ascii_digit).count();
        let ends = ["strasse", "straat", "weg", "str", "laan"]
            .iter()
            .any(|end| bare.len() > end.len() + 2 && bare.ends_with(end));
        streets += usize::from(STREETS.contains(&bare.as_str()) || ends);
        numbers += usize::from(digits > 0);
        postcodes += usize::from((4..=6).contains(&digits) && digits == bare.len());
    }
    if !(2..=40).contains(&count) || (numbers == 0 && streets == 0) {
        return Vec::new();
    }
    let signs = 0.2 * (streets.min(2) + postcodes.min(1) + numbers.min(1)) as f64;
    vec![Reading::verbatim(text, 0, text.len(), (0.4 + signs).min(1.0))]
}
