//! Where documents and results lie: a folder, or a bucket that speaks S3.
#![expect(clippy::doc_markdown, reason = "these comments are the help texts that people read")]

use std::path::{Path, PathBuf};

use clap::Args;
use docket_store::{BlobsConfig, BucketConfig};
use serde::Deserialize;

use crate::exit::Exit;

/// The place of blobs. The same names serve as flags, as `DOCKET_*` and in the file.
#[derive(Clone, Debug, Default, Args, Deserialize)]
#[serde(default)]
pub(crate) struct BlobOptions {
    /// Where documents and results lie: file:///folder or s3://bucket/prefix [default: in the data
    /// folder]
    #[arg(long, env = "DOCKET_BLOB_URL", value_name = "URL", help_heading = "Storage")]
    blob_url: Option<String>,
    /// The S3 storage's address, if it is not Amazon's
    #[arg(long, env = "DOCKET_BLOB_ENDPOINT", value_name = "URL", help_heading = "Storage")]
    blob_endpoint: Option<String>,
    /// The S3 storage's region
    #[arg(long, env = "DOCKET_BLOB_REGION", value_name = "NAME", help_heading = "Storage")]
    blob_region: Option<String>,
    /// The id of the S3 key; without it the AWS_* variables and roles are looked at
    #[arg(long, env = "DOCKET_BLOB_ACCESS_KEY_ID", value_name = "ID", help_heading = "Storage")]
    blob_access_key_id: Option<String>,
    /// The secret of the S3 key
    #[arg(
        long,
        env = "DOCKET_BLOB_SECRET_ACCESS_KEY",
        hide_env_values = true,
        value_name = "SECRET",
        help_heading = "Storage"
    )]
    blob_secret_access_key: Option<String>,
}

impl BlobOptions {
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            blob_url: self.blob_url.or(other.blob_url),
            blob_endpoint: self.blob_endpoint.or(other.blob_endpoint),
            blob_region: self.blob_region.or(other.blob_region),
            blob_access_key_id: self.blob_access_key_id.or(other.blob_access_key_id),
            blob_secret_access_key: self.blob_secret_access_key.or(other.blob_secret_access_key),
        }
    }

    pub(super) fn checked(self, data_dir: &Path) -> anyhow::Result<BlobsConfig> {
        let Some(url) = given(self.blob_url.clone()) else {
            return Ok(BlobsConfig::Folder(data_dir.join("blobs")));
        };
        if let Some(path) = url.strip_prefix("file://") {
            if !path.starts_with('/') {
                return Err(refused("needs an absolute path: file:///folder"));
            }
            return Ok(BlobsConfig::Folder(PathBuf::from(path)));
        }
        let Some(place) = url.strip_prefix("s3://") else {
            return Err(refused("must start with file:/// or s3://"));
        };
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        if bucket.is_empty() {
            return Err(refused("names no bucket: s3://bucket/prefix"));
        }
        Ok(BlobsConfig::Bucket(self.bucket(bucket, prefix)?))
    }

    fn bucket(self, bucket: &str, prefix: &str) -> anyhow::Result<BucketConfig> {
        let access_key = match (given(self.blob_access_key_id), given(self.blob_secret_access_key))
        {
            (Some(id), Some(secret)) => Some((id, secret)),
            (None, None) => None,
            _ => {
                return Err(Exit::Usage.error(
                    "blob_access_key_id and blob_secret_access_key belong together: set both",
                ));
            }
        };
        Ok(BucketConfig {
            bucket: bucket.to_owned(),
            prefix: prefix.trim_matches('/').to_owned(),
            endpoint: given(self.blob_endpoint),
            region: given(self.blob_region),
            access_key,
            variables: std::env::vars_os()
                .filter_map(|(name, text)| {
                    Some((name.into_string().ok()?, text.into_string().ok()?))
                })
                .filter(|(name, _)| name.starts_with("AWS_"))
                .collect(),
        })
    }
}

/// An empty setting is one that was not set.
fn given(setting: Option<String>) -> Option<String> {
    setting.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn refused(why: &str) -> anyhow::Error {
    Exit::Usage.error(format!("blob_url {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, key: Option<&str>) -> Result<String, String> {
        let options = BlobOptions {
            blob_url: Some(url.to_owned()),
            blob_access_key_id: key.map(str::to_owned),
            ..BlobOptions::default()
        };
        match options.checked(Path::new("/data")) {
            Ok(BlobsConfig::Folder(folder)) => Ok(folder.display().to_string()),
            Ok(BlobsConfig::Bucket(bucket)) => Ok(format!("{}|{}", bucket.bucket, bucket.prefix)),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn folders_and_buckets_are_told_apart() {
        assert_eq!(check("", None).as_deref(), Ok("/data/blobs"));
        assert_eq!(check("file:///mnt/blobs", None).as_deref(), Ok("/mnt/blobs"));
        assert_eq!(check("s3://papers", None).as_deref(), Ok("papers|"));
        assert_eq!(check("s3://papers/a/b/", None).as_deref(), Ok("papers|a/b"));
    }

    #[test]
    fn nonsense_is_refused_with_a_reason() {
        for (url, key, text) in [
            ("file://relative", None, "absolute"),
            ("gs://bucket", None, "s3://"),
            ("s3:///prefix", None, "no bucket"),
            ("s3://papers", Some("id"), "belong together"),
        ] {
            let error = check(url, key).unwrap_err();
            assert!(error.contains(text), "{error}");
        }
    }
}
