//! Other players, each with its own scaling, from the same frames without a codec.

use crate::{
    compare,
    decode::Decoder,
    image::Image,
    scene::{FRAME_COUNT, Scene},
    score::Scores,
};
use ratatui::{Terminal, TerminalOptions, Viewport, layout::Rect, style::Color};
use ratatui_crossterm::CrosstermBackend;
use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};
use ttychat::screen::CellSize;

/// How a player is run and what it writes is cut into frames.
pub(crate) struct Player {
    pub(crate) name: &'static str,
    program: &'static str,
    arguments: &'static [&'static str],
    way: Way,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// A run for each frame, which is a PNG; time includes the program's start.
    Stills,
    /// timg, which goes up as many rows before each frame.
    Timg,
    /// mpv, which goes to the first row.
    Mpv,
}

/// In the arguments, `S` stands for columns and rows, `N` for how many frames.
pub(crate) const ALL: [Player; 9] = [
    timg("timg -ph", &["-ph", "-gS", "--frames=N", "--loops=1"]),
    timg("timg -pq", &["-pq", "-gS", "--frames=N", "--loops=1"]),
    timg(
        "timg -ph --color8",
        &["-ph", "-gS", "--frames=N", "--loops=1", "--color8"],
    ),
    mpv("mpv tct", &[]),
    mpv("mpv tct 256", &["--vo-tct-256=yes"]),
    chafa("chafa vhalf", &["--symbols", "vhalf", "-c", "full"]),
    chafa(
        "chafa quad",
        &["--symbols", "space+solid+half+quad", "-c", "full"],
    ),
    chafa(
        "chafa sextant",
        &["--symbols", "space+solid+half+quad+sextant", "-c", "full"],
    ),
    chafa("chafa vhalf 256", &["--symbols", "vhalf", "-c", "256"]),
];

const fn timg(name: &'static str, arguments: &'static [&'static str]) -> Player {
    Player {
        name,
        program: "timg",
        arguments,
        way: Way::Timg,
    }
}

const fn mpv(name: &'static str, arguments: &'static [&'static str]) -> Player {
    Player {
        name,
        program: "mpv",
        arguments,
        way: Way::Mpv,
    }
}

const fn chafa(name: &'static str, arguments: &'static [&'static str]) -> Player {
    Player {
        name,
        program: "chafa",
        arguments,
        way: Way::Stills,
    }
}

/// Frames of a player that is started once a frame; it does not look at the one before anyhow.
const STILL_COUNT: usize = 12;

impl Player {
    /// Runs it over the scene.
    ///
    /// # Errors
    ///
    /// Why it is left out: it is not installed, or not all frames came.
    pub(crate) fn measure(&self, scene: &Scene) -> Result<Scores, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let (frames, time) = match self.way {
            Way::Stills => self.stills(scene, folder.path())?,
            Way::Timg | Way::Mpv => self.video(scene, folder.path())?,
        };
        // mpv counts rows from 0 where terminals count from 1.
        let raised = u16::from(self.way == Way::Mpv);
        let mut decoder = Decoder::with_margin(scene.cells, 2, raised);
        let mut scores = Scores::new(false);
        let stride = if self.way == Way::Stills {
            FRAME_COUNT / STILL_COUNT
        } else {
            1
        };
        for (index, bytes) in frames.iter().enumerate() {
            if self.way == Way::Stills {
                decoder.take(b"\x1b[H");
            }
            decoder.take(bytes);
            scores.add_frame(bytes, None);
            if (index * stride) % crate::STRIDE == 0 {
                scores.add(compare(scene, index * stride, &decoder.image()));
            }
        }
        scores.set_time(time);
        Ok(scores)
    }

    fn command(&self, cells: CellSize, count: usize) -> Command {
        let (columns, rows) = (cells.columns.to_string(), cells.rows.to_string());
        let mut command = Command::new(self.program);
        for argument in self.arguments {
            let size = format!("{columns}x{rows}");
            let count = count.to_string();
            command.arg(match *argument {
                "-gS" => format!("-g{size}"),
                "--frames=N" => format!("--frames={count}"),
                other => other.to_owned(),
            });
        }
        match self.way {
            Way::Stills => command.args(["-s", &format!("{columns}x{rows}"), "-f", "symbols"]),
            Way::Timg => &mut command,
            Way::Mpv => command
                .args(["--no-config", "--really-quiet", "--vo=tct", "--no-audio"])
                .args(["--vo-tct-algo=half-blocks", "--untimed", "--no-keepaspect"])
                .arg(format!("--vo-tct-width={columns}"))
                .arg(format!("--vo-tct-height={rows}")),
        };
        command.stdin(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn stills(&self, scene: &Scene, folder: &Path) -> Result<(Vec<Vec<u8>>, Duration), String> {
        let mut frames = Vec::new();
        let start = children_time();
        for index in (0..FRAME_COUNT).step_by(FRAME_COUNT / STILL_COUNT) {
            let path = folder.join(format!("{index}.png"));
            scene.frames[index].write(&path);
            let bytes = output(self.command(scene.cells, 1).arg(path))?;
            frames.push(with_returns(&bytes));
        }
        let time = children_time().saturating_sub(start);
        Ok((frames, time / STILL_COUNT as u32))
    }

    /// The time is what a run over all frames takes more than a run over a quarter of them.
    fn video(&self, scene: &Scene, folder: &Path) -> Result<(Vec<Vec<u8>>, Duration), String> {
        let times_and_bytes = [FRAME_COUNT / 4, FRAME_COUNT].map(|count| {
            let path = folder.join(format!("{count}.nut"));
            write_video(&scene.frames[..count], &path)?;
            let start = children_time();
            let bytes = output(self.command(scene.cells, count).arg(path))?;
            Ok::<_, String>((children_time().saturating_sub(start), bytes))
        });
        let [few, all] = times_and_bytes;
        let ((few_time, _), (all_time, bytes)) = (few?, all?);
        let time = all_time.saturating_sub(few_time) / (FRAME_COUNT - FRAME_COUNT / 4) as u32;
        let frames = match self.way {
            Way::Timg => split_before(&bytes, format!("\x1b[{}A", scene.cells.rows).as_bytes()),
            // At its end it shows the cursor and clears.
            _ => split_before(before_last(&bytes, b"\x1b[?25h"), b"\x1b[0;0f"),
        };
        if frames.len() != FRAME_COUNT {
            return Err(format!("{} of {FRAME_COUNT} frames came", frames.len()));
        }
        Ok((
            frames.iter().map(|frame| with_returns(frame)).collect(),
            time,
        ))
    }
}

fn output(command: &mut Command) -> Result<Vec<u8>, String> {
    let output = command.output().map_err(|error| error.to_string())?;
    if output.stdout.is_empty() {
        return Err("it wrote nothing".to_owned());
    }
    Ok(output.stdout)
}

/// Raw video, so that nothing is lost and nothing is to be decoded.
fn write_video(frames: &[Image], path: &Path) -> Result<(), String> {
    let size = format!("{}x{}", frames[0].width, frames[0].height);
    let mut ffmpeg = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24"])
        .args(["-r", "30", "-s", &size, "-i", "-", "-c:v", "rawvideo"])
        .arg(path)
        .stdin(Stdio::piped())
        .spawn()
        .map_err(|error| format!("ffmpeg: {error}"))?;
    let mut input = ffmpeg.stdin.take().expect("a pipe");
    for frame in frames {
        input
            .write_all(&frame.rgb)
            .map_err(|error| error.to_string())?;
    }
    drop(input);
    let status = ffmpeg.wait().map_err(|error| error.to_string())?;
    status
        .success()
        .then_some(())
        .ok_or_else(|| "ffmpeg failed".to_owned())
}

/// As a terminal's line discipline does it.
fn with_returns(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 100);
    for byte in bytes {
        if *byte == b'\n' {
            out.push(b'\r');
        }
        out.push(*byte);
    }
    out
}

/// All before the last `mark`, or all.
fn before_last<'a>(bytes: &'a [u8], mark: &[u8]) -> &'a [u8] {
    let at = bytes.windows(mark.len()).rposition(|window| window == mark);
    &bytes[..at.unwrap_or(bytes.len())]
}

/// Pieces that begin with `mark`, but for the first, which has what comes before as well.
fn split_before<'a>(bytes: &'a [u8], mark: &[u8]) -> Vec<&'a [u8]> {
    let starts: Vec<usize> = bytes
        .windows(mark.len())
        .enumerate()
        .filter_map(|(at, window)| (window == mark).then_some(at))
        .collect();
    let mut pieces = Vec::new();
    let mut last = 0;
    for (index, start) in starts.iter().enumerate() {
        // timg goes up before all frames but the first, mpv goes home before each.
        let is_first_mark_of_first_frame = index == 0 && *start < 64;
        if !is_first_mark_of_first_frame {
            pieces.push(&bytes[last..*start]);
            last = *start;
        }
    }
    pieces.push(&bytes[last..]);
    pieces
}

