//! Questions of a child to its parent, and their answers, as frames; see [`crate::child`].
//!
//! The frames are the same for every kind of question. A new kind is a variant of [`Question`], the
//! method of `docket_engine::Models` that asks it, and the parent's answer in `crate::models`.

use std::io::{self, Read, Write};

use docket_engine::{Arrangement, OcrFault, Picture};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use super::frame::{self, Kind, PAYLOAD_BYTES_MAX};

/// Bytes of the payloads of all questions that a child may ask at the same time: one image of the
/// largest size.
pub(super) const BYTES_MAX: u64 = 160_000_000;
/// Questions that a child may ask at the same time.
pub(super) const QUESTIONS_MAX: usize = 1024;

/// A question, apart from its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub(crate) enum Question {
    /// Read the text of an image. The payload is its pixels, one byte each; the answer is hOCR 1.2.
    ReadText { width: u32, height: u32, dpi: u32, arrangement: FrameArrangement },
    /// A kind that this parent does not know.
    #[serde(other)]
    Unknown,
}

/// How the text of an image is arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FrameArrangement {
    Page,
    UprightPage,
    Column,
    Rows,
}

/// A question with its payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) question: Question,
    pub(crate) payload: Vec<u8>,
}

/// Why a question has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fault {
    /// The parent does not offer this kind of answer.
    NotOffered,
    /// It took too long.
    TooSlow,
    /// The document's earlier questions took the time that a document may take.
    DocumentTooSlow,
    /// The recogniser failed.
    Failed,
}

/// The answer to a question: a payload in the format that the question names.
pub(crate) type Answer = Result<Vec<u8>, Fault>;

/// The frame before the payload of a question.
#[derive(Debug, Serialize, Deserialize)]
struct QuestionHead {
    #[serde(flatten)]
    question: Question,
    payload_bytes: u64,
    /// Another question follows before the child waits for the answers.
    more: bool,
}

/// The frame before the payload of an answer.
#[derive(Debug, Serialize, Deserialize)]
struct AnswerHead {
    fault: Option<Fault>,
}

impl From<Picture> for Asked {
    fn from(picture: Picture) -> Self {
        let Picture { width, height, pixels, dpi, arrangement } = picture;
        let arrangement = match arrangement {
            Arrangement::Page => FrameArrangement::Page,
            Arrangement::UprightPage => FrameArrangement::UprightPage,
            Arrangement::Column => FrameArrangement::Column,
            Arrangement::Rows => FrameArrangement::Rows,
        };
        Self { question: Question::ReadText { width, height, dpi, arrangement }, payload: pixels }
    }
}

impl Asked {
    /// The image whose text is asked for; `None` for another kind of question, or if the payload
    /// does not have the size of the image.
    pub(crate) fn into_picture(self) -> Option<Picture> {
        let Question::ReadText { width, height, dpi, arrangement } = self.question else {
            return None;
        };
        let arrangement = match arrangement {
            FrameArrangement::Page => Arrangement::Page,
            FrameArrangement::UprightPage => Arrangement::UprightPage,
            FrameArrangement::Column => Arrangement::Column,
            FrameArrangement::Rows => Arrangement::Rows,
        };
        let is_whole = self.payload.len() as u64 == u64::from(width) * u64::from(height);
        is_whole.then_some(Picture { width, height, pixels: self.payload, dpi, arrangement })
    }
}

impl From<Fault> for OcrFault {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::NotOffered => Self::Unavailable,
            Fault::TooSlow => Self::TooSlow,
            Fault::DocumentTooSlow => Self::DocumentTooSlow,
            Fault::Failed => Self::Failed,
        }
    }
}

/// Child's side: sends questions together.
pub(super) fn write_questions(to: &mut impl Write, questions: &[Asked]) -> io::Result<()> {
    for (index, Asked { question, payload }) in questions.iter().enumerate() {
        let more = index + 1 < questions.len();
        let head = QuestionHead { question: *question, payload_bytes: payload.len() as u64, more };
        frame::write(to, Kind::Question, &serde_json::to_vec(&head)?)?;
        for piece in payload.chunks(PAYLOAD_BYTES_MAX) {
            frame::write(to, Kind::Data, piece)?;
        }
        frame::write(to, Kind::End, &[])?;
    }
    to.flush()
}

/// Child's side: reads one answer.
pub(super) fn read_answer(from: &mut impl Read) -> io::Result<Answer> {
    let Some((Kind::Answer, head)) = frame::read(from)? else {
        return Err(io::Error::from(io::ErrorKind::InvalidData));
    };
    let AnswerHead { fault } = serde_json::from_slice(&head)?;
    let payload = frame::read_to_end(from)?;
    Ok(fault.map_or(Ok(payload), Err))
}

/// Parent's side: receives questions up to the last that is asked at the same time, from the head of
/// the first. Questions beyond a limit are [`io::ErrorKind::InvalidData`].
pub(super) async fn receive_questions(
    from: &mut (impl AsyncRead + Unpin),
    mut head: Vec<u8>,
) -> io::Result<Vec<Asked>> {
    let (mut questions, mut bytes_left) = (Vec::new(), BYTES_MAX);
    loop {
        let QuestionHead { question, payload_bytes, more } = serde_json::from_slice(&head)?;
        bytes_left = bytes_left.checked_sub(payload_bytes).ok_or_else(invalid)?;
        let payload = receive_payload(from, payload_bytes).await?;
        questions.push(Asked { question, payload });
        if !more {
            return Ok(questions);
        }
        if questions.len() == QUESTIONS_MAX {
            return Err(invalid());
        }
        head = match frame::receive(from).await? {
            (Kind::Question, next) => next,
            _ => return Err(invalid()),
        };
    }
}

