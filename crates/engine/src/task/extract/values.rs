//! Reads a text as values of a kind: each with the piece it stands in and how well it fits.

mod addresses;
mod amounts;
mod contacts;
mod dates;
mod durations;
mod identifiers;
mod names;
mod reading;

use serde_json::{Number, Value};

pub(super) use self::dates::{proves_date, proves_day_first};
use self::names::NameQuery;
pub(super) use self::names::{LEGAL_FORMS, ends_legally};
pub(super) use self::reading::Reading;
use self::reading::words;
use super::kinds::Kind;
use super::schema::Scalar;
use super::vocabulary::fold;
use super::wish::{RangeEnd, Wish};
use crate::lexicon::{EXCLUDING, SHARE_OF, has, words as words_of};

/// Every value of the wish's kind, in the order of the text.
pub(super) fn read(wish: &Wish, text: &str, day_first: bool) -> Vec<Reading> {
    match &wish.kind {
        Kind::Date => read_dates(wish, text, day_first),
        Kind::Amount | Kind::Number | Kind::Percent => read_numbers(wish, text, day_first),
        Kind::Identifier => identifiers::identifiers(text),
        Kind::Email => contacts::emails(text),
        Kind::Url => contacts::urls(text),
        Kind::Phone => contacts::phones(text),
        Kind::Iban => contacts::ibans(text),
        Kind::Bic => contacts::bics(text),
        Kind::Duration => durations::durations(text),
        Kind::Address => addresses::addresses(text),
        Kind::Name => names::names(text, name_query(wish)),
        Kind::Jurisdiction => names::places(text),
        Kind::YesNo => read_yes_no(text),
        Kind::Choice(choices) => read_choice(choices, text),
        Kind::Text => read_text(text),
    }
}

/// Many documents write the number of an account behind a name, and take it for a part of it: it is
/// left out where the query says so.
fn name_query(wish: &Wish) -> NameQuery {
    let excludes = words_of(EXCLUDING).any(|word| wish.description.contains(word));
    NameQuery { of_person: wish.is_about("person"), without_number: excludes }
}

fn read_dates(wish: &Wish, text: &str, day_first: bool) -> Vec<Reading> {
    let found = dates::dates(text, day_first);
    let one_end = |dates: &[dates::Date]| -> Vec<dates::Date> {
        match wish.end {
            Some(RangeEnd::Start) => dates.first().cloned().into_iter().collect(),
            Some(RangeEnd::End) => dates.last().cloned().into_iter().collect(),
            None => dates.to_vec(),
        }
    };
    let ranged = found.len() >= 2;
    let reading = |date: dates::Date| {
        let mut reading = Reading::verbatim(text, date.start, date.end, 1.0);
        reading.key = date.iso();
        // A form that the client's reader of dates does not know helps nobody.
        if wish.iso || date.damaged || date.is_unusual {
            reading.value = date.iso().into();
        }
        let lonely_end = wish.end.is_some() && !ranged;
        reading.quality = if lonely_end { 0.8 } else { 1.0 };
        reading.quality *= if date.damaged { 0.8 } else { 1.0 };
        reading
    };
    one_end(&found).into_iter().map(reading).collect()
}

