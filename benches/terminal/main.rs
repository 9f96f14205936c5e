//! What pictures cost as text, and what arrives: bytes, closeness to the source, time; ours beside
//! other players that are installed. `make bench-terminal`.
//!
//! Arguments choose tables by a part of their name; `--png FOLDER` keeps what the terminal shows.
//! The source is a talking head: the clip that `TTYCHAT_CLIP` names, read by ffmpeg, or else a
//! drawn scene. What is written is read by a terminal core that is not ours (`vt100`).
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark"
)]

#[cfg(unix)]
mod decode;
#[cfg(unix)]
mod image;
#[cfg(unix)]
mod ours;
#[cfg(unix)]
mod players;
#[cfg(unix)]
mod scene;
#[cfg(unix)]
mod score;

#[cfg(unix)]
use decode::Decoder;
#[cfg(unix)]
use image::Image;
#[cfg(unix)]
use ours::{Encoder, Settings};
#[cfg(unix)]
use scene::{Scene, Weather};
#[cfg(unix)]
use score::{Score, Scores};
#[cfg(unix)]
use std::path::PathBuf;
#[cfg(unix)]
use ttychat::screen::CellSize;

#[cfg(unix)]
const SMALL: CellSize = CellSize {
    columns: 80,
    rows: 24,
};
#[cfg(unix)]
const USUAL: CellSize = CellSize {
    columns: 160,
    rows: 45,
};
#[cfg(unix)]
const LARGE: CellSize = CellSize {
    columns: 240,
    rows: 67,
};
#[cfg(unix)]
const SIZES: [CellSize; 3] = [SMALL, USUAL, LARGE];
#[cfg(unix)]
const LAMBDAS: [u32; 9] = [1, 2, 4, 5, 8, 16, 24, 32, 64];
/// Every so many frames what is shown is compared with the source.
#[cfg(unix)]
const STRIDE: usize = 4;

#[cfg(unix)]
struct Arguments {
    filters: Vec<String>,
    folder: Option<PathBuf>,
}

#[cfg(unix)]
impl Arguments {
    fn parse() -> Self {
        let (mut filters, mut folder) = (Vec::new(), None);
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--bench" => {}
                "--png" => folder = arguments.next().map(PathBuf::from),
                _ => filters.push(argument),
            }
        }
        Self { filters, folder }
    }

    fn wants(&self, table: &str) -> bool {
        self.filters.is_empty() || self.filters.iter().any(|filter| table.contains(filter))
    }
}

#[cfg(unix)]
fn main() {
    let arguments = Arguments::parse();
    println!("source: {}", scene::description());
    if arguments.wants("lambda") {
        for cells in SIZES {
            for weather in Weather::ALL {
                print_lambdas(cells, weather);
            }
        }
    }
    if arguments.wants("glyphs") {
        print_glyphs(USUAL);
    }
    if arguments.wants("players") {
        for cells in SIZES {
            print_players(cells);
        }
    }
    if let Some(folder) = &arguments.folder {
        std::fs::create_dir_all(folder).expect("a folder");
        for (name, settings) in ours::pictures() {
            let path = folder.join(format!("{name}.png"));
            let shown = ours::last_shown(&Scene::new(USUAL, Weather::Clean), settings);
            shown.write(&path);
            println!("{}", path.display());
        }
    }
}

#[cfg(unix)]
fn print_lambdas(cells: CellSize, weather: Weather) {
    let scene = Scene::new(cells, weather);
    println!(
        "\nlambda, {}x{}, {}",
        cells.columns,
        cells.rows,
        weather.name()
    );
    println!("{}", Scores::head(scene.has_noise()));
    for lambda in LAMBDAS {
        for is_slow in [false, true] {
            let settings = Settings {
                is_slow,
                ..Settings::of_lambda(lambda)
            };
            let way = if is_slow { "thorough" } else { "quick" };
            let scores = measure(&scene, settings);
            println!("{}", scores.line(&format!("λ {lambda} {way}")));
        }
    }
}

#[cfg(unix)]
fn print_glyphs(cells: CellSize) {
    let scene = Scene::new(cells, Weather::Clean);
    println!("\nglyphs, {}x{}, clean", cells.columns, cells.rows);
    println!("{}", Scores::head(false));
    for (name, glyphs) in ours::SETS {
        for lambda in [2, 4, 8, 16] {
            let settings = Settings {
                glyphs,
                ..Settings::of_lambda(lambda)
            };
            let scores = measure(&scene, settings);
            println!("{}", scores.line(&format!("{name} λ {lambda}")));
        }
    }
}

#[cfg(unix)]
fn print_players(cells: CellSize) {
    let scene = Scene::new(cells, Weather::Clean);
    println!("\nplayers, {}x{}, clean", cells.columns, cells.rows);
    println!("{}", Scores::head(false));
    println!("{}", players::stock(&scene).line("ratatui, stock backend"));
    for player in players::ALL {
        match player.measure(&scene) {
            Ok(scores) => println!("{}", scores.line(player.name)),
            Err(why) => println!("| {:<26} | left out: {why} |", player.name),
        }
    }
    for lambda in [1, 4, 16] {
        for is_slow in [false, true] {
            let settings = Settings {
                is_slow,
                ..Settings::of_lambda(lambda)
            };
            let way = if is_slow { "thorough" } else { "quick" };
            let scores = measure(&scene, settings);
            println!("{}", scores.line(&format!("ttychat λ {lambda} {way}")));
        }
    }
}

/// Our encoder over the whole scene.
#[cfg(unix)]
fn measure(scene: &Scene, settings: Settings) -> Scores {
    let mut scores = Scores::new(scene.has_noise());
    let mut encoder = Encoder::new(scene.cells, settings);
    let mut decoder = Decoder::new(scene.cells);
    for (index, frame) in scene.frames.iter().enumerate() {
        let (bytes, time) = encoder.encode(frame);
        decoder.take(bytes);
        scores.add_frame(bytes, Some(time));
        if index % STRIDE == STRIDE - 1 {
            scores.add(compare(scene, index, &decoder.image()));
        }
    }
    scores
}

/// What is shown against the source, and against the source without noise.
#[cfg(unix)]
fn compare(scene: &Scene, index: usize, shown: &Image) -> Score {
    Score::of(
        shown,
        &scene.frames[index],
        &scene.clean[index],
        scene.cells,
    )
}

#[cfg(not(unix))]
fn main() {
    println!("left out: the clocks that it reads are those of Unix");
}
