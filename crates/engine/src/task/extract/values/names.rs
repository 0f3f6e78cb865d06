//! Reads names of persons, organisations and places by their capitals and legal forms.

use super::super::vocabulary::{concepts, fold, is_known};
use super::reading::{Reading, words};

/// Ends of company names, folded and without dots.
pub(crate) const LEGAL_FORMS: &[&str] = &[
    "inc",
    "incorporated",
    "llc",
    "llp",
    "lp",
    "ltd",
    "limited",
    "corp",
    "corporation",
    "co",
    "company",
    "plc",
    "gmbh",
    "ag",
    "kg",
    "ohg",
    "bv",
    "nv",
    "sa",
    "sarl",
    "sas",
    "srl",
    "spa",
    "ab",
    "as",
    "oy",
    "aps",
    "pty",
    "bhd",
    "sdn",
    "pac",
    "foundation",
    "committee",
    "associates",
    "group",
    "holdings",
    "partners",
    "bank",
    "trust",
    "university",
    "kk",
    "pvt",
    "enterprise",
];

/// What a query says of names.
#[derive(Clone, Copy, Debug)]
pub(super) struct NameQuery {
    /// They are of persons.
    pub of_person: bool,
    /// The number behind a name is no part of it.
    pub without_number: bool,
}

/// The name that a text is.
pub(super) fn names(text: &str, query: NameQuery) -> Vec<Reading> {
    let bare =
        text.trim_matches(|sign: char| sign.is_whitespace() || (":=|_•*,;-–—\"“”".contains(sign)));
    let letters = bare.chars().filter(|letter| letter.is_alphabetic()).count();
    if letters < 2 {
        return Vec::new();
    }
    let start = text.find(bare).unwrap_or(0);
    // A date behind a name was printed over it or belongs to the next column.
    let dates = super::dates::dates(bare, false);
    let end = dates.first().filter(|date| date.start > 2).map_or(bare.len(), |date| date.start);
    let name = if query.without_number { without_number(&bare[..end]) } else { &bare[..end] };
    let first = concepts(name.split_whitespace().next().unwrap_or_default());
    let street = super::addresses::addresses(name).first().is_some_and(|found| found.quality > 0.7);
    let street = street && name.starts_with(|letter: char| letter.is_ascii_digit());
    let labelled = street || first.iter().any(|concept| OTHERS.contains(&concept.as_str()));
    let quality = likeness(name) * if labelled { 0.4 } else { 1.0 };
    let body = |word: &str| BODIES.contains(&fold(word).as_str());
    let firm = query.of_person && (ends_legally(name) || name.split_whitespace().any(body));
    let quality = if firm { 0.6 * quality } else { quality };
    vec![Reading::verbatim(text, start, start + name.trim_end().len(), quality)]
}

/// A name without the number behind it: `(40617)`, `[A-12]`, `#40617`, `/ 40617`.
fn without_number(name: &str) -> &str {
    let name = name.trim_end();
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
    let open = match name.chars().next_back() {
        Some(')') => '(',
        Some(']') => '[',
        _ => {
            let Some((before, last)) = name.rsplit_once(' ') else { return name };
            let bare = last.trim_start_matches('#');
            let is_number = digits(bare) >= 3 && digits(bare) == bare.len();
            let sign = before.rsplit(' ').next().unwrap_or_default();
            let is_led = bare.len() < last.len()
                || matches!(sign, "#" | "/" | "-" | "\u{2013}")
                || concepts(sign) == ["number"];
            let rest = before.strip_suffix(sign).filter(|_| bare.len() == last.len());
            let rest = rest.unwrap_or(before).trim_end_matches([' ', ',', ';']);
            return if is_number && is_led && rest.len() > 2 { rest } else { name };
        }
    };
    let Some(at) = name.rfind(open).filter(|at| *at > 2) else { return name };
    let inside = &name[at + 1..name.len() - 1];
    let letters = inside.chars().filter(|letter| letter.is_alphabetic()).count();
    let labelled = || {
        let has_digit = |concept: &String| digits(concept) > 0;
        concepts(inside).iter().all(|concept| has_digit(concept) || is_known(concept))
    };
    let is_number = digits(inside) >= 2 && (letters <= 4 && letters < digits(inside) || labelled());
    if is_number { name[..at].trim_end() } else { name }
}

