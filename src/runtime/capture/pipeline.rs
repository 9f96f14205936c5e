//! From a picture of the source to one that can be sent and seen, doing no more than is wanted.
//!
//! It does not know where pictures come from. Invariant: what is sent and what is seen is scaled
//! from the same picture; the barcode is in what is sent alone, drawn at its final size and after
//! all that changes pixels.

use super::{
    handover::Room,
    still::{Change, Stillness},
};
use crate::{
    app::{CaptureOrder, OwnPicture},
    media::{
        Picture, PixelSize, barcode,
        clip::{Clip, ClipError},
        denoise::Denoiser,
        jpeg::Compressor,
        patch::{Made, Patcher, Wish},
        raw::{self, Coding, ColorMatrix, ColorRange, Converter, RawError},
        scale::{self, Scaler},
        sharpen::Sharpener,
        test_picture,
    },
    session::{OutgoingPatch, PicturePlan},
};
use std::time::{Duration, Instant, SystemTime};
use ttychat_platform::camera::{self, RawPicture};

/// Largest picture that is sent in patches, in pixels: what the other end keeps one of.
const PATCHED_PIXELS_LIMIT: u32 = 1920 * 1080;

/// What is wanted of one picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Goal {
    /// Of the compressed picture.
    send: Option<PixelSize>,
    /// Of our own view.
    view: Option<PixelSize>,
    plan: PicturePlan,
    /// For a scene that rests.
    resting: PicturePlan,
    /// Of a compressed picture that is not reduced for the link.
    full: PixelSize,
    renewal: u32,
    /// Whether patches can be sent, and whether one may be now.
    patches: bool,
    follows: bool,
}

/// The steps, with their scratch space.
#[derive(Debug, Default)]
pub(super) struct Pipeline {
    compressor: Compressor,
    converter: Converter,
    scaler: Scaler,
    /// As it came from the source, or smaller.
    full: Picture,
    /// The size that it had there; `None` if it was painted here, without noise and sharp.
    camera_size: Option<PixelSize>,
    /// At the size that is sent.
    sent: Picture,
    sent_polish: Polish,
    view_polish: Polish,
    stillness: Stillness,
    patcher: Patcher,
    /// Of the picture compressed last.
    number: u64,
}

/// What became of a picture that was to be compressed.
#[derive(Debug)]
enum Compressed {
    /// It could not be.
    Failed,
    /// It need not be: the other end shows it already.
    Needless,
    Done {
        jpeg: Vec<u8>,
        patch: Option<OutgoingPatch>,
        quality: u8,
    },
}

/// What makes small pictures of a camera look better and cost less.
#[derive(Debug, Default)]
struct Polish {
    denoiser: Denoiser,
    sharpener: Sharpener,
}

impl Goal {
    /// What `order` wants of a picture of `full` size; `room`: of the session.
    pub(super) fn of(order: &CaptureOrder, full: PixelSize, room: Room) -> Self {
        let whole = scale::shrink(full, order.size_max);
        let send = (room != Room::None).then(|| planned(whole, order.plan));
        let view = scale::fit(full, order.view_max, order.view_pixel_aspect);
        Self {
            send: send.filter(|size| !size.is_empty()),
            view: Some(view).filter(|view| !view.is_empty() && !order.view_max.is_empty()),
            plan: order.plan,
            resting: order.resting,
            full: whole,
            renewal: order.renewal,
            patches: order.patches,
            follows: room == Room::Next,
        }
    }

    /// Whether no work is needed.
    pub(super) fn is_nothing(self) -> bool {
        self.send.is_none() && self.view.is_none()
    }

    /// The least size from which both can be made without growing.
    fn at_least(self) -> PixelSize {
        let (send, view) = (self.send.unwrap_or_default(), self.view.unwrap_or_default());
        PixelSize::new(send.width.max(view.width), send.height.max(view.height))
    }