fn read_numbers(wish: &Wish, text: &str, day_first: bool) -> Vec<Reading> {
    let dates = dates::dates(text, day_first);
    let within_date = |amount: &amounts::Amount| {
        dates.iter().any(|date| date.start < amount.end && amount.start < date.end)
    };
    let found = amounts::amounts(text).into_iter().filter(|amount| !within_date(amount));
    let reading = |amount: amounts::Amount| {
        let quality = match (&wish.kind, amount.is_percent) {
            (Kind::Percent, true) => 1.0,
            (Kind::Percent, false) => 0.7,
            (_, true) => return None,
            (Kind::Amount, false) if amount.has_currency && amount.has_decimals => 1.0,
            (Kind::Amount, false) if amount.has_currency || amount.has_decimals => 0.95,
            // A bare figure that could be a year most often is one.
            (Kind::Amount, false) if (1900.0..2100.0).contains(&amount.value) => 0.4,
            (Kind::Amount, false) => 0.6,
            (_, false) if amount.has_currency => 0.7,
            (_, false) => 1.0,
        };
        let of_share = wish.kind == Kind::Amount && is_base(&text[..amount.start]);
        let quality = if of_share { 0.4 * quality } else { quality };
        let mut reading = Reading::verbatim(text, amount.start, amount.end, quality);
        reading.key = format!("{:.2}", amount.value);
        match wish.scalar {
            Scalar::Number => reading.value = Value::Number(number(amount.value)?),
            Scalar::Integer if amount.value.fract() != 0.0 => return None,
            Scalar::Integer => reading.value = (amount.value as i64).into(),
            Scalar::Text | Scalar::Boolean => {}
        }
        Some(reading)
    };
    found.filter_map(reading).collect()
}

/// What ends the text before an amount says that it is what a percentage is taken of: "19 % of".
fn is_base(before: &str) -> bool {
    let mut last = before.split_whitespace().rev();
    let leads = last.next().is_some_and(|word| has(SHARE_OF, &word.to_lowercase()));
    leads && last.next().is_some_and(|word| word.ends_with('%'))
}

/// Whole numbers without a decimal point would change their type on the way through a client.
fn number(value: f64) -> Option<Number> {
    Number::from_f64(value)
}

const YES: [&str; 8] = ["yes", "true", "ja", "oui", "si", "y", "x", "checked"];
const NO: [&str; 8] = ["no", "false", "nein", "nee", "non", "n", "unchecked", "none"];

/// What a text says that is nothing but yes or no.
pub(super) fn yes_or_no(text: &str) -> Option<bool> {
    let bare = fold(text.trim_matches(|sign: char| !sign.is_alphanumeric()));
    let says = |words: [&str; 8]| words.contains(&bare.as_str()).then_some(());
    says(YES).map(|()| true).or_else(|| says(NO).map(|()| false))
}

fn read_yes_no(text: &str) -> Vec<Reading> {
    let mut found = Vec::new();
    for (start, word) in words(text) {
        let bare = fold(word.trim_matches(|sign: char| sign.is_ascii_punctuation()));
        let ticked = matches!(word.trim(), "☒" | "☑" | "✓" | "✔" | "[x]" | "[X]" | "(x)" | "(X)");
        let empty = matches!(word.trim(), "☐" | "□" | "[]" | "( )");
        let answer = match bare.as_str() {
            _ if ticked => true,
            _ if empty => false,
            bare if YES.contains(&bare) => true,
            bare if NO.contains(&bare) => false,
            _ => continue,
        };
        let mut reading = Reading::verbatim(text, start, start + word.len(), 1.0);
        reading.value = answer.into();
        reading.key = answer.to_string();
        found.push(reading);
    }
    found
}

/// The choices that the text names; longer ones first, so that "not approved" is not "approved".
fn read_choice(choices: &[Value], text: &str) -> Vec<Reading> {
    let lower = text.to_ascii_lowercase();
    let mut ordered: Vec<(&Value, String)> =
        choices.iter().map(|choice| (choice, spoken(choice))).collect();
    ordered.sort_by_key(|(_, spoken)| std::cmp::Reverse(spoken.len()));
    for (choice, spoken) in ordered {
        if let Some(at) = find_word(&lower, &spoken) {
            let share = spoken.len() as f64 / lower.trim().len().max(1) as f64;
            let mut reading = Reading::verbatim(text, at, at + spoken.len(), 0.7 + 0.3 * share);
            reading.value = choice.clone();
            reading.key = spoken;
            return vec![reading];
        }
    }
    Vec::new()
}

/// A choice as a paper would write it.
pub(super) fn spoken(choice: &Value) -> String {
    let text = choice.as_str().map_or_else(|| choice.to_string(), str::to_owned);
    text.to_ascii_lowercase().replace('_', " ")
}

