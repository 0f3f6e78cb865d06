//! Categories as questions to a page: their words, what they abbreviate, and the kinds they name.

use std::collections::HashMap;

use docket_contract::spec::Category;

use super::kinds::{self, Kind};
use super::looks::Look;
use super::page::Page;
use super::words::{Token, is_stop_word, tokens, words};

/// How much a category's name, its description and the kinds it names add to its score at most.
const NAME: f64 = 2.2;
const DESCRIPTION: f64 = 1.4;
const KINDS: f64 = 2.0;
/// A kind that only the description names, against one that the name does.
const KIND_IN_DESCRIPTION: f64 = 0.45;
/// Words that so many documents carry that they tell little.
const COMMON: [&str; 34] = [
    "account",
    "act",
    "amount",
    "certificat",
    "companie",
    "compani",
    "contract",
    "copy",
    "dat",
    "date",
    "detail",
    "document",
    "file",
    "form",
    "general",
    "inform",
    "information",
    "issu",
    "list",
    "nam",
    "name",
    "number",
    "order",
    "pag",
    "page",
    "paper",
    "part",
    "person",
    "record",
    "report",
    "section",
    "servic",
    "statement",
    "type",
];

/// A category, ready to be compared with pages.
pub(super) struct Question {
    name: Vec<Wanted>,
    description: Vec<Wanted>,
    kinds: Vec<Shown>,
}

/// What shows a kind in a page, and how much the kind weighs in its category.
struct Shown {
    cues: Vec<(Vec<String>, f64)>,
    looks: &'static [(Look, f64)],
    weight: f64,
}

/// Words looked for in a page.
struct Wanted {
    words: Vec<String>,
    /// The word may be an abbreviation or a code.
    abbreviation: Option<String>,
    /// The words are a code, which counts only where no longer one starts with it.
    whole: bool,
    weight: f64,
}

/// The questions of some categories, words that many of them share counting less.
pub(super) fn questions(categories: &[Category]) -> Vec<Question> {
    let names: Vec<Vec<String>> = categories.iter().map(|one| name_words(&one.name)).collect();
    let codes: Vec<Vec<Vec<String>>> = categories.iter().map(|one| codes(&one.name)).collect();
    let descriptions: Vec<Vec<String>> = categories
        .iter()
        .map(|one| significant(words(one.description.as_deref().unwrap_or_default())))
        .collect();
    let mut carriers: HashMap<&str, usize> = HashMap::new();
    for (name, description) in names.iter().zip(&descriptions) {
        let mut all: Vec<&str> = name.iter().chain(description).map(String::as_str).collect();
        all.sort_unstable();
        all.dedup();
        for word in all {
            *carriers.entry(word).or_default() += 1;
        }
    }
    let rarity = |word: &str| {
        let (all, carriers) = (categories.len() as f64, carriers.get(word).copied().unwrap_or(1));
        let rarity = ((all + 1.0) / (carriers as f64 + 0.3)).ln() / (all + 1.0).ln();
        let common = match word {
            single if single.chars().count() == 1 && single.is_ascii() => 0.3,
            common if COMMON.contains(&common) => 0.5,
            _ => 1.0,
        };
        rarity.clamp(0.05, 1.0) * common
    };
    let kinds = NamedKind::all();
    names
        .iter()
        .zip(&descriptions)
        .zip(&codes)
        .map(|((name, description), codes)| Question {
            name: wanted(name, codes, &rarity),
            description: wanted(description, &[], &rarity),
            kinds: named_kinds(name, description, &kinds),
        })
        .collect()
}

impl Question {
    /// How well a page answers: 0 is not at all.
    pub(super) fn score(&self, page: &Page) -> f64 {
        let kinds: f64 = self.kinds.iter().map(|kind| kind.weight * kind.shows(page)).sum();
        NAME * coverage(&self.name, page)
            + DESCRIPTION * coverage(&self.description, page)
            + KINDS * kinds
    }
}

/// The share of the wanted words that a page has, by weight.
fn coverage(wanted: &[Wanted], page: &Page) -> f64 {
    let all: f64 = wanted.iter().map(|one| one.weight).sum();
    let found: f64 = wanted
        .iter()
        .map(|one| {
            let abbreviated = one.abbreviation.as_ref().map_or(0.0, |code| page.abbreviation(code));
            let words = if one.whole { page.code(&one.words) } else { page.phrase(&one.words) };
            one.weight * words.max(abbreviated)
        })
        .sum();
    // One good word of a long description is worth more than its share.
    if all > 0.0 { (found / all.max(1.0)).sqrt().min(1.0) * (found / (found + 0.4)) } else { 0.0 }
}

impl Shown {
    fn new(kind: &'static Kind, weight: f64) -> Self {
        let cues = [(kind.names, 1.6), (kind.strong, 1.0), (kind.weak, 0.3)];
        let cues = cues.into_iter().flat_map(|(list, weight)| {
            phrases(list).into_iter().map(move |phrase| (phrase, weight))
        });
        Self { cues: cues.collect(), looks: kind.looks, weight }
    }

