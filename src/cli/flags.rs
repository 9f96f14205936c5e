//! The flags as clap reads them, and the rules that concern more than one of them.

use super::{
    Accept, Arguments, Color, Glyphs, Invitation, ListenAddress, Mode, Source, Target, Wire,
    address, value, via,
};
use std::{path::PathBuf, time::Duration};

const USAGE: &str =
    "ttychat --listen PORT | --connect HOST:PORT | --loopback | --cameras | --peers [OPTIONS]";

const EXAMPLES: &str = "\
Examples:
  ttychat --listen 2222               wait for calls
  ttychat --connect alice.example:2222
                                      call somebody
  ttychat --connect desk:2222 --via 'ssh -W %h:%p user@jump'
                                      call somebody behind another machine
  ttychat --loopback                  a call with yourself, to try camera and colours
  ttychat --listen 2222 --invite      the same for somebody who has what it prints
  ttychat --cameras                   which cameras there are, with formats, sizes and rates
  ssh -t box ttychat --listen 2222    wait where the camera is; -t gives ttychat a terminal
  ttychat --listen 2222 --headless --accept all --source test
                                      an end without a screen that serves the test picture

In a call, ? shows the keys and q ends it.
Exit code: 0 ended by either side, 1 the call failed, 2 wrong usage.";

