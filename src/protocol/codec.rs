//! One message ⇄ its bytes: a kind and a payload, all numbers big-endian (docs/PROTOCOL.md 4).

use super::{
    CameraState, Goodbye, Hello, Message, Outcome, Patch, ProtocolError, Refusal, Size, Video,
    limits,
};

/// Bytes of a video message before its JPEG: kind, sequence, time, width, height, shared length.
pub(super) const VIDEO_HEAD_LEN: usize = 1 + 4 + 8 + 2 + 2 + 2;

/// Kinds from here on are ignored by an end that does not know them.
const KIND_IGNORABLE_MIN: u8 = 128;

const KIND_HELLO: u8 = 1;
const KIND_RINGING: u8 = 2;
const KIND_ACCEPTED: u8 = 3;
const KIND_REFUSED: u8 = 4;
const KIND_GOODBYE: u8 = 5;
const KIND_PING: u8 = 6;
const KIND_PONG: u8 = 7;
const KIND_CAMERA_STATE: u8 = 8;
const KIND_PICTURE_AREA: u8 = 9;
const KIND_TEXT: u8 = 10;
const KIND_VIDEO: u8 = 11;
const KIND_VIDEO_ACKNOWLEDGED: u8 = 12;
const KIND_RECEIVED: u8 = 128;
const KIND_PICTURE_RATE: u8 = 129;
const KIND_UNCHANGED: u8 = 130;
const KIND_PATCH: u8 = 131;
pub(super) const KIND_FIRST_PIECE: u8 = 13;
pub(super) const KIND_NEXT_PIECE: u8 = 14;
const KIND_NEW_KEY: u8 = 15;

// All values in the order of their bytes, which are the enums' discriminants.
const CAMERA_STATES: [CameraState; 5] = [
    CameraState::Missing,
    CameraState::Off,
    CameraState::On,
    CameraState::Paused,
    CameraState::Lost,
];
const GOODBYES: [Goodbye; 3] = [Goodbye::Quit, Goodbye::Ended, Goodbye::Misbehaved];
const REFUSALS: [Refusal; 3] = [Refusal::Busy, Refusal::Declined, Refusal::Unanswered];
const OUTCOMES: [Outcome; 3] = [Outcome::Broken, Outcome::Dropped, Outcome::Shown];

/// What one decrypted record holds.
#[derive(Debug, PartialEq, Eq)]
pub enum Record<'a> {
    /// The beginning of a message in pieces; what was unfinished before is given up.
    FirstPiece {
        /// Length of the whole message, at most [`limits::MESSAGE_LEN_MAX`] bytes.
        total_len: usize,
        /// Its first bytes, at least one and at most `total_len`.
        bytes: &'a [u8],
    },
    /// A kind that a later version added and this one may ignore.
    Ignorable,
    /// A whole message.
    Message(Message),
    /// The sender's records after this one are encrypted with a new key.
    NewKey,
    /// More of the message in pieces, at least one byte.
    NextPiece(&'a [u8]),
}

impl<'a> Record<'a> {
    /// Parses the plaintext of one record.
    ///
    /// # Errors
    /// [`ProtocolError`] when the sender broke the protocol.
    pub fn parse(plaintext: &'a [u8]) -> Result<Self, ProtocolError> {
        if plaintext.len() > limits::PIECE_LEN_MAX {
            return Err(ProtocolError::TooLarge);
        }
        match plaintext.first() {
            Some(&KIND_FIRST_PIECE) => {
                let mut reader = Reader(plaintext);
                reader.u8()?;
                let total_len = reader.u32()? as usize;
                let bytes = reader.rest();
                if total_len > limits::MESSAGE_LEN_MAX {
                    return Err(ProtocolError::TooLarge);
                }
                let kind = bytes.first().ok_or(ProtocolError::WrongLength)?;
                if *kind != KIND_VIDEO && *kind < KIND_IGNORABLE_MIN {
                    return Err(ProtocolError::OutOfTurn);
                }
                if bytes.len() > total_len {
                    return Err(ProtocolError::WrongLength);
                }
                Ok(Self::FirstPiece { total_len, bytes })
            }
            Some(&KIND_NEXT_PIECE) => match plaintext.split_first() {
                Some((_, bytes)) if !bytes.is_empty() => Ok(Self::NextPiece(bytes)),
                _ => Err(ProtocolError::WrongLength),
            },
            Some(&KIND_NEW_KEY) => match plaintext.len() {
                1 => Ok(Self::NewKey),
                _ => Err(ProtocolError::WrongLength),
            },
            _ => Ok(Message::parse(plaintext)?.map_or(Self::Ignorable, Self::Message)),
        }
    }
}