    /// How clearly a page shows the kind, from 0 towards 1.
    fn shows(&self, page: &Page) -> f64 {
        let words: f64 = self.cues.iter().map(|(cue, weight)| weight * page.phrase(cue)).sum();
        let looks: f64 =
            self.looks.iter().map(|(look, weight)| weight * page.looks.get(*look)).sum();
        let total = (words + looks).max(0.0);
        total / (total + 2.0)
    }
}

/// The words of every entry of a list.
fn phrases(list: &str) -> Vec<Vec<String>> {
    let phrases = list.split(',').map(|entry| significant(words(entry)));
    phrases.filter(|phrase| !phrase.is_empty()).collect()
}

/// Single words, pairs, and all of them together.
fn wanted(words: &[String], codes: &[Vec<String>], rarity: &dyn Fn(&str) -> f64) -> Vec<Wanted> {
    let mut wanted: Vec<Wanted> = Vec::new();
    let mut want = |words: &[String], abbreviation: Option<String>, weight: f64| {
        if !wanted.iter().any(|one| one.words == words) {
            wanted.push(Wanted { words: words.to_vec(), abbreviation, whole: false, weight });
        }
    };
    let least = |run: &[String]| run.iter().map(|word| rarity(word)).fold(1.0, f64::min);
    for word in words {
        let short = (2..=6).contains(&word.len()) && word.is_ascii();
        want(std::slice::from_ref(word), short.then(|| word.clone()), 0.6 * rarity(word));
    }
    for pair in words.windows(2) {
        let digits = pair.iter().any(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        let code = digits.then(|| pair.concat());
        want(pair, code, 0.6 * least(pair));
    }
    for run in [3, 4].into_iter().flat_map(|length| words.windows(length)) {
        let digits = run.iter().any(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        want(run, digits.then(|| run.concat()), 0.3 * least(run));
    }
    wanted.extend(codes.iter().map(|code| Wanted {
        words: code.clone(),
        abbreviation: Some(code.concat()),
        whole: true,
        weight: 1.0,
    }));
    wanted
}

/// The words of a name; `InvoiceCopy` and `invoice_copy` have two.
fn name_words(name: &str) -> Vec<String> {
    let mut spaced = String::new();
    let mut small = false;
    for character in name.chars() {
        if small && character.is_uppercase() {
            spaced.push(' ');
        }
        small = character.is_lowercase();
        spaced.push(character);
    }
    let all: Vec<String> =
        tokens(&spaced.replace('_', " ")).into_iter().map(|token| token.word).collect();
    let kept = significant(all.clone());
    if kept.is_empty() { all } else { kept }
}

/// Names of forms and the like that are written together: `w8bene`, `10-K`.
fn codes(name: &str) -> Vec<Vec<String>> {
    let tokens = tokens(&name.replace('_', " "));
    let runs = tokens.chunk_by(|_, next| next.joined);
    let has_digit = |run: &&[Token]| {
        run.len() > 1
            && run.iter().any(|token| token.word.starts_with(|c: char| c.is_ascii_digit()))
    };
    runs.filter(has_digit)
        .map(|run| run.iter().map(|token| token.plain.clone()).collect())
        .collect()
}

fn significant(mut words: Vec<String>) -> Vec<String> {
    words.retain(|word| !is_stop_word(word));
    words
}

/// A kind with its names, each written together.
struct NamedKind {
    kind: &'static Kind,
    names: Vec<String>,
}

impl NamedKind {
    fn all() -> Vec<Self> {
        let names = |kind: &Kind| {
            let lists = [kind.names, kind.aliases].into_iter().flat_map(phrases);
            lists.map(|words| words.concat()).collect()
        };
        kinds::all().map(|kind| Self { kind, names: names(kind) }).collect()
    }
}

/// The kinds that a category names.
fn named_kinds(name: &[String], description: &[String], kinds: &[NamedKind]) -> Vec<Shown> {
    let in_name = kinds_in(name, kinds);
    let mut in_description = kinds_in(description, kinds);
    let spread = (in_description.len().max(1) as f64).sqrt();
    in_description.retain(|kind| !in_name.iter().any(|named| std::ptr::eq(*named, *kind)));
    let weight = 1.0 / (in_name.len().max(1) as f64).sqrt();
    let named = in_name.into_iter().map(|kind| Shown::new(kind, weight));
    let described = in_description.into_iter();
    named.chain(described.map(|kind| Shown::new(kind, KIND_IN_DESCRIPTION / spread))).collect()
}

/// The kinds that some words name, longer names before shorter ones that they contain.
fn kinds_in(text: &[String], kinds: &[NamedKind]) -> Vec<&'static Kind> {
    const LONGEST: usize = 5;
    let mut taken = vec![false; text.len()];
    let mut found: Vec<&'static Kind> = Vec::new();
    for length in (1..=LONGEST.min(text.len())).rev() {
        for start in 0..=text.len() - length {
            if taken[start..start + length].contains(&true) {
                continue;
            }
            let together = text[start..start + length].concat();
            let called = kinds.iter().filter(|kind| kind.names.contains(&together));
            let called: Vec<&'static Kind> = called.map(|kind| kind.kind).collect();
            taken[start..start + length].fill(!called.is_empty());
            for kind in called {
                if !found.iter().any(|known| std::ptr::eq(*known, kind)) {
                    found.push(kind);
                }
            }
        }
    }
    found
}
