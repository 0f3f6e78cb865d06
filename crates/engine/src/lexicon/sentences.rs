//! Words of sentences, and words that lead from a share to what it is a share of.

use super::list::ByLanguage;

/// Small words that sentences have, and that labels and names seldom have: receipts, forms and
/// letters, on which a sentence may hold the word of a label.
pub(crate) const SENTENCE_WORDS: ByLanguage = &[
    (
        "en",
        &[
            "is", "are", "was", "were", "be", "been", "will", "shall", "can", "may", "must", "if",
            "or", "not", "you", "your", "we", "us", "our", "they", "it", "this", "that", "these",
            "those", "which", "who", "why", "how", "when", "here", "there", "please",
        ],
    ),
    ("de", &["ist", "sind", "wird", "werden", "nicht", "oder", "wir", "sie", "ihr", "bitte"]),
    ("fr", &["est", "sont", "sera", "pas", "ou", "nous", "vous", "votre", "merci", "ici"]),
    ("it", &["sono", "non", "oppure", "noi", "voi", "vostro", "qui", "grazie"]),
    ("es", &["es", "son", "no", "nosotros", "usted", "su", "aqui", "gracias"]),
    ("nl", &["zijn", "wordt", "niet", "wij", "uw", "hier", "bedankt"]),
];

/// What a description says before the parts that a value is to leave out.
pub(crate) const EXCLUDING: ByLanguage = &[
    ("en", &["without", "excluding", "not including", "except", "only the name", "name only"]),
    ("de", &["ohne"]),
    ("fr", &["sans"]),
    ("it", &["senza"]),
    ("es", &["sin "]),
    ("nl", &["zonder"]),
];

/// What stands between a percentage and the amount that it is taken of: invoices.
pub(crate) const SHARE_OF: ByLanguage = &[
    ("en", &["of", "on"]),
    ("de", &["von", "auf", "aus"]),
    ("fr", &["de", "du", "sur"]),
    ("it", &["di", "su"]),
    ("es", &["de", "sobre"]),
    ("nl", &["van", "over"]),
];
