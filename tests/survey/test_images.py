"""Image files are decoded to 8-bit RGB or raise an ImageError, for any content; no other errors or warnings."""

import hashlib
import io
import itertools
import os
import random
import re
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from galviz.survey.cutouts import MIN_CONTRAST, inspect_image
from galviz.survey.images import MAX_PIXELS, ImageError, decode_rgb, pixel_size, read_content, read_start
from galviz.survey.survey import load_survey


def galaxy(mode="RGB"):
    """A 48 × 40 px blob with noise, red to the left and blue to the right."""
    y, x = np.mgrid[:40, :48]
    light = 200 * np.exp(-np.hypot(x - 24, y - 20) / 6) + np.random.default_rng(0).uniform(0, 20, x.shape)
    colour = np.stack([light * (1 - x / 96), light * 0.8, light * (0.5 + x / 96)], axis=-1)
    image = Image.fromarray(colour.astype(np.uint8))
    return image.quantize(16) if mode == "P" else image.convert(mode)


def encoded(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width, height, depth, colour_type, rows=b""):
    """A PNG written by hand, with a header that Pillow would not write."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    parts = chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_rgb_pixels_are_unchanged():
    pixels = np.asarray(galaxy())
    decoded = decode_rgb(encoded(galaxy(), "PNG"))
    np.testing.assert_array_equal(np.asarray(decoded), pixels)
    assert (decoded.mode, decoded.size, type(decoded)) == ("RGB", (48, 40), Image.Image)
    jpeg = np.asarray(decode_rgb(encoded(galaxy(), "JPEG", quality=95, subsampling=0)), dtype=int)
    assert np.abs(jpeg - pixels).mean() < 2


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_grey_becomes_three_equal_channels(kind):
    decoded = np.asarray(decode_rgb(encoded(galaxy("L"), kind, **({"quality": 95} if kind == "JPEG" else {}))), int)
    assert np.ptp(decoded, axis=-1).max() == 0
    assert np.abs(decoded[..., 0] - np.asarray(galaxy("L"))).max() < 12


def test_palette_and_bits_and_opaque_alpha_keep_their_colours():
    pixels = np.asarray(galaxy())
    palette = galaxy("P")
    np.testing.assert_array_equal(decode_rgb(encoded(palette, "PNG")), palette.convert("RGB"))
    bits = galaxy("1")
    np.testing.assert_array_equal(decode_rgb(encoded(bits, "PNG")), bits.convert("RGB"))
    for mode in ("RGBA", "LA"):
        expected = pixels if mode == "RGBA" else galaxy("L").convert("RGB")
        np.testing.assert_array_equal(decode_rgb(encoded(galaxy(mode), "PNG")), expected)


def test_cmyk_gives_back_the_colours_it_was_made_of():
    decoded = np.asarray(decode_rgb(encoded(galaxy("CMYK"), "JPEG", quality=95)), dtype=int)
    assert np.abs(decoded - np.asarray(galaxy())).mean() < 4  # and not their negative, 150 away


def test_unused_transparency_of_a_palette():
    palette = galaxy("P")
    unused = encoded(palette, "PNG", transparency=200)
    np.testing.assert_array_equal(decode_rgb(unused), palette.convert("RGB"))
    with pytest.raises(ImageError, match=r"partly transparent.*sky"):
        decode_rgb(encoded(palette, "PNG", transparency=int(np.asarray(palette)[0, 0])))


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency(mode):
    image = galaxy(mode)
    image.putpixel((3, 3), (9,) * (len(mode) - 1) + (254,))
    with pytest.raises(ImageError, match="transparent"):
        decode_rgb(encoded(image, "PNG"))
    with pytest.raises(ImageError, match="transparent"):
        decode_rgb(encoded(galaxy(), "PNG", transparency=galaxy().getpixel((0, 0))))


def test_sixteen_bits():
    grey = encoded(Image.fromarray(np.arange(600, dtype=np.uint16).reshape(20, 30)), "PNG")
    # Pillow would read the colour one and halve its depth without a word.
    colour = png(2, 1, 16, 2, b"\0" + bytes(range(12)))
    assert Image.open(io.BytesIO(colour)).mode == "RGB"
    for content in (grey, colour):
        with pytest.raises(ImageError, match=r"16 bits per channel.*stretch it to 8 bits"):
            decode_rgb(content)


def test_animation():
    frames = [galaxy(), galaxy().transpose(Image.Transpose.ROTATE_180)]
    animated = encoded(frames[0], "PNG", save_all=True, append_images=frames[1:])
    with pytest.raises(ImageError, match="animated PNG"):
        decode_rgb(animated)


@pytest.mark.parametrize("part", [b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"prVt"])
def test_text_chunk_that_mentions_animation(part):
    """What tells is the part called acTL, and none that holds these letters."""
    plain = encoded(galaxy(), "PNG")
    text = {b"zTXt": b"Comment\0\0" + zlib.compress(b"acTL"), b"iTXt": b"Comment\0\0\0\0\0acTL"}
    commented = plain[:33] + chunk(part, text.get(part, b"acTL\0acTL") + b"acTL") + plain[33:]
    assert decode_rgb(commented).tobytes() == decode_rgb(plain).tobytes()
    animated = commented[:33] + chunk(b"acTL", bytes(8)) + commented[33:]
    with pytest.raises(ImageError, match="animated PNG"):
        decode_rgb(animated)


def test_text_chunk_that_mentions_image_data():
    plain = encoded(galaxy(), "PNG")
    content = plain[:33] + chunk(b"tEXt", b"Comment\0IDAT") + chunk(b"acTL", bytes(8)) + plain[33:]
    with pytest.raises(ImageError, match="animated PNG"):
        decode_rgb(content)


def test_orientation_and_metadata_are_ignored():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    turned = decode_rgb(encoded(galaxy(), "JPEG", exif=exif, dpi=(300, 300)))
    assert turned.size == (48, 40)
    assert turned.info == {}
    np.testing.assert_array_equal(turned, decode_rgb(encoded(galaxy(), "JPEG")))


def test_broken_exif_is_ignored():
    exif = Image.Exif()
    exif[0x010E] = "a description of some length"
    content = encoded(galaxy(), "JPEG", exif=exif)
    broken = content.replace(b"MM\x00\x2a\x00\x00\x00\x08\x00\x01", b"MM\x00\x2a\x00\x00\x00\x08\x00\xff")
    assert broken != content
    with pytest.warns(UserWarning, match="EXIF|file|read"):
        Image.open(io.BytesIO(broken))  # what we are spared
    np.testing.assert_array_equal(decode_rgb(broken), decode_rgb(content))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<!DOCTYPE html><html>404</html>", "HTML page, not an image: the download failed"),
        (b"\xef\xbb\xbf\n  <HTML><head>", "HTML page"),
        (b"<?xml version='1.0'?>\n<html xmlns='x'>", "HTML page"),
        (b"<?xml version='1.0'?><Error/>", "XML document"),
        (b"SIMPLE  =                    T", "FITS file, not a JPEG or PNG"),
        (b"PK\x03\x04rest", "zip archive"),
        (b"not an image", "isn't a JPEG or PNG image"),
        (b"\xff\xd8\xff", "broken|truncated"),
        (b"\x89PNG\r\n\x1a\n", "broken|truncated"),
    ],
)
def test_content_that_is_not_an_image(content, sentence):
    with pytest.raises(ImageError, match=sentence) as caught:
        decode_rgb(content)
    assert caught.value.remedy


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "WEBP"])
def test_other_image_formats(kind):
    with pytest.raises(ImageError, match=f"(?i)a {kind} image, not a JPEG or PNG"):
        decode_rgb(encoded(galaxy(), kind))


def test_too_many_pixels():
    side = 20_000  # 1.2 GB once decoded; Pillow would warn of it and go on
    with pytest.raises(ImageError, match=r"20000 × 20000 px.*crop it to the galaxy"):
        decode_rgb(png(side, side, 8, 2))
    jpeg = bytearray(encoded(galaxy(), "JPEG"))
    start = jpeg.index(b"\xff\xc0")
    jpeg[start + 5 : start + 9] = struct.pack(">HH", 65_000, 65_000)
    with pytest.raises(ImageError, match="65000 × 65000 px"):
        decode_rgb(bytes(jpeg))
    assert Image.MAX_IMAGE_PIXELS > MAX_PIXELS  # Pillow's own limit is never met, and never changed


def test_size_comes_from_the_header():
    content = encoded(galaxy(), "JPEG")
    assert pixel_size(content) == (48, 40)
    assert pixel_size(content[:-100]) == (48, 40)
    with pytest.raises(ImageError, match="HTML"):
        pixel_size(b"<html>")


SOURCES = {
    "jpeg": lambda: encoded(galaxy(), "JPEG", quality=90),
    "progressive": lambda: encoded(galaxy(), "JPEG", progressive=True),
    "cmyk": lambda: encoded(galaxy("CMYK"), "JPEG"),
    "png": lambda: encoded(galaxy(), "PNG"),
    "palette": lambda: encoded(galaxy("P"), "PNG", transparency=200),
    "texts": lambda: encoded(galaxy("RGBA"), "PNG", pnginfo=_texts(), icc_profile=bytes(99), exif=b"Exif\0\0MM\0*"),
}


def _texts():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("plain", "x" * 99, zip=True)
    texts.add_itxt("unicode", "é" * 99, zip=True)
    return texts


@pytest.mark.parametrize("source", ["jpeg", "progressive", "cmyk"])
def test_truncated_jpeg(source):
    content = SOURCES[source]()
    for length in [*range(1, len(content), 50), len(content) - 2]:
        with pytest.raises(ImageError) as caught:
            decode_rgb(content[:length])
        assert caught.value.remedy == "download it again"


@pytest.mark.parametrize("source", SOURCES)
def test_random_damage(source):
    dice = random.Random(source)
    content = SOURCES[source]()
    outcomes = set()
    for _ in range(150):
        damaged = bytearray(content[: dice.choice([len(content), dice.randrange(1, len(content))])])
        # Half of the hits go into the header, where they do most.
        reach = dice.choice([len(damaged), min(len(damaged), 300)])
        for _ in range(dice.choice([1, 4, 40])):
            damaged[dice.randrange(reach)] = dice.randrange(256)
        try:
            outcomes.add(decode_rgb(bytes(damaged)).mode)
        except ImageError as fault:
            outcomes.add("refused" if fault.problem and "\n" not in str(fault) else "refused without a sentence")
    # A PNG's checksums find nearly every change; a JPEG has none.
    assert outcomes == {"refused", "RGB"} or (content.startswith(b"\x89PNG") and outcomes == {"refused"})


def test_random_bytes():
    dice = random.Random(1)
    for start in (b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"):
        for _ in range(60):
            with pytest.raises(ImageError):
                decode_rgb(start + dice.randbytes(dice.randrange(300)))


def test_read_content(tmp_path, monkeypatch):
    path = tmp_path / "1.jpg"
    with pytest.raises(ImageError, match="no such file"):
        read_content(path)
    path.write_bytes(b"")
    with pytest.raises(ImageError, match="0 bytes"):
        read_content(path)
    with pytest.raises(ImageError, match=r"can't be read.*permissions"):
        read_content(tmp_path)  # a folder
    path.write_bytes(bytes(1000))
    assert read_content(path) == bytes(1000)
    monkeypatch.setattr("galviz.survey.images.MAX_BYTES", 999)
    with pytest.raises(ImageError, match="larger than"):
        read_content(path)


# --- damage -----------------------------------------------------------------------------------------------------------


def sky(side=160, mode="RGB"):
    """A galaxy on a noisy sky, as large as a cutout of SDSS."""
    y, x = np.mgrid[:side, :side] - side / 2
    light = 200 * np.exp(-np.hypot(x, y) / 9) + np.random.default_rng(1).uniform(0, 12, x.shape)
    return Image.fromarray(np.stack([light, light * 0.8, light * 0.6], -1).astype(np.uint8)).convert(mode)


JPEGS = {
    "baseline": lambda: encoded(sky(), "JPEG"),
    "optimised": lambda: encoded(sky(), "JPEG", optimize=True, quality=95),
    "progressive": lambda: encoded(sky(), "JPEG", progressive=True),
    "grey": lambda: encoded(sky(mode="L"), "JPEG"),
    "cmyk": lambda: encoded(sky(mode="CMYK"), "JPEG"),
    "4:4:4": lambda: encoded(sky(), "JPEG", subsampling=0),
    "4:2:2": lambda: encoded(sky(), "JPEG", subsampling=1),
    "rgb": lambda: encoded(sky(), "JPEG", keep_rgb=True),
    "restarts": lambda: encoded(sky(), "JPEG", restart_marker_blocks=7),
    "progressive with restarts": lambda: encoded(sky(), "JPEG", progressive=True, restart_marker_rows=1),
    "odd size": lambda: encoded(sky(133), "JPEG"),
    "coarse": lambda: encoded(sky(), "JPEG", quality=1),
}
END = b"\xff\xd9"


@pytest.mark.parametrize("kind", JPEGS)
def test_valid_jpegs(kind):
    content = JPEGS[kind]()
    with Image.open(io.BytesIO(content)) as image:
        expected = np.asarray(image.convert("RGB"))
    start = content.index(b"\xff\xda")
    filled = content[:start] + b"\xff\xff" + content[start:-2] + b"\xff\xff" + END
    for sound in (content, content + b"\0", content + b"rubbish" + END, filled):
        np.testing.assert_array_equal(decode_rgb(sound), expected)


def scan_of(content):
    """Where the image data of a JPEG's largest scan begin and end."""
    starts = [at.start() for at in re.finditer(rb"\xff\xda", content)] + [len(content) - 2]
    start, end = max(itertools.pairwise(starts), key=lambda pair: pair[1] - pair[0])
    return start + 2 + int.from_bytes(content[start + 2 : start + 4], "big"), end


