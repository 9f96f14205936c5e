"""One end of a call, written from docs/PROTOCOL.md alone, with the Noise of `noiseprotocol`.

usage: peer.py call|listen PORT [SECRET]

`listen` prints its port first. It goes through a whole call with both kinds of new key, shows a
picture's length, and prints what it saw: words as numbers, the other's fingerprint, its name.
"""

import hashlib
import os
import socket
import struct
import sys
import time

from noise.connection import Keypair, NoiseConnection

MAGIC = b"ttychat\x01"
SYMBOLS = "0123456789abcdefghjkmnpqrstvwxyz"
HELLO, RINGING, ACCEPTED, GOODBYE, PING, PONG = 1, 2, 3, 5, 6, 7
CAMERA_STATE, TEXT, VIDEO, ACKNOWLEDGED, FIRST, NEXT, NEW_KEY = 8, 10, 11, 12, 13, 14, 15


def blake2s(data):
    return hashlib.blake2s(data).digest()


def bits(data, start, count):
    number = int.from_bytes(data, "big")
    return number >> (8 * len(data) - start - count) & ((1 << count) - 1)


def fingerprint(key):
    digest = blake2s(b"ttychat key" + key)
    text = "".join(SYMBOLS[bits(digest, 5 * index, 5)] for index in range(25))
    return "-".join(text[start : start + 5] for start in range(0, 25, 5))


class End:
    def __init__(self, stream, calls, secret):
        self.stream = stream
        self.calls = calls
        self.secret = secret
        self.pieces = None

    def exactly(self, count):
        data = b""
        while len(data) < count:
            more = self.stream.recv(count - len(data))
            if not more:
                raise EOFError("the other end closed the connection")
            data += more
        return data

    def frame(self):
        (length,) = struct.unpack(">H", self.exactly(2))
        return self.exactly(length)

    def send_frame(self, body):
        self.stream.sendall(struct.pack(">H", len(body)) + body)

    def greet(self):
        caller, called = (b"}", b"{") if self.secret else (b">", b"<")
        ours, theirs = (caller, called) if self.calls else (called, caller)
        self.stream.sendall(MAGIC + ours)
        heard = self.exactly(9)
        assert heard == MAGIC + theirs, heard
        return MAGIC + caller + MAGIC + called

    def shake_hands(self):
        prologue = self.greet()
        pattern = b"XXpsk0" if self.secret else b"XX"
        noise = NoiseConnection.from_name(b"Noise_" + pattern + b"_25519_ChaChaPoly_BLAKE2s")
        noise.set_prologue(prologue)
        noise.set_keypair_from_private_bytes(Keypair.STATIC, os.urandom(32))
        if self.secret:
            noise.set_psks(blake2s(b"ttychat secret" + self.secret.encode()))
        if self.calls:
            noise.set_as_initiator()
        else:
            noise.set_as_responder()
        noise.start_handshake()
        # Both are gone from the connection when the handshake is done.
        state = noise.noise_protocol.handshake_state
        symmetric = noise.noise_protocol.symmetric_state
        lengths = []
        if self.calls:
            nonce = os.urandom(32)
            self.send_frame(noise.write_message(blake2s(b"ttychat commitment" + nonce)))
            body = self.frame()
            lengths.append(len(body))
            assert noise.read_message(body) == b""
            h = symmetric.h
            remote = state.rs.public_bytes
            self.send_frame(noise.write_message(nonce))
        else:
            body = self.frame()
            lengths.append(len(body))
            commitment = bytes(noise.read_message(body))
            assert len(commitment) == 32
            self.send_frame(noise.write_message(b""))
            h = symmetric.h
            body = self.frame()
            lengths.append(len(body))
            nonce = bytes(noise.read_message(body))
            assert blake2s(b"ttychat commitment" + nonce) == commitment
            remote = state.rs.public_bytes
        assert noise.handshake_finished
        assert lengths == ([96] if self.calls else [80 if self.secret else 64, 96]), lengths
        digest = blake2s(b"ttychat words" + h + nonce)
        print("words", *(bits(digest, 11 * index, 11) for index in range(4)), flush=True)
        print("key", fingerprint(remote), flush=True)
        self.noise = noise

    def send(self, plaintext):
        self.send_frame(self.noise.encrypt(plaintext))

    def new_key(self):
        self.send(bytes([NEW_KEY]))
        self.noise.rekey_outbound_cipher()

    def receive(self):
        """The next whole message that is not a ping."""
        while True:
            plaintext = self.noise.decrypt(self.frame())
            kind = plaintext[0]
            if kind == PING:
                now = time.monotonic_ns() // 1000
                self.send(bytes([PONG]) + plaintext[1:9] + struct.pack(">Q", now))
            elif kind == NEW_KEY:
                self.noise.rekey_inbound_cipher()
                print("followed a new key", flush=True)
            elif kind == FIRST:
                (self.total,) = struct.unpack(">I", plaintext[1:5])
                self.pieces = plaintext[5:]
            elif kind == NEXT:
                self.pieces += plaintext[1:]
                if len(self.pieces) == self.total:
                    return self.pieces
            elif kind != PONG:
                return plaintext

    def await_kind(self, kind):
        while True:
            message = self.receive()
            if message[0] == kind:
                return message
            if message[0] == GOODBYE:
                raise EOFError(f"goodbye {message[1]}")

    def hello(self):
        self.send(bytes([HELLO]) + struct.pack(">IHH", 0, 160, 90) + b"python")

    def call(self):
        if self.calls:
            self.hello()
            assert self.receive() == bytes([RINGING])
            assert self.receive() == bytes([ACCEPTED])
            print("name", self.await_kind(HELLO)[9:].decode(), flush=True)
        else:
            print("name", self.await_kind(HELLO)[9:].decode(), flush=True)
            self.send(bytes([RINGING]))
            self.send(bytes([ACCEPTED]))
            self.hello()
        self.send(bytes([CAMERA_STATE, 1]))
        for sequence in range(3):
            self.new_key()
            self.send(bytes([TEXT]) + f"text {sequence}".encode())
            video = self.await_kind(VIDEO)
            assert struct.unpack(">I", video[1:5])[0] == sequence
            width, height, shared = struct.unpack(">HHH", video[13:19])
            assert width <= 160 and height <= 90
            assert sequence > 0 or (shared == 0 and video[19:21] == b"\xff\xd8")
            self.send(bytes([ACKNOWLEDGED]) + video[1:5] + b"\x02")
        print("pictures 3", flush=True)
        self.send(bytes([GOODBYE, 0]))


def main():
    calls, port = sys.argv[1] == "call", int(sys.argv[2])
    secret = sys.argv[3] if len(sys.argv) > 3 else None
    if calls:
        stream = socket.create_connection(("127.0.0.1", port), timeout=20)
    else:
        listener = socket.create_server(("127.0.0.1", port))
        listener.settimeout(20)
        print("port", listener.getsockname()[1], flush=True)
        stream, _ = listener.accept()
    stream.settimeout(20)
    end = End(stream, calls, secret)
    end.shake_hands()
    end.call()


main()
