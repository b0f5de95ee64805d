import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

with zipfile.ZipFile("a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("x.txt", "hello")
print(zipfile.ZipFile("a.zip").read("x.txt"), gzip.decompress(gzip.compress(b"g")), bz2.decompress(bz2.compress(b"b")))
buffer = io.BytesIO()
with tarfile.open(fileobj=buffer, mode="w") as archive:
    archive.addfile(tarfile.TarInfo("empty"))
print(lzma.decompress(lzma.compress(b"l")), len(buffer.getvalue()))