/// The plaintext of [`Record::NewKey`].
pub const NEW_KEY: [u8; 1] = [KIND_NEW_KEY];

impl Message {
    /// Appends the message's kind and payload to `out`. Keeping its limits is the sender's part.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Accepted => out.push(KIND_ACCEPTED),
            Self::CameraState(state) => out.extend([KIND_CAMERA_STATE, *state as u8]),
            Self::Goodbye(goodbye) => out.extend([KIND_GOODBYE, *goodbye as u8]),
            Self::Hello(hello) => {
                out.push(KIND_HELLO);
                out.extend(hello.capabilities.to_be_bytes());
                encode_size(hello.picture_area, out);
                out.extend(hello.name.as_bytes());
            }
            Self::Patch(Patch { video, blocks }) => {
                out.push(KIND_PATCH);
                encode_video_head(video, out);
                out.extend(blocks);
                out.extend(&video.jpeg);
            }
            Self::PictureArea(area) => {
                out.push(KIND_PICTURE_AREA);
                encode_size(*area, out);
            }
            Self::PictureRate { hundredths } => {
                out.push(KIND_PICTURE_RATE);
                out.extend(hundredths.to_be_bytes());
            }
            Self::Ping { sent_at } => {
                out.push(KIND_PING);
                out.extend(sent_at.to_be_bytes());
            }
            Self::Pong {
                ping_sent_at,
                answered_at,
            } => {
                out.push(KIND_PONG);
                out.extend(ping_sent_at.to_be_bytes());
                out.extend(answered_at.to_be_bytes());
            }
            Self::Received {
                sequence,
                arrived_at,
            } => {
                out.push(KIND_RECEIVED);
                out.extend(sequence.to_be_bytes());
                out.extend(arrived_at.to_be_bytes());
            }
            Self::Refused(refusal) => out.extend([KIND_REFUSED, *refusal as u8]),
            Self::Ringing => out.push(KIND_RINGING),
            Self::Text(text) => {
                out.push(KIND_TEXT);
                out.extend(text.as_bytes());
            }
            Self::Unchanged { captured_at } => {
                out.push(KIND_UNCHANGED);
                out.extend(captured_at.to_be_bytes());
            }
            Self::Video(video) => {
                out.push(KIND_VIDEO);
                encode_video_head(video, out);
                out.extend(&video.jpeg);
            }
            Self::VideoAcknowledged { sequence, outcome } => {
                out.push(KIND_VIDEO_ACKNOWLEDGED);
                out.extend(sequence.to_be_bytes());
                out.push(*outcome as u8);
            }
        }
    }

    /// Parses a whole message; `None` for a kind that may be ignored.
    ///
    /// # Errors
    /// [`ProtocolError`] when the sender broke the protocol.
    pub fn parse(bytes: &[u8]) -> Result<Option<Self>, ProtocolError> {
        let mut reader = Reader(bytes);
        let message = match reader.u8()? {
            KIND_ACCEPTED => Self::Accepted,
            KIND_CAMERA_STATE => Self::CameraState(parse_value(&CAMERA_STATES, reader.u8()?)?),
            KIND_GOODBYE => Self::Goodbye(parse_value(&GOODBYES, reader.u8()?)?),
            KIND_HELLO => Self::Hello(Hello {
                capabilities: reader.u32()?,
                picture_area: reader.size()?,
                name: reader.text(limits::NAME_LEN_MAX)?,
            }),
            KIND_PATCH => Self::Patch(parse_patch(&mut reader)?),
            KIND_PICTURE_AREA => Self::PictureArea(reader.size()?),
            KIND_PING => Self::Ping {
                sent_at: reader.u64()?,
            },
            KIND_PONG => Self::Pong {
                ping_sent_at: reader.u64()?,
                answered_at: reader.u64()?,
            },
            KIND_PICTURE_RATE => Self::PictureRate {
                hundredths: u16::from_be_bytes(reader.array()?),
            },
            KIND_UNCHANGED => Self::Unchanged {
                captured_at: reader.u64()?,
            },
            KIND_RECEIVED => Self::Received {
                sequence: reader.u32()?,
                arrived_at: reader.u64()?,
            },
            KIND_REFUSED => Self::Refused(parse_value(&REFUSALS, reader.u8()?)?),
            KIND_RINGING => Self::Ringing,
            KIND_TEXT => match reader.text(limits::TEXT_LEN_MAX)? {
                text if text.is_empty() => return Err(ProtocolError::WrongLength),
                text => Self::Text(text),
            },
            KIND_VIDEO => Self::Video(parse_video(&mut reader)?),
            KIND_VIDEO_ACKNOWLEDGED => Self::VideoAcknowledged {
                sequence: reader.u32()?,
                outcome: parse_value(&OUTCOMES, reader.u8()?)?,
            },
            KIND_FIRST_PIECE | KIND_NEXT_PIECE => return Err(ProtocolError::OutOfTurn),
            kind if kind >= KIND_IGNORABLE_MIN => return Ok(None),
            _ => return Err(ProtocolError::UnknownKind),
        };
        if reader.rest().is_empty() {
            Ok(Some(message))
        } else {
            Err(ProtocolError::WrongLength)
        }
    }
}

