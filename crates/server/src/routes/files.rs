//! `/files`: what signed links lead to, without a key.

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE,
    RANGE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use docket_contract::JobId;
use docket_contract::shown::shown;
use docket_jobs::{BlobRange, Error, Linked, LinkedFile};
use serde::Deserialize;

use crate::ServerState;
use crate::layers::client::Client;
use crate::problem::{Family, Problem};

/// The signed part of a link.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Signature {
    #[serde(default)]
    expires: String,
    #[serde(default)]
    pub(crate) signature: String,
}

impl Signature {
    /// Seconds since 1970; long ago if it is no number.
    pub(crate) fn expires(&self) -> i64 {
        self.expires.parse().unwrap_or(0)
    }
}

/// `GET /files/{job_id}/{what}`
pub(crate) async fn download(
    State(state): State<ServerState>,
    Path((job, what)): Path<(String, String)>,
    Query(given): Query<Signature>,
    client: Option<Extension<Client>>,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    let (Ok(job), Some(linked)) = (job.parse::<JobId>(), Linked::from_word(&what)) else {
        return Err(Problem::not_found());
    };
    let signer =
        state.jobs.link_signer().await.map_err(|error| Problem::of(error, Family::Jobs))?;
    if !signer.verify(job, linked, given.expires(), &given.signature, state.jobs.now()) {
        return Err(Problem::forbidden("The link is not valid or has expired"));
    }
    if let Some(Extension(client)) = client {
        client.is_known();
    }
    let range = asked.get(RANGE).and_then(|value| range_of(value.to_str().ok()?));
    let file = match state.jobs.open_linked(job, linked, range).await {
        Ok(file) => file,
        Err(Error::NotInRange { size_bytes }) => return Ok(not_in_range(size_bytes)),
        Err(error) => return Err(Problem::of(error, Family::Jobs)),
    };
    Ok(sent(file, range.is_some()))
}

/// The file as an answer: the whole of it, or the range that was asked for.
fn sent(file: LinkedFile, is_part: bool) -> Response {
    let (part, size) = (file.reader.range(), file.reader.size_bytes());
    let mut response = Body::from_stream(file.reader.into_stream()).into_response();
    if is_part {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let text = format!("bytes {}-{}/{size}", part.start, part.end.saturating_sub(1));
        if let Ok(value) = HeaderValue::from_str(&text) {
            response.headers_mut().insert(CONTENT_RANGE, value);
        }
    }
    let headers = response.headers_mut();
    headers.insert(CONTENT_LENGTH, HeaderValue::from(part.end - part.start));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // The bytes come from a client: they must never run as a page of this server.
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers
        .insert("content-security-policy", HeaderValue::from_static("sandbox; default-src 'none'"));
    if let Ok(value) = HeaderValue::from_str(&file.media_type) {
        headers.insert(CONTENT_TYPE, value);
    }
    if let Ok(value) = HeaderValue::from_str(&disposition(&file.file_name)) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    response
}

/// The one range of a `Range` header (RFC 9110 14.2). Several ranges, other units and nonsense are
/// answered with the whole file, as the RFC allows.
fn range_of(header: &str) -> Option<BlobRange> {
    let (first, last) = header.trim().strip_prefix("bytes=")?.split_once('-')?;
    let number = |digits: &str| {
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<u64>().ok().filter(|_| plain)
    };
    match (first.trim(), last.trim()) {
        ("", count) => number(count).map(BlobRange::Suffix),
        (first, "") => Some(BlobRange::From { first: number(first)?, last: None }),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(BlobRange::From { first, last: Some(last) })
        }
    }
}

/// 416 with the size, so that the client can ask better.
fn not_in_range(size_bytes: u64) -> Response {
    let mut response = Problem::of(Error::NotInRange { size_bytes }, Family::Jobs).into_response();
    if let Ok(value) = HeaderValue::from_str(&format!("bytes */{size_bytes}")) {
        response.headers_mut().insert(CONTENT_RANGE, value);
    }
    response
}

/// The name in both spellings of RFC 6266: reduced to ASCII, and whole in UTF-8.
fn disposition(file_name: &str) -> String {
    let file_name = shown(file_name);
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
    fn one_range_is_read_and_nonsense_is_not() {
        let from = |first, last| Some(BlobRange::From { first, last });
        for (header, want) in [
            ("bytes=0-", from(0, None)),
            ("bytes=5-9", from(5, Some(9))),
            ("bytes=-4", Some(BlobRange::Suffix(4))),
            ("bytes=9-5", None),
            ("bytes=0-1,3-4", None),
            ("bytes=-", None),
            ("pages=1-2", None),
            ("bytes=+1-2", None),
        ] {
            assert_eq!(range_of(header), want, "{header}");
        }
    }

    #[test]
    fn names_survive_the_header() {
        assert_eq!(
            disposition("a b.pdf"),
            "inline; filename=\"a b.pdf\"; filename*=UTF-8''a%20b.pdf"
        );
        assert_eq!(
            disposition("in\u{202e}fdp.exe"),
            "inline; filename=\"in_fdp.exe\"; filename*=UTF-8''in%EF%BF%BDfdp.exe"
        );
        assert_eq!(
            disposition("r\u{e4}\".pdf"),
            "inline; filename=\"r__.pdf\"; filename*=UTF-8''r%C3%A4%22.pdf"
        );
    }
}
