//! Every limit of the wire, each with its reason. docs/PROTOCOL.md shows the same table.

use super::codec::VIDEO_HEAD_LEN;

/// Longest name, in bytes of UTF-8. Room for user@host of any system, short enough for a line.
pub const NAME_LEN_MAX: usize = 128;

/// Longest typed text, in bytes of UTF-8. A long paragraph; a paste beyond it is cut by the sender.
pub const TEXT_LEN_MAX: usize = 4096;

/// Longest JPEG, in bytes. A 1920x1080 picture at high quality; most are under 20 KB.
pub const JPEG_LEN_MAX: usize = 2 << 20;

/// Largest picture, in each direction, in pixels.
pub const PICTURE_SIDE_MAX: u16 = 4096;

/// Largest plaintext of a record, in bytes: a message, or a piece of one with its head, so that
/// texts never wait for more.
pub const PIECE_LEN_MAX: usize = 16 << 10;

/// Shortest next piece that does not count as a message, in bytes of its record's plaintext; the
/// last of a message may be shorter. So nobody has a record decrypted for each byte. No sender of
/// ours has ever cut shorter ones.
pub const UNCOUNTED_PIECE_LEN_MIN: usize = 512;

/// Longest message put together from pieces, in bytes: the largest picture with its head.
pub const MESSAGE_LEN_MAX: usize = VIDEO_HEAD_LEN + JPEG_LEN_MAX;

/// Side of the blocks that patches are of, in pixels: the unit of a JPEG with 4:2:0, so that they
/// are compressed as in a whole picture.
pub const BLOCK_SIDE: u16 = 16;

/// Most bytes at the start of a JPEG that may be left out because the picture before had them too.
/// A baseline JPEG's tables and headers take 620 to 700; both ends hold this much for it.
pub const SHARED_LEN_MAX: usize = 2048;

/// Most pictures that a receiver lets wait for its own acknowledgement. More than any sender of
/// ours has in flight; it bounds what a receiver remembers when its acknowledgements cannot leave.
pub const PICTURES_UNACKNOWLEDGED_MAX: usize = 64;

/// Most pictures that our sender leaves unacknowledged. How many there really are follows from
/// what the link needs; this is a second and a half at full rate.
pub const PICTURES_IN_FLIGHT_MAX: usize = 48;

/// The same with a peer that does not tell when pictures arrive: one on the wire and one on the
/// screen.
pub const PICTURES_UNTOLD_MAX: usize = 2;

/// Most texts that wait in our hands for a connection that takes nothing.
pub const TEXTS_WAITING_MAX: usize = 64;

/// Messages that may come at once, over [`MESSAGES_PER_SECOND_MAX`]. A ten-minute pause's worth of
/// texts read in one turn stays far below.
pub const MESSAGES_BURST_MAX: u32 = 1024;

/// Messages that may come a second for ever. Sixty pictures, their acknowledgements and pings need
/// a quarter of it. Pieces after the first are not counted, unless they are shorter than
/// [`UNCOUNTED_PIECE_LEN_MIN`].
pub const MESSAGES_PER_SECOND_MAX: u32 = 512;
