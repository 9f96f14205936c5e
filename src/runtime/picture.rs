//! The picture thread: received JPEGs are decoded, scaled and freed of noise here, the newest only.

mod allowance;

use super::{
    clock,
    mailbox::{Mailbox, Waited},
    worker::{self, Worker},
};
use crate::{
    app::Input,
    media::{
        Picture, PixelSize,
        denoise::Denoiser,
        jpeg::{Decompressor, JpegError, Limits},
        scale::{self, Fit, Scaler},
    },
    session::{JPEG_LEN_MAX, PICTURE_SIDE_MAX},
};
use allowance::Allowance;
use mio::Waker;
use std::{io, sync::Arc, time::Duration};

/// What a peer's JPEG may claim.
const LIMITS: Limits = Limits {
    len_max: JPEG_LEN_MAX,
    size_max: PixelSize::new(PICTURE_SIDE_MAX as u32, PICTURE_SIDE_MAX as u32),
};

/// Largest picture that is decoded, in pixels: 2048x2048, more than any window asks for. It takes
/// 25 MB to decode; the largest that [`LIMITS`] lets pass would take 100 MB.
const PIXEL_COUNT_MAX: u64 = 1 << 22;

/// Largest decoded picture whose space is kept for the next one, in bytes: 1920x1080. A stranger's
/// huge one shall not be held for the rest of the day.
const KEPT_LEN_MAX: usize = 1920 * 1080 * 3;

/// How long the thread may take to end; a picture takes milliseconds.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(500);

/// A picture to decode for the screen; see [`crate::app::Effect::ShowPicture`].
#[derive(Debug)]
pub(super) struct Job {
    pub(super) sequence: u32,
    pub(super) jpeg: Arc<Vec<u8>>,
    pub(super) area: PixelSize,
    pub(super) fit: Fit,
    pub(super) pixel_aspect: f64,
}

#[derive(Debug)]
struct Done {
    sequence: u32,
    result: Result<Picture, JpegError>,
    /// Pictures that were decoded before this one and that the loop never took.
    overtaken: Vec<u32>,
}

/// The thread and its two mailboxes.
#[derive(Debug)]
pub(super) struct PictureThread {
    jobs: Mailbox<Job>,
    done: Mailbox<Done>,
    worker: Option<Worker<()>>,
}

impl PictureThread {
    /// Starts the thread; each result wakes the loop.
    pub(super) fn spawn(waker: Arc<Waker>) -> io::Result<Self> {
        let jobs = Mailbox::new(None);
        let done = Mailbox::new(Some(waker));
        let worker = {
            let (jobs, done) = (jobs.clone(), done.clone());
            worker::spawn_named("picture", move || serve(&jobs, &done))?
        };
        Ok(Self {
            jobs,
            done,
            worker: Some(worker),
        })
    }

    /// Hands over a picture. Gives the input that says so when it overtook another one.
    pub(super) fn put(&self, job: Job) -> Option<Input<'static>> {
        let overtaken = self.jobs.put(job)?;
        Some(Input::PictureDropped {
            sequence: overtaken.sequence,
        })
    }

    /// Takes the newest result, and word of those that it overtook.
    pub(super) fn take(&self) -> impl Iterator<Item = Input<'static>> + use<> {
        let done = self.done.take();
        let (overtaken, ready) = match done {
            Some(Done {
                sequence,
                result,
                overtaken,
            }) => (overtaken, Some(Input::PictureReady { sequence, result })),
            None => (Vec::new(), None),
        };
        let dropped = |sequence| Input::PictureDropped { sequence };
        overtaken.into_iter().map(dropped).chain(ready)
    }

    /// Ends the thread.
    pub(super) fn close(&mut self) {
        self.jobs.close();
        if let Some(worker) = self.worker.take() {
            // Its last picture is of no interest any more, nor is a panic.
            drop(worker.join(CLOSE_TIMEOUT));
        }
    }
}

fn serve(jobs: &Mailbox<Job>, done: &Mailbox<Done>) {
    let mut decoder = Decoder::default();
    let mut allowance = Allowance::new(clock::instant());
    while let Waited::Item(job) = jobs.wait(None) {
        // A panic costs this one picture: the decoder is made anew and the call goes on.
        let started_at = clock::instant();
        let outcome = worker::contain(|| {
            worker::panic_if_tested("picture");
            decoder.decode(&job)
        });
        let result = outcome.unwrap_or_else(|_panicked| {
            decoder = Decoder::default();
            Err(JpegError::Broken)
        });
        let overtaken = match done.take() {
            Some(mut older) => {
                older.overtaken.push(older.sequence);
                older.overtaken
            }
            None => Vec::new(),
        };
        // Only this thread puts, so nothing is replaced.
        drop(done.put(Done {
            sequence: job.sequence,
            result,
            overtaken,
        }));
        if let Some(until) = allowance.spend(started_at, clock::instant()) {
            jobs.rest(until);
        }
    }
}

#[derive(Debug, Default)]
struct Decoder {
    decompressor: Decompressor,
    scaler: Scaler,
    denoiser: Denoiser,
    decoded: Picture,
}

impl Decoder {
    fn decode(&mut self, job: &Job) -> Result<Picture, JpegError> {
        let size = crate::media::jpeg::check(&job.jpeg, LIMITS)?;
        if u64::from(size.width) * u64::from(size.height) > PIXEL_COUNT_MAX {
            return Err(JpegError::TooLarge);
        }
        let shown = match job.fit {
            Fit::Fill => job.area,
            Fit::Letterbox => scale::fit(size, job.area, job.pixel_aspect),
        };
        let at_least = (job.fit == Fit::Letterbox && !shown.is_empty()).then_some(shown);
        self.decompressor
            .decompress(&job.jpeg, LIMITS, at_least, &mut self.decoded)?;
        let mut out = Picture::default();
        if !shown.is_empty() {
            match job.fit {
                Fit::Fill => {
                    self.scaler
                        .scale_filling(&self.decoded, shown, job.pixel_aspect, &mut out);
                }
                Fit::Letterbox => self.scaler.scale(&self.decoded, shown, &mut out),
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
