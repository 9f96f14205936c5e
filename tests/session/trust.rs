//! Who is at the other end: words, keys, secrets, new keys for the records.

use super::*;
use ttychat::session::{Fingerprint, RENEWAL_LEN_MAX, Secret, Trust, timers::RENEWAL_INTERVAL};

/// A session with a peer by hand that has shaken hands with it, or failed to.
fn met(session: &mut Session, peer: &mut HandPeer) -> Option<Event> {
    peer.exchange(session, an_instant());
    session.poll_event()
}

fn public(key: u8) -> Fingerprint {
    StaticKey::from_bytes([key; 32]).fingerprint().unwrap()
}

fn trusting(role: Role, trust: Trust) -> Session {
    Session::trusting(config(role, "machine", 1), trust, an_instant())
}

#[test]
fn both_ends_see_the_same_words_and_every_call_has_others() {
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..20 {
        let mut pair = Pair::new();
        pair.run_for(SECOND);
        let words = pair.caller.session.words().unwrap();
        assert_eq!(pair.called.session.words(), Some(words));
        let text = words.to_string();
        assert_eq!(text.split(' ').count(), 4);
        assert!(
            text.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b' ')
        );
        assert!(seen.insert(text));
    }
}

#[test]
fn the_words_are_those_of_the_page() {
    let list = bip39::Language::English.word_list();
    for role in [Role::Caller, Role::Called] {
        let mut session = Session::new(config(role, "machine", 1), an_instant());
        let mut peer = HandPeer::new(role.other(), [7; 32]);
        peer.exchange(&mut session, an_instant());
        let words = peer
            .word_numbers()
            .map(|number| list[usize::try_from(number).unwrap()]);
        assert_eq!(session.words().unwrap().to_string(), words.join(" "));
    }
}

#[test]
fn a_caller_cannot_choose_its_nonce_after_the_called_one_s_key() {
    let mut session = Session::new(config(Role::Called, "machine", 1), an_instant());
    let mut peer = HandPeer::new(Role::Caller, [7; 32]);
    peer.nonce[0] ^= 1;
    let reason = CloseReason::PeerMisbehaved(ProtocolError::BadValue);
    assert_eq!(met(&mut session, &mut peer), Some(Event::Closed(reason)));
    assert_eq!(session.words(), None);
}

#[test]
fn keys_have_fingerprints() {
    let fingerprint = public(1);
    let text = fingerprint.to_string();
    assert_eq!(text.len(), 29);
    assert_eq!(text.parse(), Ok(fingerprint));
    assert_eq!(
        text.replace('-', "").to_uppercase().parse(),
        Ok(fingerprint)
    );
    assert_ne!(public(2), fingerprint);
    for wrong in ["", &text[1..], &format!("{text}0"), &text.replace('-', "u")] {
        assert!(wrong.parse::<Fingerprint>().is_err(), "{wrong}");
    }
    let pair = Pair::up();
    assert_eq!(
        Fingerprint::of(&pair.called.session.peer_key().unwrap()),
        fingerprint
    );
}

#[test]
fn nothing_of_ours_leaves_for_another_key() {
    let trust = |key| Trust {
        keys: vec![public(9), public(key)],
        secret: None,
    };
    let mut session = trusting(Role::Caller, trust(7));
    let mut peer = HandPeer::new(Role::Called, [7; 32]);
    met(&mut session, &mut peer);
    assert!(peer.is_ready());

    let mut session = trusting(Role::Caller, trust(8));
    let mut peer = HandPeer::new(Role::Called, [7; 32]);
    let refused = met(&mut session, &mut peer);
    assert_eq!(refused, Some(Event::Closed(CloseReason::WrongKey)));
    assert!(!peer.is_ready(), "it has heard who calls");
    assert_eq!(
        session.peer_key().map(|key| Fingerprint::of(&key)),
        Some(public(7))
    );
}

#[test]
fn keys_that_prove_nothing_are_refused() {
    let weak = CloseReason::PeerMisbehaved(ProtocolError::WeakKey);
    let mut high = [0; 32];
    high[0] = 9;
    high[31] = 0x80;
    let one = std::array::from_fn(|index| u8::from(index == 0));
    for ephemeral in [[0; 32], one, high] {
        let mut session = Session::new(config(Role::Called, "machine", 1), an_instant());
        let greeting = b"ttychat\x01>".as_slice();
        let message = [greeting, &[0, 64], &ephemeral, &[0; 32]].concat();
        session.handle_bytes(an_instant(), &message);
        assert_eq!(session.poll_event(), Some(Event::Closed(weak.clone())));
    }
}

