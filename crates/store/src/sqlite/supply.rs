//! Documents that are uploaded after the submit, in SQLite.

use docket_contract::JobId;
use docket_contract::state::JobState;

use super::documents::document_bytes;
use super::job_rows::job_by_id;
use super::rows::{micros, one_job};
use super::settle::write_event;
use super::writer::Turn;
use crate::error::Error;
use crate::interface::{CommonLimit, Supplied, SupplyOutcome};
use crate::rows::job_columns;

const SUPPLY: &str = concat!(
    "update jobs set ",
    transition!(moved),
    ", status = 'queued', run_at = ?1, document_sha256 = ?3, document_bytes = ?4,
        document_media_type = ?5, document_blob_key = ?6, pages_total = ?7, pages_selected = ?8
     where id = ?2 and status = 'awaiting_upload' and upload_until > ?1 returning ",
    job_columns!()
);

pub(super) fn supply(
    turn: &Turn<'_>,
    id: JobId,
    supplied: &Supplied,
    limit: &CommonLimit,
) -> Result<SupplyOutcome, Error> {
    let Some(awaiting) = job_by_id(turn, id)? else { return Ok(SupplyOutcome::NotAwaited) };
    let documents = document_bytes(turn, &awaiting.user_id, limit)?;
    if awaiting.state == JobState::AwaitingUpload && !documents.fits(supplied.document.size_bytes) {
        return Ok(SupplyOutcome::DocumentsFull(documents));
    }
    let document = &supplied.document;
    let queued = one_job(
        turn,
        SUPPLY,
        &[
            &micros(turn.now()),
            id.uuid().as_bytes(),
            &document.sha256,
            &document.size_bytes,
            &document.media_type,
            &document.blob_key.as_str(),
            &supplied.pages_total,
            &supplied.pages_selected,
        ],
    )?;
    let Some(job) = queued else { return Ok(SupplyOutcome::NotAwaited) };
    write_event(turn, job.seq)?;
    turn.mark_ready();
    Ok(SupplyOutcome::Queued(job))
}
