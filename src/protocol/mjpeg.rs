//! Pictures in a plain stream of JPEGs, whatever lies between them (docs/PROTOCOL.md 11).
//!
//! It follows the markers, so that the thumbnails inside a picture's metadata are no pictures, and
//! does not decode: a picture that it gives begins and ends like one, and may still be broken.
//!
//! Invariant: it holds at most one picture of at most the length that it was given, and gives the
//! same pictures wherever the stream is cut.
//!
//! *Source:* ITU-T T.81, B.1.1.2 (markers), B.1.1.4 (segments), B.1.1.5 (scans).

use super::{Size, limits::JPEG_LEN_MAX};

const FF: u8 = 0xff;
const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;

/// Of a frame header: precision, height, width.
const FRAME_HEAD_LEN: usize = 1 + 2 + 2;

/// A picture as it stood in the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamPicture {
    /// As its frame header says.
    pub size: Size,
    /// From its start marker to its end marker, if it has one; at most [`JPEG_LEN_MAX`] bytes.
    pub jpeg: Vec<u8>,
}

/// Finds pictures in a stream.
#[derive(Debug)]
pub struct Splitter {
    /// Longest picture that is held.
    len_max: usize,
    /// Whether a whole picture was longer.
    has_passed_over: bool,
    place: Place,
    /// The picture so far.
    held: Vec<u8>,
    /// Whether the picture became too long: it is followed to its end, and not held.
    is_too_long: bool,
    has_scan: bool,
    /// Where in `held` the frame header's body begins.
    frame_at: Option<usize>,
}

/// Where in the stream the next byte is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// Before a picture.
    #[default]
    Outside,
    /// The same, after `FF`.
    OutsideAfterFf,
    /// The same, after `FF D8`: another `FF` makes it a picture.
    OutsideAfterStart,
    /// Where a segment begins; bytes that belong to none are passed over, as decoders do.
    Between,
    /// The same, after `FF`.
    Marker,
    /// At the length of a segment.
    LenHigh { marker: u8 },
    /// At its second byte.
    LenLow { marker: u8, high: u8 },
    /// In a segment, with so many bytes to come.
    Segment { marker: u8, left: usize },
    /// In a scan's coded data.
    Scan,
    /// The same, after `FF`.
    ScanMarker,
}

impl Default for Splitter {
    fn default() -> Self {
        Self::new(JPEG_LEN_MAX)
    }
}

impl Splitter {
    /// Gives pictures of at most `len_max` bytes, which is at most [`JPEG_LEN_MAX`].
    pub fn new(len_max: usize) -> Self {
        Self {
            len_max: len_max.min(JPEG_LEN_MAX),
            has_passed_over: false,
            place: Place::default(),
            held: Vec::new(),
            is_too_long: false,
            has_scan: false,
            frame_at: None,
        }
    }

    /// Gives pictures of all lengths up to [`JPEG_LEN_MAX`] from the next one on.
    pub const fn allow_all(&mut self) {
        self.len_max = JPEG_LEN_MAX;
    }

    /// Whether a whole picture was not given because it was too long.
    pub const fn has_passed_over(&self) -> bool {
        self.has_passed_over
    }

    /// Takes bytes from the front of `input` until a picture is whole, and gives that. Call it
    /// until it gives none; then all bytes are taken.
    pub fn take(&mut self, input: &mut &[u8]) -> Option<StreamPicture> {
        while !input.is_empty() {
            if let Place::Segment { marker, left } = self.place {
                self.pass_segment(input, marker, left);
                continue;
            }
            let byte = match self.place {
                Place::Outside => pass_until_ff(input, |_junk| {})?,
                Place::Between | Place::Scan => pass_until_ff(input, |passed| self.hold(passed))?,
                _ => take_byte(input)?,
            };
            if let Some(picture) = self.step(byte) {
                return Some(picture);
            }
        }
        None
    }

