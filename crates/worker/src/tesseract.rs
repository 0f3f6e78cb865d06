//! Runs Tesseract as a subprocess for every picture: the text recogniser of the engine.
//!
//! A picture is passed as a plain graymap that Docket made, so no decoder of Tesseract reads a byte
//! of a client's file. Our own program starts, confines itself and replaces itself by Tesseract. A
//! subprocess ends with the job that waits for it.

use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use docket_engine::{Arrangement, Picture};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

use crate::child::Fault;
use crate::memory::MemoryBudget;
use crate::sandbox::{EXIT_NOT_CONFINED, EXIT_NOT_FOUND, Sandbox};
use crate::turns::{Asker, Turns};

/// Bytes of an answer that are read; a dense page has half a million.
const ANSWER_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Bytes of its complaints that are read.
const COMPLAINT_BYTES_MAX: u64 = 4096;

/// How Tesseract is run.
#[derive(Clone, Debug)]
pub struct TesseractSettings {
    /// The program that confines itself and becomes Tesseract: one that ends up in
    /// [`crate::recogniser_main`] when its first argument is `ocr-child`.
    pub launcher: PathBuf,
    /// The behaviour if it cannot be confined.
    pub sandbox: Sandbox,
    /// Tesseract.
    pub program: PathBuf,
    /// Folder of its language files, if not its own.
    pub data_dir: Option<PathBuf>,
    /// Languages that documents are in, in Tesseract's spelling: `eng+deu`.
    pub languages: String,
    /// Wall time that it may take for one page.
    pub page_time: Duration,
    /// Wall time that it may take for all pages of a document, added up.
    pub document_time: Duration,
    /// Pictures read at the same time.
    pub parallel: usize,
    /// Memory that it may use, in bytes.
    pub memory_bytes: u64,
}

impl TesseractSettings {
    /// This program, reading English.
    #[must_use]
    pub fn new(launcher: PathBuf, program: PathBuf) -> Self {
        Self {
            launcher,
            sandbox: Sandbox::default(),
            program,
            data_dir: None,
            languages: "eng".to_owned(),
            page_time: Duration::from_secs(20),
            document_time: Duration::from_secs(3000),
            parallel: 2,
            memory_bytes: 512 * 1024 * 1024,
        }
    }
}

impl TesseractSettings {
    /// Tesseract without arguments, as it is run for every picture: by the launcher, without an
    /// environment, ended when dropped.
    fn confined(&self) -> Command {
        let mut command = Command::new(&self.launcher);
        command.arg("ocr-child").arg("--memory-bytes").arg(self.memory_bytes.to_string());
        // Behind the limit of wall time, and one second later.
        command.arg("--cpu-s").arg((self.page_time.as_secs() + 1).to_string());
        if self.sandbox == Sandbox::BestEffort {
            command.arg("--best-effort");
        }
        command.env_clear().env("OMP_THREAD_LIMIT", "1");
        if let Some(folder) = &self.data_dir {
            command.arg("--data-dir").arg(folder).env("TESSDATA_PREFIX", folder);
        }
        command.arg("--").arg(&self.program).kill_on_drop(true);
        command
    }

    /// The first line of its version, from a confined process.
    ///
    /// # Errors
    /// If it is not there, or does not work where it is confined.
    pub async fn version(&self) -> io::Result<String> {
        let text = self.answer_to("--version").await?;
        Ok(text.lines().next().unwrap_or_default().to_owned())
    }

    /// The languages of the settings for which it has no file, from a confined process.
    ///
    /// # Errors
    /// If it is not there, or does not work where it is confined.
    pub async fn missing_languages(&self) -> io::Result<Vec<String>> {
        let text = self.answer_to("--list-langs").await?;
        let installed: Vec<&str> = text.lines().skip(1).map(str::trim).collect();
        let wanted = self.languages.split('+').map(str::trim).filter(|name| !name.is_empty());
        Ok(wanted.filter(|name| !installed.contains(name)).map(str::to_owned).collect())
    }

