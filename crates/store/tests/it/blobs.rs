//! Blobs in a folder and in a bucket: whole or not at all, of every size.

use std::time::Duration;

use bytes::Bytes;
use docket_contract::BlobKey;
use docket_store::{BlobError, BlobRange, Blobs, BlobsConfig, BucketConfig};
use docket_testkit::bucket::TestBucket;
use tempfile::TempDir;

const KIB: usize = 1024;

/// A place of blobs, with what must outlive it.
struct Place {
    blobs: Blobs,
    bucket: Option<TestBucket>,
    _folder: Option<TempDir>,
}

fn folder() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(&BlobsConfig::Folder(folder.path().join("blobs"))).unwrap();
    Place { blobs, bucket: None, _folder: Some(folder) }
}

async fn bucket() -> Place {
    let bucket = tokio::task::spawn_blocking(TestBucket::create).await.unwrap();
    let blobs = open(&bucket, bucket.name());
    Place { blobs, bucket: Some(bucket), _folder: None }
}

fn open(server: &TestBucket, name: &str) -> Blobs {
    // The second and later tests find it installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Blobs::open(&BlobsConfig::Bucket(BucketConfig {
        bucket: name.to_owned(),
        prefix: "some/where".to_owned(),
        endpoint: Some(server.endpoint()),
        region: None,
        access_key: Some(("test".to_owned(), "test".to_owned())),
        variables: Vec::new(),
    }))
    .unwrap()
}

/// Makes two tests of each function: one on a folder, one on a bucket.
macro_rules! in_both_places {
    ($($name:ident),* $(,)?) => {
        mod folder {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(super::folder()).await;
            })*
        }
        mod bucket {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(super::bucket().await).await;
            })*
        }
    };
}

in_both_places!(
    blobs_of_every_size_come_back_whole,
    parts_of_a_blob_are_read,
    an_unfinished_blob_leaves_nothing,
    a_place_that_works_passes_the_check,
);

fn some_bytes(size: usize) -> Vec<u8> {
    (0..size).map(|i| u8::try_from(i % 251).unwrap()).collect()
}

async fn write(blobs: &Blobs, bytes: &[u8]) -> BlobKey {
    let key = BlobKey::upload();
    let mut writer = blobs.writer(&key);
    for piece in bytes.chunks(100_003) {
        writer.write(Bytes::copy_from_slice(piece)).await.unwrap();
    }
    assert_eq!(writer.written_bytes(), bytes.len() as u64);
    writer.finish().await.unwrap();
    key
}

async fn blobs_of_every_size_come_back_whole(place: Place) {
    let blobs = &place.blobs;
    let parts = [512 * KIB, 5 * 1024 * KIB];
    let around = parts.into_iter().flat_map(|part| [part - 1, part, part + 1, 2 * part + 17]);
    for size in [0, 1].into_iter().chain(around) {
        let want = some_bytes(size);
        let key = write(blobs, &want).await;
        assert!(blobs.read(&key).await.unwrap() == want, "{size} bytes came back as others");
        let mut reader = blobs.reader(&key).await.unwrap();
        assert_eq!(reader.size_bytes(), size as u64);
        let mut streamed = Vec::new();
        while let Some(piece) = reader.next().await.unwrap() {
            streamed.extend_from_slice(&piece);
        }
        assert!(streamed == want, "{size} bytes were streamed as others");
        blobs.delete(&key).await.unwrap();
        assert!(matches!(blobs.read(&key).await, Err(BlobError::NotFound(_))));
        blobs.delete(&key).await.unwrap();
    }
}

