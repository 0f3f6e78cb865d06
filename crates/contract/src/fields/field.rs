//! One entry of a table of fields.

use serde_json::{Map, Value};

use super::reading::Reading;
use crate::document::Warning;

/// A field of a form; `S` is what its value is written to.
#[derive(Clone, Copy)]
pub struct Field<S: 'static> {
    /// The name that wins if a request has several of them.
    pub name: &'static str,
    /// Other names, in the order in which they count.
    pub aliases: &'static [&'static str],
    /// What it holds, and what is done with it.
    pub kind: Kind<S>,
    /// The value of a request without it, as a form writes it.
    pub default: Option<&'static str>,
    /// A request without it is refused.
    pub required: bool,
    /// What it changes.
    pub effect: Effect,
    /// How answers repeat it.
    pub echo: Echo<S>,
    /// Bytes of its text; more are refused.
    pub bytes_max: Option<usize>,
    /// How an error begins, if not with the name: `Invalid schema data`.
    pub label: Option<&'static str>,
    /// What it does, in one or more sentences; empty if it does nothing.
    pub doc: &'static str,
}

/// What a field holds, with the function that takes the value.
#[derive(Clone, Copy)]
pub enum Kind<S: 'static> {
    /// Any text.
    Text(fn(&mut S, &str, &mut Reading<'_>) -> Result<(), String>),
    /// `true` or `false`, in any case.
    Boolean(fn(&mut S, bool)),
    /// A whole number within limits.
    Integer {
        /// The smallest.
        least: u64,
        /// The largest.
        most: u64,
        /// What any other value does.
        otherwise: Otherwise,
        /// Takes the number.
        set: fn(&mut S, u64),
    },
    /// One of a set of words.
    Words {
        /// All of them.
        allowed: &'static [&'static str],
        /// What any other value does.
        otherwise: Otherwise,
        /// Takes the word.
        set: fn(&mut S, &str),
    },
    /// JSON: as a text in a form, as it is in a JSON body. Anything else is refused.
    Json(fn(&mut S, &Value, &mut Reading<'_>) -> Result<(), String>),
}

/// What a value does that a field does not know.
#[derive(Clone, Copy)]
pub enum Otherwise {
    /// The request is read as if the field were absent, with a warning.
    Warns,
    /// The request is refused with a sentence about the field.
    Refuses,
    /// The request is refused with this sentence.
    RefusesWith(&'static str),
}

/// What a field changes.
#[derive(Clone, Copy)]
pub enum Effect {
    /// What its sentence says.
    Works,
    /// What its sentence says; values for which this is true need a model as well.
    WorksInPart(fn(&Value) -> bool),
    /// Nothing: it is accepted for compatibility.
    Nothing,
    /// Nothing without a model, which values ask for if this is true of them.
    NeedsModel(fn(&Value) -> bool),
}

/// How answers repeat a field.
#[derive(Clone, Copy)]
pub enum Echo<S: 'static> {
    /// Not at all.
    Never,
    /// As it was sent, if it was.
    AsSent,
    /// As it was sent, or else its default.
    Always,
    /// From the options in effect.
    Of(fn(&S) -> Value),
}

/// Options that a table writes to.
pub trait Options {
    /// Values that answers repeat as they were sent.
    fn sent(&self) -> Option<&Map<String, Value>> {
        None
    }

    /// The same, to be changed.
    fn sent_mut(&mut self) -> Option<&mut Map<String, Value>> {
        None
    }

    /// What of the request was not understood.
    fn warnings_mut(&mut self) -> &mut Vec<Warning>;
}

impl<S> Field<S> {
    /// A field that works, has no default and is not echoed.
    pub(crate) const fn new(name: &'static str, kind: Kind<S>, doc: &'static str) -> Self {
        Self {
            name,
            aliases: &[],
            kind,
            default: None,
            required: false,
            effect: Effect::Works,
            echo: Echo::Never,
            bytes_max: None,
            label: None,
            doc,
        }
    }

    /// A switch that needs a model, echoed as it was sent.
    pub(crate) const fn model_switch(name: &'static str) -> Self {
        Self {
            effect: Effect::NeedsModel(|value| matches!(value, Value::Bool(true))),
            echo: Echo::AsSent,
            default: Some("false"),
            ..Self::new(name, Kind::Boolean(|_, _| {}), "")
        }
    }

    /// A field that is accepted for compatibility and echoed as it was sent.
    pub(crate) const fn compatible(name: &'static str, kind: Kind<S>) -> Self {
        Self { effect: Effect::Nothing, echo: Echo::AsSent, ..Self::new(name, kind, "") }
    }

    /// All names, the one that wins first.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<S> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }

    /// True if this value asks for something that only a model can do.
    pub(crate) fn needs_model(&self, value: &Value) -> bool {
        match self.effect {
            Effect::Works | Effect::Nothing => false,
            Effect::WorksInPart(asks) | Effect::NeedsModel(asks) => asks(value),
        }
    }

    /// The default as JSON.
    pub(crate) fn default_value(&self) -> Option<Value> {
        let text = self.default?;
        Some(match self.kind {
            Kind::Text(_) | Kind::Words { .. } => Value::String(text.to_owned()),
            Kind::Boolean(_) | Kind::Integer { .. } | Kind::Json(_) => {
                serde_json::from_str(text).unwrap_or_default()
            }
        })
    }
}

impl<S: Options> Field<S> {
    /// Its value as it was sent, with the name that it was sent under.
    pub(crate) fn sent<'s>(&self, options: &'s S) -> Option<(&'static str, &'s Value)> {
        let sent = options.sent()?;
        self.names().find_map(|name| Some((name, sent.get(name)?)))
    }

    /// What answers say of it.
    pub(crate) fn echoed(&self, options: &S) -> Option<Value> {
        let sent = || self.sent(options).map(|(_, value)| value.clone());
        match self.echo {
            Echo::Never => None,
            Echo::AsSent => sent(),
            Echo::Always => sent().or_else(|| self.default_value()),
            Echo::Of(get) => Some(get(options)),
        }
    }
}