/// Live video chat between two terminals.
#[derive(Debug, clap::Parser)]
#[command(
    name = "ttychat",
    version,
    about = "Live video chat between two terminals",
    override_usage = USAGE,
    after_help = EXAMPLES,
    disable_help_flag = true,
    disable_version_flag = true,
    max_term_width = 100
)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(super) struct Flags {
    /// Wait for calls on this port (0: any free one), on all addresses unless one is given
    #[arg(long, value_name = "PORT|ADDR:PORT", value_parser = address::listen)]
    #[arg(help_heading = "What to do (one of these)", allow_hyphen_values = true)]
    listen: Option<ListenAddress>,

    /// Call somebody; a name, an IPv4 address, or an IPv6 address in brackets; with an invitation
    /// as it was printed
    #[arg(long, value_name = "HOST:PORT[+CODE]", value_parser = address::call)]
    #[arg(help_heading = "What to do (one of these)")]
    connect: Option<(Target, Option<String>)>,

    /// Make a call with yourself through this computer's own network
    #[arg(long, help_heading = "What to do (one of these)")]
    loopback: bool,

    /// List the cameras with their formats, sizes and rates
    #[arg(long, help_heading = "What to do (one of these)")]
    cameras: bool,

    /// List the people you know, with their keys; they are in ~/.config/ttychat/known-peers
    #[arg(long, help_heading = "What to do (one of these)")]
    peers: bool,

    /// Forget somebody you know, by name or key
    #[arg(long, value_name = "NAME", help_heading = "What to do (one of these)")]
    forget: Option<String>,

    /// Where pictures come from: `camera`, `test`, or an MJPEG, Y4M, JPEG or PNG file
    #[arg(long, value_name = "camera|test|FILE", help_heading = "Pictures")]
    source: Option<PathBuf>,

    /// Which camera: its number, its path, or a part of its name
    #[arg(long, value_name = "N|PATH|NAME", value_parser = value::camera)]
    #[arg(help_heading = "Pictures")]
    camera: Option<String>,

    /// Size wanted of the camera or the test picture; no larger pictures are sent
    #[arg(long, value_name = "WxH", value_parser = value::resolution)]
    #[arg(help_heading = "Pictures")]
    resolution: Option<(u32, u32)>,

    /// Pictures a second, 1 to 60 (default: 30, or the file's own)
    #[arg(long, value_name = "N", value_parser = value::rate, allow_negative_numbers = true)]
    #[arg(help_heading = "Pictures")]
    fps: Option<f64>,

    /// Draw the time of capture into the pictures, for measuring their age
    #[arg(long, help_heading = "Pictures")]
    barcode: bool,

    /// The name that others see (default: user@host)
    #[arg(long, value_parser = value::name, help_heading = "Call")]
    name: Option<String>,

    /// Who is let in: `ask` me for each call, those I have `known`, or `all`
    #[arg(
        long,
        value_enum,
        value_name = "ask|known|all",
        hide_possible_values = true
    )]
    #[arg(help_heading = "Call")]
    accept: Option<Accept>,

    /// Call through the input and output of a command; %h and %p are host and port
    #[arg(
        long,
        value_name = "COMMAND",
        help_heading = "Call",
        allow_hyphen_values = true
    )]
    via: Option<String>,

    /// What goes over the connection: `ttychat`, or `mjpeg`: plain JPEGs, UNENCRYPTED
    #[arg(long, value_enum, value_name = "ttychat|mjpeg", default_value_t)]
    #[arg(
        hide_possible_values = true,
        hide_default_value = true,
        help_heading = "Call"
    )]
    wire: Wire,

    /// Take one call, of whoever has the code that this prints; both ends are sure of each other
    #[arg(long, help_heading = "Call")]
    invite: bool,

    /// Call, or take calls of, only those who have the same file; --listen makes it
    #[arg(long, value_name = "FILE", help_heading = "Call")]
    secret: Option<PathBuf>,

    /// End after this time
    #[arg(long, value_name = "SECONDS", value_parser = value::duration)]
    #[arg(allow_negative_numbers = true, help_heading = "Call")]
    duration: Option<Duration>,

    /// How many colours the terminal has; `auto` asks it
    #[arg(
        long,
        value_enum,
        value_name = "auto|truecolor|256|16|mono",
        default_value_t
    )]
    #[arg(hide_possible_values = true, help_heading = "Screen")]
    color: Color,

    /// What pictures are drawn with; `auto`: the best that the terminal is known to draw itself
    #[arg(
        long,
        value_enum,
        value_name = "auto|half|quadrant|sextant|octant|braille|ascii",
        default_value_t
    )]
    #[arg(hide_possible_values = true, help_heading = "Screen")]
    glyphs: Glyphs,

    /// Most bytes a second for the terminal (default: what it is seen to take)
    #[arg(long, value_name = "BYTES", value_parser = value::terminal_rate)]
    #[arg(help_heading = "Screen")]
    terminal_rate: Option<u32>,

    /// Do without a terminal; prints one JSON line a second
    #[arg(long, help_heading = "Screen")]
    headless: bool,

    /// Write the same JSON lines to a file
    #[arg(long, value_name = "FILE", help_heading = "Records")]
    stats: Option<PathBuf>,

    /// Write what happens to a file
    #[arg(long, value_name = "FILE", help_heading = "Records")]
    log: Option<PathBuf>,

    /// Show this help
    #[arg(long, short, action = clap::ArgAction::Help, help_heading = "Help")]
    help: Option<bool>,

    /// Show the version
    #[arg(long, short = 'V', action = clap::ArgAction::Version, help_heading = "Help")]
    version: Option<bool>,
}

impl Flags {
    /// Checks the rules that concern more than one flag. The error is one line with the way out.
    pub(super) fn into_arguments(self) -> Result<Arguments, String> {
        let mode = self.mode()?;
        let invitation = self.invitation(&mode)?;
        let source = self.source()?;
        if self.camera.is_some() && source != Source::Camera {
            return Err("--camera and --source name two sources; leave one of them out".into());
        }
        let listens = matches!(mode, Mode::Listen(_));
        if self.accept.is_some() && !listens {
            return Err("--accept says who may call; it goes with --listen only".into());
        }
        self.check_wire(&mode)?;
        let via = self.via(&mode)?;
        let accept = self.accept.unwrap_or_default();
        if listens && self.headless && accept == Accept::Ask {
            return Err(
                "--listen with --headless has nobody to ask whether a call is welcome; \
                        add --accept all to let everybody in, or --accept known"
                    .into(),
            );
        }
        Ok(Arguments {
            mode,
            source,
            camera: self.camera,
            resolution: self.resolution,
            rate: self.fps,
            barcode: self.barcode,
            name: self.name,
            color: self.color,
            glyphs: self.glyphs,
            terminal_rate: self.terminal_rate,
            accept,
            wire: self.wire,
            via,
            invitation,
            secret: self.secret,
            headless: self.headless,
            stats: self.stats,
            duration: self.duration,
            log: self.log,
        })
    }

