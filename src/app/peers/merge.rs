//! What a run has changed, written over what others have written meanwhile.
//!
//! Invariant: a place that is bound in the file stays so, and the newest person and place have room.

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
}
