//! Keys and who they stand for. A key's text is known to nobody but its holder: only its hash is
//! stored.

use docket_contract::UserId;
use docket_store::{AccountLimits, ApiKey, Balance, NewApiKey};
use rand::TryRngCore;
use rand::rngs::OsRng;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{Error, Jobs};

/// Who asks: the account behind a live key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub user_id: UserId,
}

/// A key just made, with the only copy of its text.
#[derive(Clone, Debug)]
pub struct FreshKey {
    /// What the holder sends. Shown once.
    pub text: String,
    /// What is stored.
    pub key: ApiKey,
}

impl Jobs {
    /// The account behind this key text; `None` if no live key has it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn authenticate(&self, key_text: &str) -> Result<Option<Caller>, Error> {
        let holder = self.store.find_key(&hash(key_text)).await?;
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
        let secret = random_bytes()?;
        let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        let text = format!("docket_{hex}");
        let key = self.insert_key(user, limits, label, &text).await?;
        Ok(FreshKey { text, key })
    }

    /// Makes a given text a key of the account, unless it is one already.
    ///
    /// # Errors
    /// If the database fails, or the text was a key and is revoked.
    pub async fn preset_key(&self, user: &UserId, label: &str, text: &str) -> Result<(), Error> {
        if self.store.find_key(&hash(text)).await?.is_some() {
            return Ok(());
        }
        match self.insert_key(user, AccountLimits::default(), label, text).await {
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
        Ok(self.store.revoke_key(id).await?)
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
    ) -> Result<ApiKey, Error> {
        self.store.ensure_account(user, limits).await?;
        let characters: Vec<char> = text.chars().collect();
        let last_four = characters[characters.len().saturating_sub(4)..].iter().collect();
        let key = NewApiKey {
            user_id: user.clone(),
            sha256: hash(text),
            last_four,
            label: label.to_owned(),
            expires_at: None,
        };
        Ok(self.store.insert_key(key).await?)
    }
}

/// 256 random bits of the system.
pub(crate) fn random_bytes() -> Result<[u8; 32], Error> {
    let mut bytes = [0; 32];
    OsRng.try_fill_bytes(&mut bytes).map_err(|error| Error::Internal(Box::new(error)))?;
    Ok(bytes)
}

fn hash(key_text: &str) -> [u8; 32] {
    Sha256::digest(key_text.trim().as_bytes()).into()
}
