//! The picture thread: received JPEGs are decoded, scaled and freed of noise here, the newest only.

mod decoder;
#[cfg(test)]
mod tests;

use super::{
    allowance::Allowance,
    clock,
    mailbox::{Mailbox, Waited},
    worker::{self, Worker},
};
use crate::{
    app::{Input, Part},
    media::{
        Picture, PixelSize,
        jpeg::{JpegError, Limits},
        scale::Fit,
    },
    session::{JPEG_LEN_MAX, PICTURE_SIDE_MAX},
};
use decoder::Decoder;
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
    pub(super) parts: Vec<Part>,
    pub(super) area: PixelSize,
    pub(super) fit: Fit,
    pub(super) pixel_aspect: f64,
}

#[derive(Debug)]
struct Done {
    sequence: u32,
    result: Result<Picture, JpegError>,
    /// In its own size, if it was put together from patches.
    composed: Option<Arc<Picture>>,
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
                composed,
                overtaken,
            }) => {
                let ready = Input::PictureReady {
                    sequence,
                    result,
                    composed,
                };
                (overtaken, Some(ready))
            }
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
    let mut allowance = Allowance::of_peer(clock::instant());
    while let Waited::Item(job) = jobs.wait(None) {
        // A panic costs this one picture: the decoder is made anew and the call goes on.
        let work = clock::Work::begin();
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
            composed: result.is_ok().then(|| decoder.composed()).flatten(),
            result,
            overtaken,
        }));
        if let Some(until) = allowance.spend(work.cost(), clock::instant()) {
            jobs.rest(until);
        }
    }
}
