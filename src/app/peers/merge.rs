//! What a run has changed, written over what others have written meanwhile.
//!
//! Invariant: a change is written once; who or what was taken out of the file after that stays out.

use super::{Change, KnownPeers, Peer};

impl KnownPeers {
    /// These, with what `newer` has changed: another program may have written the file meanwhile.
    #[must_use]
    pub fn updated(mut self, newer: &Self) -> Self {
        for changed in newer.iter() {
            let key = changed.fingerprint;
            match (changed.change, self.find_mut(key)) {
                (Change::None, _) | (Change::Seen, None) => continue,
                (Change::Seen | Change::Trusted, Some(kept)) => {
                    kept.last = kept.last.max(changed.last);
                }
                (Change::Trusted, None) => {
                    let name = self.free_name(&changed.name);
                    let (places, added) = (Vec::new(), Vec::new());
                    self.push(Peer {
                        name,
                        places,
                        added,
                        ..changed.clone()
                    });
                }
            }
            for place in &changed.added {
                self.bind(key, place);
            }
        }
        self
    }

    /// These, less the changes that `written` holds already, as this run last wrote it.
    #[must_use]
    pub fn since(&self, written: &Self) -> Self {
        let mut newer = self.clone();
        for before in written.iter() {
            if let Some(peer) = newer.find_mut(before.fingerprint) {
                if before.change == Change::Trusted && peer.change == Change::Trusted {
                    peer.change = Change::Seen;
                }
                peer.added.retain(|place| !before.added.contains(place));
            }
        }
        newer
    }
}
