//! Handles the messages of a child: progress goes to the queue, the result and its files to blobs.

use std::time::Instant;

use docket_contract::BlobKey;
use docket_contract::job::{Failure, FailureCode, PageCounts, Stage};
use docket_jobs::{BlobWriter, Claim, ProgressOutcome, ProgressUpdate, StoredResult};

use crate::child::{ChildError, EngineChild, Message, PageProgress, within};
use crate::execution::{Break, Execution, charge, storage_failed};
use crate::tesseract::RecognitionAccount;
use crate::turns::Asker;

/// Reads the answer to its end. What was stored of an answer that broke off is removed again.
pub(crate) async fn receive_answer(
    execution: &Execution,
    claim: &Claim,
    child: &mut EngineChild,
) -> Result<(StoredResult, PageCounts), Break> {
    let (result_key, writer) = execution.jobs.begin_result();
    let stored = StoredResult { result_key, file_keys: Vec::new() };
    let mut answer = Answer {
        execution,
        claim,
        writer,
        stored,
        finished: Vec::new(),
        bytes: 0,
        is_charged: false,
        last_written: Instant::now(),
        recognition: RecognitionAccount::default(),
    };
    match answer.receive(child).await {
        Ok(pages) => Ok((answer.stored, pages)),
        Err(broken) => {
            for key in &answer.finished {
                execution.jobs.discard(key).await;
            }
            Err(broken)
        }
    }
}

struct Answer<'a> {
    execution: &'a Execution,
    claim: &'a Claim,
    /// Of the result, or of the file that is coming in.
    writer: BlobWriter,
    stored: StoredResult,
    /// Blobs that are complete.
    finished: Vec<BlobKey>,
    bytes: u64,
    /// The pages are known, and paid.
    is_charged: bool,
    last_written: Instant,
    recognition: RecognitionAccount,
}

impl Answer<'_> {
    async fn receive(&mut self, child: &mut EngineChild) -> Result<PageCounts, Break> {
        let silence_max = self.execution.settings.silence_max;
        loop {
            match within(silence_max, child.next()).await? {
                Message::Progress(progress) => self.progress(progress).await?,
                Message::Data(piece) => self.data(piece).await?,
                Message::Questions(questions) => {
                    let job = self.claim.job();
                    let asker = Asker { account: job.user_id.clone(), job: job.id };
                    let models = &self.execution.models;
                    let answers = models.answer_all(&asker, questions, &self.recognition).await;
                    within(silence_max, child.send_answers(answers)).await?;
                }
                Message::File(file_id) => {
                    let key = self.stored.result_key.file(file_id);
                    let next = self.execution.jobs.begin_file(&key);
                    self.finish(next).await?;
                    self.stored.file_keys.push(key);
                }
                Message::Done(progress) => {
                    self.charge(progress).await?;
                    let nothing = self.execution.jobs.begin_result().1;
                    self.finish(nothing).await?;
                    return Ok(page_counts(progress));
                }
                Message::Inspected(_) | Message::Walls(_) => {
                    return Err(ChildError::Died("it answered another question".to_owned()).into());
                }
                Message::Failed(failure) => return Err(Break::Failed(failure)),
            }
        }
    }

    /// Completes the blob that was coming in, and continues with the next.
    async fn finish(&mut self, next: BlobWriter) -> Result<(), Break> {
        let writer = std::mem::replace(&mut self.writer, next);
        writer.finish().await.map_err(|error| storage_failed(&error))?;
        let key = self.stored.file_keys.last().unwrap_or(&self.stored.result_key);
        self.finished.push(key.clone());
        Ok(())
    }

    async fn charge(&mut self, progress: PageProgress) -> Result<(), Break> {
        if !self.is_charged {
            charge(self.execution, self.claim, progress.selected).await?;
            self.is_charged = true;
        }
        Ok(())
    }

    /// Writes progress at most every so often: a short job writes none, because its settlement has everything.
    async fn progress(&mut self, progress: PageProgress) -> Result<(), Break> {
        self.charge(progress).await?;
        if self.last_written.elapsed() < self.execution.settings.progress_every {
            return Ok(());
        }
        self.last_written = Instant::now();
        let all_read = progress.done >= progress.selected;
        let stage = if all_read { Stage::Assembling } else { Stage::Reading };
        let update = ProgressUpdate { stage, pages: page_counts(progress), document: None };
        match self.execution.jobs.progress(self.claim, update).await {
            Ok(ProgressOutcome::Written) => Ok(()),
            Ok(ProgressOutcome::ClaimLost) => Err(Break::ClaimLost),
            Err(error) => {
                // Progress is worth less than the work that it reports.
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "progress could not be written");
                Ok(())
            }
        }
    }

    async fn data(&mut self, piece: bytes::Bytes) -> Result<(), Break> {
        let most = self.execution.settings.result_bytes_max;
        self.bytes += piece.len() as u64;
        if self.bytes > most {
            return Err(Break::Failed(Failure::new(
                FailureCode::DocumentTooExpensive,
                format!("The result is larger than {most} bytes"),
            )));
        }
        self.writer.write(piece).await.map_err(|error| storage_failed(&error))
    }
}

fn page_counts(progress: PageProgress) -> PageCounts {
    PageCounts {
        total: Some(progress.total),
        selected: Some(progress.selected),
        done: progress.done,
        failed: progress.failed,
    }
}
