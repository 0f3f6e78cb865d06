//! Printed numbers: of pages, and of list items and sections.

/// The number that a page bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PageNumber {
    pub(super) number: u32,
    /// Pages in all, as in *2 of 5*.
    pub(super) of: Option<u32>,
}

/// Words between a page's number and the number of all pages.
const OF: [&str; 6] = ["of", "/", "von", "de", "sur", "di"];
/// Words before a page's number.
const PAGE: [&str; 8] = ["page", "p.", "pg", "pg.", "seite", "pagina", "página", "sheet"];

/// Finds the number of a page in the lines at its edges: *2 of 5* before *Page 2* before a line
/// that is a number alone.
pub(super) fn page_number(lines: &[&str]) -> Option<PageNumber> {
    let spaced: Vec<String> = lines.iter().map(|line| line.replace('/', " / ")).collect();
    let words: Vec<Vec<&str>> =
        spaced.iter().map(|line| line.split_whitespace().collect()).collect();
    let number = |word: &str| -> Option<u32> {
        let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        bare.parse().ok().filter(|number| (1..2000).contains(number))
    };
    let is_page = |word: &str| PAGE.contains(&word.to_lowercase().as_str());
    let of_all = words.iter().find_map(|line| {
        line.windows(4).find_map(|run| {
            let between = OF.contains(&run[2].to_lowercase().as_str());
            let (page, all) = (number(run[1])?, number(run[3])?);
            (between && is_page(run[0]) && page <= all)
                .then_some(PageNumber { number: page, of: Some(all) })
        })
    });
    let bare_of_all = || {
        words.iter().find_map(|line| match line[..] {
            [page, of, all] if OF.contains(&of.to_lowercase().as_str()) => {
                let (page, all) = (number(page)?, number(all)?);
                (page <= all).then_some(PageNumber { number: page, of: Some(all) })
            }
            _ => None,
        })
    };
    let named = || {
        words.iter().find_map(|line| {
            let found = line.windows(2).find(|run| is_page(run[0]) && number(run[1]).is_some())?;
            Some(PageNumber { number: number(found[1])?, of: None })
        })
    };
    let alone = || {
        words.iter().find_map(|line| {
            let letters = line.iter().filter(|word| word.chars().any(char::is_alphanumeric));
            let only: Vec<_> = letters.collect();
            let [word] = only[..] else { return None };
            Some(PageNumber { number: number(word)?, of: None })
        })
    };
    of_all.or_else(bare_of_all).or_else(named).or_else(alone)
}

/// The number that a list item or section starts with: 3 of *3. Term* and of *(3) Term*.
pub(super) fn item_number(text: &str) -> Option<u32> {
    let text = text.trim_start().trim_start_matches('(');
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let follows = text[digits..].chars().next()?;
    let number = text[..digits].parse().ok()?;
    (matches!(follows, '.' | ')') && (1..200).contains(&number)).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_pages_are_found() {
        let check = |line: &str, expected: Option<(u32, Option<u32>)>| {
            let found = page_number(&[line]).map(|found| (found.number, found.of));
            assert_eq!(found, expected, "{line}");
        };
        check("Print Date 05/13/20 Page 1 of 4", Some((1, Some(4))));
        check("Seite 2 von 3", Some((2, Some(3))));
        check("2/7", Some((2, Some(7))));
        check("- 12 -", Some((12, None)));
        check("Annual report, page 7", Some((7, None)));
        check("May 2020", None);
        check("page 5 of 3", Some((5, None)));
    }

    #[test]
    fn numbers_of_items_are_found() {
        assert_eq!(item_number("3. Term"), Some(3));
        assert_eq!(item_number("(12) Term"), Some(12));
        assert_eq!(item_number("2020 was a year"), None);
        assert_eq!(item_number("Term"), None);
    }
}
