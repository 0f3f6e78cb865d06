//! Submit: the bytes are stored first, then one transaction inserts the job and its event.

use std::time::Duration;

use docket_contract::job::{DocumentInfo, Job, PageCounts};
use docket_contract::spec::JobSpec;
use docket_contract::state::JobState;
use docket_contract::{BlobKey, JobId, UserId};
use docket_store::{Balance, Idempotency, Inserted, NewJob};
use sha2::{Digest, Sha256};

use crate::document::{AcceptedKinds, Expected, Upload, document_name, recorded_media_type};
use crate::selected_pages::selected_pages;
use crate::upload::announced;
use crate::{Caller, Error, Inspection, Jobs, Look, Policy};

/// A request for a new job.
#[derive(Debug)]
pub struct Submit {
    /// The options of the job.
    pub spec: JobSpec,
    /// The document.
    pub source: Source,
    /// The kinds of documents that this operation accepts.
    pub expected: Expected,
    /// Opens an encrypted document.
    pub password: Option<String>,
    /// Makes a repetition of this submit answer the first one's job.
    pub idempotency: Option<IdempotencyRequest>,
    /// Shortens the retention.
    pub expires_in_s: Option<u64>,
}

/// How a repeated submit is recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyRequest {
    /// The operation: the same key in another one is another key.
    pub scope: String,
    /// The client's key.
    pub key: String,
    /// The hash of the form's fields; the documents' names and hashes are added here.
    pub fields_sha256: [u8; 32],
}

impl IdempotencyRequest {
    pub(crate) fn with_documents<'a>(
        self,
        documents: impl IntoIterator<Item = &'a DocumentInfo>,
    ) -> Idempotency {
        let mut hasher = Sha256::new();
        hasher.update(self.fields_sha256);
        for document in documents {
            hasher.update(document.name.as_bytes());
            hasher.update(document.sha256.as_deref().unwrap_or_default().as_bytes());
        }
        Idempotency { scope: self.scope, key: self.key, request_sha256: hasher.finalize().into() }
    }
}

/// Where the document comes from.
#[derive(Debug)]
pub enum Source {
    /// From the request.
    Upload {
        /// The bytes.
        upload: Box<Upload>,
        /// The client's name for it.
        file_name: Option<String>,
    },
    /// From an address that a worker fetches.
    Url(String),
    /// From an upload that is still to come.
    Later {
        /// Its name; the extension gives its type.
        file_name: String,
        /// How long it can be uploaded.
        window: Duration,
    },
}

/// A job just made.
#[derive(Clone, Debug)]
pub struct Submitted {
    /// The job.
    pub job: Job,
    /// The options of the job.
    pub spec: JobSpec,
    /// The account's credits after it.
    pub balance: Balance,
}

impl Jobs {
    /// Makes a job. When this answers, bytes and job survive a power cut.
    ///
    /// # Errors
    /// If the document is empty or of a kind that cannot be read, the balance or the submit limit
    /// does not suffice, or storage fails. Nothing is left behind then.
    pub async fn submit(&self, caller: &Caller, submit: Submit) -> Result<Submitted, Error> {
        let mut upload_window = None;
        let (document, total) = match submit.source {
            Source::Upload { upload, file_name } => {
                let kinds = AcceptedKinds::of(&submit.spec, submit.expected);
                let name = file_name.as_deref();
                self.store_document(&caller.user_id, *upload, name, submit.password, kinds).await?
            }
            Source::Url(url) => {
                let document = document_at(&url, submit.password)?;
                submit.expected.accept_name(&document.name)?;
                (document, None)
            }
            Source::Later { file_name, window } => {
                upload_window = Some(window.min(self.policy.retention));
                (announced(&file_name, submit.password)?, None)
            }
        };
        let blob_key = document.blob_key.clone();
        let selected = total.map(|total| selected_pages(&submit.spec, total));
        let job = NewJob {
            id: JobId::new(),
            user_id: caller.user_id.clone(),
            upload_window,
            pages: PageCounts { total, selected, ..PageCounts::default() },
            credits: selected.map(i64::from).unwrap_or_default(),
            priority: 0,
            retention: self.retention(submit.expires_in_s),
            idempotency: submit.idempotency.map(|request| request.with_documents([&document])),
            spec: submit.spec.clone(),
            document,
        };
        let spec = submit.spec;
        let inserted = self.insert(caller, job).await;
        if let Some(key) = blob_key.filter(|_| is_refusal(&inserted)) {
            self.discard(&key).await;
        }
        match inserted? {
            Inserted::Job { job, balance } => Ok(Submitted { job, spec, balance }),
            Inserted::Replayed { job, credits, balance } => {
                Ok(Submitted { job: as_submitted(job, credits), spec, balance })
            }
            Inserted::IdempotencyConflict => Err(idempotency_conflict()),
            Inserted::QuotaExceeded(balance) => Err(Error::QuotaExceeded(balance)),
            Inserted::DocumentsFull(bytes) => Err(Error::DocumentsFull(bytes)),
            Inserted::RateLimited { retry_after_s } => Err(Error::RateLimited { retry_after_s }),
        }
    }

