//! `/files`: what signed links lead to, without a key.

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use docket_contract::JobId;
use docket_jobs::Linked;
use serde::Deserialize;

use crate::ServerState;
use crate::problem::{Family, Problem};

/// The signed part of a link.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Signature {
    #[serde(default)]
    expires: String,
    #[serde(default)]
    signature: String,
}

/// `GET /files/{job_id}/{what}`
pub(crate) async fn download(
    State(state): State<ServerState>,
    Path((job, what)): Path<(String, String)>,
    Query(given): Query<Signature>,
) -> Result<Response, Problem> {
    let (Ok(job), Some(linked)) = (job.parse::<JobId>(), Linked::from_word(&what)) else {
        return Err(Problem::not_found());
    };
    let signer =
        state.jobs.link_signer().await.map_err(|error| Problem::of(error, Family::Jobs))?;
    let expires = given.expires.parse().unwrap_or(0);
    if !signer.verify(job, linked, expires, &given.signature, chrono::Utc::now()) {
        return Err(Problem::forbidden("The link is not valid or has expired"));
    }
    let file = state.jobs.open_linked(job, linked).await;
    let file = file.map_err(|error| Problem::of(error, Family::Jobs))?;
    let length = file.reader.size_bytes();
    let mut response = Body::from_stream(file.reader.into_stream()).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    // The bytes are a stranger's: they must never run as a page of this server.
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    headers
        .insert("content-security-policy", HeaderValue::from_static("sandbox; default-src 'none'"));
    if let Ok(value) = HeaderValue::from_str(&file.media_type) {
        headers.insert(CONTENT_TYPE, value);
    }
    if let Ok(value) = HeaderValue::from_str(&disposition(&file.file_name)) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// The name in both spellings of RFC 6266: reduced to ASCII, and whole in UTF-8.
fn disposition(file_name: &str) -> String {
    let plain =
        |c: char| if c.is_ascii_graphic() && !"\"\\".contains(c) || c == ' ' { c } else { '_' };
    let ascii: String = file_name.chars().map(plain).collect();
    let encoded: String = file_name
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("inline; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_the_header() {
        assert_eq!(
            disposition("a b.pdf"),
            "inline; filename=\"a b.pdf\"; filename*=UTF-8''a%20b.pdf"
        );
        assert_eq!(
            disposition("r\u{e4}\".pdf"),
            "inline; filename=\"r__.pdf\"; filename*=UTF-8''r%C3%A4%22.pdf"
        );
    }
}
