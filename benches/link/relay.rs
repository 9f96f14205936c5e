//! A link: a TCP relay with a rate, a delay, a bounded queue and stalls, each way for itself.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

/// Bytes that wait for their turn at most, as in a small router; what does not fit waits in the
/// sender's kernel, as TCP makes it.
pub(crate) const QUEUE_LEN_MAX: usize = 64 << 10;

/// What is carried at once: a segment.
const SEGMENT_LEN: usize = 1400;

/// Receive buffer of the relay, which is part of the queue too.
const RECEIVE_LEN: usize = 8 << 10;

/// What can be changed while it runs.
#[derive(Debug)]
pub(crate) struct Shape {
    /// Bits a second.
    rate: AtomicU64,
    /// Microseconds since `began_at` before which nothing leaves.
    stalled_until: AtomicU64,
    began_at: Instant,
    delay: Duration,
}

impl Shape {
    pub(crate) fn new(rate: u64, delay: Duration) -> Arc<Self> {
        Arc::new(Self {
            rate: AtomicU64::new(rate),
            stalled_until: AtomicU64::new(0),
            began_at: Instant::now(),
            delay,
        })
    }

    pub(crate) fn set_rate(&self, rate: u64) {
        self.rate.store(rate, Ordering::Relaxed);
    }

    pub(crate) fn stall(&self, time: Duration) {
        let until = self.began_at.elapsed() + time;
        self.stalled_until
            .store(until.as_micros() as u64, Ordering::Relaxed);
    }

    /// When `len` bytes have left that could begin at `from`.
    fn leaves_at(&self, from: Instant, len: usize) -> Instant {
        let stalled = Duration::from_micros(self.stalled_until.load(Ordering::Relaxed));
        let rate = self.rate.load(Ordering::Relaxed) as f64 / 8.0;
        from.max(self.began_at + stalled) + Duration::from_secs_f64(len as f64 / rate)
    }
}

/// Relays one connection to `port` after the other; gives the port to connect to.
pub(crate) fn spawn(port: u16, shape: &Arc<Shape>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near_port = listener.local_addr().unwrap().port();
    let shape = Arc::clone(shape);
    thread::spawn(move || {
        for near in listener.incoming().map_while(Result::ok) {
            let Ok(far) = TcpStream::connect(("127.0.0.1", port)) else {
                continue;
            };
            for stream in [&near, &far] {
                stream.set_nodelay(true).unwrap();
                let socket = socket2::SockRef::from(stream);
                socket.set_recv_buffer_size(RECEIVE_LEN).unwrap();
            }
            carry(near.try_clone().unwrap(), far.try_clone().unwrap(), &shape);
            carry(far, near, &shape);
        }
    });
    near_port
}

/// Carries one direction: one thread takes bytes in as the queue has room and lets them leave at
/// the rate, another hands them over after the delay.
fn carry(mut from: TcpStream, to: TcpStream, shape: &Arc<Shape>) {
    let shape = Arc::clone(shape);
    let (sender, receiver) = sync_channel::<(Instant, Vec<u8>)>(1 << 16);
    thread::spawn(move || hand_over(to, &receiver));
    thread::spawn(move || {
        let mut queue = Queue::default();
        let mut segment = vec![0; SEGMENT_LEN];
        while let Ok(len) = from.read(&mut segment) {
            if len == 0 {
                break;
            }
            queue.wait_for_room(len);
            let came_at = Instant::now();
            let begins_at = queue.free_at.unwrap_or(came_at).max(came_at);
            let leaves_at = shape.leaves_at(begins_at, len);
            queue.push(leaves_at, len);
            if !send(&sender, leaves_at + shape.delay, &segment[..len]) {
                break;
            }
        }
    });
}

fn send(sender: &SyncSender<(Instant, Vec<u8>)>, at: Instant, bytes: &[u8]) -> bool {
    sender.send((at, bytes.to_vec())).is_ok()
}

fn hand_over(mut to: TcpStream, receiver: &Receiver<(Instant, Vec<u8>)>) {
    while let Ok((at, bytes)) = receiver.recv() {
        thread::sleep(at.saturating_duration_since(Instant::now()));
        if to.write_all(&bytes).is_err() {
            break;
        }
    }
    drop(to.shutdown(std::net::Shutdown::Both));
}

/// What waits for its turn.
#[derive(Debug, Default)]
struct Queue {
    waiting: std::collections::VecDeque<(Instant, usize)>,
    len: usize,
    free_at: Option<Instant>,
}

impl Queue {
    fn push(&mut self, leaves_at: Instant, len: usize) {
        self.waiting.push_back((leaves_at, len));
        self.len += len;
        self.free_at = Some(leaves_at);
    }

    fn wait_for_room(&mut self, len: usize) {
        loop {
            let now = Instant::now();
            while let Some(&(leaves_at, len)) = self.waiting.front()
                && leaves_at <= now
            {
                self.len -= len;
                self.waiting.pop_front();
            }
            if self.len + len <= QUEUE_LEN_MAX {
                return;
            }
            if let Some(&(leaves_at, _)) = self.waiting.front() {
                thread::sleep(leaves_at.saturating_duration_since(now));
            }
        }
    }
}
