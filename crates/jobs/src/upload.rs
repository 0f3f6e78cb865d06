//! Documents that are uploaded after the submit, through a signed link and without a key.

use docket_contract::job::{DocumentInfo, Job, JobWithSpec};
use docket_contract::state::JobState;
use docket_contract::{Format, JobId};
use docket_store::{FetchedDocument, Supplied, SupplyOutcome};

use crate::document::{AcceptedKinds, Expected, Upload, document_name};
use crate::selected_pages::selected_pages;
use crate::{Error, Jobs};

/// The extensions that the refusal of others lists. The list is fixed by the contract.
const EXTENSIONS_LISTED: &str = "pdf, png, jpg, jpeg, tiff, docx, pptx, xlsx";

/// The media type that a name promises.
///
/// # Errors
/// [`Error::Invalid`] for a name whose extension is not one of a document.
pub fn announced_media_type(file_name: &str) -> Result<&'static str, Error> {
    Format::of_name(file_name).map(Format::media_type).ok_or_else(|| {
        let extension = file_name.rsplit_once('.').map(|(_, text)| text.to_ascii_lowercase());
        let given = extension.map(|extension| format!(".{extension}"));
        Error::Invalid(format!(
            "Unsupported file type: {}. Supported extensions: {EXTENSIONS_LISTED}",
            given.as_deref().unwrap_or("none"),
        ))
    })
}

/// A document of which only the name is known.
pub(crate) fn announced(file_name: &str, password: Option<String>) -> Result<DocumentInfo, Error> {
    let name = document_name(Some(file_name));
    Ok(DocumentInfo {
        media_type: announced_media_type(&name)?.to_owned(),
        name,
        sha256: None,
        size_bytes: 0,
        blob_key: None,
        source_url: None,
        password,
    })
}

impl Jobs {
    /// The job that a link for an upload was made for, while the upload can still matter: before
    /// it, or for a repetition after it.
    ///
    /// # Errors
    /// [`Error::UploadClosed`], or if the database fails.
    pub async fn find_for_upload(&self, id: JobId) -> Result<JobWithSpec, Error> {
        let found = self.store.find_job_with_spec(id).await?;
        let open =
            |job: &Job| job.state == JobState::AwaitingUpload || job.document.sha256.is_some();
        found
            .filter(|found| found.job.upload_until.is_some() && open(&found.job))
            .ok_or(Error::UploadClosed)
    }

    /// Makes the upload the job's document and queues the job. The same bytes once more change
    /// nothing.
    ///
    /// # Errors
    /// If the upload is empty, of a kind that cannot be read, or too late, or if storage fails.
    /// Nothing is left behind then.
    pub async fn supply_document(
        &self,
        awaiting: &JobWithSpec,
        upload: Upload,
    ) -> Result<Job, Error> {
        let JobWithSpec { job, spec } = awaiting;
        let password = job.document.password.clone();
        let kinds = AcceptedKinds::of(spec, Expected::Document);
        let name = Some(job.document.name.as_str());
        let stored = self.store_document(&job.user_id, upload, name, password, kinds);
        let (document, total) = stored.await?;
        let (Some(blob_key), Some(sha256)) = (document.blob_key, document.sha256) else {
            return Err(Error::UploadClosed);
        };
        let supplied = Supplied {
            document: FetchedDocument {
                sha256: sha256.clone(),
                size_bytes: document.size_bytes,
                media_type: document.media_type,
                blob_key: blob_key.clone(),
            },
            pages_total: total,
            pages_selected: total.map(|total| selected_pages(spec, total)),
        };
        match self.store.supply_document(job.id, supplied).await? {
            SupplyOutcome::Queued(job) => {
                self.note_version(job.id, job.version);
                Ok(job)
            }
            SupplyOutcome::DocumentsFull(bytes) => {
                self.discard(&blob_key).await;
                Err(Error::DocumentsFull(bytes))
            }
            SupplyOutcome::NotAwaited => {
                self.discard(&blob_key).await;
                let now = self.store.find_job(job.id).await?;
                let same = |job: &Job| job.document.sha256.as_deref() == Some(&sha256);
                now.filter(same).ok_or(Error::UploadClosed)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_promise_a_type() {
        for (name, want) in [("a.pdf", "application/pdf"), ("b.c.JPG", "image/jpeg")] {
            assert_eq!(announced_media_type(name).unwrap(), want);
        }
        for (name, part) in [("a.exe", ": .exe. "), ("a", ": none. "), ("a.", ": .. ")] {
            let refused = announced_media_type(name).unwrap_err().to_string();
            assert!(refused.contains(part), "{refused}");
            assert!(refused.ends_with("pdf, png, jpg, jpeg, tiff, docx, pptx, xlsx"), "{refused}");
        }
    }
}
