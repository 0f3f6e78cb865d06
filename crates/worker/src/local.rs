//! Parses a local file in an engine child, without a server.

use bytes::Bytes;
use docket_contract::document::ParseResult;
use docket_contract::job::{Failure, FailureCode};
use docket_contract::spec::{JobSpec, ParseSpec};
use docket_contract::{JobId, UserId};
use docket_jobs::BlobReader;
use uuid::Uuid;

use crate::child::{ChildCommand, ChildError, ChildPool, CpuLimits, Message, Request, within};
use crate::memory::MemoryBudget;
use crate::models::OfferedModels;
use crate::settings::SILENCE_MAX;
use crate::tesseract::{RecognitionAccount, TesseractSettings};
use crate::turns::Asker;

/// What to parse.
#[derive(Debug)]
pub struct LocalParse {
    /// The document's bytes.
    pub document: Bytes,
    /// How.
    pub spec: ParseSpec,
    /// What it is, by its name; an empty text if that does not show it.
    pub media_type: String,
    /// Opens it.
    pub password: Option<String>,
    /// Processor time that it may take.
    pub cpu: CpuLimits,
    /// Threads that may read its pages, at least 1.
    pub page_threads: usize,
    /// Reads its pictures.
    pub tesseract: TesseractSettings,
}

/// A local parse gave no result.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.message)]
pub struct LocalFailure(pub Failure);

/// Parses in a child with the same limits as a job's; `progress` gets the pages done and selected.
///
/// # Errors
/// The failure that a job would have ended with.
pub async fn parse_local(
    command: &ChildCommand,
    parse: LocalParse,
    progress: &mut (dyn FnMut(i32, i32) + Send),
) -> Result<ParseResult, LocalFailure> {
    let children = ChildPool::new(command.clone(), 1, MemoryBudget::unlimited());
    let request = Request::Execute {
        // Pictures are files beside the result, for which there is no place here.
        spec: Box::new(JobSpec::Parse(ParseSpec { cropped_types: Vec::new(), ..parse.spec })),
        password: parse.password,
        media_type: parse.media_type,
        namespace: Uuid::now_v7(),
        cpu: parse.cpu,
        page_threads: parse.page_threads,
        ocr_parallel: parse.tesseract.parallel,
    };
    let mut document = BlobReader::in_memory(parse.document);
    let models = OfferedModels::new(parse.tesseract, MemoryBudget::unlimited());
    let answer = ask(&children, &models, &request, &mut document, progress).await;
    let bytes = answer.map_err(|error| LocalFailure(error.failure()))??;
    serde_json::from_slice(&bytes)
        .map_err(|error| LocalFailure(Failure::new(FailureCode::Internal, error.to_string())))
}

async fn ask(
    children: &ChildPool,
    models: &OfferedModels,
    request: &Request,
    document: &mut BlobReader,
    progress: &mut (dyn FnMut(i32, i32) + Send),
) -> Result<Result<Vec<u8>, LocalFailure>, ChildError> {
    let mut child = children.take().await?;
    child.ask(request, document, SILENCE_MAX).await?;
    let mut result = Vec::new();
    let account = RecognitionAccount::default();
    // The only caller.
    let asker = Asker { account: UserId(String::new()), job: JobId::new() };
    loop {
        match within(SILENCE_MAX, child.next()).await? {
            Message::Progress(pages) => progress(pages.done, pages.selected),
            Message::Data(piece) => result.extend_from_slice(&piece),
            Message::Questions(questions) => {
                child.send_answers(models.answer_all(&asker, questions, &account).await).await?;
            }
            Message::Done(_) => return Ok(Ok(result)),
            Message::Failed(failure) => return Ok(Err(LocalFailure(failure))),
            Message::File(_) | Message::Inspected(_) | Message::Walls(_) => {
                return Err(ChildError::Died("it answered another question".to_owned()));
            }
        }
    }
}
