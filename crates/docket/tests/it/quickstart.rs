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
    let positions = ["queued", "PROCESSING", "COMPLETED", "# ", "Your key", "X-API-Key"]
        .map(|word| text.find(word).unwrap_or_else(|| panic!("{word} is missing in\n{text}")));
    assert!(positions.is_sorted(), "{positions:?}\n{text}");

    let bad = folder.path().join("bad.pdf");
    std::fs::write(&bad, b"%PDF-1.7 broken off").unwrap();
    assert_eq!(once(Some(argument(&bad))).await.status.code(), Some(3));
    let good = folder.path().join("letter.pdf");
    std::fs::write(&good, letter()).unwrap();
    let output = once(Some(argument(&good))).await;
    assert!(String::from_utf8_lossy(&output.stdout).contains("Total due"));
    assert_eq!(once(Some("/no/such.pdf".to_owned())).await.status.code(), Some(2));

    let mut list = ["keys", "list", "--data-dir"].map(str::to_owned).to_vec();
    list.push(argument(folder.path()));
    let keys = String::from_utf8_lossy(&docket(list).await.stdout).into_owned();
    assert_eq!(
        keys.matches("active").count(),
        1,
        "each run revokes the key of the run before\n{keys}"
    );
}
