//! Pictures of both ends, whole, in pieces and as patches.

use super::super::script::Script;
use super::{Call, size};
use ttychat::{
    protocol::{Message, Patch, Size, Video, limits::PIECE_LEN_MAX},
    session::{OutgoingPatch, OutgoingPicture},
};

impl Call {
    pub(super) fn say_video(&mut self, script: &mut Script<'_>) {
        self.next_sequence = self.next_sequence.wrapping_add(script.u8().into());
        let mut video = Video {
            sequence: self.next_sequence,
            captured_at: u64::from(script.u32()) << (script.u8() % 33),
            size: size(script.u16(), script.u16()),
            shared_len: script.u16(),
            jpeg: vec![script.u8(); usize::from(script.u16()) % (PIECE_LEN_MAX - 64)],
        };
        if !script.flag() {
            self.say(&Message::Video(video));
            return;
        }
        // Of the size that the picture before had, mostly.
        if let Some(size) = self.last_size.filter(|_| !script.flag()) {
            video.size = size;
        }
        video.jpeg.truncate(PIECE_LEN_MAX / 4);
        let mut blocks = blocks_of(video.size);
        blocks.push(script.u8());
        blocks.truncate(blocks.len() - usize::from(!script.flag()));
        // What it says fits into a record.
        blocks.truncate(PIECE_LEN_MAX / 2);
        self.say(&Message::Patch(Patch { video, blocks }));
    }

    /// A picture in pieces as long as the script says, with others between them.
    pub(super) fn say_in_pieces(&mut self, script: &mut Script<'_>) {
        let total_len = script.u32() % (3 << 20);
        let mut record = vec![13];
        record.extend(total_len.to_be_bytes());
        let mut message = vec![11];
        message.extend(self.next_sequence.to_be_bytes());
        message.extend([0, 0, 0, 0, 0, 0, 0, 9, 0, 160, 0, 90, 0, 0]);
        record.extend(&message);
        self.peer.send_plaintext(&record);
        for _ in 0..script.u8() % 8 {
            let mut next = vec![14];
            next.resize(1 + usize::from(script.u16()) % PIECE_LEN_MAX, script.u8());
            self.peer.send_plaintext(&next);
        }
    }

    /// Whole, or a patch of one of those before.
    pub(super) fn we_send_a_picture(&mut self, script: &mut Script<'_>) {
        let size = size(script.u16() % 5000, script.u16() % 5000);
        let jpeg = vec![script.u8(); usize::from(script.u16()) * 4];
        let number = u64::from(script.u8() % 8);
        let patch = script.flag().then(|| OutgoingPatch {
            base: u64::from(script.u8() % 8),
            blocks: blocks_of(size),
        });
        let picture = OutgoingPicture {
            captured_at: self.now,
            size,
            jpeg,
            plan: None,
            number,
            patch,
        };
        let takes_patch = self.session.takes_patch();
        let is_patch = picture.patch.is_some();
        self.session.send_picture(self.now, picture);
        assert!(takes_patch || !is_patch || !self.session.takes_patch());
    }

    /// A picture as the session wants it, in every way but its length.
    pub(super) fn send_planned(&mut self, script: &mut Script<'_>) {
        let rests = script.flag();
        let (plan, wants) = (self.session.picture_plan(), self.session.wants_picture());
        let plan = if rests {
            self.session.resting_plan()
        } else {
            plan
        };
        assert!((1..=100).contains(&plan.quality), "{plan:?}");
        assert!((1..=8).contains(&plan.eighths), "{plan:?}");
        assert!(!wants || self.session.is_up());
        let eighths = u16::from(plan.eighths);
        self.session.send_picture(
            self.now,
            OutgoingPicture {
                captured_at: self.now,
                size: size(20 * eighths, 12 * eighths),
                jpeg: vec![script.u8(); 1 + usize::from(script.u16())],
                plan: Some(plan),
                number: 0,
                patch: None,
            },
        );
    }
}

/// The first block of a picture.
fn blocks_of(size: Size) -> Vec<u8> {
    let mut blocks = vec![0; size.block_count().div_ceil(8)];
    if let Some(first) = blocks.first_mut() {
        *first = 0x80;
    }
    blocks
}
