//! Who talks over the link: two programs of ours, or the naive pair that sends each picture whole.

use crate::{
    clip, relay,
    screen::{COLUMNS, ROWS, Screen},
};
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::{Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant, SystemTime},
};
use ttychat::media::{
    Picture, PixelSize, barcode,
    jpeg::{Compressor, Decompressor, Limits},
    scale::Scaler,
};

/// Oldest picture that is believed to be one, in milliseconds.
const AGE_MS_MAX: u32 = 60_000;

/// One picture on the receiving screen: when it was seen after the start, and its age.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) at: Duration,
    pub(crate) age_ms: f64,
}

fn unix_ms() -> u32 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    (since.unwrap().as_millis() % (1 << 32)) as u32
}

/// Runs a call for `time` over `shape`: a sender without a screen and a receiver in a terminal.
pub(crate) fn call(
    program: &str,
    shape: &Arc<relay::Shape>,
    time: Duration,
    during: impl Fn(Duration),
) -> Vec<Seen> {
    let home = tempfile::tempdir().unwrap();
    let port = free_port();
    let listener = Command::new(program)
        .args(listening(port))
        .arg("--headless")
        .args(filming())
        .env("HOME", home.path())
        .env_remove("XDG_CONFIG_HOME")
        .stdin(Stdio::null())
        .stdout(stats_file("listener"))
        .stderr(Stdio::null())
        .spawn();
    let mut listener = listener.unwrap();
    wait_for(port);
    let near_port = relay::spawn(port, shape);
    let (mut caller, screen) = in_terminal(program, &home, &connecting(near_port));
    let began_at = Instant::now();
    let watcher = thread::spawn(move || watch(screen, began_at));
    while began_at.elapsed() < time {
        during(began_at.elapsed());
        thread::sleep(Duration::from_millis(20));
    }
    drop(caller.kill());
    drop(listener.kill());
    drop(listener.wait());
    drop(caller.wait());
    watcher.join().unwrap()
}

/// The flags of the end that is called.
pub(crate) fn listening(port: u16) -> Vec<String> {
    let address = format!("127.0.0.1:{port}");
    ["--listen", &address, "--accept", "all"]
        .map(str::to_owned)
        .into()
}

/// The flags of the end that calls.
pub(crate) fn connecting(port: u16) -> Vec<String> {
    vec!["--connect".to_owned(), format!("127.0.0.1:{port}")]
}

/// What both ends film.
fn filming() -> Vec<String> {
    let source = clip::path().unwrap_or_else(|| "test".to_owned());
    ["--fps", "30", "--barcode", "--source", &source]
        .map(str::to_owned)
        .into()
}

/// Starts an end in a terminal of its own.
pub(crate) fn in_terminal(
    program: &str,
    home: &tempfile::TempDir,
    arguments: &[String],
) -> (Box<dyn portable_pty::Child + Send + Sync>, Screen) {
    let size = PtySize {
        rows: ROWS.get(),
        cols: COLUMNS.get(),
        pixel_width: 0,
        pixel_height: 0,
    };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new(program);
    command.args(arguments);
    command.args(filming());
    for (name, value) in [("TERM", "xterm-256color"), ("COLORTERM", "truecolor")] {
        command.env(name, value);
    }
    command.env("HOME", home.path());
    let child = pair.slave.spawn_command(command).unwrap();
    let output = pair.master.try_clone_reader().unwrap();
    let input = pair.master.take_writer().unwrap();
    (child, Screen::new(output, input))
}
/// Where the figures of an end go: `TTYCHAT_BENCH_STATS`, a folder, when it is set.
fn stats_file(name: &str) -> Stdio {
    match std::env::var("TTYCHAT_BENCH_STATS") {
        Ok(folder) => std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(format!("{folder}/{name}.json"))
            .unwrap()
            .into(),
        Err(_) => Stdio::null(),
    }
}

pub(crate) fn free_port() -> u16 {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap().port()
}

pub(crate) fn wait_for(port: u16) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < deadline, "nobody listens");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The pictures on a screen, as long as its program runs.
fn watch(mut screen: Screen, began_at: Instant) -> Vec<Seen> {
    let mut seen = Vec::new();
    let mut last = None;
    while screen.draw() {
        let Some(stamp) = barcode_on(screen.cells(), unix_ms()) else {
            continue;
        };
        if last != Some(stamp) {
            last = Some(stamp);
            let age_ms = f64::from(unix_ms().wrapping_sub(stamp).cast_signed());
            seen.push(Seen {
                at: began_at.elapsed(),
                age_ms,
            });
        }
    }
    seen
}

