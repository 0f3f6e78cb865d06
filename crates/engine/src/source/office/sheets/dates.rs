//! Serial numbers of workbooks as dates and times (ECMA-376 part 1, 18.17.4).

/// A moment by its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub year: i64,
    pub month: usize,
    pub day: i64,
    /// 0 is Sunday.
    pub weekday: usize,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
    pub millisecond: i64,
}

const DAY_SECONDS: i64 = 86_400;
/// The last date that workbooks know, the end of the year 9999.
const DAYS_MAX: f64 = 2_958_466.0;

impl Moment {
    /// The moment of a serial number, rounded to the smallest unit that is shown; `None` for what is
    /// no date.
    pub(super) fn of(serial: f64, from_1904: bool, with_fractions: bool) -> Option<Self> {
        if !(0.0..DAYS_MAX).contains(&serial) {
            return None;
        }
        let unit = if with_fractions { 1_000 } else { 1 };
        // Serial numbers of dates stay far below 2^53 milliseconds.
        let units = (serial * (DAY_SECONDS * unit) as f64).round() as i64;
        let (days, rest) =
            (units.div_euclid(DAY_SECONDS * unit), units.rem_euclid(DAY_SECONDS * unit));
        let (seconds, millisecond) = (rest / unit, (rest % unit) * 1_000 / unit);
        // Excel counts a 29 February 1900, which was none: it is shown as such.
        let (year, month, day) = match (days, from_1904) {
            (60, false) => (1900, 2, 29),
            (days, true) => civil(days - 24_107),
            (0, false) => (1900, 1, 0),
            (days, false) => civil(days - if days < 60 { 25_568 } else { 25_569 }),
        };
        let weekday = if from_1904 { days + 5 } else { days + 6 }.rem_euclid(7) as usize;
        Some(Self {
            year,
            month,
            day,
            weekday,
            hour: seconds / 3_600,
            minute: seconds / 60 % 60,
            second: seconds % 60,
            millisecond: if with_fractions { millisecond } else { 0 },
        })
    }
}

/// Year, month and day of a number of days since the first of January 1970.
fn civil(days: i64) -> (i64, usize, i64) {
    // Days since the first of March of the year 0, in eras of 400 years.
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month as usize, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serials_are_dates_of_both_epochs() {
        for (serial, from_1904, want) in [
            (46_096.0, false, (2026, 3, 15, 0)),
            (1.0, false, (1900, 1, 1, 0)),
            (59.0, false, (1900, 2, 28, 2)),
            (60.0, false, (1900, 2, 29, 3)),
            (61.0, false, (1900, 3, 1, 4)),
            (0.0, true, (1904, 1, 1, 5)),
            (44_634.0, true, (2026, 3, 15, 0)),
        ] {
            let moment = Moment::of(serial, from_1904, false).unwrap();
            let got = (moment.year, moment.month, moment.day, moment.weekday);
            assert_eq!(got, want, "{serial}");
        }
        assert_eq!(Moment::of(-1.0, false, false), None);
        let moment = Moment::of(46_096.604_166_666_66, false, false).unwrap();
        assert_eq!((moment.hour, moment.minute, moment.second), (14, 30, 0));
    }
}