/// Words in the names of bodies that persons do not bear.
const BODIES: &[&str] = &[
    "board",
    "office",
    "center",
    "centre",
    "council",
    "ministry",
    "agency",
    "embassy",
    "institute",
    "association",
    "government",
    "department",
    "party",
    "firm",
    "society",
    "union",
    "services",
];

/// The name ends with a legal form: nothing follows it.
pub(crate) fn ends_legally(name: &str) -> bool {
    let last = fold(name.split_whitespace().next_back().unwrap_or_default());
    let last: String = last.chars().filter(char::is_ascii_alphanumeric).collect();
    LEGAL_FORMS.contains(&last.as_str())
}

/// First words of labels of other fields.
const OTHERS: &[&str] = &["address", "date", "telephone", "fax", "email", "website", "attention"];

fn likeness(text: &str) -> f64 {
    let small = [
        "of", "the", "and", "for", "de", "von", "van", "der", "la", "le", "du", "in", "to", "on",
        "at", "d",
    ];
    let mut capital = 0.0;
    let mut lower = 0.0;
    let mut figures = 0.0;
    let mut count = 0.0;
    let mut legal = false;
    for (_, word) in words(text) {
        let bare = word.trim_matches(|sign: char| !sign.is_alphanumeric());
        let Some(first) = bare.chars().next() else { continue };
        count += 1.0;
        let folded = fold(bare).replace('.', "");
        legal |= count > 1.0 && LEGAL_FORMS.contains(&folded.as_str());
        if first.is_ascii_digit() {
            figures += 1.0;
        } else if first.is_uppercase() || bare.contains(char::is_uppercase) {
            capital += 1.0;
        } else if !small.contains(&folded.as_str()) {
            lower += 1.0;
        }
    }
    if count == 0.0 {
        return 0.0;
    }
    let length: f64 = if count > 10.0 { 0.5 } else { 1.0 };
    let mixed = (1.0 - 0.9 * lower / count) * (1.0 - 0.6 * figures / count);
    let begins_small = words(text).next().is_some_and(|(_, word)| {
        word.chars().next().is_some_and(char::is_lowercase)
            && !word.contains(char::is_uppercase)
            && !small.contains(&fold(word).as_str())
    });
    let start = if capital == 0.0 || begins_small { 0.4 } else { 1.0 };
    let sentence = if text.ends_with(['?', ':']) { 0.3 } else { 1.0 };
    let firm = if legal { 1.1 } else { 1.0 };
    (mixed * start * length * sentence * firm).min(1.0)
}

/// States and countries by which contracts are governed, folded.
const PLACES: &str = "alabama;alaska;arizona;arkansas;california;colorado;connecticut;delaware;\
florida;georgia;hawaii;idaho;illinois;indiana;iowa;kansas;kentucky;louisiana;maine;maryland;\
massachusetts;michigan;minnesota;mississippi;missouri;montana;nebraska;nevada;new hampshire;\
new jersey;new mexico;new york;north carolina;north dakota;ohio;oklahoma;oregon;pennsylvania;\
rhode island;south carolina;south dakota;tennessee;texas;utah;vermont;virginia;washington;\
west virginia;wisconsin;wyoming;district of columbia;puerto rico;england;scotland;ireland;wales;\
northern ireland;united kingdom;united states;united states of america;germany;france;italy;spain;\
portugal;netherlands;belgium;luxembourg;switzerland;austria;denmark;sweden;norway;finland;poland;\
israel;india;china;hong kong;singapore;japan;korea;taiwan;malaysia;australia;new zealand;canada;\
ontario;quebec;british columbia;alberta;mexico;brazil;argentina;chile;south africa;bermuda;\
cayman islands;british virgin islands;ukraine;russia;turkey;greece;cyprus;malta;israel";

