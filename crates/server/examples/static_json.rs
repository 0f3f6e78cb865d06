//! The yardstick of `dev/bench`: axum answering a fixed JSON body of the size of a status document.

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;

const BODY: &str = r#"{"id":"01992f0c-8a51-7cc2-9df0-5a5f6f1f2a3b","job_id":"01992f0c-8a51-7cc2-9df0-5a5f6f1f2a3b","status":"COMPLETED","type":"parsing","created_at":"2024-01-15T10:30:00.000Z","updated_at":"2024-01-15T10:30:00.000Z","pdf_name":"letter.pdf","pdf_hash":"sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","user_id":"user_123","message":"Job completed"}"#;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8099".to_owned());
    let listener = tokio::net::TcpListener::bind(address).await?;
    let answer = || async { ([(CONTENT_TYPE, "application/json")], BODY) };
    axum::serve(listener, Router::new().route("/jobs/{id}", get(answer))).await
}
