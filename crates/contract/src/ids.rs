//! Identifiers as newtypes, so that one kind is never taken for another.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident, $make:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Makes a fresh id.
            #[must_use]
            #[expect(clippy::new_without_default, reason = "a default id would hide that it is random")]
            pub fn new() -> Self {
                Self($make)
            }

            /// The id as a plain UUID.
            #[must_use]
            pub fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(value: Uuid) -> Self {
                Self(value)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }
    };
}

uuid_id!(
    /// A job's id: `UUIDv7`, so ids made later sort later.
    JobId,
    Uuid::now_v7()
);
uuid_id!(
    /// One execution of one job. A settlement that does not carry the current token is refused.
    ClaimToken,
    Uuid::new_v4()
);
uuid_id!(
    /// One start of one worker process. Never reused, so a restarted worker is a stranger.
    WorkerId,
    Uuid::new_v4()
);

impl FromStr for JobId {
    type Err = NotAJobId;

    /// Reads the lowercase or uppercase hyphenated form; every other form of a UUID is refused.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match Uuid::try_parse(text) {
            Ok(uuid) if text.len() == 36 => Ok(Self(uuid)),
            _ => Err(NotAJobId),
        }
    }
}

/// The text is not a hyphenated UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAJobId;

impl fmt::Display for NotAJobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a job id")
    }
}

impl std::error::Error for NotAJobId {}

/// The owner of jobs and keys, as it appears on the wire (`user_id`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(pub String);

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a blob lies. Keys are made here only and are always fresh, so no text of a client ever
/// becomes a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BlobKey(String);

impl BlobKey {
    /// A fresh place for an upload.
    #[must_use]
    pub fn upload() -> Self {
        Self::fresh("uploads")
    }

    /// A fresh place for the result of one execution.
    #[must_use]
    pub fn result() -> Self {
        Self::fresh("results")
    }

    /// The place of a file that belongs to the result under this key.
    #[must_use]
    pub fn file(&self, file_id: Uuid) -> Self {
        Self(format!("{}-{}", self.0, file_id.as_simple()))
    }

    /// Takes a key back from the database row it was written to.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The key as `folder/xx/uuid`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn fresh(folder: &str) -> Self {
        let id = Uuid::now_v7().as_simple().to_string();
        // The last digits of a UUIDv7 are random: they spread the files over 256 folders.
        Self(format!("{folder}/{}/{id}", &id[30..]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hyphenated_uuids_are_job_ids() {
        assert!("b2094b38-e432-44b6-a5d0-67bed07d5de1".parse::<JobId>().is_ok());
        for bad in
            ["", "0", "b2094b38e43244b6a5d067bed07d5de1", "b2094b38-e432-44b6-a5d0-67bed07d5de1x"]
        {
            assert!(bad.parse::<JobId>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn job_ids_sort_by_age() {
        let ids: Vec<JobId> = (0..100).map(|_| JobId::new()).collect();
        assert!(ids.is_sorted());
    }

    #[test]
    fn blob_keys_are_fresh_and_spread() {
        let (a, b) = (BlobKey::upload(), BlobKey::upload());
        assert_ne!(a, b);
        assert_eq!(a.as_str().split('/').count(), 3);
    }
}
