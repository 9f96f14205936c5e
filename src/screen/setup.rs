//! What is written to take the terminal over, and to give it back.
