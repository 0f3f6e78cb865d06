//! What kind of value a property asks for, told by its type, its format and its words.

use serde_json::Value;

use super::schema::{Property, Scalar, Shape};
use super::vocabulary::{concepts, fold};

/// A kind of value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Text,
    Name,
    Date,
    /// A sum of money.
    Amount,
    /// Any other number.
    Number,
    Percent,
    Identifier,
    Email,
    Phone,
    Url,
    Iban,
    Bic,
    Address,
    /// A state or country whose law applies.
    Jurisdiction,
    Duration,
    YesNo,
    Choice(Vec<Value>),
}

/// The words of a property.
pub(super) struct Words {
    pub name: Vec<String>,
    pub description: Vec<String>,
    folded: String,
    raw_name: String,
}

impl Words {
    pub(super) fn of(property: &Property) -> Self {
        let told = property.description.as_deref().unwrap_or_default();
        let title = property.title.as_deref().unwrap_or_default();
        Self {
            name: concepts(&property.name),
            description: concepts(&format!("{title} {told}")),
            folded: fold(&format!("{title} {told}")),
            raw_name: fold(&property.name).replace(['-', ' '], "_"),
        }
    }

    fn names(&self, wanted: &[&str]) -> bool {
        self.name.iter().any(|concept| wanted.contains(&concept.as_str()))
    }

    fn tells(&self, wanted: &[&str]) -> bool {
        self.description.iter().any(|concept| wanted.contains(&concept.as_str()))
    }

    fn says(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.folded.contains(phrase))
    }

    fn ends(&self, wanted: &[&str]) -> bool {
        self.name.last().is_some_and(|last| wanted.contains(&last.as_str()))
    }
}

const MONEY: &[&str] = &[
    "amount",
    "total",
    "subtotal",
    "price",
    "balance",
    "gross",
    "net",
    "tax",
    "discount",
    "commission",
    "due",
    "paid",
    "payment",
];
const NAMES: &[&str] = &[
    "name",
    "person",
    "company",
    "vendor",
    "buyer",
    "customer",
    "advertiser",
    "agency",
    "registrant",
    "party",
    "contact",
    "executive",
    "bank",
    "signature",
];

/// The kind that a property asks for.
pub(super) fn kind_of(property: &Property) -> Kind {
    let words = Words::of(property);
    match &property.shape {
        Shape::Choice(values) => Kind::Choice(values.clone()),
        Shape::Scalar(Scalar::Boolean) => Kind::YesNo,
        Shape::Scalar(Scalar::Number | Scalar::Integer) => number_kind(property, &words),
        Shape::Scalar(Scalar::Text) => text_kind(property, &words),
        Shape::Scalars(item) => {
            let told = Property { shape: item.shape.clone(), ..property.clone() };
            kind_of(&told)
        }
        Shape::Object(_) | Shape::Rows(_) => Kind::Text,
    }
}

fn number_kind(property: &Property, words: &Words) -> Kind {
    let whole = matches!(property.shape, Shape::Scalar(Scalar::Integer));
    if is_share(words) {
        return Kind::Percent;
    }
    let counted = words.names(&["quantity", "number", "page", "year", "spots"]);
    if words.names(&["percent"]) || words.raw_name.contains("rate") && words.tells(&["percent"]) {
        Kind::Percent
    } else if !whole && !counted && (words.names(MONEY) || words.tells(&["amount", "currency"])) {
        Kind::Amount
    } else {
        Kind::Number
    }
}

fn text_kind(property: &Property, words: &Words) -> Kind {
    if let Some(kind) = told_kind(property, words) {
        return kind;
    }
    if words.ends(&["number", "code", "reference"]) || words.names(&["number"]) {
        return Kind::Identifier;
    }
    if words.says(&["law govern", "laws govern", "governing law", "whose law"])
        || words.names(&["jurisdiction", "law"])
    {
        return Kind::Jurisdiction;
    }
    let lasting = ["length of time", "duration", "how long", "period of time"];
    if matches!(words.raw_name.as_str(), "term" | "duration") || words.says(&lasting) {
        return Kind::Duration;
    }
    if words.ends(&["date", "birth"]) || is_moment(words) {
        return Kind::Date;
    }
    if words.ends(&["description", "item", "title", "remarks", "type", "terms", "status"]) {
        return Kind::Text;
    }
    if words.names(&["address"]) {
        return Kind::Address;
    }
    if is_share(words) {
        return Kind::Percent;
    }
    if words.ends(NAMES) || words.says(&["name of"]) {
        return Kind::Name;
    }
    if words.ends(MONEY) && !words.tells(&["name"]) {
        let numbered = words.names(&["tax"]) && words.tells(&["number"]);
        return if numbered { Kind::Identifier } else { Kind::Amount };
    }
    if words.tells(&["number", "code"]) && words.description.len() <= 3 {
        return Kind::Identifier;
    }
    Kind::Text
}

/// A rate that is no price: `cap_rate`, `vat_rate`, but not `daily_rate`.
fn is_share(words: &Words) -> bool {
    let priced =
        ["hour", "day", "daily", "night", "week", "month", "unit", "price", "room", "spot"];
    let has = |text: &str| priced.iter().any(|word| text.contains(word));
    let money = words.tells(&["amount", "currency"]) || words.says(&["price", "cost", " per "]);
    words.raw_name.ends_with("_rate") && !has(&words.raw_name) && !has(&words.folded) && !money
}

/// Kinds that a format or a single word settles.
fn told_kind(property: &Property, words: &Words) -> Option<Kind> {
    match property.format.as_deref() {
        Some("date" | "date-time") => return Some(Kind::Date),
        Some("email" | "idn-email") => return Some(Kind::Email),
        Some("uri" | "url" | "iri" | "hostname") => return Some(Kind::Url),
        _ => {}
    }
    let by_word: [(&str, Kind); 6] = [
        ("iban", Kind::Iban),
        ("bic", Kind::Bic),
        ("email", Kind::Email),
        ("website", Kind::Url),
        ("telephone", Kind::Phone),
        ("fax", Kind::Phone),
    ];
    by_word.into_iter().find(|(word, _)| words.ends(&[word])).map(|(_, kind)| kind)
}

/// `flight_from`, `start`, `valid_until`: a moment if the description says so or nothing speaks
/// against it.
fn is_moment(words: &Words) -> bool {
    words.tells(&["date"])
        && (words.ends(&["start", "end", "due", "effective"]) || words.names(&["date"]))
}

/// The property wants a date in the form of ISO 8601.
pub(super) fn wants_iso(property: &Property) -> bool {
    let told = property.description.as_deref().unwrap_or_default().to_lowercase();
    matches!(property.format.as_deref(), Some("date" | "date-time"))
        || ["yyyy-mm-dd", "iso 8601", "iso8601", "iso format"]
            .iter()
            .any(|form| told.contains(form))
}
