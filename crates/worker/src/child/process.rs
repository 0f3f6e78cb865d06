//! The parent's side: starting children, asking them, ending them.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};

use docket_engine::{OcrFault, Picture};
use docket_jobs::{BlobError, BlobReader};
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::frame::{self, Kind, PAYLOAD_BYTES_MAX};
use super::picture::PIXELS_MAX;
use super::{Message, PictureHead, ReadOutcome, Request};

/// How a child is started: a program that ends up in [`super::child_main`].
#[derive(Clone, Debug)]
pub struct ChildCommand {
    /// The program.
    pub program: PathBuf,
    /// Its arguments; the memory limit is appended.
    pub arguments: Vec<OsString>,
    /// Address space that a child may use, in bytes.
    pub memory_bytes: u64,
}

impl ChildCommand {
    /// `PROGRAM engine-child` with 2 GiB.
    #[must_use]
    pub fn new(program: PathBuf) -> Self {
        Self {
            program,
            arguments: vec!["engine-child".into()],
            memory_bytes: 2 * 1024 * 1024 * 1024,
        }
    }
}

/// Why a child gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChildError {
    /// It could not be started.
    #[error("engine child could not be started: {0}")]
    Spawn(#[source] io::Error),
    /// It used more processor time than it may.
    #[error("engine child used up its processor time")]
    CpuUsedUp,
    /// It ended or broke off in mid-answer.
    #[error("engine child ended: {0}")]
    Died(String),
    /// The document could not be read from its blob.
    #[error(transparent)]
    Document(#[from] BlobError),
}

/// Children that wait for the next request.
#[derive(Debug)]
pub(crate) struct ChildPool {
    command: ChildCommand,
    jobs_max: u32,
    idle: Mutex<Vec<EngineChild>>,
}

impl ChildPool {
    pub(crate) fn new(command: ChildCommand, jobs_max: u32) -> Self {
        Self { command, jobs_max, idle: Mutex::new(Vec::new()) }
    }

    /// A warm child, or a new one.
    pub(crate) fn take(&self) -> Result<EngineChild, ChildError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| EngineChild::start(&self.command), Ok)
    }

    /// Takes a child back after a complete answer. One that was not given back dies when dropped.
    pub(crate) fn give_back(&self, child: EngineChild) {
        if child.requests < self.jobs_max {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(child);
        }
    }
}

/// A running child. Dropping it kills it.
#[derive(Debug)]
pub(crate) struct EngineChild {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    requests: u32,
}

impl EngineChild {
    fn start(command: &ChildCommand) -> Result<Self, ChildError> {
        let mut process = Command::new(&command.program)
            .args(&command.arguments)
            .arg(command.memory_bytes.to_string())
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(ChildError::Spawn)?;
        let pipes = process.stdin.take().zip(process.stdout.take());
        let (input, output) =
            pipes.ok_or_else(|| ChildError::Died("it has no pipes".to_owned()))?;
        let output = BufReader::with_capacity(64 * 1024, output);
        Ok(Self { process, input, output, requests: 0 })
    }

    /// Sends a request with its document.
    pub(crate) async fn ask(
        &mut self,
        request: &Request,
        document: &mut BlobReader,
    ) -> Result<(), ChildError> {
        self.requests += 1;
        let request =
            serde_json::to_vec(request).map_err(|error| ChildError::Died(error.to_string()))?;
        self.send(Kind::Request, &request).await?;
        while let Some(piece) = document.next().await? {
            for part in piece.chunks(PAYLOAD_BYTES_MAX) {
                self.send(Kind::Data, part).await?;
            }
        }
        self.send(Kind::End, &[]).await?;
        match self.input.flush().await {
            Ok(()) => Ok(()),
            Err(_) => Err(self.how_it_died().await),
        }
    }

    /// The next message of the answer.
    pub(crate) async fn next(&mut self) -> Result<Message, ChildError> {
        match frame::receive(&mut self.output).await {
            Ok((Kind::Picture, head)) => self.pictures(head).await,
            Ok((kind, payload)) => {
                read_message(kind, payload).map_err(|error| ChildError::Died(error.to_string()))
            }
            Err(_) => Err(self.how_it_died().await),
        }
    }

