//! Accounts, their credits and their keys.

use async_trait::async_trait;
use docket_contract::UserId;
use docket_contract::timestamp::Timestamp;
use uuid::Uuid;

use crate::error::Error;

/// Accounts and their keys.
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// Makes the account if it is new; sets the limits that are given.
    async fn ensure_account(&self, user: &UserId, limits: AccountLimits) -> Result<Account, Error>;

    /// Sets the given values of the account's share; `None` if there is no such account.
    async fn set_share(&self, user: &UserId, share: AccountShare)
    -> Result<Option<Account>, Error>;

    /// Every account, by name.
    async fn list_accounts(&self) -> Result<Vec<Account>, Error>;

    /// Stores a key by its hash. Putting the same hash again un-revokes nothing and is a conflict.
    async fn insert_key(&self, key: NewApiKey) -> Result<ApiKey, Error>;

    /// The live key with this hash and its account; revoked and expired keys are unknown.
    async fn find_key(&self, sha256: &[u8; 32]) -> Result<Option<KeyHolder>, Error>;

    /// The live key with this id and its account.
    async fn find_key_by_id(&self, id: Uuid) -> Result<Option<KeyHolder>, Error>;

    /// Every key, newest first, also revoked ones.
    async fn list_keys(&self) -> Result<Vec<ApiKey>, Error>;

    /// The account's keys, newest first, also revoked and expired ones.
    async fn list_keys_of(&self, user: &UserId) -> Result<Vec<ApiKey>, Error>;

    /// Revokes the key; `None` if there is none with this id.
    async fn revoke_key(&self, id: Uuid) -> Result<Option<ApiKey>, Error>;

    /// The account's credits in its present cycle of 30 days.
    async fn balance(&self, user: &UserId) -> Result<Balance, Error>;
}

/// An account's credits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// Credits used in this cycle.
    pub used: i64,
    /// Credits per cycle.
    pub limit: i64,
    /// The first day of this cycle.
    pub cycle_started_at: Timestamp,
}

impl Balance {
    /// Credits left, never below 0.
    #[must_use]
    pub fn remaining(&self) -> i64 {
        (self.limit - self.used).max(0)
    }
}

/// Limits of an account; `None` leaves what is set (for a new account: the defaults).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountLimits {
    /// Credits per cycle of 30 days; 1,000,000 unless set.
    pub credits: Option<i64>,
    /// Submits per 60 s; none unless set.
    pub submits_per_minute: Option<i32>,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id on the wire.
    pub user_id: UserId,
    /// Credits per cycle.
    pub credits_limit: i64,
    /// Submits per 60 s, if limited.
    pub submits_per_minute: Option<i32>,
    /// Its part of the slots, relative to other accounts' weights.
    pub weight: i32,
    /// Jobs that it may run at the same time, if it has a limit of its own.
    pub running_max: Option<i32>,
    /// Bytes that its documents may have together, if it has a limit of its own.
    pub document_bytes_max: Option<i64>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// An account's share of the slots; `None` leaves what is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountShare {
    /// Its part relative to other accounts' weights, 1 to 1000; 1 unless set.
    pub weight: Option<i32>,
    /// Jobs that it may run at the same time, at least 1; `Some(None)` gives way to the default of
    /// the store.
    pub running_max: Option<Option<i32>>,
}

/// A key to be stored.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    /// Its account, an existing one.
    pub user_id: UserId,
    /// SHA-256 of the key's text.
    pub sha256: [u8; 32],
    /// The last four characters of the key's text.
    pub last_four: String,
    /// Its description, shown in lists.
    pub label: String,
    /// From then on it is unknown.
    pub expires_at: Option<Timestamp>,
}

/// A stored key; only its holder knows its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Names it in commands.
    pub id: Uuid,
    /// Its account.
    pub user_id: UserId,
    /// The last four characters of its text.
    pub last_four: String,
    /// Its description.
    pub label: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is unknown.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// The account of a live key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyHolder {
    /// The key.
    pub key_id: Uuid,
    /// Its account.
    pub user_id: UserId,
}