/// Whoever has such a key needs nothing secret for it, so anybody could be its owner.
#[test]
fn nobody_is_the_owner_of_a_key_of_small_order() {
    let weak = CloseReason::PeerMisbehaved(ProtocolError::WeakKey);
    for public in HandPeer::WEAK_KEYS {
        for role in [Role::Called, Role::Caller] {
            let mut session = Session::new(config(role, "machine", 1), an_instant());
            let mut peer = HandPeer::weak(role.other(), public);
            let closed = met(&mut session, &mut peer);
            assert_eq!(closed, Some(Event::Closed(weak.clone())), "{public:?}");
            assert_eq!(session.peer_key(), None);
        }
    }
}

#[test]
fn a_secret_lets_in_who_has_it_and_nobody_else() {
    let secret = Secret::generate();
    assert_ne!(secret, Secret::generate());
    let code = secret.expose().to_owned();
    assert_eq!(code.len(), 26);
    assert_eq!(code.to_uppercase().parse(), Ok(secret.clone()));
    assert_eq!(format!("{secret:?}"), "Secret(…)");
    let trust = || Trust {
        keys: Vec::new(),
        secret: Some(secret.clone()),
    };
    for role in [Role::Caller, Role::Called] {
        let mut session = trusting(role, trust());
        let mut peer = HandPeer::with_secret(role.other(), [7; 32], &code);
        assert!(!session.shares_secret());
        assert_eq!(met(&mut session, &mut peer), None);
        assert!(peer.is_ready() && session.shares_secret());
    }
    // Another secret is found out at the first message, and is not answered.
    let mut session = trusting(Role::Called, trust());
    let mut peer = HandPeer::with_secret(Role::Caller, [7; 32], Secret::generate().expose());
    let refused = met(&mut session, &mut peer);
    assert_eq!(refused, Some(Event::Closed(CloseReason::SecretWrong)));
    assert!(!session.shares_secret() && session.peer_key().is_none());
    // Nobody is talked into doing without, nor into something that they do not have.
    let mut session = trusting(Role::Called, trust());
    session.handle_bytes(an_instant(), b"ttychat\x01>");
    let refused = Event::Closed(CloseReason::SecretUnknown);
    assert_eq!(session.poll_event(), Some(refused));
    let mut session = trusting(Role::Caller, Trust::default());
    session.handle_bytes(an_instant(), b"ttychat\x01{");
    let refused = Event::Closed(CloseReason::SecretWanted);
    assert_eq!(session.poll_event(), Some(refused));
}

#[test]
fn a_phrase_of_a_person_is_no_secret() {
    for phrase in ["hunter2", "correct horse battery staple", ""] {
        assert!(phrase.parse::<Secret>().is_err(), "{phrase}");
    }
}

#[test]
fn records_get_a_new_key_with_time_and_with_volume() {
    let (mut session, mut peer, start) = with_hand_peer(Role::Called);
    let now = start + RENEWAL_INTERVAL;
    let renewed = |peer: &mut HandPeer| {
        let count = peer
            .records
            .iter()
            .filter(|record| **record == [15])
            .count();
        peer.answer_pings();
        count
    };
    session.handle_timeout(start + SECOND);
    peer.exchange(&mut session, start + SECOND * 119);
    assert_eq!(renewed(&mut peer), 0);
    peer.exchange(&mut session, now);
    assert_eq!(renewed(&mut peer), 1, "and what follows is understood");
    peer.exchange(&mut session, now);
    assert_eq!(renewed(&mut peer), 0, "once");
    // A record a second of the largest size.
    let text = "x".repeat(TEXT_LEN_MAX);
    let count = RENEWAL_LEN_MAX / u64::try_from(TEXT_LEN_MAX).unwrap() + 1;
    let mut renewals = 0;
    for _ in 0..count {
        assert!(session.send_text(now, &text));
        peer.exchange(&mut session, now);
        renewals += renewed(&mut peer);
    }
    assert_eq!(renewals, 1);
    assert!(session.is_up());
}

#[test]
fn the_peer_s_new_key_is_followed() {
    let (mut session, mut peer, now) = with_hand_peer(Role::Caller);
    for round in 0..3 {
        peer.renew_own_key();
        peer.send(&Message::Text(format!("round {round}")));
        peer.exchange(&mut session, now);
        let text = Event::Text(format!("round {round}"));
        assert_eq!(session.poll_event(), Some(text));
    }
    // One who goes on with the old key is not understood.
    peer.send_plaintext(&[15]);
    peer.send(&Message::Text("old".to_owned()));
    peer.exchange(&mut session, now);
    let reason = CloseReason::PeerMisbehaved(ProtocolError::Undecryptable);
    assert_eq!(session.poll_event(), Some(Event::Closed(reason)));
}