fn parse_video(reader: &mut Reader<'_>) -> Result<Video, ProtocolError> {
    let mut video = parse_video_head(reader)?;
    parse_jpeg(reader, &mut video)?;
    Ok(video)
}

fn parse_patch(reader: &mut Reader<'_>) -> Result<Patch, ProtocolError> {
    let mut video = parse_video_head(reader)?;
    let block_count = video.size.block_count();
    let blocks = reader.bytes(block_count.div_ceil(8))?.to_vec();
    let spare_count = blocks.len() * 8 - block_count;
    let spare_bits = blocks.last().map(|last| last & !(0xff_u8 << spare_count));
    if spare_bits != Some(0) || blocks.iter().all(|byte| *byte == 0) {
        return Err(ProtocolError::BadValue);
    }
    parse_jpeg(reader, &mut video)?;
    Ok(Patch { video, blocks })
}

fn encode_video_head(video: &Video, out: &mut Vec<u8>) {
    out.extend(video.sequence.to_be_bytes());
    out.extend(video.captured_at.to_be_bytes());
    encode_size(video.size, out);
    out.extend(video.shared_len.to_be_bytes());
}

/// All but the JPEG.
fn parse_video_head(reader: &mut Reader<'_>) -> Result<Video, ProtocolError> {
    let video = Video {
        sequence: reader.u32()?,
        captured_at: reader.u64()?,
        size: reader.size()?,
        shared_len: reader.u16()?,
        jpeg: Vec::new(),
    };
    let Size { width, height } = video.size;
    if width == 0 || height == 0 || usize::from(video.shared_len) > limits::SHARED_LEN_MAX {
        return Err(ProtocolError::BadValue);
    }
    Ok(video)
}

/// The rest of the message.
fn parse_jpeg(reader: &mut Reader<'_>, video: &mut Video) -> Result<(), ProtocolError> {
    let jpeg = reader.rest();
    match usize::from(video.shared_len) + jpeg.len() {
        0 => Err(ProtocolError::WrongLength),
        1..=limits::JPEG_LEN_MAX => {
            video.jpeg = jpeg.to_vec();
            Ok(())
        }
        _ => Err(ProtocolError::TooLarge),
    }
}

fn encode_size(size: Size, out: &mut Vec<u8>) {
    out.extend(size.width.to_be_bytes());
    out.extend(size.height.to_be_bytes());
}

/// The value that `byte` stands for, when `values` are all, in the order of their bytes.
fn parse_value<T: Copy>(values: &[T], byte: u8) -> Result<T, ProtocolError> {
    values
        .get(usize::from(byte))
        .copied()
        .ok_or(ProtocolError::BadValue)
}

/// Reads from the front and cannot run off the end.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], ProtocolError> {
        let (head, rest) = self
            .0
            .split_first_chunk::<N>()
            .ok_or(ProtocolError::WrongLength)?;
        self.0 = rest;
        Ok(*head)
    }

    fn bytes(&mut self, len: usize) -> Result<&'a [u8], ProtocolError> {
        let split = self.0.split_at_checked(len);
        let (head, rest) = split.ok_or(ProtocolError::WrongLength)?;
        self.0 = rest;
        Ok(head)
    }

    fn u8(&mut self) -> Result<u8, ProtocolError> {
        self.array().map(u8::from_be_bytes)
    }

    fn u16(&mut self) -> Result<u16, ProtocolError> {
        self.array().map(u16::from_be_bytes)
    }

    fn u32(&mut self) -> Result<u32, ProtocolError> {
        self.array().map(u32::from_be_bytes)
    }

    fn u64(&mut self) -> Result<u64, ProtocolError> {
        self.array().map(u64::from_be_bytes)
    }

    fn size(&mut self) -> Result<Size, ProtocolError> {
        let size = Size {
            width: self.u16()?,
            height: self.u16()?,
        };
        if size.width.max(size.height) > limits::PICTURE_SIDE_MAX {
            return Err(ProtocolError::BadValue);
        }
        Ok(size)
    }

    fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    fn text(&mut self, len_max: usize) -> Result<String, ProtocolError> {
        let bytes = self.rest();
        if bytes.len() > len_max {
            return Err(ProtocolError::TooLarge);
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(_) => Err(ProtocolError::NotUtf8),
        }
    }
}
