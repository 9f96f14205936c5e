//! From the command line to a running loop, and back to the shell.

use super::{
    capture::{Capture, CaptureSource},
    clock,
    dial::{Dialled, Through, Way},
    event_loop::{self, EventLoop, Parts},
    files::{self, LineFile},
    list, loopback,
    network::Listeners,
    output::{self, Output, Sinks},
    peers, secret, settings,
    terminal::{self, TerminalSide},
    via::Commands,
    worker,
};
use crate::{
    app::{self, App, Ending, KnownPeers, SharedSecret},
    cli::{Accept, Arguments, Color, Glyphs, Mode, Source, Target, Wire},
    error::Error,
    media::PixelSize,
    screen::{
        capability::Environment, color::ColorDepth, glyph::GlyphSet, interview::Interview, setup,
    },
    session::StaticKey,
};
use mio::{Poll, Waker};
use std::{
    env,
    io::{self, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use ttychat_platform::{
    console::{self, Console, Signals},
    host,
};

/// Does what the command line asks.
///
/// # Errors
/// What stops the program; the terminal has been given back by then.
pub fn run(arguments: Arguments) -> Result<Ending, Error> {
    install_panic_hook();
    match arguments.mode.clone() {
        Mode::Cameras => print(&list::cameras()?),
        Mode::Connect(target) => {
            let role = app::Role::Connect {
                target: target.to_string(),
            };
            let secret = secret::shared(&arguments, false)?;
            Start {
                arguments,
                role,
                key: files::load_or_make_key()?,
                known: peers::load()?,
                secret,
                listeners: Listeners::default(),
                target: Some(target),
            }
            .run()
        }
        Mode::Forget(name) => print(&peers::forget(&name)?),
        Mode::Listen(address) => {
            let listeners = Listeners::open(address.address, address.port)?;
            let addresses = reachable_addresses(&listeners);
            let secret = secret::shared(&arguments, true)?;
            if let Some(secret) = secret.as_ref().filter(|secret| secret.is_invitation) {
                secret::tell_invitation(secret, &addresses);
            }
            Start {
                arguments,
                role: app::Role::Listen { addresses },
                key: files::load_or_make_key()?,
                known: peers::load()?,
                secret,
                listeners,
                target: None,
            }
            .run()
        }
        Mode::Loopback => loopback::call(arguments),
        Mode::Peers => print(&peers::listing()?),
    }
}

/// Something that is asked for, and nothing else.
#[expect(clippy::unnecessary_wraps, reason = "the face of all that can be done")]
fn print(text: &str) -> Result<Ending, Error> {
    // A reader that went away (`| head`) has seen what it wanted.
    drop(io::stdout().write_all(text.as_bytes()));
    Ok(Ending::default())
}

/// All that is known before anything is opened.
pub(super) struct Start {
    pub(super) arguments: Arguments,
    pub(super) role: app::Role,
    pub(super) key: StaticKey,
    /// Who is known, and what is to be said of that file.
    pub(super) known: (KnownPeers, Vec<String>),
    pub(super) secret: Option<SharedSecret>,
    pub(super) listeners: Listeners,
    pub(super) target: Option<Target>,
}

impl Start {
    /// Opens what is needed and runs until the end.
    ///
    /// # Errors
    /// What stops the program; the terminal has been given back by then.
    pub(super) fn run(mut self) -> Result<Ending, Error> {
        let console = if self.arguments.headless {
            None
        } else {
            Some(Console::open().map_err(Error::NoTerminal)?)
        };
        let output = self.output()?;
        let (source, capture_source) = self.source()?;
        let (poll, waker) = new_poll()?;
        let commands = Commands::default();
        let way = self.way(&commands, &waker);
        let first_dialled = first_dialled(way.as_ref(), &commands).transpose()?;
        let registry = poll.registry();
        let signals = Signals::open(registry, event_loop::SIGNALS, &waker).map_err(no_poll)?;
        self.listeners
            .register(registry, event_loop::LISTENERS)
            .map_err(no_poll)?;
        let capture = Capture::spawn(
            capture_source,
            self.arguments.barcode,
            Some(Arc::clone(&waker)),
        )
        .map_err(no_thread)?;
        let (interview, headless) = (self.interview(), console.is_none());
        let screen = match &console {
            Some(console) => Some(self.screen_options(console, &interview)?),
            None => None,
        };
        let started = clock::now();
        let cpu_at_start = host::cpu_time();
        let (settings, complaints) = settings::load();
        for complaint in complaints {
            output.log(started.wall, complaint);
        }
        let app = App::new(self.app_options(source, settings, screen), started);
        // From here on the terminal is ours; it is given back when `side` is dropped.
        let side = match console {
            Some(console) => Some(TerminalSide::open(
                console,
                interview,
                has_one_screen(),
                self.arguments.terminal_rate,
                registry,
                event_loop::CONSOLE,
                &waker,
            )?),
            None => None,
        };
        let mut event_loop = EventLoop::new(Parts {
            poll,
            waker,
            app,
            terminal: side,
            signals: Some(signals),
            listeners: self.listeners,
            way,
            first_dialled,
            commands,
            capture: Some(capture),
            output,
        })?;
        let ending = event_loop.run();
        let report = event_loop.app.report(clock::now());
        drop(event_loop);
        if headless && !report.call_time.is_zero() {
            print_report(&report.to_string(), started.instant, cpu_at_start);
        }
        ending
    }

    fn screen_options(
        &self,
        console: &Console,
        interview: &Interview,
    ) -> Result<app::ScreenOptions, Error> {
        let size = console.size().map_err(Error::NoTerminal)?;
        Ok(app::ScreenOptions {
            window: terminal::window(size, None),
            depth: interview.profile().depth,
            glyphs: self.glyphs(),
        })
    }

    /// How calls are made.
    fn way(&self, commands: &Commands, waker: &Arc<Waker>) -> Option<Way> {
        let target = self.target.as_ref()?;
        Some(match &self.arguments.via {
            None => Way::Direct(target.clone()),
            Some(command) => Way::Through(Through {
                command: command.clone(),
                hears_first: self.arguments.wire == Wire::Ttychat,
                commands: commands.clone(),
                waker: Arc::clone(waker),
            }),
        })
    }

    fn output(&self) -> Result<Output, Error> {
        let Arguments {
            log,
            stats,
            headless,
            ..
        } = &self.arguments;
        Output::spawn(Sinks {
            log: log.as_deref().map(LineFile::open).transpose()?,
            statistics: stats.as_deref().map(LineFile::open).transpose()?,
            headless: *headless,
        })
        .map_err(no_thread)
    }

    fn source(&self) -> Result<(app::Source, CaptureSource), Error> {
        Ok(match &self.arguments.source {
            Source::Camera => {
                let camera = self.arguments.camera.clone();
                (
                    app::Source::Camera(camera.clone()),
                    CaptureSource::Camera(camera),
                )
            }
            Source::File(path) => {
                let name = path
                    .file_name()
                    .unwrap_or(path.as_os_str())
                    .to_string_lossy();
                let clip = files::load_clip(path)?;
                (
                    app::Source::Clip(name.into_owned()),
                    CaptureSource::Clip(clip),
                )
            }
            Source::Test => (app::Source::Test, CaptureSource::Test),
        })
    }

    /// What is known of the terminal, and asked of it.
    fn interview(&self) -> Interview {
        let wanted = match self.arguments.color {
            Color::Auto => None,
            Color::Truecolor => Some(ColorDepth::Truecolor),
            Color::Indexed256 => Some(ColorDepth::Indexed256),
            Color::Ansi16 => Some(ColorDepth::Ansi16),
            Color::Mono => Some(ColorDepth::Mono),
        };
        Interview::new(Environment::new(|name| env::var(name).ok()), wanted)
    }

    fn glyphs(&self) -> Option<GlyphSet> {
        Some(match self.arguments.glyphs {
            Glyphs::Auto => return None,
            Glyphs::Half => GlyphSet::Half,
            Glyphs::Quadrant => GlyphSet::Quadrant,
            Glyphs::Sextant => GlyphSet::Sextant,
            Glyphs::Octant => GlyphSet::Octant,
            Glyphs::Braille => GlyphSet::Braille,
            Glyphs::Ascii => GlyphSet::Ascii,
        })
    }

    fn app_options(
        &self,
        source: app::Source,
        settings: app::CameraSettings,
        screen: Option<app::ScreenOptions>,
    ) -> app::Options {
        let Arguments {
            name,
            accept,
            wire,
            via,
            resolution,
            rate,
            barcode,
            duration,
            ..
        } = &self.arguments;
        let default_name = || format!("{}@{}", host::user_name(), host::host_name());
        app::Options {
            role: self.role.clone(),
            via: via.is_some(),
            wire: match wire {
                Wire::Mjpeg => app::Wire::Mjpeg,
                Wire::Ttychat => app::Wire::Ttychat,
            },
            accept: match accept {
                Accept::All => app::Accept::All,
                Accept::Ask => app::Accept::Ask,
                Accept::Known => app::Accept::Known,
            },
            name: name.clone().unwrap_or_else(default_name),
            key: self.key.clone(),
            peers: self.known.0.clone(),
            secret: self.secret.clone(),
            complaints: self.known.1.clone(),
            source,
            settings,
            resolution: resolution.map(|(width, height)| PixelSize::new(width, height)),
            rate: *rate,
            barcode: *barcode,
            screen,
            duration: *duration,
            statistics: self.arguments.headless || self.arguments.stats.is_some(),
        }
    }
}

/// Where others may call: every address of this host, or the one that was asked for.
fn reachable_addresses(listeners: &Listeners) -> Vec<String> {
    let Some(local) = listeners.local_address() else {
        return Vec::new();
    };
    let shown = |ip: IpAddr| SocketAddr::new(ip, local.port()).to_string();
    if !local.ip().is_unspecified() {
        return vec![shown(local.ip())];
    }
    let addresses = host::addresses();
    if addresses.is_empty() {
        return vec![shown(IpAddr::V4(Ipv4Addr::LOCALHOST))];
    }
    addresses.into_iter().map(shown).collect()
}

/// The Linux console ignores the change to the other screen.
fn has_one_screen() -> bool {
    env::var_os("TERM").is_some_and(|term| term == "linux")
}

pub(super) fn new_poll() -> Result<(Poll, Arc<Waker>), Error> {
    let poll = Poll::new().map_err(no_poll)?;
    let waker = Waker::new(poll.registry(), event_loop::WAKER).map_err(no_poll)?;
    Ok((poll, Arc::new(waker)))
}

pub(super) fn no_poll(source: io::Error) -> Error {
    Error::Machinery {
        what: "an event queue",
        source,
    }
}

pub(super) fn no_thread(source: io::Error) -> Error {
    Error::Machinery {
        what: "a thread",
        source,
    }
}

/// Calls for the first time while signals still do what they usually do, where a command carries
/// the call: it may ask for a password.
fn first_dialled(way: Option<&Way>, commands: &Commands) -> Option<Dialled> {
    match way {
        Some(Way::Through(through)) if through.hears_first => {
            let dialled = through.connect_first();
            Some(dialled.inspect_err(|_why| commands.close()))
        }
        _ => None,
    }
}

/// What an end without a screen has to say at its end, on stderr, because stdout is for the lines.
fn print_report(report: &str, started: std::time::Instant, cpu_at_start: Option<Duration>) {
    let elapsed = clock::instant()
        .saturating_duration_since(started)
        .as_secs_f64();
    let cpu = match (cpu_at_start, host::cpu_time()) {
        (Some(before), Some(after)) => {
            let cpu = after.saturating_sub(before).as_secs_f64();
            let share = 100.0 * cpu / elapsed.max(0.001);
            format!("\nCPU: {cpu:.2} s in {elapsed:.1} s, {share:.1} % of one core")
        }
        _ => String::new(),
    };
    output::say_last(format!("{}{cpu}", report.trim_end()));
}

/// Gives the terminal back before a panic's message is printed. Threads whose panics are contained
/// print nothing: theirs become an error on the screen.
fn install_panic_hook() {
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if worker::is_contained() {
            return;
        }
        console::rescue(setup::LEAVE);
        default(panic);
    }));
}