    /// Pictures up to the last that is asked for at the same time.
    async fn pictures(&mut self, mut head: Vec<u8>) -> Result<Message, ChildError> {
        let (mut pictures, mut bytes) = (Vec::new(), 0);
        loop {
            let read: PictureHead = serde_json::from_slice(&head).map_err(|_| odd_picture())?;
            bytes += read.pixel_bytes().ok_or_else(odd_picture)? as u64;
            if bytes > PIXELS_MAX {
                return Err(odd_picture());
            }
            pictures.push(self.picture(read).await?);
            if !read.more {
                return Ok(Message::Pictures(pictures));
            }
            head = match frame::receive(&mut self.output).await {
                Ok((Kind::Picture, next)) => next,
                Ok(_) => return Err(odd_picture()),
                Err(_) => return Err(self.how_it_died().await),
            };
        }
    }

    /// The pixels of a picture, after its head.
    async fn picture(&mut self, head: PictureHead) -> Result<Picture, ChildError> {
        let most = head.pixel_bytes().ok_or_else(odd_picture)?;
        let mut pixels = Vec::new();
        loop {
            match frame::receive(&mut self.output).await {
                Ok((Kind::Data, piece)) if pixels.len() + piece.len() <= most => {
                    pixels.extend_from_slice(&piece);
                }
                Ok((Kind::End, _)) => break,
                Ok(_) => return Err(odd_picture()),
                Err(_) => return Err(self.how_it_died().await),
            }
        }
        head.with_pixels(pixels).ok_or_else(odd_picture)
    }

    /// Answers [`Message::Pictures`], in their order.
    pub(crate) async fn tell_texts(
        &mut self,
        texts: Vec<Result<Vec<u8>, OcrFault>>,
    ) -> Result<(), ChildError> {
        for text in texts {
            self.tell_text(text).await?;
        }
        match self.input.flush().await {
            Ok(()) => Ok(()),
            Err(_) => Err(self.how_it_died().await),
        }
    }

    async fn tell_text(&mut self, read: Result<Vec<u8>, OcrFault>) -> Result<(), ChildError> {
        let outcome = read.as_ref().map_or_else(|fault| (*fault).into(), |_| ReadOutcome::Read);
        let outcome =
            serde_json::to_vec(&outcome).map_err(|error| ChildError::Died(error.to_string()))?;
        self.send(Kind::ReadText, &outcome).await?;
        for part in read.unwrap_or_default().chunks(PAYLOAD_BYTES_MAX) {
            self.send(Kind::Data, part).await?;
        }
        self.send(Kind::End, &[]).await
    }

    async fn send(&mut self, kind: Kind, payload: &[u8]) -> Result<(), ChildError> {
        match frame::send(&mut self.input, kind, payload).await {
            Ok(()) => Ok(()),
            Err(_) => Err(self.how_it_died().await),
        }
    }

    /// Called when a pipe broke: the child is dead or dying, or has to be.
    async fn how_it_died(&mut self) -> ChildError {
        let _ = self.process.start_kill();
        match self.process.wait().await {
            Ok(status) if status.signal() == Some(libc::SIGXCPU) => ChildError::CpuUsedUp,
            Ok(status) => ChildError::Died(describe(status)),
            Err(error) => ChildError::Died(error.to_string()),
        }
    }
}

fn odd_picture() -> ChildError {
    ChildError::Died("it sent a picture that is none".to_owned())
}

fn describe(status: ExitStatus) -> String {
    match status.signal() {
        Some(signal) => format!("signal {signal}"),
        None => status.to_string(),
    }
}

fn read_message(kind: Kind, payload: Vec<u8>) -> serde_json::Result<Message> {
    Ok(match kind {
        Kind::Progress => Message::Progress(serde_json::from_slice(&payload)?),
        Kind::Data => Message::Data(payload.into()),
        Kind::File => Message::File(serde_json::from_slice(&payload)?),
        Kind::Done => Message::Done(serde_json::from_slice(&payload)?),
        Kind::Inspected => Message::Inspected(serde_json::from_slice(&payload)?),
        Kind::Failed => Message::Failed(serde_json::from_slice(&payload)?),
        Kind::Request | Kind::End | Kind::Picture | Kind::ReadText => {
            return Err(serde::de::Error::custom("a child does not send this kind of frame"));
        }
    })
}
