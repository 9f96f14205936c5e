//! Pictures both ways: what waits, what leaves, what is not yet acknowledged.

use super::{OutgoingPicture, pacing::Pacing};
use crate::protocol::{
    Message, Outcome, Patch, Pieces, ProtocolError, Size, TAG_LEN, Video,
    limits::{
        JPEG_LEN_MAX, PICTURE_SIDE_MAX, PICTURES_IN_FLIGHT_MAX, PICTURES_UNACKNOWLEDGED_MAX,
        PICTURES_UNTOLD_MAX, SHARED_LEN_MAX,
    },
};
use std::{collections::VecDeque, time::Instant};

/// What a record has on the wire besides its plaintext: length and tag.
const RECORD_HEAD_LEN: usize = 2 + TAG_LEN;

/// The start of a JPEG that both ends remember of the last picture that crossed whole.
#[derive(Debug, Default)]
struct Head(Vec<u8>);

/// Our pictures on their way out: one waits at most, one leaves at most.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub(super) struct PicturesOut {
    waiting: Option<OutgoingPicture>,
    leaving: Option<Leaving>,
    next_sequence: u32,
    /// Of pictures that leave or have left, oldest first; at most [`PICTURES_IN_FLIGHT_MAX`].
    unacknowledged: VecDeque<u32>,
    head: Head,
    /// Whether the peer tells when pictures arrive.
    told: bool,
    /// Whether it knows that a picture may stay what it was.
    knows_unchanged: bool,
    /// Whether it lays patches over pictures.
    knows_patches: bool,
    /// Number and size of the picture offered last, if the peer has it or will, so that a patch may
    /// follow; only with [`Self::knows_patches`].
    base: Option<(u64, Size)>,
    /// Of the last picture that was no patch.
    whole_sequence: Option<u32>,
    /// Whether the picture offered last has left whole, so that the peer has it or will.
    has_newest: bool,
    /// Whether the picture offered last does not leave, or came to nothing.
    lost_newest: bool,
    /// When it was last seen that nothing has changed.
    unchanged_at: Option<Instant>,
}

#[derive(Debug)]
struct Leaving {
    sequence: u32,
    pieces: Pieces,
    /// For [`PicturesOut::head`] once all has left.
    head: Head,
    is_patch: bool,
}

/// What [`PicturesOut::poll_record`] gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// A piece that others follow.
    Piece,
    /// The last piece of a picture.
    Whole {
        /// Whether it is one over the picture before.
        is_patch: bool,
    },
}

impl PicturesOut {
    /// Lets `picture` wait; says whether it took the place of another. A patch of a picture that
    /// the peer will not have is left out.
    pub(super) fn offer(&mut self, picture: OutgoingPicture) -> bool {
        if let Some(patch) = &picture.patch
            && (self.waiting.is_some() || self.base != Some((patch.base, picture.size)))
        {
            self.forget_newest();
            return false;
        }
        self.has_newest = false;
        self.lost_newest = false;
        self.unchanged_at = None;
        self.base = self.knows_patches.then_some((picture.number, picture.size));
        self.waiting.replace(picture).is_some()
    }

    /// Appends the next record's plaintext to `out`, if it may leave now. `wire_time` translates
    /// the time of capture, `wire_now` is the present one.
    pub(super) fn poll_record(
        &mut self,
        pacing: &mut Pacing,
        wire_now: u64,
        wire_time: impl FnOnce(Instant) -> u64,
        out: &mut Vec<u8>,
    ) -> Option<Left> {
        if self.leaving.is_none() {
            if !self.may_begin(pacing) {
                return None;
            }
            let picture = self.waiting.take()?;
            let leaving = self.begin(&picture, wire_time(picture.captured_at));
            pacing.handle_begin(&picture, leaving.pieces.len_left());
            self.leaving = Some(leaving);
        } else if !pacing.may_go_on() {
            return None;
        }
        let leaving = self.leaving.as_mut()?;
        let len_before = out.len();
        leaving.pieces.poll_record(pacing.piece_len(), out);
        let len = out.len() - len_before + RECORD_HEAD_LEN;
        pacing.handle_sent(wire_now, leaving.sequence, len);
        if !leaving.pieces.is_done() {
            return Some(Left::Piece);
        }
        let Leaving { head, is_patch, .. } = self.leaving.take()?;
        self.head = head;
        self.has_newest = self.waiting.is_none() && !self.lost_newest;
        Some(Left::Whole { is_patch })
    }

