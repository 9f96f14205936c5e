//! Whole programs without a world: a runtime that answers every effect in virtual time.

use crate::party::Party;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use ttychat::{
    app::{
        Accept, CameraSettings, CaptureReport, ConnectionId, Date, Effect, Input, KnownPeers, Now,
        Options, Role, ScreenOptions, Source, WallTime, Wire,
    },
    media::{Picture, PixelSize},
    screen::{CellSize, Window, color::ColorDepth, glyph::GlyphSet},
    session::StaticKey,
};

pub(crate) const WALL: WallTime = WallTime {
    year: 2026,
    month: 11,
    day: 22,
    hour: 14,
    minute: 3,
    second: 5,
    millisecond: 0,
};

/// How far time goes at once when nothing has a deadline before; the second where nobody films.
const STEP: Duration = Duration::from_millis(20);
const LONG_STEP: Duration = Duration::from_millis(500);

/// Some programs and the connections between them.
pub(crate) struct World {
    pub(crate) now: Now,
    began_at: Instant,
    pub(crate) parties: Vec<Party>,
    links: Vec<Link>,
    next_connection: u64,
    /// The listener's key and name.
    known: Option<(StaticKey, String)>,
    /// Which party answers calls; others fail to connect.
    pub(crate) listener: Option<usize>,
    /// Which address all callers have; everybody their own when there is none.
    pub(crate) host: Option<SocketAddr>,
    /// Whether bytes pass.
    pub(crate) plugged: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Link {
    connection: ConnectionId,
    ends: [usize; 2],
}

pub(crate) fn options(name: &str, role: Role) -> Options {
    Options {
        role,
        wire: Wire::Ttychat,
        via: false,
        accept: Accept::Ask,
        name: name.to_owned(),
        key: StaticKey::generate(),
        peers: KnownPeers::default(),
        secret: None,
        complaints: Vec::new(),
        source: Source::Test,
        settings: CameraSettings::default(),
        resolution: None,
        rate: None,
        barcode: false,
        screen: Some(ScreenOptions {
            window: window(80, 24),
            depth: ColorDepth::Truecolor,
            glyphs: Some(GlyphSet::Half),
        }),
        duration: None,
        statistics: false,
    }
}

pub(crate) fn listen() -> Role {
    Role::Listen {
        addresses: vec!["10.0.0.1:2222".to_owned()],
    }
}

pub(crate) fn connect() -> Role {
    Role::Connect {
        target: "alice.example:2222".to_owned(),
    }
}

pub(crate) fn window(columns: u16, rows: u16) -> Window {
    Window {
        cells: CellSize { columns, rows },
        pixel_aspect: 1.0,
    }
}

pub(crate) fn address_of(party: usize) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, u8::try_from(party).unwrap() + 1], 40_000))
}

impl World {
    #[expect(clippy::disallowed_methods, reason = "an origin for virtual time")]
    pub(crate) fn new() -> Self {
        let instant = Instant::now();
        Self {
            now: Now {
                instant,
                wall: WALL,
            },
            began_at: instant,
            parties: Vec::new(),
            links: Vec::new(),
            next_connection: 1,
            known: None,
            listener: None,
            host: None,
            plugged: true,
        }
    }

    /// Two people in a call: party 0 listens, party 1 has called.
    pub(crate) fn in_call() -> Self {
        Self::in_call_with(|_| {}, |_| {})
    }

    pub(crate) fn in_call_with(
        listener: impl FnOnce(&mut Options),
        caller: impl FnOnce(&mut Options),
    ) -> Self {
        let mut world = Self::ringing_with(listener, caller);
        if world.parties[0].app.wants_draw().is_some() || world.screen(0).contains("accept") {
            world.key(0, "y");
        }
        world.run(Duration::from_millis(200));
        world
    }

    pub(crate) fn ringing() -> Self {
        Self::ringing_with(|_| {}, |_| {})
    }

    fn ringing_with(
        listener: impl FnOnce(&mut Options),
        caller: impl FnOnce(&mut Options),
    ) -> Self {
        let mut world = Self::new();
        let mut of_listener = options("alice@laptop", listen());
        listener(&mut of_listener);
        let mut of_caller = options("bob@pc", connect());
        caller(&mut of_caller);
        world.add(of_listener);
        world.listener = Some(0);
        world.add(of_caller);
        world.run(Duration::from_millis(200));
        world
    }

    /// Adds somebody. Callers know the listener from an earlier call; see [`Self::add_stranger`].
    pub(crate) fn add(&mut self, mut options: Options) -> usize {
        if let (Role::Connect { target }, Some((key, name))) = (&options.role, &self.known) {
            let today = Date::from(WALL);
            let key = key.fingerprint().unwrap();
            options.peers.trust(key, name, Some(target), today);
        }
        self.add_stranger(options)
    }

    pub(crate) fn add_stranger(&mut self, options: Options) -> usize {
        if let Role::Listen { .. } = &options.role {
            self.known = Some((options.key.clone(), options.name.clone()));
        }
        self.parties.push(Party::new(options, self.now));
        let index = self.parties.len() - 1;
        self.input(
            index,
            Input::Capture(CaptureReport::Started {
                number: None,
                description: "test picture 640x360 at 30".to_owned(),
                size: PixelSize::new(640, 360),
            }),
        );
        index
    }

    pub(crate) fn input(&mut self, party: usize, input: Input<'_>) {
        self.parties[party].app.handle(self.now, input);
        self.settle();
    }

    /// Presses keys, one for each character; `\n` is Enter and `\x1b` Esc.
    pub(crate) fn key(&mut self, party: usize, keys: &str) {
        for c in keys.chars() {
            self.input(party, Input::Key(super::keys::key(c)));
        }
    }