DAMAGES = {
    "cut out": lambda content, place, size: content[:place] + content[place + size :],
    "zeroed": lambda content, place, size: content[:place] + bytes(size) + content[place + size :],
    "ended early": lambda content, place, size: content[:place] + END,
    "doubled": lambda content, place, size: content[: place + size] + content[place:],
    "of another file": lambda content, place, size: (
        content[:place] + random.Random(place).randbytes(size).replace(b"\xff", b"\xfe") + content[place + size :]
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_jpeg_that_lost_a_fifth(damage):
    detected = []
    for kind in JPEGS.keys() - {"coarse"}:  # whose image data are a few bytes
        content = JPEGS[kind]()
        start, end = scan_of(content)
        size = (end - start) // 5
        for place in np.linspace(start, end - size - 1, 12).astype(int).tolist():
            try:
                decode_rgb(DAMAGES[damage](content, place, size))
                detected.append(False)
            except ImageError as fault:
                detected.append(fault.remedy == "download it again")
    # A JPEG has no checksum: once in a while codes come out even by chance.
    assert np.mean(detected) >= (1.0 if damage == "ended early" else 0.97)


@pytest.mark.parametrize("kind", ["progressive", "progressive with restarts"])
def test_progressive_jpeg_without_its_last_scans(kind):
    content = JPEGS[kind]()
    scans = [at.start() for at in re.finditer(rb"\xff[\xc4\xda]", content)]
    for end in scans[-4:]:
        with pytest.raises(ImageError, match=r"scans are missing|damaged|broken|truncated"):
            decode_rgb(content[:end] + END)


def test_jpeg_of_many_scans_is_not_decoded():
    """Each scan takes as long as an image, but a few bytes: 3,000 would take minutes."""
    content = encoded(galaxy(), "JPEG", progressive=True)
    decode_rgb(content)
    last = content[content.rindex(b"\xff\xda") : -2]
    with pytest.raises(ImageError, match="100 scans"):
        decode_rgb(content[:-2] + last * 100 + content[-2:])


def test_unusual_chroma_subsampling():
    content = bytearray(encoded(Image.new("RGB", (48, 48), (128, 128, 128)), "JPEG", subsampling=0))
    frame, scan = content.index(b"\xff\xc0"), content.index(b"\xff\xda")
    content[frame + 11] = 0x31  # luminance three times as wide as colour
    begin = scan + 2 + int.from_bytes(content[scan + 2 : scan + 4], "big")
    # Of each of 2 × 6 units: three blocks of luminance and two of colour, all as the one before and flat.
    bits = ("001010" * 3 + "0000" * 2) * 12
    data = int(bits + "1" * (-len(bits) % 8), 2).to_bytes(-(-len(bits) // 8), "big")
    content[begin:] = data + END
    assert np.ptp(np.asarray(Image.open(io.BytesIO(content)))) == 0
    with pytest.raises(ImageError, match="chroma subsampling can't be checked for damage; save it as"):
        decode_rgb(bytes(content))


@pytest.mark.parametrize("source", ["png", "palette", "texts"])
def test_changed_byte_of_a_png(source):
    content = SOURCES[source]()
    for place in range(0, len(content), 3 if source == "texts" else 1):
        damaged = bytearray(content)
        damaged[place] ^= 1 + place % 255
        for spoilt in (bytes(damaged), content[:place], content[:place] + content[place + 1 :]):
            with pytest.raises(ImageError):
                decode_rgb(spoilt)
    np.testing.assert_array_equal(decode_rgb(content + b"after its end"), decode_rgb(content))


def test_png_with_too_few_rows():
    assert decode_rgb(png(3, 2, 8, 2, bytes(2 * 10))).size == (3, 2)
    with pytest.raises(ImageError, match="rows at its end are missing"):
        decode_rgb(png(3, 40, 8, 2, bytes(39 * 10)))
    with pytest.raises(ImageError, match=r"damaged|broken"):
        decode_rgb(png(3, 40, 8, 2))


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA"])
@pytest.mark.parametrize("size", [(1, 1), (3, 2), (5, 9), (8, 8), (33, 70)])
def test_interlaced_png(mode, size):
    content = interlaced(sky(70).crop((0, 0, *size)).convert("RGB"))
    assert decode_rgb(content).size == size
    sound = encoded(sky(70).crop((0, 0, *size)).convert(mode), "PNG")
    assert decode_rgb(sound).size == size


def palette_png(colours, pixels, depth=8):
    """A PNG of one row with a palette; without one if there are no colours."""
    palette = chunk(b"PLTE", bytes(colours)) if colours else b""
    whole = png(pixels, 1, depth, 3, bytes([0, *range(pixels)]) if depth == 8 else b"\0\x1b")
    place = whole.index(b"IDAT") - 4
    return whole[:place] + palette + whole[place:]


def test_png_palette_without_some_colours():
    colours = list(range(12))
    for depth in (8, 2):  # four pixels, with the numbers 0 to 3
        assert np.array_equal(np.asarray(decode_rgb(palette_png(colours, 4, depth))).ravel(), colours)
        for fewer in ([], colours[:9], colours[:3], colours[:11]):
            with pytest.raises(ImageError, match="palette") as refused:
                decode_rgb(palette_png(fewer, 4, depth))
            assert "it is damaged" in refused.value.problem
    with pytest.raises(ImageError, match="palette"):  # behind the pixels it counts for nothing
        decode_rgb(palette_png([], 4)[:-12] + chunk(b"PLTE", bytes(colours)) + chunk(b"IEND", b""))


def test_png_with_two_headers_or_palettes():
    sound = palette_png(range(12), 4)
    header, palette = sound[8:33], chunk(b"PLTE", bytes(12))
    other = chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 8, 3, 0, 0, 0))
    for extra, part in ((other, "IHDR"), (header, "IHDR"), (palette, "PLTE")):
        with pytest.raises(ImageError, match=f"it is damaged.*{part}"):
            decode_rgb(sound[:33] + extra + sound[33:] if part == "IHDR" else sound[:33] + palette + sound[33:])


def interlaced(image):
    """A PNG in Adam7's seven passes, which Pillow reads and doesn't write."""
    pixels, rows = np.asarray(image), b""
    for first_and_step in ("00 88", "40 88", "04 48", "20 44", "02 24", "10 22", "01 12"):
        x, y, dx, dy = map(int, first_and_step.replace(" ", ""))
        part = pixels[y::dy, x::dx]
        if part.size:
            rows += b"".join(b"\0" + row.tobytes() for row in part)
    header = struct.pack(">IIBBBBB", *image.size, 8, 2, 0, 0, 1)
    parts = chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_decoded_image_is_a_plain_image():
    image = decode_rgb(encoded(galaxy(), "JPEG"))
    assert type(image) is Image.Image
    image.putpixel((0, 0), (1, 2, 3))  # and it is the caller's own
    assert image.copy().getpixel((0, 0)) == (1, 2, 3)


# --- images without a galaxy ------------------------------------------------------------------------------------------


def noise(level, amplitude, side=160):
    pixels = level + np.random.default_rng(2).integers(-amplitude, amplitude + 1, (side, side, 3))
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize(
    ("image", "says"),
    [
        (Image.new("RGB", (160, 160)), "it is uniformly black"),
        (Image.new("RGB", (160, 160), (128, 128, 128)), "uniformly grey"),
        (Image.new("RGB", (160, 160), (255, 255, 255)), "uniformly white"),
        (Image.new("RGB", (160, 160), (200, 10, 10)), "of a uniform colour"),
        (Image.new("1", (160, 160)), "uniformly black"),
        (noise(2, 2), "uniformly black"),
        (noise(120, 4), "uniformly grey"),
        (sky(31), "31 × 31 px, too few to show a galaxy"),
        (sky().crop((0, 0, 160, 20)), "160 × 20 px, too few"),
        (Image.new("RGB", (1, 1)), "1 × 1 px, too few"),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_images_without_a_galaxy(image, says, kind):
    with pytest.raises(ImageError, match=says) as caught:
        inspect_image(encoded(image, kind))
    assert caught.value.remedy


def test_faint_small_and_grey_galaxies():
    faint = Image.fromarray((np.asarray(sky(), float) * 0.2).astype(np.uint8))
    facts = inspect_image(encoded(faint, "JPEG"))
    assert (facts.size_px, facts.grey) == ((160, 160), False)
    assert facts.sha256 == hashlib.sha256(encoded(faint, "JPEG")).digest()
    assert inspect_image(encoded(sky(32), "PNG")).size_px == (32, 32)
    assert inspect_image(encoded(sky(mode="L"), "JPEG")).grey
    assert inspect_image(encoded(sky(mode="L").convert("RGB"), "PNG")).grey


def test_contrast_of_shipped_galaxies():
    survey = load_survey()
    for object_id in survey.object_ids[::50]:
        extrema = survey.image(object_id).reduce(4).getextrema()
        assert max(high - low for low, high in extrema) > 7 * MIN_CONTRAST


def test_scale_that_leaves_too_few_or_too_many_pixels():
    content = encoded(sky(), "JPEG")
    assert inspect_image(content, 0.2).size_px == (160, 160)
    with pytest.raises(ImageError, match=r"16 × 16 px at scale 0\.1, too few .*choose a larger --scale"):
        inspect_image(content, 0.1)
    with pytest.raises(ImageError, match="more than 16,777,216"):
        inspect_image(encoded(sky(300), "JPEG"), 16)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes in folders are Unix's")
def test_pipes_and_devices(tmp_path):
    os.mkfifo(tmp_path / "1.jpg")
    (tmp_path / "2.jpg").symlink_to("/dev/zero")
    for name in ("1.jpg", "2.jpg"):
        with pytest.raises(ImageError, match="a special file, not an image"):
            read_content(tmp_path / name)
        assert read_start(tmp_path / name) == b""
