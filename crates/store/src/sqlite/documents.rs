//! The bytes of stored documents, in SQLite.

use std::sync::Arc;

use async_trait::async_trait;
use docket_contract::UserId;
use rusqlite::{Connection, params};

use super::SqliteStore;
use super::rows::one;
use crate::error::Error;
use crate::interface::{CommonLimit, DocumentBytes, DocumentStore};

#[async_trait]
impl DocumentStore for SqliteStore {
    fn limit_documents(&self, bytes_max: Option<i64>) {
        self.document_limit.set(bytes_max);
    }

    async fn set_document_limit(
        &self,
        user: &UserId,
        bytes_max: Option<i64>,
    ) -> Result<bool, Error> {
        let user = user.clone();
        self.writer
            .run(move |turn| {
                let sql = "update accounts set document_bytes_max = ?2 where user_id = ?1";
                Ok(turn.prepare_cached(sql)?.execute(params![user.0, bytes_max])? == 1)
            })
            .await
    }

    async fn document_bytes(&self, user: &UserId) -> Result<DocumentBytes, Error> {
        let limit = Arc::clone(&self.document_limit);
        self.readers.point(|connection| document_bytes(connection, user, &limit))
    }
}

pub(super) fn document_bytes(
    connection: &Connection,
    user: &UserId,
    limit: &CommonLimit,
) -> Result<DocumentBytes, Error> {
    let sql = "select document_bytes, document_bytes_max from accounts where user_id = ?1";
    let stored = one(connection, sql, &[&user.0], |row| Ok((row.long()?, row.long_or_null()?)))?;
    let (used, own) = stored.ok_or(Error::NotFound("account"))?;
    Ok(DocumentBytes { used, limit: limit.or_own(own) })
}