    pub(crate) fn party(&self, party: usize) -> &Party {
        &self.parties[party]
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.now.instant - self.began_at
    }

    /// Takes all cameras away, so that long times pass quickly.
    pub(crate) fn stop_filming(&mut self) {
        for party in &mut self.parties {
            party.films = false;
        }
    }

    /// Lets time pass.
    pub(crate) fn run(&mut self, time: Duration) {
        let end = self.now.instant + time;
        self.settle();
        while self.now.instant < end {
            let earliest = self
                .parties
                .iter()
                .filter_map(|party| party.app.deadline())
                .min();
            let films = self
                .parties
                .iter()
                .any(|party| party.films && party.ending.is_none());
            let step = self.now.instant + if films { STEP } else { LONG_STEP };
            let next = earliest
                .map_or(step, |at| at.clamp(self.now.instant, step))
                .min(end);
            // A deadline that has come must be done with by one time-out.
            let stuck = next == self.now.instant;
            self.now.instant = if stuck {
                next + Duration::from_micros(1)
            } else {
                next
            };
            for party in 0..self.parties.len() {
                self.parties[party].app.handle(self.now, Input::Timeout);
                let deadline = self.parties[party].app.deadline();
                assert!(
                    deadline.is_none_or(|at| at > self.now.instant),
                    "a deadline stays in the past: {:?}",
                    self.parties[party].app
                );
            }
            self.settle();
        }
    }

    /// Passes on all bytes and answers all effects, until nothing is left to do.
    pub(crate) fn settle(&mut self) {
        for _ in 0..10_000 {
            let mut busy = false;
            for party in 0..self.parties.len() {
                busy |= self.take_effects(party);
                busy |= self.parties[party].film(self.now);
                busy |= self.parties[party].draw(self.now);
            }
            for link in self.links.clone() {
                busy |= self.carry(link, 0) | self.carry(link, 1);
            }
            if !busy {
                return;
            }
        }
        panic!("the programs never come to rest");
    }

    /// Takes the connection away from both ends, without a goodbye.
    pub(crate) fn cut(&mut self) {
        for link in std::mem::take(&mut self.links) {
            for end in link.ends {
                self.input(
                    end,
                    Input::Disconnected {
                        connection: link.connection,
                    },
                );
            }
        }
    }

    fn carry(&mut self, link: Link, from: usize) -> bool {
        let to = link.ends[1 - from];
        let mut any = false;
        let mut bytes = Vec::new();
        while self.parties[link.ends[from]]
            .app
            .poll_transmit(self.now, link.connection, &mut bytes)
        {
            any = true;
            if self.plugged {
                // Cut where it hurts.
                for bytes in bytes.chunks(700) {
                    let input = Input::Bytes {
                        connection: link.connection,
                        bytes,
                    };
                    self.parties[to].app.handle(self.now, input);
                }
            }
            bytes.clear();
        }
        any
    }

    fn take_effects(&mut self, index: usize) -> bool {
        let mut any = false;
        while let Some(effect) = self.parties[index].app.poll_effect() {
            any = true;
            let party = &mut self.parties[index];
            match effect {
                Effect::Bell => party.bell_count += 1,
                Effect::Close(connection) => {
                    party.closed.push(connection);
                    self.close(index, connection);
                }
                Effect::Connect => {
                    party.connect_count += 1;
                    self.dial(index);
                }
                Effect::Log(line) => party.logs.push(line),
                Effect::Quit(ending) => party.ending = Some(ending),
                Effect::SetTitle(title) => party.title = title,
                Effect::ShowPicture { sequence, area, .. } => {
                    party.shown.push_back((sequence, area));
                    if party.decodes {
                        let (result, composed) = (Ok(Picture::new(area)), None);
                        #[rustfmt::skip]
                        let input = Input::PictureReady { sequence, result, composed };
                        party.app.handle(self.now, input);
                    }
                }
                Effect::Statistics(line) => party.lines.push(line),
                other => party.others.push(other),
            }
        }
        any
    }

    fn dial(&mut self, caller: usize) {
        let Some(listener) = self.listener else {
            let reason = "tried 10.0.0.1:2222 (connection refused)".to_owned();
            self.parties[caller]
                .app
                .handle(self.now, Input::ConnectFailed(reason));
            return;
        };
        let connection = ConnectionId(self.next_connection);
        self.next_connection += 1;
        self.links.push(Link {
            connection,
            ends: [caller, listener],
        });
        let accepted = Input::Accepted {
            connection,
            address: self.host.unwrap_or_else(|| address_of(caller)),
        };
        self.parties[listener].app.handle(self.now, accepted);
        let connected = Input::Connected {
            connection,
            address: address_of(listener),
        };
        self.parties[caller].app.handle(self.now, connected);
    }

    fn close(&mut self, closer: usize, connection: ConnectionId) {
        let Some(index) = self
            .links
            .iter()
            .position(|link| link.connection == connection)
        else {
            return;
        };
        let link = self.links[index];
        let side = usize::from(link.ends[1] == closer);
        self.carry(link, side);
        self.links.remove(index);
        let other = link.ends[1 - side];
        self.parties[other]
            .app
            .handle(self.now, Input::Disconnected { connection });
    }

    /// What the last frame of a party says, row for row.
    pub(crate) fn screen(&mut self, party: usize) -> String {
        self.settle();
        self.parties[party].text()
    }

    #[track_caller]
    pub(crate) fn assert_screen(&mut self, party: usize, wanted: &str) {
        let screen = self.screen(party);
        let flat = screen.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(wanted), "no {wanted:?} in\n{screen}");
    }
}
