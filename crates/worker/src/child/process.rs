//! The parent's side: starting children, asking them, ending them.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use docket_jobs::BlobReader;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;

use super::ending::{Limits, judge};
use super::frame::{self, Kind, PAYLOAD_BYTES_MAX};
use super::question::{self, Answer};
use super::{ChildError, CpuLimits, Limit, Message, Request};
use crate::memory::Reservation;
use crate::sandbox::Sandbox;

/// The end of a child's standard error that is kept.
const LAST_WORDS_BYTES: usize = 2048;
/// How long a dead child's standard error may stay open.
const LAST_WORDS_WAIT: Duration = Duration::from_secs(1);
/// How long the storage may take for the next piece of a document; it repeats requests itself.
const DOCUMENT_STALL_MAX: Duration = Duration::from_secs(60);

/// How a child is started: a program that ends up in [`super::child_main`].
#[derive(Clone, Debug)]
pub struct ChildCommand {
    /// The program.
    pub program: PathBuf,
    /// Its arguments; the memory limit is appended.
    pub arguments: Vec<OsString>,
    /// Memory that a child may use, in bytes.
    pub memory_bytes: u64,
    /// The behaviour if it cannot be confined.
    pub sandbox: Sandbox,
}

impl ChildCommand {
    /// `PROGRAM engine-child` with 640 MiB.
    #[must_use]
    pub fn new(program: PathBuf) -> Self {
        Self {
            program,
            arguments: vec!["engine-child".into()],
            memory_bytes: 640 * 1024 * 1024,
            sandbox: Sandbox::default(),
        }
    }
}

/// A running child. Dropping it kills it.
#[derive(Debug)]
pub(crate) struct EngineChild {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    last_words: JoinHandle<Vec<u8>>,
    pub(super) requests: u32,
    limits: Limits,
    /// Held as long as it lives.
    _memory: Reservation,
}

impl EngineChild {
    pub(super) fn start(command: &ChildCommand, memory: Reservation) -> Result<Self, ChildError> {
        let mut process = Command::new(&command.program)
            .args(&command.arguments)
            .arg(command.memory_bytes.to_string())
            .args((command.sandbox == Sandbox::BestEffort).then_some("--best-effort"))
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(ChildError::Spawn)?;
        let pipes = process.stdin.take().zip(process.stdout.take());
        let (input, output) =
            pipes.ok_or_else(|| ChildError::Died("it has no pipes".to_owned()))?;
        let output = BufReader::with_capacity(64 * 1024, output);
        let errors = process.stderr.take();
        let last_words = tokio::spawn(async move {
            match errors {
                Some(errors) => end_of(errors).await,
                None => Vec::new(),
            }
        });
        let limits = Limits { memory_bytes: command.memory_bytes, cpu: CpuLimits::default() };
        Ok(Self { process, input, output, last_words, requests: 0, limits, _memory: memory })
    }

    /// Sends a request with its document. The child takes each piece within `silence_max`.
    pub(crate) async fn ask(
        &mut self,
        request: &Request,
        document: &mut BlobReader,
        silence_max: Duration,
    ) -> Result<(), ChildError> {
        self.requests += 1;
        if let Request::Execute { cpu, .. } = request {
            self.limits.cpu = *cpu;
        }
        let request =
            serde_json::to_vec(request).map_err(|error| ChildError::Died(error.to_string()))?;
        within(silence_max, self.send_request(&request)).await?;
        while let Some(piece) = next_piece(document).await? {
            for part in piece.chunks(PAYLOAD_BYTES_MAX) {
                within(silence_max, self.send(Kind::Data, part)).await?;
            }
        }
        within(silence_max, self.send_end()).await
    }

    async fn send_request(&mut self, request: &[u8]) -> Result<(), ChildError> {
        match frame::send_message(&mut self.input, Kind::Request, request).await {
            Ok(()) => Ok(()),
            Err(_) => Err(self.how_it_died().await),
        }
    }

