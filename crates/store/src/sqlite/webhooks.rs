//! Endpoints of webhooks and the log of their deliveries, in SQLite.

use std::time::Duration;

use async_trait::async_trait;
use docket_contract::UserId;
use docket_contract::timestamp::Timestamp;
use docket_contract::webhook::{Attempt, Delivery, Endpoint, MessageId, SigningSecret};
use rusqlite::params;
use uuid::Uuid;

use super::rows::{all, duration_us, micros, one};
use super::writer::Turn;
use super::{SqliteStore, constraint_error};
use crate::error::Error;
use crate::interface::{DeliveryQuery, EndpointChange, NewEndpoint, WebhookStore};
use crate::rows::{
    attempt_columns, delivery_columns, endpoint_columns, events_text, read_attempt, read_delivery,
    read_endpoint,
};

/// Whether an attempt at the delivery is under way, with ?1 as the instant.
macro_rules! under_way {
    () => {
        "(status = 'pending' and claim_token is not null and next_attempt_at > ?1)"
    };
}

#[async_trait]
impl WebhookStore for SqliteStore {
    async fn insert_endpoint(
        &self,
        endpoint: NewEndpoint,
        endpoints_max: i64,
    ) -> Result<Option<Endpoint>, Error> {
        self.writer.run(move |turn| insert_endpoint(turn, &endpoint, endpoints_max)).await
    }

    async fn list_endpoints(&self, owner: &UserId) -> Result<Vec<Endpoint>, Error> {
        let owner = owner.clone();
        let list = concat!(
            "select ",
            endpoint_columns!(),
            " from webhook_endpoints where user_id = ?1 order by created_at desc, id desc"
        );
        self.readers.list(move |connection| all(connection, list, &[&owner.0], read_endpoint)).await
    }

    async fn find_endpoint(&self, owner: &UserId, id: Uuid) -> Result<Option<Endpoint>, Error> {
        self.readers.point(|connection| {
            one(
                connection,
                concat!(
                    "select ",
                    endpoint_columns!(),
                    " from webhook_endpoints where id = ?1 and user_id = ?2"
                ),
                &[id.as_bytes(), &owner.0],
                read_endpoint,
            )
        })
    }

    async fn change_endpoint(
        &self,
        owner: &UserId,
        id: Uuid,
        change: EndpointChange,
    ) -> Result<Option<Endpoint>, Error> {
        let owner = owner.clone();
        self.writer.run(move |turn| change_endpoint(turn, &owner, id, &change)).await
    }

    async fn rotate_secret(
        &self,
        owner: &UserId,
        id: Uuid,
        fresh: SigningSecret,
        overlap: Duration,
    ) -> Result<Option<Endpoint>, Error> {
        let owner = owner.clone();
        self.writer
            .run(move |turn| {
                one(
                    turn,
                    concat!(
                        "update webhook_endpoints set secret = ?4, previous_secret = secret,
                            previous_secret_until = ?1 + ?5, updated_at = ?1
                         where id = ?2 and user_id = ?3 returning ",
                        endpoint_columns!()
                    ),
                    &[
                        &micros(turn.now()),
                        id.as_bytes(),
                        &owner.0,
                        &fresh.0,
                        &duration_us(overlap),
                    ],
                    read_endpoint,
                )
            })
            .await
    }

    async fn delete_endpoint(&self, owner: &UserId, id: Uuid) -> Result<bool, Error> {
        let owner = owner.clone();
        self.writer
            .run(move |turn| {
                let deleted = turn
                    .prepare_cached("delete from webhook_endpoints where id = ?1 and user_id = ?2")?
                    .execute(params![id.as_bytes(), owner.0])?;
                Ok(deleted > 0)
            })
            .await
    }

