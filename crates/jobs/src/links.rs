//! Signed links: files that a holder of the link may read for a while, without a key.

use docket_contract::JobId;
use docket_contract::job::{Job, JobType};
use docket_contract::results::SplitResult;
use docket_contract::spec::ExportFormat;
use docket_contract::state::JobState;
use docket_contract::timestamp::Timestamp;
use docket_store::{BlobRange, BlobReader};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Uuid;

use crate::{Error, Jobs};

/// How long a link lasts, in seconds.
const LINK_LIFETIME_S: i64 = 60 * 60;

/// The name of the signing secret in the database.
const SECRET_NAME: &str = "links";

/// The word for the right to upload in a signature; no [`Linked`] has this word.
const UPLOAD: &str = "upload";

/// The target of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linked {
    /// The uploaded document.
    Document,
    /// The stored result as JSON.
    Result,
    /// A file of the result, for example a part of a split.
    File(Uuid),
}

impl Linked {
    /// The word in the path.
    #[must_use]
    pub fn word(self) -> String {
        match self {
            Self::Document => "document".to_owned(),
            Self::Result => "result".to_owned(),
            Self::File(id) => id.to_string(),
        }
    }

    /// Reads the word of a path.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "document" => Some(Self::Document),
            "result" => Some(Self::Result),
            id => Uuid::try_parse(id).ok().map(Self::File),
        }
    }
}

/// Makes and checks signatures.
#[derive(Clone)]
pub struct LinkSigner {
    secret: [u8; 32],
}

impl LinkSigner {
    /// Path and query of a link that lasts an hour from `now`.
    #[must_use]
    pub fn path(&self, job: JobId, linked: Linked, now: Timestamp) -> String {
        let expires = now.timestamp() + LINK_LIFETIME_S;
        let word = linked.word();
        let signature = self.mac(job, &word, expires).finalize().into_bytes();
        format!("/files/{job}/{word}?expires={expires}&signature={}", to_hex(&signature))
    }

    /// True if this link was made here and has not expired.
    #[must_use]
    pub fn verify(
        &self,
        job: JobId,
        linked: Linked,
        expires: i64,
        signature: &str,
        now: Timestamp,
    ) -> bool {
        let Some(bytes) = from_hex(signature) else { return false };
        let genuine = self.mac(job, &linked.word(), expires).verify_slice(&bytes).is_ok();
        genuine && now.timestamp() < expires
    }

    /// Path and query of the link by which the job's document can be uploaded until `expires`, in
    /// seconds since 1970.
    #[must_use]
    pub fn upload_path(&self, job: JobId, expires: i64) -> String {
        let signature = self.mac(job, UPLOAD, expires).finalize().into_bytes();
        format!("/files/{job}/upload?expires={expires}&signature={}", to_hex(&signature))
    }

    /// True if this link for an upload was made here and has not expired.
    #[must_use]
    pub fn verify_upload(&self, job: JobId, expires: i64, signature: &str, now: Timestamp) -> bool {
        let Some(bytes) = from_hex(signature) else { return false };
        let genuine = self.mac(job, UPLOAD, expires).verify_slice(&bytes).is_ok();
        genuine && now.timestamp() < expires
    }

    fn mac(&self, job: JobId, word: &str, expires: i64) -> Hmac<Sha256> {
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&self.secret)
            .expect("a MAC takes keys of any length");
        mac.update(format!("{job}\n{word}\n{expires}").as_bytes());
        mac
    }
}

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) || digits.len() > 128 {
        return None;
    }
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits.chunks(2).map(byte).collect()
}

/// The document's name with the extension of another form.
fn export_name(document: &str, format: ExportFormat) -> String {
    let stem = document.rsplit_once('.').map_or(document, |(stem, _)| stem);
    format!("{}.{}", if stem.is_empty() { "document" } else { stem }, format.extension())
}

/// A file behind a link.
pub struct LinkedFile {
    /// Its bytes.
    pub reader: BlobReader,
    /// Its media type.
    pub media_type: String,
    /// The file name when saved.
    pub file_name: String,
}

