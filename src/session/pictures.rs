//! Pictures both ways: what waits, what leaves, what is not yet acknowledged.

use super::OutgoingPicture;
use crate::protocol::{
    Message, Outcome, Pieces, ProtocolError, Video,
    limits::{
        JPEG_LEN_MAX, PICTURE_SIDE_MAX, PICTURES_IN_FLIGHT_MAX, PICTURES_UNACKNOWLEDGED_MAX,
        SHARED_LEN_MAX,
    },
};
use std::collections::VecDeque;

/// The start of a JPEG that both ends remember of the last picture that crossed whole.
#[derive(Debug, Default)]
struct Head(Vec<u8>);

/// Our pictures on their way out: one waits at most, one leaves at most.
#[derive(Debug, Default)]
pub(super) struct PicturesOut {
    waiting: Option<OutgoingPicture>,
    leaving: Option<Leaving>,
    next_sequence: u32,
    /// Of pictures that leave or have left, oldest first; at most [`PICTURES_IN_FLIGHT_MAX`].
    unacknowledged: VecDeque<u32>,
    head: Head,
}

#[derive(Debug)]
struct Leaving {
    sequence: u32,
    pieces: Pieces,
    /// For [`PicturesOut::head`] once all has left.
    head: Head,
}

/// What [`PicturesOut::poll_record`] gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// A piece that others follow.
    Piece,
    /// The last piece of a picture.
    Whole,
}

impl PicturesOut {
    /// Lets `picture` wait; says whether it took the place of another.
    pub(super) fn offer(&mut self, picture: OutgoingPicture) -> bool {
        self.waiting.replace(picture).is_some()
    }

    /// Appends the next record's plaintext to `out`. `wire_time` translates the time of capture.
    pub(super) fn poll_record(
        &mut self,
        wire_time: impl FnOnce(std::time::Instant) -> u64,
        out: &mut Vec<u8>,
    ) -> Option<Left> {
        if self.leaving.is_none() {
            if self.unacknowledged.len() >= PICTURES_IN_FLIGHT_MAX {
                return None;
            }
            let picture = self.waiting.take()?;
            self.leaving = Some(self.begin(&picture, wire_time(picture.captured_at)));
        }
        let leaving = self.leaving.as_mut()?;
        leaving.pieces.poll_record(out);
        if !leaving.pieces.is_done() {
            return Some(Left::Piece);
        }
        self.head = self.leaving.take()?.head;
        Some(Left::Whole)
    }

    /// Gives up what waits and what is leaving; the receiver throws away what it has of that.
    pub(super) fn stop(&mut self) {
        self.waiting = None;
        if let Some(leaving) = self.leaving.take() {
            self.unacknowledged
                .retain(|sequence| *sequence != leaving.sequence);
        }
    }

    /// Takes an acknowledgement.
    pub(super) fn acknowledge(&mut self, sequence: u32) -> Result<(), ProtocolError> {
        if self
            .leaving
            .as_ref()
            .is_some_and(|leaving| leaving.sequence == sequence)
        {
            return Err(ProtocolError::OutOfTurn);
        }
        let index = self.unacknowledged.iter().position(|one| *one == sequence);
        self.unacknowledged
            .remove(index.ok_or(ProtocolError::OutOfTurn)?);
        Ok(())
    }

    /// Whether a picture that is offered now would begin to leave at once.
    pub(super) fn has_room(&self) -> bool {
        self.waiting.is_none() && self.unacknowledged.len() < PICTURES_IN_FLIGHT_MAX
    }

    pub(super) fn unacknowledged_count(&self) -> usize {
        self.unacknowledged.len()
    }

    /// JPEG bytes in our hands.
    pub(super) fn len_waiting(&self) -> usize {
        self.waiting
            .as_ref()
            .map_or(0, |picture| picture.jpeg.len())
            + self
                .leaving
                .as_ref()
                .map_or(0, |leaving| leaving.pieces.len_left())
    }

