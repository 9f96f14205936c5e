//! The shapes of ASCII: how much of each pixel of a cell a character covers.
//!
//! Means of `DejaVu Sans Mono` and Noto Sans Mono, in cells of their own width and line height. The
//! characters are those that differ most from each other and least between the two.

/// How many there are.
pub(super) const COUNT: usize = 40;

/// Characters with what they cover of 2x4 pixels, row by row, in 255ths; lightest first.
pub(super) const SHAPES: [(char, [u8; 8]); COUNT] = [
    (' ', [0, 0, 0, 0, 0, 0, 0, 0]),
    ('`', [22, 3, 6, 9, 0, 0, 0, 0]),
    ('.', [0, 0, 0, 0, 14, 14, 8, 8]),
    ('\'', [6, 6, 23, 23, 0, 0, 0, 0]),
    ('-', [0, 0, 0, 0, 31, 31, 0, 0]),
    (',', [0, 0, 0, 0, 12, 17, 36, 13]),
    (':', [0, 0, 22, 22, 14, 14, 8, 8]),
    ('"', [12, 12, 45, 45, 0, 0, 0, 0]),
    ('_', [0, 0, 0, 0, 0, 0, 60, 60]),
    ('^', [11, 11, 54, 52, 12, 12, 0, 0]),
    ('*', [6, 6, 76, 78, 6, 6, 0, 0]),
    ('\\', [13, 0, 72, 2, 12, 64, 0, 25]),
    ('/', [0, 13, 5, 69, 68, 8, 25, 0]),
    ('+', [0, 0, 26, 27, 68, 69, 0, 0]),
    (')', [14, 0, 28, 47, 8, 70, 36, 10]),
    ('|', [9, 9, 33, 34, 33, 34, 30, 31]),
    ('=', [0, 0, 53, 54, 54, 55, 0, 0]),
    ('c', [0, 0, 51, 43, 87, 13, 13, 31]),
    ('L', [13, 0, 78, 0, 88, 18, 27, 34]),
    ('J', [14, 21, 0, 78, 20, 85, 32, 12]),
    ('t', [9, 0, 97, 38, 75, 13, 4, 30]),
    ('j', [1, 16, 35, 53, 3, 73, 50, 50]),
    ('f', [5, 32, 76, 80, 50, 26, 8, 4]),
    ('u', [0, 0, 43, 43, 84, 92, 24, 23]),
    ('y', [0, 0, 43, 44, 71, 72, 69, 19]),
    ('V', [14, 14, 77, 77, 71, 71, 9, 9]),
    ('2', [25, 19, 24, 87, 70, 50, 33, 33]),
    ('k', [20, 0, 81, 48, 102, 79, 13, 15]),
    ('S', [21, 23, 98, 37, 27, 102, 30, 21]),
    ('4', [0, 19, 49, 89, 81, 113, 0, 13]),
    ('w', [0, 0, 47, 46, 123, 123, 15, 16]),
    ('P', [26, 22, 94, 98, 99, 29, 14, 0]),
    ('%', [16, 0, 121, 55, 52, 118, 5, 25]),
    ('9', [21, 18, 84, 88, 52, 110, 27, 13]),
    ('#', [6, 11, 94, 104, 106, 96, 12, 9]),
    ('&', [18, 14, 97, 30, 101, 126, 27, 27]),
    ('g', [0, 0, 59, 68, 87, 91, 60, 86]),
    ('Q', [19, 20, 87, 87, 90, 89, 19, 60]),
    ('M', [20, 20, 130, 131, 98, 99, 13, 13]),
    ('@', [4, 9, 95, 114, 118, 106, 48, 37]),
];

/// What a pixel that is all light is covered, in 255ths: more than most characters cover.
pub const COVER_MAX: u8 = 110;

/// The character that covers the pixels of a cell most nearly by so much, in 255ths.
pub fn nearest(cover: [u8; 8]) -> char {
    let error = |shape: &[u8; 8]| -> u32 {
        let errors = shape.iter().zip(cover);
        errors.map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
    };
    let nearest = SHAPES.iter().min_by_key(|(_, shape)| error(shape));
    nearest.map_or(' ', |(character, _)| *character)
}

/// What a character covers, in 255ths; `None` of those that are not used.
pub fn cover(character: char) -> Option<[u8; 8]> {
    let mut shapes = SHAPES.iter();
    let found = shapes.find(|(other, _)| *other == character);
    found.map(|(_, shape)| *shape)
}

/// The character of a shape; a space outside.
pub(super) fn character(shape: u8) -> char {
    SHAPES
        .get(usize::from(shape))
        .map_or(' ', |(character, _)| *character)
}
