//! Page ranges, as clients write them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Pages asked for: ranges of 1-based numbers, both ends included, ascending and apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageRange(Vec<(u32, u32)>);

/// The text names no pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAPageRange(pub String);

impl fmt::Display for NotAPageRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Invalid page_range '{}': use forms like \"2\", \"1-5\" or \"2,4,6\"", self.0)
    }
}

impl std::error::Error for NotAPageRange {}

/// As clients write them: `1-5,8`.
impl fmt::Display for PageRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (first, last)) in self.0.iter().enumerate() {
            let seam = if index == 0 { "" } else { "," };
            match first == last {
                true => write!(f, "{seam}{first}")?,
                false => write!(f, "{seam}{first}-{last}")?,
            }
        }
        Ok(())
    }
}

impl PageRange {
    /// Reads `"2"`, `"1-5"`, `"2,4,6"`, `"[1,3,5]"` and mixes of them.
    ///
    /// # Errors
    /// If a part is no number or range of numbers from 1, or a range runs backwards.
    pub fn parse(text: &str) -> Result<Self, NotAPageRange> {
        let bad = || NotAPageRange(text.chars().take(80).collect());
        let inner = text.trim().trim_start_matches('[').trim_end_matches(']');
        let mut ranges = Vec::new();
        let parts = inner.split(',').map(|part| part.trim_matches([' ', '"']));
        for part in parts.filter(|part| !part.is_empty()) {
            let number = |digits: &str| digits.trim().parse::<u32>().ok().filter(|n| *n >= 1);
            let (first, last) = match part.split_once('-') {
                Some((first, last)) => (number(first), number(last)),
                None => (number(part), number(part)),
            };
            match (first, last) {
                (Some(first), Some(last)) if first <= last => ranges.push((first, last)),
                _ => return Err(bad()),
            }
        }
        if ranges.is_empty() {
            return Err(bad());
        }
        ranges.sort_unstable();
        let mut apart: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
        for (first, last) in ranges {
            match apart.last_mut() {
                Some(former) if first <= former.1.saturating_add(1) => {
                    former.1 = former.1.max(last)
                }
                _ => apart.push((first, last)),
            }
        }
        Ok(Self(apart))
    }

    /// True if the 1-based page was asked for.
    #[must_use]
    pub fn contains(&self, page: usize) -> bool {
        self.0.iter().any(|(first, last)| (*first as usize..=*last as usize).contains(&page))
    }

    /// How many pages of a document of `page_count` pages were asked for.
    #[must_use]
    pub fn count_within(&self, page_count: usize) -> usize {
        let within = |(first, last): &(u32, u32)| {
            (*last as usize).min(page_count).saturating_sub(*first as usize - 1)
        };
        self.0.iter().map(within).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: &[(u32, u32)]) {
        assert_eq!(PageRange::parse(text).unwrap().0, want, "{text}");
    }

    #[test]
    fn page_ranges() {
        check("2", &[(2, 2)]);
        check("1-5", &[(1, 5)]);
        check("2,4,6", &[(2, 2), (4, 4), (6, 6)]);
        check("[1,3,5]", &[(1, 1), (3, 3), (5, 5)]);
        check(r#"["1-2", "4"]"#, &[(1, 2), (4, 4)]);
        check(" 4-6, 1 ,2-4", &[(1, 6)]);
        assert_eq!(PageRange::parse("[7, 4-6,1]").unwrap().to_string(), "1,4-7");
        for bad in ["", "0", "5-1", "x", "1-", "-3", "[]", "1;2"] {
            assert!(PageRange::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn page_ranges_count() {
        let range = PageRange::parse("2-4,9").unwrap();
        assert_eq!(range.count_within(1), 0);
        assert_eq!(range.count_within(3), 2);
        assert_eq!(range.count_within(100), 4);
        assert!(range.contains(9) && !range.contains(5));
    }
}
