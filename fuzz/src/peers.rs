//! The file of known people, as a person or a broken disk may leave it.

use ttychat::{
    app::{Date, KnownPeers, WallTime},
    session::Fingerprint,
};

pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (known, complaints) = KnownPeers::parse(&text);
    assert!(known.iter().count() <= 1_000 && complaints.len() <= 6);
    let written = known.to_string();
    let (again, _) = KnownPeers::parse(&written);
    assert_eq!(again.to_string(), written, "not the same when done again");
    assert!(
        known.iter().eq(again.iter()),
        "somebody was lost or changed"
    );
    let harmless = |text: &str| text.chars().all(|c| c == '\n' || !c.is_control());
    assert!(harmless(&known.listing()));

    // Somebody new, by whatever name and place, is found again under the name that was given.
    let name = text.chars().take(200).collect::<String>();
    let place = name.replace([',', '\n'], "").trim().to_owned();
    let today = Date::from(WallTime {
        year: 2026,
        month: 11,
        day: 22,
        ..WallTime::default()
    });
    let key = Fingerprint::of(&[9; 32]);
    let mut changed = known.clone();
    if changed.find(key).is_some() {
        return;
    }
    let given = changed.trust(key, &name, None, today);
    changed.see(key, Some("host:2222"), today);
    let is_free = known.at("host:2222").next().is_none();
    let namesakes = changed.iter().filter(|peer| peer.name == given).count();
    assert_eq!(namesakes, 1, "{given:?} is the name of several");
    let (kept, _) = KnownPeers::parse(&known.updated(&changed).to_string());
    let found = kept.find(key).expect("whoever was trusted is kept");
    assert_eq!(found.name, given);
    // Where somebody answers already, nobody else does.
    let is_there = kept.at("HOST:2222").any(|peer| peer.fingerprint == key);
    assert_eq!(is_there, is_free);
    assert!(kept.iter().count() <= 1_000);
    let _any = kept.at(&place).count();
}
