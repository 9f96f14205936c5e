//! A picture, as it is given to a session and as a session gives it.

use super::PicturePlan;
use crate::protocol::Size;
use std::time::Instant;

/// A picture from the peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedPicture {
    /// The peer's count.
    pub sequence: u32,
    /// Our clock's estimate of when it was captured, true within half a round trip. Never later
    /// than it came, and at most an hour before.
    pub captured_at: Instant,
    /// As the peer says; the JPEG may say otherwise and is then broken.
    pub size: Size,
    /// Not trusted.
    pub jpeg: Vec<u8>,
    /// When the JPEG is a sheet of blocks, to be laid over the picture before: which they are, see
    /// `media::patch::BlockSet::parse`. A receiver that cannot do that acknowledges it as broken,
    /// and hears the next picture whole.
    pub blocks: Option<Vec<u8>>,
}

/// A picture to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingPicture {
    /// When it was captured.
    pub captured_at: Instant,
    /// Of the JPEG.
    pub size: Size,
    /// A baseline JPEG.
    pub jpeg: Vec<u8>,
    /// The plan that it was made by, if any.
    pub plan: Option<PicturePlan>,
    /// Tells it from others; see [`OutgoingPatch::base`].
    pub number: u64,
    /// When the JPEG holds only what differs from the picture before.
    pub patch: Option<OutgoingPatch>,
}

/// What makes a patch of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingPatch {
    /// The number of the picture that it is to be laid over; if another one was offered last, or
    /// the peer will not have it, the patch is left out.
    pub base: u64,
    /// Which blocks the JPEG holds, see `media::patch::BlockSet::bits`.
    pub blocks: Vec<u8>,
}
