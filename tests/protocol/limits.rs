//! Every kind of message, and every limit at what is allowed and one beyond.

use super::*;

/// Expects that `plaintext` is refused.
#[track_caller]
pub(super) fn check_error(plaintext: &[u8], error: ProtocolError) {
    assert_eq!(Record::parse(plaintext), Err(error));
}

/// Expects that `message` is read back as it was written.
#[track_caller]
fn check_whole(message: &Message) {
    let mut bytes = Vec::new();
    message.encode(&mut bytes);
    assert_eq!(Message::parse(&bytes).as_ref(), Ok(&Some(message.clone())));
}

/// Expects that `message`, which a sender should not have written, is refused.
#[track_caller]
fn check_refused(message: &Message, error: ProtocolError) {
    let mut bytes = Vec::new();
    message.encode(&mut bytes);
    assert_eq!(Message::parse(&bytes), Err(error));
}

fn video(len: usize, shared_len: u16, size: Size) -> Message {
    Message::Video(Video {
        sequence: 1,
        captured_at: 2,
        size,
        shared_len,
        jpeg: vec![7; len],
    })
}

#[test]
fn names_and_texts_have_their_limits() {
    let hello = |len| {
        Message::Hello(Hello {
            name: "x".repeat(len),
            ..Hello::default()
        })
    };
    check_whole(&hello(0));
    check_whole(&hello(limits::NAME_LEN_MAX));
    check_refused(&hello(limits::NAME_LEN_MAX + 1), ProtocolError::TooLarge);
    let text = |len| Message::Text("x".repeat(len));
    check_refused(&text(0), ProtocolError::WrongLength);
    check_whole(&text(1));
    check_whole(&text(limits::TEXT_LEN_MAX));
    check_refused(&text(limits::TEXT_LEN_MAX + 1), ProtocolError::TooLarge);
    check_error(&[10, 0xff], ProtocolError::NotUtf8);
    check_error(&[1, 0, 0, 0, 0, 0, 0, 0, 0, 0xc3], ProtocolError::NotUtf8);
}

#[test]
fn pictures_have_their_limits() {
    let side = limits::PICTURE_SIDE_MAX;
    for (width, height) in [(1, 1), (side, side)] {
        check_whole(&video(1, 0, Size { width, height }));
    }
    for (width, height) in [(0, 1), (1, 0), (side + 1, 1), (1, side + 1)] {
        check_refused(
            &video(1, 0, Size { width, height }),
            ProtocolError::BadValue,
        );
    }
    check_refused(&video(0, 0, AREA), ProtocolError::WrongLength);
    check_whole(&video(limits::JPEG_LEN_MAX, 0, AREA));
    check_refused(
        &video(limits::JPEG_LEN_MAX + 1, 0, AREA),
        ProtocolError::TooLarge,
    );
    let shared = u16::try_from(limits::SHARED_LEN_MAX).unwrap();
    check_whole(&video(0, 1, AREA));
    check_whole(&video(
        limits::JPEG_LEN_MAX - limits::SHARED_LEN_MAX,
        shared,
        AREA,
    ));
    check_refused(
        &video(
            limits::JPEG_LEN_MAX - limits::SHARED_LEN_MAX + 1,
            shared,
            AREA,
        ),
        ProtocolError::TooLarge,
    );
    check_refused(&video(1, shared + 1, AREA), ProtocolError::BadValue);
}

fn patch(size: Size, blocks: &[u8], len: usize) -> Message {
    let Message::Video(video) = video(len, 0, size) else {
        unreachable!("a video is asked for")
    };
    let blocks = blocks.to_vec();
    Message::Patch(Patch { video, blocks })
}

/// The first and the last of 60 blocks.
pub(super) fn example_of_a_patch() -> Message {
    Message::Patch(Patch {
        video: Video {
            sequence: 2,
            captured_at: 63_300_000,
            size: AREA,
            shared_len: 12,
            jpeg: b"sheet\xff\xd9".to_vec(),
        },
        blocks: vec![0x80, 0, 0, 0, 0, 0, 0, 0x10],
    })
}

