//! Who sent a request, as far as its connection shows.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::layers::wrong_keys::WrongKeys;
use crate::serve::OpenConnection;

/// The client of a request; an extension of it.
#[derive(Clone)]
pub(crate) struct Client {
    /// Of the client itself, also behind a trusted proxy.
    pub(crate) address: IpAddr,
    pub(crate) connection: Arc<OpenConnection>,
    pub(crate) wrong_keys: Arc<WrongKeys>,
    /// False if the client's address has too many connections through a proxy.
    pub(crate) has_room: bool,
    /// Set if the body of the request came too slowly.
    pub(crate) too_slow: Option<Arc<AtomicBool>>,
}

impl Client {
    /// Notes that the request had a valid key, or something made with one.
    pub(crate) fn is_known(&self) {
        self.connection.make_known();
    }

    /// Waits as long as wrong keys of this address have to wait.
    pub(crate) async fn gave_a_wrong_key(&self) {
        self.wrong_keys.wait(self.address.into()).await;
    }
}
