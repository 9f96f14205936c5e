//! Lists the cameras, or captures from one:
//! `cameras [NUMBER WIDTH HEIGHT RATE COUNT [size] [xREPEATS]]`.
//! For trying drivers by hand and in the camera rig.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a tool to be read by a person"
)]

use std::{
    env,
    process::ExitCode,
    time::{Duration, Instant},
};
use ttychat_platform::camera::{self, Camera, CameraError, Priority, RawPicture, Wish};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let numbers: Vec<f64> = arguments
        .iter()
        .filter_map(|word| word.parse().ok())
        .collect();
    let result = match *numbers {
        [number, width, height, rate, count] => {
            let priority = if arguments.iter().any(|word| word == "size") {
                Priority::Size
            } else {
                Priority::Rate
            };
            let wish = Wish {
                width: to_u32(width),
                height: to_u32(height),
                rate,
                priority,
            };
            let repeats = arguments
                .iter()
                .filter_map(|word| word.strip_prefix('x')?.parse().ok());
            let repeats: u32 = repeats.max().unwrap_or(1);
            let result =
                (0..repeats).try_for_each(|_| capture(to_u32(number), wish, to_u32(count)));
            let descriptors = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
            println!("{descriptors} descriptors open at the end");
            result
        }
        _ => list(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => {
            let source = std::error::Error::source(&err);
            println!("{err:?}: {err}: {source:?}");
            ExitCode::FAILURE
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates"
)]
fn to_u32(number: f64) -> u32 {
    number as u32
}

fn list() -> Result<(), CameraError> {
    for info in camera::list()? {
        println!(
            "{} {} [{}] {}",
            info.number,
            info.path.display(),
            info.name,
            info.bus
        );
        for mode in &info.modes {
            let camera::Mode {
                format,
                width,
                height,
                rate_max,
            } = mode;
            println!("    {format} {width}x{height} {rate_max:.2}");
        }
    }
    Ok(())
}

fn capture(number: u32, wish: Wish, count: u32) -> Result<(), CameraError> {
    let info = camera::list()?
        .into_iter()
        .find(|info| info.number == number);
    let info = info.ok_or_else(|| CameraError::NotFound(number.to_string()))?;
    let opened_at = Instant::now();
    let mut camera = Camera::open(&info, wish, &[])?;
    println!("opened {:?} in {:?}", camera.mode(), opened_at.elapsed());
    for kind in camera::ControlKind::ALL {
        if let Some(control) = camera.control(kind) {
            println!("{}: {control:?}", kind.name());
        }
    }
    let (mut pictures, mut bytes, mut empty_reads) = (0_u32, 0, 0);
    let mut first_at = None;
    while pictures < count && empty_reads < 20 {
        if let Some(picture) = camera.read(Duration::from_millis(200))? {
            if first_at.is_none() {
                println!("first picture after {:?}", opened_at.elapsed());
                println!("{picture:?} mean {:?}", mean(&picture));
                first_at = Some(picture.captured_at);
            }
            pictures += 1;
            bytes += picture.bytes.len();
            empty_reads = 0;
        } else {
            println!("none");
            empty_reads += 1;
        }
    }
    let seconds = first_at.map_or(0.0, |at| at.elapsed().as_secs_f64());
    let rate = f64::from(pictures.saturating_sub(1)) / seconds;
    println!("{pictures} pictures, {rate:.1} a second, {bytes} bytes");
    let closed_at = Instant::now();
    drop(camera);
    println!("closed in {:?}", closed_at.elapsed());
    Ok(())
}

/// The mean of every second byte, which is the brightness of YUYV, and of the others.
fn mean(picture: &RawPicture<'_>) -> (u64, u64) {
    let sum = |from: usize| {
        picture
            .bytes
            .iter()
            .skip(from)
            .step_by(2)
            .map(|b| u64::from(*b))
            .sum()
    };
    let (even, odd): (u64, u64) = (sum(0), sum(1));
    let half = (picture.bytes.len() as u64 / 2).max(1);
    (even / half, odd / half)
}