    fn begin(&mut self, picture: &OutgoingPicture, captured_at: u64) -> Leaving {
        let sequence = self.next_sequence;
        self.next_sequence = sequence.wrapping_add(1);
        self.unacknowledged.push_back(sequence);
        let shared_len = self.head.shared_len(&picture.jpeg);
        let video = Video {
            sequence,
            captured_at,
            size: picture.size,
            // At most SHARED_LEN_MAX.
            shared_len: u16::try_from(shared_len).unwrap_or(0),
            jpeg: picture.jpeg.get(shared_len..).unwrap_or_default().to_vec(),
        };
        let mut message = Vec::new();
        Message::Video(video).encode(&mut message);
        Leaving {
            sequence,
            pieces: Pieces::new(message),
            head: Head::of(&picture.jpeg),
        }
    }
}

/// Whether a picture keeps the limits of the wire.
pub(super) fn can_be_sent(picture: &OutgoingPicture) -> bool {
    let sides = 1..=PICTURE_SIDE_MAX;
    sides.contains(&picture.size.width)
        && sides.contains(&picture.size.height)
        && (1..=JPEG_LEN_MAX).contains(&picture.jpeg.len())
}

/// The peer's pictures.
#[derive(Debug, Default)]
pub(super) struct PicturesIn {
    last_sequence: Option<u32>,
    /// Shown to nobody yet, as far as we were told; with `acknowledgements` at most
    /// [`PICTURES_UNACKNOWLEDGED_MAX`].
    unacknowledged: VecDeque<u32>,
    /// To be sent.
    acknowledgements: VecDeque<(u32, Outcome)>,
    head: Head,
}

impl PicturesIn {
    /// Takes a picture and gives its whole JPEG.
    pub(super) fn receive(&mut self, video: Video) -> Result<Vec<u8>, ProtocolError> {
        if self
            .last_sequence
            .is_some_and(|last| video.sequence <= last)
        {
            return Err(ProtocolError::OutOfTurn);
        }
        let open_count = self.unacknowledged.len() + self.acknowledgements.len();
        if open_count >= PICTURES_UNACKNOWLEDGED_MAX {
            return Err(ProtocolError::TooMany);
        }
        let jpeg = self.head.join(usize::from(video.shared_len), video.jpeg)?;
        self.last_sequence = Some(video.sequence);
        self.unacknowledged.push_back(video.sequence);
        self.head = Head::of(&jpeg);
        Ok(jpeg)
    }

    /// Notes what became of a picture, once; anything else is ignored.
    pub(super) fn acknowledge(&mut self, sequence: u32, outcome: Outcome) {
        if let Some(index) = self.unacknowledged.iter().position(|one| *one == sequence) {
            self.unacknowledged.remove(index);
            self.acknowledgements.push_back((sequence, outcome));
        }
    }

    pub(super) fn poll_acknowledgement(&mut self) -> Option<Message> {
        let (sequence, outcome) = self.acknowledgements.pop_front()?;
        Some(Message::VideoAcknowledged { sequence, outcome })
    }
}

impl Head {
    fn of(jpeg: &[u8]) -> Self {
        Self(jpeg.get(..SHARED_LEN_MAX).unwrap_or(jpeg).to_vec())
    }

    /// How many bytes `jpeg` begins with that the other end has already.
    fn shared_len(&self, jpeg: &[u8]) -> usize {
        self.0
            .iter()
            .zip(jpeg)
            .take_while(|(old, new)| old == new)
            .count()
    }

    /// Puts the left-out start before `rest`.
    fn join(&self, shared_len: usize, rest: Vec<u8>) -> Result<Vec<u8>, ProtocolError> {
        if shared_len == 0 {
            return Ok(rest);
        }
        let shared = self.0.get(..shared_len).ok_or(ProtocolError::BadValue)?;
        Ok([shared, &rest].concat())
    }
}
