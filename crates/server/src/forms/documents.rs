//! The forms of the operations that take a document: its fields, and the tables of its options.

use docket_contract::Warning;
use docket_contract::fields::{
    BATCH, BATCH_SUBMIT, CHUNKING, CLASSIFY, COMPATIBLE, Described, EXTRACT, Field, LINK, SHAPING,
    SPLIT, SUBMIT, WORKBOOK, unknown_fields,
};
use docket_jobs::Expected;

use crate::forms::body::Form;

/// The form of an operation.
#[derive(Clone, Copy)]
pub(crate) struct DocumentForm {
    /// How the docs name it.
    pub(crate) title: &'static str,
    /// Fields with the document's bytes; the first is the name in errors.
    pub(crate) file: &'static [&'static str],
    /// What the API document says of them.
    pub(crate) file_doc: &'static str,
    /// Fields with an address to fetch the document from, or with its name; the first is the name
    /// in errors.
    pub(crate) url: &'static [&'static str],
    /// Which types of documents it takes.
    pub(crate) expected: Expected,
    /// Its options.
    pub(crate) options: fn() -> Vec<Described>,
}

/// `POST /parse`
pub(crate) const PARSE: DocumentForm = DocumentForm {
    title: "POST /parse",
    file: &["file"],
    file_doc: "The document.",
    url: &["url"],
    expected: Expected::Document,
    options: || described(SHAPING).chain(described(SUBMIT)).chain(described(COMPATIBLE)).collect(),
};

/// `POST /parse/excel`
pub(crate) const WORKBOOKS: DocumentForm = DocumentForm {
    title: "POST /parse/excel",
    file_doc: "The workbook.",
    expected: Expected::Workbook,
    options: || described(WORKBOOK).chain((PARSE.options)()).collect(),
    ..PARSE
};

/// `POST /v2/parse/upload`
pub(crate) const UPLOAD: DocumentForm = DocumentForm {
    title: "POST /v2/parse/upload",
    file: &[],
    file_doc: "",
    url: &["file_name"],
    expected: Expected::Document,
    options: || described(LINK).chain(described(SHAPING)).chain(described(COMPATIBLE)).collect(),
};

/// `POST /api/v1/task/parse`
pub(crate) const TASK: DocumentForm = DocumentForm {
    title: "POST /api/v1/task/parse",
    file_doc: "A URL, or the document's bytes in base64.",
    url: &["file_name"],
    ..PARSE
};

/// `PATCH /api/v1/task/{job_id}/parse`
pub(crate) const RERUN: DocumentForm =
    DocumentForm { title: "PATCH /api/v1/task/{job_id}/parse", file: &[], url: &[], ..PARSE };

/// `POST /v2/extract` and its older names
pub(crate) const EXTRACTION: DocumentForm = DocumentForm {
    title: "POST /v2/extract",
    file: &["pdf_file", "file"],
    file_doc: "The document. `file` is another name of this field.",
    url: &["file_url", "url"],
    expected: Expected::Document,
    options: || described(EXTRACT).chain(described(SUBMIT)).collect(),
};

/// `POST /batch/cite`
pub(crate) const BATCHES: DocumentForm = DocumentForm {
    title: "POST /batch/cite",
    file: &["pdf_files"],
    file_doc: "The documents, one field per file.",
    url: &[],
    options: || described(EXTRACT).chain(described(BATCH)).chain(described(BATCH_SUBMIT)).collect(),
    ..EXTRACTION
};

/// `POST /classify`
pub(crate) const CLASSIFICATION: DocumentForm = DocumentForm {
    title: "POST /classify",
    options: || described(CLASSIFY).chain(described(SUBMIT)).collect(),
    ..EXTRACTION
};

/// `POST /splitter`
pub(crate) const SPLITTING: DocumentForm = DocumentForm {
    title: "POST /splitter",
    file: &["file", "pdf_file"],
    file_doc: "The PDF. `pdf_file` is another name of this field.",
    options: || described(SPLIT).chain(described(SUBMIT)).collect(),
    ..EXTRACTION
};

/// `POST /chunking`
pub(crate) const CHUNKS: DocumentForm = DocumentForm {
    title: "POST /chunking",
    file: &["document_file", "file", "pdf_file"],
    file_doc: "The document. `file` and `pdf_file` are other names of this field.",
    url: &["url", "file_url"],
    options: || described(CHUNKING).chain(described(SUBMIT)).collect(),
    ..EXTRACTION
};

/// A form with the options that the docs list elsewhere.
pub(crate) type Listed = (&'static DocumentForm, fn() -> Vec<Described>);

/// The forms whose options the docs list, in their order there.
pub(crate) const LISTED: [Listed; 7] = [
    (&PARSE, Vec::new),
    (&WORKBOOKS, PARSE.options),
    (&EXTRACTION, every_submit),
    (&CLASSIFICATION, every_submit),
    (&SPLITTING, every_submit),
    (&CHUNKS, every_submit),
    (&BATCHES, EXTRACTION.options),
];

fn every_submit() -> Vec<Described> {
    described(SUBMIT).collect()
}

impl DocumentForm {
    /// Adds a warning for every field of the form that is none of this operation.
    pub(crate) fn note_unknown(&self, form: &Form, warnings: &mut Vec<Warning>) {
        let options = (self.options)();
        let is_known = |name: &str| {
            let is_option = |field: &Described| field.name == name || field.aliases.contains(&name);
            self.file.contains(&name) || self.url.contains(&name) || options.iter().any(is_option)
        };
        unknown_fields(form.names(), is_known, warnings);
    }
}

fn described<S>(table: &'static [Field<S>]) -> impl Iterator<Item = Described> {
    table.iter().map(Field::described)
}
