//! A control of a camera as a person changes it: its value in words, and which one comes next.
//!
//! It does not know cameras. Invariant: whatever the numbers, the next value is one of the range,
//! and nothing overflows.

/// A control that the camera has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    /// What it is called; no two of a camera have the same name.
    pub name: &'static str,
    /// What it can be set to.
    pub range: ControlRange,
    /// In what it is counted.
    pub unit: ControlUnit,
    /// What it is set to.
    pub value: i32,
    /// What the driver would set it to.
    pub default: i32,
    /// Whether it can be set now.
    pub state: ControlState,
}

/// What a control can be set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ControlRange {
    /// One of these.
    Choices(Vec<Choice>),
    /// `min`, `min + step`, … up to `max`.
    Number {
        /// Smallest.
        min: i32,
        /// Largest.
        max: i32,
        /// From one to the next.
        step: i32,
    },
}

/// One of a few values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The camera's number of it.
    pub value: i32,
    /// In a word or two.
    pub name: String,
}

/// In what a control is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ControlUnit {
    /// A colour's temperature.
    Kelvin,
    /// In the camera's own steps.
    #[default]
    None,
    /// Tenths of a millisecond; a step is half of a photographer's.
    TenthMillisecond,
}

/// Whether a control can be set now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ControlState {
    /// Another control with this name chooses its value.
    Automatic(&'static str),
    /// Its value is of no effect now.
    Inactive,
    /// It is only to be looked at.
    ReadOnly,
    /// It can be set.
    #[default]
    Settable,
}

/// Which way a value is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// To more, or to the next choice.
    Raise,
    /// To less, or to the choice before.
    Lower,
}

/// Into how many steps a range is cut. So many presses lead from one end to the other.
const STEP_COUNT: i64 = 20;

/// Half of the double: a photographer's half stop.
const HALF_STOP: f64 = std::f64::consts::SQRT_2;

impl Control {
    /// The value that comes next; the same at the end of the range. Choices go round.
    pub fn next(&self, change: Change) -> i32 {
        match &self.range {
            ControlRange::Choices(choices) => next_choice(choices, self.value, change),
            ControlRange::Number { min, max, step } => {
                let (min, max) = (i64::from(*min), i64::from(*max.max(min)));
                let step = i64::from(*step).max(1);
                let value = i64::from(self.value).clamp(min, max);
                let far = match self.unit {
                    ControlUnit::TenthMillisecond => half_stop(value, step, change),
                    _ => (max - min) / STEP_COUNT / step * step,
                };
                let far = far.max(step);
                // What the driver gave by itself may lie between two steps.
                let next = match change {
                    Change::Raise => {
                        let raised = (value + far).min(max) - min;
                        (min + raised / step * step).max(value)
                    }
                    Change::Lower => {
                        let lowered = (value - far).max(min) - min;
                        min + (lowered + step - 1) / step * step
                    }
                };
                i32::try_from(next).unwrap_or(self.value)
            }
        }
    }

    /// Where in its range the value lies, 0–1; `None` for choices.
    pub(super) fn share(&self) -> Option<f64> {
        let ControlRange::Number { min, max, .. } = self.range else {
            return None;
        };
        // As the steps go, so that the bar grows alike with each.
        let place = |value: i32| match self.unit {
            ControlUnit::TenthMillisecond => f64::from(value.max(1)).log2(),
            _ => f64::from(value),
        };
        let share = (place(self.value) - place(min)) / (place(max) - place(min));
        share.is_finite().then(|| share.clamp(0.0, 1.0))
    }

    /// The value in a few characters: `128`, `4600 K`, `15.6 ms`, `50 Hz`.
    pub(super) fn value_text(&self) -> String {
        if let ControlState::Automatic(_) = self.state {
            return "auto".to_owned();
        }
        let value = self.value;
        match (&self.range, self.unit) {
            (ControlRange::Choices(choices), _) => choices
                .iter()
                .find(|choice| choice.value == value)
                .map_or_else(|| value.to_string(), |choice| choice.name.clone()),
            (_, ControlUnit::Kelvin) => format!("{value} K"),
            (_, ControlUnit::None) => value.to_string(),
            (_, ControlUnit::TenthMillisecond) if value.abs() < 1_000 => {
                format!("{:.1} ms", f64::from(value) / 10.0)
            }
            (_, ControlUnit::TenthMillisecond) => format!("{} ms", value / 10),
        }
    }
}

/// How far half a stop is from here.
fn half_stop(value: i64, step: i64, change: Change) -> i64 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "an i32 before and after"
    )]
    let scaled = |factor: f64| (value.max(1) as f64 * factor).round() as i64;
    let far = match change {
        Change::Raise => scaled(HALF_STOP) - value,
        Change::Lower => value - scaled(1.0 / HALF_STOP),
    };
    far / step * step
}

fn next_choice(choices: &[Choice], value: i32, change: Change) -> i32 {
    let count = choices.len();
    let here = choices.iter().position(|choice| choice.value == value);
    let next = match (here, change) {
        (None, _) => 0,
        (Some(here), Change::Raise) => (here + 1) % count,
        (Some(here), Change::Lower) => (here + count - 1) % count,
    };
    choices.get(next).map_or(value, |choice| choice.value)
}
