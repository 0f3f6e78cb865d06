//! Words of bibliographies and of lists of authors.

use super::list::ByLanguage;

/// Headings of bibliographies: articles, theses and books.
pub(crate) const BIBLIOGRAPHY: ByLanguage = &[
    (
        "en",
        &[
            "references",
            "reference",
            "bibliography",
            "literature",
            "literature cited",
            "works cited",
            "references and notes",
            "notes and references",
            "cited references",
        ],
    ),
    ("de", &["literaturverzeichnis", "literatur"]),
    ("fr", &["références", "bibliographie"]),
    ("es", &["referencias", "bibliografía"]),
    ("it", &["riferimenti bibliografici"]),
];

/// Words of lists of names that are written small: authors of articles.
pub(crate) const NAME_WORDS: ByLanguage = &[
    ("mul", &["&"]),
    ("en", &["and"]),
    ("nl", &["van", "den"]),
    ("de", &["von", "der"]),
    ("es", &["de", "la"]),
];

/// Words before the page of a reference: bibliographies of articles.
pub(crate) const PAGE_WORDS: ByLanguage = &[("en", &["p", "pp", "page"])];

/// Words before the volume of a reference: bibliographies of articles.
pub(crate) const VOLUME_WORDS: ByLanguage = &[("en", &["vol", "volume"])];
