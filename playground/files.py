"""Files that were sent: their bytes, their ids and what a picture's header says."""

import struct
from collections import OrderedDict
from dataclasses import dataclass
from mimetypes import guess_type

from playground.refusals import bad_request
from playground.schema import JSON

PHOTO_BYTES_MAX = 10 * 1024 * 1024
UPLOAD_BYTES_MAX = 50 * 1024 * 1024
DOWNLOAD_BYTES_MAX = 20 * 1024 * 1024
_PHOTO_SIDES_MAX_PX = 10_000
_PHOTO_RATIO_MAX = 20


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a multipart request."""

    file_name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that Telegram keeps."""

    file_id: str
    kind: str  # photo, document, ...
    file_name: str
    content_type: str
    content: bytes
    width: int = 0
    height: int = 0

    @property
    def unique_id(self) -> str:
        return self.file_id[-8:]

    @property
    def path(self) -> str:
        return f"{self.kind}s/{self.file_id}_{self.file_name}"

    def described(self) -> JSON:
        """As `PhotoSize`, `Document` or another kind of file shows it."""
        described: JSON = {
            "file_id": self.file_id,
            "file_unique_id": self.unique_id,
            "file_size": len(self.content),
        }
        if self.kind == "photo":
            return described | {"width": self.width, "height": self.height}
        return described | {"file_name": self.file_name, "mime_type": self.content_type}


class FileStore:
    """Keeps bytes by file id; forgets the oldest files beyond the bound."""

    def __init__(self, bytes_max: int | None) -> None:
        self._bytes_max = bytes_max
        self._bytes = 0
        self._files: OrderedDict[str, StoredFile] = OrderedDict()
        self._number = 0

    def add(self, kind: str, upload: Upload) -> StoredFile:
        """Keeps an upload; raises `Refusal` for one that Telegram would not take."""
        content = upload.content
        if not content:
            raise bad_request("file must be non-empty")
        width, height = photo_size(content) if kind == "photo" else (0, 0)
        if kind == "photo":
            content_type = picture_type(content)
        else:
            content_type = guess_type(upload.file_name)[0] or upload.content_type
        self._number += 1
        file_id = f"{_PREFIXES.get(kind, 'BQACAgIAAxkBAAI')}{self._number:08d}"
        name = "".join(c if c.isalnum() or c in "._-" else "_" for c in upload.file_name)
        stored = StoredFile(file_id, kind, name or "file", content_type, content, width, height)
        self._files[file_id] = stored
        self._bytes += len(content)
        while self._bytes_max is not None and self._bytes > self._bytes_max and self._files:
            _, forgotten = self._files.popitem(last=False)
            self._bytes -= len(forgotten.content)
        return stored

    def get(self, file_id: str) -> StoredFile | None:
        return self._files.get(file_id)

    def by_path(self, path: str) -> StoredFile | None:
        """Finds a file by what `getFile` answered."""
        stored = self._files.get(path.partition("/")[2].partition("_")[0])
        return stored if stored is not None and stored.path == path else None


_PREFIXES = {"photo": "AgACAgIAAxkBAAI", "sticker": "CAACAgIAAxkBAAI"}


def photo_size(content: bytes) -> tuple[int, int]:
    """Returns width and height in pixels; raises `Refusal` for what Telegram cannot show."""
    if len(content) > PHOTO_BYTES_MAX:
        raise bad_request("file is too big for a photo")
    size = _png(content) or _jpeg(content) or _gif(content) or _webp(content)
    if size is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    width, height = size
    longer, shorter = max(size), max(min(size), 1)
    if width + height > _PHOTO_SIDES_MAX_PX or longer > shorter * _PHOTO_RATIO_MAX:
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return size


def picture_type(content: bytes) -> str:
    """What kind of picture the bytes are, whatever the sender called it."""
    if content.startswith(b"\x89PNG"):
        return "image/png"
    if content.startswith(b"GIF8"):
        return "image/gif"
    return "image/webp" if content.startswith(b"RIFF") else "image/jpeg"


def _png(content: bytes) -> tuple[int, int] | None:
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or len(content) < 24:
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _gif(content: bytes) -> tuple[int, int] | None:
    if content[:6] not in (b"GIF87a", b"GIF89a") or len(content) < 10:
        return None
    width, height = struct.unpack("<HH", content[6:10])
    return width, height


def _webp(content: bytes) -> tuple[int, int] | None:
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(content) < 30:
        return None
    if content[12:16] == b"VP8X":
        wide, high = content[24:27], content[27:30]
        return int.from_bytes(wide, "little") + 1, int.from_bytes(high, "little") + 1
    if content[12:16] == b"VP8 ":
        width, height = struct.unpack("<HH", content[26:30])
        return width & 0x3FFF, height & 0x3FFF
    bits = int.from_bytes(content[21:25], "little")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


_JPEG_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


def _jpeg(content: bytes) -> tuple[int, int] | None:
    if not content.startswith(b"\xff\xd8"):
        return None
    position = 2
    while position + 9 <= len(content):
        if content[position] != 0xFF:
            return None
        marker = content[position + 1]
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", content[position + 5 : position + 9])
            return width, height
        standalone = marker == 0xFF or marker == 0x01 or 0xD0 <= marker <= 0xD7
        if standalone:
            position += 1 if marker == 0xFF else 2
        else:
            position += 2 + int.from_bytes(content[position + 2 : position + 4])
    return None
