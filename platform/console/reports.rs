//! Waiting for the last answers of a terminal before it is given back.
//!
//! Of all that a terminal may say only the cursor position report (`CSI row ; column R`) is known
//! here, since a panic hook must be able to wait for it.

/// Counts cursor position reports in bytes that come in pieces.
#[derive(Debug, Default)]
pub(super) struct Reports {
    state: State,
    count: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Other,
    Escape,
    /// Within a control sequence of digits and semicolons.
    Parameters,
}

impl Reports {
    /// How many there were up to now, `bytes` included.
    pub(super) fn count(&mut self, bytes: &[u8]) -> usize {
        for byte in bytes {
            self.state = match (self.state, byte) {
                (_, 0x1b) => State::Escape,
                (State::Escape, b'[') | (State::Parameters, b'0'..=b'9' | b';') => {
                    State::Parameters
                }
                (State::Parameters, b'R') => {
                    self.count += 1;
                    State::Other
                }
                _ => State::Other,
            };
        }
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::Reports;

    #[test]
    fn reports_are_counted_whatever_the_cuts() {
        let bytes = b"\x1b[2;3Rab\x1b[12;1RR\x1b[?2R\x1b[1;\x1b[3;4R\x1b]4;R\x1b[A";
        for len in 1..bytes.len() {
            let mut reports = Reports::default();
            let count = bytes.chunks(len).fold(0, |_, piece| reports.count(piece));
            assert_eq!(count, 3, "in pieces of {len}");
        }
    }
}
