import base64
import binascii
import hashlib
import hmac
import secrets
import struct
import uuid
import zlib
from array import array

print(hashlib.sha256(b"x").hexdigest()[:16], hashlib.md5(b"x").hexdigest()[:8], zlib.crc32(b"x"))
print(zlib.decompress(zlib.compress(b"y" * 50)), struct.pack("<Ih", 7, -1), array("i", [1, 2]).tobytes())
print(base64.b64encode(b"hi"), binascii.hexlify(b"hi"), hmac.new(b"k", b"m", "sha1").hexdigest()[:8])
print(len(secrets.token_bytes(8)), uuid.uuid5(uuid.NAMESPACE_DNS, "a"), len(str(uuid.uuid4())))
