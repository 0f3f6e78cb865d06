//! Reads calendar dates in the forms that documents use.

use super::super::lexemes::{Lexeme, LexemeKind, lexemes};
use super::super::vocabulary::fold;

/// A date and where it stands in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Date {
    pub start: usize,
    pub end: usize,
    pub year: u32,
    pub month: u32,
    pub day: u32,
    /// Its separators were misread by a recogniser.
    pub damaged: bool,
    /// Common readers of dates do not know the form: "16th day of July", "29 maart 2014".
    pub is_unusual: bool,
}

impl Date {
    pub(crate) fn iso(&self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// First letters of the months, folded; longer spellings only have to start so.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen"],
    &["feb", "fev"],
    &["mar", "maa", "mrt"],
    &["apr", "avr", "abr"],
    &["may", "mai", "mei", "mag"],
    &["jun", "juin", "giu"],
    &["jul", "juil", "lug"],
    &["aug", "aou", "ago"],
    &["sep", "set"],
    &["oct", "okt", "ott", "out"],
    &["nov"],
    &["dec", "dez", "dic"],
];

/// Whole names, so that "march" is a month but "market" is not.
const NAMES: &str = "januar februar marz maerz mai juni juli oktober dezember januari februari maart mei \
     augustus janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre enero \
     febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre gennaio \
     febbraio aprile maggio giugno luglio settembre ottobre dicembre janeiro fevereiro marco maio \
     junho julho setembro outubro dezembro mrt okt dez avr fev juil";

const ENGLISH: &str = "january february march april may june july august september october november \
     december jan feb mar apr jun jul aug sep sept oct nov dec";

/// Every date of a text. `day_first` settles figures that could be read both ways.
pub(crate) fn dates(text: &str, day_first: bool) -> Vec<Date> {
    let pieces = lexemes(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < pieces.len() {
        match read(&pieces[at..], day_first) {
            Some((date, taken)) => {
                found.push(date);
                at += taken;
            }
            None => at += 1,
        }
    }
    found
}

/// The text holds a date.
pub(crate) fn proves_date(text: &str) -> bool {
    !dates(text, false).is_empty()
}

/// A figure of the text can only be a day, and it stands before the month.
pub(crate) fn proves_day_first(text: &str) -> bool {
    let pieces = lexemes(text);
    pieces.windows(5).any(|five| {
        figures(five).is_some_and(|(a, b, year)| {
            year > 31 && (13..=31).contains(&a) && (1..=12).contains(&b)
        })
    })
}

fn read(pieces: &[Lexeme<'_>], day_first: bool) -> Option<(Date, usize)> {
    numeric(pieces, day_first).or_else(|| day_month(pieces)).or_else(|| month_day(pieces))
}

/// Three figures between two equal separators.
fn figures(pieces: &[Lexeme<'_>]) -> Option<(u32, u32, u32)> {
    let [first, one, second, two, third, ..] = pieces else { return None };
    let separated = one.text == two.text && matches!(one.text, "/" | "-" | ".");
    let glued = [one, second, two, third].iter().all(|piece| piece.glued);
    let sized = first.is_digits(1..=4) && second.is_digits(1..=2) && third.is_digits(1..=4);
    if !separated || !glued || !sized {
        return None;
    }
    Some((first.figure()?, second.figure()?, third.figure()?))
}

fn numeric(pieces: &[Lexeme<'_>], day_first: bool) -> Option<(Date, usize)> {
    let (first, second, third) = figures(pieces).or_else(|| damaged_figures(pieces))?;
    let damaged = pieces[1].kind == LexemeKind::Letters;
    let (start, end) = (pieces[0].start, pieces[4].end);
    // More figures behind another separator are a version or a telephone number.
    let next_glued = |at: usize| pieces.get(at).filter(|piece| piece.glued);
    let goes_on = next_glued(5).is_some_and(|sign| {
        (sign.is(".") || sign.is("/"))
            && next_glued(6).is_some_and(|piece| piece.kind == LexemeKind::Digits)
    });
    if goes_on || (pieces[0].text.len() == 3) {
        return None;
    }
    let (year, month, day) = if pieces[0].text.len() == 4 {
        (first, second, third)
    } else {
        let year = whole_year(third, pieces[4].text.len())?;
        let first_is_day = first > 12 || (second <= 12 && (day_first || pieces[1].is(".")));
        if first_is_day { (year, second, first) } else { (year, first, second) }
    };
    let date = Date { start, end, year, month, day, damaged, is_unusual: false };
    is_real(&date).then_some((date, 5))
}

/// `05t07t20`: the strokes of a poor print, read as letters.
fn damaged_figures(pieces: &[Lexeme<'_>]) -> Option<(u32, u32, u32)> {
    let [first, one, second, two, third, ..] = pieces else { return None };
    let strokes = |piece: &Lexeme<'_>| matches!(piece.text, "t" | "l" | "I");
    let glued = [one, second, two, third].iter().all(|piece| piece.glued);
    let sized = [first, second, third].iter().all(|piece| piece.is_digits(2..=2));
    let damaged = glued && sized && strokes(one) && strokes(two);
    if damaged { Some((first.figure()?, second.figure()?, third.figure()?)) } else { None }
}

/// `16th day of July, 2002`, `7. Mai 2014`, `19-Apr-14`.
fn day_month(pieces: &[Lexeme<'_>]) -> Option<(Date, usize)> {
    let day = pieces.first()?;
    if !day.is_digits(1..=2) {
        return None;
    }
    let filler = ["st", "nd", "rd", "th", ".", "-", "/", "day", "of", "de", "o", "er", ","];
    let mut at = 1;
    while at <= 4 && pieces.get(at).is_some_and(|piece| filler.contains(&&*fold(piece.text))) {
        at += 1;
    }
    let name = pieces.get(at)?;
    let wordy = pieces[1..at].iter().any(|piece| fold(piece.text) == "day");
    let (month, is_unusual) = (month(name)?, wordy || is_foreign(name.text));
    at += 1;
    while pieces
        .get(at)
        .is_some_and(|piece| matches!(piece.text, "," | "." | "-" | "/" | "'" | "de"))
    {
        at += 1;
    }
    let year = year(pieces.get(at)?)?;
    let (start, end) = (day.start, pieces[at].end);
    let date = Date { start, end, year, month, day: day.figure()?, damaged: false, is_unusual };
    is_real(&date).then_some((date, at + 1))
}

/// `September 7, 2010`.
fn month_day(pieces: &[Lexeme<'_>]) -> Option<(Date, usize)> {
    let name = pieces.first()?;
    let (month, is_unusual) = (month(name)?, is_foreign(name.text));
    let mut at = 1;
    while pieces.get(at).is_some_and(|piece| piece.is(".") || piece.is("-")) {
        at += 1;
    }
    let day = pieces.get(at).filter(|piece| piece.is_digits(1..=2))?.figure()?;
    at += 1;
    let filler = ["st", "nd", "rd", "th", ",", ".", "-", "'", "of"];
    while pieces.get(at).is_some_and(|piece| filler.contains(&&*fold(piece.text))) {
        at += 1;
    }
    let year = year(pieces.get(at)?)?;
    let (start, end) = (pieces[0].start, pieces[at].end);
    let date = Date { start, end, year, month, day, damaged: false, is_unusual };
    is_real(&date).then_some((date, at + 1))
}

fn month(piece: &Lexeme<'_>) -> Option<u32> {
    if piece.kind != LexemeKind::Letters {
        return None;
    }
    let word = fold(piece.text);
    if !NAMES.split_whitespace().chain(ENGLISH.split_whitespace()).any(|name| name == word) {
        return None;
    }
    let begins = |forms: &&[&str]| forms.iter().any(|form| word.starts_with(form));
    MONTHS.iter().position(begins).and_then(|at| u32::try_from(at + 1).ok())
}

fn is_foreign(month: &str) -> bool {
    !ENGLISH.split_whitespace().any(|name| name == fold(month))
}

fn year(piece: &Lexeme<'_>) -> Option<u32> {
    whole_year(piece.figure()?, piece.text.len())
}

/// Years of two figures lie between 1970 and 2069.
fn whole_year(figure: u32, length: usize) -> Option<u32> {
    match length {
        4 => Some(figure),
        2 if figure < 70 => Some(2000 + figure),
        2 => Some(1900 + figure),
        _ => None,
    }
}

fn is_real(date: &Date) -> bool {
    let leap = date.year.is_multiple_of(4)
        && (!date.year.is_multiple_of(100) || date.year.is_multiple_of(400));
    let days = match date.month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&date.day) && (1800..=2200).contains(&date.year)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = dates(text, false).iter().map(Date::iso).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn forms_of_dates() {
        check("02/10/20 - 02/12/20", &["2020-02-10", "2020-02-12"]);
        check("01/27/20-02/02/20", &["2020-01-27", "2020-02-02"]);
        check("Datum: 7. Mai 2014", &["2014-05-07"]);
        check("19 april 2014", &["2014-04-19"]);
        check("the 16th day of July, 2002", &["2002-07-16"]);
        check("this 11 day of September 2009", &["2009-09-11"]);
        check("August 3 , 2014", &["2014-08-03"]);
        check("2021-04-21T10:00", &["2021-04-21"]);
        check("28/11/2022", &["2022-11-28"]);
        check("06.12.2022", &["2022-12-06"]);
        check("3-Mar-99", &["1999-03-03"]);
        check("05t07t20", &["2020-05-07"]);
    }

    #[test]
    fn what_only_looks_like_a_date() {
        for text in
            ["31/02/2020", "1.2.3.4", "192.168.10.1", "market 3, 2020", "12/2020", "99-99-99"]
        {
            check(text, &[]);
        }
    }

    #[test]
    fn the_document_settles_the_order() {
        assert_eq!(dates("06/03/2018", true)[0].iso(), "2018-03-06");
        assert!(proves_day_first("paid 27/03/2018"));
        assert!(!proves_day_first("paid 03/27/2018"));
    }
}
