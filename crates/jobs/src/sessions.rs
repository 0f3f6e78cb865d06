//! Sessions of the dashboard: a browser keeps a signed id of its key, never the key itself.
//!
//! The signing secret is in the database, so every node accepts the sessions of every other. The
//! key is looked up at each request: a revoked key ends its sessions at once, on all nodes.

use docket_contract::timestamp::Timestamp;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Uuid;

use crate::accounts::{hash, random_bytes};
use crate::links::{from_hex, to_hex};
use crate::{Caller, Error, Jobs};

/// The name of the signing secret in the database.
const SECRET_NAME: &str = "sessions";

/// How long a session lasts, in seconds: a working day.
pub const SESSION_LIFETIME_S: i64 = 12 * 60 * 60;

impl Jobs {
    /// Begins a session with a key; answers its token, or `None` if no live key has this text.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn begin_session(&self, key_text: &str) -> Result<Option<String>, Error> {
        let Some(holder) = self.store.find_key(&hash(key_text)).await? else { return Ok(None) };
        let session = Session {
            key_id: holder.key_id,
            nonce: Uuid::new_v4(),
            expires_s: self.now().timestamp() + SESSION_LIFETIME_S,
        };
        Ok(Some(session.token(&self.session_secret().await?)))
    }

    /// The account behind a session; `None` if it was not begun here, is over, or its key is no
    /// longer live.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn find_session(&self, token: &str) -> Result<Option<Caller>, Error> {
        let session = Session::read(token, &self.session_secret().await?);
        let Some(session) = session.filter(|session| session.is_open(self.now())) else {
            return Ok(None);
        };
        let holder = self.store.find_key_by_id(session.key_id).await?;
        Ok(holder.map(|holder| Caller { user_id: holder.user_id }))
    }

    async fn session_secret(&self) -> Result<[u8; 32], Error> {
        let made = self.session_secret.get_or_try_init(|| async {
            Ok::<_, Error>(self.store.secret(SECRET_NAME, random_bytes()?).await?)
        });
        Ok(*made.await?)
    }
}

/// The content of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Session {
    key_id: Uuid,
    /// Distinguishes two sessions of one key.
    nonce: Uuid,
    expires_s: i64,
}

impl Session {
    fn token(&self, secret: &[u8; 32]) -> String {
        let signature = to_hex(&self.mac(secret).finalize().into_bytes());
        format!("{}.{}.{}.{signature}", self.key_id.simple(), self.nonce.simple(), self.expires_s)
    }

    /// Reads a token that was signed with this secret.
    fn read(token: &str, secret: &[u8; 32]) -> Option<Self> {
        let mut parts = token.split('.');
        let session = Self {
            key_id: parts.next()?.parse().ok()?,
            nonce: parts.next()?.parse().ok()?,
            expires_s: parts.next()?.parse().ok()?,
        };
        let signature = from_hex(parts.next()?)?;
        let is_genuine = session.mac(secret).verify_slice(&signature).is_ok();
        (is_genuine && parts.next().is_none()).then_some(session)
    }

    fn is_open(&self, now: Timestamp) -> bool {
        now.timestamp() < self.expires_s
    }

    fn mac(&self, secret: &[u8; 32]) -> Hmac<Sha256> {
        let mut mac =
            <Hmac<Sha256> as Mac>::new_from_slice(secret).expect("a MAC takes keys of any length");
        mac.update(format!("{}\n{}\n{}", self.key_id, self.nonce, self.expires_s).as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_signed_is_read_and_it_ends() {
        let (key_id, nonce) = (Uuid::new_v4(), Uuid::new_v4());
        let session = Session { key_id, nonce, expires_s: 1_000_000 };
        let token = session.token(&[7; 32]);
        assert_eq!(Session::read(&token, &[7; 32]), Some(session));
        assert_eq!(Session::read(&token, &[8; 32]), None, "of another installation");
        let later = Session { expires_s: 1_000_001, ..session }.token(&[8; 32]);
        let of_another_key = Session { key_id: Uuid::new_v4(), ..session }.token(&[8; 32]);
        let swapped =
            format!("{}.{}", token.rsplit_once('.').unwrap().0, &later[later.len() - 64..]);
        for bad in ["", "a.b.c.d", &later, &of_another_key, &swapped, &format!("{token}.1")] {
            assert_eq!(Session::read(bad, &[7; 32]), None, "{bad}");
        }
        let at = |seconds| Timestamp::from_timestamp(seconds, 0).unwrap();
        assert!(session.is_open(at(999_999)) && !session.is_open(at(1_000_000)));
        assert!(!token.contains(&key_id.to_string()) && token.is_ascii());
    }
}
