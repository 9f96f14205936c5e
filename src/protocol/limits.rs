//! Every limit of the wire, each with its reason. docs/PROTOCOL.md shows the same table.

/// Longest name, in bytes of UTF-8. Room for user@host of any system, short enough for a line.
pub const NAME_LEN_MAX: usize = 128;

/// Longest typed text, in bytes of UTF-8. A long paragraph; a paste beyond it is cut by the sender.
pub const TEXT_LEN_MAX: usize = 4096;

/// Longest JPEG, in bytes. A 1920x1080 picture at high quality; most are under 20 KB.
pub const JPEG_LEN_MAX: usize = 2 << 20;

/// Largest picture, in each direction, in pixels.
pub const PICTURE_SIDE_MAX: u16 = 4096;

/// Largest piece of a message in one record, in bytes, so that texts never wait for more.
pub const PIECE_LEN_MAX: usize = 16 << 10;
