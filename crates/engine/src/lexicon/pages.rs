//! Words of page headers and footers and of the parts of long documents.

use super::list::ByLanguage;

/// Patterns of page numbers without blanks, with `#` for a number: reports, articles, letters.
pub(crate) const PAGE_NUMBERS: ByLanguage =
    &[("mul", &["#", "#/#", "p#"]), ("en", &["page#", "page#of#", "#of#", "page#/#"])];

/// Ends of the line between two parts of one table: annual reports, price lists, statements of
/// accounts.
pub(crate) const CONTINUED: ByLanguage =
    &[("en", &["continued", "(cont.)", "(cont'd)", "(cont\u{2019}d)", "(contd.)"])];

/// First words of headings of appendices, as they are written: reports and contracts.
pub(crate) const APPENDIX: ByLanguage = &[("en", &["Appendix", "APPENDIX"])];
