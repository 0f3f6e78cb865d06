//! Accounts, keys and balances in Postgres.

use async_trait::async_trait;
use docket_contract::UserId;
use uuid::Uuid;

use super::rows::{PgColumns, one};
use super::{PostgresStore, constraint_error};
use crate::error::Error;
use crate::interface::{
    Account, AccountLimits, AccountShare, AccountStore, ApiKey, Balance, KeyHolder, NewApiKey,
};
use crate::rows::{account_columns, key_columns, read_account, read_key};

#[async_trait]
impl AccountStore for PostgresStore {
    async fn ensure_account(&self, user: &UserId, limits: AccountLimits) -> Result<Account, Error> {
        let query = sqlx::query(concat!(
            "insert into docket.accounts as a (user_id, credits_limit, submits_per_minute,
                cycle_started_at, created_at)
             select $2, coalesce($3, 1000000), $4, now.at, now.at
             from (select coalesce($1::timestamptz, clock_timestamp()) as at) now
             on conflict (user_id) do update set
                credits_limit = coalesce($3, a.credits_limit),
                submits_per_minute = coalesce($4, a.submits_per_minute)
             returning ",
            account_columns!()
        ))
        .bind(self.clock.fixed())
        .bind(&user.0)
        .bind(limits.credits)
        .bind(limits.submits_per_minute);
        one(&self.pool, query, read_account).await?.ok_or(Error::NotFound("account"))
    }

    async fn set_share(
        &self,
        user: &UserId,
        share: AccountShare,
    ) -> Result<Option<Account>, Error> {
        let query = sqlx::query(concat!(
            "update docket.accounts set weight = coalesce($2, weight),
                running_max = case when $3 then $4 else running_max end
             where user_id = $1 returning ",
            account_columns!()
        ))
        .bind(&user.0)
        .bind(share.weight)
        .bind(share.running_max.is_some())
        .bind(share.running_max.flatten());
        let account = one(&self.pool, query, read_account).await?;
        self.shares.look_again();
        Ok(account)
    }

    async fn list_accounts(&self) -> Result<Vec<Account>, Error> {
        let query = || {
            sqlx::query(concat!(
                "select ",
                account_columns!(),
                " from docket.accounts order by user_id"
            ))
        };
        self.connections.all(query, read_account).await
    }

    async fn insert_key(&self, key: NewApiKey) -> Result<ApiKey, Error> {
        let row = sqlx::query(concat!(
            "insert into docket.api_keys (id, sha256, last_four, label, user_id, created_at,
                expires_at)
             values ($2, $3, $4, $5, $6, coalesce($1::timestamptz, clock_timestamp()), $7)
             returning ",
            key_columns!()
        ))
        .bind(self.clock.fixed())
        .bind(Uuid::now_v7())
        .bind(key.sha256.as_slice())
        .bind(&key.last_four)
        .bind(&key.label)
        .bind(&key.user_id.0)
        .bind(key.expires_at)
        .fetch_one(&self.pool)
        .await
        .map_err(|error| constraint_error(error, "account", "key"))?;
        read_key(&mut PgColumns::new(&row))
    }

    async fn find_key(&self, sha256: &[u8; 32]) -> Result<Option<KeyHolder>, Error> {
        let query = || {
            sqlx::query(
            "select id, user_id from docket.api_keys where sha256 = $2 and revoked_at is null
                and (expires_at is null or expires_at > coalesce($1::timestamptz, clock_timestamp()))",
        )
        .bind(self.clock.fixed())
        .bind(sha256.as_slice())
        };
        self.connections
            .one(query, |row| Ok(KeyHolder { key_id: row.uuid()?, user_id: UserId(row.text()?) }))
            .await
    }

    async fn find_key_by_id(&self, id: Uuid) -> Result<Option<KeyHolder>, Error> {
        let query = || {
            sqlx::query(
                "select id, user_id from docket.api_keys where id = $2 and revoked_at is null
                    and (expires_at is null
                        or expires_at > coalesce($1::timestamptz, clock_timestamp()))",
            )
            .bind(self.clock.fixed())
            .bind(id)
        };
        self.connections
            .one(query, |row| Ok(KeyHolder { key_id: row.uuid()?, user_id: UserId(row.text()?) }))
            .await
    }

    async fn list_keys(&self) -> Result<Vec<ApiKey>, Error> {
        let query = || {
            sqlx::query(concat!(
                "select ",
                key_columns!(),
                " from docket.api_keys order by created_at desc, id desc"
            ))
        };
        self.connections.all(query, read_key).await
    }

    async fn list_keys_of(&self, user: &UserId) -> Result<Vec<ApiKey>, Error> {
        let query = || {
            sqlx::query(concat!(
                "select ",
                key_columns!(),
                " from docket.api_keys where user_id = $1 order by created_at desc, id desc"
            ))
            .bind(&user.0)
        };
        self.connections.all(query, read_key).await
    }

    async fn revoke_key(&self, id: Uuid) -> Result<Option<ApiKey>, Error> {
        let query = sqlx::query(concat!(
            "update docket.api_keys
             set revoked_at = coalesce(revoked_at, $1::timestamptz, clock_timestamp())
             where id = $2 returning ",
            key_columns!()
        ))
        .bind(self.clock.fixed())
        .bind(id);
        one(&self.pool, query, read_key).await
    }

    async fn balance(&self, user: &UserId) -> Result<Balance, Error> {
        let query = || {
            sqlx::query(
                "select credits_used, credits_limit, cycle_started_at,
                coalesce($1::timestamptz, clock_timestamp())
             from docket.accounts where user_id = $2",
            )
            .bind(self.clock.fixed())
            .bind(&user.0)
        };
        let balance = self.connections.one(query, |row| {
            let stored =
                Balance { used: row.long()?, limit: row.long()?, cycle_started_at: row.time()? };
            Ok(stored.rolled_to(row.time()?))
        });
        balance.await?.ok_or(Error::NotFound("account"))
    }
}
