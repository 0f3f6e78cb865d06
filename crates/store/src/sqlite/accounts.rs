//! Accounts, keys and balances in SQLite.

use async_trait::async_trait;
use docket_contract::UserId;
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::rows::{all, micros, one};
use super::writer::Turn;
use super::{SqliteStore, constraint_error};
use crate::error::Error;
use crate::interface::{
    Account, AccountLimits, AccountShare, AccountStore, ApiKey, Balance, KeyHolder, NewApiKey,
};
use crate::rows::{account_columns, key_columns, read_account, read_key};

#[async_trait]
impl AccountStore for SqliteStore {
    async fn ensure_account(&self, user: &UserId, limits: AccountLimits) -> Result<Account, Error> {
        let user = user.clone();
        self.writer
            .run(move |turn| {
                let account = one(
                    turn,
                    concat!(
                        "insert into accounts (user_id, credits_limit, submits_per_minute, \
                            cycle_started_at, created_at)
                         values (?1, coalesce(?2, 1000000), ?3, ?4, ?4)
                         on conflict (user_id) do update set
                            credits_limit = coalesce(?2, credits_limit),
                            submits_per_minute = coalesce(?3, submits_per_minute)
                         returning ",
                        account_columns!()
                    ),
                    &[&user.0, &limits.credits, &limits.submits_per_minute, &micros(turn.now())],
                    read_account,
                )?;
                account.ok_or(Error::NotFound("account"))
            })
            .await
    }

    async fn set_share(
        &self,
        user: &UserId,
        share: AccountShare,
    ) -> Result<Option<Account>, Error> {
        let user = user.clone();
        let set = move |turn: &Turn<'_>| {
            one(
                turn,
                concat!(
                    "update accounts set weight = coalesce(?2, weight),
                        running_max = case when ?3 then ?4 else running_max end
                     where user_id = ?1 returning ",
                    account_columns!()
                ),
                &[
                    &user.0,
                    &share.weight,
                    &share.running_max.is_some(),
                    &share.running_max.flatten(),
                ],
                read_account,
            )
        };
        let account = self.writer.run(set).await?;
        self.shares.look_again();
        Ok(account)
    }

    async fn list_accounts(&self) -> Result<Vec<Account>, Error> {
        let list = concat!("select ", account_columns!(), " from accounts order by user_id");
        self.readers.list(move |connection| all(connection, list, &[], read_account)).await
    }

    async fn insert_key(&self, key: NewApiKey) -> Result<ApiKey, Error> {
        self.writer
            .run(move |turn| {
                let id = Uuid::now_v7();
                turn.prepare_cached(
                    "insert into api_keys (id, sha256, last_four, label, user_id, created_at, \
                        expires_at)
                     values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute(params![
                    id.as_bytes(),
                    key.sha256,
                    key.last_four,
                    key.label,
                    key.user_id.0,
                    micros(turn.now()),
                    key.expires_at.map(micros)
                ])
                .map_err(|error| constraint_error(error, "account", "key"))?;
                let stored = one(
                    turn,
                    concat!("select ", key_columns!(), " from api_keys where id = ?1"),
                    &[id.as_bytes()],
                    read_key,
                )?;
                stored.ok_or(Error::NotFound("key"))
            })
            .await
    }

    async fn find_key(&self, sha256: &[u8; 32]) -> Result<Option<KeyHolder>, Error> {
        let now = micros(self.clock.host());
        self.readers.point(|connection| {
            one(
                connection,
                "select id, user_id from api_keys where sha256 = ?1
                        and revoked_at is null and (expires_at is null or expires_at > ?2)",
                &[sha256, &now],
                |row| Ok(KeyHolder { key_id: row.uuid()?, user_id: UserId(row.text()?) }),
            )
        })
    }

    async fn find_key_by_id(&self, id: Uuid) -> Result<Option<KeyHolder>, Error> {
        let now = micros(self.clock.host());
        self.readers.point(|connection| {
            one(
                connection,
                "select id, user_id from api_keys where id = ?1
                        and revoked_at is null and (expires_at is null or expires_at > ?2)",
                &[id.as_bytes(), &now],
                |row| Ok(KeyHolder { key_id: row.uuid()?, user_id: UserId(row.text()?) }),
            )
        })
    }

    async fn list_keys(&self) -> Result<Vec<ApiKey>, Error> {
        let list =
            concat!("select ", key_columns!(), " from api_keys order by created_at desc, id desc");
        self.readers.list(move |connection| all(connection, list, &[], read_key)).await
    }

    async fn list_keys_of(&self, user: &UserId) -> Result<Vec<ApiKey>, Error> {
        let user = user.clone();
        let list = concat!(
            "select ",
            key_columns!(),
            " from api_keys where user_id = ?1 order by created_at desc, id desc"
        );
        self.readers.list(move |connection| all(connection, list, &[&user.0], read_key)).await
    }

    async fn revoke_key(&self, id: Uuid) -> Result<Option<ApiKey>, Error> {
        self.writer
            .run(move |turn| {
                one(
                    turn, concat!(
                        "update api_keys set revoked_at = coalesce(revoked_at, ?1) where id = ?2 returning ",
                        key_columns!()
                    ),
                    &[&micros(turn.now()), id.as_bytes()],
                    read_key,
                )
            })
            .await
    }

    async fn balance(&self, user: &UserId) -> Result<Balance, Error> {
        let stored = self.readers.point(|connection| stored_balance(connection, user))?;
        Ok(stored.ok_or(Error::NotFound("account"))?.0.rolled_to(self.clock.host()))
    }
}

/// The balance as it was last written, and the submit limit.
pub(super) fn stored_balance(
    connection: &Connection,
    user: &UserId,
) -> Result<Option<(Balance, Option<i32>)>, Error> {
    one(
        connection,
        "select credits_used, credits_limit, cycle_started_at, submits_per_minute
             from accounts where user_id = ?1",
        &[&user.0],
        |row| {
            let balance =
                Balance { used: row.long()?, limit: row.long()?, cycle_started_at: row.time()? };
            Ok((balance, row.int_or_null()?))
        },
    )
}