    async fn send_end(&mut self) -> Result<(), ChildError> {
        self.send(Kind::End, &[]).await?;
        match self.input.flush().await {
            Ok(()) => Ok(()),
            Err(_) => Err(self.how_it_died().await),
        }
    }

    /// The next message of the answer.
    pub(crate) async fn next(&mut self) -> Result<Message, ChildError> {
        match frame::receive(&mut self.output).await {
            Ok((Kind::Question, head)) => {
                match question::receive_questions(&mut self.output, head).await {
                    Ok(questions) => Ok(Message::Questions(questions)),
                    Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                        Err(ChildError::Died(error.to_string()))
                    }
                    Err(_) => Err(self.how_it_died().await),
                }
            }
            Ok((kind, payload)) => {
                read_message(kind, payload).map_err(|error| ChildError::Died(error.to_string()))
            }
            Err(_) => Err(self.how_it_died().await),
        }
    }

    /// Answers [`Message::Questions`], in their order.
    pub(crate) async fn send_answers(&mut self, answers: Vec<Answer>) -> Result<(), ChildError> {
        for answer in answers {
            if question::send_answer(&mut self.input, answer).await.is_err() {
                return Err(self.how_it_died().await);
            }
        }
        Ok(())
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
        let status = match self.process.wait().await {
            Ok(status) => status,
            Err(error) => return ChildError::Died(error.to_string()),
        };
        let last_words = tokio::time::timeout(LAST_WORDS_WAIT, &mut self.last_words).await;
        let last_words = last_words.ok().and_then(Result::ok).unwrap_or_default();
        match judge(status, &last_words, self.limits) {
            // Processor time is counted for each document; memory is what all of them left.
            end @ ChildError::Limit(Limit::Cpu(_)) => end,
            end @ (ChildError::Limit(_) | ChildError::Crashed(_)) if self.requests > 1 => {
                ChildError::Worn(end.to_string())
            }
            end => end,
        }
    }
}

/// What a child does within the time that it may stay silent; one that does not is killed when
/// dropped.
pub(crate) async fn within<T>(
    silence_max: Duration,
    work: impl Future<Output = Result<T, ChildError>>,
) -> Result<T, ChildError> {
    match tokio::time::timeout(silence_max, work).await {
        Ok(outcome) => outcome,
        Err(_) => Err(ChildError::Limit(Limit::Wall(silence_max))),
    }
}

/// The next piece of a document; storage that stalls is no fault of the child.
async fn next_piece(document: &mut BlobReader) -> Result<Option<bytes::Bytes>, ChildError> {
    match tokio::time::timeout(DOCUMENT_STALL_MAX, document.next()).await {
        Ok(piece) => Ok(piece?),
        Err(_) => Err(ChildError::DocumentStalled),
    }
}

/// Reads to the end and keeps the last part.
async fn end_of(mut from: impl AsyncRead + Unpin) -> Vec<u8> {
    let mut end = Vec::with_capacity(2 * LAST_WORDS_BYTES);
    let mut piece = [0; LAST_WORDS_BYTES];
    while let Ok(length @ 1..) = from.read(&mut piece).await {
        end.extend_from_slice(&piece[..length]);
        end.drain(..end.len().saturating_sub(LAST_WORDS_BYTES));
    }
    end
}

fn read_message(kind: Kind, payload: Vec<u8>) -> serde_json::Result<Message> {
    Ok(match kind {
        Kind::Progress => Message::Progress(serde_json::from_slice(&payload)?),
        Kind::Data => Message::Data(payload.into()),
        Kind::File => Message::File(serde_json::from_slice(&payload)?),
        Kind::Done => Message::Done(serde_json::from_slice(&payload)?),
        Kind::Inspected => Message::Inspected(serde_json::from_slice(&payload)?),
        Kind::Walls => Message::Walls(serde_json::from_slice(&payload)?),
        Kind::Failed => Message::Failed(serde_json::from_slice(&payload)?),
        Kind::Request | Kind::End | Kind::Question | Kind::Answer => {
            return Err(serde::de::Error::custom("a child does not send this kind of frame"));
        }
    })
}