/// A place whose law applies: what follows "State of" and its like, or the capitals at the start.
pub(super) fn places(text: &str) -> Vec<Reading> {
    let pieces: Vec<(usize, &str)> = words(text).collect();
    let led = ["state", "commonwealth", "province", "republic", "kingdom"];
    let mut at = 0;
    while at + 1 < pieces.len() {
        let word = fold(pieces[at].1);
        let leads = led.contains(&word.as_str()) && pieces[at + 1].1.eq_ignore_ascii_case("of");
        if leads && word != "republic" && word != "kingdom" {
            at += 2;
        } else if matches!(word.as_str(), "the" | "of" | "in" | "a" | "said") {
            at += 1;
        } else {
            break;
        }
    }
    let first = at;
    let mut end = None;
    while let Some((start, word)) = pieces.get(at) {
        let bare = word.trim_end_matches(|sign: char| !sign.is_alphanumeric());
        let proper = bare.chars().next().is_some_and(char::is_uppercase);
        let linking = word.eq_ignore_ascii_case("of") && at > first;
        if !proper && !linking || at - first >= 4 {
            break;
        }
        if proper {
            end = Some(start + bare.len());
        }
        at += 1;
        if bare.len() < word.len() {
            break;
        }
    }
    let Some(end) = end else { return Vec::new() };
    let place = fold(&text[pieces[first].0..end]);
    let known = PLACES.split(';').filter(|known| {
        place.strip_prefix(known).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    });
    // Where all is in capitals, the place ends before the sentence does.
    let longest = known.map(str::len).max();
    let cut = longest.map(|length| (pieces[first].0 + length).min(end));
    let end = cut.filter(|cut| text.is_char_boundary(*cut)).unwrap_or(end);
    let known = longest.is_some();
    vec![Reading::verbatim(text, pieces[first].0, end, if known { 1.0 } else { 0.6 })]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_law() {
        let check = |text: &str, expected: Option<&str>| {
            let found = places(text);
            let found = found.first().and_then(|reading| reading.value.as_str());
            assert_eq!(found, expected, "{text}");
        };
        check("the State of New York, without regard", Some("New York"));
        check("the Commonwealth of Virginia applicable to", Some("Virginia"));
        check("England and Wales", Some("England"));
        check("the State of Colorado without", Some("Colorado"));
        check("any jurisdiction", None);
    }

    #[test]
    fn numbers_behind_names_are_no_part_of_them() {
        for (text, want) in [
            ("Saffron Hill Traders (40617)", "Saffron Hill Traders"),
            ("Heather Down Ltd (30715 W)", "Heather Down Ltd"),
            ("Odile Marrow [account no. 40617]", "Odile Marrow"),
            ("Three Rivers Haulage #5528", "Three Rivers Haulage"),
            ("Three Rivers Haulage, No. 5528", "Three Rivers Haulage"),
            ("Three Rivers / 5528", "Three Rivers"),
            ("Three Rivers (Holdings) Ltd", "Three Rivers (Holdings) Ltd"),
            ("Hall 9000", "Hall 9000"),
            ("Studio (54)", "Studio"),
        ] {
            assert_eq!(without_number(text), want);
        }
    }

    fn is_name_like(text: &str) -> bool {
        likeness(text) > 0.6
    }

    #[test]
    fn names_are_told_from_sentences() {
        assert!(is_name_like("Holland & Knight LLP"));
        assert!(is_name_like("Patrick J. Mahaffy"));
        assert!(!is_name_like("shall be paid by the tenant"));
    }
}
