//! Amounts of characters or words, to compare what a document holds with what is written of it.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

const ASCII: usize = 128;

/// What is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Characters, for pages on which analysis has to find the words.
    #[default]
    Characters,
    /// Words and signs, for files that name their texts.
    Words,
}

/// How often each character or word stands in a text. White space and soft hyphens do not count, and
/// a letter with an accent is the same as the two characters.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    unit: Unit,
    ascii: Vec<u32>,
    others: HashMap<u64, u32>,
    total: u64,
}

impl Tally {
    pub(crate) fn new(unit: Unit) -> Self {
        Self { unit, ..Self::default() }
    }

    /// What it counts.
    pub(crate) fn unit(&self) -> Unit {
        self.unit
    }

    /// Counts a text.
    pub(crate) fn add(&mut self, text: &str) {
        match self.unit {
            Unit::Characters => text.chars().for_each(|character| self.add_character(character)),
            Unit::Words => self.add_words(text),
        }
    }

    /// Counts a character as itself.
    pub(crate) fn add_character(&mut self, character: char) {
        if character.is_ascii() {
            return self.add_folded(character);
        }
        if is_counted(character) {
            std::iter::once(character).nfkd().for_each(|part| self.add_folded(part));
        }
    }

    /// Counts a character so often, where characters are counted.
    pub(crate) fn add_times(&mut self, character: char, count: usize) {
        if self.unit == Unit::Characters {
            (0..count).for_each(|_| self.add_folded(character));
        }
    }

    fn add_folded(&mut self, character: char) {
        let folded = fold(character);
        if folded.is_whitespace() || folded.is_control() {
            return;
        }
        self.total += 1;
        if folded.is_ascii() {
            self.ascii.resize(ASCII, 0);
            self.ascii[folded as usize] += 1;
        } else {
            *self.others.entry(u64::from(u32::from(folded))).or_default() += 1;
        }
    }

    fn add_words(&mut self, text: &str) {
        let mut word = None;
        for character in text.chars() {
            if !is_counted(character) {
                continue;
            }
            let code = u64::from(u32::from(character));
            if character.is_alphanumeric() && !stands_alone(character) {
                word = Some(mixed(word.unwrap_or(SEED), code));
                continue;
            }
            self.add_key(word.take());
            if !character.is_whitespace() && !character.is_control() {
                self.add_key(Some(mixed(SEED, code)));
            }
        }
        self.add_key(word);
    }

    fn add_key(&mut self, key: Option<u64>) {
        if let Some(key) = key {
            self.total += 1;
            *self.others.entry(key).or_default() += 1;
        }
    }

    /// Adds what another tally counted.
    pub(crate) fn join(&mut self, other: Self) {
        self.total += other.total;
        if !other.ascii.is_empty() {
            self.ascii.resize(ASCII, 0);
            self.ascii.iter_mut().zip(other.ascii).for_each(|(own, more)| *own += more);
        }
        for (key, count) in other.others {
            *self.others.entry(key).or_default() += count;
        }
    }

    /// How many there are.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// How many of them the other tally does not have.
    pub(crate) fn missing_in(&self, other: &Self) -> u64 {
        let of_ascii = |(at, count): (usize, &u32)| {
            let there = other.ascii.get(at).copied().unwrap_or(0);
            u64::from(count.saturating_sub(there))
        };
        let of_others = |(key, count): (&u64, &u32)| {
            let there = other.others.get(key).copied().unwrap_or(0);
            u64::from(count.saturating_sub(there))
        };
        let ascii: u64 = self.ascii.iter().enumerate().map(of_ascii).sum();
        ascii + self.others.iter().map(of_others).sum::<u64>()
    }
}

const SEED: u64 = 0xcbf2_9ce4_8422_2325;

/// The next step of a hash of a word (FNV-1a over characters).
fn mixed(hash: u64, code: u64) -> u64 {
    (hash ^ code).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(7)
}

/// Characters that no reader sees do not count.
pub(crate) fn is_counted(character: char) -> bool {
    !matches!(character, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2069}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFFC}')
}

/// Characters of scripts that are written without spaces are words of their own.
fn stands_alone(character: char) -> bool {
    matches!(character, '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'
        | '\u{2E80}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Accents by themselves are those of letters, a bracket is mirrored where text runs to the left, and
/// a hyphen has three forms.
fn fold(character: char) -> char {
    match character {
        '`' | '\u{2CB}' => '\u{300}',
        '\u{B4}' | '\u{2CA}' => '\u{301}',
        '^' | '\u{2C6}' => '\u{302}',
        '~' | '\u{2DC}' => '\u{303}',
        '\u{A8}' => '\u{308}',
        '\u{2C7}' => '\u{30C}',
        '\u{131}' => 'i',
        ')' => '(',
        ']' => '[',
        '}' => '{',
        '>' => '<',
        '\u{BB}' => '\u{AB}',
        '\u{2010}' | '\u{2011}' => '-',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(unit: Unit, text: &str) -> Tally {
        let mut tally = Tally::new(unit);
        tally.add(text);
        tally
    }

    #[test]
    fn what_is_missing_is_counted() {
        for (unit, held, written, missing) in [
            (Unit::Characters, "60*40*30", "604030", 2),
            (Unit::Characters, "caf\u{E9} (x)", "x cafe\u{301}()", 0),
            (Unit::Characters, "\u{FB01}n\u{AD}e", "f i n e", 0),
            (Unit::Words, "Hire of 12 lamps", "lamps Hire of", 1),
            (Unit::Words, "60*40", "60 40", 1),
            (Unit::Words, "co-op one one", "one co -op", 1),
            (Unit::Words, "\u{65E5}\u{672C}\u{8A9E}", "\u{672C}\u{8A9E}", 1),
        ] {
            let lost = tally(unit, held).missing_in(&tally(unit, written));
            assert_eq!(lost, missing, "{held} in {written}");
        }
    }
}
