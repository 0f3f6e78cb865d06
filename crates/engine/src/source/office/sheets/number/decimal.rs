//! Numbers in digits: plain, grouped, as powers of ten and as fractions.

use super::token::{Token, is_digit, literal};

/// Digits that are shown of a number without a format: more are noise of binary fractions.
const GENERAL_DIGITS: usize = 15;

/// A number without a format: as many digits as are sure.
pub(super) fn general(number: f64) -> String {
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

pub(super) fn decimal(section: &[Token], number: f64, is_negative: bool) -> String {
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
