//! Pictures of segments in what is sent: a stored result names their files, a client gets links to
//! them, or the pictures themselves.

use axum::body::Bytes;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use docket_contract::job::Job;
use docket_jobs::Linked;
use uuid::Uuid;

use crate::ServerState;
use crate::problem::{Family, Problem};
use crate::routes::links::Links;

/// How a picture stands in a stored result. Quotes within texts are escaped, so no text of a
/// document can look like this.
const KEY: &[u8] = b"\"image\":\"";
/// The length of a hyphenated UUID.
const ID_BYTES: usize = 36;
/// Bytes of pictures that one answer holds; beyond them, links are sent.
const EMBEDDED_BYTES_MAX: usize = 64 * 1024 * 1024;

/// In what form a client wants pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PictureForm {
    /// Links that last an hour.
    Linked,
    /// `data:` URLs.
    Embedded,
}

impl PictureForm {
    /// By the option `base64_urls`.
    pub(crate) fn wanted(base64_urls: bool) -> Self {
        if base64_urls { Self::Embedded } else { Self::Linked }
    }
}

/// A stored parse as it is sent.
pub(crate) async fn with_pictures(
    state: &ServerState,
    links: &Links,
    job: &Job,
    stored: Bytes,
    form: PictureForm,
) -> Result<Bytes, Problem> {
    let places = places(&stored);
    if places.is_empty() {
        return Ok(stored);
    }
    let mut sent = Vec::with_capacity(stored.len() + 200 * places.len());
    let (mut done, mut embedded) = (0, 0);
    for (at, id) in places {
        sent.extend_from_slice(&stored[done..at]);
        done = at + ID_BYTES;
        if form == PictureForm::Embedded && embedded < EMBEDDED_BYTES_MAX {
            let picture = state.jobs.file(job, id).await;
            let picture = picture.map_err(|error| Problem::of(error, Family::Parse))?;
            embedded += picture.len();
            sent.extend_from_slice(b"data:image/png;base64,");
            sent.extend_from_slice(STANDARD.encode(&picture).as_bytes());
        } else {
            sent.extend_from_slice(links.to(job.id, Linked::File(id)).as_bytes());
        }
    }
    sent.extend_from_slice(&stored[done..]);
    Ok(sent.into())
}

/// Where ids of pictures stand, and which.
fn places(stored: &[u8]) -> Vec<(usize, Uuid)> {
    let mut places = Vec::new();
    let mut from = 0;
    while let Some(step) = stored[from..].windows(KEY.len()).position(|window| window == KEY) {
        let at = from + step + KEY.len();
        let id = stored.get(at..at + ID_BYTES).and_then(|id| std::str::from_utf8(id).ok());
        if let Some(id) = id.and_then(|id| Uuid::try_parse(id).ok())
            && stored.get(at + ID_BYTES) == Some(&b'"')
        {
            places.push((at, id));
        }
        from = at;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_are_found() {
        let id = Uuid::new_v4();
        let text = serde_json::json!({
            "content": format!("\"image\":\"{id}\""),
            "image": id.to_string(),
            "other": {"image": "https://example.org"},
        });
        let stored = serde_json::to_vec(&text).unwrap();
        let found = places(&stored);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1, id);
        assert_eq!(&stored[found[0].0..found[0].0 + ID_BYTES], id.to_string().as_bytes());
    }
}
