//! Secrets are made once, whoever asks first.

use crate::fixture::Fixture;

pub(crate) async fn the_first_secret_stays(fixture: Fixture) {
    let store = &fixture.store;
    assert_eq!(store.secret("links", [1; 32]).await.unwrap(), [1; 32]);
    assert_eq!(store.secret("links", [2; 32]).await.unwrap(), [1; 32]);
    assert_eq!(store.secret("other", [3; 32]).await.unwrap(), [3; 32]);
}
