//! The bodies of `/extract`: the status document, and extracted values in their two forms.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::job::Job;
use crate::results::{ExtractResult, Extracted, ExtractedField, ExtractedValue, GroundedBox};
use crate::shapes::{ExtractMetadata, ExtractedEntry};
use crate::spec::ExtractSpec;
use crate::state::{ExtractWord, JobState};
use crate::timestamp::extract_look;
use crate::wire::jobs::error_text;

/// The form of values in responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValueForm {
    /// Scores and citations as objects, every cell wrapped: the newest service's form.
    pub scored: bool,
    /// With the place of each value.
    pub citations: bool,
}

/// `GET /extract/{id}`. Older clients break on any further top-level key.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ExtractStatus<'a> {
    /// The job's id.
    pub job_id: String,
    /// `queued`, `processing`, `completed` or `failed`.
    #[schemars(with = "ExtractWord")]
    pub status: &'static str,
    /// The document's name.
    pub file_name: &'a str,
    /// When it was submitted.
    pub created_at: String,
    /// When it last changed.
    pub updated_at: String,
    /// The reason of a failure, for readers of this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The reason of a failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The values, one per property of the schema, in its order; only when completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "BTreeMap<String, ExtractedEntry>")]
    pub result: Option<Map<String, Value>>,
    /// A link to the document, if requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_url: Option<String>,
    /// Order and echo of the schema, and metadata of the document.
    #[schemars(with = "ExtractMetadata")]
    pub metadata: Map<String, Value>,
}

impl<'a> ExtractStatus<'a> {
    /// Describes a job; `result` is its stored result, if it has one.
    #[must_use]
    pub fn new(
        job: &'a Job,
        spec: &ExtractSpec,
        result: Option<&ExtractResult>,
        form: ValueForm,
    ) -> Self {
        let error = error_text(job);
        Self {
            job_id: job.id.to_string(),
            status: job.visible_state().extract_word(),
            file_name: &job.document.name,
            created_at: extract_look(job.created_at),
            updated_at: extract_look(job.updated_at),
            message: error.clone(),
            error,
            result: result.map(|result| values(&result.fields, form)),
            file_url: None,
            metadata: metadata(job, spec, result),
        }
    }
}

fn metadata(job: &Job, spec: &ExtractSpec, result: Option<&ExtractResult>) -> Map<String, Value> {
    let order: Vec<&String> = properties(spec).map(|all| all.keys().collect()).unwrap_or_default();
    let mut all = Map::new();
    all.insert("order".to_owned(), json!(order));
    all.insert("schema".to_owned(), Value::Object(spec.schema.clone()));
    if let Some(name) = &spec.schema_name {
        all.insert("schema_name".to_owned(), json!(name));
    }
    let pages = result.map(|result| json!(result.page_count)).or(job.pages.total.map(|n| json!(n)));
    if let Some(pages) = pages {
        all.insert("page_count".to_owned(), pages);
    }
    if let Some(result) = result {
        all.insert("min_confidence_score".to_owned(), json!(min_score(&result.fields)));
        if !result.warnings.is_empty() {
            all.insert("warnings".to_owned(), json!(result.warnings));
        }
        if !result.failed_pages.is_empty() {
            all.insert("failed_pages".to_owned(), json!(result.failed_pages));
        }
    }
    all
}

fn properties(spec: &ExtractSpec) -> Option<&Map<String, Value>> {
    spec.schema.get("properties").and_then(Value::as_object)
}

/// The smallest score of the fields; 0 where there are none.
#[must_use]
pub fn min_score(fields: &[ExtractedField]) -> f64 {
    let scores = fields.iter().map(|field| field.found.score);
    scores.min_by(f64::total_cmp).unwrap_or(0.0)
}

/// Fields as an object of entries.
#[must_use]
pub fn values(fields: &[ExtractedField], form: ValueForm) -> Map<String, Value> {
    let entry = if form.scored { scored_entry } else { flat_entry };
    fields.iter().map(|field| (field.name.clone(), entry(&field.found, form))).collect()
}

