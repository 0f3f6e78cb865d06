//! Words that rules compare text with, as data: by domain and language, each list with the documents
//! that it serves. A word that is missing here is missing for all documents of that language.

mod captions;
mod list;
mod pages;
mod references;
mod sentences;

pub(crate) use captions::{CAPTIONS, TABLE_CAPTIONS, TABLE_NOTES};
pub(crate) use list::{has, words};
pub(crate) use pages::{APPENDIX, CONTINUED, PAGE_NUMBERS};
pub(crate) use references::{BIBLIOGRAPHY, NAME_WORDS, PAGE_WORDS, VOLUME_WORDS};
pub(crate) use sentences::{EXCLUDING, SENTENCE_WORDS, SHARE_OF};