async fn receive_payload(from: &mut (impl AsyncRead + Unpin), bytes: u64) -> io::Result<Vec<u8>> {
    let mut payload = Vec::new();
    loop {
        match frame::receive(from).await? {
            (Kind::Data, piece) if (payload.len() + piece.len()) as u64 <= bytes => {
                payload.extend_from_slice(&piece);
            }
            (Kind::End, _) if payload.len() as u64 == bytes => return Ok(payload),
            _ => return Err(invalid()),
        }
    }
}

/// Parent's side: sends one answer.
pub(super) async fn send_answer(
    to: &mut (impl AsyncWrite + Unpin),
    answer: Answer,
) -> io::Result<()> {
    let head = AnswerHead { fault: answer.as_ref().err().copied() };
    frame::send(to, Kind::Answer, &serde_json::to_vec(&head)?).await?;
    for part in answer.unwrap_or_default().chunks(PAYLOAD_BYTES_MAX) {
        frame::send(to, Kind::Data, part).await?;
    }
    frame::send(to, Kind::End, &[]).await?;
    to.flush().await
}

fn invalid() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a question beyond its limits")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32) -> Picture {
        let pixels = vec![7; (width * height) as usize];
        Picture { width, height, pixels, dpi: 300, arrangement: Arrangement::Rows }
    }

    /// What the parent receives of these bytes.
    async fn received(pipe: &[u8]) -> io::Result<Vec<Asked>> {
        let mut from = pipe;
        let (kind, head) = frame::receive(&mut from).await?;
        assert_eq!(kind, Kind::Question);
        receive_questions(&mut from, head).await
    }

    fn with_head(head: &str, payload: &[u8]) -> Vec<u8> {
        let mut pipe = Vec::new();
        frame::write(&mut pipe, Kind::Question, head.as_bytes()).unwrap();
        frame::write(&mut pipe, Kind::Data, payload).unwrap();
        frame::write(&mut pipe, Kind::End, &[]).unwrap();
        pipe
    }

    #[tokio::test]
    async fn questions_and_answers_arrive_in_their_order() {
        let pictures = [picture(3, 2), picture(2000, 1500), picture(0, 0)];
        let questions: Vec<Asked> = pictures.iter().cloned().map(Asked::from).collect();
        let mut pipe = Vec::new();
        write_questions(&mut pipe, &questions).unwrap();
        let received = received(&pipe).await.unwrap();
        let read: Vec<Picture> = received.into_iter().filter_map(Asked::into_picture).collect();
        assert!(read == pictures);

        let answers: [Answer; 3] = [Ok(vec![1; 3_000_000]), Err(Fault::TooSlow), Ok(Vec::new())];
        let mut pipe = Vec::new();
        for answer in answers.clone() {
            send_answer(&mut pipe, answer).await.unwrap();
        }
        let mut from = pipe.as_slice();
        for answer in answers {
            assert!(read_answer(&mut from).unwrap() == answer);
        }
    }

    #[tokio::test]
    async fn an_unknown_kind_of_question_is_received_as_such() {
        let head = r#"{"ask":"read_minds","depth":3,"payload_bytes":4,"more":false}"#;
        let asked = received(&with_head(head, b"mind")).await.unwrap();
        assert_eq!(asked, [Asked { question: Question::Unknown, payload: b"mind".to_vec() }]);
    }

    #[tokio::test]
    async fn a_child_gone_mad_cannot_make_its_parent_allocate() {
        let huge = r#"{"ask":"unknown","payload_bytes":160000001,"more":false}"#;
        assert!(received(&with_head(huge, b"")).await.is_err(), "more bytes than allowed");
        let short = r#"{"ask":"unknown","payload_bytes":2,"more":false}"#;
        for payload in [b"".as_slice(), b"a", b"abc"] {
            assert!(received(&with_head(short, payload)).await.is_err(), "{payload:?}");
        }
        let empty = Asked { question: Question::Unknown, payload: Vec::new() };
        let mut pipe = Vec::new();
        write_questions(&mut pipe, &vec![empty.clone(); QUESTIONS_MAX]).unwrap();
        assert_eq!(received(&pipe).await.unwrap().len(), QUESTIONS_MAX);
        let mut pipe = Vec::new();
        write_questions(&mut pipe, &vec![empty; QUESTIONS_MAX + 1]).unwrap();
        assert!(received(&pipe).await.is_err(), "empty questions without end");
    }

    #[test]
    fn a_picture_has_as_many_pixels_as_it_says() {
        let Asked { question, payload } = Asked::from(picture(3, 2));
        assert!(Asked { question, payload: payload[1..].to_vec() }.into_picture().is_none());
        assert!(Asked { question: Question::Unknown, payload }.into_picture().is_none());
    }
}
