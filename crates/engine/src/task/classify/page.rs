//! The words of a page as evidence: which terms stand on it, and how prominently.

use std::collections::{HashMap, HashSet};

use super::looks::Looks;
use super::words::{Token, is_stop_word, tokens};
use crate::model::{Block, Role};
use crate::task::pages::{BlockText, PageText};

/// A page that can be asked for terms.
pub(super) struct Page {
    /// Its words without those of grammar.
    terms: Vec<Term>,
    /// Where each word stands in `terms`.
    places: HashMap<String, Vec<usize>>,
    /// Words with digits, written together: `w8bene` of *W-8BEN-E*.
    codes: HashMap<String, f64>,
    /// First letters of words that follow one another: `noa` of *Notice of Assessment*.
    initials: HashMap<String, f64>,
    pub looks: Looks,
}

struct Term {
    word: String,
    /// How prominent it is.
    weight: f64,
    /// It goes on with a code that the word before it belongs to.
    joined: bool,
}

/// Segments with fewer words may be titles, if they stand among the first.
const TITLE_WORDS_MAX: usize = 16;
/// How many segments count as the first.
const FIRST_SEGMENTS: usize = 8;
/// What a page says of its own kind in so many words.
const WEIGHT_OF_DECLARATION: f64 = 6.0;
/// From this weight on text may be a title, of which only the first word has a capital.
const WEIGHT_OF_TITLES: f64 = 2.0;
/// What the beginning of a code counts against the whole: *W-8BEN* in *W-8BEN-E*.
const PART_OF_CODE: f64 = 0.6;

impl Page {
    pub(super) fn new(text: &PageText<'_>) -> Self {
        let mut page = Self {
            terms: Vec::new(),
            places: HashMap::new(),
            codes: HashMap::new(),
            initials: HashMap::new(),
            looks: Looks::of(text),
        };
        let mut texts_before = 0;
        for BlockText { block, text: content } in &text.blocks {
            if content.trim().is_empty() || is_empty_field(content) {
                continue;
            }
            let tokens = tokens(content);
            let weight = weight(block, texts_before, tokens.len());
            page.take(&tokens, weight, declaration(content));
            texts_before += 1;
        }
        page
    }

    pub(super) fn has_text(&self) -> bool {
        !self.terms.is_empty()
    }

    fn take(&mut self, tokens: &[Token], weight: f64, declared_from: Option<usize>) {
        for (index, token) in tokens.iter().enumerate() {
            let declared = declared_from.is_some_and(|from| token.at >= from);
            let weight = if declared { WEIGHT_OF_DECLARATION } else { weight };
            // The last letter of a code is no word of grammar.
            if !is_stop_word(&token.word) || token.joined && index > 0 {
                self.places.entry(token.word.clone()).or_default().push(self.terms.len());
                let joined = token.joined && index > 0;
                self.terms.push(Term { word: token.word.clone(), weight, joined });
            }
            let begins = index == 0 || !token.joined;
            if begins && tokens.get(index + 1).is_some_and(|next| next.joined) {
                self.take_code(&tokens[index..], weight);
            }
            if token.capital {
                self.take_initials(&tokens[index..], weight);
            }
        }
    }

    fn take_code(&mut self, tokens: &[Token], weight: f64) {
        let rest = tokens[1..].iter().take_while(|token| token.joined).count();
        let code: String = tokens[..=rest].iter().map(|token| token.plain.as_str()).collect();
        if code.len() <= 16 {
            *self.codes.entry(code).or_default() += weight;
        }
    }