#[test]
fn patches_name_blocks_that_there_are() {
    let size = |width, height| Size { width, height };
    for (area, good, count) in [
        (size(160, 90), &[0, 0, 0, 0, 0, 0, 0, 0x10][..], 60),
        (size(160, 90), &[0xff, 0, 0, 0, 0, 0, 0, 0], 60),
        (size(16, 16), &[0x80], 1),
        (size(1, 1), &[0x80], 1),
        (size(17, 1), &[0xc0], 2),
        (size(64, 32), &[0xff], 8),
        (size(65, 32), &[0, 0xc0], 10),
    ] {
        assert_eq!(area.block_count(), count);
        check_whole(&patch(area, good, 5));
    }
    for (area, wrong) in [
        (size(160, 90), &[0, 0, 0, 0, 0, 0, 0, 8][..]),
        (size(160, 90), &[0; 8]),
        (size(16, 16), &[0x40]),
        (size(16, 16), &[0xc0]),
        (size(64, 32), &[0]),
        (size(0, 32), &[0x80]),
        (size(32, 0), &[0x80]),
        (size(limits::PICTURE_SIDE_MAX + 1, 1), &[0x80]),
    ] {
        check_refused(&patch(area, wrong, 5), ProtocolError::BadValue);
    }
    let side = limits::PICTURE_SIDE_MAX;
    let largest = size(side, side);
    assert_eq!(largest.block_count(), 65_536);
    check_whole(&patch(largest, &[1; 8192], 1));
    check_refused(&patch(largest, &[1; 8191], 0), ProtocolError::WrongLength);
    check_refused(&patch(AREA, &[1; 8], 0), ProtocolError::BadValue);
    check_refused(
        &patch(AREA, &[1, 0, 0, 0, 0, 0, 0, 0], 0),
        ProtocolError::WrongLength,
    );
    check_refused(
        &patch(AREA, &[1, 0, 0, 0, 0, 0, 0, 0], limits::JPEG_LEN_MAX + 1),
        ProtocolError::TooLarge,
    );
}

/// Both layers cut pictures into the same blocks, though neither knows the other.
#[test]
fn media_and_protocol_agree_on_blocks() {
    use ttychat::media::{PixelSize, patch};
    assert_eq!(patch::BLOCK_SIDE, u32::from(limits::BLOCK_SIDE));
    for (width, height) in [(1, 1), (16, 17), (160, 90), (4096, 4096)] {
        let set = patch::BlockSet::new(PixelSize::new(u32::from(width), u32::from(height)));
        let size = Size { width, height };
        assert_eq!(set.block_count() as usize, size.block_count());
        assert_eq!(set.bits().len(), size.block_count().div_ceil(8));
    }
}

#[test]
fn picture_areas_have_their_limits() {
    let side = limits::PICTURE_SIDE_MAX;
    for (width, height) in [(0, 0), (0, 5), (side, side)] {
        check_whole(&Message::PictureArea(Size { width, height }));
    }
    for (width, height) in [(side + 1, 1), (1, side + 1)] {
        let area = Size { width, height };
        check_refused(&Message::PictureArea(area), ProtocolError::BadValue);
        let hello = Hello {
            picture_area: area,
            ..Hello::default()
        };
        check_refused(&Message::Hello(hello), ProtocolError::BadValue);
    }
}

#[test]
fn records_have_their_limits() {
    let mut plaintext = vec![200; limits::PIECE_LEN_MAX];
    assert_eq!(Record::parse(&plaintext), Ok(Record::Ignorable));
    plaintext.push(0);
    check_error(&plaintext, ProtocolError::TooLarge);
    check_error(&[], ProtocolError::WrongLength);

    let total = u32::try_from(limits::MESSAGE_LEN_MAX).unwrap();
    let first = |total: u32| [&[13], total.to_be_bytes().as_slice(), &[11]].concat();
    assert!(matches!(
        Record::parse(&first(total)),
        Ok(Record::FirstPiece { .. })
    ));
    check_error(&first(total + 1), ProtocolError::TooLarge);
    check_error(&first(0), ProtocolError::WrongLength);
    check_error(&first(u32::MAX), ProtocolError::TooLarge);
}

