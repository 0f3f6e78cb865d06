//! Numbers as dates and times.

use super::super::dates::Moment;
use super::token::{Token, is_digit, literal};

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

pub(super) fn date(section: &[Token], number: f64, from_1904: bool) -> Option<String> {
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
