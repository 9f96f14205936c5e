//! Streams and messages cut anywhere.

use super::*;

#[test]
fn every_cut_of_a_call_means_the_same() {
    let now = an_instant();
    // The same bytes cannot be had twice from two random handshakes, so each cut is a call.
    let listen = |cut: &dyn Fn(&mut Session, &[u8])| -> Vec<Event> {
        let mut session = Session::new(config(Role::Called, "bob", 2), now);
        let mut caller = HandPeer::new(Role::Caller, [1; 32]);
        let deliver = |caller: &mut HandPeer, session: &mut Session| {
            cut(session, &std::mem::take(&mut caller.out));
            session.accept(now);
            let mut bytes = Vec::new();
            while session.poll_transmit(now, &mut bytes) {}
            caller.handle_bytes(&bytes);
        };
        for _ in 0..3 {
            deliver(&mut caller, &mut session);
        }
        caller.send(&example().remove(0).1);
        deliver(&mut caller, &mut session);
        for (role, message) in example().into_iter().skip(7) {
            if role == Role::Caller {
                caller.send(&message);
            }
        }
        deliver(&mut caller, &mut session);
        std::iter::from_fn(|| session.poll_event())
            .map(|event| match event {
                Event::Picture(picture) => Event::Picture(ttychat::session::ReceivedPicture {
                    captured_at: now,
                    ..picture
                }),
                other => other,
            })
            .collect()
    };
    let whole = listen(&|session, bytes| session.handle_bytes(now, bytes));
    assert_eq!(whole.len(), 10, "{whole:?}");
    let one_by_one = listen(&|session, bytes| {
        for byte in bytes {
            session.handle_bytes(now, &[*byte]);
        }
    });
    assert_eq!(one_by_one, whole);
    for at in 0..300 {
        let cut = listen(&|session, bytes| {
            let (head, tail) = bytes.split_at(at.min(bytes.len()));
            session.handle_bytes(now, head);
            session.handle_bytes(now, &[]);
            session.handle_bytes(now, tail);
        });
        assert_eq!(cut, whole, "cut at {at}");
    }
}

#[test]
fn pieces_join_to_the_message_whatever_its_length() {
    let mut random = Random::new(Random::seed(3));
    let piece = limits::PIECE_LEN_MAX;
    for len in [
        1,
        piece - 1,
        piece,
        piece + 1,
        2 * piece - 6,
        2 * piece - 5,
        100_000,
    ] {
        let mut message = random.bytes(len);
        message[0] = 11;
        let mut pieces = Pieces::new(message.clone());
        let mut assembler = Assembler::default();
        let mut whole = None;
        while !pieces.is_done() {
            assert!(whole.is_none());
            let mut plaintext = Vec::new();
            pieces.poll_record(limits::PIECE_LEN_MAX, &mut plaintext);
            assert!(plaintext.len() <= piece);
            whole = match plaintext[0] {
                13 | 14 => match Record::parse(&plaintext).unwrap() {
                    Record::FirstPiece { total_len, bytes } => assembler.first(total_len, bytes),
                    Record::NextPiece(bytes) => assembler.next(bytes).unwrap(),
                    other => panic!("{other:?}"),
                },
                _ => Some(plaintext),
            };
        }
        assert_eq!(whole.as_ref(), Some(&message), "{len}");
        assert_eq!(pieces.len_left(), 0);
    }
}

#[test]
fn wrong_pieces_are_refused() {
    let mut assembler = Assembler::default();
    assert_eq!(assembler.next(&[1]), Err(ProtocolError::OutOfTurn));
    assert_eq!(assembler.first(3, &[11, 2]), None);
    assert_eq!(assembler.next(&[3, 4]), Err(ProtocolError::WrongLength));
    assert_eq!(assembler.first(2, &[11]), None);
    assert_eq!(assembler.first(3, &[11, 2]), None);
    assert_eq!(assembler.next(&[3]), Ok(Some(vec![11, 2, 3])));
    assert_eq!(assembler.next(&[3]), Err(ProtocolError::OutOfTurn));
    assert_eq!(assembler.first(2, &[11]), None);
    assembler.abandon();
    assert_eq!(assembler.next(&[3]), Err(ProtocolError::OutOfTurn));

    limits_of_messages::check_error(&[13, 0, 0, 0, 1], ProtocolError::WrongLength);
    limits_of_messages::check_error(&[13, 0, 0, 0, 1, 11, 1], ProtocolError::WrongLength);
    limits_of_messages::check_error(&[13, 0, 0, 0], ProtocolError::WrongLength);
    limits_of_messages::check_error(&[13, 0, 0, 0, 9, 10], ProtocolError::OutOfTurn);
    limits_of_messages::check_error(&[13, 0, 0, 0, 9, 13], ProtocolError::OutOfTurn);
    limits_of_messages::check_error(&[14], ProtocolError::WrongLength);
}
