//! `docket quickstart`: what a newcomer sees.

use crate::app::{argument, letter};
use crate::processes::docket;

#[tokio::test]
async fn the_sample_goes_through_every_status() {
    let folder = tempfile::tempdir().unwrap();
    let once = |file: Option<String>| {
        let words =
            ["quickstart", "--once", "--listen", "127.0.0.1:0", "--data-dir"].map(str::to_owned);
        let data = argument(folder.path());
        docket(words.into_iter().chain([data]).chain(file).collect())
    };
    let output = once(None).await;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let positions = ["queued", "PROCESSING", "COMPLETED", "# ", "docket serve", "Your key"]
        .map(|word| text.find(word).unwrap_or_else(|| panic!("{word} is missing in\n{text}")));
    assert!(positions.is_sorted(), "{positions:?}\n{text}");
    assert!(!text.contains("curl"), "the server has stopped: no command could reach it\n{text}");
    let key_file = folder.path().join("quickstart-key");
    let first = std::fs::read_to_string(&key_file).unwrap();

    let bad = folder.path().join("bad.pdf");
    std::fs::write(&bad, b"%PDF-1.7 broken off").unwrap();
    assert_eq!(once(Some(argument(&bad))).await.status.code(), Some(3));
    let good = folder.path().join("letter.pdf");
    std::fs::write(&good, letter()).unwrap();
    let output = once(Some(argument(&good))).await;
    assert!(String::from_utf8_lossy(&output.stdout).contains("Total due"));
    assert_eq!(once(Some("/no/such.pdf".to_owned())).await.status.code(), Some(2));

    let list_keys = async || {
        let mut list = ["keys", "list", "--data-dir"].map(str::to_owned).to_vec();
        list.push(argument(folder.path()));
        String::from_utf8_lossy(&docket(list).await.stdout).into_owned()
    };
    let keys = list_keys().await;
    assert_eq!(keys.matches("active").count(), 1, "every run uses the key of the first\n{keys}");
    assert!(!keys.contains("revoked"), "{keys}");
    assert_eq!(std::fs::read_to_string(&key_file).unwrap(), first);
    std::fs::remove_file(&key_file).unwrap();
    assert_eq!(once(None).await.status.code(), Some(0));
    let keys = list_keys().await;
    assert_eq!(keys.matches("active").count(), 2, "the first one keeps working\n{keys}");
}
