pub(crate) mod cells;
