//! From what came of a peer's picture to what is shown of it.
//!
//! Invariant: what a patch says of itself is checked against the picture under it before anything
//! is decoded; one that does not fit is a broken picture.

use super::{Job, KEPT_LEN_MAX, LIMITS, PIXEL_COUNT_MAX};
use crate::{
    app::{Part, Patch},
    media::{
        Picture, PixelSize,
        denoise::Denoiser,
        jpeg::{self, Decompressor, JpegError, Limits},
        patch::BlockSet,
        scale::{self, Fit, Scaler},
    },
};
use std::sync::Arc;

/// Decodes pictures, and remembers the last one for patches to be laid over.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    decompressor: Decompressor,
    scaler: Scaler,
    denoiser: Denoiser,
    /// Scratch: a whole picture, perhaps reduced.
    decoded: Picture,
    sheet: Picture,
    base: Base,
    /// Of `base`.
    number: Option<u32>,
}

/// The last picture, in its own size.
#[derive(Debug, Default)]
enum Base {
    #[default]
    None,
    /// As it came. It is decoded no larger than it is shown, until a patch comes.
    Jpeg(Arc<Vec<u8>>),
    /// Shared with those who may keep it; then the next patch is laid over a copy.
    Pixels(Arc<Picture>),
}

impl Decoder {
    /// Decodes what is new in `job` and gives its newest picture as it is to be shown.
    pub(super) fn decode(&mut self, job: &Job) -> Result<Picture, JpegError> {
        let shown = self.take_parts(job).and_then(|()| self.show(job));
        if shown.is_err() {
            self.forget();
        }
        shown
    }

    /// The last picture, if it was put together from patches.
    pub(super) fn composed(&self) -> Option<Arc<Picture>> {
        match &self.base {
            Base::Pixels(pixels) => Some(Arc::clone(pixels)),
            Base::Jpeg(_) | Base::None => None,
        }
    }

    fn forget(&mut self) {
        (self.base, self.number) = (Base::None, None);
    }

    fn take_parts(&mut self, job: &Job) -> Result<(), JpegError> {
        for part in &job.parts {
            if self.number.is_some_and(|number| part.number <= number) {
                continue;
            }
            match &part.patch {
                None => self.base = Base::Jpeg(Arc::clone(&part.jpeg)),
                Some(patch) => self.lay(part, patch)?,
            }
            self.number = Some(part.number);
        }
        // What is newer than asked for is as good.
        let has_all = self.number.is_some_and(|number| number >= job.sequence);
        if has_all {
            Ok(())
        } else {
            Err(JpegError::Broken)
        }
    }

    fn lay(&mut self, part: &Part, patch: &Patch) -> Result<(), JpegError> {
        if self.number != Some(patch.base) {
            return Err(JpegError::Broken);
        }
        let mut pixels = match std::mem::take(&mut self.base) {
            Base::None => return Err(JpegError::Broken),
            Base::Pixels(pixels) => pixels,
            Base::Jpeg(jpeg) => {
                check_size(&jpeg)?;
                let mut pixels = Picture::default();
                self.decompressor
                    .decompress(&jpeg, LIMITS, None, &mut pixels)?;
                Arc::new(pixels)
            }
        };
        let blocks = BlockSet::parse(part.size, &patch.blocks).ok_or(JpegError::Malformed)?;
        if pixels.size() != part.size {
            return Err(JpegError::Malformed);
        }
        if pixels.rgb().len() > KEPT_LEN_MAX {
            return Err(JpegError::TooLarge);
        }
        let limits = Limits {
            size_max: blocks.sheet_size(),
            ..LIMITS
        };
        self.decompressor
            .decompress(&part.jpeg, limits, None, &mut self.sheet)?;
        if !blocks.lay(&self.sheet, Arc::make_mut(&mut pixels)) {
            return Err(JpegError::Malformed);
        }
        if self.sheet.rgb().len() > KEPT_LEN_MAX {
            self.sheet = Picture::default();
        }
        self.base = Base::Pixels(pixels);
        Ok(())
    }

    /// The last picture as it is to be shown.
    fn show(&mut self, job: &Job) -> Result<Picture, JpegError> {
        let Self {
            decompressor,
            scaler,
            decoded,
            base,
            ..
        } = self;
        let size = match &*base {
            Base::None => return Err(JpegError::Broken),
            Base::Jpeg(jpeg) => check_size(jpeg)?,
            Base::Pixels(pixels) => pixels.size(),
        };
        let shown = match job.fit {
            Fit::Fill => job.area,
            Fit::Letterbox => scale::fit(size, job.area, job.pixel_aspect),
        };
        let source = match &*base {
            Base::Pixels(pixels) => pixels,
            Base::Jpeg(jpeg) => {
                let at_least = (job.fit == Fit::Letterbox && !shown.is_empty()).then_some(shown);
                decompressor.decompress(jpeg, LIMITS, at_least, decoded)?;
                &*decoded
            }
            Base::None => return Err(JpegError::Broken),
        };
        let mut out = Picture::default();
        if !shown.is_empty() {
            match job.fit {
                Fit::Fill => scaler.scale_filling(source, shown, job.pixel_aspect, &mut out),
                Fit::Letterbox => scaler.scale(source, shown, &mut out),
            }
        }
        if self.decoded.rgb().len() > KEPT_LEN_MAX {
            self.decoded = Picture::default();
        }
        // The other end may filter nothing: what does not change costs the terminal nothing.
        self.denoiser.denoise(&mut out);
        Ok(out)
    }
}

/// Of a JPEG, unless it is larger than is decoded.
fn check_size(jpeg: &[u8]) -> Result<PixelSize, JpegError> {
    let size = jpeg::check(jpeg, LIMITS)?;
    if u64::from(size.width) * u64::from(size.height) > PIXEL_COUNT_MAX {
        return Err(JpegError::TooLarge);
    }
    Ok(size)
}
