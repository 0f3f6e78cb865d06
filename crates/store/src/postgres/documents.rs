//! The bytes of stored documents, in Postgres.

use async_trait::async_trait;
use docket_contract::UserId;

use super::PostgresStore;
use crate::error::Error;
use crate::interface::{DocumentBytes, DocumentStore};

/// Takes what was freed from one account. Each row is taken once: a second taker finds it gone.
const TAKE_FREED: &str = "with gone as (
        delete from docket.freed_documents where user_id = $1 returning bytes)
     update docket.accounts
     set document_bytes = document_bytes - (select coalesce(sum(bytes), 0)::bigint from gone)
     where user_id = $1 and exists (select from gone)";

#[async_trait]
impl DocumentStore for PostgresStore {
    fn limit_documents(&self, bytes_max: Option<i64>) {
        self.document_limit.set(bytes_max);
    }

    async fn set_document_limit(
        &self,
        user: &UserId,
        bytes_max: Option<i64>,
    ) -> Result<bool, Error> {
        let sql = "update docket.accounts set document_bytes_max = $2 where user_id = $1";
        let set = sqlx::query(sql).bind(&user.0).bind(bytes_max).execute(&self.pool).await?;
        Ok(set.rows_affected() == 1)
    }

    async fn document_bytes(&self, user: &UserId) -> Result<DocumentBytes, Error> {
        let query = || {
            sqlx::query(
                "select document_bytes, document_bytes_max from docket.accounts
                 where user_id = $1",
            )
            .bind(&user.0)
        };
        let read = self.connections.one(query, |row| Ok((row.long()?, row.long_or_null()?)));
        let (used, own) = read.await?.ok_or(Error::NotFound("account"))?;
        Ok(DocumentBytes { used, limit: self.document_limit.or_own(own) })
    }
}

impl PostgresStore {
    /// Gives these accounts the room of documents that are gone, one after the other. What fails
    /// here is taken up by the next removal.
    pub(super) async fn take_freed(&self, users: impl IntoIterator<Item = &UserId>) {
        for user in users {
            let taken = sqlx::query(TAKE_FREED).bind(&user.0).execute(&self.pool).await;
            if let Err(error) = taken {
                tracing::warn!(%error, "the size of deleted documents is subtracted later");
            }
        }
    }

    /// The same of accounts whose room was not given back in its time.
    pub(super) async fn take_all_freed(&self) -> Result<(), Error> {
        let query = || {
            sqlx::query("select distinct user_id from docket.freed_documents order by 1 limit 1000")
        };
        let users = self.connections.all(query, |row| Ok(UserId(row.text()?))).await?;
        self.take_freed(&users).await;
        Ok(())
    }
}
