//! The pages themselves. Everything that comes from a document or a client is escaped by `html!`.

use docket_contract::job::Job;
use docket_contract::shown::shown;
use docket_contract::state::JobState;
use docket_contract::timestamp::Timestamp;
use docket_contract::wire::jobs::{error_text, message};
use docket_jobs::{Balance, Caller};
use maud::{DOCTYPE, Markup, html};

use super::preview::Preview;

/// The filters of the list: the word of the wire and what it is called here.
const FILTERS: [(&str, &str); 5] = [
    ("", "All"),
    ("queued", "Queued"),
    ("PROCESSING", "Processing"),
    ("COMPLETED", "Completed"),
    ("FAILED", "Failed"),
];

pub(super) fn login(notice: Option<&str>) -> Markup {
    let body = html! {
        main.login {
            h1 { "Docket" }
            p { "Log in with an API key to see its account's jobs." }
            form method="post" action="/dashboard/login" {
                label for="key" { "API key" }
                input #key name="key" type="password" autocomplete="off" required autofocus;
                @if let Some(notice) = notice { p.error role="alert" { (notice) } }
                button { "Log in" }
            }
            p.hint { "No key? " code { "docket keys create --user NAME" } }
        }
    };
    frame("Log in", None, &body)
}

pub(super) fn home(
    caller: &Caller,
    balance: &Balance,
    jobs: &[Job],
    shown: &str,
    older: Option<&str>,
) -> Markup {
    let body = html! {
        main data-live="1" {
            section.usage {
                div { span { "Credits used" } strong { (grouped(balance.used)) } }
                div { span { "Left" } strong { (grouped(balance.remaining())) } }
                div { span { "Since" } strong { (balance.cycle_started_at.format("%-d %b %Y")) } }
            }
            nav.filters aria-label="Filter" {
                @for (word, name) in FILTERS {
                    a href={ "/dashboard?status=" (word) } aria-current=[(word == shown).then_some("page")] { (name) }
                }
            }
            @if jobs.is_empty() {
                p.empty { "No jobs here." }
            } @else {
                (table(jobs))
            }
            @if let Some(older) = older {
                p.more { a href={ "/dashboard?status=" (shown) "&cursor=" (older) } { "Older jobs" } }
            }
        }
    };
    frame("Jobs", Some(caller), &body)
}

fn table(jobs: &[Job]) -> Markup {
    html! {
        table {
            thead { tr { th { "Document" } th { "Job" } th { "Status" } th { "Pages" } th { "Submitted" } } }
            tbody {
                @for job in jobs {
                    tr {
                        td.name { a href={ "/dashboard/jobs/" (job.id) } { (name(job)) } }
                        td { (job.job_type.as_str()) }
                        td { (badge(job)) }
                        td { (progress(job)) }
                        td { (instant(job.created_at)) }
                    }
                }
            }
        }
    }
}

pub(super) fn job(caller: &Caller, job: &Job, preview: Option<&Preview>) -> Markup {
    let body = html! {
        main data-live=[(!job.state.is_terminal()).then_some("1")] {
            p.back { a href="/dashboard" { "All jobs" } }
            h1 { (name(job)) }
            p.status { (badge(job)) " " span { (message(job)) } }
            @if job.visible_state() == JobState::Processing { p { (progress(job)) } }
            @if let Some(error) = error_text(job) { p.error { (error) } }
            (facts(job))
            @if let Some(preview) = preview {
                h2 { "Result" }
                @if preview.text.trim().is_empty() { p.empty { "It holds no text." } }
                @else { pre { (preview.text) } }
                @if preview.cut { p.hint { "This is the beginning; the API gives all of it." } }
            }
        }
    };
    frame(&name(job), Some(caller), &body)
}

fn facts(job: &Job) -> Markup {
    html! {
        dl {
            dt { "Id" } dd { code { (job.id) } }
            dt { "Type" } dd { (job.job_type.as_str()) }
            dt { "Submitted" } dd { (instant(job.created_at)) }
            @if let Some(started) = job.started_at { dt { "Started" } dd { (instant(started)) } }
            @if let Some(finished) = job.finished_at {
                dt { "Ended" } dd { (instant(finished)) }
                @if let Some(started) = job.started_at {
                    dt { "Took" } dd { (format!("{:.2} s", (finished - started).as_seconds_f64().max(0.0))) }
                }
            }
            @if let Some(pages) = job.pages.selected.or(job.pages.total) { dt { "Pages" } dd { (pages) } }
            @if job.pages.failed > 0 { dt { "Pages that failed" } dd { (job.pages.failed) } }
            dt { "Credits" } dd { (job.credits) }
        }
    }
}

pub(super) fn unknown(caller: &Caller) -> Markup {
    let body = html! { main { h1 { "No such job" } p { a href="/dashboard" { "All jobs" } } } };
    frame("No such job", Some(caller), &body)
}

pub(super) fn fault() -> Markup {
    let body = html! {
        main { h1 { "Not now" } p { "The database does not answer. Try again in a moment." } }
    };
    frame("Not now", None, &body)
}

fn frame(title: &str, caller: Option<&Caller>, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Docket" }
                link rel="stylesheet" href="/dashboard/style.css";
                script src="/dashboard/live.js" defer {}
            }
            body {
                @if let Some(caller) = caller {
                    header {
                        a.brand href="/dashboard" { "Docket" }
                        span.account { (caller.user_id) }
                        form method="post" action="/dashboard/logout" { button.quiet { "Log out" } }
                    }
                }
                (body)
            }
        }
    }
}

fn badge(job: &Job) -> Markup {
    let (class, word) = match job.visible_state() {
        JobState::AwaitingUpload => ("queued", "Awaiting upload"),
        JobState::Queued => ("queued", "Queued"),
        JobState::Processing => ("processing", "Processing"),
        JobState::Succeeded => ("completed", "Completed"),
        JobState::Failed => ("failed", "Failed"),
        JobState::Cancelled => ("cancelled", "Cancelled"),
    };
    html! { span class={ "badge " (class) } { (word) } }
}

fn progress(job: &Job) -> Markup {
    let selected = job.pages.selected.or(job.pages.total);
    match (job.visible_state(), selected) {
        (JobState::Processing, Some(selected)) if selected > 0 => {
            let done = job.pages.done.min(selected);
            html! {
                progress value=(done) max=(selected) aria-label="Pages done" {}
                span.pages { (done) " of " (selected) }
            }
        }
        (_, Some(selected)) => html! { span.pages { (selected) } },
        (_, None) => html! { span.pages { "–" } },
    }
}

fn name(job: &Job) -> String {
    let name = shown(&job.document.name);
    if name.is_empty() { "Untitled".to_owned() } else { name.into_owned() }
}

fn instant(at: Timestamp) -> Markup {
    html! { time datetime=(at.to_rfc3339()) { (at.format("%Y-%m-%d %H:%M:%S UTC")) } }
}

/// With thin spaces between groups of three digits.
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .filter_map(|group| std::str::from_utf8(group).ok())
        .collect();
    groups.join("\u{2009}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_from_the_right() {
        for (number, want) in
            [(0, "0"), (999, "999"), (1000, "1\u{2009}000"), (1_234_567, "1\u{2009}234\u{2009}567")]
        {
            assert_eq!(grouped(number), want);
        }
    }

    #[test]
    fn what_is_shown_is_escaped() {
        let page = login(Some("<script>alert(1)</script>")).0;
        assert!(page.contains("&lt;script&gt;alert(1)") && !page.contains("<script>alert"));
    }
}