    /// Takes a byte where each one matters.
    fn step(&mut self, byte: u8) -> Option<StreamPicture> {
        self.place = match self.place {
            Place::Outside => Place::OutsideAfterFf,
            Place::OutsideAfterFf => match byte {
                SOI => Place::OutsideAfterStart,
                FF => Place::OutsideAfterFf,
                _ => Place::Outside,
            },
            Place::OutsideAfterStart if byte == FF => {
                self.begin();
                self.hold(&[byte]);
                Place::Marker
            }
            Place::OutsideAfterStart => Place::Outside,
            Place::Between => {
                self.hold(&[byte]);
                Place::Marker
            }
            Place::Scan => {
                self.hold(&[byte]);
                Place::ScanMarker
            }
            Place::Marker | Place::ScanMarker => return self.step_marker(byte),
            Place::LenHigh { marker } => {
                self.hold(&[byte]);
                Place::LenLow { marker, high: byte }
            }
            Place::LenLow { marker, high } => {
                self.hold(&[byte]);
                // The length counts its own two bytes.
                match usize::from(u16::from_be_bytes([high, byte])).checked_sub(2) {
                    Some(left) => {
                        if is_frame_header(marker) && left >= FRAME_HEAD_LEN {
                            self.frame_at = Some(self.held.len());
                        }
                        self.in_segment(marker, left)
                    }
                    None => self.abandon(),
                }
            }
            // Taken before.
            Place::Segment { .. } => self.place,
        };
        None
    }

    /// Takes the byte after `FF`.
    fn step_marker(&mut self, byte: u8) -> Option<StreamPicture> {
        let in_scan = self.place == Place::ScanMarker;
        let (picture, place) = match byte {
            // The picture before has no end marker, as those of some cameras.
            SOI => {
                if self.held.last() == Some(&FF) {
                    self.held.pop();
                }
                let picture = self.finish();
                self.begin();
                (picture, Place::Between)
            }
            EOI => {
                self.hold(&[byte]);
                (self.finish(), Place::Outside)
            }
            // A fill byte: the marker is still to come.
            FF => {
                self.hold(&[byte]);
                (None, self.place)
            }
            // No marker at all, or one without a length.
            0x00 | 0x01 | 0xd0..=0xd7 => {
                self.hold(&[byte]);
                let place = if in_scan { Place::Scan } else { Place::Between };
                (None, place)
            }
            _ => {
                self.hold(&[byte]);
                (None, Place::LenHigh { marker: byte })
            }
        };
        self.place = place;
        picture
    }

    fn pass_segment(&mut self, input: &mut &[u8], marker: u8, left: usize) {
        let (passed, rest) = input.split_at(left.min(input.len()));
        self.hold(passed);
        *input = rest;
        self.place = self.in_segment(marker, left - passed.len());
    }

    /// In a segment of which so much is left.
    fn in_segment(&mut self, marker: u8, left: usize) -> Place {
        match (left, marker) {
            (0, SOS) => {
                self.has_scan = true;
                Place::Scan
            }
            (0, _) => Place::Between,
            _ => Place::Segment { marker, left },
        }
    }

    fn begin(&mut self) {
        self.held.clear();
        self.is_too_long = false;
        self.has_scan = false;
        self.frame_at = None;
        self.hold(&[FF, SOI]);
    }

    fn abandon(&mut self) -> Place {
        self.held = Vec::new();
        Place::Outside
    }

    /// Gives what is held, if that is a picture.
    fn finish(&mut self) -> Option<StreamPicture> {
        let jpeg = std::mem::take(&mut self.held);
        self.has_passed_over |= self.has_scan && self.is_too_long;
        if !self.has_scan || self.is_too_long {
            return None;
        }
        let head = jpeg.get(self.frame_at?..)?.first_chunk()?;
        let [_precision, height_high, height_low, width_high, width_low] = *head;
        let size = Size {
            width: u16::from_be_bytes([width_high, width_low]),
            height: u16::from_be_bytes([height_high, height_low]),
        };
        Some(StreamPicture { size, jpeg })
    }

    fn hold(&mut self, bytes: &[u8]) {
        if self.is_too_long || self.held.len() + bytes.len() > self.len_max {
            self.is_too_long = true;
            self.held = Vec::new();
        } else {
            self.held.extend(bytes);
        }
    }
}

/// Any kind of frame; which of them are decoded is not decided here.
const fn is_frame_header(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc)
}

/// Takes all before the next `FF`, passes it to `pass`, and takes that `FF` too.
fn pass_until_ff(input: &mut &[u8], pass: impl FnOnce(&[u8])) -> Option<u8> {
    let all = *input;
    let at = all.iter().position(|&byte| byte == FF);
    let (passed, rest) = all.split_at(at.unwrap_or(all.len()));
    pass(passed);
    *input = rest;
    take_byte(input)
}

fn take_byte(input: &mut &[u8]) -> Option<u8> {
    let (&byte, rest) = input.split_first()?;
    *input = rest;
    Some(byte)
}