    fn source(&self) -> Result<Source, String> {
        match &self.source {
            None => Ok(Source::Camera),
            Some(path) if path.as_os_str() == "camera" => Ok(Source::Camera),
            Some(path) if path.as_os_str() == "test" => Ok(Source::Test),
            Some(path) if path.as_os_str().is_empty() => {
                Err("--source is empty; give `camera`, `test` or the name of a file".into())
            }
            Some(path) => Ok(Source::File(path.clone())),
        }
    }

    /// What plain pictures cannot do.
    fn check_wire(&self, mode: &Mode) -> Result<(), String> {
        if self.wire != Wire::Mjpeg {
            return Ok(());
        }
        if !matches!(mode, Mode::Connect(_) | Mode::Listen(_)) {
            return Err("--wire mjpeg goes with --listen or --connect only".into());
        }
        if self.invitation(mode)?.is_some() || self.secret.is_some() {
            return Err(
                "--wire mjpeg can prove no secret; leave the invitation or --secret out".into(),
            );
        }
        if self.name.is_some() {
            return Err(
                "--wire mjpeg has no place for a name; leave --name or --wire mjpeg out".into(),
            );
        }
        Ok(())
    }

    fn via(&self, mode: &Mode) -> Result<Option<String>, String> {
        match (&self.via, mode) {
            (None, _) => Ok(None),
            (Some(_), _) if !cfg!(unix) => Err(
                "--via is not there on this system; let ssh carry the call, \
                 as `ssh -L 2222:HOST:PORT user@jump`, and --connect localhost:2222"
                    .into(),
            ),
            (Some(command), Mode::Connect(target)) => via::expand(command, target).map(Some),
            (Some(_), _) => {
                Err("--via says how a call is made; it goes with --connect only".into())
            }
        }
    }

    /// What is good for one call; and whether a secret goes with `mode`.
    fn invitation(&self, mode: &Mode) -> Result<Option<Invitation>, String> {
        let calls = matches!(mode, Mode::Connect(_) | Mode::Listen(_));
        if self.secret.is_some() && !calls {
            return Err("--secret goes with --listen and --connect only".into());
        }
        if self.invite && !matches!(mode, Mode::Listen(_)) {
            return Err(
                "--invite goes with --listen only; who is invited gives what it printed to \
                        --connect"
                    .into(),
            );
        }
        let code = self.connect.as_ref().and_then(|(_, code)| code.clone());
        let invitation = match code {
            Some(code) => Some(Invitation::Of(code)),
            None => self.invite.then_some(Invitation::New),
        };
        if invitation.is_some() && self.secret.is_some() {
            return Err("an invitation and --secret are two secrets; leave one of them out".into());
        }
        Ok(invitation)
    }

    /// The one thing to do.
    fn mode(&self) -> Result<Mode, String> {
        let wanted: Vec<(&str, Mode)> = [
            self.listen
                .map(|address| ("--listen", Mode::Listen(address))),
            self.connect
                .clone()
                .map(|(target, _)| ("--connect", Mode::Connect(target))),
            self.loopback.then_some(("--loopback", Mode::Loopback)),
            self.cameras.then_some(("--cameras", Mode::Cameras)),
            self.peers.then_some(("--peers", Mode::Peers)),
            self.forget
                .clone()
                .map(|name| ("--forget", Mode::Forget(name))),
        ]
        .into_iter()
        .flatten()
        .collect();
        match wanted.as_slice() {
            [] => Err(
                "nothing to do; say --listen PORT, --connect HOST:PORT, --loopback or \
                       --cameras (--help shows examples)"
                    .into(),
            ),
            [(_, mode)] => Ok(mode.clone()),
            [(first, _), (second, _), ..] => Err(format!(
                "{first} and {second} cannot both be done; leave one of them out"
            )),
        }
    }
}
