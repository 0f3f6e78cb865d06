//! The child's side of OCR: it may start no program, so it asks its parent.

use std::cell::RefCell;
use std::fmt;
use std::io::{self, Read, Write};

use docket_engine::{Models, OcrFault, Picture};

use super::budget::CpuBudget;
use super::frame::{self, Kind, PAYLOAD_BYTES_MAX};
use super::picture::PIXELS_MAX;
use super::{PictureHead, ReadOutcome};

/// Both ends of the child's connection to its parent.
pub(super) struct Parent<R, W> {
    pub(super) input: R,
    pub(super) output: W,
}

/// Recognisers that the parent runs.
pub(super) struct ParentModels<'p, R, W> {
    pub(super) parent: &'p RefCell<Parent<R, W>>,
    pub(super) budget: &'p CpuBudget,
    /// Pictures that are asked about at the same time.
    pub(super) parallel: usize,
}

impl<R, W> fmt::Debug for ParentModels<'_, R, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ParentModels")
    }
}

impl<R: Read, W: Write> Models for ParentModels<'_, R, W> {
    fn read_text(&self, picture: Picture) -> Result<String, OcrFault> {
        self.read_texts(vec![picture]).pop().unwrap_or(Err(OcrFault::Failed))
    }

    fn read_texts(&self, pictures: Vec<Picture>) -> Vec<Result<String, OcrFault>> {
        // Of a broken pipe the child dies at its next word to the parent.
        let parent = &mut *self.parent.borrow_mut();
        let mut texts = Vec::with_capacity(pictures.len());
        for group in groups(pictures) {
            let count = group.len();
            self.budget.pictures_recognised(count);
            match ask(parent, &group) {
                Ok(read) => texts.extend(read),
                Err(_) => texts.extend((0..count).map(|_| Err(OcrFault::Failed))),
            }
        }
        texts
    }

    fn parallel(&self) -> usize {
        self.parallel
    }
}

/// Pictures that the parent takes at the same time: together no more pixels than one may have.
fn groups(pictures: Vec<Picture>) -> Vec<Vec<Picture>> {
    let mut groups: Vec<Vec<Picture>> = Vec::new();
    let mut pixels = 0;
    for picture in pictures {
        let own = picture.pixels.len() as u64;
        pixels += own;
        match groups.last_mut() {
            Some(group) if pixels <= PIXELS_MAX => group.push(picture),
            _ => {
                pixels = own;
                groups.push(vec![picture]);
            }
        }
    }
    groups
}

fn ask<R: Read, W: Write>(
    parent: &mut Parent<R, W>,
    pictures: &[Picture],
) -> io::Result<Vec<Result<String, OcrFault>>> {
    for (index, picture) in pictures.iter().enumerate() {
        let more = index + 1 < pictures.len();
        let head = serde_json::to_vec(&PictureHead::new(picture, more))?;
        frame::write(&mut parent.output, Kind::Picture, &head)?;
        for piece in picture.pixels.chunks(PAYLOAD_BYTES_MAX) {
            frame::write(&mut parent.output, Kind::Data, piece)?;
        }
        frame::write(&mut parent.output, Kind::End, &[])?;
    }
    parent.output.flush()?;
    pictures.iter().map(|_| hear(&mut parent.input)).collect()
}

/// The text of one picture.
fn hear(input: &mut impl Read) -> io::Result<Result<String, OcrFault>> {
    let Some((Kind::ReadText, outcome)) = frame::read(input)? else {
        return Err(io::Error::from(io::ErrorKind::InvalidData));
    };
    let outcome: ReadOutcome = serde_json::from_slice(&outcome)?;
    let answer = read_to_end(input)?;
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
            Some((Kind::Data, piece)) => {
                // Doubling would ask for twice the memory of a large document.
                if bytes.capacity() - bytes.len() < piece.len() {
                    bytes.reserve_exact(piece.len().max(bytes.len() / 8));
                }
                bytes.extend_from_slice(&piece);
            }
            Some((Kind::End, _)) => return Ok(bytes),
            _ => return Err(io::Error::from(io::ErrorKind::InvalidData)),
        }
    }
}
