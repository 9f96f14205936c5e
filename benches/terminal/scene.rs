//! What is played: a clip cut to a window's shape, or a drawn head where there is no clip.

use crate::image::{CELL_HEIGHT, CELL_WIDTH, Image};
use std::{
    path::PathBuf,
    process::{Command, Stdio},
};
use ttychat::screen::CellSize;

/// Three seconds.
pub(crate) const FRAME_COUNT: usize = 96;
/// The clip's own shape is narrower than any window's.
const SHAPE: &str = "crop=iw:iw*";

/// What the camera adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weather {
    Clean,
    /// Fine noise, other in each frame.
    Noisy,
    /// Coarse noise, which survives making the picture smaller.
    Grainy,
}

impl Weather {
    pub(crate) const ALL: [Self; 3] = [Self::Clean, Self::Noisy, Self::Grainy];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Noisy => "noisy (noise=alls=8:allf=t)",
            Self::Grainy => "grainy (alls=10 at a quarter of the size)",
        }
    }

    fn filter(self, width: usize, height: usize) -> String {
        let scale = format!("scale={width}:{height}:flags=bicubic");
        match self {
            Self::Clean => scale,
            Self::Noisy => format!("{scale},noise=alls=8:allf=t"),
            Self::Grainy => format!(
                "{scale},scale={}:{}:flags=area,noise=alls=10:allf=t,{scale}",
                width / 4,
                height / 4
            ),
        }
    }
}

/// Frames of 4x8 pixels a cell.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) cells: CellSize,
    pub(crate) frames: Vec<Image>,
    /// The same without noise.
    pub(crate) clean: Vec<Image>,
    weather: Weather,
}

impl Scene {
    pub(crate) fn new(cells: CellSize, weather: Weather) -> Self {
        let clean = frames(cells, Weather::Clean);
        let frames = if weather == Weather::Clean {
            clean.clone()
        } else {
            frames(cells, weather)
        };
        Self {
            cells,
            frames,
            clean,
            weather,
        }
    }

    pub(crate) fn has_noise(&self) -> bool {
        self.weather != Weather::Clean
    }
}

/// Says what is played.
pub(crate) fn description() -> String {
    match clip() {
        Some(path) => format!("{}, {FRAME_COUNT} frames at 30 a second", path.display()),
        None => format!(
            "a drawn scene, {FRAME_COUNT} frames (there is no clip in TTYCHAT_CLIP, or no ffmpeg)"
        ),
    }
}

fn clip() -> Option<PathBuf> {
    let path = PathBuf::from(std::env::var_os("TTYCHAT_CLIP")?);
    let mut probe = Command::new("ffmpeg");
    probe
        .arg("-version")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let has_ffmpeg = probe.status().is_ok_and(|status| status.success());
    (has_ffmpeg && path.is_file()).then_some(path)
}

const fn pixels(cells: CellSize) -> (usize, usize) {
    (
        cells.columns as usize * CELL_WIDTH,
        cells.rows as usize * CELL_HEIGHT,
    )
}

fn frames(cells: CellSize, weather: Weather) -> Vec<Image> {
    let (width, height) = pixels(cells);
    let Some(clip) = clip() else {
        return (0..FRAME_COUNT)
            .map(|index| drawn(width, height, index, weather))
            .collect();
    };
    let filter = format!(
        "{SHAPE}{height}/{width},{},format=rgb24",
        weather.filter(width, height)
    );
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(clip)
        .args(["-frames:v", &FRAME_COUNT.to_string(), "-vf", &filter])
        .args(["-f", "rawvideo", "-"])
        .output()
        .expect("ffmpeg runs");
    let frames: Vec<Image> = output
        .stdout
        .chunks_exact(width * height * 3)
        .map(|rgb| Image {
            width,
            height,
            rgb: rgb.to_vec(),
        })
        .collect();
    assert_eq!(
        frames.len(),
        FRAME_COUNT,
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    frames
}

/// A head before a wall of faint texture: it nods, its eyes and mouth move.
fn drawn(width: usize, height: usize, index: usize, weather: Weather) -> Image {
    let time = index as f32 / 30.0;
    let mut image = Image::new(width, height);
    let mut state = index as u32 ^ 0x9e37_79b9;
    let (nod, turn) = ((time * 2.1).sin() * 0.03, (time * 1.3).sin() * 0.05);
    let mouth = 0.02 + 0.03 * (time * 9.0).sin().abs();
    for y in 0..height {
        for x in 0..width {
            let (u, v) = (
                (x as f32 - width as f32 / 2.0) / height as f32 - turn,
                y as f32 / height as f32 - 0.45 - nod,
            );
            let wall = 0.45 + 0.2 * v + 0.03 * ((u - turn) * 40.0).sin() * (v * 33.0).cos();
            let mut color = [wall, wall * 0.95, wall * 0.8];
            let inside = |across: f32, down: f32, at: (f32, f32)| {
                ((u - at.0) / across).powi(2) + ((v - at.1) / down).powi(2) < 1.0
            };
            if inside(0.45, 0.3, (turn, 0.6)) {
                color = [0.15, 0.2, 0.35 + 0.1 * v];
            }
            if inside(0.22, 0.3, (0.0, 0.0)) {
                let light = 0.75 - 0.5 * u - 0.2 * v;
                color = [light, light * 0.75, light * 0.6];
            }
            if inside(0.23, 0.15, (0.0, -0.22)) {
                color = [0.2, 0.13, 0.1];
            }
            if inside(0.035, 0.018, (-0.08, -0.03)) || inside(0.035, 0.018, (0.08, -0.03)) {
                color = [0.1, 0.1, 0.12];
            }
            if inside(0.07, mouth, (0.0, 0.15)) {
                color = [0.45, 0.15, 0.15];
            }
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let spread = if weather == Weather::Clean { 0.0 } else { 9.0 };
            let noise = ((state >> 16) as f32 / 32768.0 - 1.0) * spread;
            image.set(
                x,
                y,
                color.map(|part| (part * 255.0 + noise).clamp(0.0, 255.0) as u8),
            );
        }
    }
    image
}
