//! Numbers as their formats show them (ECMA-376 part 1, 18.8.31).

use super::dates::Moment;

/// Digits that are shown of a number without a format: more are noise of binary fractions.
const GENERAL_DIGITS: usize = 15;

/// A number format: up to four sections, for positive numbers, negative ones, zero and text.
#[derive(Clone, Debug, Default)]
pub(super) struct NumberFormat(Vec<Vec<Token>>);

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Literal(String),
    /// `0`, `#` or `?`.
    Digit(char),
    Point,
    Comma,
    Percent,
    /// `E+` or `E-`.
    Exponent {
        plus: bool,
    },
    Slash,
    General,
    /// A run of one letter of a date.
    Date(char, usize),
    /// `AM/PM` or `A/P`.
    HalfDay(bool),
    /// `[h]`, `[mm]` or `[ss]`: the whole time.
    Elapsed(char, usize),
    /// A condition on the number.
    Condition(String),
}

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

fn tokens(section: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut rest = section;
    while let Some(character) = rest.chars().next() {
        let mut taken = character.len_utf8();
        let lower = rest.to_ascii_lowercase();
        match character {
            '"' => {
                let end = rest[1..].find('"').map_or(rest.len(), |at| at + 1);
                tokens.push(Token::Literal(rest[1..end].to_owned()));
                taken = (end + 1).min(rest.len());
            }
            '\\' | '_' | '*' => {
                let next = rest[1..].chars().next();
                taken += next.map_or(0, char::len_utf8);
                match (character, next) {
                    ('\\', Some(next)) => tokens.push(Token::Literal(next.to_string())),
                    ('_', _) => tokens.push(Token::Literal(" ".to_owned())),
                    _ => {}
                }
            }
            '[' => {
                let end = rest.find(']').unwrap_or(rest.len() - 1);
                bracket(&rest[1..end], &mut tokens);
                taken = end + 1;
            }
            _ if lower.starts_with("general") => {
                tokens.push(Token::General);
                taken = "general".len();
            }
            _ if lower.starts_with("am/pm") => {
                tokens.push(Token::HalfDay(true));
                taken = 5;
            }
            _ if lower.starts_with("a/p") => {
                tokens.push(Token::HalfDay(false));
                taken = 3;
            }
            _ if lower.starts_with("e+") || lower.starts_with("e-") => {
                tokens.push(Token::Exponent { plus: lower.starts_with("e+") });
                taken = 2;
            }
            '0' | '#' | '?' => tokens.push(Token::Digit(character)),
            '.' => tokens.push(Token::Point),
            ',' => tokens.push(Token::Comma),
            '%' => tokens.push(Token::Percent),
            '/' => tokens.push(Token::Slash),
            '@' => tokens.push(Token::General),
            'y' | 'm' | 'd' | 'h' | 's' | 'Y' | 'M' | 'D' | 'H' | 'S' => {
                let letter = character.to_ascii_lowercase();
                taken = lower.chars().take_while(|one| *one == letter).count();
                tokens.push(Token::Date(letter, taken));
            }
            other => tokens.push(Token::Literal(other.to_string())),
        }
        rest = &rest[taken.min(rest.len())..];
    }
    tokens
}

/// What stands in brackets: a currency, a condition, a whole time; colours show nothing.
fn bracket(inside: &str, tokens: &mut Vec<Token>) {
    let lower = inside.to_ascii_lowercase();
    let letter = lower.chars().next().unwrap_or(' ');
    if let Some(currency) = inside.strip_prefix('$') {
        let sign = currency.split('-').next().unwrap_or_default();
        if !sign.is_empty() {
            tokens.push(Token::Literal(sign.to_owned()));
        }
    } else if matches!(letter, 'h' | 'm' | 's') && lower.chars().all(|one| one == letter) {
        tokens.push(Token::Elapsed(letter, lower.len()));
    } else if matches!(letter, '<' | '>' | '=') {
        tokens.insert(0, Token::Condition(lower));
    }
}

/// A number without a format: as many digits as are sure.
fn general(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let rounded: f64 = format!("{number:.*e}", GENERAL_DIGITS - 1).parse().unwrap_or(number);
    let size = rounded.abs();
    if (1e-9..1e21).contains(&size) {
        return format!("{rounded}");
    }
    let shown = format!("{rounded:E}");
    let (digits, exponent) = shown.split_once('E').unwrap_or((&shown, "0"));
    match exponent.strip_prefix('-') {
        Some(exponent) => format!("{digits}E-{exponent:0>2}"),
        None => format!("{digits}E+{exponent:0>2}"),
    }
}

/// Places of digits in a section.
fn is_digit(token: &Token) -> bool {
    matches!(token, Token::Digit(_))
}

