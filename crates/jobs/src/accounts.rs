//! Keys and their accounts. Only the hash of a key is stored, so only its holder knows the text.

use docket_contract::UserId;
use docket_contract::timestamp::Timestamp;
use docket_store::{
    Account, AccountLimits, AccountShare, ApiKey, Balance, DocumentBytes, NewApiKey,
};
use rand::TryRngCore;
use rand::rngs::OsRng;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::memory::Known;
use crate::{Caller, Error, Jobs};

/// A key just made, with the only copy of its text.
#[derive(Clone, Debug)]
pub struct FreshKey {
    /// The text that the holder sends. Shown once.
    pub text: String,
    /// The stored key.
    pub key: ApiKey,
}

impl Jobs {
    /// The account behind this key text; `None` if no live key has it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn authenticate(&self, key_text: &str) -> Result<Option<Caller>, Error> {
        let hash = hash(key_text);
        match self.known_caller(&hash) {
            Some(caller) => Ok(Some(caller)),
            None => self.look_up(&hash).await,
        }
    }

    /// The account behind this key text, if memory has it.
    pub(crate) fn caller_in_memory(&self, key_text: &str) -> Option<Caller> {
        self.known_caller(&hash(key_text))
    }

    fn known_caller(&self, hash: &[u8; 32]) -> Option<Caller> {
        match self.memory.keys.get(hash) {
            Known::Live(caller) => Some(caller),
            Known::LookAgain(caller) => {
                let (jobs, hash) = (self.clone(), *hash);
                tokio::spawn(async move {
                    if let Err(error) = jobs.look_up(&hash).await {
                        tracing::debug!(%error, "a key could not be looked up again");
                    }
                });
                Some(caller)
            }
            Known::Unknown => None,
        }
    }

    async fn look_up(&self, hash: &[u8; 32]) -> Result<Option<Caller>, Error> {
        let look_up = self.memory.keys.begin();
        let holder = self.store.find_key(hash).await?;
        self.memory.keys.learn(&look_up, hash, holder.as_ref());
        Ok(holder.map(|holder| Caller { user_id: holder.user_id }))
    }

    /// Makes a key with 256 random bits for the account, which is made if it is new.
    ///
    /// # Errors
    /// If the system has no randomness or the database fails.
    pub async fn create_key(
        &self,
        user: &UserId,
        limits: AccountLimits,
        label: &str,
    ) -> Result<FreshKey, Error> {
        let text = fresh_text()?;
        let key = self.insert_key(user, limits, label, &text, None).await?;
        Ok(FreshKey { text, key })
    }

    /// The total size of an account's stored documents, and its limit.
    ///
    /// # Errors
    /// If there is no such account, or the database fails.
    pub async fn document_bytes(&self, user: &UserId) -> Result<DocumentBytes, Error> {
        Ok(self.store.document_bytes(user).await?)
    }

    /// Limits the bytes of an account's documents; `None` gives it the common limit.
    ///
    /// # Errors
    /// [`Error::NotFound`], or if the database fails.
    pub async fn limit_documents(
        &self,
        user: &UserId,
        bytes_max: Option<i64>,
    ) -> Result<(), Error> {
        let is_set = self.store.set_document_limit(user, bytes_max).await?;
        if is_set { Ok(()) } else { Err(Error::NotFound) }
    }

    /// Every account, by name.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list_accounts(&self) -> Result<Vec<Account>, Error> {
        Ok(self.store.list_accounts().await?)
    }

    /// Sets those values of an account's share of the slots that are given.
    ///
    /// # Errors
    /// [`Error::NotFound`], or if the database fails.
    pub async fn set_share(&self, user: &UserId, share: AccountShare) -> Result<Account, Error> {
        self.store.set_share(user, share).await?.ok_or(Error::NotFound)
    }

    /// Makes a further key of the caller's account.
    ///
    /// # Errors
    /// If the system has no randomness or the database fails.
    pub async fn create_own_key(
        &self,
        caller: &Caller,
        label: &str,
        expires_at: Option<Timestamp>,
    ) -> Result<FreshKey, Error> {
        let text = fresh_text()?;
        let limits = AccountLimits::default();
        let key = self.insert_key(&caller.user_id, limits, label, &text, expires_at).await?;
        Ok(FreshKey { text, key })
    }

    /// The keys of the caller's account, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list_own_keys(&self, caller: &Caller) -> Result<Vec<ApiKey>, Error> {
        Ok(self.store.list_keys_of(&caller.user_id).await?)
    }

    /// Revokes the caller's live key whose text ends like this.
    ///
    /// # Errors
    /// [`Error::NotFound`] if no live key does, [`Error::Invalid`] if several do, or if the
    /// database fails.
    pub async fn revoke_own_key(&self, caller: &Caller, last_four: &str) -> Result<ApiKey, Error> {
        let keys = self.list_own_keys(caller).await?;
        let live = |key: &&ApiKey| key.revoked_at.is_none() && key.last_four == last_four;
        let mut matching = keys.iter().filter(live);
        let key = matching.next().ok_or(Error::NotFound)?;
        if matching.next().is_some() {
            return Err(Error::Invalid("Several keys end like this".to_owned()));
        }
        self.revoke_key(key.id).await?.ok_or(Error::NotFound)
    }

    /// Makes a given text a key of the account, unless it is one already.
    ///
    /// # Errors
    /// If the database fails, or the text was a key and is revoked.
    pub async fn preset_key(&self, user: &UserId, label: &str, text: &str) -> Result<(), Error> {
        if self.store.find_key(&hash(text)).await?.is_some() {
            return Ok(());
        }
        match self.insert_key(user, AccountLimits::default(), label, text, None).await {
            Ok(_) => Ok(()),
            // Another process preset the same key in between.
            Err(_) if self.store.find_key(&hash(text)).await?.is_some() => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Every key, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list_keys(&self) -> Result<Vec<ApiKey>, Error> {
        Ok(self.store.list_keys().await?)
    }

    /// Revokes a key; `None` if there is none with this id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn revoke_key(&self, id: Uuid) -> Result<Option<ApiKey>, Error> {
        let revoked = self.store.revoke_key(id).await?;
        self.memory.keys.revoked(id);
        Ok(revoked)
    }

    /// The caller's credits.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn balance(&self, caller: &Caller) -> Result<Balance, Error> {
        Ok(self.store.balance(&caller.user_id).await?)
    }

    async fn insert_key(
        &self,
        user: &UserId,
        limits: AccountLimits,
        label: &str,
        text: &str,
        expires_at: Option<Timestamp>,
    ) -> Result<ApiKey, Error> {
        self.store.ensure_account(user, limits).await?;
        let characters: Vec<char> = text.chars().collect();
        let last_four = characters[characters.len().saturating_sub(4)..].iter().collect();
        let key = NewApiKey {
            user_id: user.clone(),
            sha256: hash(text),
            last_four,
            label: label.to_owned(),
            expires_at,
        };
        Ok(self.store.insert_key(key).await?)
    }
}

/// The text of a new key.
fn fresh_text() -> Result<String, Error> {
    let hex: String = random_bytes()?.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("docket_{hex}"))
}

/// 256 random bits of the system.
pub(crate) fn random_bytes() -> Result<[u8; 32], Error> {
    let mut bytes = [0; 32];
    OsRng.try_fill_bytes(&mut bytes).map_err(|error| Error::Internal(Box::new(error)))?;
    Ok(bytes)
}

pub(crate) fn hash(key_text: &str) -> [u8; 32] {
    Sha256::digest(key_text.trim().as_bytes()).into()
}
