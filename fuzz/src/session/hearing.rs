//! What the peer hears of us, and whether it can make sense of it.

use std::collections::VecDeque;
use ttychat::protocol::{
    Assembler, CameraState, Message, Record, Size, Video, limits::SHARED_LEN_MAX,
};

#[derive(Debug, Default)]
pub(super) struct Hearing {
    /// Times of pings that nobody answered yet.
    pub(super) pings: Vec<u64>,
    /// Sequences of whole pictures that nobody answered yet.
    pub(super) pictures: VecDeque<u32>,
    assembler: Assembler,
    /// The picture before, whose start the next one may leave out.
    before: Vec<u8>,
    last_sequence: Option<u32>,
    /// Of the picture before, over which blocks may be laid.
    size: Option<Size>,
}

impl Hearing {
    pub(super) fn take(&mut self, record: &Record<'_>) {
        let whole = match record {
            Record::Message(message) => return self.take_message(message),
            Record::FirstPiece { total_len, bytes } => self.assembler.first(*total_len, bytes),
            Record::NextPiece(bytes) => self.assembler.next(bytes).expect("pieces in order"),
            Record::NewKey => return,
            Record::Ignorable => panic!("we said what we do not know"),
        };
        if let Some(whole) = whole {
            let message = Message::parse(&whole).expect("we keep the protocol");
            self.take_message(&message.expect("a message that we know"));
        }
    }

    fn take_message(&mut self, message: &Message) {
        match message {
            Message::Ping { sent_at } => self.pings.push(*sent_at),
            Message::Video(video) => self.take_video(video),
            Message::Patch(patch) => {
                assert_eq!(self.size, Some(patch.video.size), "over nothing");
                self.take_video(&patch.video);
            }
            Message::CameraState(state) if *state != CameraState::On => self.size = None,
            _ => {}
        }
    }

    /// Every picture that is offered here has bytes that are all alike.
    fn take_video(&mut self, video: &Video) {
        assert!(self.last_sequence.is_none_or(|last| last < video.sequence));
        self.last_sequence = Some(video.sequence);
        self.size = Some(video.size);
        let shared_len = usize::from(video.shared_len);
        assert!(shared_len <= SHARED_LEN_MAX);
        let mut jpeg = self.before[..shared_len].to_vec();
        jpeg.extend(&video.jpeg);
        assert!(!jpeg.is_empty(), "an empty picture");
        assert!(
            jpeg.iter().all(|byte| *byte == jpeg[0]),
            "its start is of another picture"
        );
        self.before = jpeg;
        self.pictures.push_back(video.sequence);
    }
}
