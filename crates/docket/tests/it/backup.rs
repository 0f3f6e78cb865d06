//! `docket backup` and `docket restore`.

use std::path::Path;

use crate::app::{Database, argument, http, letter, until};
use crate::processes::{Process, create_key, docket};

async fn run(words: &[&str]) -> std::process::Output {
    docket(words.iter().map(|word| (*word).to_owned()).collect()).await
}

async fn completed(node: &Process, key: &str, id: &str) -> bool {
    let request = http().get(format!("{}/parse/{id}", node.base));
    let answer = request.header("api-key", key).send().await.unwrap();
    let body: serde_json::Value = answer.json().await.unwrap();
    body["status"] == "Succeeded" && body["chunks"][0]["embed"].as_str().unwrap().contains("fox")
}

async fn submit(node: &Process, key: &str) -> String {
    let part = reqwest::multipart::Part::bytes(letter()).file_name("letter.pdf");
    let form = reqwest::multipart::Form::new().part("file", part);
    let request = http().post(format!("{}/parse", node.base));
    let answer = request.header("api-key", key).multipart(form).send().await.unwrap();
    let body: serde_json::Value = answer.json().await.unwrap();
    body["job_id"].as_str().unwrap().to_owned()
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_running_server_is_restored() {
    let database = Database::sqlite();
    let mut node = Process::serve(&database, &[]).await;
    let key = create_key(&database).await;
    let id = submit(&node, &key).await;
    until(async || completed(&node, &key, &id).await).await;
    let data = argument(database.folder.path());
    let root = tempfile::tempdir().unwrap();
    let (copy, fresh) = (root.path().join("copy"), root.path().join("fresh"));
    let (copy_text, fresh_text) = (argument(&copy), argument(&fresh));
    // Jobs are submitted and end while the copy is made.
    let more = async {
        let mut ids = Vec::new();
        for _ in 0..20 {
            ids.push(submit(&node, &key).await);
        }
        ids
    };
    let words = ["backup", &copy_text, "--data-dir", &data];
    let (made, _) = tokio::join!(run(&words), more);
    assert_eq!(made.status.code(), Some(0), "{}", String::from_utf8_lossy(&made.stderr));
    assert_eq!((mode(&copy), mode(&copy.join("docket.sqlite"))), (0o700, 0o600));
    let second = run(&["backup", &copy_text, "--data-dir", &data]).await;
    assert_eq!(second.status.code(), Some(2), "no backup is overwritten");

    let served = run(&["restore", &copy_text, "--data-dir", &data]).await;
    assert_eq!(served.status.code(), Some(2));
    let text = String::from_utf8_lossy(&served.stderr).into_owned();
    assert!(text.contains("a docket process serves"), "{text}");
    node.kill();
    let full = run(&["restore", &copy_text, "--data-dir", &data]).await;
    assert_eq!(full.status.code(), Some(2), "data is not overwritten");
    let nothing = run(&["restore", &fresh_text, "--data-dir", &data]).await;
    assert!(String::from_utf8_lossy(&nothing.stderr).contains("is no backup"));
    let restored = run(&["restore", &copy_text, "--data-dir", &fresh_text]).await;
    let text = String::from_utf8_lossy(&restored.stderr).into_owned();
    assert_eq!(restored.status.code(), Some(0), "{text}");

    let again = Database::sqlite_in(&fresh);
    let node = Process::serve(&again, &[]).await;
    assert!(completed(&node, &key, &id).await, "the key and the result are those of before");
    // Every job of the copy ends: what it names is there.
    until(async || {
        let request = http().get(format!("{}/jobs?limit=100", node.base));
        let answer = request.header("api-key", &key).send().await.unwrap();
        let body: serde_json::Value = answer.json().await.unwrap();
        let jobs = body["jobs"].as_array().unwrap();
        assert!(jobs.iter().all(|job| job["status"] != "FAILED"), "{body}");
        jobs.iter().all(|job| job["status"] == "COMPLETED")
    })
    .await;
}