    async fn insert_test(&self, owner: &UserId, id: Uuid) -> Result<Option<Delivery>, Error> {
        let owner = owner.clone();
        self.writer
            .run(move |turn| {
                turn.mark_delivery();
                one(
                    turn,
                    concat!(
                        "insert into webhook_deliveries (id, endpoint_id, occurred_at,
                            next_attempt_at, created_at)
                         select ?2, id, ?1, ?1, ?1 from webhook_endpoints
                         where id = ?3 and user_id = ?4 returning ",
                        delivery_columns!()
                    ),
                    &[&micros(turn.now()), Uuid::new_v4().as_bytes(), id.as_bytes(), &owner.0],
                    read_delivery,
                )
            })
            .await
    }

    async fn list_deliveries(&self, query: DeliveryQuery) -> Result<Vec<Delivery>, Error> {
        let limit = i64::try_from(query.limit).unwrap_or(i64::MAX - 1);
        let before = query.before_seq.unwrap_or(i64::MAX);
        let status = query.status.map(|status| status.as_str());
        self.readers
            .list(move |connection| {
                all(
                    connection,
                    concat!(
                        "select ",
                        delivery_columns!(),
                        " from webhook_deliveries
                         where endpoint_id = ?1 and seq < ?2 and (?3 is null or status = ?3)
                         order by seq desc limit ?4"
                    ),
                    &[query.endpoint_id.as_bytes(), &before, &status, &(limit + 1)],
                    read_delivery,
                )
            })
            .await
    }

    async fn find_delivery(
        &self,
        endpoint: Uuid,
        id: MessageId,
    ) -> Result<Option<(Delivery, Vec<Attempt>)>, Error> {
        self.readers.point(|connection| {
            let delivery = one(
                connection,
                concat!(
                    "select ",
                    delivery_columns!(),
                    " from webhook_deliveries where id = ?1 and endpoint_id = ?2"
                ),
                &[id.0.as_bytes(), endpoint.as_bytes()],
                read_delivery,
            )?;
            let Some(delivery) = delivery else { return Ok(None) };
            let attempts = all(
                connection,
                concat!(
                    "select ",
                    attempt_columns!(),
                    " from webhook_attempts where delivery_id = ?1 order by attempt"
                ),
                &[id.0.as_bytes()],
                read_attempt,
            )?;
            Ok(Some((delivery, attempts)))
        })
    }

    async fn replay_delivery(
        &self,
        endpoint: Uuid,
        id: MessageId,
    ) -> Result<Option<Delivery>, Error> {
        self.writer
            .run(move |turn| {
                turn.mark_delivery();
                one(
                    turn,
                    REPLAY,
                    &[&micros(turn.now()), id.0.as_bytes(), endpoint.as_bytes()],
                    read_delivery,
                )
            })
            .await
    }

    async fn replay_failed(&self, endpoint: Uuid, since: Timestamp) -> Result<u64, Error> {
        self.writer
            .run(move |turn| {
                turn.mark_delivery();
                let replayed = turn
                    .prepare_cached(
                        "update webhook_deliveries
                         set status = 'pending', ended_at = null, tries = 0, next_attempt_at = ?1
                         where endpoint_id = ?2 and status = 'failed' and occurred_at >= ?3",
                    )?
                    .execute(params![micros(turn.now()), endpoint.as_bytes(), micros(since)])?;
                Ok(replayed as u64)
            })
            .await
    }
}

fn insert_endpoint(
    turn: &Turn<'_>,
    endpoint: &NewEndpoint,
    endpoints_max: i64,
) -> Result<Option<Endpoint>, Error> {
    let id = Uuid::now_v7();
    let inserted = turn
        .prepare_cached(
            "insert into webhook_endpoints (id, user_id, url, description, events, secret,
                created_at, updated_at)
             select ?2, ?3, ?4, ?5, ?6, ?7, ?1, ?1
             where (select count(*) from webhook_endpoints where user_id = ?3) < ?8",
        )?
        .execute(params![
            micros(turn.now()),
            id.as_bytes(),
            endpoint.user_id.0,
            endpoint.url,
            endpoint.description,
            events_text(&endpoint.events),
            endpoint.secret.0,
            endpoints_max,
        ])
        .map_err(|error| constraint_error(error, "account", "webhook"))?;
    if inserted == 0 {
        return Ok(None);
    }
    one(
        turn,
        concat!("select ", endpoint_columns!(), " from webhook_endpoints where id = ?1"),
        &[id.as_bytes()],
        read_endpoint,
    )
}

fn change_endpoint(
    turn: &Turn<'_>,
    owner: &UserId,
    id: Uuid,
    change: &EndpointChange,
) -> Result<Option<Endpoint>, Error> {
    let now = micros(turn.now());
    let changed = one(
        turn,
        CHANGE,
        &[
            &now,
            id.as_bytes(),
            &owner.0,
            &change.url,
            &change.description,
            &change.events.as_deref().map(events_text),
            &change.enabled,
        ],
        read_endpoint,
    )?;
    turn.mark_delivery();
    if changed.is_some() && change.enabled == Some(true) {
        turn.prepare_cached(
            "update webhook_deliveries set next_attempt_at = ?1
             where endpoint_id = ?2 and status = 'pending' and next_attempt_at > ?1
                and claim_token is null",
        )?
        .execute(params![now, id.as_bytes()])?;
    }
    Ok(changed)
}

/// Whether a change makes the endpoint a new one, whose former failures say nothing.
macro_rules! forgiven {
    () => {
        "(?7 and disabled_at is not null or ?4 <> url)"
    };
}

const CHANGE: &str = concat!(
    "update webhook_endpoints set
        url = coalesce(?4, url),
        description = coalesce(?5, description),
        events = coalesce(?6, events),
        failures_in_a_row = case when ",
    forgiven!(),
    " then 0 else failures_in_a_row end,
        failing_since = case when ",
    forgiven!(),
    " then null else failing_since end,
        resting_until = case when ",
    forgiven!(),
    " then null else resting_until end,
        disabled_at = case when ?7 then null when not ?7 then coalesce(disabled_at, ?1)
            else disabled_at end,
        disabled_reason = case when ?7 then null
            when not ?7 then coalesce(disabled_reason, 'owner') else disabled_reason end,
        updated_at = ?1
     where id = ?2 and user_id = ?3
     returning ",
    endpoint_columns!()
);

const REPLAY: &str = concat!(
    "update webhook_deliveries set status = 'pending', ended_at = null,
        tries = case when ",
    under_way!(),
    " then tries else 0 end,
        claim_token = case when ",
    under_way!(),
    " then claim_token end,
        next_attempt_at = case when ",
    under_way!(),
    " then next_attempt_at else ?1 end
     where id = ?2 and endpoint_id = ?3 returning ",
    delivery_columns!()
);
