"""Files that come with messages: what they are is seen in them, not in their names; pictures lose their place."""

from __future__ import annotations

import hashlib
import io
import re
import warnings
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import puremagic
from PIL import Image, ImageOps, UnidentifiedImageError

from kinbook.tenancy.refused import Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

LARGEST = 20 * 1000 * 1000
MOST = 10
MOST_PIXELS = 60_000_000
MOST_INSIDE = 200 * 1000 * 1000
PICTURES = {
    ".jpg": ("JPEG", "image/jpeg"),
    ".png": ("PNG", "image/png"),
    ".webp": ("WEBP", "image/webp"),
    ".gif": ("GIF", "image/gif"),
}
OFFICE = {
    "word/": (".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xl/": (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ppt/": (".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
}
OPEN_DOCUMENTS = {
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.oasis.opendocument.presentation": ".odp",
}
SOUNDS = {".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".wav": "audio/wav", ".ogg": "audio/ogg", ".flac": "audio/flac"}
TAKEN = "a PDF, a picture, a Word, Excel, PowerPoint or OpenDocument file, plain text, or a sound"
NAME = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u202a-\u202e\u2066-\u2069]+')


@dataclass(frozen=True, slots=True)
class Brought:
    """A file as it was brought."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A file that may be kept: its name fits what it is."""

    name: str
    type: str
    content: bytes
    sha256: str


def clean_files(brought: Sequence[Brought]) -> list[CleanFile]:
    """Return files as they may be kept; Invalid where one is too large, of no kind that is taken, or too many."""
    if len(brought) > MOST:
        raise Invalid(attachments=f"At most {MOST} files go with a message.")
    return [clean_file(each) for each in brought]


def clean_file(brought: Brought) -> CleanFile:
    """Return a file as it may be kept."""
    name = clean_name(brought.name)
    if not brought.content:
        raise Invalid(attachments=f"{name} is empty.")
    if len(brought.content) > LARGEST:
        raise Invalid(attachments=too_large(name))
    ending, type_, content = _looked_at(name, brought.content)
    stem = name.rpartition(".")[0] or name
    fits = name.lower().endswith((ending, *({".jpeg"} if ending == ".jpg" else ())))
    # plain text keeps its own ending (.csv, .md), others get the one of what they are
    kept = (
        name
        if fits or (type_ == "text/plain" and not name.lower().endswith((".html", ".htm", ".svg", ".xml", ".js")))
        else f"{stem}{ending}"
    )
    return CleanFile(kept, type_, content, hashlib.sha256(content).hexdigest())


def too_large(name: str) -> str:
    """Return the sentence for a file that is too large."""
    return f"{name} is larger than {LARGEST // 1_000_000} MB: send it in parts, or make it smaller."


def clean_name(name: str) -> str:
    """Return a file's name without folders and signs that a computer reads as more than a name."""
    last = NAME.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(" .")
    return last[-120:] or "file"


def _looked_at(name: str, content: bytes) -> tuple[str, str, bytes]:
    """Return ending, type and content as it is kept."""
    ending = _sniffed(content)
    if ending in PICTURES:
        kind, type_ = PICTURES[ending]
        return ending, type_, _picture(name, kind, content)
    if ending == ".pdf":
        return ending, "application/pdf", content
    if content.startswith(b"PK"):
        return *_packed(name, content), content
    if ending in SOUNDS:
        return ending, SOUNDS[ending], content
    if ending in {".doc", ".xls", ".ppt"}:
        raise Invalid(
            attachments=f"{name} is an old Office file, which can hold programs: save it as .docx, .xlsx or PDF."
        )
    if _is_text(content):
        return ".txt", "text/plain", content
    raise Invalid(attachments=f"{name} is not {TAKEN}.")


def _sniffed(content: bytes) -> str:
    """Return the ending of what the content looks like; "" where it looks like nothing known."""
    if content.startswith(b"%PDF-"):
        return ".pdf"
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return ".doc"
    try:
        found = puremagic.from_string(content[:4096] + content[-512:])
    except (puremagic.PureError, ValueError):
        return ""
    return {".jpeg": ".jpg", ".jfif": ".jpg", ".mpga": ".mp3", ".oga": ".ogg"}.get(
        str(found).lower(), str(found).lower()
    )


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not any(ord(letter) < 32 and letter not in "\t\n\r\f" for letter in text)


def _packed(name: str, content: bytes) -> tuple[str, str]:
    """Return what an office file is; other archives, and those that grow without measure, are refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = packed.infolist()
            if len(entries) > 5000 or sum(each.file_size for each in entries) > MOST_INSIDE:
                raise Invalid(attachments=f"{name} unpacks to more than is taken.")
            names = [each.filename for each in entries]
            kind = _open_document(packed, names)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError):
        raise Invalid(attachments=f"{name} cannot be read: it is damaged, or an archive.") from None
    if kind:
        return OPEN_DOCUMENTS[kind], kind
    if "[Content_Types].xml" in names and not any(each.lower().endswith("vbaproject.bin") for each in names):
        for folder, found in OFFICE.items():
            if any(each.startswith(folder) for each in names):
                return found
    raise Invalid(attachments=f"{name} is an archive, or holds programs: send the files in it by themselves.")


def _open_document(packed: zipfile.ZipFile, names: Sequence[str]) -> str:
    if names[:1] != ["mimetype"] or packed.infolist()[0].file_size > 200:
        return ""
    kind = packed.read("mimetype").decode("ascii", "replace")
    return kind if kind in OPEN_DOCUMENTS else ""


def _picture(name: str, kind: str, content: bytes) -> bytes:
    """Return the picture drawn anew: without place, time, device, or anything that is not the picture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[kind]) as picture:
                if picture.width * picture.height * getattr(picture, "n_frames", 1) > MOST_PIXELS:
                    raise Invalid(attachments=f"{name} has more points than are taken: make it smaller.")
                return _drawn(picture, kind)
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ):
        raise Invalid(attachments=f"{name} is no picture that can be shown: it is damaged.") from None


def _drawn(picture: Image.Image, kind: str) -> bytes:
    made = io.BytesIO()
    if getattr(picture, "is_animated", False):
        picture.info.clear()
        picture.save(made, kind, save_all=True, comment=b"") if kind == "GIF" else picture.save(
            made, kind, save_all=True
        )
        return made.getvalue()
    upright = ImageOps.exif_transpose(picture)
    if kind == "JPEG" and upright.mode not in {"RGB", "L"}:
        upright = upright.convert("RGB")
    clean = Image.new(upright.mode, upright.size)
    if upright.mode == "P":
        palette = upright.getpalette()
        if palette:
            clean.putpalette(palette)
    clean.paste(upright)
    wanted = {"quality": 90} if kind in {"JPEG", "WEBP"} else {}
    if upright.mode == "P" and "transparency" in upright.info:
        wanted["transparency"] = upright.info["transparency"]
    clean.save(made, kind, **wanted)
    return made.getvalue()