fn decimal(section: &[Token], number: f64, is_negative: bool) -> String {
    let minus = if is_negative { "-" } else { "" };
    if section.contains(&Token::General) {
        let shown = section.iter().map(|token| match token {
            Token::General => general(number),
            Token::Literal(text) => text.clone(),
            _ => String::new(),
        });
        return format!("{minus}{}", shown.collect::<String>());
    }
    let percents = section.iter().filter(|token| **token == Token::Percent).count();
    let mut number = number * 100_f64.powi(i32::try_from(percents).unwrap_or(1));
    let slash = section.iter().position(|token| *token == Token::Slash);
    if let Some(slash) = slash.filter(|_| section.iter().any(is_digit)) {
        return format!("{minus}{}", fraction(section, slash, number));
    }
    let exponent = section.iter().position(|token| matches!(token, Token::Exponent { .. }));
    let mantissa = &section[..exponent.unwrap_or(section.len())];
    let point = mantissa.iter().position(|token| *token == Token::Point);
    let whole = &mantissa[..point.unwrap_or(mantissa.len())];
    let last_digit = whole.iter().rposition(is_digit);
    // Commas behind the last digit divide by a thousand each; others group.
    let scaled = last_digit.map_or(0, |last| {
        whole[last + 1..].iter().take_while(|token| **token == Token::Comma).count()
    });
    number /= 1_000_f64.powi(i32::try_from(scaled).unwrap_or(0));
    let grouped = last_digit.is_some_and(|last| whole[..last].contains(&Token::Comma));
    let places = point.map_or(0, |point| mantissa[point..].iter().filter(|t| is_digit(t)).count());
    let mut power = 0;
    if exponent.is_some() && number != 0.0 {
        power = number.log10().floor() as i32;
        let digits = whole.iter().filter(|token| is_digit(token)).count().max(1);
        let step = i32::try_from(digits).unwrap_or(1);
        power = power.div_euclid(step) * step;
        number /= 10_f64.powi(power);
    }
    let shown = format!("{:.*}", places, rounded(number, places));
    let (integer, decimals) = shown.split_once('.').unwrap_or((&shown, ""));
    let mut out = minus.to_owned();
    out.push_str(&whole_part(whole, integer, grouped));
    if let Some(point) = point {
        out.push_str(&decimal_part(&mantissa[point..], decimals));
    }
    if let Some(at) = exponent {
        let plus = matches!(section[at], Token::Exponent { plus: true });
        let sign = if power < 0 {
            "-"
        } else if plus {
            "+"
        } else {
            ""
        };
        let width = section[at..].iter().filter(|token| is_digit(token)).count();
        out.push_str(&format!("E{sign}{:0>width$}", power.abs()));
        out.extend(section[at..].iter().filter_map(literal));
    }
    out
}

/// Half is rounded away from zero, of the decimal digits that are sure.
fn rounded(number: f64, places: usize) -> f64 {
    let sure: f64 = format!("{number:.*e}", GENERAL_DIGITS - 1).parse().unwrap_or(number);
    let factor = 10_f64.powi(i32::try_from(places).unwrap_or(0));
    let scaled = sure * factor;
    if scaled.abs() < 1e15 {
        let scaled: f64 = format!("{scaled:.*e}", GENERAL_DIGITS - 1).parse().unwrap_or(scaled);
        scaled.round() / factor
    } else {
        sure
    }
}

fn literal(token: &Token) -> Option<&str> {
    match token {
        Token::Literal(text) => Some(text),
        Token::Percent => Some("%"),
        _ => None,
    }
}

/// Digits from the right into their places; those that have none stand before the first place.
fn whole_part(whole: &[Token], integer: &str, grouped: bool) -> String {
    let mut digits: Vec<char> = integer.trim_start_matches('0').chars().collect();
    let first = whole.iter().position(is_digit);
    let mut reversed: Vec<char> = Vec::new();
    let mut count = 0;
    let mut push = |digit: char, reversed: &mut Vec<char>| {
        if grouped && count > 0 && count % 3 == 0 {
            reversed.push(',');
        }
        reversed.push(digit);
        count += 1;
    };
    for (at, token) in whole.iter().enumerate().rev() {
        match token {
            Token::Digit(place) => {
                match (digits.pop(), place) {
                    (Some(digit), _) => push(digit, &mut reversed),
                    (None, '0') => push('0', &mut reversed),
                    (None, '?') => reversed.push(' '),
                    _ => {}
                }
                if Some(at) == first {
                    while let Some(digit) = digits.pop() {
                        push(digit, &mut reversed);
                    }
                }
            }
            other => {
                reversed.extend(literal(other).into_iter().flat_map(|text| text.chars().rev()))
            }
        }
    }
    reversed.iter().rev().collect()
}

fn decimal_part(section: &[Token], decimals: &str) -> String {
    let mut digits = decimals.chars();
    let mut out = String::new();
    // Zeros at the end stand only in places that ask for them.
    let mut kept = decimals.trim_end_matches('0').len();
    let places: Vec<char> = section
        .iter()
        .filter_map(|token| if let Token::Digit(place) = token { Some(*place) } else { None })
        .collect();
    kept = kept.max(places.iter().rposition(|place| *place == '0').map_or(0, |at| at + 1));
    let mut shown = 0;
    for token in section {
        match token {
            Token::Point => out.push('.'),
            Token::Digit(_) => {
                let digit = digits.next().unwrap_or('0');
                if shown < kept {
                    out.push(digit);
                }
                shown += 1;
            }
            other => out.extend(literal(other)),
        }
    }
    out
}

