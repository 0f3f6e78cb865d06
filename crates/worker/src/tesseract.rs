//! Tesseract as a subprocess of its own for every picture: the engine's reader of text.
//!
//! A picture goes in as a plain graymap of our own making, so no decoder of Tesseract's ever sees a
//! byte of a stranger's file. A subprocess dies with the job that waits for it.

use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use docket_engine::{Arrangement, OcrFault, Picture};
use futures_util::future::join_all;
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;

/// Bytes of an answer that are read; a dense page has half a million.
const ANSWER_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Bytes of its complaints that are read.
const COMPLAINT_BYTES_MAX: u64 = 4096;

/// How Tesseract is run.
#[derive(Clone, Debug)]
pub struct TesseractSettings {
    /// The program.
    pub program: PathBuf,
    /// Folder of its language files, if not its own.
    pub data_dir: Option<PathBuf>,
    /// Languages that documents are in, in Tesseract's spelling: `eng+deu`.
    pub languages: String,
    /// How long it may take over one page.
    pub page_time: Duration,
    /// Pictures read at the same time.
    pub parallel: usize,
    /// Address space that it may use, in bytes.
    pub memory_bytes: u64,
}

impl TesseractSettings {
    /// This program, reading English.
    #[must_use]
    pub fn new(program: PathBuf) -> Self {
        Self {
            program,
            data_dir: None,
            languages: "eng".to_owned(),
            page_time: Duration::from_secs(120),
            parallel: 2,
            memory_bytes: 2 * 1024 * 1024 * 1024,
        }
    }
}

/// Reads pictures, a few at the same time.
#[derive(Debug)]
pub(crate) struct TextReader {
    settings: TesseractSettings,
    permits: Semaphore,
}

impl TextReader {
    pub(crate) fn new(settings: TesseractSettings) -> Self {
        let permits = Semaphore::new(settings.parallel.max(1));
        Self { settings, permits }
    }

    /// The texts of pictures in their order, as many at the same time as the settings allow.
    pub(crate) async fn read_all(&self, pictures: Vec<Picture>) -> Vec<Result<Vec<u8>, OcrFault>> {
        join_all(pictures.into_iter().map(|picture| self.read(picture))).await
    }

    /// The text of a picture as hOCR. Dropped before it is done, it ends the subprocess.
    pub(crate) async fn read(&self, picture: Picture) -> Result<Vec<u8>, OcrFault> {
        let Ok(_permit) = self.permits.acquire().await else {
            return Err(OcrFault::Failed);
        };
        let run = self.run(&picture);
        match tokio::time::timeout(self.settings.page_time, run).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) if error.kind() == io::ErrorKind::NotFound => Err(OcrFault::Unavailable),
            Ok(Err(error)) => {
                tracing::warn!(%error, "tesseract failed");
                Err(OcrFault::Failed)
            }
            Err(_) => {
                tracing::warn!("tesseract took too long");
                Err(OcrFault::TooSlow)
            }
        }
    }

    async fn run(&self, picture: &Picture) -> io::Result<Vec<u8>> {
        let mut process = self.command(picture).spawn()?;
        self.limit(&process)?;
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
        Err(io::Error::other(format!("{status}: {}", complaint.lines().next().unwrap_or_default())))
    }

    fn command(&self, picture: &Picture) -> Command {
        let settings = &self.settings;
        let mut command = Command::new(&settings.program);
        command.args(["stdin", "stdout", "-l", &settings.languages, "--dpi"]);
        command.arg(picture.dpi.clamp(70, 1200).to_string());
        match picture.arrangement {
            Arrangement::Page => command.args(["--psm", "1"]),
            Arrangement::Rows => command.args(["--psm", "6"]),
            // Receipts are photographed and printed faintly: ink is told from paper place by place
            // (2 is Sauvola's method), not by one shade for the whole strip.
            Arrangement::Column => command.args(["--psm", "6", "-c", "thresholding_method=2"]),
        };
        command.args(["-c", "tessedit_create_hocr=1"]);
        command.env_clear().env("OMP_THREAD_LIMIT", "1");
        if let Some(folder) = &settings.data_dir {
            command.env("TESSDATA_PREFIX", folder);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.kill_on_drop(true);
        command
    }

    /// Limits of memory, and of processor time as a second fence behind the time limit.
    fn limit(&self, process: &Child) -> io::Result<()> {
        let pid = process.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let Some(pid) = pid else { return Ok(()) };
        let most = |amount: u64| Rlimit { current: Some(amount), maximum: Some(amount) };
        prlimit(Some(pid), Resource::As, most(self.settings.memory_bytes))?;
        prlimit(Some(pid), Resource::Cpu, most(self.settings.page_time.as_secs() + 1))?;
        prlimit(Some(pid), Resource::Core, most(0))?;
        Ok(())
    }
}