    async fn answer_to(&self, flag: &str) -> io::Result<String> {
        let mut command = self.confined();
        let output = command.arg(flag).stdin(Stdio::null()).output().await?;
        if !output.status.success() {
            let complaint = String::from_utf8_lossy(&output.stderr);
            let complaint = complaint.lines().next().unwrap_or_default();
            return Err(io::Error::other(format!("{}: {complaint}", output.status)));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// Wall time that a document has used for recognition.
#[derive(Debug, Default)]
pub(crate) struct RecognitionAccount {
    spent: Mutex<Duration>,
}

impl RecognitionAccount {
    fn spent(&self) -> Duration {
        *self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn spend(&self, more: Duration) {
        *self.spent.lock().unwrap_or_else(PoisonError::into_inner) += more;
    }
}

/// Reads pictures, a few at the same time.
#[derive(Debug)]
pub(crate) struct TextReader {
    settings: TesseractSettings,
    memory: MemoryBudget,
    turns: Turns,
}

impl TextReader {
    pub(crate) fn new(settings: TesseractSettings, memory: MemoryBudget) -> Self {
        let turns = Turns::new(settings.parallel);
        Self { settings, memory, turns }
    }

    /// The text of a picture as hOCR. Accounts and jobs take turns, picture by picture, as many at
    /// the same time as the settings allow. Dropped before it is done, it ends the subprocess.
    pub(crate) async fn read(
        &self,
        asker: &Asker,
        picture: Picture,
        account: &RecognitionAccount,
    ) -> Result<Vec<u8>, Fault> {
        let _permit = self.turns.permit(asker).await;
        let _memory = self.memory.for_recogniser(self.settings.memory_bytes).await;
        let left = self.settings.document_time.saturating_sub(account.spent());
        if left.is_zero() {
            return Err(Fault::DocumentTooSlow);
        }
        let started = Instant::now();
        let run = tokio::time::timeout(left.min(self.settings.page_time), self.run(&picture)).await;
        account.spend(started.elapsed());
        match run {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) if error.kind() == io::ErrorKind::NotFound => Err(Fault::NotOffered),
            Ok(Err(error)) => {
                tracing::warn!(%error, "tesseract failed");
                Err(Fault::Failed)
            }
            Err(_) if left < self.settings.page_time => Err(Fault::DocumentTooSlow),
            Err(_) => {
                tracing::warn!("tesseract took too long");
                Err(Fault::TooSlow)
            }
        }
    }

    async fn run(&self, picture: &Picture) -> io::Result<Vec<u8>> {
        let mut process = self.command(picture).spawn()?;
        let pipes = process.stdin.take().zip(process.stdout.take()).zip(process.stderr.take());
        let Some(((mut input, output), errors)) = pipes else {
            return Err(io::Error::other("it has no pipes"));
        };
        let send = async move {
            let head = format!("P5\n{} {}\n255\n", picture.width, picture.height);
            // One that ends before it has read everything says why on its other pipes.
            let _ = input.write_all(head.as_bytes()).await;
            let _ = input.write_all(&picture.pixels).await;
        };
        let (mut answer, mut complaint) = (Vec::new(), Vec::new());
        let mut output = output.take(ANSWER_BYTES_MAX);
        let mut errors = errors.take(COMPLAINT_BYTES_MAX);
        let ((), read, _) = tokio::join!(
            send,
            output.read_to_end(&mut answer),
            errors.read_to_end(&mut complaint),
        );
        read?;
        let status = process.wait().await?;
        if status.success() {
            return Ok(answer);
        }
        let complaint = String::from_utf8_lossy(&complaint);
        let complaint = format!("{status}: {}", complaint.lines().next().unwrap_or_default());
        Err(match status.code() {
            Some(code) if code == i32::from(EXIT_NOT_FOUND) => {
                io::Error::new(io::ErrorKind::NotFound, complaint)
            }
            Some(code) if code == i32::from(EXIT_NOT_CONFINED) => {
                io::Error::new(io::ErrorKind::PermissionDenied, complaint)
            }
            _ => io::Error::other(complaint),
        })
    }

    fn command(&self, picture: &Picture) -> Command {
        let settings = &self.settings;
        let mut command = settings.confined();
        command.args(["stdin", "stdout", "-l", &settings.languages, "--dpi"]);
        command.arg(picture.dpi.clamp(70, 1200).to_string());
        match picture.arrangement {
            Arrangement::Page => command.args(["--psm", "1"]),
            Arrangement::UprightPage => command.args(["--psm", "3"]),
            Arrangement::Rows => command.args(["--psm", "6"]),
            // Receipts are photographed and printed faintly: ink is separated from the page place by place
            // (2 is Sauvola's method), not by one shade for the whole strip.
            Arrangement::Column => command.args(["--psm", "6", "-c", "thresholding_method=2"]),
        };
        command.args(["-c", "tessedit_create_hocr=1"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}
