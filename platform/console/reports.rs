//! Waiting for the last answers of a terminal before it is given back.
//!
//! Of all that a terminal may say only what it is asked last is known here, since a panic hook must
//! be able to wait for it: the cursor position report (`CSI row ; column R`), and the primary
//! attributes (`CSI ? numbers c`), which end the answers to all other questions.

/// Counts reports in bytes that come in pieces.
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
    /// After ESC [.
    Introducer,
    /// Within a control sequence of digits and semicolons.
    Parameters,
    /// The same after a question mark.
    Private,
}

impl Reports {
    /// How many there were up to now, `bytes` included.
    pub(super) fn count(&mut self, bytes: &[u8]) -> usize {
        for byte in bytes {
            self.state = match (self.state, byte) {
                (_, 0x1b) => State::Escape,
                (State::Escape, b'[') => State::Introducer,
                (State::Introducer, b'?') | (State::Private, b'0'..=b'9' | b';') => State::Private,
                (State::Introducer | State::Parameters, b'0'..=b'9' | b';') => State::Parameters,
                (State::Parameters, b'R') | (State::Private, b'c') => {
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
        let bytes = b"\x1b[2;3Rab\x1b[12;1RR\x1b[?2R\x1b[1;\x1b[3;4R\x1b]4;R\x1b[A\
            \x1b[?62;4c\x1b[>1;10;0c\x1b[6c\x1b[?6c\x1bP>|?6c\x1b\\";
        for len in 1..bytes.len() {
            let mut reports = Reports::default();
            let count = bytes.chunks(len).fold(0, |_, piece| reports.count(piece));
            assert_eq!(count, 5, "in pieces of {len}");
        }
    }
}
