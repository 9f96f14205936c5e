//! What is checked, by theme.

mod broken;
mod format;
mod injected;
mod input;
mod plugged;
mod random;
mod usual;

use crate::rig::Rig;
use std::time::Duration;

/// Its name, and what does it; that gives figures to be printed behind the name.
pub(crate) type Check = (&'static str, fn(&Rig) -> String);

/// All checks, in the order in which they are done.
pub(crate) fn all() -> impl Iterator<Item = &'static Check> {
    let themes = [
        usual::CHECKS,
        format::CHECKS,
        input::CHECKS,
        plugged::CHECKS,
        broken::CHECKS,
        injected::CHECKS,
        crate::controls::CHECKS,
        random::CHECKS,
    ];
    themes.into_iter().flatten()
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
