"""How a card looks. Read at a width of 300 pixels: no text is smaller than 40, and nothing is near the edge."""

import io
from functools import lru_cache
from pathlib import Path
from threading import Lock

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from .content import Card, CardParticipant

WIDTH, HEIGHT = 1200, 630
MARGIN = 72  # some chats crop the card to 2:1, and round its corners
TOP, BOTTOM = 66, HEIGHT - 56
BAR = 26
PAPER, INK, SOFT, EDGE = "#fcfbf8", "#1d1c1a", "#5d5a54", "#8f8a80"
ACCENTS = {1: "#2f6690", 2: "#1d7346", 3: "#6b46a8", 4: "#a8480f", 5: "#ad1f3d"}
MIN_SIZE = 40
MAX_NAMES_HEIGHT = 240
FONTS = {True: "NotoSansCJK-Bold.ttc", False: "NotoSansCJK-Regular.ttc"}
KOREAN = 1  # of the faces in a file; the first is Japanese
SMOOTH = 4  # shapes are drawn larger by this factor, and reduced
COLOURS = 48

Font = ImageFont.FreeTypeFont
# Fonts are shared, and one drawing at a time leaves a processor for readers.
_drawing = Lock()


class FontMissing(Exception):
    """The fonts that cards are drawn with are not installed."""

    def __init__(self) -> None:
        super().__init__(f"{FONTS[True]} is not in {settings.CARD_FONTS}. On Debian: apt-get install fonts-noto-cjk")


@lru_cache
def can_draw() -> bool:
    """Return whether the fonts are installed."""
    return all((Path(settings.CARD_FONTS) / name).is_file() for name in FONTS.values())


@lru_cache(maxsize=64)
def _font(size: int, is_bold: bool) -> Font:
    try:
        return ImageFont.truetype(Path(settings.CARD_FONTS) / FONTS[is_bold], size, index=KOREAN)
    except OSError as error:  # removed since the process started
        raise FontMissing from error


def draw(card: Card) -> bytes:
    """Return the card as a PNG. Raise FontMissing."""
    if not can_draw():
        raise FontMissing
    with _drawing:
        image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
        accent = ACCENTS.get(card.digit or 0, INK)
        ImageDraw.Draw(image).rectangle((0, 0, WIDTH, BAR - 1), fill=accent)
        if card.number:
            _entry(image, card, accent)
        else:
            _title_page(image, card)
        data = io.BytesIO()
        reduced = image.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        reduced.save(data, "PNG", compress_level=6)
    return data.getvalue()