    /// The smallest size of `full`'s shape that holds all of it, and no larger than `full`.
    fn paint_size(self, full: PixelSize) -> PixelSize {
        let least = self.at_least();
        if let Some(send) = self.send.filter(|send| *send == least) {
            return send;
        }
        let ratio = |least: u32, full: u32| f64::from(least) / f64::from(full.max(1));
        let factor = ratio(least.width, full.width)
            .max(ratio(least.height, full.height))
            .min(1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 1 and `side`"
        )]
        let scaled = |side: u32| (f64::from(side) * factor).ceil().max(1.0) as u32;
        PixelSize::new(scaled(full.width), scaled(full.height))
    }
}

impl Pipeline {
    /// Takes a camera's picture, decoding no more of it than the goal needs.
    pub(super) fn convert(&mut self, raw: &RawPicture<'_>, goal: Goal) -> Result<(), RawError> {
        let raw = raw::RawPicture {
            format: raw.format.0,
            size: PixelSize::new(raw.width, raw.height),
            stride: raw.stride,
            coding: coding(raw.coding),
            bytes: raw.bytes,
        };
        let least = Some(goal.at_least());
        self.camera_size = Some(raw.size);
        self.converter.convert(&raw, least, &mut self.full)
    }

    /// Takes a picture of a clip and says its size.
    pub(super) fn decode(&mut self, clip: &mut Clip, index: usize) -> Result<PixelSize, ClipError> {
        clip.decode(index, &mut self.full)?;
        self.camera_size = Some(self.full.size());
        Ok(self.full.size())
    }

    /// Takes the test picture of `size`, painted at once as small as the goal allows: the same
    /// picture but for the last bit of a pixel, at a fraction of the cost.
    pub(super) fn paint(&mut self, size: PixelSize, elapsed: Duration, goal: Goal) {
        self.camera_size = None;
        self.full.reset(goal.paint_size(size));
        test_picture::paint(&mut self.full, elapsed);
    }

    /// Makes of the picture taken last what is wanted. `barcode_ms`: what the barcode is to say.
    pub(super) fn finish(
        &mut self,
        goal: Goal,
        captured_at: Instant,
        barcode_ms: Option<u32>,
    ) -> OwnPicture {
        let (change, plan, judged) = match (goal.send, barcode_ms) {
            (Some(_), None) => self.judge(captured_at, goal),
            _ => (Change::Moves, goal.plan, None),
        };
        let stands = matches!(change, Change::Stands { .. });
        let send = goal.send.map(|_| planned(goal.full, plan));
        if let Some(size) = send.filter(|size| !stands && judged != Some(*size)) {
            self.scaler.scale(&self.full, size, &mut self.sent);
            self.sent_polish.apply(&mut self.sent, self.camera_size);
        }
        // Scaling what is already small is cheaper, and before the barcode is in it.
        let covers = |view: PixelSize| {
            send.is_some_and(|send| {
                !stands && send.width >= view.width && send.height >= view.height
            })
        };
        let view = goal.view.map(|size| {
            let mut view = Picture::default();
            if covers(size) {
                self.scaler.scale(&self.sent, size, &mut view);
            } else {
                self.scaler.scale(&self.full, size, &mut view);
                self.view_polish.apply(&mut view, self.camera_size);
            }
            view
        });
        let mut own = OwnPicture {
            captured_at,
            jpeg: None,
            number: self.number,
            patch: None,
            plan,
            unchanged: change == Change::Stands { is_told: true },
            view,
        };
        let Some(size) = send.filter(|_| !stands) else {
            return own;
        };
        let settles = matches!(change, Change::Settles(_));
        let compressed = self.compress(captured_at, goal, plan, settles, barcode_ms);
        match compressed {
            Compressed::Failed => self.forget_sent(),
            Compressed::Needless => {
                if settles {
                    self.stillness.settle(plan);
                }
                own.unchanged = self.stillness.tell(captured_at);
            }
            Compressed::Done {
                jpeg,
                patch,
                quality,
            } => {
                if barcode_ms.is_none() {
                    let what = (goal.full, plan, goal.renewal);
                    self.stillness
                        .remember(captured_at, &self.sent, what, change);
                }
                self.number += 1;
                own.number = self.number;
                own.jpeg = Some((size, jpeg));
                own.patch = patch;
                own.plan.quality = quality;
            }
        }
        own
    }