/// Processor time of all processes that were waited for, in steps of a hundredth of a second.
fn children_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |index| {
        let field = after_name.split_ascii_whitespace().nth(index);
        field
            .and_then(|field| field.parse::<u64>().ok())
            .unwrap_or(0)
    };
    Duration::from_millis((ticks(13) + ticks(14)) * 10)
}

/// ratatui as it comes: a half block in each cell, its own backend.
pub(crate) fn stock(scene: &Scene) -> Scores {
    let cells = scene.cells;
    let (columns, rows) = (usize::from(cells.columns), usize::from(cells.rows));
    let options = TerminalOptions {
        viewport: Viewport::Fixed(Rect::new(0, 0, cells.columns, cells.rows)),
    };
    let backend = CrosstermBackend::new(Vec::<u8>::new());
    let mut terminal = Terminal::with_options(backend, options).expect("memory takes all");
    let mut decoder = Decoder::new(cells);
    let mut scores = Scores::new(false);
    for (index, frame) in scene.frames.iter().enumerate() {
        let halves = frame.averaged(columns, rows * 2);
        let start = crate::ours::thread_time();
        let paint = |frame: &mut ratatui::Frame<'_>| {
            for (index, cell) in frame.buffer_mut().content.iter_mut().enumerate() {
                let (x, y) = (index % columns, index / columns * 2);
                let color = |y| {
                    let [red, green, blue] = halves.pixel(x, y);
                    Color::Rgb(red, green, blue)
                };
                cell.set_symbol("▀").set_fg(color(y)).set_bg(color(y + 1));
            }
        };
        terminal.draw(paint).expect("memory takes all");
        let time = crate::ours::thread_time().saturating_sub(start);
        let bytes = std::mem::take(terminal.backend_mut().writer_mut());
        decoder.take(&bytes);
        scores.add_frame(&bytes, Some(time));
        if index % crate::STRIDE == crate::STRIDE - 1 {
            scores.add(compare(scene, index, &decoder.image()));
        }
    }
    scores
}
