//! Frames, records, pieces and messages, without encryption.

use super::script::Script;
use ttychat::protocol::{
    Assembler, Deframer, Message, Pieces, Record, SEALED_LEN_MAX, frame,
    limits::{MESSAGE_LEN_MAX, PIECE_LEN_MAX},
};

pub fn check(data: &[u8]) {
    let mut script = Script::new(data);
    let chunk_len = 1 + usize::from(script.u8());
    let stream = script.rest();
    let frames = frames(stream, stream.len().max(1));
    assert_eq!(
        frames,
        self::frames(stream, chunk_len),
        "a cut changed the frames"
    );
    let mut assembler = Assembler::default();
    let mut given_len = 0;
    for body in &frames {
        let mut again = Vec::new();
        frame(body, &mut again);
        assert_eq!(again[2..], body[..]);
        given_len += body.len();
        take(body, given_len, &mut assembler);
    }
    // The same bytes as one record, so that not every input must be a frame first.
    take(stream, given_len + stream.len(), &mut Assembler::default());
}

fn take(plaintext: &[u8], given_len: usize, assembler: &mut Assembler) {
    let whole = match Record::parse(plaintext) {
        Ok(Record::Message(message)) => {
            round_trip(&message, plaintext, given_len);
            None
        }
        Ok(Record::Ignorable | Record::NewKey) | Err(_) => None,
        Ok(Record::FirstPiece { total_len, bytes }) => {
            assert!((1..=MESSAGE_LEN_MAX).contains(&total_len) && bytes.len() <= total_len);
            assembler.first(total_len, bytes)
        }
        Ok(Record::NextPiece(bytes)) => assembler.next(bytes).ok().flatten(),
    };
    let Some(whole) = whole else { return };
    assert!(whole.len() <= given_len.min(MESSAGE_LEN_MAX));
    if let Ok(Some(message)) = Message::parse(&whole) {
        round_trip(&message, &whole, given_len);
    }
}

/// What was understood is said again in the same bytes, whole and in pieces.
fn round_trip(message: &Message, bytes: &[u8], given_len: usize) {
    let mut encoded = Vec::new();
    message.encode(&mut encoded);
    assert_eq!(encoded, bytes, "{message:?}");
    let mut pieces = Pieces::new(encoded);
    // Any size of pieces will do; this one follows from the input.
    let len_max = 1 + given_len % PIECE_LEN_MAX;
    let may_be_cut = matches!(message, Message::Video(_));
    let mut assembler = Assembler::default();
    loop {
        let mut record = Vec::new();
        pieces.poll_record(
            if may_be_cut { len_max } else { PIECE_LEN_MAX },
            &mut record,
        );
        assert!(record.len() <= PIECE_LEN_MAX);
        let whole = match Record::parse(&record).expect("our own record") {
            Record::Message(whole) => {
                assert_eq!(whole, *message);
                None
            }
            Record::FirstPiece { total_len, bytes } => assembler.first(total_len, bytes),
            Record::NextPiece(bytes) => assembler.next(bytes).expect("our own piece"),
            other => panic!("our own message became {other:?}"),
        };
        if let Some(whole) = whole {
            assert_eq!(Message::parse(&whole).as_ref(), Ok(&Some(message.clone())));
        }
        if pieces.is_done() {
            return;
        }
    }
}

fn frames(stream: &[u8], chunk_len: usize) -> Vec<Vec<u8>> {
    let mut deframer = Deframer::default();
    let mut frames = Vec::new();
    for mut chunk in stream.chunks(chunk_len) {
        loop {
            match deframer.take(&mut chunk, &(1..=SEALED_LEN_MAX)) {
                Ok(true) => frames.push(deframer.body().to_vec()),
                Ok(false) => break,
                Err(_) => return frames,
            }
        }
        assert!(chunk.is_empty(), "bytes were left");
    }
    frames
}
