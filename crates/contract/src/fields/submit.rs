//! The fields that every submit takes.

use super::{Field, Kind, Options, Otherwise};
use crate::document::Warning;

/// Bytes of a password; the longest that a document format has use for is 255 characters.
const PASSWORD_BYTES_MAX: usize = 1024;

/// The longest time that a client may name: a hundred years.
const EXPIRES_IN_S_MAX: u64 = 36_500 * 24 * 60 * 60;

/// What every submit may say beside the options of its operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubmitOptions {
    /// Opens an encrypted document.
    pub password: Option<String>,
    /// Seconds until the job is deleted; of a later upload, until its link ends.
    pub expires_in_s: Option<u64>,
    warnings: Vec<Warning>,
}

impl Options for SubmitOptions {
    fn warnings_mut(&mut self) -> &mut Vec<Warning> {
        &mut self.warnings
    }
}

const PASSWORD: Field<SubmitOptions> = Field::new(
    "password",
    Kind::Text(|options, text, _| {
        if text.len() > PASSWORD_BYTES_MAX {
            return Err(format!("password: longer than {PASSWORD_BYTES_MAX} bytes"));
        }
        options.password = Some(text.to_owned());
        Ok(())
    }),
    "Opens an encrypted document; deleted when the job ends.",
);

const EXPIRES_IN: Field<SubmitOptions> = Field::new(
    "expires_in",
    Kind::Integer {
        least: 1,
        most: EXPIRES_IN_S_MAX,
        otherwise: Otherwise::Refuses,
        set: |options, seconds| options.expires_in_s = Some(seconds),
    },
    "Seconds until the job and its files are deleted. Default: the server's retention, 7 days \
     unless configured.",
);

/// Of a submit with its document.
pub const SUBMIT: &[Field<SubmitOptions>] = &[PASSWORD, EXPIRES_IN];

/// Of a submit whose document is uploaded later.
pub const LINK: &[Field<SubmitOptions>] =
    &[Field { default: Some("900"), doc: "Seconds until the link ends.", ..EXPIRES_IN }, PASSWORD];

/// Of a batch.
pub const BATCH_SUBMIT: &[Field<SubmitOptions>] =
    &[Field { doc: "Opens encrypted documents; deleted when the jobs end.", ..PASSWORD }];
