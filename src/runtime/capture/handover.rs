//! Where the capture thread leaves pictures for the loop, and how it learns whether to compress.
//!
//! One lock holds both the newest picture and the *room*: whether the session would take a
//! compressed picture. The loop states it anew each turn; taking a compressed picture uses it up.
//! So a permission is never used twice, though orders reach the thread late:
//!
//! * a picture whose room was used up while it was being compressed is handed over without JPEG;
//! * one that the loop has not taken is replaced by a newer one, on the same permission.
//!
//! Nothing stalls: each turn of the loop that took a picture ends by stating the room again.

use crate::app::OwnPicture;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A handle on the place; clones share it.
#[derive(Clone, Debug)]
pub(super) struct Handover {
    place: Arc<Mutex<Place>>,
    waker: Option<Arc<mio::Waker>>,
}

/// Whether the session has room for a compressed picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// It would not take one.
    None,
    /// For one after those that were made.
    Next,
    /// For one in the place of that made last, which was not taken and does not leave then.
    Replaces,
}

#[derive(Debug, Default)]
struct Place {
    has_room: bool,
    picture: Option<OwnPicture>,
}

impl Handover {
    pub(super) fn new(waker: Option<Arc<mio::Waker>>) -> Self {
        Self {
            place: Arc::default(),
            waker,
        }
    }

    /// The loop: whether the session would take a compressed picture now.
    pub(super) fn set_room(&self, has_room: bool) {
        self.lock().has_room = has_room;
    }

    /// The loop: takes the newest picture. The room is used up if it is compressed.
    pub(super) fn take(&self) -> Option<OwnPicture> {
        let mut place = self.lock();
        let picture = place.picture.take();
        if picture
            .as_ref()
            .is_some_and(|picture| picture.jpeg.is_some())
        {
            place.has_room = false;
        }
        picture
    }

    /// The thread: whether the next picture is to be compressed.
    pub(super) fn room(&self) -> Room {
        let place = self.lock();
        let waiting = place.picture.as_ref();
        match waiting.is_some_and(|picture| picture.jpeg.is_some()) {
            _ if !place.has_room => Room::None,
            true => Room::Replaces,
            false => Room::Next,
        }
    }

    /// The thread: leaves a picture for the loop in the place of an older one. Says whether what
    /// was compressed of it, or of the older one, is lost without another in its place.
    pub(super) fn put(&self, mut picture: OwnPicture) -> bool {
        let mut place = self.lock();
        let mut is_lost = false;
        if !place.has_room {
            is_lost = picture.jpeg.take().is_some();
            picture.unchanged = false;
        }
        if picture.jpeg.is_none() && picture.view.is_none() && !picture.unchanged {
            return is_lost;
        }
        let mut replaced = place.picture.take();
        if let Some(older) = &mut replaced
            && picture.jpeg.is_none()
            && older.jpeg.is_some()
        {
            if picture.unchanged {
                // What waits shows the same and is now as new as this.
                picture.jpeg = older.jpeg.take();
                picture.number = older.number;
                picture.patch = older.patch.take();
                picture.plan = older.plan;
                picture.unchanged = false;
            } else {
                is_lost = true;
            }
        }
        place.picture = Some(picture);
        drop(place);
        drop(replaced);
        if let Some(waker) = &self.waker {
            // It fails only when the loop is gone, and then nobody is there to be woken.
            drop(waker.wake());
        }
        is_lost
    }

    /// The thread: what was left is of a source that is no longer wanted.
    pub(super) fn clear(&self) {
        self.lock().picture = None;
    }

    fn lock(&self) -> MutexGuard<'_, Place> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        media::{Picture, PixelSize},
        runtime::clock::instant,
    };

    fn picture(jpeg: Option<u8>, has_view: bool) -> OwnPicture {
        let size = PixelSize::new(2, 2);
        let jpeg = jpeg.map(|byte| (size, vec![byte]));
        OwnPicture {
            captured_at: instant(),
            jpeg,
            number: 0,
            patch: None,
            plan: crate::session::PicturePlan::default(),
            unchanged: false,
            view: has_view.then(|| Picture::new(size)),
        }
    }

    fn jpeg_of(handover: &Handover) -> Option<u8> {
        handover.take()?.jpeg?.1.first().copied()
    }

    #[test]
    fn a_permission_is_used_once() {
        let handover = Handover::new(None);
        assert_eq!(handover.room(), Room::None, "nothing is compressed unasked");
        handover.set_room(true);
        assert_eq!(handover.room(), Room::Next);
        handover.put(picture(Some(1), false));
        assert_eq!(
            handover.room(),
            Room::Replaces,
            "not yet taken: a newer one may take its place"
        );
        handover.put(picture(Some(2), false));
        assert_eq!(jpeg_of(&handover), Some(2));
        assert_eq!(handover.room(), Room::None);
        handover.put(picture(Some(3), true));
        let late = handover.take().unwrap();
        assert!(
            late.jpeg.is_none() && late.view.is_some(),
            "compressed on a used permission"
        );
        handover.put(picture(Some(4), false));
        assert!(handover.take().is_none(), "nothing is left of it");
        handover.set_room(true);
        assert_eq!(handover.room(), Room::Next);
    }

    #[test]
    fn a_view_uses_no_permission_up() {
        let handover = Handover::new(None);
        handover.set_room(true);
        handover.put(picture(None, true));
        assert_eq!(handover.room(), Room::Next);
        assert!(handover.take().is_some());
        assert_eq!(handover.room(), Room::Next);
        handover.put(picture(Some(1), true));
        handover.clear();
        assert!(handover.take().is_none());
    }
}
