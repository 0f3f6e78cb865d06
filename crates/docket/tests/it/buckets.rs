//! The whole of it with documents and results in a bucket that speaks S3.

use docket_testkit::bucket::TestBucket;
use reqwest::StatusCode;
use serde_json::Value;

use crate::app::{Database, letter, until};
use crate::crashes::{Api, install_tls};
use crate::on_both_databases;
use crate::processes::{Process, create_key};

on_both_databases!(
    documents_and_results_lie_in_the_bucket_and_leave_it,
    an_upload_to_a_bucket_leaves_the_servers_memory_alone,
);

async fn fresh_bucket() -> (TestBucket, Vec<String>) {
    install_tls();
    let bucket = tokio::task::spawn_blocking(TestBucket::create).await.unwrap();
    let url = format!("s3://{}/docket", bucket.name());
    let flags = ["--blob-url", &url, "--blob-endpoint", &bucket.endpoint()].map(str::to_owned);
    let key = ["--blob-access-key-id", "test", "--blob-secret-access-key", "test"];
    (bucket, flags.into_iter().chain(key.map(str::to_owned)).collect())
}

async fn serve(database: &Database, flags: &[String], more: &[&str]) -> Process {
    let flags: Vec<&str> = flags.iter().map(String::as_str).chain(more.iter().copied()).collect();
    Process::serve(database, &flags).await
}

async fn documents_and_results_lie_in_the_bucket_and_leave_it(database: Database) {
    let (bucket, flags) = fresh_bucket().await;
    let server = serve(&database, &flags, &["--no-workers"]).await;
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let _worker = Process::work(&database, &flags);
    let client = Api::new(&server, create_key(&database).await);
    let document = letter();
    let id = client.submit(document.clone()).await;
    until(async || client.job(&id).await["status"] == "COMPLETED").await;
    assert_eq!(bucket.keys().len(), 2, "the document and its result");
    assert_eq!(crate::jobs::files_below(&database.folder.path().join("blobs")), 0);

    let request = client.http.get(format!("{}/parse/{id}", client.base));
    let parsed = request.header("api-key", &client.key).send().await.unwrap();
    let parsed: Value = parsed.json().await.unwrap();
    let link = parsed["pdf_url"].as_str().unwrap();
    assert!(link.starts_with(&client.base), "links are served by the server: {link}");
    let whole = client.http.get(link).send().await.unwrap();
    assert_eq!(whole.status(), StatusCode::OK);
    assert!(whole.bytes().await.unwrap() == document);
    let part = client.http.get(link).header("range", "bytes=1-4").send().await.unwrap();
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.headers()["content-range"], format!("bytes 1-4/{}", document.len()));
    assert_eq!(part.bytes().await.unwrap(), document[1..5]);
    let beyond = client.http.get(link).header("range", "bytes=99999999-").send().await.unwrap();
    assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(beyond.headers()["content-range"], format!("bytes */{}", document.len()));

    let request = client.http.delete(format!("{}/jobs/{id}", client.base));
    request.header("api-key", &client.key).send().await.unwrap();
    until(async || bucket.keys().is_empty()).await;
}

async fn an_upload_to_a_bucket_leaves_the_servers_memory_alone(database: Database) {
    let (_bucket, flags) = fresh_bucket().await;
    let server = serve(&database, &flags, &["--no-workers"]).await;
    let client = Api::new(&server, create_key(&database).await);
    let padded = |size: usize| {
        let mut document = letter();
        document.resize(size, b' ');
        document
    };
    // What a first upload of several parts brings into memory once is not what an upload costs.
    client.submit(padded(12 * 1024 * 1024)).await;
    let before = server.peak_memory_kib();
    client.submit(padded(99 * 1024 * 1024)).await;
    let grown = server.peak_memory_kib() - before;
    // Three parts of 5 MiB at most: one that fills, one that is sent, one that waits for its answer.
    assert!(grown <= 16 * 1024, "99 MB of upload raised the peak by {grown} KiB");
}
