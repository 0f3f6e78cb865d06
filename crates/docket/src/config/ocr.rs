//! The recogniser of pages without text: which program, in which languages, for how long.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use docket_worker::{Sandbox, TesseractSettings};
use serde::Deserialize;

/// How pages without text are read.
#[derive(Clone, Debug, Default, Args, Deserialize)]
#[serde(default)]
pub(crate) struct OcrOptions {
    /// The program that reads scanned pages and images [default: tesseract, as PATH finds it]
    #[arg(long, env = "DOCKET_TESSERACT", value_name = "FILE", help_heading = "OCR")]
    pub(crate) tesseract_path: Option<PathBuf>,
    /// Folder of its language files [default: its own]
    #[arg(long, env = "TESSDATA_PREFIX", value_name = "DIR", help_heading = "OCR")]
    pub(crate) tessdata_dir: Option<PathBuf>,
    /// Languages of scanned documents, for example eng+deu [default: eng]
    #[arg(long, env = "DOCKET_OCR_LANGUAGES", value_name = "LANGUAGES", help_heading = "OCR")]
    pub(crate) ocr_languages: Option<String>,
    /// Seconds that OCR of one page may take [default: 20]
    #[arg(long, env = "DOCKET_OCR_PAGE_S", value_name = "S", help_heading = "OCR")]
    pub(crate) ocr_page_s: Option<u64>,
    /// Seconds that OCR of all pages of a document may take, added up [default: 3000]
    #[arg(long, env = "DOCKET_OCR_DOCUMENT_S", value_name = "S", help_heading = "OCR")]
    pub(crate) ocr_document_s: Option<u64>,
    /// Memory of a recogniser in MiB [default: 512]
    #[arg(long, env = "DOCKET_OCR_MEMORY_MB", value_name = "N", help_heading = "OCR")]
    pub(crate) ocr_memory_mb: Option<u64>,
    /// Pages that are read at the same time, of one document or of several [default: processors]
    #[arg(long, env = "DOCKET_OCR_PARALLEL", value_name = "N", help_heading = "OCR")]
    pub(crate) ocr_parallel: Option<usize>,
}

impl OcrOptions {
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            tesseract_path: self.tesseract_path.or(other.tesseract_path),
            tessdata_dir: self.tessdata_dir.or(other.tessdata_dir),
            ocr_languages: self.ocr_languages.or(other.ocr_languages),
            ocr_page_s: self.ocr_page_s.or(other.ocr_page_s),
            ocr_document_s: self.ocr_document_s.or(other.ocr_document_s),
            ocr_memory_mb: self.ocr_memory_mb.or(other.ocr_memory_mb),
            ocr_parallel: self.ocr_parallel.or(other.ocr_parallel),
        }
    }

    /// The settings, for a recogniser that this launcher confines.
    pub(crate) fn checked(&self, launcher: PathBuf, sandbox: Sandbox) -> TesseractSettings {
        let processors = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let given = self.tesseract_path.clone().filter(|path| !path.as_os_str().is_empty());
        let program = given.unwrap_or_else(|| PathBuf::from("tesseract"));
        let defaults = TesseractSettings::new(launcher, found_in_path(program));
        let languages = self.ocr_languages.clone().filter(|text| !text.trim().is_empty());
        TesseractSettings {
            sandbox,
            data_dir: self.tessdata_dir.clone().filter(|path| !path.as_os_str().is_empty()),
            languages: languages.unwrap_or(defaults.languages),
            page_time: self.ocr_page_s.map_or(defaults.page_time, Duration::from_secs),
            document_time: self.ocr_document_s.map_or(defaults.document_time, Duration::from_secs),
            memory_bytes: self
                .ocr_memory_mb
                .map_or(defaults.memory_bytes, |mebibytes| mebibytes.saturating_mul(1024 * 1024)),
            parallel: self.ocr_parallel.unwrap_or(processors).max(1),
            ..defaults
        }
    }
}

/// The program that a bare name means; it is run without this process's environment.
fn found_in_path(program: PathBuf) -> PathBuf {
    if program.components().count() > 1 {
        return program;
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let candidates = std::env::split_paths(&folders).map(|folder| folder.join(&program));
    candidates.into_iter().find(|candidate| candidate.is_file()).unwrap_or(program)
}
