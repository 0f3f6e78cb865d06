//! Webhooks: what an account may do with its endpoints, and what workers do with deliveries.

mod deliver;
mod signature;

use std::time::Duration;

use docket_contract::timestamp::Timestamp;
use docket_contract::webhook::{
    Attempt, Delivery, DeliveryStatus, Endpoint, EventType, MessageId, SigningSecret,
};
use docket_store::{DeliveryQuery, EndpointChange, NewEndpoint};
use uuid::Uuid;

pub use deliver::{AttemptOutcome, AttemptResult, Refusal, SignedMessage};
pub use signature::{SecretText, sign, verify};

use crate::accounts::random_bytes;
use crate::public_host::leads_to_private_host;
use crate::{Caller, Error, Jobs};

/// Endpoints of one account, at most.
const ENDPOINTS_MAX: i64 = 20;

/// A request for a new endpoint.
#[derive(Clone, Debug)]
pub struct NewEndpointRequest {
    /// Where deliveries are posted to: `http` or `https`, checked by the caller.
    pub url: String,
    /// The account's own note.
    pub description: String,
    /// The events that it gets; empty: every event.
    pub events: Vec<EventType>,
}

/// One page of the log.
#[derive(Clone, Debug)]
pub struct DeliveryPage {
    /// Newest first.
    pub deliveries: Vec<Delivery>,
    /// There are older ones.
    pub more: bool,
}

impl Jobs {
    /// Makes an endpoint with a secret of 256 random bits.
    ///
    /// # Errors
    /// [`Error::PrivateHost`], [`Error::Invalid`] if the account has too many, or if the database
    /// fails.
    pub async fn create_endpoint(
        &self,
        caller: &Caller,
        endpoint: NewEndpointRequest,
    ) -> Result<Endpoint, Error> {
        self.refuse_private_host(&endpoint.url).await?;
        let endpoint = NewEndpoint {
            user_id: caller.user_id.clone(),
            url: endpoint.url,
            description: endpoint.description,
            events: endpoint.events,
            secret: SigningSecret(random_bytes()?),
        };
        self.store.insert_endpoint(endpoint, ENDPOINTS_MAX).await?.ok_or_else(|| {
            Error::Invalid(format!("An account has at most {ENDPOINTS_MAX} webhooks"))
        })
    }

    /// The caller's endpoints, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list_endpoints(&self, caller: &Caller) -> Result<Vec<Endpoint>, Error> {
        Ok(self.store.list_endpoints(&caller.user_id).await?)
    }

    /// One of the caller's endpoints.
    ///
    /// # Errors
    /// [`Error::NotFound`], or if the database fails.
    pub async fn find_endpoint(&self, caller: &Caller, id: Uuid) -> Result<Endpoint, Error> {
        self.store.find_endpoint(&caller.user_id, id).await?.ok_or(Error::NotFound)
    }

    /// Changes an endpoint. Enabling it sends its waiting deliveries.
    ///
    /// # Errors
    /// [`Error::PrivateHost`], [`Error::NotFound`], or if the database fails.
    pub async fn change_endpoint(
        &self,
        caller: &Caller,
        id: Uuid,
        change: EndpointChange,
    ) -> Result<Endpoint, Error> {
        if let Some(url) = &change.url {
            self.refuse_private_host(url).await?;
        }
        self.store.change_endpoint(&caller.user_id, id, change).await?.ok_or(Error::NotFound)
    }

    /// Gives an endpoint a new secret. For `overlap` deliveries are signed with the present one as
    /// well, so that the receiver can be changed at leisure.
    ///
    /// # Errors
    /// [`Error::NotFound`], or if the database fails.
    pub async fn rotate_endpoint_secret(
        &self,
        caller: &Caller,
        id: Uuid,
        overlap: Duration,
    ) -> Result<Endpoint, Error> {
        let fresh = SigningSecret(random_bytes()?);
        let rotated = self.store.rotate_secret(&caller.user_id, id, fresh, overlap).await?;
        rotated.ok_or(Error::NotFound)
    }

    /// Removes an endpoint, its log and its pending deliveries.
    ///
    /// # Errors
    /// [`Error::NotFound`], or if the database fails.
    pub async fn delete_endpoint(&self, caller: &Caller, id: Uuid) -> Result<(), Error> {
        let deleted = self.store.delete_endpoint(&caller.user_id, id).await?;
        if deleted { Ok(()) } else { Err(Error::NotFound) }
    }

    /// Sends a test by the way of every other delivery.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Invalid`] if the endpoint is disabled, or if the database
    /// fails.
    pub async fn test_endpoint(&self, caller: &Caller, id: Uuid) -> Result<Delivery, Error> {
        self.enabled_endpoint(caller, id).await?;
        self.store.insert_test(&caller.user_id, id).await?.ok_or(Error::NotFound)
    }

    /// The endpoint's deliveries, newest first.
    ///
    /// # Errors
    /// [`Error::NotFound`], or if the database fails.
    pub async fn list_deliveries(
        &self,
        caller: &Caller,
        id: Uuid,
        status: Option<DeliveryStatus>,
        before_seq: Option<i64>,
        limit: usize,
    ) -> Result<DeliveryPage, Error> {
        self.find_endpoint(caller, id).await?;
        let query = DeliveryQuery { endpoint_id: id, status, before_seq, limit };
        let mut deliveries = self.store.list_deliveries(query).await?;
        let more = deliveries.len() > limit;
        deliveries.truncate(limit);
        Ok(DeliveryPage { deliveries, more })
    }

    /// One of the endpoint's deliveries, with its attempts.
    ///
    /// # Errors
    /// [`Error::NotFound`], or if the database fails.
    pub async fn find_delivery(
        &self,
        caller: &Caller,
        endpoint: Uuid,
        id: MessageId,
    ) -> Result<(Delivery, Vec<Attempt>), Error> {
        self.find_endpoint(caller, endpoint).await?;
        self.store.find_delivery(endpoint, id).await?.ok_or(Error::NotFound)
    }

    /// Delivers again, whatever the status, under the same message id.
    ///
    /// # Errors
    /// As for [`Jobs::test_endpoint`].
    pub async fn replay_delivery(
        &self,
        caller: &Caller,
        endpoint: Uuid,
        id: MessageId,
    ) -> Result<Delivery, Error> {
        self.enabled_endpoint(caller, endpoint).await?;
        self.store.replay_delivery(endpoint, id).await?.ok_or(Error::NotFound)
    }

    /// Delivers again all failed deliveries of events at `since` or later; returns their number.
    ///
    /// # Errors
    /// As for [`Jobs::test_endpoint`].
    pub async fn replay_failed(
        &self,
        caller: &Caller,
        endpoint: Uuid,
        since: Timestamp,
    ) -> Result<u64, Error> {
        self.enabled_endpoint(caller, endpoint).await?;
        Ok(self.store.replay_failed(endpoint, since).await?)
    }

    /// Nothing would ever be delivered there: its owner gets an error now, not after days of attempts.
    async fn refuse_private_host(&self, url: &str) -> Result<(), Error> {
        let refused = !self.policy.webhooks.allow_private_hosts && leads_to_private_host(url).await;
        if refused { Err(Error::PrivateHost) } else { Ok(()) }
    }

    async fn enabled_endpoint(&self, caller: &Caller, id: Uuid) -> Result<Endpoint, Error> {
        let endpoint = self.find_endpoint(caller, id).await?;
        if endpoint.disabled.is_some() {
            return Err(Error::Invalid("The webhook is disabled: enable it first".to_owned()));
        }
        Ok(endpoint)
    }
}
