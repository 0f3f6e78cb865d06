//! Endpoints of webhooks and the log of their deliveries, in Postgres.

use std::time::Duration;

use async_trait::async_trait;
use docket_contract::UserId;
use docket_contract::timestamp::Timestamp;
use docket_contract::webhook::{Attempt, Delivery, Endpoint, MessageId, SigningSecret};
use uuid::Uuid;

use super::PostgresStore;
use super::rows::{PgColumns, duration_us, one};
use crate::error::Error;
use crate::interface::{DeliveryQuery, EndpointChange, NewEndpoint, WebhookStore};
use crate::rows::{
    attempt_columns, delivery_columns, endpoint_columns, events_text, read_attempt, read_delivery,
    read_endpoint,
};

/// Whether an attempt at the delivery `d` is under way.
macro_rules! under_way {
    () => {
        "(d.status = 'pending' and d.claim_token is not null and d.next_attempt_at > now.at)"
    };
}

#[async_trait]
impl WebhookStore for PostgresStore {
    async fn insert_endpoint(
        &self,
        endpoint: NewEndpoint,
        endpoints_max: i64,
    ) -> Result<Option<Endpoint>, Error> {
        let mut transaction = self.connections.begin().await?;
        // Under the account's lock, so that two requests cannot both be the last one allowed.
        let account = self.lock_account(&mut transaction, &endpoint.user_id).await?;
        let row = sqlx::query(INSERT)
            .bind(account.now)
            .bind(Uuid::now_v7())
            .bind(&endpoint.user_id.0)
            .bind(&endpoint.url)
            .bind(&endpoint.description)
            .bind(events_text(&endpoint.events))
            .bind(endpoint.secret.0.as_slice())
            .bind(endpoints_max)
            .fetch_optional(&mut *transaction)
            .await?;
        transaction.commit().await?;
        row.map(|row| read_endpoint(&mut PgColumns::new(&row))).transpose()
    }

    async fn list_endpoints(&self, owner: &UserId) -> Result<Vec<Endpoint>, Error> {
        let query = || {
            sqlx::query(concat!(
            "select ",
            endpoint_columns!(),
            " from docket.webhook_endpoints where user_id = $1 order by created_at desc, id desc"
        ))
        .bind(&owner.0)
        };
        self.connections.all(query, read_endpoint).await
    }

    async fn find_endpoint(&self, owner: &UserId, id: Uuid) -> Result<Option<Endpoint>, Error> {
        let query = || {
            sqlx::query(concat!(
                "select ",
                endpoint_columns!(),
                " from docket.webhook_endpoints where id = $1 and user_id = $2"
            ))
            .bind(id)
            .bind(&owner.0)
        };
        self.connections.one(query, read_endpoint).await
    }

    async fn change_endpoint(
        &self,
        owner: &UserId,
        id: Uuid,
        change: EndpointChange,
    ) -> Result<Option<Endpoint>, Error> {
        let query = sqlx::query(CHANGE)
            .bind(self.clock.fixed())
            .bind(id)
            .bind(&owner.0)
            .bind(change.url)
            .bind(change.description)
            .bind(change.events.as_deref().map(events_text))
            .bind(change.enabled);
        let changed = one(&self.pool, query, read_endpoint).await?;
        self.mark_ended();
        Ok(changed)
    }

    async fn rotate_secret(
        &self,
        owner: &UserId,
        id: Uuid,
        fresh: SigningSecret,
        overlap: Duration,
    ) -> Result<Option<Endpoint>, Error> {
        let query = sqlx::query(ROTATE)
            .bind(self.clock.fixed())
            .bind(id)
            .bind(&owner.0)
            .bind(fresh.0.as_slice())
            .bind(duration_us(overlap));
        one(&self.pool, query, read_endpoint).await
    }

    async fn delete_endpoint(&self, owner: &UserId, id: Uuid) -> Result<bool, Error> {
        let deleted =
            sqlx::query("delete from docket.webhook_endpoints where id = $1 and user_id = $2")
                .bind(id)
                .bind(&owner.0)
                .execute(&self.pool)
                .await?;
        Ok(deleted.rows_affected() > 0)
    }

