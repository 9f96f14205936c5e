//! What is filmed: the clip that `TTYCHAT_CLIP` names (Motion JPEG or Y4M), else the test picture.

use std::time::Duration;
use ttychat::media::{Picture, PixelSize, clip::Clip, test_picture};

pub(crate) fn path() -> Option<String> {
    std::env::var("TTYCHAT_CLIP").ok()
}

/// Its pictures, one after the other, again and again.
pub(crate) struct Frames {
    clip: Option<Clip>,
    picture: Picture,
}

impl Frames {
    pub(crate) fn open() -> Self {
        let clip = path().map(|path| Clip::parse(std::fs::read(path).unwrap()).unwrap());
        let picture = Picture::new(PixelSize::new(640, 360));
        Self { clip, picture }
    }

    pub(crate) fn picture(&mut self, index: u32) -> &Picture {
        if let Some(clip) = &mut self.clip {
            let index = index as usize % clip.count();
            clip.decode(index, &mut self.picture).unwrap();
        } else {
            let elapsed = Duration::from_secs(1) * index / 30;
            test_picture::paint(&mut self.picture, elapsed);
        }
        &self.picture
    }
}
