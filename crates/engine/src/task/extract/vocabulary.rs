//! Words of labels brought to concepts: spellings, abbreviations and languages that forms and
//! invoices use for the same thing. It knows nothing of documents.

mod lexicon;

use std::collections::HashMap;
use std::sync::LazyLock;

use self::lexicon::{CONCEPTS, STOP};

static LEXICON: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let pairs = CONCEPTS.iter().flat_map(|(concept, forms)| {
        std::iter::once((*concept, *concept))
            .chain(forms.split_whitespace().map(|form| (form, *concept)))
    });
    // The first concept that claims a spelling keeps it.
    pairs.fold(HashMap::new(), |mut lexicon, (form, concept)| {
        lexicon.entry(form).or_insert(concept);
        lexicon
    })
});

static STOP_WORDS: LazyLock<std::collections::HashSet<&'static str>> =
    LazyLock::new(|| STOP.split_whitespace().collect());

/// How a concept counts when labels are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// Says what kind of value follows; the value's own form says it too.
    Generic,
    /// Names the paper itself, which a label may do or not.
    Paper,
    /// Tells one field from another.
    Specific,
}

/// How a concept counts.
pub(super) fn weight(concept: &str) -> Weight {
    match concept {
        "number" | "date" | "name" | "amount" | "address" | "period" | "person" | "code"
        | "reference" | "original" | "currency" | "type" | "percent" | "price" => Weight::Generic,
        "invoice" | "document" | "receipt" | "agreement" | "company" => Weight::Paper,
        _ => Weight::Specific,
    }
}

/// The concept is one of the lexicon's.
pub(super) fn is_known(concept: &str) -> bool {
    LEXICON.contains_key(concept)
}

/// The concepts of a text in order, stop words left out.
pub(super) fn concepts(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in parts(text) {
        match part.as_str() {
            "#" | "№" => push(&mut found, "number".to_owned()),
            "%" => push(&mut found, "percent".to_owned()),
            "$" | "€" | "£" => push(&mut found, "amount".to_owned()),
            word if STOP_WORDS.contains(word) => {}
            word => resolve(word, &mut found),
        }
    }
    found
}

fn push(found: &mut Vec<String>, concept: String) {
    if found.last() != Some(&concept) {
        found.push(concept);
    }
}

fn resolve(word: &str, found: &mut Vec<String>) {
    if let Some(concept) = LEXICON.get(word) {
        return push(found, (*concept).to_owned());
    }
    let stem = stem(word);
    if let Some(concept) = LEXICON.get(stem) {
        return push(found, (*concept).to_owned());
    }
    if let Some((head, tail)) = compound(word) {
        push(found, head.to_owned());
        return push(found, tail.to_owned());
    }
    push(found, misread(stem).unwrap_or(stem).to_owned());
}

/// The concept of a word in which a recogniser took one letter for another that looks alike.
fn misread(word: &str) -> Option<&'static str> {
    const LOOKALIKES: &[(char, char)] = &[
        ('l', 'i'),
        ('1', 'i'),
        ('i', 'l'),
        ('0', 'o'),
        ('q', 'g'),
        ('5', 's'),
        ('c', 'e'),
        ('1', 'l'),
    ];
    if word.len() < 5 {
        return None;
    }
    LOOKALIKES.iter().find_map(|(seen, meant)| {
        word.char_indices().filter(|(_, letter)| letter == seen).find_map(|(at, _)| {
            let mended = format!("{}{meant}{}", &word[..at], &word[at + 1..]);
            LEXICON.get(mended.as_str()).copied()
        })
    })
}

fn stem(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(singular) if singular.len() >= 3 && !singular.ends_with('s') => singular,
        _ => word,
    }
}

/// Two known words written as one: `Factuurnummer`, `Rechnungsdatum`, `InvoiceNo`.
fn compound(word: &str) -> Option<(&'static str, &'static str)> {
    if word.len() < 7 {
        return None;
    }
    (4..word.len() - 1).filter(|at| word.is_char_boundary(*at)).find_map(|at| {
        let (head, tail) = word.split_at(at);
        let head = LEXICON.get(head).or_else(|| LEXICON.get(head.strip_suffix('s')?))?;
        let tail = LEXICON.get(tail)?;
        Some((*head, *tail))
    })
}

/// Lower case without accents.
pub(super) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(plain).collect()
}

fn plain(letter: char) -> char {
    match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'ç' => 'c',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ñ' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | '°' | 'º' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ý' | 'ÿ' => 'y',
        '’' | '‘' => '\'',
        '–' | '—' | '‐' | '‑' => '-',
        other => other,
    }
}

/// Splits at everything but letters and digits, and where `camelCase` turns; keeps `#`, `%`, `$`.
fn parts(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    let mut before = ' ';
    for letter in text.chars() {
        let turns = before.is_lowercase() && letter.is_uppercase();
        if turns || !letter.is_alphanumeric() && !matches!(letter, '°' | 'º') {
            flush(&mut part, &mut parts);
        }
        if letter.is_alphanumeric() || matches!(letter, '°' | 'º') {
            part.extend(letter.to_lowercase().map(plain));
        } else if matches!(letter, '#' | '%' | '$' | '€' | '£' | '№') {
            parts.push(letter.to_string());
        }
        before = letter;
    }
    flush(&mut part, &mut parts);
    parts
}

fn flush(part: &mut String, parts: &mut Vec<String>) {
    if !part.is_empty() {
        parts.push(std::mem::take(part));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_meet_in_one_concept() {
        let check = |text: &str, expected: &[&str]| assert_eq!(concepts(text), expected, "{text}");
        check("invoice_number", &["invoice", "number"]);
        check("invoiceNumber", &["invoice", "number"]);
        check("Inv. No.", &["invoice", "number"]);
        check("Invoice #", &["invoice", "number"]);
        check("Facture n°", &["invoice", "number"]);
        check("Factuurnummer:", &["invoice", "number"]);
        check("Rechnungsnr.", &["invoice", "number"]);
        check("Rechnungsdatum", &["invoice", "date"]);
        check("Date of the document", &["date", "document"]);
        check("Totals", &["total"]);
        check("Fällig am", &["due", "am"]);
        check("advertisers", &["advertiser"]);
        check("lnvoice #", &["invoice", "number"]);
    }
}
