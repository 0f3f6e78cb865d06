//! How a page looks: what its size, segments and signs tell without reading the words.

use crate::model::{Block, Content, Rect, Role};
use crate::task::pages::{BlockText, PageText};

/// A trait of a page's looks, measured from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Sums of money.
    Amounts,
    /// Text in tables.
    Tables,
    /// Text in long paragraphs.
    Prose,
    /// Lines to fill in and boxes to tick.
    FormFields,
    /// Items of lists.
    Lists,
    /// Text in two or more columns.
    Columns,
    /// A slip of paper: much taller than wide.
    Narrow,
    /// An upright page smaller than office paper.
    SmallPage,
    /// Clearly wider than tall.
    Landscape,
    /// Hardly any text.
    FewWords,
    /// Places to sign.
    Signature,
    /// Displayed formulas and mathematical signs.
    Formulas,
    /// Marks of citations.
    Citations,
    /// Pictures that cover the page.
    Pictures,
}

const COUNT: usize = Look::Pictures as usize + 1;

/// The looks of one page.
#[derive(Clone, Debug, Default)]
pub(super) struct Looks([f64; COUNT]);

impl Looks {
    pub(super) fn get(&self, look: Look) -> f64 {
        self.0[look as usize]
    }

    /// Measures a page. Without text only its shape tells.
    pub(super) fn of(page: &PageText<'_>) -> Self {
        let mut looks = Self::default();
        looks.measure_paper(page);
        let blocks = &page.blocks;
        let text: String = blocks.iter().map(|one| &*one.text).collect::<Vec<_>>().join("\n");
        let words = text.split_whitespace().count();
        if words > 0 {
            looks.set(Look::FewWords, 1.0 - words as f64 / 80.0);
            looks.measure_signs(&text, words);
            looks.measure_blocks(page, text.chars().count());
        }
        looks
    }

    fn set(&mut self, look: Look, value: f64) {
        self.0[look as usize] = value.clamp(0.0, 1.0);
    }

    /// Where the file says how large the page is.
    fn measure_paper(&mut self, page: &PageText<'_>) {
        /// A4 in square points.
        const OFFICE_PAPER: f64 = 595.5 * 842.0;
        let Some((width, height)) = page.size.filter(|_| !page.blocks.is_empty()) else { return };
        let whole = Rect { x0: 0.0, y0: 0.0, x1: width, y1: height };
        let (width, height) = (f64::from(width.max(0.5)), f64::from(height.max(0.5)));
        let narrow = height > 1.7 * width;
        let upright = height > 1.1 * width;
        self.set(Look::Narrow, f64::from(narrow));
        self.set(Look::Landscape, f64::from(width > 1.15 * height));
        let small = width * height < 0.75 * OFFICE_PAPER;
        self.set(Look::SmallPage, f64::from(upright && small && !narrow));
        let blocks = page.blocks.iter().map(|one| one.block);
        let pictures = blocks.filter(|block| matches!(block.content, Content::Picture));
        let seen = pictures.filter_map(|block| block.rect).map(|rect| rect.intersection(&whole));
        let covered: f64 = seen.map(|rect| f64::from(rect.area())).sum();
        self.set(Look::Pictures, covered / (width * height));
    }

    fn measure_signs(&mut self, text: &str, words: usize) {
        let share = |count: usize| count as f64 / words as f64;
        let amounts = text.split_whitespace().filter(|word| is_amount(word)).count();
        self.set(Look::Amounts, 6.0 * share(amounts));
        let blanks = text.split(|c| c != '_').filter(|run| run.len() >= 3).count();
        let ticks = text.chars().filter(|c| matches!(c, '☐' | '☑' | '☒' | '□' | '■' | '❑')).count();
        let labels = text.split_whitespace().filter(|word| word.ends_with(':')).count();
        self.set(Look::FormFields, (blanks + 2 * ticks) as f64 / 12.0 + 3.0 * share(labels));
        let lower = text.to_lowercase();
        let places = ["signature", "signed", "by: _", "(signature)", "/s/", "unterschrift"];
        let signed = places.iter().filter(|place| lower.contains(*place)).count();
        self.set(Look::Signature, signed as f64 / 2.0);
        let citations = lower.matches("et al").count() + bracketed_numbers(text);
        self.set(Look::Citations, citations as f64 / 6.0);
        let signs = text.chars().filter(|c| is_mathematical(*c)).count();
        self.set(Look::Formulas, 4.0 * share(signs));
    }

