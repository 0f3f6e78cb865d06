//! What a parse is asked for, and what it answers.

use std::collections::HashMap;

use docket_contract::{ParseResult, ParseSpec, Warning};
use uuid::Uuid;

use crate::limits::Limits;
use crate::model::{Document, Intake};
use crate::recognise::models::{Models, NoModels};
use crate::write::Frame;

/// How far a parse is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Selected pages that were read, failed ones included.
    pub pages_done: usize,
    /// Selected pages that could not be read.
    pub pages_failed: usize,
    /// Pages that the request selects.
    pub pages_selected: usize,
    /// Pages of the whole document.
    pub page_count: usize,
}

/// What to make of a document.
#[derive(Clone, Copy, Debug)]
pub struct ParseRequest<'a> {
    /// The client's options.
    pub spec: &'a ParseSpec,
    /// Opens the document if the empty password does not.
    pub password: Option<&'a str>,
    /// Names chunks and segments: their ids are version 5 UUIDs of it and their place.
    pub namespace: Uuid,
    /// Recognisers for pages without text.
    pub models: &'a dyn Models,
    /// What the document's sender calls it, for kinds that bytes do not tell.
    pub media_type: Option<&'a str>,
    /// Threads that may read the pages of one document, at least 1.
    pub threads: usize,
    /// What the document may hold.
    pub limits: &'a Limits,
}

impl<'a> ParseRequest<'a> {
    /// Without a password and without recognisers.
    #[must_use]
    pub fn new(spec: &'a ParseSpec, namespace: Uuid) -> Self {
        Self {
            spec,
            password: None,
            namespace,
            models: &NoModels,
            media_type: None,
            threads: 1,
            limits: &Limits::DEFAULT,
        }
    }
}

/// A document that was read, and what went wrong meanwhile.
#[derive(Clone, Debug, Default)]
pub struct ReadDocument {
    /// The document.
    pub document: Document,
    /// What went wrong without ending the job.
    pub warnings: Vec<Warning>,
    /// 1-based numbers of pages of which nothing could be read, ascending.
    pub failed_pages: Vec<usize>,
    /// What the file was found to hold, to compare with what is made of it.
    pub intake: Intake,
}

/// What a parse makes.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The document.
    pub result: ParseResult,
    /// The files that the spec asks for beside it, under their ids.
    pub files: Vec<(Uuid, Vec<u8>)>,
    /// Where the segments stand, by their ids.
    pub(crate) frames: HashMap<Uuid, Frame>,
}
