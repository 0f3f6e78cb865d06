//! The API document: complete, sound, the same as the one that is checked in; and its page.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use docket_server::{openapi, paths};
use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::app::{App, Database};

/// Every object in the document, with the place where it stands.
fn visit<'a>(value: &'a Value, place: &str, see: &mut impl FnMut(&str, &'a Value)) {
    see(place, value);
    match value {
        Value::Object(object) => {
            for (name, inner) in object {
                visit(inner, &format!("{place}/{name}"), see);
            }
        }
        Value::Array(list) => {
            for (index, inner) in list.iter().enumerate() {
                visit(inner, &format!("{place}/{index}"), see);
            }
        }
        _ => {}
    }
}

/// A path with its parameters' names taken out.
fn shape(path: &str) -> String {
    let plain = |part: &str| if part.starts_with('{') { "{}".to_owned() } else { part.to_owned() };
    path.split('/').map(plain).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_route_is_described_and_nothing_else() {
    let app = App::start(Database::sqlite()).await;
    let mut served = BTreeMap::new();
    for path in paths() {
        // No route takes this method, so the refusal names those that it takes.
        let url = format!("{}{}", app.base, shape(path).replace("{}", "x"));
        let refused = app.http.request(Method::TRACE, url).send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
        let allowed = refused.headers()["allow"].to_str().unwrap().to_lowercase();
        let methods = allowed.split(',').map(|name| name.trim().to_owned());
        let methods: BTreeSet<String> = methods.filter(|name| name != "head").collect();
        served.insert(shape(path), methods);
    }
    let described: BTreeMap<String, BTreeSet<String>> = openapi::document()["paths"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(path, methods)| {
            (shape(path), methods.as_object().unwrap().keys().cloned().collect())
        })
        .collect();
    assert_eq!(
        served, described,
        "left: the router, right: the document (crates/server/src/openapi)"
    );
    app.stop().await;
}

#[test]
fn the_document_is_sound() {
    let document = openapi::document();
    let mut ids = BTreeSet::new();
    visit(document, "#", &mut |place, value| {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            let target = document.pointer(reference.trim_start_matches('#'));
            assert!(target.is_some(), "{place} leads to {reference}, which is not there");
        }
        if let Some(id) = value.get("operationId").and_then(Value::as_str) {
            assert!(ids.insert(id), "{id} is the id of two operations");
            assert!(!value["summary"].as_str().unwrap().is_empty(), "{id}");
            assert!(value["tags"][0].is_string(), "{id}");
        }
    });
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().unwrap();
            let in_path = parameters.iter().filter(|one| one["in"] == "path");
            let named: Vec<String> =
                in_path.map(|one| format!("{{{}}}", one["name"].as_str().unwrap())).collect();
            let wanted: Vec<&str> = path.split('/').filter(|part| part.starts_with('{')).collect();
            assert_eq!(named, wanted, "{method} {path}");
        }
    }
    let words = |name: &str| document["components"]["schemas"][name]["enum"].clone();
    assert_eq!(
        words("JobsWord"),
        serde_json::json!(["queued", "PROCESSING", "COMPLETED", "FAILED"])
    );
    for name in ["ParseWord", "ExtractWord", "PagesWord", "BatchWord"] {
        assert!(words(name).is_array(), "{name} is a vocabulary of the wire");
    }
}

#[test]
fn the_document_is_the_one_that_is_checked_in() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let now = format!("{:#}\n", openapi::document());
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == now,
        "docs/openapi.json is not what the server serves. If the change is meant, run\n    \
         UPDATE_GOLDENS=1 cargo test -p docket --test it openapi\nand read the difference before you commit it."
    );
}

/// The text with the tables of options written anew between their comments.
fn with_option_tables(mut text: String) -> String {
    for (title, table) in openapi::option_tables() {
        let begin = format!("<!-- options: {title} -->\n");
        let at = text.find(&begin).unwrap_or_else(|| panic!("no {begin}")) + begin.len();
        let end = at + text[at..].find("<!-- end of options -->").unwrap();
        text.replace_range(at..end, &format!("\n{table}\n\n"));
    }
    text
}

#[test]
fn the_docs_list_the_fields_of_every_form() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api.md");
    let kept = std::fs::read_to_string(&path).unwrap();
    let now = with_option_tables(kept.clone());
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        std::fs::write(&path, &now).unwrap();
        return;
    }
    assert!(
        kept == now,
        "docs/api.md lists other fields than the server has. If the change is meant, run\n    \
         UPDATE_GOLDENS=1 cargo test -p docket --test it openapi"
    );
}

#[tokio::test]
async fn people_and_programs_find_it() {
    let app = App::start(Database::sqlite()).await;
    let get = async |path: &str| app.http.get(format!("{}{path}", app.base)).send().await.unwrap();
    let served: Value = get("/openapi.json").await.json().await.unwrap();
    assert_eq!(&served, openapi::document());
    for (path, wanted) in [("/docs", "/jobs/{job_id}"), ("/", "href=\"/docs\"")] {
        let page = get(path).await;
        assert_eq!(page.status(), StatusCode::OK);
        assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
        let policy = page.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert!(page.text().await.unwrap().contains(wanted), "{path}");
    }
    app.stop().await;
}