    /// Gives up what waits and what is leaving; the receiver throws away what it has of that.
    pub(super) fn stop(&mut self, pacing: &mut Pacing) {
        self.waiting = None;
        self.forget_newest();
        if let Some(leaving) = self.leaving.take() {
            pacing.forget(leaving.sequence);
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

    /// Nothing has changed since the picture offered last; says whether saying so will do.
    pub(super) const fn offer_unchanged(&mut self, seen_at: Instant) -> bool {
        let comes = self.waiting.is_some() || self.leaving.is_some();
        if !self.knows_unchanged || self.lost_newest || !(self.has_newest || comes) {
            return false;
        }
        // What is still to leave, or has just left, says more.
        if self.has_newest {
            self.unchanged_at = Some(seen_at);
        }
        true
    }

    /// The picture offered last does not leave.
    pub(super) const fn forget_newest(&mut self) {
        self.has_newest = false;
        self.lost_newest = true;
        self.unchanged_at = None;
        self.base = None;
    }

    /// The peer could make nothing of a picture. If that was the last whole one or a patch over it,
    /// patches that follow are of no use.
    pub(super) fn handle_broken(&mut self, sequence: u32) {
        if self.knows_patches && self.whole_sequence.is_none_or(|whole| sequence >= whole) {
            self.forget_newest();
        }
    }

    /// Whether a patch of the picture offered last may be offered next.
    pub(super) const fn takes_patch(&self) -> bool {
        self.base.is_some()
    }

    pub(super) const fn set_knows_patches(&mut self) {
        self.knows_patches = true;
    }

    pub(super) const fn poll_unchanged(&mut self) -> Option<Instant> {
        self.unchanged_at.take()
    }

    pub(super) const fn set_knows_unchanged(&mut self) {
        self.knows_unchanged = true;
    }

    /// The peer tells when pictures arrive.
    pub(super) const fn set_told(&mut self) {
        self.told = true;
    }

    pub(super) const fn is_told(&self) -> bool {
        self.told
    }

    /// Whether a picture that is offered now would begin to leave at once.
    pub(super) fn has_room(&self, pacing: &Pacing) -> bool {
        self.waiting.is_none() && self.leaving.is_none() && self.may_begin(pacing)
    }

    /// When a picture may begin, or go on leaving.
    pub(super) fn deadline(&self, pacing: &Pacing) -> Option<Instant> {
        if self.leaving.is_none() && self.is_full() {
            return None;
        }
        pacing.deadline(self.leaving.is_some())
    }

    fn may_begin(&self, pacing: &Pacing) -> bool {
        !self.is_full() && pacing.may_begin()
    }

    fn is_full(&self) -> bool {
        let most = if self.told {
            PICTURES_IN_FLIGHT_MAX
        } else {
            PICTURES_UNTOLD_MAX
        };
        self.unacknowledged.len() >= most
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
        if let Some(patch) = &picture.patch {
            let blocks = patch.blocks.clone();
            Message::Patch(Patch { video, blocks }).encode(&mut message);
        } else {
            self.whole_sequence = Some(sequence);
            Message::Video(video).encode(&mut message);
        }
        Leaving {
            sequence,
            pieces: Pieces::new(message),
            head: Head::of(&picture.jpeg),
            is_patch: picture.patch.is_some(),
        }
    }
}

/// Whether a picture keeps the limits of the wire.
pub(super) fn can_be_sent(picture: &OutgoingPicture) -> bool {
    let sides = 1..=PICTURE_SIDE_MAX;
    let blocks = picture.patch.as_ref().map(|patch| patch.blocks.as_slice());
    let blocks_len = blocks.map_or(0, <[u8]>::len);
    let is_fit = blocks.is_none() || blocks_len == picture.size.block_count().div_ceil(8);
    is_fit
        && sides.contains(&picture.size.width)
        && sides.contains(&picture.size.height)
        && (1..=JPEG_LEN_MAX - blocks_len).contains(&picture.jpeg.len())
}

/// What may be said on the wire of `area`.
pub(super) fn within_limits(area: Size) -> Size {
    let (width, height) = (
        area.width.min(PICTURE_SIDE_MAX),
        area.height.min(PICTURE_SIDE_MAX),
    );
    Size { width, height }
}

/// The peer's pictures.
#[derive(Debug, Default)]
pub(super) struct PicturesIn {
    last_sequence: Option<u32>,
    /// Shown to nobody yet, as far as we were told; with `acknowledgements` at most
    /// [`PICTURES_UNACKNOWLEDGED_MAX`].
    unacknowledged: VecDeque<u32>,
    /// What arrived and when, to be told; at most [`PICTURES_UNACKNOWLEDGED_MAX`].
    receipts: VecDeque<(u32, u64)>,
    /// To be sent.
    acknowledgements: VecDeque<(u32, Outcome)>,
    head: Head,
    /// Of the picture that a patch can be laid over.
    base: Option<Size>,
}

impl PicturesIn {
    /// Takes a patch and gives the whole JPEG of its sheet.
    pub(super) fn receive_patch(
        &mut self,
        video: Video,
        arrived_at: u64,
    ) -> Result<Vec<u8>, ProtocolError> {
        match self.base {
            None => Err(ProtocolError::OutOfTurn),
            Some(size) if size != video.size => Err(ProtocolError::BadValue),
            Some(_) => self.receive(video, arrived_at),
        }
    }

    /// The peer's camera is off: no patch can follow.
    pub(super) const fn forget_base(&mut self) {
        self.base = None;
    }

    /// Takes a picture and gives its whole JPEG.
    pub(super) fn receive(
        &mut self,
        video: Video,
        arrived_at: u64,
    ) -> Result<Vec<u8>, ProtocolError> {
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
        self.base = Some(video.size);
        self.last_sequence = Some(video.sequence);
        self.unacknowledged.push_back(video.sequence);
        if self.receipts.len() == PICTURES_UNACKNOWLEDGED_MAX {
            self.receipts.pop_front();
        }
        self.receipts.push_back((video.sequence, arrived_at));
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

    pub(super) fn poll_receipt(&mut self) -> Option<Message> {
        let (sequence, arrived_at) = self.receipts.pop_front()?;
        Some(Message::Received {
            sequence,
            arrived_at,
        })
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
        let both = self.0.iter().zip(jpeg);
        both.take_while(|(old, new)| old == new).count()
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
