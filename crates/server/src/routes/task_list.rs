//! `GET /api/v1/tasks`: the caller's tasks in pages, as a bare array.

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use docket_contract::job::JobType;
use docket_contract::timestamp::Timestamp;
use docket_jobs::ListRequest;
use serde::Deserialize;

use crate::ServerState;
use crate::layers::auth::Authenticated;
use crate::problem::{Family, Problem};
use crate::results::{Part, PictureForm, Pictures, json_body};
use crate::routes::links::Links;
use crate::routes::tasks::{describe, list_query};

/// Tasks on one page.
const LIMIT_DEFAULT: usize = 10;
const LIMIT_MAX: usize = 200;

/// Tasks that can be passed over: the database reads each of them for every page.
const OFFSET_MAX: usize = 10_000;

/// The query; all fields are texts, so that errors have our own wording.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct TasksQuery {
    page: Option<String>,
    limit: Option<String>,
    start: Option<String>,
    end: Option<String>,
    include_chunks: Option<String>,
}

/// `GET /api/v1/tasks`, newest first.
pub(crate) async fn list(
    State(state): State<ServerState>,
    Authenticated(caller): Authenticated,
    Query(query): Query<TasksQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let page = state.jobs.list(&caller, list_request(&query)?).await;
    let page = page.map_err(|error| Problem::of(error, Family::Parse))?;
    let wanted = list_query(query.include_chunks.as_deref());
    let links = Links::new(&state, &headers).await?;
    let tasks = state.jobs.with_specs(page.jobs).await;
    let tasks = tasks.map_err(|error| Problem::of(error, Family::Parse))?;
    let mut parts = vec![Part::Text(Bytes::from_static(b"["))];
    for (number, task) in tasks.iter().enumerate() {
        if number > 0 {
            parts.push(Part::Text(Bytes::from_static(b",")));
        }
        parts.extend(describe(&state, task, &links, &wanted).await?);
    }
    parts.push(Part::Text(Bytes::from_static(b"]")));
    let pictures = Pictures { state, links, form: PictureForm::Linked };
    Ok(json_body(pictures, parts))
}

fn list_request(query: &TasksQuery) -> Result<ListRequest, Problem> {
    let page = number(query.page.as_deref(), "page", 1, usize::MAX)?;
    let limit = number(query.limit.as_deref(), "limit", LIMIT_DEFAULT, LIMIT_MAX)?;
    let offset = (page - 1).saturating_mul(limit);
    if offset > OFFSET_MAX {
        return Err(Problem::bad_request(&format!(
            "page goes beyond the first {OFFSET_MAX} tasks: use start and end to list others"
        )));
    }
    Ok(ListRequest {
        job_type: Some(JobType::Parsing),
        created_from: instant(query.start.as_deref(), "start", NaiveTime::MIN)?,
        created_until: instant(query.end.as_deref(), "end", last_of_day())?,
        offset,
        limit,
        ..ListRequest::default()
    })
}

fn number(given: Option<&str>, name: &str, default: usize, most: usize) -> Result<usize, Problem> {
    let Some(text) = given.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(default);
    };
    text.parse().ok().filter(|number| (1..=most).contains(number)).ok_or_else(|| {
        let to = if most == usize::MAX { String::new() } else { format!(" to {most}") };
        Problem::bad_request(&format!("{name} must be a number from 1{to}"))
    })
}

/// An instant as RFC 3339 has it; a day alone means its first or last moment.
fn instant(
    given: Option<&str>,
    name: &str,
    time_of_day: NaiveTime,
) -> Result<Option<Timestamp>, Problem> {
    let Some(text) = given.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    // In a query a plus sign that was not encoded arrives as a space.
    let whole = DateTime::parse_from_rfc3339(&text.replace(' ', "+")).map(|at| at.to_utc()).ok();
    let day = || {
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        Some(DateTime::<Utc>::from_naive_utc_and_offset(day.and_time(time_of_day), Utc))
    };
    whole.or_else(day).map(Some).ok_or_else(|| {
        Problem::bad_request(&format!("{name} must be a time such as 2025-10-22T06:51:16Z"))
    })
}

fn last_of_day() -> NaiveTime {
    NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).unwrap_or(NaiveTime::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_days() {
        let read = |text: &str| instant(Some(text), "start", NaiveTime::MIN).map(Option::unwrap);
        let noon = read("2025-10-22T12:00:00Z").unwrap();
        assert_eq!(read("2025-10-22T14:00:00+02:00").unwrap(), noon);
        assert_eq!(read("2025-10-22T14:00:00 02:00").unwrap(), noon);
        assert_eq!(read("2025-10-22").unwrap() + chrono::TimeDelta::hours(12), noon);
        assert!(read("yesterday").is_err());
        assert_eq!(instant(Some(" "), "end", last_of_day()).unwrap(), None);
    }

    #[test]
    fn pages_begin_with_the_first() {
        let query = |page: &str, limit: &str| TasksQuery {
            page: Some(page.to_owned()),
            limit: Some(limit.to_owned()),
            ..TasksQuery::default()
        };
        let third = list_request(&query("3", "20")).unwrap();
        assert_eq!((third.offset, third.limit), (40, 20));
        assert_eq!(list_request(&TasksQuery::default()).unwrap().offset, 0);
        assert_eq!(list_request(&query("51", "200")).unwrap().offset, OFFSET_MAX);
        assert!(list_request(&query("52", "200")).is_err(), "beyond what is paged through");
        let last = usize::MAX.to_string();
        for (page, limit) in
            [(last.as_str(), "200"), ("0", "1"), ("-1", "1"), ("1", "0"), ("1", "201"), ("x", "1")]
        {
            assert!(list_request(&query(page, limit)).is_err(), "{page} {limit}");
        }
    }
}
