"""The calling one of two scripts that show each other pictures in turns, as people write them:
no framing, one `recv` for each picture. Ends after COUNT pictures."""

import socket
import sys

import cv2
import numpy

PORT, COUNT = int(sys.argv[1]), int(sys.argv[2])

connection = socket.create_connection(("127.0.0.1", PORT))
for index in range(COUNT):
    ours = numpy.full((240, 320, 3), index % 256, numpy.uint8)
    connection.sendall(cv2.imencode(".jpg", ours)[1].tobytes())
    data = connection.recv(65536)
    theirs = cv2.imdecode(numpy.frombuffer(data, numpy.uint8), cv2.IMREAD_COLOR)
    if theirs is None:
        sys.exit(f"picture {index} of {len(data)} bytes was not whole")
print("turns", index + 1, "last", theirs.shape, flush=True)