#[test]
fn frames_have_their_limits() {
    let lens = SEALED_LEN_MIN..=SEALED_LEN_MAX;
    for len in [SEALED_LEN_MIN, SEALED_LEN_MAX] {
        let body = vec![5; len];
        let mut bytes = Vec::new();
        protocol::frame(&body, &mut bytes);
        let mut deframer = Deframer::default();
        assert_eq!(deframer.take(&mut bytes.as_slice(), &lens), Ok(true));
        assert_eq!(deframer.body(), body);
    }
    for (len, error) in [
        (0, ProtocolError::WrongLength),
        (SEALED_LEN_MIN - 1, ProtocolError::WrongLength),
        (SEALED_LEN_MAX + 1, ProtocolError::TooLarge),
        (usize::from(u16::MAX), ProtocolError::TooLarge),
    ] {
        let bytes = u16::try_from(len).unwrap().to_be_bytes();
        assert_eq!(
            Deframer::default().take(&mut bytes.as_slice(), &lens),
            Err(error)
        );
    }
}

#[test]
fn every_message_is_read_back_and_no_part_of_it_is_enough() {
    let states = [
        CameraState::Missing,
        CameraState::Off,
        CameraState::On,
        CameraState::Paused,
        CameraState::Lost,
    ];
    let goodbyes = [Goodbye::Quit, Goodbye::Ended, Goodbye::Misbehaved];
    let refusals = [Refusal::Busy, Refusal::Declined, Refusal::Unanswered];
    let outcomes = [Outcome::Broken, Outcome::Dropped, Outcome::Shown];
    let acknowledged = outcomes.map(|outcome| Message::VideoAcknowledged {
        sequence: 0x0102_0304,
        outcome,
    });
    let messages = example()
        .into_iter()
        .map(|(_, message)| message)
        .chain(states.map(Message::CameraState))
        .chain(goodbyes.map(Message::Goodbye))
        .chain(refusals.map(Message::Refused))
        .chain(acknowledged);
    for message in messages {
        check_whole(&message);
        let mut bytes = Vec::new();
        message.encode(&mut bytes);
        let open_ended = matches!(
            message,
            Message::Hello(_) | Message::Patch(_) | Message::Text(_) | Message::Video(_)
        );
        for len in 0..bytes.len() {
            match Message::parse(&bytes[..len]) {
                Err(ProtocolError::WrongLength) => {}
                Ok(Some(other)) if open_ended => assert_ne!(other, message),
                Err(ProtocolError::NotUtf8) if open_ended => {}
                other => panic!("{len} bytes of {message:?}: {other:?}"),
            }
        }
        if !open_ended {
            bytes.push(0);
            assert_eq!(Message::parse(&bytes), Err(ProtocolError::WrongLength));
        }
    }
}

#[test]
fn values_without_meaning_are_refused() {
    for (kind, values) in [(4, 3), (5, 3), (8, 5)] {
        check_error(&[kind, values], ProtocolError::BadValue);
        check_error(&[kind, 255], ProtocolError::BadValue);
    }
    check_error(&[12, 0, 0, 0, 0, 3], ProtocolError::BadValue);
    for kind in [0, 16, 127] {
        check_error(&[kind], ProtocolError::UnknownKind);
    }
    assert_eq!(Record::parse(&protocol::NEW_KEY), Ok(Record::NewKey));
    check_error(&[15, 0], ProtocolError::WrongLength);
    for kind in [132, 255] {
        assert_eq!(Record::parse(&[kind, 1, 2]), Ok(Record::Ignorable));
    }
}

#[test]
fn greetings_are_judged_at_the_first_wrong_byte() {
    use protocol::Admission;
    let (role, any) = (Role::Called, Admission::Anyone);
    let check = |bytes: &[u8]| protocol::check_greeting(role, any, bytes);
    let right = protocol::greeting(role);
    for len in 0..=right.len() {
        assert_eq!(check(&right[..len]), Ok(()));
    }
    for index in 0..right.len() {
        let mut wrong = right;
        wrong[index] ^= 0x20;
        let expected = match index {
            7 => WrongGreeting::Version(0x21),
            _ => WrongGreeting::NotTtychat,
        };
        assert_eq!(check(&wrong[..=index]), Err(expected));
        assert_eq!(check(&wrong[..index]), Ok(()));
    }
    assert_eq!(
        protocol::check_greeting(Role::Caller, any, &right),
        Err(WrongGreeting::NotTtychat)
    );
    let secret = protocol::greeting_for(role, Admission::Secret);
    assert_eq!(
        check(&secret),
        Err(WrongGreeting::Admission(Admission::Secret))
    );
    assert_eq!(
        protocol::check_greeting(role, Admission::Secret, &right),
        Err(WrongGreeting::Admission(Admission::Anyone))
    );
}