    /// Compresses `sent`, as a patch of what was compressed last if that will do.
    fn compress(
        &mut self,
        now: Instant,
        goal: Goal,
        plan: PicturePlan,
        settles: bool,
        barcode_ms: Option<u32>,
    ) -> Compressed {
        if let Some(unix_ms) = barcode_ms {
            barcode::draw(&mut self.sent, unix_ms);
        }
        let PixelSize { width, height } = self.sent.size();
        let mut jpeg = Vec::new();
        let (quality, made) =
            if goal.patches && width.saturating_mul(height) <= PATCHED_PIXELS_LIMIT {
                let wish = Wish {
                    quality: plan.quality,
                    resting_quality: goal.resting.quality,
                    follows: goal.follows,
                    settles,
                };
                let made = self.patcher.compress(now, &self.sent, wish, &mut jpeg);
                (self.patcher.quality(), made)
            } else {
                self.patcher.forget();
                let compressed = self
                    .compressor
                    .compress(&self.sent, plan.quality, &mut jpeg);
                (plan.quality, compressed.map(|()| Made::Whole))
            };
        let patch = match made {
            Err(_) => return Compressed::Failed,
            Ok(Made::Nothing) => return Compressed::Needless,
            Ok(Made::Patch(blocks)) => Some(OutgoingPatch {
                base: self.number,
                blocks: blocks.bits().to_vec(),
            }),
            Ok(Made::Whole) => None,
        };
        Compressed::Done {
            jpeg,
            patch,
            quality,
        }
    }

    /// What was made last did not leave this place.
    pub(super) fn forget_sent(&mut self) {
        self.stillness.forget();
        self.patcher.forget();
    }

    /// Compares the picture taken last with the one sent last; says how it is to be made, and in
    /// which size it is there already.
    fn judge(&mut self, now: Instant, goal: Goal) -> (Change, PicturePlan, Option<PixelSize>) {
        let Some(size) = self.stillness.size(goal.full, goal.renewal) else {
            return (Change::Moves, goal.plan, None);
        };
        self.scaler.scale(&self.full, size, &mut self.sent);
        self.sent_polish.apply(&mut self.sent, self.camera_size);
        match self.stillness.judge(now, &self.sent, goal.resting) {
            change @ Change::Settles(plan) => (change, plan, Some(size)),
            change => (change, goal.plan, Some(size)),
        }
    }
}

/// A size as the link allows it; never nothing.
fn planned(size: PixelSize, plan: PicturePlan) -> PixelSize {
    let reduced = |length: u32| match length {
        0 => 0,
        _ => (length * u32::from(plan.eighths.clamp(1, 8))).div_ceil(8),
    };
    PixelSize::new(reduced(size.width), reduced(size.height))
}

impl Polish {
    /// Takes the noise out of `picture`, and sharpens it if it was made smaller. In this order:
    /// sharpened noise is more, and is not told from detail.
    fn apply(&mut self, picture: &mut Picture, camera_size: Option<PixelSize>) {
        let Some(from) = camera_size else { return };
        self.denoiser.denoise(picture);
        let to = picture.size();
        if from.width >= to.width * 3 / 2 && from.height >= to.height * 3 / 2 {
            let spread = self.denoiser.noise().spread;
            self.sharpener.sharpen(picture, spread);
        }
    }
}

/// What the camera says of its colours, in the words of `media`.
fn coding(said: camera::ColorCoding) -> Coding {
    Coding {
        range: match said.range {
            camera::ColorRange::Full => ColorRange::Full,
            camera::ColorRange::Limited => ColorRange::Limited,
        },
        matrix: match said.matrix {
            camera::ColorMatrix::Bt601 => ColorMatrix::Bt601,
            camera::ColorMatrix::Bt709 => ColorMatrix::Bt709,
        },
    }
}

/// UNIX milliseconds, modulo 2^32, at a moment that was `ago`.
#[expect(
    clippy::disallowed_methods,
    reason = "the capture thread stamps pictures"
)]
pub(super) fn unix_ms(ago: Duration) -> u32 {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let millis = since_epoch
        .unwrap_or_default()
        .saturating_sub(ago)
        .as_millis();
    u32::try_from(millis % (1 << 32)).unwrap_or_default()
}
