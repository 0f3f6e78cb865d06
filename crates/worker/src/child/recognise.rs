//! The child's side of reading text off pictures: it may start no program, so it asks its parent.

use std::cell::RefCell;
use std::fmt;
use std::io::{self, Read, Write};

use docket_engine::{Models, OcrFault, Picture};

use super::frame::{self, Kind, PAYLOAD_BYTES_MAX};
use super::{PictureHead, ReadOutcome};

/// Both ends of the child's connection to its parent.
pub(super) struct Parent<R, W> {
    pub(super) input: R,
    pub(super) output: W,
}

/// Recognisers that the parent runs.
pub(super) struct ParentModels<'p, R, W> {
    pub(super) parent: &'p RefCell<Parent<R, W>>,
}

impl<R, W> fmt::Debug for ParentModels<'_, R, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ParentModels")
    }
}

impl<R: Read, W: Write> Models for ParentModels<'_, R, W> {
    fn read_text(&self, picture: Picture) -> Result<String, OcrFault> {
        // Of a broken pipe the child dies at its next word to the parent.
        let parent = &mut *self.parent.borrow_mut();
        ask(parent, &picture).unwrap_or(Err(OcrFault::Failed))
    }
}

fn ask<R: Read, W: Write>(
    parent: &mut Parent<R, W>,
    picture: &Picture,
) -> io::Result<Result<String, OcrFault>> {
    let head = serde_json::to_vec(&PictureHead::from(picture))?;
    frame::write(&mut parent.output, Kind::Picture, &head)?;
    for piece in picture.pixels.chunks(PAYLOAD_BYTES_MAX) {
        frame::write(&mut parent.output, Kind::Data, piece)?;
    }
    frame::write(&mut parent.output, Kind::End, &[])?;
    parent.output.flush()?;
    let Some((Kind::ReadText, outcome)) = frame::read(&mut parent.input)? else {
        return Err(io::Error::from(io::ErrorKind::InvalidData));
    };
    let outcome: ReadOutcome = serde_json::from_slice(&outcome)?;
    let answer = read_to_end(&mut parent.input)?;
    Ok(match Option::from(outcome) {
        None => String::from_utf8(answer).map_err(|_| OcrFault::Failed),
        Some(fault) => Err(fault),
    })
}

/// Data frames up to the end.
pub(super) fn read_to_end(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        match frame::read(input)? {
            Some((Kind::Data, piece)) => bytes.extend_from_slice(&piece),
            Some((Kind::End, _)) => return Ok(bytes),
            _ => return Err(io::Error::from(io::ErrorKind::InvalidData)),
        }
    }
}