/// The barcode of a centred picture on the screen.
fn barcode_on(screen: &vt100::Screen, now: u32) -> Option<u32> {
    // Rows of the bar that no border of the picture touches.
    for row in [2, 1, 3] {
        for margin in 0..12_u16 {
            let columns = COLUMNS.get();
            let width = columns - 2 * margin;
            let mut rgb = Vec::with_capacity(usize::from(width) * 3);
            for column in margin..columns - margin {
                rgb.extend(screen.cell(row, column).map_or([0; 3], upper_half));
            }
            let line = Picture::from_rgb(PixelSize::new(width.into(), 1), rgb);
            let stamp = line.as_ref().and_then(barcode::read);
            // With so many places to look at, now and then a check byte is right by chance.
            let is_believed = |stamp: &u32| now.wrapping_sub(*stamp) < AGE_MS_MAX;
            if let Some(stamp) = stamp.filter(is_believed) {
                return Some(stamp);
            }
        }
    }
    None
}

fn upper_half(cell: &vt100::Cell) -> [u8; 3] {
    let colour = match cell.contents() {
        "▄" | " " | "" => cell.bgcolor(),
        _ => cell.fgcolor(),
    };
    match colour {
        vt100::Color::Rgb(r, g, b) => [r, g, b],
        _ => [0; 3],
    }
}

/// The same with what many scripts do: every picture whole, one after the other, with `write_all`.
pub(crate) fn naive(
    shape: &Arc<relay::Shape>,
    time: Duration,
    during: impl Fn(Duration),
) -> Vec<Seen> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near_port = relay::spawn(listener.local_addr().unwrap().port(), shape);
    let began_at = Instant::now();
    let sender = thread::spawn(move || {
        let stream = TcpStream::connect(("127.0.0.1", near_port)).unwrap();
        drop(send_all(stream, began_at, time));
    });
    let (mut stream, _) = listener.accept().unwrap();
    stream
        .set_read_timeout(Some(Duration::from_millis(50)))
        .unwrap();
    let mut seen = Vec::new();
    let mut incoming = Vec::new();
    let mut bytes = vec![0; 64 << 10];
    while began_at.elapsed() < time {
        during(began_at.elapsed());
        if let Ok(len) = stream.read(&mut bytes) {
            incoming.extend(&bytes[..len]);
        }
        while let Some(jpeg) = take_picture(&mut incoming) {
            if let Some(stamp) = barcode_in(&jpeg) {
                let age_ms = f64::from(unix_ms().wrapping_sub(stamp).cast_signed());
                seen.push(Seen {
                    at: began_at.elapsed(),
                    age_ms,
                });
            }
        }
    }
    drop(stream);
    drop(sender.join());
    seen
}

fn send_all(mut stream: TcpStream, began_at: Instant, time: Duration) -> std::io::Result<()> {
    let mut clip = clip::Frames::open();
    let (mut scaler, mut small) = (Scaler::default(), Picture::default());
    let mut next_at = began_at;
    for index in 0.. {
        thread::sleep(next_at.saturating_duration_since(Instant::now()));
        next_at += Duration::from_micros(33_333);
        if began_at.elapsed() > time {
            break;
        }
        let stamp = unix_ms();
        scaler.scale(clip.picture(index), PixelSize::new(160, 90), &mut small);
        barcode::draw(&mut small, stamp);
        let mut jpeg = Vec::new();
        Compressor::default()
            .compress(&small, 75, &mut jpeg)
            .unwrap();
        stream.write_all(&(jpeg.len() as u32).to_be_bytes())?;
        stream.write_all(&jpeg)?;
    }
    Ok(())
}

fn take_picture(incoming: &mut Vec<u8>) -> Option<Vec<u8>> {
    let len = u32::from_be_bytes(incoming.get(..4)?.try_into().unwrap()) as usize;
    incoming.get(..4 + len)?;
    Some(incoming.drain(..4 + len).skip(4).collect())
}

fn barcode_in(jpeg: &[u8]) -> Option<u32> {
    let limits = Limits {
        len_max: 1 << 20,
        size_max: PixelSize::new(1024, 1024),
    };
    let mut picture = Picture::default();
    Decompressor::default()
        .decompress(jpeg, limits, None, &mut picture)
        .ok()?;
    barcode::read(&picture)
}
