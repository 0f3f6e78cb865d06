//! Numbers as their formats show them (ECMA-376 part 1, 18.8.31).

mod calendar;
mod decimal;
mod token;

use calendar::date;
use decimal::{decimal, general};
use token::{Token, tokens};

/// A number format: up to four sections, for positive numbers, negative ones, zero and text.
#[derive(Clone, Debug, Default)]
pub(super) struct NumberFormat(Vec<Vec<Token>>);

impl NumberFormat {
    pub(super) fn of(code: &str) -> Self {
        if code.eq_ignore_ascii_case("general") || code.is_empty() {
            return Self::default();
        }
        Self(sections(code).iter().map(|section| tokens(section)).collect())
    }

    /// A format that has a number instead of a code (18.8.30).
    pub(super) fn built_in(id: u64) -> Self {
        Self::of(match id {
            1 => "0",
            2 => "0.00",
            3 => "#,##0",
            4 => "#,##0.00",
            5 | 6 => "\"$\"#,##0_);(\"$\"#,##0)",
            7 | 8 => "\"$\"#,##0.00_);(\"$\"#,##0.00)",
            9 => "0%",
            10 => "0.00%",
            11 => "0.00E+00",
            12 => "# ?/?",
            13 => "# ??/??",
            14 => "m/d/yyyy",
            15 => "d-mmm-yy",
            16 => "d-mmm",
            17 => "mmm-yy",
            18 => "h:mm AM/PM",
            19 => "h:mm:ss AM/PM",
            20 => "h:mm",
            21 => "h:mm:ss",
            22 => "m/d/yyyy h:mm",
            37 | 38 => "#,##0_);(#,##0)",
            39 | 40 => "#,##0.00_);(#,##0.00)",
            41 => "_(* #,##0_);_(* (#,##0);_(* \"-\"_);_(@_)",
            42 => "_(\"$\"* #,##0_);_(\"$\"* (#,##0);_(\"$\"* \"-\"_);_(@_)",
            43 => "_(* #,##0.00_);_(* (#,##0.00);_(* \"-\"??_);_(@_)",
            44 => "_(\"$\"* #,##0.00_);_(\"$\"* (#,##0.00);_(\"$\"* \"-\"??_);_(@_)",
            45 => "mm:ss",
            46 => "[h]:mm:ss",
            47 => "mm:ss.0",
            48 => "##0.0E+0",
            _ => "",
        })
    }

