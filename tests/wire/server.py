"""The listening one of two scripts that show each other pictures in turns, as people write them:
no framing, one `recv` for each picture. Ends when the other does, or after COUNT pictures."""

import socket
import sys

import cv2
import numpy

PORT, COUNT = int(sys.argv[1]), int(sys.argv[2])

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", PORT))
listener.listen(1)
print("listening", flush=True)
connection, _ = listener.accept()
for index in range(COUNT):
    data = connection.recv(65536)
    if not data:
        break
    theirs = cv2.imdecode(numpy.frombuffer(data, numpy.uint8), cv2.IMREAD_COLOR)
    if theirs is None:
        sys.exit(f"picture {index} of {len(data)} bytes was not whole")
    ours = numpy.full((240, 320, 3), index % 256, numpy.uint8)
    connection.sendall(cv2.imencode(".jpg", ours)[1].tobytes())
print("turns", index + 1, "last", theirs.shape, flush=True)
