//! Words of a text, made comparable: small letters without accents, endings taken off.

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// The word, comparable.
    pub word: String,
    /// The word in small letters without accents, with its ending.
    pub plain: String,
    /// It is written with a capital, or is a number.
    pub capital: bool,
    /// Nothing but perhaps a hyphen parts it from the token before it.
    pub joined: bool,
    /// Where it starts, in bytes.
    pub at: usize,
}

/// The words of a text in order, grammatical ones included. Letters and digits part words, so
/// *13D* and *13 D* agree. Chinese and Japanese characters, which are written without spaces,
/// count as words of their own.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut reader = Reader::default();
    for (at, character) in text.char_indices() {
        if is_ideograph(character) {
            reader.finish();
            reader.letter(at, character);
            reader.finish();
        } else if character.is_alphanumeric() {
            let digit = character.is_numeric();
            if reader.digits.is_some_and(|digits| digits != digit) {
                reader.finish();
            }
            reader.digits = Some(digit);
            reader.letter(at, character);
        } else if !is_within_word(character) {
            reader.finish();
            reader.apart |= !matches!(character, '-' | '\u{2010}' | '\u{2011}');
        }
    }
    reader.finish();
    reader.tokens
}

/// The comparable words of a text in order, grammatical words included.
pub(crate) fn words(text: &str) -> Vec<String> {
    tokens(text).into_iter().map(|token| token.word).collect()
}

#[derive(Default)]
struct Reader {
    tokens: Vec<Token>,
    plain: String,
    at: usize,
    capital: bool,
    /// Something other than a hyphen stands before the word.
    apart: bool,
    /// Whether the word consists of digits.
    digits: Option<bool>,
}

impl Reader {
    fn letter(&mut self, at: usize, character: char) {
        if self.plain.is_empty() {
            self.at = at;
            self.capital = !character.is_lowercase();
        }
        fold(character, &mut self.plain);
    }

    fn finish(&mut self) {
        self.digits = None;
        if self.plain.is_empty() {
            return;
        }
        let plain = std::mem::take(&mut self.plain);
        let joined = !self.apart && !self.tokens.is_empty();
        let (capital, at) = (self.capital, self.at);
        self.tokens.push(Token { word: stem(&plain), plain, capital, joined, at });
        self.apart = false;
    }
}

/// Words that carry a meaning: neither grammatical, nor numbers, nor single letters.
pub(crate) fn content_words(text: &str) -> Vec<String> {
    let mut words = words(text);
    words.retain(|word| {
        let long = word.len() > 1;
        long && !is_stop_word(word) && word.chars().any(char::is_alphabetic)
    });
    words
}

/// Apostrophes, soft hyphens and combining marks do not end a word.
fn is_within_word(character: char) -> bool {
    matches!(character, '\'' | '\u{2019}' | '\u{AD}' | '\u{300}'..='\u{36F}' | '\u{200B}'..='\u{200D}')
}

fn is_ideograph(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}')
}

/// Appends a letter in its small form, Latin ones without their accents.
fn fold(character: char, to: &mut String) {
    for small in character.to_lowercase() {
        match small {
            'à'..='å' | 'ā' | 'ă' | 'ą' => to.push('a'),
            'ç' | 'ć' | 'č' | 'ĉ' | 'ċ' => to.push('c'),
            'ď' | 'đ' => to.push('d'),
            'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => to.push('e'),
            'ğ' | 'ģ' => to.push('g'),
            'ì'..='ï' | 'ī' | 'į' | 'ı' => to.push('i'),
            'ł' | 'ľ' | 'ļ' => to.push('l'),
            'ñ' | 'ń' | 'ň' | 'ņ' => to.push('n'),
            'ò'..='ö' | 'ø' | 'ō' | 'ő' => to.push('o'),
            'ŕ' | 'ř' => to.push('r'),
            'ś' | 'š' | 'ş' | 'ș' => to.push('s'),
            'ť' | 'ţ' | 'ț' => to.push('t'),
            'ù'..='ü' | 'ū' | 'ů' | 'ű' | 'ų' => to.push('u'),
            'ý' | 'ÿ' => to.push('y'),
            'ź' | 'ż' | 'ž' => to.push('z'),
            'ß' => to.push_str("ss"),
            'æ' => to.push_str("ae"),
            'œ' => to.push_str("oe"),
            '\u{300}'..='\u{36F}' => {}
            other => to.push(other),
        }
    }
}

