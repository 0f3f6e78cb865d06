//! Settings of the database and of the storage for documents and results.
#![expect(clippy::doc_markdown, reason = "these comments are the help texts that people read")]

use std::path::{Path, PathBuf};

use docket_store::{BlobsConfig, BucketConfig, DatabaseConfig};

use super::setting::Unit;
use super::table::settings;
use super::value::HttpUrl;
use crate::exit::Exit;

settings! {
    /// Where jobs, documents and results are stored.
    pub(crate) struct StorageSettings in "Storage" {
        /// Folder of the embedded database, of uploaded documents and of results.
        data_dir: PathBuf { default: "docket-data", placeholder: "DIR" }

        /// Postgres 15 or newer instead of the embedded database: postgres://user:password@host/name.
        ///
        /// Required for more than one machine. A transaction pooler (port 6543 of Supabase) does not
        /// work.
        database_url: Option<String> { placeholder: "URL", is_secret: true }

        /// Connections to Postgres of this process.
        database_connections: u32 { default: "10", min: 2, unit: Unit::Count }

        /// Storage of documents and results: file:///absolute/folder or s3://bucket/prefix.
        ///
        /// Any storage that speaks S3 works, for example Amazon S3 or Supabase Storage. All nodes of
        /// one database must use the same. Values that are not set here are read from the AWS_*
        /// variables, roles included.
        blob_url: Option<String> { default_words: "a folder in data_dir", placeholder: "URL" }

        /// Address of the S3 storage, if it is not Amazon's.
        blob_endpoint: Option<HttpUrl> { placeholder: "URL" }

        /// Region of the S3 storage.
        blob_region: Option<String> { placeholder: "NAME" }

        /// Id of the S3 access key.
        ///
        /// Without it, the AWS_* variables and roles are used.
        blob_access_key_id: Option<String> { placeholder: "ID" }

        /// Secret of the S3 access key.
        blob_secret_access_key: Option<String> { placeholder: "SECRET", is_secret: true }
    }
}

/// Where the data is stored, checked.
#[derive(Clone, Debug)]
pub(crate) struct DataConfig {
    pub(crate) data_dir: PathBuf,
    pub(crate) database: DatabaseConfig,
    pub(crate) blobs: BlobsConfig,
    /// No setting says where the documents are, so they are in the data folder of this process.
    pub(crate) blobs_by_default: bool,
}

impl DataConfig {
    /// True if the database or the blobs are in the data folder.
    pub(crate) fn uses_data_dir(&self) -> bool {
        let below = |folder: &Path| folder.starts_with(&self.data_dir);
        self.is_embedded() || matches!(&self.blobs, BlobsConfig::Folder(folder) if below(folder))
    }

    /// True if other nodes of this database cannot be expected to read the documents of this one.
    pub(crate) fn has_documents_of_its_own(&self) -> bool {
        !self.is_embedded() && self.blobs_by_default
    }

    /// The database as people name it; a URL with its password is left out.
    pub(crate) fn database_name(&self) -> String {
        match &self.database {
            DatabaseConfig::Sqlite { path } => format!("SQLite, {}", path.display()),
            DatabaseConfig::Postgres { .. } => "Postgres".to_owned(),
        }
    }

    /// What other commands need to find the same data; empty if they find it without flags.
    pub(crate) fn flags(&self) -> String {
        match &self.database {
            DatabaseConfig::Sqlite { .. } if self.data_dir != Path::new("docket-data") => {
                format!(" --data-dir {}", self.data_dir.display())
            }
            DatabaseConfig::Sqlite { .. } => String::new(),
            DatabaseConfig::Postgres { .. } => " --database-url URL".to_owned(),
        }
    }

    /// True for the embedded database, which one serving process at a time may use.
    pub(crate) fn is_embedded(&self) -> bool {
        matches!(self.database, DatabaseConfig::Sqlite { .. })
    }
}

impl StorageSettings {
    /// The places of the data.
    pub(super) fn data(self) -> anyhow::Result<DataConfig> {
        let database = match self.database_url.clone() {
            Some(url) if !is_postgres(&url) => {
                // The text may hold a password.
                return Err(Exit::Usage.error(
                    "database_url must start with postgres://, as in postgres://user:password@host/name",
                ));
            }
            Some(url) => {
                DatabaseConfig::Postgres { url, connections_max: self.database_connections }
            }
            None => DatabaseConfig::Sqlite { path: self.data_dir.join("docket.sqlite") },
        };
        let data_dir = self.data_dir.clone();
        let blobs_by_default = self.blob_url.is_none();
        Ok(DataConfig { data_dir, database, blobs: self.blobs()?, blobs_by_default })
    }

    fn blobs(self) -> anyhow::Result<BlobsConfig> {
        let Some(url) = self.blob_url.clone() else {
            return Ok(BlobsConfig::Folder(self.data_dir.join("blobs")));
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
            return Err(refused("must name a bucket: s3://bucket/prefix"));
        }
        Ok(BlobsConfig::Bucket(self.bucket(bucket, prefix)?))
    }

    fn bucket(self, bucket: &str, prefix: &str) -> anyhow::Result<BucketConfig> {
        let access_key = match (self.blob_access_key_id, self.blob_secret_access_key) {
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
            endpoint: self.blob_endpoint.map(|url| url.0),
            region: self.blob_region,
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

fn is_postgres(url: &str) -> bool {
    ["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme))
}

fn refused(why: &str) -> anyhow::Error {
    Exit::Usage.error(format!("blob_url {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, key: Option<&str>) -> Result<String, String> {
        let settings = StorageSettings {
            data_dir: PathBuf::from("/data"),
            database_url: None,
            database_connections: 2,
            blob_url: Some(url.to_owned()).filter(|url| !url.is_empty()),
            blob_endpoint: None,
            blob_region: None,
            blob_access_key_id: key.map(str::to_owned),
            blob_secret_access_key: None,
        };
        match settings.blobs() {
            Ok(BlobsConfig::Folder(folder)) => Ok(folder.display().to_string()),
            Ok(BlobsConfig::Bucket(bucket)) => Ok(format!("{}|{}", bucket.bucket, bucket.prefix)),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn folders_and_buckets_are_distinguished() {
        assert_eq!(check("", None).as_deref(), Ok("/data/blobs"));
        assert_eq!(check("file:///mnt/blobs", None).as_deref(), Ok("/mnt/blobs"));
        assert_eq!(check("s3://archive", None).as_deref(), Ok("archive|"));
        assert_eq!(check("s3://archive/a/b/", None).as_deref(), Ok("archive|a/b"));
    }

    #[test]
    fn invalid_places_are_refused_with_a_reason() {
        for (url, key, text) in [
            ("file://relative", None, "absolute"),
            ("gs://bucket", None, "s3://"),
            ("s3:///prefix", None, "name a bucket"),
            ("s3://archive", Some("id"), "belong together"),
        ] {
            let error = check(url, key).unwrap_err();
            assert!(error.contains(text), "{error}");
        }
    }
}
