//! The cursor: where the terminal writes next, moved in the fewest bytes.

/// Where the terminal writes next, as far as that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) row: u16,
    /// Unknown after the last column (the terminal may hold it there or before the next row), and
    /// after texts of which terminals disagree how wide they are.
    pub(super) column: Option<u16>,
}

impl Cursor {
    /// A known place.
    pub(super) const fn at(column: u16, row: u16) -> Self {
        Self {
            row,
            column: Some(column),
        }
    }

    /// Moves the terminal's cursor from `from`, if anything is known of it, to `column` of `row`,
    /// without writing over anything.
    pub(super) fn jump(from: Option<Self>, column: u16, row: u16, out: &mut Vec<u8>) {
        let Some(from) = from else {
            return jump_absolute(column, row, out);
        };
        if from.row == row {
            match from.column {
                Some(old) if old < column => push_csi(column - old, b'C', out),
                Some(old) if old == column + 1 => out.push(b'\x08'),
                Some(old) if old == column => {}
                _ if column == 0 => out.push(b'\r'),
                _ => push_csi(column + 1, b'G', out),
            }
        } else if row > from.row && column == 0 && row - from.row <= 3 {
            // The carriage return goes first, as a line feed may bring one on Windows.
            out.push(b'\r');
            out.extend(std::iter::repeat_n(b'\n', usize::from(row - from.row)));
        } else if from.column == Some(column) && row > from.row {
            push_csi(row - from.row, b'B', out);
        } else if from.column == Some(column) {
            push_csi(from.row - row, b'A', out);
        } else if row == from.row + 1 && row >= 9 {
            // One byte shorter than the absolute form as soon as that has a row of two digits.
            out.extend_from_slice(b"\r\n");
            push_csi(column, b'C', out);
        } else {
            jump_absolute(column, row, out);
        }
    }
}

fn jump_absolute(column: u16, row: u16, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\x1b[");
    // A 1 may be left out.
    if row > 0 {
        push_number(row + 1, out);
    }
    if column > 0 {
        out.push(b';');
        push_number(column + 1, out);
    }
    out.push(b'H');
}

/// `CSI count end`; a 1 is left out, and nothing is written for 0.
fn push_csi(count: u16, end: u8, out: &mut Vec<u8>) {
    if count == 0 {
        return;
    }
    out.extend_from_slice(b"\x1b[");
    if count > 1 {
        push_number(count, out);
    }
    out.push(end);
}

fn push_number(number: u16, out: &mut Vec<u8>) {
    let start = out.len();
    let mut rest = number;
    loop {
        out.push(b'0' + u8::try_from(rest % 10).unwrap_or(0));
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if let Some(digits) = out.get_mut(start..) {
        digits.reverse();
    }
}