impl Jobs {
    /// The signer of this installation; all nodes of one database share its secret.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn link_signer(&self) -> Result<LinkSigner, Error> {
        let secret = self.link_secret.get_or_try_init(|| async {
            self.store
                .secret(SECRET_NAME, crate::accounts::random_bytes()?)
                .await
                .map_err(Error::from)
        });
        Ok(LinkSigner { secret: *secret.await? })
    }

    /// Opens the target of a link, or a part of it; the caller has checked the signature.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the job or the file is gone, [`Error::NotInRange`] for a range beyond
    /// the file, or if storage fails.
    pub async fn open_linked(
        &self,
        id: JobId,
        linked: Linked,
        range: Option<BlobRange>,
    ) -> Result<LinkedFile, Error> {
        let job = self.store.find_job(id).await?.ok_or(Error::NotFound)?;
        let result_key = || job.result_key.clone().ok_or(Error::NotFound);
        let (key, media_type, file_name) = match linked {
            Linked::Document => {
                let key = job.document.blob_key.clone().ok_or(Error::NotFound)?;
                (key, job.document.media_type.clone(), job.document.name.clone())
            }
            Linked::Result => (result_key()?, "application/json".to_owned(), format!("{id}.json")),
            Linked::File(file_id) => {
                let (media_type, name) = self.file_of(&job, file_id).await?;
                (result_key()?.file(file_id), media_type.to_owned(), name)
            }
        };
        let opened = match range {
            Some(range) => self.blobs.reader_of_range(&key, range).await,
            None => self.blobs.reader(&key).await,
        };
        let reader = opened.map_err(|error| match error {
            docket_store::BlobError::NotFound(_) => Error::NotFound,
            other => other.into(),
        })?;
        Ok(LinkedFile { reader, media_type, file_name })
    }

    /// Media type and name of a file of a result: the picture of a segment, the document in another
    /// form, or a part of a split.
    async fn file_of(&self, job: &Job, file_id: Uuid) -> Result<(&'static str, String), Error> {
        if job.job_type == JobType::Parsing {
            let mut exports = ExportFormat::ALL.iter();
            let export = exports.find(|format| format.file_id(job.id.uuid()) == Some(file_id));
            return Ok(match export {
                Some(format) => (format.media_type(), export_name(&job.document.name, *format)),
                None => ("image/png", format!("{file_id}.png")),
            });
        }
        let parts = self.split_parts(job).await?.parts;
        let part = parts.into_iter().find(|part| part.file_id == file_id);
        Ok(("application/pdf", format!("{}.pdf", part.ok_or(Error::NotFound)?.category)))
    }

    /// A file of a result, whole.
    ///
    /// # Errors
    /// [`Error::NotFound`] if it is gone, or if storage fails.
    pub async fn file(&self, job: &Job, file_id: Uuid) -> Result<bytes::Bytes, Error> {
        let key = job.result_key.as_ref().ok_or(Error::NotFound)?.file(file_id);
        match self.blobs.read(&key).await {
            Err(docket_store::BlobError::NotFound(_)) => Err(Error::NotFound),
            other => Ok(other?),
        }
    }

    /// The stored result of a split; empty for other jobs.
    pub(crate) async fn split_parts(&self, job: &Job) -> Result<SplitResult, Error> {
        if job.job_type != JobType::Splitting || job.state != JobState::Succeeded {
            return Ok(SplitResult::default());
        }
        let stored = self.result_of(job).await?;
        serde_json::from_slice(&stored).map_err(|error| Error::Internal(Box::new(error)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(change: impl FnOnce(&mut (JobId, Linked, i64, String, Timestamp)), want: bool) {
        let signer = LinkSigner { secret: [7; 32] };
        let now = Timestamp::from_timestamp(1_700_000_000, 0).unwrap();
        let job = JobId::new();
        let path = signer.path(job, Linked::Document, now);
        let query = path.split_once('?').unwrap().1;
        let (expires, signature) = query.split_once('&').unwrap();
        let expires = expires.trim_start_matches("expires=").parse().unwrap();
        let signature = signature.trim_start_matches("signature=").to_owned();
        let mut link = (job, Linked::Document, expires, signature, now);
        change(&mut link);
        assert_eq!(signer.verify(link.0, link.1, link.2, &link.3, link.4), want);
    }

    #[test]
    fn a_link_opens_only_what_it_was_made_for() {
        check(|_| {}, true);
        check(|link| link.0 = JobId::new(), false);
        check(|link| link.1 = Linked::Result, false);
        check(|link| link.2 += 1, false);
        check(|link| link.3.replace_range(0..2, "zz"), false);
        check(|link| link.3.truncate(62), false);
        check(|link| link.3.clear(), false);
    }

    #[test]
    fn a_link_ends_after_an_hour() {
        check(|link| link.4 += chrono::TimeDelta::seconds(LINK_LIFETIME_S - 1), true);
        check(|link| link.4 += chrono::TimeDelta::seconds(LINK_LIFETIME_S), false);
    }

    #[test]
    fn a_link_to_read_is_none_to_write() {
        let signer = LinkSigner { secret: [7; 32] };
        let (job, now) = (JobId::new(), Timestamp::default());
        let signature = |path: &str| path.rsplit('=').next().unwrap().to_owned();
        let upload = signature(&signer.upload_path(job, 60));
        assert!(signer.verify_upload(job, 60, &upload, now));
        assert!(!signer.verify_upload(job, 61, &upload, now));
        assert!(!signer.verify_upload(JobId::new(), 60, &upload, now));
        assert!(!signer.verify_upload(job, 60, &upload, now + chrono::TimeDelta::seconds(60)));
        assert!(!signer.verify(job, Linked::Document, 60, &upload, now));
        let read = signature(&signer.path(job, Linked::Document, now));
        assert!(!signer.verify_upload(job, LINK_LIFETIME_S, &read, now));
    }

    #[test]
    fn another_installations_link_is_refused() {
        let now = Timestamp::default();
        let job = JobId::new();
        let path = LinkSigner { secret: [1; 32] }.path(job, Linked::Result, now);
        let signature = path.rsplit('=').next().unwrap();
        let other = LinkSigner { secret: [2; 32] };
        assert!(!other.verify(job, Linked::Result, LINK_LIFETIME_S, signature, now));
    }
}
