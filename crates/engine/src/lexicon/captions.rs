//! Words at the start of captions and of notes below tables.

use super::list::ByLanguage;

/// Names before the number of a caption: articles, theses, reports and books.
pub(crate) const CAPTIONS: ByLanguage = &[
    (
        "en",
        &[
            "figure",
            "fig.",
            "fig",
            "table",
            "tab.",
            "scheme",
            "chart",
            "algorithm",
            "listing",
            "exhibit",
        ],
    ),
    ("de", &["abbildung", "abb.", "tabelle"]),
    ("fr", &["tableau"]),
    ("es", &["figura", "tabla"]),
];

/// Names at the start of a caption that stands within the lines of a table: statistics, articles and
/// exhibits of contracts.
pub(crate) const TABLE_CAPTIONS: ByLanguage = &[
    ("en", &["table", "exhibit", "figure", "chart"]),
    ("fr", &["tableau"]),
    ("de", &["tabelle"]),
    ("es", &["tabla"]),
    ("it", &["tabella"]),
];

/// Words at the start of a note below a table: statistics, annual reports and articles.
pub(crate) const TABLE_NOTES: ByLanguage =
    &[("en", &["note", "notes", "source", "sources", "legend", "key"])];