    async fn insert(&self, caller: &Caller, job: NewJob) -> Result<Inserted, Error> {
        self.admit_to_queue(caller, 1, job.credits_needed()).await?;
        Ok(self.store.insert_job(job).await?)
    }

    pub(crate) async fn store_document(
        &self,
        user_id: &UserId,
        upload: Upload,
        file_name: Option<&str>,
        password: Option<String>,
        kinds: AcceptedKinds,
    ) -> Result<(DocumentInfo, Option<i32>), Error> {
        if upload.is_empty() {
            return Err(Error::Invalid("The uploaded file is empty".to_owned()));
        }
        let name = document_name(file_name);
        let media_type = kinds.accept(upload.media_type(), &name)?;
        let uploaded = upload.finish().await?;
        let look = Look { password: password.as_deref(), media_type };
        let (total, media_type) = match self.look_at(user_id, &uploaded.blob_key, look).await {
            Ok(looked) => looked,
            Err(error) => {
                self.discard(&uploaded.blob_key).await;
                return Err(error);
            }
        };
        let document = DocumentInfo {
            name,
            sha256: Some(uploaded.sha256),
            size_bytes: i64::try_from(uploaded.size_bytes).unwrap_or(i64::MAX),
            media_type,
            blob_key: Some(uploaded.blob_key),
            source_url: None,
            password,
        };
        Ok((document, total))
    }

    /// Pages and media type, if there is a turn for this account and it does not take too long. The
    /// job counts the pages otherwise.
    async fn look_at(
        &self,
        user_id: &UserId,
        key: &BlobKey,
        look: Look<'_>,
    ) -> Result<(Option<i32>, String), Error> {
        let reader = self.blobs.reader(key).await?;
        let Policy { inspection_wait, inspection_time, .. } = *self.policy;
        let found = match self.inspections.take(&user_id.0, inspection_wait).await {
            Some(_turn) => {
                let looked = self.inspector.inspect(reader, look);
                tokio::time::timeout(inspection_time, looked).await
            }
            None => Ok(Inspection::SKIPPED),
        };
        let found = found.unwrap_or_else(|_| {
            tracing::warn!("counting the pages of a document at submit took too long");
            Inspection::SKIPPED
        });
        Ok((found.page_count, recorded_media_type(look.media_type, found)?))
    }

    pub(crate) fn retention(&self, expires_in_s: Option<u64>) -> Duration {
        let longest = self.policy.retention;
        expires_in_s.map_or(longest, |s| Duration::from_secs(s).min(longest))
    }
}

/// The job as it was when it was created: a repeated submit gets the first answer.
fn as_submitted(job: Job, credits: i64) -> Job {
    let state = match job.upload_until {
        Some(_) => JobState::AwaitingUpload,
        None => JobState::Queued,
    };
    Job {
        state,
        credits,
        stage: None,
        deadline_at: None,
        failure: None,
        result_key: None,
        started_at: None,
        finished_at: None,
        ..job
    }
}

pub(crate) fn idempotency_conflict() -> Error {
    Error::Invalid("Idempotency-Key was used for a different request".to_owned())
}

/// True if no job was made. Of a failure of the storage nobody knows whether the job is there: its
/// bytes are left alone.
fn is_refusal(inserted: &Result<Inserted, Error>) -> bool {
    match inserted {
        Ok(Inserted::Job { .. }) | Err(Error::Unavailable(_) | Error::Internal(_)) => false,
        Ok(_) | Err(_) => true,
    }
}

fn document_at(url: &str, password: Option<String>) -> Result<DocumentInfo, Error> {
    let rest = ["http://", "https://"].iter().find_map(|scheme| {
        url.get(..scheme.len()).filter(|start| start.eq_ignore_ascii_case(scheme))?;
        url.get(scheme.len()..)
    });
    let Some(rest) = rest.filter(|rest| !rest.is_empty() && url.len() <= 8192) else {
        return Err(Error::Invalid("The URL must begin with http:// or https://".to_owned()));
    };
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let last = path.split_once('/').and_then(|(_, path)| path.rsplit('/').next());
    let name = last.filter(|name| !name.is_empty()).unwrap_or("unknown");
    Ok(DocumentInfo {
        name: document_name(Some(name)),
        sha256: None,
        size_bytes: 0,
        media_type: "application/pdf".to_owned(),
        blob_key: None,
        source_url: Some(url.to_owned()),
        password,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_of(url: &str) -> Result<String, String> {
        document_at(url, None).map(|info| info.name).map_err(|error| error.to_string())
    }

    #[test]
    fn names_of_urls() {
        assert_eq!(name_of("http://h/x/annual-report.pdf?sig=a/b").unwrap(), "annual-report.pdf");
        assert_eq!(name_of("HTTPS://h").unwrap(), "unknown");
        assert_eq!(name_of("https://h/").unwrap(), "unknown");
        assert!(name_of("ftp://h/x.pdf").is_err());
        assert!(name_of("file:///etc/passwd").is_err());
        assert!(name_of("http://").is_err());
    }
}
