//! Accounts and their keys.

use docket_contract::UserId;
use docket_store::{AccountLimits, Error, NewApiKey};
use uuid::Uuid;

use crate::fixture::{Fixture, MILLISECOND, user};

fn key(first_byte: u8) -> NewApiKey {
    NewApiKey {
        user_id: user(),
        sha256: [first_byte; 32],
        last_four: "cdef".to_owned(),
        label: format!("key {first_byte}"),
        expires_at: None,
    }
}

pub(crate) async fn accounts_are_made_once_and_updated(f: Fixture) {
    let made_at = f.now();
    f.clock.advance(MILLISECOND);
    let keep = AccountLimits::default();
    let account = f.store.ensure_account(&user(), keep).await.unwrap();
    assert_eq!((account.user_id, account.created_at), (user(), made_at));
    assert_eq!((account.credits_limit, account.submits_per_minute), (1_000_000, None));
    let limits = AccountLimits { credits: Some(7), submits_per_minute: Some(60) };
    f.store.ensure_account(&user(), limits).await.unwrap();
    let account = f.store.ensure_account(&user(), keep).await.unwrap();
    assert_eq!((account.credits_limit, account.submits_per_minute), (7, Some(60)));
    let other = f.store.ensure_account(&UserId("other".to_owned()), limits).await.unwrap();
    assert_eq!((other.credits_limit, other.created_at), (7, f.now()));
}

pub(crate) async fn keys_are_found_by_hash(f: Fixture) {
    assert_eq!(f.store.find_key(&[1; 32]).await.unwrap(), None);
    let stored = f.store.insert_key(key(1)).await.unwrap();
    assert_eq!((stored.last_four.as_str(), stored.label.as_str()), ("cdef", "key 1"));
    assert_eq!((&stored.user_id, stored.created_at, stored.revoked_at), (&user(), f.now(), None));
    let holder = f.store.find_key(&[1; 32]).await.unwrap().unwrap();
    assert_eq!((holder.key_id, &holder.user_id), (stored.id, &user()));
    assert_eq!(f.store.find_key_by_id(stored.id).await.unwrap(), Some(holder));
    assert_eq!(f.store.find_key_by_id(Uuid::now_v7()).await.unwrap(), None);
    assert_eq!(f.store.find_key(&[2; 32]).await.unwrap(), None);
}

pub(crate) async fn revoked_and_expired_keys_are_unknown(f: Fixture) {
    let revoked = f.store.insert_key(key(1)).await.unwrap();
    f.clock.advance(MILLISECOND);
    let answer = f.store.revoke_key(revoked.id).await.unwrap().unwrap();
    assert_eq!(answer.revoked_at, Some(f.now()));
    assert_eq!(f.store.find_key(&[1; 32]).await.unwrap(), None);
    assert_eq!(f.store.find_key_by_id(revoked.id).await.unwrap(), None);
    f.clock.advance(MILLISECOND);
    assert_eq!(
        f.store.revoke_key(revoked.id).await.unwrap(),
        Some(answer),
        "the first time counts"
    );
    assert_eq!(f.store.revoke_key(Uuid::now_v7()).await.unwrap(), None);

    let expired = f.store.insert_key(key(2)).await.unwrap();
    f.execute("update {api_keys} set expires_at = created_at").await;
    assert_eq!(f.store.find_key(&[2; 32]).await.unwrap(), None);
    assert_eq!(f.store.find_key_by_id(expired.id).await.unwrap(), None);
}

pub(crate) async fn equal_keys_conflict(f: Fixture) {
    let first = f.store.insert_key(key(1)).await.unwrap();
    f.store.revoke_key(first.id).await.unwrap();
    let again = f.store.insert_key(key(1)).await;
    assert!(matches!(again, Err(Error::Conflict("key"))), "{again:?}");
    assert_eq!(f.store.find_key(&[1; 32]).await.unwrap(), None, "it stays revoked");
}

pub(crate) async fn keys_need_an_account(f: Fixture) {
    let stranger = UserId("stranger".to_owned());
    let refused = f.store.insert_key(NewApiKey { user_id: stranger, ..key(1) }).await;
    assert!(matches!(refused, Err(Error::NotFound("account"))), "{refused:?}");
}

pub(crate) async fn keys_are_listed_newest_first(f: Fixture) {
    let mut stored = Vec::new();
    for byte in 1..=4 {
        stored.insert(0, f.store.insert_key(key(byte)).await.unwrap());
        // Two of them at the same instant.
        f.clock.advance(MILLISECOND * u32::from(byte % 2));
    }
    let revoked = f.store.revoke_key(stored[1].id).await.unwrap().unwrap();
    stored[1] = revoked;
    assert_eq!(f.store.list_keys().await.unwrap(), stored);
}

pub(crate) async fn keys_of_an_account_are_listed(f: Fixture) {
    let other = UserId("other".to_owned());
    f.store.ensure_account(&other, AccountLimits::default()).await.unwrap();
    let expires_at = Some(f.now() + MILLISECOND);
    let first = f.store.insert_key(NewApiKey { expires_at, ..key(1) }).await.unwrap();
    let theirs = f.store.insert_key(NewApiKey { user_id: other.clone(), ..key(2) }).await.unwrap();
    f.clock.advance(MILLISECOND);
    let second = f.store.insert_key(key(3)).await.unwrap();
    let second = f.store.revoke_key(second.id).await.unwrap().unwrap();
    assert_eq!((first.expires_at, second.expires_at), (expires_at, None));
    assert_eq!(f.store.list_keys_of(&user()).await.unwrap(), [second, first]);
    assert_eq!(f.store.list_keys_of(&other).await.unwrap(), [theirs]);
    let stranger = UserId("stranger".to_owned());
    assert_eq!(f.store.list_keys_of(&stranger).await.unwrap(), []);
}

pub(crate) async fn keys_expire(f: Fixture) {
    let expires_at = Some(f.now() + 2 * MILLISECOND);
    f.store.insert_key(NewApiKey { expires_at, ..key(1) }).await.unwrap();
    f.clock.advance(MILLISECOND);
    assert!(f.store.find_key(&[1; 32]).await.unwrap().is_some());
    f.clock.advance(MILLISECOND);
    assert_eq!(f.store.find_key(&[1; 32]).await.unwrap(), None);
}
