//! Stored results of parses: what every route sends of them, in the present form and in that of
//! earlier versions.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::app::{App, Database, letter, pages};
use crate::on_both_databases;

on_both_databases!(every_route_sends_what_is_stored, results_of_earlier_versions_can_be_read,);

/// Written by an earlier version: two parts of a table, its joined form, and three pictures.
const EARLIER: &str = include_str!("stored/parse_v1.json");

/// The only stored result; pictures are no JSON.
fn stored_result(folder: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.into_iter().find_map(|path| match path.is_dir() {
        true => stored_result(&path),
        false => std::fs::read(&path).unwrap().starts_with(b"{").then_some(path),
    })
}

/// The value with the ids of pictures in place of the links to them.
fn as_stored(value: &Value) -> Value {
    match value {
        Value::Array(entries) => entries.iter().map(as_stored).collect(),
        Value::Object(entries) => {
            let entry = |(name, value): (&String, &Value)| {
                let link = value.as_str().filter(|_| name == "image");
                let id =
                    link.map(|link| link.split('?').next().unwrap().rsplit('/').next().unwrap());
                (name.clone(), id.map_or_else(|| as_stored(value), |id| json!(id)))
            };
            Value::Object(entries.iter().map(entry).collect())
        }
        other => other.clone(),
    }
}

/// Holds what the routes send of the job against the stored result.
async fn check(app: &App, id: &str, stored: &Value) {
    let parse = app.get_json(&format!("/parse/{id}")).await;
    let named = |name: &str| (as_stored(&parse[name]), stored[name].clone());
    for (sent, kept) in [named("chunks"), named("total_chunks"), named("page_count")] {
        assert!(sent == kept, "{parse}");
    }
    assert!(!parse.to_string().contains("stored_version"));
    let result = app.get_json(&format!("/jobs/{id}/result")).await;
    assert!(result["result"] == result["data"], "{result}");
    let sent = as_stored(&result["result"]);
    for (name, value) in sent.as_object().unwrap() {
        assert!(*value == stored[name], "{name}");
    }
    assert_eq!(sent.get("other_tables"), stored.get("other_tables"));
    let task = app.get_json(&format!("/api/v1/task/{id}")).await;
    assert!(as_stored(&task["output"]["chunks"]) == stored["chunks"], "{task}");
    let tasks = app.get_json("/api/v1/tasks?include_chunks=true").await;
    assert!(as_stored(&tasks[0]["output"]["chunks"]) == stored["chunks"], "{tasks}");
    let without = app.get_json("/api/v1/tasks").await;
    assert_eq!(without[0]["output"]["chunks"], json!([]));
}

async fn every_route_sends_what_is_stored(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let parsed = app.parse(pages(300), &[]).await;
    let file = stored_result(&app.blobs()).unwrap();
    let stored: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert_eq!(stored["stored_version"], 2);
    check(&app, parsed["job_id"].as_str().unwrap(), &stored).await;
    app.stop().await;
}

async fn results_of_earlier_versions_can_be_read(database: Database) {
    let mut app = App::start(database).await;
    app.start_worker();
    let parsed = app.parse(letter(), &[]).await;
    let id = parsed["job_id"].as_str().unwrap();
    std::fs::write(stored_result(&app.blobs()).unwrap(), EARLIER).unwrap();
    let stored: Value = serde_json::from_str(EARLIER).unwrap();
    check(&app, id, &stored).await;
    let segments = |parse: &Value, kind: &str| {
        let chunks = parse["chunks"].as_array().unwrap().clone();
        let all =
            chunks.into_iter().flat_map(|chunk| chunk["segments"].as_array().unwrap().clone());
        all.filter(|segment| segment["segment_type"] == kind).collect::<Vec<Value>>()
    };
    let joined = app.get_json(&format!("/parse/{id}?merge_tables=true")).await;
    let tables = segments(&joined, "Table");
    assert_eq!(tables.len(), 1, "{joined}");
    assert!(tables[0]["image"].as_str().unwrap().starts_with(&app.base), "{joined}");
    let texts = app.get_json(&format!("/parse/{id}?segment_filter=Text")).await;
    assert_eq!((segments(&texts, "Text").len(), segments(&texts, "Table").len()), (2, 0));
    app.stop().await;
}
