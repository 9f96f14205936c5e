//! The chart: the picture's age on its way against the link's rate, ours and the naive pair's.

use crate::Outcome;
use std::fmt::Write as _;
const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 70.0;
const TOP: f64 = 40.0;
const AGE_MIN: f64 = 5.0;
const AGE_MAX: f64 = 30_000.0;
const RATE_MIN: f64 = 50.0;
const RATE_MAX: f64 = 12_000.0;

/// A curve: its name, its colour, and the outcomes that it is made of.
pub(crate) struct Curve<'a> {
    pub(crate) name: String,
    pub(crate) colour: &'a str,
    pub(crate) dashed: bool,
    pub(crate) outcomes: Vec<&'a Outcome>,
}

/// Draws the curves as SVG.
pub(crate) fn draw(curves: &[Curve<'_>]) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"{LEFT}\" y=\"22\" font-size=\"15\">Age of the picture on the receiving screen, \
         p95, beyond the one-way delay</text>\n"
    );
    for age in [10.0, 30.0, 100.0, 300.0, 1_000.0, 3_000.0, 10_000.0] {
        let y = y(age);
        let (right, label_x, label_y) = (WIDTH - 20.0, LEFT - 8.0, y + 4.0);
        write!(
            svg,
            "<line x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{right}\" y2=\"{y:.1}\" stroke=\"#ddd\"/>\
             <text x=\"{label_x}\" y=\"{label_y:.1}\" text-anchor=\"end\">{age} ms</text>"
        )
        .unwrap();
    }
    for (rate, name) in [
        (64.0, "64k"),
        (128.0, "128k"),
        (256.0, "256k"),
        (512.0, "512k"),
        (1_000.0, "1M"),
        (2_000.0, "2M"),
        (10_000.0, "10M"),
    ] {
        let (x, bottom) = (x(rate), HEIGHT - 50.0);
        write!(
            svg,
            "<line x1=\"{x:.1}\" y1=\"{TOP}\" x2=\"{x:.1}\" y2=\"{bottom}\" stroke=\"#eee\"/>\
             <text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{name}</text>",
            bottom + 18.0
        )
        .unwrap();
    }
    for (index, curve) in curves.iter().enumerate() {
        let points: Vec<String> = curve
            .outcomes
            .iter()
            .map(|one| format!("{:.1},{:.1}", x(one.kbit), y(one.age_p95)))
            .collect();
        let dash = if curve.dashed {
            " stroke-dasharray=\"6 4\""
        } else {
            ""
        };
        let (legend_x, legend_y) = (LEFT + 10.0 + 90.0 * index as f64, HEIGHT - 10.0);
        write!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"{dash}/>\
             <text x=\"{legend_x}\" y=\"{legend_y}\" fill=\"{}\">{}</text>",
            points.join(" "),
            curve.colour,
            curve.colour,
            curve.name
        )
        .unwrap();
    }
    svg + "</svg>\n"
}

fn x(kbit: f64) -> f64 {
    let part = (kbit / RATE_MIN).ln() / (RATE_MAX / RATE_MIN).ln();
    LEFT + part * (WIDTH - LEFT - 20.0)
}

fn y(age: f64) -> f64 {
    let part = (age.clamp(AGE_MIN, AGE_MAX) / AGE_MIN).ln() / (AGE_MAX / AGE_MIN).ln();
    HEIGHT - 50.0 - part * (HEIGHT - 50.0 - TOP)
}
