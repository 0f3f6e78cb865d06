//! Frames on the pipes between parent and child; see [`crate::child`].

use std::io::{self, Read, Write};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The largest payload of a frame; larger data goes in several.
pub(super) const PAYLOAD_BYTES_MAX: usize = 1024 * 1024;

/// The kinds of frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    Request = 1,
    Data = 2,
    End = 3,
    Progress = 4,
    Done = 5,
    Inspected = 6,
    Failed = 7,
    File = 8,
    Question = 9,
    Answer = 10,
    Walls = 11,
}

impl Kind {
    fn from_byte(byte: u8) -> io::Result<Self> {
        [
            Self::Request,
            Self::Data,
            Self::End,
            Self::Progress,
            Self::Done,
            Self::Inspected,
            Self::Failed,
            Self::File,
            Self::Question,
            Self::Answer,
            Self::Walls,
        ]
        .into_iter()
        .find(|kind| *kind as u8 == byte)
        .ok_or_else(|| invalid("unknown kind of frame"))
    }
}

fn invalid(text: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}

fn head(kind: Kind, payload: &[u8]) -> io::Result<[u8; 5]> {
    let length = u32::try_from(payload.len()).map_err(|_| invalid("frame too large"))?;
    if payload.len() > PAYLOAD_BYTES_MAX {
        return Err(invalid("frame too large"));
    }
    let mut head = [0; 5];
    head[..4].copy_from_slice(&length.to_le_bytes());
    head[4] = kind as u8;
    Ok(head)
}

fn read_head(head: [u8; 5]) -> io::Result<(Kind, usize)> {
    let length = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
    if length > PAYLOAD_BYTES_MAX {
        return Err(invalid("frame too large"));
    }
    Ok((Kind::from_byte(head[4])?, length))
}

/// Child's side: writes a frame.
pub(super) fn write(to: &mut impl Write, kind: Kind, payload: &[u8]) -> io::Result<()> {
    to.write_all(&head(kind, payload)?)?;
    to.write_all(payload)
}

/// Child's side: reads a message that may have come in several frames; `None` at the end of the pipe.
pub(super) fn read_message(from: &mut impl Read) -> io::Result<Option<(Kind, Vec<u8>)>> {
    let Some((kind, mut message)) = read(from)? else { return Ok(None) };
    let mut is_full = message.len() == PAYLOAD_BYTES_MAX;
    while is_full {
        match read(from)? {
            Some((next, payload)) if next == kind => {
                is_full = payload.len() == PAYLOAD_BYTES_MAX;
                message.extend_from_slice(&payload);
            }
            _ => return Err(invalid("a message broke off")),
        }
    }
    Ok(Some((kind, message)))
}

/// Child's side: reads a frame; `None` at the end of the pipe.
pub(super) fn read(from: &mut impl Read) -> io::Result<Option<(Kind, Vec<u8>)>> {
    let mut bytes = [0; 5];
    match from.read_exact(&mut bytes) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let (kind, length) = read_head(bytes)?;
    let mut payload = vec![0; length];
    from.read_exact(&mut payload)?;
    Ok(Some((kind, payload)))
}

/// Child's side: reads the data frames up to the end.
pub(super) fn read_to_end(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        match read(input)? {
            Some((Kind::Data, piece)) => {
                // Doubling would ask for twice the memory of a large document.
                if bytes.capacity() - bytes.len() < piece.len() {
                    bytes.reserve_exact(piece.len().max(bytes.len() / 8));
                }
                bytes.extend_from_slice(&piece);
            }
            Some((Kind::End, _)) => return Ok(bytes),
            _ => return Err(invalid("data broke off")),
        }
    }
}

/// Parent's side: writes a frame.
pub(super) async fn send(
    to: &mut (impl AsyncWrite + Unpin),
    kind: Kind,
    payload: &[u8],
) -> io::Result<()> {
    to.write_all(&head(kind, payload)?).await?;
    to.write_all(payload).await
}

/// Parent's side: writes a message of any length. A frame that is full has a further one behind it.
pub(super) async fn send_message(
    to: &mut (impl AsyncWrite + Unpin),
    kind: Kind,
    message: &[u8],
) -> io::Result<()> {
    let full = message.chunks_exact(PAYLOAD_BYTES_MAX);
    let last = full.remainder();
    for payload in full {
        send(to, kind, payload).await?;
    }
    send(to, kind, last).await
}

/// Parent's side: reads a frame; an end of the pipe is an error.
pub(super) async fn receive(from: &mut (impl AsyncRead + Unpin)) -> io::Result<(Kind, Vec<u8>)> {
    let mut bytes = [0; 5];
    from.read_exact(&mut bytes).await?;
    let (kind, length) = read_head(bytes)?;
    let mut payload = vec![0; length];
    from.read_exact(&mut payload).await?;
    Ok((kind, payload))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn both_sides_speak_the_same_frames() {
        let mut pipe = Vec::new();
        write(&mut pipe, Kind::Data, b"abc").unwrap();
        write(&mut pipe, Kind::End, b"").unwrap();
        let mut from = pipe.as_slice();
        assert_eq!(receive(&mut from).await.unwrap(), (Kind::Data, b"abc".to_vec()));
        assert_eq!(receive(&mut from).await.unwrap(), (Kind::End, Vec::new()));

        let mut pipe = Vec::new();
        send(&mut pipe, Kind::Request, b"{}").await.unwrap();
        let mut from = pipe.as_slice();
        assert_eq!(read(&mut from).unwrap(), Some((Kind::Request, b"{}".to_vec())));
        assert_eq!(read(&mut from).unwrap(), None);
    }

    #[tokio::test]
    async fn messages_of_every_length_arrive_whole() {
        for length in [0, 1, PAYLOAD_BYTES_MAX - 1, PAYLOAD_BYTES_MAX, 3 * PAYLOAD_BYTES_MAX + 7] {
            let message: Vec<u8> = (0..length).map(|idx| (idx % 251) as u8).collect();
            let mut pipe = Vec::new();
            send_message(&mut pipe, Kind::Request, &message).await.unwrap();
            send(&mut pipe, Kind::End, b"").await.unwrap();
            let mut from = pipe.as_slice();
            let read_back = read_message(&mut from).unwrap();
            assert!(read_back == Some((Kind::Request, message)), "{length} bytes");
            assert_eq!(read_message(&mut from).unwrap(), Some((Kind::End, Vec::new())));
        }
    }

    #[test]
    fn a_child_gone_mad_cannot_make_its_parent_allocate() {
        assert!(read(&mut [255, 255, 255, 255, 2].as_slice()).is_err());
        assert!(read(&mut [0, 0, 0, 0, 99].as_slice()).is_err());
    }
}
