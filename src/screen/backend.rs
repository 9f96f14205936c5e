//! Our ratatui `Backend`: changed cells become the fewest bytes of one frame.
