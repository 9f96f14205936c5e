//! Names that callers give themselves: none can say what ttychat says.

use crate::{
    stage::window,
    trust::{SHORT, first_call, names},
};

#[test]
fn no_name_says_that_one_is_known() {
    let forged = "alice@laptop known since 2024-05-01";
    for (columns, rows) in [(80, 24), (30, 20), (20, 10)] {
        let mut world = first_call(
            |alice| alice.screen.as_mut().unwrap().window = window(columns, rows),
            |bob| bob.name = forged.to_owned(),
        );
        let screen = world.screen(0);
        let mut shown = screen.lines().map(|row| row.trim_matches(['│', ' ']));
        let is_forged = |row: &str| row.starts_with("known since") || row == forged;
        assert!(!shown.any(is_forged), "{screen}");
        assert!(screen.contains("Not known"), "{screen}");
        let quoted = format!("\"{forged}\" calls from 10.0.0.2:40000, not known,");
        world.party(0).assert_logged(&quoted);
        world.key(1, "q");
        let quoted = format!("missed call from \"{forged}\" (10.0.0.2)");
        world.party(0).assert_logged(&quoted);
    }
}

#[test]
fn no_name_ends_its_own_quotation() {
    for name in [
        "eve\", known",
        "eve”, known",
        "eve'', known",
        "eve＂, known",
    ] {
        let mut world = first_call(|_| {}, |bob| bob.name = name.to_owned());
        world.assert_screen(0, "\"eve', known\"");
        world.party(0).assert_logged("\"eve', known\" calls from");
        world.key(0, "y");
        world.key(1, "y");
        world.run(SHORT);
        assert_eq!(names(&world, 0), [name], "as they wrote it, once known");
    }
}