def _entry(image: Image.Image, card: Card, accent: str) -> None:
    """Draw a number with its names beside it, the plain line, and the line of participants."""
    canvas = ImageDraw.Draw(image)
    number = _font(262, True)
    left, top, right, bottom = number.getbbox(card.number)
    canvas.text((MARGIN - left, TOP - top), card.number, fill=accent, font=number)
    number_end = TOP + bottom - top
    x = MARGIN + right - left + 48
    names = _names(card, WIDTH - MARGIN - x)
    y = max(TOP - 8, TOP + (number_end - TOP - sum(block.height for block, _colour in names)) // 2)
    for block, colour in names:
        block.draw(canvas, x, y, colour)
        y += block.height + 6
    floor = BOTTOM - (92 if card.participants else 44)
    top = max(number_end, y) + 14
    plain = _fitted(card.text, WIDTH - 2 * MARGIN, 3, (50, 46, 42, MIN_SIZE), is_bold=False, height=floor - top)
    plain.draw(canvas, MARGIN, top + max(0, (floor - top - plain.height) // 2), INK)
    if card.participants:
        _line(image, card.participants, accent)
    _site(canvas, card.site)


def _names(card: Card, width: float) -> list[tuple["Block", str]]:
    """Return the names with their colours, in the largest sizes that stay beside the number.

    The name in the other language is left out where all three take too much room.
    """
    names: list[tuple[Block, str]] = []
    for size in (76, 68, 62, 56, 50, 44, MIN_SIZE):
        lines = 2 if size > 44 else 3  # smaller letters before a third line, and a third line before an ellipsis
        names = [(_fitted(card.title, width, lines, (size, MIN_SIZE), is_bold=True), INK)]
        if card.gloss:
            names.append((_fitted(f"({card.gloss})", width, 2, (min(size, 50), MIN_SIZE), is_bold=False), INK))
        if card.other_title:
            names.append((_fitted(card.other_title, width, 2, (MIN_SIZE,), is_bold=False), SOFT))
        if names[0][0].font.size == size and sum(block.height for block, _colour in names) <= MAX_NAMES_HEIGHT:
            return names
    return names[:2] if card.gloss else names


def _title_page(image: Image.Image, card: Card) -> None:
    """Draw a name, a sentence, and the numbers in the colours of their classes."""
    canvas = ImageDraw.Draw(image)
    width = WIDTH - 2 * MARGIN
    title = _fitted(card.title, width, 2, (108, 96, 84, 76, 68), is_bold=True)
    title.draw(canvas, MARGIN, TOP, INK)
    text = _fitted(card.text, width, 3, (54, 50, 46, MIN_SIZE), is_bold=False)
    text.draw(canvas, MARGIN, TOP + title.height + 22, INK)
    site_width = _font(MIN_SIZE, True).getlength(card.site) + 40 if card.site else 0
    labels = list(card.labels)
    for size in (104, 92, 80, 70, 60, 52, 46, MIN_SIZE):
        font = _font(size, True)
        gap = size * 0.32
        if sum(font.getlength(label) + gap for label, _digit in labels) <= width - site_width + gap:
            break
    x: float = MARGIN
    for label, digit in labels:
        if x + font.getlength(label) > WIDTH - MARGIN - site_width:
            break
        canvas.text((x, BOTTOM), label, fill=ACCENTS.get(digit or 0, INK), font=font, anchor="ls")
        x += font.getlength(label) + gap
    _site(canvas, card.site)


def _site(canvas: ImageDraw.ImageDraw, site: str) -> None:
    canvas.text((WIDTH - MARGIN, BOTTOM), site, fill=SOFT, font=_font(MIN_SIZE, True), anchor="rs")


def _line(image: Image.Image, line: tuple[CardParticipant, ...], accent: str) -> None:
    """Draw the participants: a filled dot sends the code, a cross marks where to fix it, a dashed link was cut."""
    canvas = ImageDraw.Draw(image)
    font = _font(MIN_SIZE + 1, True)
    columns = [font.getlength(participant.label) + 56 for participant in line]
    y, radius, stroke = BOTTOM - 66, 17, 5
    side = radius * 2 + 6
    x: float = MARGIN
    for place, participant in enumerate(line):
        colour = accent if participant.role else EDGE
        if place < len(line) - 1:
            start, end = x + side, x + columns[place] - 4
            step = 15 if participant.is_cut else end - start
            at = start
            while at < end:
                stop = min(at + (9 if participant.is_cut else step), end)
                canvas.rectangle((at, y - 2, stop, y + 2), fill=accent if participant.is_cut else EDGE)
                at += step
        mark = Image.new("L", (side * SMOOTH, side * SMOOTH))
        pen = ImageDraw.Draw(mark)
        far, middle = side * SMOOTH - SMOOTH, side * SMOOTH // 2
        if participant.role == "fixes":
            inset = 4 * SMOOTH
            for shape in (
                ((inset, inset), (far - inset, far - inset)),
                ((inset, far - inset), (far - inset, inset)),
            ):
                pen.line(shape, fill=255, width=8 * SMOOTH)
        else:
            pen.circle((middle, middle), radius * SMOOTH, fill=255)
            if not participant.role:
                pen.circle((middle, middle), (radius - stroke) * SMOOTH, fill=0)
        mark = mark.resize((side, side), Image.Resampling.LANCZOS)
        image.paste(Image.new("RGB", mark.size, colour), (round(x), y - side // 2), mark)
        canvas.text((x, BOTTOM), participant.label, fill=INK if participant.role else SOFT, font=font, anchor="ls")
        x += columns[place]


class Block:
    """A text broken into lines of one size."""

    def __init__(self, lines: list[str], font: Font) -> None:
        self.lines = lines
        self.font = font
        self.step = round(font.size * 1.22)
        self.height = self.step * len(lines)

    def draw(self, canvas: ImageDraw.ImageDraw, x: float, y: float, colour: str) -> None:
        """Draw the lines below one another, the first with its upper left corner at x and y, in pixels."""
        for place, line in enumerate(self.lines):
            # The middle of a line, so that a line of Hangul and one of lower-case letters look alike.
            canvas.text((x, y + place * self.step + self.step / 2), line, fill=colour, font=self.font, anchor="lm")


def _fitted(
    text: str, width: float, lines: int, sizes: tuple[int, ...], *, is_bold: bool, height: float = HEIGHT
) -> Block:
    """Break a text at its spaces, in the largest size in which it takes at most `lines` lines and `height`.

    In the last size a text that is still too long ends with an ellipsis.
    """
    for size in sizes:
        font = _font(size, is_bold)
        block = Block(_balanced(text, font, width), font)
        if len(block.lines) <= lines and block.height <= height and _widest(block) <= width:
            return block
    fitting = max(1, min(lines, int(height // block.step)))
    kept = block.lines[:fitting]
    if fitting < len(block.lines):
        kept[-1] += "…"
    for place, line in enumerate(kept):
        while font.getlength(line) > width:
            line = line.rstrip("…")[:-1] + "…"
        kept[place] = line
    return Block(kept, font)


def _widest(block: Block) -> float:
    return max(block.font.getlength(line) for line in block.lines)


def _broken(text: str, font: Font, width: float) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and font.getlength(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines or [""]


def _balanced(text: str, font: Font, width: float) -> list[str]:
    """Break a text into as few lines as fit, of about the same length."""
    lines = _broken(text, font, width)
    low, high = width / 2, width
    while len(lines) > 1 and high - low > 8:
        middle = (low + high) / 2
        tried = _broken(text, font, middle)
        if len(tried) == len(lines) and max(font.getlength(line) for line in tried) <= middle:
            high, lines = middle, tried
        else:
            low = middle
    return lines