    async fn insert_test(&self, owner: &UserId, id: Uuid) -> Result<Option<Delivery>, Error> {
        let query = sqlx::query(concat!(
            "insert into docket.webhook_deliveries (id, endpoint_id, occurred_at, next_attempt_at,
                created_at)
             select $2, e.id, now.at, now.at, now.at
             from (select id from docket.webhook_endpoints where id = $3 and user_id = $4
                    for key share) e,
                (select coalesce($1::timestamptz, clock_timestamp()) as at) now
             returning ",
            delivery_columns!()
        ))
        .bind(self.clock.fixed())
        .bind(Uuid::new_v4())
        .bind(id)
        .bind(&owner.0);
        let test = one(&self.pool, query, read_delivery).await?;
        self.mark_ended();
        Ok(test)
    }

    async fn list_deliveries(&self, query: DeliveryQuery) -> Result<Vec<Delivery>, Error> {
        let limit = i64::try_from(query.limit).unwrap_or(i64::MAX - 1);
        let list = || {
            sqlx::query(concat!(
                "select ",
                delivery_columns!(),
                " from docket.webhook_deliveries
             where endpoint_id = $1 and seq < $2 and ($3::text is null or status = $3)
             order by seq desc limit $4"
            ))
            .bind(query.endpoint_id)
            .bind(query.before_seq.unwrap_or(i64::MAX))
            .bind(query.status.map(|status| status.as_str()))
            .bind(limit + 1)
        };
        self.connections.all(list, read_delivery).await
    }

    async fn find_delivery(
        &self,
        endpoint: Uuid,
        id: MessageId,
    ) -> Result<Option<(Delivery, Vec<Attempt>)>, Error> {
        let query = || {
            sqlx::query(concat!(
                "select ",
                delivery_columns!(),
                " from docket.webhook_deliveries where id = $1 and endpoint_id = $2"
            ))
            .bind(id.0)
            .bind(endpoint)
        };
        let Some(delivery) = self.connections.one(query, read_delivery).await? else {
            return Ok(None);
        };
        let query = || {
            sqlx::query(concat!(
                "select ",
                attempt_columns!(),
                " from docket.webhook_attempts where delivery_id = $1 order by attempt"
            ))
            .bind(id.0)
        };
        Ok(Some((delivery, self.connections.all(query, read_attempt).await?)))
    }

    async fn replay_delivery(
        &self,
        endpoint: Uuid,
        id: MessageId,
    ) -> Result<Option<Delivery>, Error> {
        let query = sqlx::query(concat!(
            "update docket.webhook_deliveries d
             set status = 'pending', ended_at = null,
                tries = case when ",
            under_way!(),
            " then d.tries else 0 end,
                claim_token = case when ",
            under_way!(),
            " then d.claim_token end,
                next_attempt_at = case when ",
            under_way!(),
            " then d.next_attempt_at else now.at end
             from (select coalesce($1::timestamptz, clock_timestamp()) as at) now
             where id = $2 and endpoint_id = $3 returning ",
            delivery_columns!()
        ))
        .bind(self.clock.fixed())
        .bind(id.0)
        .bind(endpoint);
        let replayed = one(&self.pool, query, read_delivery).await?;
        self.mark_ended();
        Ok(replayed)
    }

    async fn replay_failed(&self, endpoint: Uuid, since: Timestamp) -> Result<u64, Error> {
        // Statements on many deliveries of one endpoint take turns at the endpoint.
        let replayed = sqlx::query(
            "with held as materialized (
                select id from docket.webhook_endpoints where id = $2 for no key update)
             update docket.webhook_deliveries d
             set status = 'pending', ended_at = null, tries = 0,
                next_attempt_at = coalesce($1::timestamptz, clock_timestamp())
             from held
             where d.endpoint_id = held.id and d.status = 'failed' and d.occurred_at >= $3",
        )
        .bind(self.clock.fixed())
        .bind(endpoint)
        .bind(since)
        .execute(&self.pool)
        .await?;
        self.mark_ended();
        Ok(replayed.rows_affected())
    }
}

const INSERT: &str = concat!(
    "insert into docket.webhook_endpoints (id, user_id, url, description, events, secret,
        created_at, updated_at)
     select $2, $3, $4, $5, $6, $7, $1, $1
     where (select count(*) from docket.webhook_endpoints where user_id = $3) < $8
     returning ",
    endpoint_columns!()
);

/// Whether a change makes the endpoint a new one, whose former failures say nothing.
macro_rules! forgiven {
    () => {
        "($7 and e.disabled_at is not null or $4 <> e.url)"
    };
}

const CHANGE: &str = concat!(
    with_now!(),
    ", changed as (
        update docket.webhook_endpoints e set
            url = coalesce($4, e.url),
            description = coalesce($5, e.description),
            events = coalesce($6, e.events),
            failures_in_a_row = case when ",
    forgiven!(),
    " then 0 else e.failures_in_a_row end,
            failing_since = case when ",
    forgiven!(),
    " then null else e.failing_since end,
            resting_until = case when ",
    forgiven!(),
    " then null else e.resting_until end,
            disabled_at = case when $7 then null when not $7 then coalesce(e.disabled_at, now.at)
                else e.disabled_at end,
            disabled_reason = case when $7 then null
                when not $7 then coalesce(e.disabled_reason, 'owner') else e.disabled_reason end,
            updated_at = now.at
        from now
        where e.id = $2 and e.user_id = $3
        returning e.*),
    due as (
        update docket.webhook_deliveries d set next_attempt_at = now.at
        from changed, now
        where $7 and d.endpoint_id = changed.id and d.status = 'pending'
            and d.next_attempt_at > now.at and d.claim_token is null)
    select ",
    endpoint_columns!(),
    " from changed"
);

const ROTATE: &str = concat!(
    with_now!(),
    " update docket.webhook_endpoints e set secret = $4, previous_secret = e.secret,
        previous_secret_until = now.at + $5 * interval '1 microsecond', updated_at = now.at
     from now
     where e.id = $2 and e.user_id = $3
     returning ",
    endpoint_columns!()
);
