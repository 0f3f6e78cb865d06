//! The bodies of `/classify` and `/splitter`, the families that work page by page.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::document::Warning;
use crate::job::Job;
use crate::results::{ClassifyResult, PageClass, SplitPart, SplitResult};
use crate::shapes::{Classification, Split, SplitParameters};
use crate::spec::{Category, SplitSpec};
use crate::state::{JobState, PagesWord};
use crate::wire::jobs::error_text;

impl JobState {
    /// The word of `GET /classify/{id}` and `GET /splitter/{id}`: a queued job is *processing*,
    /// because pollers of these families give up on any other word.
    #[must_use]
    pub fn pages_word(self) -> &'static str {
        match self {
            Self::AwaitingUpload | Self::Queued | Self::Processing => "processing",
            Self::Succeeded => "completed",
            Self::Failed | Self::Cancelled => "failed",
        }
    }
}

/// `GET /classify/{id}`. Older clients break on any further top-level key.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ClassifyStatus {
    /// The job's id.
    pub job_id: String,
    /// `processing`, `completed` or `failed`.
    #[schemars(with = "PagesWord")]
    pub status: &'static str,
    /// A text for people.
    pub progress: String,
    /// The reason of a failure, else null.
    pub error: Option<String>,
    /// The result, null before the end.
    #[schemars(with = "Option<Classification>")]
    pub result: Option<Value>,
}

impl ClassifyStatus {
    /// Describes a job; `result` is its stored result, if it has one.
    #[must_use]
    pub fn new(job: &Job, result: Option<&ClassifyResult>) -> Self {
        Self {
            job_id: job.id.to_string(),
            status: job.visible_state().pages_word(),
            progress: progress(
                job,
                ["Starting classification...", "Classification completed", "Classification failed"],
            ),
            error: error_text(job),
            result: result.map(classification),
        }
    }
}

/// The object `result` of a classification.
#[must_use]
pub fn classification(result: &ClassifyResult) -> Value {
    let pages: Vec<Value> = result.pages.iter().map(|page| page_class(page, result)).collect();
    let mut body = json!({
        "success": true,
        "classification": result.classification,
        "confidence": result.confidence,
        "total_pages": result.page_count,
        "processed_pages": pages.len(),
        "page_results": pages,
        "categories": result.categories,
    });
    add_warnings(&mut body, &result.warnings);
    body
}

/// Clients of these families know no warnings, so the key is absent as a rule.
fn add_warnings(body: &mut Value, warnings: &[Warning]) {
    if !warnings.is_empty() {
        body["warnings"] = json!(warnings);
    }
}

/// A page that could not be read has the document's class, without confidence and with a reason.
fn page_class(page: &PageClass, result: &ClassifyResult) -> Value {
    let success = page.classification.is_some();
    let name = page.classification.as_ref().unwrap_or(&result.classification);
    let mut entry = json!({
        "page": page.page, "success": success, "classification": name,
        "confidence": page.confidence, "raw_result": name,
    });
    if !success {
        entry["error"] = json!("The page has no text");
    }
    entry
}

/// `GET /splitter/{id}`
#[derive(Debug, Serialize, JsonSchema)]
pub struct SplitStatus<'a> {
    /// The job's id.
    pub job_id: String,
    /// `processing`, `completed` or `failed`.
    #[schemars(with = "PagesWord")]
    pub status: &'static str,
    /// A text for people.
    pub progress: String,
    /// A link to the uploaded document; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_url: Option<String>,
    /// The document's name.
    pub file_name: &'a str,
    /// Echo of the request.
    #[schemars(with = "SplitParameters")]
    pub parameters: Map<String, Value>,
    /// The result, null before the end.
    #[schemars(with = "Option<Split>")]
    pub result: Option<Value>,
    /// The reason of a failure, else null.
    pub error: Option<String>,
    /// The account's balance.
    pub quota_remaining: i64,
}

impl<'a> SplitStatus<'a> {
    /// Describes a job; `result` is the object made by [`split_result`], if it has one.
    #[must_use]
    pub fn new(
        job: &'a Job,
        spec: &SplitSpec,
        result: Option<Value>,
        file_url: Option<String>,
        quota_remaining: i64,
    ) -> Self {
        Self {
            job_id: job.id.to_string(),
            status: job.visible_state().pages_word(),
            progress: progress(
                job,
                [
                    "Starting document processing...",
                    "Splitting completed",
                    "Classification failed with error",
                ],
            ),
            file_url,
            file_name: &job.document.name,
            parameters: parameters(job, spec),
            result,
            error: error_text(job),
            quota_remaining,
        }
    }
}

fn parameters(job: &Job, spec: &SplitSpec) -> Map<String, Value> {
    let names: Vec<&String> = spec.categories.iter().map(|category| &category.name).collect();
    let described = |category: &Category| {
        let text = category.description.clone()?;
        Some((category.name.clone(), Value::String(text)))
    };
    let descriptions: Map<String, Value> = spec.categories.iter().filter_map(described).collect();
    let mut all = Map::new();
    all.insert("classes".to_owned(), json!(names));
    all.insert("category_descriptions".to_owned(), Value::Object(descriptions));
    if let Some(pages) = job.pages.total {
        all.insert("page_count".to_owned(), json!(pages));
    }
    all.insert("enable_reordering".to_owned(), json!(spec.enable_reordering));
    all
}

/// The object `result` of a split; `link` gives each part's address, if links are wanted.
#[must_use]
pub fn split_result(result: &SplitResult, link: &dyn Fn(&SplitPart) -> Option<String>) -> Value {
    let file = |part: &SplitPart| {
        let name = format!("{}.pdf", part.category);
        let mut file = json!({
            "name": name, "path": name, "type": "file", "fileId": part.file_id,
            "confidence_score": part.confidence, "pages": part.pages,
        });
        if let Some(link) = link(part) {
            file["full_path"] = Value::String(link);
        }
        file
    };
    let files: Vec<Value> = result.parts.iter().map(file).collect();
    let splits: Map<String, Value> =
        result.parts.iter().map(|part| (part.category.clone(), json!(part.pages))).collect();
    let mut body = json!({
        "success": true,
        "message": format!("Successfully split PDF into {} files", files.len()),
        "files": files,
        "splits": splits,
    });
    add_warnings(&mut body, &result.warnings);
    body
}

fn progress(job: &Job, [starting, completed, failed]: [&str; 3]) -> String {
    match job.visible_state() {
        JobState::AwaitingUpload | JobState::Queued => starting.to_owned(),
        JobState::Processing => match job.pages.selected {
            Some(pages) if pages > 0 => {
                format!("Processing page {} of {pages}", (job.pages.done + 1).min(pages))
            }
            _ => starting.to_owned(),
        },
        JobState::Succeeded => completed.to_owned(),
        JobState::Failed | JobState::Cancelled => failed.to_owned(),
    }
}