    /// Notes the first letters of capitalised words from here on, with and without the words of
    /// grammar between them.
    fn take_initials(&mut self, tokens: &[Token], weight: f64) {
        let (mut all, mut capitals) = (String::new(), String::new());
        for token in tokens.iter().take(9) {
            let letter = token.plain.chars().next().unwrap_or(' ');
            let small = !token.capital && is_stop_word(&token.word);
            let titled = weight >= WEIGHT_OF_TITLES && letter.is_alphabetic();
            if !token.capital && !small && !titled || !letter.is_alphabetic() {
                break;
            }
            all.push(letter);
            if !is_stop_word(&token.word) || token.plain.len() == 1 {
                capitals.push(letter);
            }
            if small {
                continue;
            }
            let forms: HashSet<&str> = [all.as_str(), capitals.as_str()].into();
            for form in forms.into_iter().filter(|form| (3..=6).contains(&form.len())) {
                *self.initials.entry(form.to_owned()).or_default() += weight;
            }
        }
    }

    /// How prominent some words that follow one another are, from 0 (absent) towards 1.
    pub(super) fn phrase(&self, words: &[String]) -> f64 {
        let is_code = words.iter().any(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        self.prominence(words, if is_code { PART_OF_CODE } else { 1.0 })
    }

    /// How prominent a code is, not counting longer ones that start with it.
    pub(super) fn code(&self, words: &[String]) -> f64 {
        self.prominence(words, 0.0)
    }

    /// `part` is what the words count where a code goes on behind them.
    fn prominence(&self, words: &[String], part: f64) -> f64 {
        let Some(places) = words.first().and_then(|word| self.places.get(word)) else { return 0.0 };
        let follows = |place: &&usize| {
            let behind = self.terms.get(**place..**place + words.len());
            behind
                .is_some_and(|terms| terms.iter().zip(words).all(|(term, word)| term.word == *word))
        };
        let weight = |place: &usize| {
            let goes_on = self.terms.get(place + words.len()).is_some_and(|next| next.joined);
            self.terms[*place].weight * if goes_on { part } else { 1.0 }
        };
        self.saturated(places.iter().filter(follows).map(weight).sum())
    }

    /// How prominent a word is, perhaps as the first letters of others or as a code.
    pub(super) fn abbreviation(&self, plain: &str) -> f64 {
        let code = self.codes.get(plain).copied().unwrap_or_default();
        let initials = self.initials.get(plain).copied().unwrap_or_default();
        self.saturated(code.max(initials))
    }

    /// One mention in a long page says little, a title much.
    fn saturated(&self, weight: f64) -> f64 {
        let half = 1.6 * (0.4 + 0.6 * self.terms.len() as f64 / 250.0).clamp(0.8, 2.0);
        weight * weight / (weight * weight + half * half)
    }
}

fn weight(block: &Block, texts_before: usize, words: usize) -> f64 {
    let first = texts_before < FIRST_SEGMENTS;
    match block.role() {
        Some(Role::Title) if words <= 2 * TITLE_WORDS_MAX => 4.0,
        Some(Role::Heading(_)) if first && words <= 2 * TITLE_WORDS_MAX => 3.0,
        Some(Role::Heading(_)) => 1.5,
        Some(Role::PageFooter | Role::Footnote) => 0.7,
        _ if first && words <= TITLE_WORDS_MAX => 2.0,
        _ => 1.0,
    }
}

/// A field that is not filled in speaks of what the document does not have.
fn is_empty_field(content: &str) -> bool {
    let value = content.rsplit(['=', ':']).next().unwrap_or_default().trim();
    let named = value.len() < content.trim().len();
    named && ["N/A", "NA", "n/a", "None", "NONE", "NULL", "-"].contains(&value)
}

/// Where the value starts in *Document type: ...*, in bytes.
fn declaration(content: &str) -> Option<usize> {
    let (label, _) = content.split_once(['=', ':'])?;
    let words: Vec<String> = tokens(label).into_iter().map(|token| token.word).collect();
    let labels = [
        &["document", "type"][..],
        &["type", "of", "document"],
        &["doc", "type"],
        &["form", "type"],
        &["document", "title"],
        &["report", "type"],
    ];
    labels.iter().any(|known| *known == words).then_some(label.len())
}
