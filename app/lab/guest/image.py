# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Kernel images: a bzImage, or one in a Debian package, with the modules that the lab needs.

Source: Documentation/arch/x86/boot.rst (the header of a bzImage), deb(5) (ar, data.tar.*).
"""

from __future__ import annotations

import gzip
import lzma
import re
import struct
import tarfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, Final

from app.errors import LabError
from app.lab.machine import Kernel

#: What sock_diag needs for TCP, in the order of loading; built in where there is no such file.
MODULES: Final = ("inet_diag", "tcp_diag")
#: Of xloadflags: the kernel has a 64-bit entry.
_IS_64_BIT: Final = 1
#: No image or module is larger.
_MAX_BYTES: Final = 64 << 20
_AR_HEAD: Final = struct.Struct("16s12s6s6s8s10s2s")
_AR: Final = b"!<arch>\n"
_COMPRESSIONS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    ".xz": lzma.decompress,
    ".gz": gzip.decompress,
    "": bytes,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelImage:
    """A bzImage, what it is, and the kernel modules (by name, uncompressed) that came with it."""

    kernel: Kernel
    image: bytes
    modules: Mapping[str, bytes]


def read_image(file: Path, modules: Path | None = None) -> KernelImage:
    """The image in a file: a bzImage, or a Debian package of one.

    Modules of a bare image are looked for below the folder `modules`. Raises LabError for a file
    that is none, is cut off, or is for another machine.
    """
    try:
        if file.exists() and not file.is_file():
            # A pipe would be waited for.
            raise LabError("kernel", f"{file} is no file, but a folder, a pipe or a device")
        with file.open("rb") as opened:
            is_package = opened.read(len(_AR)) == _AR
            if is_package:
                image, found = _package(opened, file)
            else:
                opened.seek(0)
                image, found = _bounded(opened, file), {}
        if modules is not None:
            found = dict(_modules_below(modules))
    except OSError as error:
        raise LabError("kernel", f"{file}: {error.strerror or error}") from None
    kernel = _kernel_of(image, file)
    return KernelImage(kernel=kernel, image=image, modules=found)


def _bounded(opened: IO[bytes], file: Path) -> bytes:
    image = opened.read(_MAX_BYTES + 1)
    if len(image) > _MAX_BYTES:
        raise LabError("kernel", f"{file} is larger than {_MAX_BYTES >> 20} MB: no kernel image is")
    return image


def _kernel_of(image: bytes, file: Path) -> Kernel:
    """What the header says. Raises LabError."""
    if image[0x38:0x3C] == b"ARM\x64":
        raise LabError("kernel", f"{file} is a kernel for arm64; the lab emulates x86-64 only")
    if len(image) < 0x250 or image[0x202:0x206] != b"HdrS":
        raise LabError(
            "kernel",
            f"{file} is neither a bzImage (such as /boot/vmlinuz-…) nor a Debian package of one",
        )
    (flags,) = struct.unpack_from("<H", image, 0x236)
    if not flags & _IS_64_BIT:
        raise LabError("kernel", f"{file} is a kernel for 32-bit x86; the lab emulates x86-64 only")
    sectors = (image[0x1F1] or 4) + 1
    (paragraphs,) = struct.unpack_from("<I", image, 0x1F4)
    if len(image) < sectors * 512 + paragraphs * 16:
        raise LabError("kernel", f"{file} is cut off: its header tells of a larger image")
    (offset,) = struct.unpack_from("<H", image, 0x20E)
    text = image[offset + 0x200 :][:400].partition(b"\0")[0].decode("ascii", "replace")
    release, _, build = text.partition(" ")
    return Kernel(release=release, build=build)


def _package(opened: BinaryIO, file: Path) -> tuple[bytes, dict[str, bytes]]:
    """Image and modules of a Debian package. Raises LabError."""
    image: bytes | None = None
    modules: dict[str, bytes] = {}
    try:
        with _data_of(opened, file) as data:
            for member in data:
                path = PurePosixPath(member.name)
                name = path.name.partition(".ko")[0].replace("-", "_")
                is_image = path.parent.name == "boot" and path.name.startswith("vmlinuz-")
                if not member.isfile() or not (is_image or name in MODULES):
                    continue
                taken = data.extractfile(member)
                assert taken is not None
                if is_image:
                    image = _bounded(taken, file)
                elif path.name.startswith(f"{name}.ko"):
                    modules[name] = _uncompressed(path.name, taken.read(_MAX_BYTES))
    except (tarfile.TarError, lzma.LZMAError, EOFError) as error:
        raise LabError("kernel", f"{file} is a package that cannot be read: {error}") from None
    if image is None:
        raise LabError(
            "kernel",
            f"{file} is a package without boot/vmlinuz-…: take the one with the image "
            "(linux-image-…-amd64)",
        )
    return image, modules


def _data_of(opened: BinaryIO, file: Path) -> tarfile.TarFile:
    """The archive with the files of a package; `opened` stands behind the mark of ar."""
    while len(head := opened.read(_AR_HEAD.size)) == _AR_HEAD.size:
        name, _, _, _, _, size, _ = _AR_HEAD.unpack(head)
        member = name.decode("ascii", "replace").rstrip(" /")
        match member:
            case "data.tar.xz":
                return tarfile.open(fileobj=opened, mode="r|xz")
            case "data.tar.gz":
                return tarfile.open(fileobj=opened, mode="r|gz")
            case "data.tar":
                return tarfile.open(fileobj=opened, mode="r|")
        if member.startswith("data.tar"):
            raise LabError(
                "kernel",
                f"{file} is packed as {member}, which this Python cannot read; unpack it with "
                "`dpkg-deb -x` and name boot/vmlinuz-… and --modules",
            )
        if not size.strip().isdigit():
            break
        opened.seek(int(size) + int(size) % 2, 1)
    raise LabError("kernel", f"{file} is a package that cannot be read: it has no data.tar")


def _modules_below(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The modules that the lab needs, wherever they are below a folder."""
    if not folder.is_dir():
        raise LabError("kernel", f"{folder} is no folder of kernel modules")
    for path in sorted(folder.rglob("*_diag.ko*")):
        name = path.name.partition(".ko")[0]
        if name in MODULES:
            yield name, _uncompressed(path.name, path.read_bytes())


def _uncompressed(name: str, content: bytes) -> bytes:
    """A module as the kernel loads it. Raises LabError."""
    ending = re.sub(r"^.*\.ko", "", name)
    if ending not in _COMPRESSIONS:
        raise LabError("kernel", f"{name} is compressed as {ending}, which this Python cannot read")
    return _COMPRESSIONS[ending](content)