/// The citations of `/jobs/{id}/result`: one per box.
#[must_use]
pub fn citations(fields: &[ExtractedField]) -> Vec<Value> {
    let mut all = Vec::new();
    for field in fields {
        for place in places(&field.found) {
            let (text, page, bbox) = (&place.text, place.page, place.bbox);
            all.push(json!({ "field": field.name, "text": text, "page": page, "bbox": bbox }));
        }
    }
    all
}

fn flat_entry(found: &Extracted, form: ValueForm) -> Value {
    let value = match &found.value {
        ExtractedValue::Missing => Value::Null,
        ExtractedValue::Scalar(value) => value.clone(),
        ExtractedValue::Scalars(items) => items.iter().map(raw).collect(),
        ExtractedValue::Object(fields) => Value::Object(values(fields, form)),
        ExtractedValue::Rows(rows) => rows.iter().map(|row| flat_row(row, form)).collect(),
    };
    let places = places(found);
    let page = found.page.or_else(|| places.first().map(|place| place.page));
    let mut entry = json!({ "value": value, "score": found.score, "page_no": page });
    if form.citations {
        entry["bboxes"] = places.iter().copied().map(flat_box).collect();
        entry["citation"] = citation(&places);
    }
    entry
}

/// Where a value stands: a list stands where its items do.
fn places(found: &Extracted) -> Vec<&GroundedBox> {
    let inner: Vec<&Extracted> = match &found.value {
        ExtractedValue::Scalars(items) => items.iter().collect(),
        ExtractedValue::Rows(rows) => rows.iter().flatten().map(|cell| &cell.found).collect(),
        ExtractedValue::Object(fields) => fields.iter().map(|field| &field.found).collect(),
        ExtractedValue::Missing | ExtractedValue::Scalar(_) => Vec::new(),
    };
    if found.boxes.is_empty() {
        inner.into_iter().flat_map(places).collect()
    } else {
        found.boxes.iter().collect()
    }
}

/// A row has its cells as they are, and its own place.
fn flat_row(row: &[ExtractedField], form: ValueForm) -> Value {
    let mut cells: Map<String, Value> =
        row.iter().map(|cell| (cell.name.clone(), raw(&cell.found))).collect();
    let page = row.iter().filter_map(|cell| cell.found.page).min();
    cells.insert("page_no".to_owned(), json!(page));
    if form.citations {
        let boxes = row.iter().flat_map(|cell| cell.found.boxes.iter().map(flat_box));
        cells.insert("bboxes".to_owned(), boxes.collect());
    }
    Value::Object(cells)
}

/// The value alone, without scores and places at any depth.
#[must_use]
pub fn raw(found: &Extracted) -> Value {
    let object = |fields: &[ExtractedField]| -> Value {
        Value::Object(fields.iter().map(|field| (field.name.clone(), raw(&field.found))).collect())
    };
    match &found.value {
        ExtractedValue::Missing => Value::Null,
        ExtractedValue::Scalar(value) => value.clone(),
        ExtractedValue::Scalars(items) => items.iter().map(raw).collect(),
        ExtractedValue::Object(fields) => object(fields),
        ExtractedValue::Rows(rows) => rows.iter().map(|row| object(row)).collect(),
    }
}

fn flat_box(place: &GroundedBox) -> Value {
    json!({
        "bbox": place.bbox, "text": place.text, "type": "ocr", "confidence": place.confidence,
        "page_width": place.page_width, "page_height": place.page_height,
    })
}

fn scored_entry(found: &Extracted, form: ValueForm) -> Value {
    let value = match &found.value {
        ExtractedValue::Missing => Value::Null,
        ExtractedValue::Scalar(value) => value.clone(),
        ExtractedValue::Scalars(items) => {
            items.iter().map(|item| json!({ "__value__": scored_entry(item, form) })).collect()
        }
        ExtractedValue::Object(fields) => Value::Object(values(fields, form)),
        ExtractedValue::Rows(rows) => {
            rows.iter().map(|row| Value::Object(values(row, form))).collect()
        }
    };
    let score = json!({ "grounding_score": found.score, "extraction_score": null });
    json!({ "value": value, "score": score, "citation": citation(&places(found)) })
}

