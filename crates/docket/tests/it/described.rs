//! Holds every answer that a test gets against the API document: status, media type and body.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use docket_server::openapi;
use jsonschema::Validator;
use serde_json::{Value, json};

/// The largest answer that is looked into, in bytes.
const BODY_BYTES_MAX: usize = 256 * 1024 * 1024;

/// The document with every object closed, so that a field that nobody described is seen.
static CLOSED: LazyLock<Value> = LazyLock::new(|| {
    let mut document = openapi::document().clone();
    close(&mut document);
    document
});

fn close(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.values_mut().for_each(close);
            if object.get("properties").is_some_and(Value::is_object)
                && object.get("type").is_some_and(|kind| kind == "object")
            {
                object.entry("additionalProperties").or_insert(Value::Bool(false));
            }
        }
        Value::Array(list) => list.iter_mut().for_each(close),
        _ => {}
    }
}

/// The layer: what is not described ends the connection, and with it the test.
pub(crate) async fn every_answer_is_described(request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let path = if path == "/" { path } else { path.trim_end_matches('/').to_owned() };
    // Pages for people are no part of the API.
    let is_page = path.starts_with("/dashboard");
    let response = next.run(request).await;
    if is_page || method == Method::OPTIONS || method == Method::HEAD {
        return response;
    }
    let (parts, body) = response.into_parts();
    let media = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media = media.unwrap_or_default().split(';').next().unwrap_or_default().to_owned();
    let streamed = media != "application/json" || path.starts_with("/files/");
    let described = answers(&method, &path, parts.status, &media);
    let schema = described.unwrap_or_else(|why| panic!("{method} {path}: {why}"));
    if streamed {
        return Response::from_parts(parts, body);
    }
    let bytes = to_bytes(body, BODY_BYTES_MAX).await.unwrap();
    if let Some(schema) = schema {
        let answer: Value = serde_json::from_slice(&bytes).unwrap();
        let faults = faults(schema, &answer);
        assert!(faults.is_empty(), "{method} {path} {}: {faults:#?}\n{answer:#}", parts.status);
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// The schema of this answer, if it is described and has one.
fn answers(
    method: &Method,
    path: &str,
    status: StatusCode,
    media: &str,
) -> Result<Option<&'static Value>, String> {
    let paths = CLOSED["paths"].as_object().unwrap();
    let exact = paths.get(path);
    let found = exact.or_else(|| paths.iter().find(|(one, _)| fits(one, path)).map(|one| one.1));
    let operation = found.and_then(|path| path.get(method.as_str().to_lowercase()));
    let Some(operation) = operation else {
        let refused = if found.is_some() { 405 } else { 404 };
        // Pages for people are not of the API.
        let page = found.is_none() && media != "application/json";
        return match page || status.as_u16() == refused {
            true => Ok(None),
            false => Err(format!("answered {status}, but is not described")),
        };
    };
    let answer = &operation["responses"][status.as_str()];
    let answer = match answer["$ref"].as_str() {
        Some(reference) => CLOSED.pointer(reference.trim_start_matches('#')).unwrap(),
        None => answer,
    };
    let Some(answer) = answer.as_object() else { return Err(format!("{status} is not described")) };
    let Some(content) = answer.get("content") else { return Ok(None) };
    let described = content.get(media).or_else(|| content.get("*/*"));
    let described = described.ok_or_else(|| format!("{status} as {media:?} is not described"))?;
    Ok(described.get("schema"))
}

/// True if the path is one of the template's.
fn fits(template: &str, path: &str) -> bool {
    let (template, path) = (template.split('/'), path.split('/'));
    template.clone().count() == path.clone().count()
        && template.zip(path).all(|(wanted, given)| wanted.starts_with('{') || wanted == given)
}

/// What the schema does not allow.
fn faults(schema: &'static Value, answer: &Value) -> Vec<String> {
    let validator = validator(schema);
    let errors = validator.iter_errors(answer);
    errors.map(|error| format!("{error} at {}", error.instance_path())).collect()
}

/// The schema's validator; compiled once.
fn validator(schema: &'static Value) -> Arc<Validator> {
    static COMPILED: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> =
        LazyLock::new(Mutex::default);
    let compile = || {
        let whole = json!({ "allOf": [schema], "components": CLOSED["components"] });
        Arc::new(jsonschema::draft202012::new(&whole).unwrap())
    };
    Arc::clone(COMPILED.lock().unwrap().entry(schema.to_string()).or_insert_with(compile))
}

#[test]
fn what_is_not_described_is_seen() {
    let status =
        |path: &str, code: StatusCode, media: &str| answers(&Method::GET, path, code, media);
    let json = "application/json";
    assert!(status("/jobs/x", StatusCode::IM_A_TEAPOT, json).is_err(), "a status");
    assert!(status("/jobs/x", StatusCode::OK, "text/plain").is_err(), "a media type");
    assert!(status("/nowhere", StatusCode::OK, json).is_err(), "a path");
    assert!(status("/jobs/x", StatusCode::OK, "text/html").is_err(), "a page where none is told");
    let schema = status("/classify/x", StatusCode::OK, json).unwrap().unwrap();
    let good = json!({
        "job_id": "x", "status": "processing", "progress": "", "error": null, "result": null,
    });
    assert_eq!(faults(schema, &good), Vec::<String>::new());
    for (key, value) in [
        ("status", json!("queued")),
        ("extra", json!(1)),
        ("progress", Value::Null),
        ("result", json!({ "success": true })),
    ] {
        let mut bad = good.clone();
        bad[key] = value;
        assert!(!faults(schema, &bad).is_empty(), "{bad}");
    }
}

#[test]
fn every_example_fits_its_schema() {
    let mut seen = 0;
    for (path, methods) in CLOSED["paths"].as_object().unwrap() {
        for operation in methods.as_object().unwrap().values() {
            for answer in operation["responses"].as_object().unwrap().values() {
                let media = &answer["content"]["application/json"];
                if let Some(example) = media.get("example") {
                    assert_eq!(faults(&media["schema"], example), Vec::<String>::new(), "{path}");
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 0, "there are no examples");
}
