//! Objects in a bucket of an S3-compatible service. Who it is spoken to as comes from the
//! environment, as other programs of that world have it; the address says where.

use object_store::aws::{AmazonS3, AmazonS3Builder};

use super::FileError;
use super::transport::Transport;

/// Where a bucket is.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct S3Config {
    /// Its name.
    pub bucket: String,
    /// The service, where it's not the one that the environment names.
    pub endpoint: Option<String>,
    /// The region, where the service has any.
    pub region: Option<String>,
    /// Access key and secret; none = those of the environment.
    pub credentials: Option<(String, String)>,
}

impl std::fmt::Debug for S3Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("S3Config")
            .field("bucket", &self.bucket)
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

impl S3Config {
    /// Reads `s3://bucket?endpoint=https://..&region=..`.
    pub fn parse(address: &str) -> Result<Self, FileError> {
        let wrong = |why: &str| FileError::Address(why.to_owned());
        let rest = address
            .strip_prefix("s3://")
            .ok_or_else(|| wrong("write file:///folder or s3://bucket?endpoint=https://.."))?;
        let (bucket, query) = rest.split_once('?').unwrap_or((rest, ""));
        let plain = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.'
        };
        if !(3..=63).contains(&bucket.len()) || !bucket.bytes().all(plain) {
            return Err(wrong("a bucket has 3 to 63 small letters, digits, dots and hyphens"));
        }
        let mut config = S3Config { bucket: bucket.to_owned(), ..S3Config::default() };
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*key {
                "endpoint" if value.starts_with("https://") || value.starts_with("http://") => {
                    config.endpoint = Some(value.trim_end_matches('/').to_owned());
                }
                "endpoint" => return Err(wrong("an endpoint begins with https:// or http://")),
                "region" => config.region = Some(value.into_owned()),
                _ => return Err(wrong("only endpoint and region may follow the bucket")),
            }
        }
        Ok(config)
    }
}

pub(super) fn open(config: &S3Config) -> Result<AmazonS3, FileError> {
    let mut builder =
        AmazonS3Builder::from_env().with_bucket_name(&config.bucket).with_http_connector(Transport);
    if let Some(endpoint) = &config.endpoint {
        // Whoever writes http:// means it: a store on the same machine or behind a tunnel.
        builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
    }
    if let Some(region) = &config.region {
        builder = builder.with_region(region);
    }
    if let Some((key, secret)) = &config.credentials {
        builder = builder.with_access_key_id(key).with_secret_access_key(secret);
    }
    Ok(builder.build()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_bucket_names_it_its_service_and_region_and_nothing_else() {
        let config =
            S3Config::parse("s3://acme-files?endpoint=https%3A%2F%2Fs3.example%2F&region=x")
                .expect("an address");
        assert_eq!(config.bucket, "acme-files");
        assert_eq!(config.endpoint.as_deref(), Some("https://s3.example"));
        assert_eq!(config.region.as_deref(), Some("x"));
        for wrong in [
            "acme-files",
            "s3://",
            "s3://ab",
            "s3://Acme",
            "s3://acme/../x",
            "s3://acme?endpoint=ftp://x",
            "s3://acme?secret_access_key=x",
        ] {
            assert!(matches!(S3Config::parse(wrong), Err(FileError::Address(_))), "{wrong}");
        }
    }
}
