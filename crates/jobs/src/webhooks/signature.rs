//! Signatures of the Standard Webhooks specification
//! (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>):
//! HMAC-SHA-256 over id, time and body with dots between them, in base64 after `v1,`.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use docket_contract::webhook::{SECRET_BYTES, SigningSecret};
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// What stands before a secret's base64.
const SECRET_PREFIX: &str = "whsec_";

/// Seconds that a message's time may differ from the receiver's.
const TOLERANCE_S: i64 = 5 * 60;

/// A secret as people and programs hand it on.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(pub String);

impl From<&SigningSecret> for SecretText {
    fn from(secret: &SigningSecret) -> Self {
        Self(format!("{SECRET_PREFIX}{}", BASE64.encode(secret.0)))
    }
}

impl SecretText {
    /// The key behind the text; `None` if it is not one of ours.
    #[must_use]
    pub fn secret(&self) -> Option<SigningSecret> {
        let bytes = BASE64.decode(self.0.strip_prefix(SECRET_PREFIX)?).ok()?;
        <[u8; SECRET_BYTES]>::try_from(bytes).ok().map(SigningSecret)
    }
}

impl fmt::Debug for SecretText {
    /// Shows nothing of it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(..)")
    }
}

/// The header `webhook-signature`: one signature per secret, with spaces between them.
#[must_use]
pub fn sign(secrets: &[SigningSecret], id: &str, timestamp_s: i64, body: &[u8]) -> String {
    let one = |secret: &SigningSecret| {
        format!("v1,{}", BASE64.encode(mac(secret, id, timestamp_s, body).finalize().into_bytes()))
    };
    secrets.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// True if one of the signatures was made with the secret, and the message is not older or newer
/// than five minutes.
#[must_use]
pub fn verify(
    secret: &SigningSecret,
    id: &str,
    timestamp_s: i64,
    body: &[u8],
    signatures: &str,
    now_s: i64,
) -> bool {
    let genuine = |signature: &str| {
        let bytes = signature.strip_prefix("v1,").and_then(|text| BASE64.decode(text).ok());
        bytes.is_some_and(|bytes| mac(secret, id, timestamp_s, body).verify_slice(&bytes).is_ok())
    };
    now_s.abs_diff(timestamp_s) <= TOLERANCE_S.unsigned_abs()
        && signatures.split_ascii_whitespace().any(genuine)
}

fn mac(secret: &SigningSecret, id: &str, timestamp_s: i64, body: &[u8]) -> Hmac<Sha256> {
    let mut mac =
        <Hmac<Sha256> as Mac>::new_from_slice(&secret.0).expect("a MAC takes keys of any length");
    mac.update(format!("{id}.{timestamp_s}.").as_bytes());
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_S: i64 = 1_700_000_000;

    fn check(change: impl FnOnce(&mut (SigningSecret, String, i64, Vec<u8>, i64)), want: bool) {
        let secrets = [SigningSecret([1; 32]), SigningSecret([2; 32])];
        let mut message =
            (secrets[1].clone(), "msg_1".to_owned(), NOW_S, b"{}".to_vec(), NOW_S + 3);
        let signatures = sign(&secrets, &message.1, message.2, &message.3);
        change(&mut message);
        let (secret, id, timestamp_s, body, now_s) = message;
        assert_eq!(verify(&secret, &id, timestamp_s, &body, &signatures, now_s), want);
    }

    #[test]
    fn a_signature_holds_for_what_it_was_made_for() {
        check(|_| {}, true);
        check(|message| message.0 = SigningSecret([1; 32]), true);
        check(|message| message.0 = SigningSecret([3; 32]), false);
        check(|message| message.1 = "msg_2".to_owned(), false);
        check(|message| message.2 += 1, false);
        check(|message| message.3.push(b' '), false);
    }

    #[test]
    fn old_and_future_messages_are_refused() {
        check(|message| message.4 = NOW_S + TOLERANCE_S, true);
        check(|message| message.4 = NOW_S + TOLERANCE_S + 1, false);
        check(|message| message.4 = NOW_S - TOLERANCE_S - 1, false);
    }

    #[test]
    fn secrets_round_trip() {
        let secret = SigningSecret([9; 32]);
        let text = SecretText::from(&secret);
        assert!(text.0.starts_with("whsec_"));
        assert_eq!(text.secret(), Some(secret));
        for bad in ["", "whsec_", "whsec_AAAA", "secret"] {
            assert_eq!(SecretText(bad.to_owned()).secret(), None, "{bad}");
        }
        assert!(!format!("{text:?}").contains("whsec"));
    }
}