/// One box around everything on the first page.
fn citation(places: &[&GroundedBox]) -> Value {
    let Some(first) = places.first() else { return Value::Null };
    let on_page = places.iter().filter(|place| place.page == first.page);
    let bbox = on_page.fold(first.bbox, |all, place| {
        let [left, top, right, bottom] = place.bbox;
        [all[0].min(left), all[1].min(top), all[2].max(right), all[3].max(bottom)]
    });
    json!({
        "bbox": bbox, "page": first.page,
        "page_width": first.page_width, "page_height": first.page_height,
    })
}

impl JobState {
    /// The word of `GET /extract/{id}`.
    #[must_use]
    pub fn extract_word(self) -> &'static str {
        match self {
            Self::AwaitingUpload | Self::Queued => "queued",
            Self::Processing => "processing",
            Self::Succeeded => "completed",
            Self::Failed | Self::Cancelled => "failed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(value: ExtractedValue, page: usize) -> Extracted {
        let place = |left: f64, text: &str| GroundedBox {
            page,
            bbox: [left, 20.0, left + 10.0, 30.0],
            text: text.to_owned(),
            confidence: 1.0,
            page_width: 612.0,
            page_height: 792.0,
        };
        Extracted {
            value,
            score: 0.5,
            page: Some(page),
            boxes: vec![place(10.0, "a"), place(40.0, "b")],
        }
    }

    fn field(name: &str, found: Extracted) -> ExtractedField {
        ExtractedField { name: name.to_owned(), found }
    }

    fn fields() -> Vec<ExtractedField> {
        let cell = || field("price", found(ExtractedValue::Scalar(json!(1.5)), 2));
        vec![
            field("none", Extracted::default()),
            field("list", found(ExtractedValue::Scalars(vec![cell().found]), 2)),
            field("rows", found(ExtractedValue::Rows(vec![vec![cell()]]), 2)),
            field("object", found(ExtractedValue::Object(vec![cell()]), 2)),
        ]
    }

    #[test]
    fn the_flat_form() {
        let flat = values(&fields(), ValueForm { scored: false, citations: false });
        assert_eq!(flat["none"], json!({ "value": null, "score": 0.0, "page_no": null }));
        assert_eq!(flat["list"]["value"], json!([1.5]));
        assert_eq!(flat["rows"]["value"], json!([{ "price": 1.5, "page_no": 2 }]));
        assert_eq!(
            flat["object"]["value"]["price"],
            json!({ "value": 1.5, "score": 0.5, "page_no": 2 })
        );
        let cited = values(&fields(), ValueForm { scored: false, citations: true });
        assert_eq!(cited["none"]["bboxes"], json!([]));
        assert_eq!(cited["none"]["citation"], Value::Null);
        assert_eq!(cited["rows"]["value"][0]["bboxes"].as_array().unwrap().len(), 2);
        assert_eq!(cited["list"]["citation"]["bbox"], json!([10.0, 20.0, 50.0, 30.0]));
    }

    #[test]
    fn a_list_stands_where_its_items_do() {
        let item = found(ExtractedValue::Scalar(json!("a")), 3);
        let list = Extracted {
            value: ExtractedValue::Scalars(vec![item]),
            score: 0.5,
            ..Extracted::default()
        };
        let flat = values(&[field("list", list)], ValueForm { scored: false, citations: true });
        assert_eq!(flat["list"]["page_no"], 3);
        assert_eq!(flat["list"]["bboxes"].as_array().unwrap().len(), 2);
        assert_eq!(flat["list"]["citation"]["page"], 3);
    }

    #[test]
    fn the_scored_form() {
        let scored = values(&fields(), ValueForm { scored: true, citations: true });
        assert_eq!(
            scored["none"]["score"],
            json!({ "grounding_score": 0.0, "extraction_score": null })
        );
        assert_eq!(scored["list"]["value"][0]["__value__"]["value"], 1.5);
        assert_eq!(scored["rows"]["value"][0]["price"]["value"], 1.5);
        assert_eq!(scored["object"]["citation"]["page"], 2);
    }

    #[test]
    fn the_least_certain_field_sets_the_minimum() {
        assert!(min_score(&fields()).abs() < f64::EPSILON);
        assert!(min_score(&[]).abs() < f64::EPSILON);
    }
}