/// Where a phrase stands between word boundaries.
pub(super) fn find_word(text: &str, phrase: &str) -> Option<usize> {
    let is_edge = |at: usize, before: bool| {
        let letter =
            if before { text[..at].chars().next_back() } else { text[at..].chars().next() };
        letter.is_none_or(|letter| !letter.is_alphanumeric())
    };
    let mut from = 0;
    while !phrase.is_empty() {
        let at = from + text.get(from..)?.find(phrase)?;
        if is_edge(at, true) && is_edge(at + phrase.len(), false) {
            return Some(at);
        }
        from = at + text[at..].chars().next()?.len_utf8();
    }
    None
}

fn read_text(text: &str) -> Vec<Reading> {
    let bare = text.trim_matches(|sign: char| sign.is_whitespace() || ":=|_".contains(sign));
    if !bare.contains(char::is_alphanumeric) {
        return Vec::new();
    }
    let start = text.find(bare).unwrap_or(0);
    let words = bare.split_whitespace().count();
    let quality = if words <= 12 { 0.9 } else { 0.6 };
    vec![Reading::verbatim(text, start, start + bare.len(), quality)]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::task::extract::schema::properties;

    /// What a property reads in a text.
    fn readings(property: &Value, text: &str) -> Vec<Value> {
        let schema = json!({ "properties": property });
        let property = properties(schema.as_object().unwrap()).remove(0);
        let wish = Wish::new(&property, &[]);
        read(&wish, text, false).into_iter().map(|reading| reading.value).collect()
    }

    #[test]
    fn types_follow_the_schema() {
        let check = |property: Value, text: &str, expected: &[Value]| {
            assert_eq!(readings(&property, text), expected, "{property} {text}");
        };
        let number = json!({ "total": { "type": ["number", "null"] } });
        check(number, "USD 1,234.50", &[json!(1234.5)]);
        check(json!({ "pages": { "type": "integer" } }), "12 of 3.5", &[json!(12)]);
        check(json!({ "total": { "type": "string" } }), "€ 12,00", &[json!("€ 12,00")]);
        check(
            json!({ "vat_rate": { "type": "number", "description": "VAT percentage" } }),
            "19 %",
            &[json!(19.0)],
        );
        check(json!({ "signed": { "type": "boolean" } }), "☒ signed", &[json!(true)]);
        check(
            json!({ "status": { "enum": ["approved", "not_approved"] } }),
            "Not approved yet",
            &[json!("not_approved")],
        );
        check(json!({ "date": { "type": "string" } }), "29 maart 2014", &[json!("2014-03-29")]);
        check(json!({ "date": { "type": "string" } }), "May 5, 2016", &[json!("May 5, 2016")]);
    }

    #[test]
    fn no_text_breaks_a_reader() {
        let kinds = json!({
            "date": {}, "total": { "type": "number" }, "invoice_number": {}, "email": {}, "url": {},
            "phone": {}, "iban": {}, "bic": {}, "address": {}, "vendor_name": {}, "jurisdiction": {},
            "term": {}, "paid": { "type": "boolean" }, "kind": { "enum": ["größe", "a b"] },
            "text": { "type": "string" }, "share": { "type": "number", "description": "percentage" }
        });
        let pieces = [
            "€",
            "é",
            "ß3",
            "(",
            "①",
            "12",
            "٣",
            "’s",
            "ＩＢＡＮ",
            "NL5",
            "İ",
            "\u{301}",
            "-",
            "/",
            ".",
            "größe",
            "State of",
            "ﬁ",
            "🙂",
            "1/2/",
            "+",
            "th",
            "day",
            "%",
            "#",
            "New York‑",
        ];
        let schema = json!({ "properties": kinds });
        for property in properties(schema.as_object().unwrap()) {
            let wish = Wish::new(&property, &[]);
            for first in pieces {
                for second in pieces {
                    for text in [format!("{first}{second}"), format!("{second} {first} {second}")] {
                        for reading in read(&wish, &text, true) {
                            assert!(text.get(reading.start..reading.end).is_some(), "{text}");
                        }
                    }
                }
            }
        }
    }
}