fn fraction(section: &[Token], slash: usize, number: f64) -> String {
    let below = &section[slash + 1..];
    let fixed: String = below.iter().filter_map(literal).flat_map(str::chars).collect();
    let digits = below.iter().filter(|token| is_digit(token)).count().clamp(1, 4);
    let fixed: Option<u64> = fixed.trim().parse().ok().filter(|fixed| *fixed > 0);
    // A place for the whole number stands apart from those of the numerator.
    let before = &section[..slash];
    let gap = before.iter().rposition(|token| matches!(token, Token::Literal(text) if text == " "));
    let mixed = gap.is_some_and(|gap| before[..gap].iter().any(is_digit));
    let whole = if mixed { number.trunc() } else { 0.0 };
    let part = number - whole;
    let largest = 10_u64.pow(u32::try_from(digits).unwrap_or(1)) - 1;
    let denominators = match fixed {
        Some(fixed) => fixed..=fixed,
        None => 1..=largest,
    };
    let error = |denominator: u64| {
        let denominator = denominator as f64;
        ((part * denominator).round() / denominator - part).abs()
    };
    let best = denominators.min_by(|a, b| error(*a).total_cmp(&error(*b))).unwrap_or(1);
    let numerator = (part * best as f64).round();
    if mixed && numerator == 0.0 {
        return format!("{whole}");
    }
    if mixed && numerator >= best as f64 {
        return format!("{}", whole + 1.0);
    }
    if whole > 0.0 { format!("{whole} {numerator}/{best}") } else { format!("{numerator}/{best}") }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const DAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

fn date(section: &[Token], number: f64, from_1904: bool) -> Option<String> {
    let places = section.iter().filter(|token| is_digit(token)).count();
    let elapsed = section.iter().any(|token| matches!(token, Token::Elapsed(..)));
    let moment = if elapsed {
        let days = number.abs() % 1.0 + 1.0;
        Moment::of(days, false, places > 0)
    } else {
        Moment::of(number, from_1904, places > 0)
    }?;
    let half = section.iter().any(|token| matches!(token, Token::HalfDay(_)));
    let hour = match (half, moment.hour % 12) {
        (false, _) => moment.hour,
        (true, 0) => 12,
        (true, hour) => hour,
    };
    let seconds = (number.abs() * 86_400.0).round();
    let mut out = String::new();
    if elapsed && number < 0.0 {
        out.push('-');
    }
    for (at, token) in section.iter().enumerate() {
        let padded = |value: i64, count: usize| format!("{value:0width$}", width = count.min(2));
        let shown = match token {
            Token::Date('y', count) if *count <= 2 => format!("{:02}", moment.year % 100),
            Token::Date('y', _) => format!("{:04}", moment.year),
            Token::Date('m', count) if is_minute(section, at) => padded(moment.minute, *count),
            Token::Date('m', count @ 1..=2) => padded(i64::try_from(moment.month).ok()?, *count),
            Token::Date('m', 3) => MONTHS[moment.month - 1][..3].to_owned(),
            Token::Date('m', 5) => MONTHS[moment.month - 1][..1].to_owned(),
            Token::Date('m', _) => MONTHS[moment.month - 1].to_owned(),
            Token::Date('d', count @ 1..=2) => padded(moment.day, *count),
            Token::Date('d', 3) => DAYS[moment.weekday][..3].to_owned(),
            Token::Date('d', _) => DAYS[moment.weekday].to_owned(),
            Token::Date('h', count) => padded(hour, *count),
            Token::Date(_, count) => padded(moment.second, *count),
            Token::Elapsed(unit, count) => {
                let whole = match unit {
                    'h' => (seconds / 3_600.0).floor(),
                    'm' => (seconds / 60.0).floor(),
                    _ => seconds,
                };
                format!("{whole:0width$}", width = *count)
            }
            Token::HalfDay(long) => {
                let (morning, evening) = if *long { ("AM", "PM") } else { ("A", "P") };
                if moment.hour < 12 { morning } else { evening }.to_owned()
            }
            Token::Digit(_) if section[..at].last() == Some(&Token::Point) => {
                format!("{:03}", moment.millisecond)[..places.min(3)].to_owned()
            }
            Token::Point => ".".to_owned(),
            Token::Comma => ",".to_owned(),
            Token::Slash => "/".to_owned(),
            other => literal(other).unwrap_or_default().to_owned(),
        };
        out.push_str(&shown);
    }
    Some(out)
}

/// `m` stands for minutes behind hours and before seconds.
fn is_minute(section: &[Token], at: usize) -> bool {
    let is_time = |token: &&Token| matches!(token, Token::Date(..) | Token::Elapsed(..));
    let before = section[..at].iter().rev().find(is_time);
    let after = section[at + 1..].iter().find(is_time);
    matches!(before, Some(Token::Date('h', _) | Token::Elapsed('h', _)))
        || matches!(after, Some(Token::Date('s', _)))
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
