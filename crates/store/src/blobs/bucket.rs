//! A bucket that speaks S3: Amazon's, Supabase Storage, `MinIO` and the like.

use std::fmt;
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::{BackoffConfig, ClientOptions, RetryConfig};

/// How long connecting to the storage may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A request in which nothing moves for so long has failed. There is no limit on the whole of a
/// request: a reader of a large blob may be slow.
const STALL_TIMEOUT: Duration = Duration::from_secs(60);

/// A submit waits for its upload: clients give up after half a minute.
const RETRY_TIMEOUT: Duration = Duration::from_secs(15);

const RETRIES_MAX: usize = 5;

/// A bucket and the way to it.
#[derive(Clone, Default)]
pub struct BucketConfig {
    /// The bucket's name.
    pub bucket: String,
    /// Put before every key; may be empty.
    pub prefix: String,
    /// The storage's address, if it is not Amazon's. `http://` only where it is written so.
    pub endpoint: Option<String>,
    /// The region; `us-east-1` if the storage does not care.
    pub region: Option<String>,
    /// The key's id and its secret.
    pub access_key: Option<(String, String)>,
    /// The `AWS_*` variables of the environment, for what is not set above: keys, region, endpoint,
    /// and the roles of instances and containers.
    pub variables: Vec<(String, String)>,
}

impl fmt::Debug for BucketConfig {
    /// Leaves out the secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BucketConfig")
            .field("bucket", &self.bucket)
            .field("prefix", &self.prefix)
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

impl BucketConfig {
    pub(super) fn open(&self) -> object_store::Result<AmazonS3> {
        let mut builder = self.builder().with_bucket_name(&self.bucket);
        if let Some(region) = &self.region {
            builder = builder.with_region(region);
        }
        if let Some((id, secret)) = &self.access_key {
            builder = builder.with_access_key_id(id).with_secret_access_key(secret);
        }
        if let Some(endpoint) = &self.endpoint {
            builder = builder.with_endpoint(endpoint.trim_end_matches('/'));
        }
        let endpoint = builder.get_config_value(&AmazonS3ConfigKey::Endpoint);
        let client = ClientOptions::new()
            .with_allow_http(endpoint.is_some_and(|address| address.starts_with("http://")))
            .with_connect_timeout(CONNECT_TIMEOUT)
            .with_read_timeout(STALL_TIMEOUT)
            .with_timeout_disabled();
        builder.with_client_options(client).with_retry(retries()).build()
    }

    fn builder(&self) -> AmazonS3Builder {
        self.variables.iter().fold(AmazonS3Builder::new(), |builder, (name, value)| {
            match name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() {
                Ok(key) => builder.with_config(key, value),
                Err(_) => builder,
            }
        })
    }
}

fn retries() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(3),
            base: 2.0,
        },
        max_retries: RETRIES_MAX,
        retry_timeout: RETRY_TIMEOUT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_beats_the_environment_and_secrets_are_not_shown() {
        let variables = [("AWS_REGION", "eu-north-1"), ("AWS_SECRET_ACCESS_KEY", "hidden-1")];
        let config = BucketConfig {
            bucket: "archive".to_owned(),
            region: Some("eu-central-1".to_owned()),
            access_key: Some(("id".to_owned(), "hidden-2".to_owned())),
            variables: variables.map(|(name, text)| (name.to_owned(), text.to_owned())).to_vec(),
            ..BucketConfig::default()
        };
        let shown = format!("{config:?}");
        assert!(shown.contains("eu-central-1") && !shown.contains("hidden"), "{shown}");
        let read = config.builder();
        let region = read.get_config_value(&AmazonS3ConfigKey::Region);
        assert_eq!(region.as_deref(), Some("eu-north-1"));
    }
}