    /// A number as the format shows it.
    pub(super) fn show(&self, number: f64, from_1904: bool) -> String {
        let Some((section, shows_sign)) = self.section(number) else { return general(number) };
        let shown = if section.is_empty() {
            String::new()
        } else if section.iter().any(|token| matches!(token, Token::Date(..) | Token::Elapsed(..)))
        {
            match date(section, number, from_1904) {
                Some(shown) => shown,
                None => general(number),
            }
        } else {
            decimal(section, number.abs(), number < 0.0 && shows_sign)
        };
        shown.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The section for a number, and whether it shows the sign itself.
    fn section(&self, number: f64) -> Option<(&[Token], bool)> {
        let sections = &self.0;
        let first = sections.first()?;
        for section in sections.iter().take(2) {
            if let Some(Token::Condition(condition)) = section.first() {
                if holds(condition, number) {
                    return Some((section, true));
                }
            } else if sections.len() == 1 {
                break;
            }
        }
        let conditional =
            sections.iter().any(|one| matches!(one.first(), Some(Token::Condition(_))));
        if conditional {
            let other =
                sections.iter().find(|one| !matches!(one.first(), Some(Token::Condition(_))));
            return other.map(|section| (section.as_slice(), true));
        }
        Some(match sections.as_slice() {
            [_, negative, ..] if number < 0.0 => (negative, false),
            [_, _, zero, ..] if number == 0.0 => (zero, false),
            _ => (first, true),
        })
    }
}

fn holds(condition: &str, number: f64) -> bool {
    let digits = condition.trim_start_matches(['<', '>', '=']);
    let Ok(limit) = digits.parse::<f64>() else { return false };
    match &condition[..condition.len() - digits.len()] {
        "<" => number < limit,
        "<=" => number <= limit,
        ">" => number > limit,
        ">=" => number >= limit,
        "=" => number == limit,
        "<>" => number != limit,
        _ => false,
    }
}

/// A code cut at its semicolons.
fn sections(code: &str) -> Vec<String> {
    let mut sections = vec![String::new()];
    let (mut quoted, mut escaped, mut bracket) = (false, false, false);
    for character in code.chars() {
        let ends = character == ';' && !quoted && !escaped && !bracket;
        match character {
            _ if escaped => escaped = false,
            '\\' if !quoted => escaped = true,
            '"' => quoted = !quoted,
            '[' if !quoted => bracket = true,
            ']' => bracket = false,
            _ => {}
        }
        match sections.last_mut() {
            Some(last) if !ends => last.push(character),
            _ => sections.push(String::new()),
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: &str, number: f64, want: &str) {
        assert_eq!(NumberFormat::of(code).show(number, false), want, "{code} {number}");
    }

    #[test]
    fn numbers_are_grouped_and_rounded() {
        check("#,##0", 1_231_486.34, "1,231,486");
        check("#,##0", 20.0, "20");
        check("#,##0.00", 1_232_720.92, "1,232,720.92");
        check("\"$\"#,##0.00", 1234.5, "$1,234.50");
        check("[$\u{20AC}-407] #,##0.00", 9.5, "\u{20AC} 9.50");
        check("#,##0,", 1_234_567.0, "1,235");
        check("0.0#", 2.5, "2.5");
        check("0.0#", 2.0, "2.0");
        check("000-0000", 74_410.0, "007-4410");
        check("0.00", 1.005, "1.01");
        check("0", 0.5, "1");
        check("#,##0.00", -12.5, "-12.50");
    }

    #[test]
    fn sections_are_chosen_by_sign_and_condition() {
        check("0.00;(0.00)", -12.5, "(12.50)");
        check("0.00;(0.00)", 3.0, "3.00");
        check("0.00_);[Red](0.00)", -0.25, "(0.25)");
        check("0;-0;\"none\"", 0.0, "none");
        check("[<100]0.0;0", 12.34, "12.3");
        check("[<100]0.0;0", 1234.0, "1234");
        check("_(* #,##0.00_);_(* (#,##0.00);_(* \"-\"??_);_(@_)", -1234.5, "(1,234.50)");
        check("_(* #,##0.00_);_(* (#,##0.00);_(* \"-\"??_);_(@_)", 0.0, "-");
    }

    #[test]
    fn percentages_powers_and_fractions() {
        check("0.0%", 0.075, "7.5%");
        check("0%", 0.0801, "8%");
        check("0.00E+00", 12_345.0, "1.23E+04");
        check("##0.0E+0", 12_345.0, "12.3E+3");
        check("# ?/?", 0.5, "1/2");
        check("# ?/?", 1.25, "1 1/4");
        check("# ?/?", 3.0, "3");
        check("# ??/??", 2.34, "2 17/50");
        check("?/8", 0.5, "4/8");
    }

    #[test]
    fn dates_and_times() {
        check("d mmm yyyy", 46_096.0, "15 Mar 2026");
        check("yyyy-mm-dd hh:mm", 46_096.604_166_666_66, "2026-03-15 14:30");
        check("[h]:mm", 1.5625, "37:30");
        check("[mm]:ss", 0.0625, "90:00");
        check("hh:mm", 0.375, "09:00");
        check("h:mm AM/PM", 0.75, "6:00 PM");
        check("dddd, mmmm d", 46_096.0, "Sunday, March 15");
        check("mm:ss.0", 0.000_717_6, "01:02.0");
        check("dd/mm/yy", 46_096.0, "15/03/26");
    }

    #[test]
    fn numbers_without_a_format() {
        for (number, want) in [
            (3.300_000_000_000_000_3, "3.3"),
            (4_500_000_000_000_000.0, "4500000000000000"),
            (123_456_789_012.0, "123456789012"),
            (0.1 + 0.2, "0.3"),
            (-42.0, "-42"),
            (1e25, "1E+25"),
            (1.5e-12, "1.5E-12"),
        ] {
            check("General", number, want);
        }
    }
}