/// Takes off plural and verb endings, so that *invoices*, *invoiced* and *invoice* agree. A light
/// stemmer in the manner of Harman's and of the first steps of Porter's: it joins fewer words than
/// theirs, and so confuses fewer. Words with digits stay as they are.
pub(crate) fn stem(word: &str) -> String {
    if !word.bytes().all(|byte| byte.is_ascii_lowercase()) || word.len() < 4 {
        return word.to_owned();
    }
    let mut base = without_plural(word);
    for ending in ["ing", "ed"] {
        if let Some(rest) = base.strip_suffix(ending)
            && rest.len() >= 3
            && rest.bytes().any(is_vowel)
        {
            base = undoubled(rest).to_owned();
            break;
        }
    }
    let base = base.strip_suffix('e').filter(|rest| rest.len() >= 3).unwrap_or(&base);
    match base.strip_suffix('y').filter(|rest| rest.len() >= 3) {
        Some(rest) if !rest.ends_with(|c: char| is_vowel(c as u8)) => format!("{rest}i"),
        _ => base.to_owned(),
    }
}

fn without_plural(word: &str) -> String {
    if let Some(rest) = word.strip_suffix("ies").filter(|rest| rest.len() >= 2) {
        return format!("{rest}y");
    }
    let hissing = ["sses", "shes", "ches", "xes", "zzes"].iter().any(|end| word.ends_with(end));
    if hissing {
        return word[..word.len() - 2].to_owned();
    }
    let singular = ["ss", "us", "is"].iter().any(|end| word.ends_with(end));
    match word.strip_suffix('s').filter(|rest| !singular && rest.len() >= 3) {
        Some(rest) => rest.to_owned(),
        None => word.to_owned(),
    }
}

fn is_vowel(byte: u8) -> bool {
    matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// *cancell* to *cancel*, *shipp* to *ship*; *bill*, *pass* and *buzz* stay.
fn undoubled(word: &str) -> &str {
    let bytes = word.as_bytes();
    match bytes {
        [.., before, last] if before == last && word.len() > 4 && !b"lsz".contains(last) => {
            &word[..word.len() - 1]
        }
        [.., b'l', b'l'] if word.len() > 5 => &word[..word.len() - 1],
        _ => word,
    }
}

/// Words of grammar in the languages that documents are most often written in, as [`stem`] leaves
/// them, sorted.
const STOP_WORDS: &[&str] = &[
    "a", "about", "abov", "after", "against", "al", "all", "also", "am", "an", "and", "ani", "any",
    "are", "as", "at", "au", "auf", "aus", "be", "becaus", "been", "befor", "being", "between",
    "both", "but", "by", "can", "com", "como", "con", "could", "da", "das", "de", "dei", "del",
    "dem", "den", "der", "des", "di", "did", "die", "do", "doe", "don", "du", "during", "e",
    "each", "ein", "eine", "el", "en", "es", "est", "et", "eu", "for", "from", "fur", "ha", "had",
    "has", "hav", "he", "her", "here", "him", "his", "how", "i", "if", "il", "im", "in", "into",
    "is", "ist", "it", "its", "la", "las", "le", "les", "lo", "los", "may", "me", "mit", "more",
    "most", "my", "ne", "nicht", "no", "nor", "not", "o", "of", "off", "on", "onli", "or", "other",
    "our", "out", "over", "par", "para", "por", "pour", "qu", "que", "s", "sa", "se", "shall",
    "she", "should", "si", "so", "some", "such", "sur", "than", "that", "the", "their", "them",
    "then", "ther", "thes", "they", "thi", "this", "those", "through", "to", "un", "una", "und",
    "under", "une", "until", "up", "upon", "us", "von", "was", "we", "wer", "what", "when", "wher",
    "which", "whil", "who", "will", "with", "would", "y", "you", "your", "zu", "zum", "zur",
];

/// Whether a word of [`words`] belongs to grammar.
pub(crate) fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_words_can_be_searched() {
        assert!(STOP_WORDS.is_sorted());
        for word in ["these", "there", "because", "have", "were", "where", "was", "only"] {
            assert!(is_stop_word(&stem(word)), "{word} is left as {}", stem(word));
        }
    }

    #[test]
    fn forms_of_a_word_agree() {
        for forms in [
            &["invoice", "invoices", "invoiced", "invoicing", "Invoice's"][..],
            &["company", "companies"],
            &["ship", "shipped", "shipping", "ships"],
            &["lease", "leases", "leased", "leasing"],
            &["bill", "bills", "billed", "billing"],
            &["Rechnung", "RECHNUNG"],
            &["número", "numero", "NÚMERO"],
            &["process", "processes", "processing"],
        ] {
            let stems: Vec<Vec<String>> = forms.iter().map(|form| words(form)).collect();
            assert!(stems.iter().all(|one| *one == stems[0]), "{forms:?} give {stems:?}");
        }
    }

    #[test]
    fn words_are_found_in_any_script() {
        assert_eq!(words("W-9 form, §4: 10-K"), ["w", "9", "form", "4", "10", "k"]);
        assert_eq!(words("請求書 No.1"), ["請", "求", "書", "no", "1"]);
        assert_eq!(content_words("The terms of the 2 parties"), ["term", "parti"]);
    }
}
