//! Pictures to show, a painted face or a PPM, and what else is made up.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "made-up pictures, not the program's"
)]

use anyhow::{Context, Result};
use ttychat::{
    media::{Picture, PixelSize},
    ui::{
        ControlPanel,
        control::{Choice, Control, ControlRange, ControlState, ControlUnit},
    },
};

/// A face before an evening window, in soft light; `who` picks its colours.
pub(crate) fn paint(size: PixelSize, who: usize, photo: Option<&Picture>) -> Picture {
    let mut picture = Picture::new(size);
    let (width, height) = (size.width as usize, size.height as usize);
    for (index, pixel) in picture.rgb_mut().chunks_exact_mut(3).enumerate() {
        let (x, y) = (index % width.max(1), index / width.max(1));
        if let Some(photo) = photo {
            let from = photo.size();
            let column = x * from.width as usize / width.max(1);
            let row = y * from.height as usize / height.max(1);
            let at = (row * from.width as usize + column) * 3;
            pixel.copy_from_slice(&photo.rgb()[at..at + 3]);
            continue;
        }
        let across = (x as f32 + 0.5 - width as f32 / 2.0) / height as f32;
        let down = (y as f32 + 0.5) / height as f32;
        pixel.copy_from_slice(&face(across, down, who).map(|light| (light * 255.0) as u8));
    }
    picture
}

/// The colour at a place; `across` is 0 in the middle, `down` 0–1, both in picture heights.
fn face(across: f32, down: f32, who: usize) -> [f32; 3] {
    let hues: [[[f32; 3]; 4]; 2] = [
        [
            [0.20, 0.30, 0.42],
            [0.85, 0.62, 0.48],
            [0.24, 0.14, 0.10],
            [0.16, 0.42, 0.46],
        ],
        [
            [0.38, 0.30, 0.24],
            [0.70, 0.48, 0.36],
            [0.10, 0.09, 0.10],
            [0.55, 0.24, 0.22],
        ],
    ];
    let [wall, skin, hair, cloth] = hues[who % 2];
    let inside = |x: f32, y: f32, rx: f32, ry: f32| {
        let distance = ((across - x) / rx).powi(2) + ((down - y) / ry).powi(2);
        ((1.0 - distance) * 12.0).clamp(0.0, 1.0)
    };
    let over = |under: [f32; 3], paint: [f32; 3], cover: f32| -> [f32; 3] {
        std::array::from_fn(|i| under[i] + (paint[i] - under[i]) * cover)
    };
    let lamp = (-((across - 0.62).powi(2) + (down - 0.25).powi(2)) * 9.0).exp();
    let mut color = wall.map(|light| light * (1.1 - down * 0.5));
    let shelf = f32::from(u8::from(
        across < -0.35 && ((down * 7.0) as u8).is_multiple_of(2),
    ));
    color = over(color, [0.32, 0.24, 0.20], shelf * 0.6);
    color = over(color, [1.0, 0.86, 0.60], lamp);
    color = over(color, cloth, inside(0.0, 1.12, 0.46, 0.36));
    color = over(
        color,
        skin.map(|light| light * 0.82),
        inside(0.0, 0.72, 0.10, 0.16),
    );
    color = over(color, hair, inside(0.0, 0.40, 0.235, 0.30));
    color = over(color, skin, inside(0.0, 0.46, 0.18, 0.25));
    color = over(color, hair, inside(0.0, 0.235, 0.20, 0.085));
    for side in [-0.075, 0.075] {
        color = over(color, [0.95, 0.95, 0.95], inside(side, 0.43, 0.034, 0.021));
        color = over(color, [0.12, 0.10, 0.10], inside(side, 0.43, 0.016, 0.019));
        color = over(color, hair, inside(side, 0.375, 0.045, 0.012));
    }
    color = over(
        color,
        skin.map(|light| light * 0.80),
        inside(0.0, 0.51, 0.022, 0.04),
    );
    color = over(color, [0.66, 0.26, 0.26], inside(0.0, 0.59, 0.07, 0.02));
    // Light from the lamp's side, so that the face has a form.
    let shade = 0.88 + across * 0.35;
    color.map(|light| (light * shade.clamp(0.6, 1.15)).clamp(0.0, 1.0))
}

pub(crate) fn read_ppm(path: &str) -> Result<Picture> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {path}"))?;
    let mut fields = bytes.splitn(4, u8::is_ascii_whitespace);
    let mut number = || -> Result<u32> {
        Ok(std::str::from_utf8(fields.next().context("short")?)?
            .parse::<u32>()
            .unwrap_or(6))
    };
    let (_magic, width, height) = (number()?, number()?, number()?);
    let size = PixelSize::new(width, height);
    let start = bytes
        .len()
        .saturating_sub(width as usize * height as usize * 3);
    Picture::from_rgb(size, bytes[start..].to_vec()).context("not a binary PPM")
}

/// The panel of a webcam.
pub(crate) fn panel(controls: &[Control]) -> ControlPanel<'_> {
    ControlPanel {
        camera: "HD Webcam",
        controls,
        chosen: 1,
        reason: "",
    }
}

/// What a webcam lets one set.
pub(crate) fn controls() -> Vec<Control> {
    let number = |name, (min, max), unit, value, default| Control {
        name,
        range: ControlRange::Number { min, max, step: 1 },
        unit,
        value,
        default,
        state: ControlState::Settable,
    };
    let choices = |name, names: &[&str], value| Control {
        range: ControlRange::Choices(
            (0..)
                .zip(names)
                .map(|(value, name)| Choice {
                    value,
                    name: (*name).to_owned(),
                })
                .collect(),
        ),
        ..number(name, (0, 9), ControlUnit::None, value, 0)
    };
    let (none, off_on) = (ControlUnit::None, ["off", "on"]);
    vec![
        number("brightness", (0, 255), none, 128, 128),
        number("contrast", (0, 255), none, 166, 128),
        number("saturation", (0, 255), none, 128, 128),
        choices("auto exposure", &off_on, 1),
        Control {
            state: ControlState::Automatic("auto exposure"),
            ..number(
                "exposure time",
                (3, 2047),
                ControlUnit::TenthMillisecond,
                156,
                156,
            )
        },
        choices("auto white", &off_on, 0),
        number(
            "white balance",
            (2000, 6500),
            ControlUnit::Kelvin,
            4600,
            4000,
        ),
        choices("power line", &["off", "50 Hz", "60 Hz"], 1),
    ]
}
