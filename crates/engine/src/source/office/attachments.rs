//! The attachments of mails.

use docket_contract::format::Format;
use docling::{ArchiveLimits, EmailAttachments};

use crate::limits::{Excess, Limit, Limits};

/// Bytes. Smaller pictures in the text of a mail are logos and signs.
const SIGN_BYTES_MAX: u64 = 20 * 1024;

/// A file in a mail.
pub(crate) struct Attachment {
    /// As the mail calls it.
    pub name: String,
    /// What its name or the mail says that it is.
    pub media_type: Option<String>,
    /// Its bytes, or why they are not here.
    pub content: Result<Vec<u8>, Missing>,
    /// It is a small picture in the text of the mail.
    pub is_sign: bool,
}

/// Why an attachment has no bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Missing {
    /// The mail only refers to it.
    NotThere,
    /// It is beyond a limit.
    TooLarge(Excess),
}

/// The attachments of a mail, in its order. A mail that cannot be read has none.
pub(crate) fn attachments(mail: &[u8], limits: &Limits) -> Vec<Attachment> {
    let kept = ArchiveLimits {
        max_entries: usize::try_from(limits.attachments).unwrap_or(usize::MAX),
        max_entry_size: limits.package_bytes,
        max_total_size: limits.package_bytes,
        ..ArchiveLimits::default()
    };
    let Ok(opened) = EmailAttachments::open(mail, &kept) else { return Vec::new() };
    let total: u64 = opened.entries().iter().map(|entry| entry.size).sum();
    let count = opened.entries().len() as u64;
    let attachment = |(index, entry): (usize, &docling::EmailAttachmentInfo)| {
        let by_name = Format::of_name(&entry.name).map(|format| format.media_type().to_owned());
        let content = opened.data(index).map(<[u8]>::to_vec).ok_or_else(|| {
            let counted = limits.check(Limit::Attachments, count);
            let excess = counted.and_then(|()| limits.check(Limit::PackageBytes, total)).err();
            excess.map_or(Missing::NotThere, Missing::TooLarge)
        });
        Attachment {
            media_type: by_name.or_else(|| entry.content_type.clone()),
            name: entry.name.clone(),
            content,
            is_sign: entry.inline && entry.size < SIGN_BYTES_MAX,
        }
    };
    opened.entries().iter().enumerate().map(attachment).collect()
}
