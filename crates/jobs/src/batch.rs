//! Batches: many extractions by one schema, submitted at once or not at all.

use docket_contract::job::{DocumentInfo, PageCounts};
use docket_contract::spec::{ExtractSpec, JobSpec};
use docket_contract::{JobId, UserId};
use docket_store::{Batch, BatchInserted, NewBatch, NewJob};
use uuid::Uuid;

use crate::document::{AcceptedKinds, Expected, Upload};
use crate::submit::{IdempotencyRequest, idempotency_conflict};
use crate::{Caller, Error, Jobs};

/// A batch to be submitted.
#[derive(Debug)]
pub struct BatchSubmit {
    /// The values to find in each document.
    pub spec: ExtractSpec,
    /// The documents with their names.
    pub files: Vec<(Upload, Option<String>)>,
    /// Opens encrypted ones.
    pub password: Option<String>,
    /// Makes a repetition of this submit answer the first one's batch.
    pub idempotency: Option<IdempotencyRequest>,
}

impl Jobs {
    /// Makes one job per file, all or none.
    ///
    /// # Errors
    /// As for [`Jobs::submit`]; nothing is left behind then.
    pub async fn submit_batch(&self, caller: &Caller, submit: BatchSubmit) -> Result<Batch, Error> {
        let BatchSubmit { spec, files, password, idempotency } = submit;
        let spec = JobSpec::Extract(spec);
        let mut jobs = Vec::with_capacity(files.len());
        for (upload, name) in files {
            let kinds = AcceptedKinds::of(&spec, Expected::Document);
            let (user_id, name) = (&caller.user_id, name.as_deref());
            match self.store_document(user_id, upload, name, password.clone(), kinds).await {
                Ok((document, total)) => {
                    jobs.push(self.batch_job(&caller.user_id, &spec, document, total));
                }
                Err(error) => {
                    self.discard_documents(&jobs).await;
                    return Err(error);
                }
            }
        }
        let credits = jobs.iter().map(|job| job.credits).sum();
        if let Err(error) = self.admit_to_queue(caller, jobs.len(), credits).await {
            self.discard_documents(&jobs).await;
            return Err(error);
        }
        let kept = jobs.clone();
        let batch = NewBatch {
            id: Uuid::new_v4(),
            user_id: caller.user_id.clone(),
            idempotency: idempotency
                .map(|request| request.with_documents(jobs.iter().map(|job| &job.document))),
            jobs,
        };
        let inserted = self.store.insert_batch(batch).await;
        if let Err(docket_store::Error::NotWritable { .. }) = inserted {
            self.discard_documents(&kept).await;
        }
        match inserted? {
            BatchInserted::Batch { batch, .. } => Ok(batch),
            BatchInserted::Replayed(batch) => {
                self.discard_documents(&kept).await;
                Ok(batch)
            }
            BatchInserted::IdempotencyConflict => {
                self.discard_documents(&kept).await;
                Err(idempotency_conflict())
            }
            BatchInserted::QuotaExceeded(balance) => {
                self.discard_documents(&kept).await;
                Err(Error::QuotaExceeded(balance))
            }
            BatchInserted::DocumentsFull(bytes) => {
                self.discard_documents(&kept).await;
                Err(Error::DocumentsFull(bytes))
            }
            BatchInserted::RateLimited { retry_after_s } => {
                self.discard_documents(&kept).await;
                Err(Error::RateLimited { retry_after_s })
            }
        }
    }

    /// One of the caller's batches with its jobs.
    ///
    /// # Errors
    /// [`Error::NotFound`], or if the database fails.
    pub async fn find_batch(&self, caller: &Caller, id: Uuid) -> Result<Batch, Error> {
        match self.store.find_batch(id).await? {
            // A batch whose jobs have all expired or been deleted has no state to report.
            Some(batch) if batch.user_id == caller.user_id && !batch.jobs.is_empty() => Ok(batch),
            _ => Err(Error::NotFound),
        }
    }

    fn batch_job(
        &self,
        user_id: &UserId,
        spec: &JobSpec,
        document: DocumentInfo,
        total: Option<i32>,
    ) -> NewJob {
        NewJob {
            id: JobId::new(),
            user_id: user_id.clone(),
            spec: spec.clone(),
            document,
            upload_window: None,
            pages: PageCounts { total, selected: total, ..PageCounts::default() },
            credits: total.map(i64::from).unwrap_or_default(),
            priority: 0,
            retention: self.retention(None),
            idempotency: None,
        }
    }

    async fn discard_documents(&self, jobs: &[NewJob]) {
        for key in jobs.iter().filter_map(|job| job.document.blob_key.as_ref()) {
            self.discard(key).await;
        }
    }
}
