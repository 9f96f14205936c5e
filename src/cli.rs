//! The command line. Knows words and numbers, not what they lead to.