    fn measure_blocks(&mut self, page: &PageText<'_>, characters: usize) {
        let length = |one: &BlockText<'_>| one.text.chars().count();
        let share = |test: &dyn Fn(&BlockText<'_>) -> bool| {
            let found = page.blocks.iter().filter(|one| test(one));
            found.map(length).sum::<usize>() as f64 / characters as f64
        };
        self.set(Look::Tables, share(&|one| matches!(one.block.content, Content::Table(_))));
        self.set(Look::Lists, share(&|one| matches!(one.block.role(), Some(Role::ListItem(_)))));
        let is_text = |block: &Block| {
            block.is_paragraph() || matches!(block.content, Content::Code(_) | Content::Field(_))
        };
        let long = |one: &BlockText<'_>| length(one) >= 250 && is_text(one.block);
        self.set(Look::Prose, share(&long));
        let in_column = |one: &BlockText<'_>| {
            let place = one.block.rect.zip(page.size);
            let share = place.map(|(rect, (width, _))| rect.width() / width.max(0.5));
            long(one) && share.is_some_and(|share| (0.25..0.5).contains(&share))
        };
        self.set(Look::Columns, share(&in_column));
        let is_formula = |one: &&BlockText<'_>| matches!(one.block.content, Content::Formula(_));
        let formulas = page.blocks.iter().filter(is_formula).count();
        let signs = self.get(Look::Formulas);
        self.set(Look::Formulas, signs + formulas as f64 / 4.0);
    }
}

/// A number with two decimals, or with a sign of a currency.
fn is_amount(word: &str) -> bool {
    let signed = word.starts_with(['$', '€', '£', '¥']) || word.ends_with(['€', '$']);
    let digits: Vec<char> = word.trim_matches(|c: char| !c.is_ascii_digit()).chars().collect();
    let decimals = digits.len() >= 4
        && matches!(digits[digits.len() - 3], '.' | ',')
        && digits.iter().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '\''));
    decimals || signed && !digits.is_empty()
}

/// How many times a number of up to three digits stands alone in square brackets.
fn bracketed_numbers(text: &str) -> usize {
    text.split('[')
        .skip(1)
        .filter(|rest| {
            let inside = rest.split(']').next().unwrap_or_default();
            let number = |c: char| c.is_ascii_digit() || matches!(c, ',' | ' ' | '-' | '–');
            (1..12).contains(&inside.len())
                && inside.starts_with(|c: char| c.is_ascii_digit())
                && inside.chars().all(number)
        })
        .count()
}

fn is_mathematical(character: char) -> bool {
    matches!(character, '\u{2200}'..='\u{22FF}' | '\u{1D400}'..='\u{1D7FF}' | '\u{370}'..='\u{3FF}'
        | '±' | '×' | '‖' | '→' | 'ℝ' | 'ℤ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_citations_are_told_from_other_numbers() {
        for amount in ["12.50", "$5", "1,050.00", "7,99", "12.00€"] {
            assert!(is_amount(amount), "{amount}");
        }
        for other in ["12", "2020", "12.5", "1.234.5", "$", "3/14/25"] {
            assert!(!is_amount(other), "{other}");
        }
        assert_eq!(bracketed_numbers("as in [3] and [4, 5], not a[i] or [see]"), 2);
    }
}