async fn parts_of_a_blob_are_read(place: Place) {
    let want = some_bytes(600 * KIB);
    let key = write(&place.blobs, &want).await;
    let end = want.len();
    for (range, part) in [
        (BlobRange::From { first: 0, last: Some(9) }, 0..10),
        (BlobRange::From { first: 512 * 1024 - 1, last: None }, 512 * KIB - 1..end),
        (BlobRange::Suffix(7), end - 7..end),
    ] {
        let mut reader = place.blobs.reader_of_range(&key, range).await.unwrap();
        assert_eq!(reader.size_bytes(), end as u64);
        assert_eq!(reader.range(), part.start as u64..part.end as u64);
        let mut got = Vec::new();
        while let Some(piece) = reader.next().await.unwrap() {
            got.extend_from_slice(&piece);
        }
        assert!(got == want[part], "{range:?}");
    }
    let beyond = BlobRange::From { first: end as u64, last: None };
    let refused = place.blobs.reader_of_range(&key, beyond).await;
    assert!(
        matches!(refused, Err(BlobError::NotInRange { size_bytes }) if size_bytes == end as u64)
    );
    let missing = place.blobs.reader_of_range(&BlobKey::upload(), BlobRange::Suffix(1)).await;
    assert!(matches!(missing, Err(BlobError::NotFound(_))));
}

async fn an_unfinished_blob_leaves_nothing(place: Place) {
    let key = BlobKey::result();
    let mut writer = place.blobs.writer(&key);
    writer.write(Bytes::from(some_bytes(11 * 1024 * KIB))).await.unwrap();
    if let Some(bucket) = &place.bucket {
        assert_eq!(bucket.unfinished_uploads().len(), 1);
    }
    drop(writer);
    assert!(matches!(place.blobs.read(&key).await, Err(BlobError::NotFound(_))));
    if let Some(bucket) = place.bucket {
        let given_up = async {
            while !bucket.unfinished_uploads().is_empty() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), given_up).await.expect("the parts stay");
        assert_eq!(bucket.keys(), Vec::<String>::new());
    }
}

async fn a_place_that_works_passes_the_check(place: Place) {
    place.blobs.check().await.unwrap();
    if let Some(bucket) = place.bucket {
        assert_eq!(bucket.keys(), Vec::<String>::new(), "the check leaves nothing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_lie_under_the_prefix() {
    let place = bucket().await;
    let key = write(&place.blobs, b"%PDF-").await;
    let keys = place.bucket.unwrap().keys();
    assert_eq!(keys, [format!("some/where/{}", key.as_str())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_bucket_is_told_before_the_first_document() {
    let place = bucket().await;
    let server = place.bucket.unwrap();
    let refused = open(&server, "no-such-bucket").check().await;
    assert!(matches!(refused, Err(BlobError::NoSuchBucket)), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storage_that_is_away_is_an_error_and_no_hang() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = BucketConfig {
        bucket: "papers".to_owned(),
        endpoint: Some("http://127.0.0.1:9".to_owned()),
        access_key: Some(("test".to_owned(), "test".to_owned())),
        ..BucketConfig::default()
    };
    let blobs = Blobs::open(&BlobsConfig::Bucket(config)).unwrap();
    let asked = tokio::time::timeout(Duration::from_secs(60), blobs.read(&BlobKey::upload())).await;
    assert!(matches!(asked.expect("it gives up"), Err(BlobError::Storage(_))));
}

fn files_below(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let below =
        |path: std::path::PathBuf| if path.is_dir() { files_below(&path) } else { vec![path] };
    entries.flat_map(below).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn half_written_files_are_removed_by_age() {
    let root = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(&BlobsConfig::Folder(root.path().to_owned())).unwrap();
    let hour = Duration::from_secs(60 * 60);
    let finished = BlobKey::upload();
    let mut writer = blobs.writer(&finished);
    writer.write(Bytes::from(vec![1; 1024 * KIB])).await.unwrap();
    writer.finish().await.unwrap();
    let mut killed = blobs.writer(&BlobKey::upload());
    killed.write(Bytes::from(vec![1; 1024 * KIB])).await.unwrap();
    // A killed process runs no destructors.
    std::mem::forget(killed);
    let files = || files_below(root.path());
    assert_eq!((files().len(), blobs.remove_half_written(hour).await.unwrap()), (2, 0));
    for path in files() {
        let file = std::fs::File::options().write(true).open(path).unwrap();
        let written = file.metadata().unwrap().modified().unwrap();
        file.set_modified(written - 2 * hour).unwrap();
    }
    assert_eq!(blobs.remove_half_written(hour).await.unwrap(), 1);
    assert_eq!((files().len(), blobs.read(&finished).await.unwrap().len()), (1, 1024 * KIB));
}
