//! Settings of optical character recognition: program, languages, limits.
#![expect(clippy::doc_markdown, reason = "these comments are the help texts that people read")]

use std::path::PathBuf;
use std::time::Duration;

use docket_worker::{Sandbox, TesseractSettings};

use super::setting::Unit;
use super::table::settings;
use super::units::{mebibytes, processors};

settings! {
    /// How pages without text are read.
    pub(crate) struct OcrSettings in "OCR" {
        /// The Tesseract program, which reads scanned pages and images.
        ///
        /// Without it these pages fail, and the error says so. The program can read its installation
        /// (/usr, /lib and similar folders, its own folder, tessdata_dir) and nothing else.
        tesseract_path: PathBuf { default: "tesseract", placeholder: "FILE" }

        /// Folder of Tesseract's language files.
        tessdata_dir: Option<PathBuf> {
            default_words: "TESSDATA_PREFIX, or that of Tesseract",
            placeholder: "DIR",
        }

        /// Languages of scanned documents, for example eng+deu.
        ocr_languages: String { default: "eng", placeholder: "LANGUAGES" }

        /// Pages that are read at the same time, of one document or of several.
        ocr_parallel: Option<usize> { default_words: "one per processor", example: "2", min: 1 }

        /// Wall time in seconds of one page; a page that exceeds it is a failed page with a warning.
        ocr_page_s: u64 { default: "20", unit: Unit::Seconds }

        /// Wall time in seconds of all pages of a document together.
        ///
        /// The pages beyond it are failed pages with a warning.
        ocr_document_s: u64 { default: "3000", unit: Unit::Seconds }

        /// Memory in MiB of one OCR process.
        ocr_memory_mb: u64 { default: "512", unit: Unit::Mebibytes }
    }
}

impl OcrSettings {
    /// The settings of a recogniser that this launcher confines.
    pub(crate) fn tesseract(&self, launcher: PathBuf, sandbox: Sandbox) -> TesseractSettings {
        let program = found_in_path(self.tesseract_path.clone());
        TesseractSettings {
            sandbox,
            data_dir: self.tessdata_dir.clone().or_else(tesseract_own_folder),
            languages: self.ocr_languages.clone(),
            page_time: Duration::from_secs(self.ocr_page_s),
            document_time: Duration::from_secs(self.ocr_document_s),
            memory_bytes: mebibytes(self.ocr_memory_mb),
            parallel: self.ocr_parallel.unwrap_or_else(processors),
            ..TesseractSettings::new(launcher, program)
        }
    }
}

/// The folder that Tesseract's own variable names; it is run without the environment of this process.
fn tesseract_own_folder() -> Option<PathBuf> {
    let folder = std::env::var_os("TESSDATA_PREFIX").filter(|folder| !folder.is_empty());
    folder.map(PathBuf::from)
}

/// The program that a bare name means; it is run without the environment of this process.
fn found_in_path(program: PathBuf) -> PathBuf {
    if program.components().count() > 1 {
        return program;
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let candidates = std::env::split_paths(&folders).map(|folder| folder.join(&program));
    candidates.into_iter().find(|candidate| candidate.is_file()).unwrap_or(program)
}
