//! The vocabularies as types: what the status of each endpoint family may say, and nothing else.

use schemars::JsonSchema;
use serde::Serialize;

/// The status words of `/jobs`. Their mixed case is part of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub enum JobsWord {
    /// Waits for a worker.
    #[serde(rename = "queued")]
    Queued,
    /// In progress, or waiting to continue after an interruption.
    #[serde(rename = "PROCESSING")]
    Processing,
    /// Succeeded; the result can be read.
    #[serde(rename = "COMPLETED")]
    Completed,
    /// Failed or cancelled; `error` has the reason.
    #[serde(rename = "FAILED")]
    Failed,
}

impl JobsWord {
    /// Every word.
    pub const ALL: [Self; 4] = [Self::Queued, Self::Processing, Self::Completed, Self::Failed];

    /// Reads one of the four words, exactly as the wire spells them.
    #[must_use]
    pub fn from_wire(word: &str) -> Option<Self> {
        match word {
            "queued" => Some(Self::Queued),
            "PROCESSING" => Some(Self::Processing),
            "COMPLETED" => Some(Self::Completed),
            "FAILED" => Some(Self::Failed),
            _ => None,
        }
    }
}

/// The status words of `/parse` and of tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub enum ParseWord {
    /// The link is created; the document has not arrived yet.
    AwaitingUpload,
    /// The uploaded document waits for a worker.
    Queued,
    /// Waits for a worker.
    Starting,
    /// In progress.
    Processing,
    /// Succeeded; the result is included.
    Succeeded,
    /// Failed; `error` has the reason.
    Failed,
    /// Cancelled by its owner.
    Cancelled,
}

/// The status words of `/extract`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExtractWord {
    /// Waits for a worker.
    Queued,
    /// In progress.
    Processing,
    /// Succeeded; the result is included.
    Completed,
    /// Succeeded; the result needs review by a person. Kept for clients that know the word.
    Review,
    /// Failed or cancelled; `error` has the reason.
    Failed,
}

/// The status words of `/classify` and `/splitter`: a waiting job is `processing` too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PagesWord {
    /// Waiting or in progress.
    Processing,
    /// Succeeded; the result is included.
    Completed,
    /// Failed or cancelled; `error` has the reason.
    Failed,
}

/// The status words of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BatchWord {
    /// No job has begun.
    Queued,
    /// Some job has not ended.
    Processing,
    /// All jobs succeeded.
    Completed,
    /// All jobs ended, some of them failed.
    CompletedWithFailures,
    /// All jobs failed.
    Failed,
}

/// The status words of a job of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum BatchJobWord {
    /// Waits for a worker.
    Queued,
    /// In progress.
    Processing,
    /// Succeeded; the result can be read.
    Completed,
    /// Failed; `error` has the reason.
    Failed,
}

#[cfg(test)]
mod tests {
    use schemars::schema_for;
    use serde_json::Value;

    use super::*;
    use crate::state::JobState;

    /// The words that a schema allows.
    fn words<T: JsonSchema>() -> Vec<String> {
        fn gather(schema: &Value, found: &mut Vec<String>) {
            match schema {
                Value::Object(object) => {
                    found.extend(object.get("const").and_then(Value::as_str).map(str::to_owned));
                    let listed = object.get("enum").and_then(Value::as_array);
                    let listed = listed.into_iter().flatten().filter_map(Value::as_str);
                    found.extend(listed.map(str::to_owned));
                    object.values().for_each(|inner| gather(inner, found));
                }
                Value::Array(list) => list.iter().for_each(|inner| gather(inner, found)),
                _ => {}
            }
        }
        let mut found = Vec::new();
        gather(schema_for!(T).as_value(), &mut found);
        found
    }

    #[test]
    fn every_family_sends_only_its_own_words() {
        for state in JobState::ALL {
            assert!(words::<JobsWord>().contains(&state.jobs_word().to_owned()), "{state:?}");
            assert!(words::<ParseWord>().contains(&state.parse_word().to_owned()), "{state:?}");
            assert!(words::<ExtractWord>().contains(&state.extract_word().to_owned()), "{state:?}");
            assert!(words::<BatchJobWord>().contains(&state.extract_word().to_owned()));
            assert!(words::<PagesWord>().contains(&state.pages_word().to_owned()), "{state:?}");
        }
    }

    #[test]
    fn filters_are_read_as_they_are_sent() {
        assert_eq!(words::<JobsWord>(), ["queued", "PROCESSING", "COMPLETED", "FAILED"]);
        for word in words::<JobsWord>() {
            assert!(JobsWord::from_wire(&word).is_some(), "{word}");
        }
        assert_eq!(JobsWord::from_wire("completed"), None);
    }
}
