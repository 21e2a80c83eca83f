"""Image files become 8-bit RGB or a sentence, whatever bytes they hold; never another error, never a warning."""

import io
import random
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from galviz.images import MAX_PIXELS, ImageFault, decode_rgb, pixel_size, read_content


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


def test_rgb_pixels_are_the_file_s_own():
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


def test_a_palette_s_transparency_counts_only_where_it_is_used():
    palette = galaxy("P")
    unused = encoded(palette, "PNG", transparency=200)
    np.testing.assert_array_equal(decode_rgb(unused), palette.convert("RGB"))
    with pytest.raises(ImageFault, match=r"transparent in places.*sky"):
        decode_rgb(encoded(palette, "PNG", transparency=int(np.asarray(palette)[0, 0])))


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_true_transparency_is_refused(mode):
    image = galaxy(mode)
    image.putpixel((3, 3), (9,) * (len(mode) - 1) + (254,))
    with pytest.raises(ImageFault, match="transparent"):
        decode_rgb(encoded(image, "PNG"))
    with pytest.raises(ImageFault, match="transparent"):
        decode_rgb(encoded(galaxy(), "PNG", transparency=galaxy().getpixel((0, 0))))


def test_sixteen_bits_are_refused_in_grey_and_in_colour():
    grey = encoded(Image.fromarray(np.arange(600, dtype=np.uint16).reshape(20, 30)), "PNG")
    # Pillow would read the colour one and halve its depth without a word.
    colour = png(2, 1, 16, 2, b"\0" + bytes(range(12)))
    assert Image.open(io.BytesIO(colour)).mode == "RGB"
    for content in (grey, colour):
        with pytest.raises(ImageFault, match=r"16 bits a channel.*stretch it to 8 bits"):
            decode_rgb(content)


def test_animations_are_refused():
    frames = [galaxy(), galaxy().transpose(Image.Transpose.ROTATE_180)]
    animated = encoded(frames[0], "PNG", save_all=True, append_images=frames[1:])
    with pytest.raises(ImageFault, match="animated PNG"):
        decode_rgb(animated)


def test_orientation_and_metadata_are_ignored():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    turned = decode_rgb(encoded(galaxy(), "JPEG", exif=exif, dpi=(300, 300)))
    assert turned.size == (48, 40)
    assert turned.info == {}
    np.testing.assert_array_equal(turned, decode_rgb(encoded(galaxy(), "JPEG")))


def test_a_broken_exif_part_does_not_matter():
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
        (b"<!DOCTYPE html><html>404</html>", "HTML page and no image: the download failed"),
        (b"\xef\xbb\xbf\n  <HTML><head>", "HTML page"),
        (b"<?xml version='1.0'?>\n<html xmlns='x'>", "HTML page"),
        (b"<?xml version='1.0'?><Error/>", "XML document"),
        (b"SIMPLE  =                    T", "FITS file and no JPEG or PNG"),
        (b"PK\x03\x04rest", "zip archive"),
        (b"not an image", "no JPEG or PNG image"),
        (b"\xff\xd8\xff", "broken|truncated"),
        (b"\x89PNG\r\n\x1a\n", "broken|truncated"),
    ],
)
def test_what_is_no_image_is_named(content, sentence):
    with pytest.raises(ImageFault, match=sentence) as caught:
        decode_rgb(content)
    assert caught.value.remedy


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "WEBP"])
def test_other_formats_are_refused_by_name(kind):
    with pytest.raises(ImageFault, match=f"(?i)a {kind} image and no JPEG or PNG"):
        decode_rgb(encoded(galaxy(), kind))


def test_too_many_pixels_are_refused_from_the_header_alone():
    side = 20_000  # 1.2 GB once decoded; Pillow would warn of it and go on
    with pytest.raises(ImageFault, match=r"20000 × 20000 px.*cut the galaxy out"):
        decode_rgb(png(side, side, 8, 2))
    jpeg = bytearray(encoded(galaxy(), "JPEG"))
    start = jpeg.index(b"\xff\xc0")
    jpeg[start + 5 : start + 9] = struct.pack(">HH", 65_000, 65_000)
    with pytest.raises(ImageFault, match="65000 × 65000 px"):
        decode_rgb(bytes(jpeg))
    assert Image.MAX_IMAGE_PIXELS > MAX_PIXELS  # Pillow's own limit is never met, and never changed


def test_size_comes_from_the_header():
    content = encoded(galaxy(), "JPEG")
    assert pixel_size(content) == (48, 40)
    assert pixel_size(content[:-100]) == (48, 40)
    with pytest.raises(ImageFault, match="HTML"):
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
def test_a_truncated_jpeg_is_always_found(source):
    content = SOURCES[source]()
    for length in [*range(1, len(content), 50), len(content) - 2]:
        with pytest.raises(ImageFault) as caught:
            decode_rgb(content[:length])
        assert caught.value.remedy == "download it again"


def test_a_truncated_png_is_found_while_pixels_are_missing():
    content = SOURCES["png"]()
    for length in range(1, len(content) - 60, 50):
        with pytest.raises(ImageFault):
            decode_rgb(content[:length])


@pytest.mark.parametrize("source", SOURCES)
def test_damaged_images_load_or_are_refused_and_nothing_else(source):
    dice = random.Random(source)
    content = SOURCES[source]()
    outcomes = set()
    for _ in range(400):
        damaged = bytearray(content[: dice.choice([len(content), dice.randrange(1, len(content))])])
        # Half of the hits go into the header, where they do most.
        reach = dice.choice([len(damaged), min(len(damaged), 300)])
        for _ in range(dice.choice([1, 4, 40])):
            damaged[dice.randrange(reach)] = dice.randrange(256)
        try:
            outcomes.add(decode_rgb(bytes(damaged)).mode)
        except ImageFault as fault:
            outcomes.add("refused" if fault.problem and "\n" not in str(fault) else "refused without a sentence")
    # A PNG's checksums find nearly every change; a JPEG has none.
    assert outcomes == {"refused", "RGB"} or (content.startswith(b"\x89PNG") and outcomes == {"refused"})


def test_random_bytes_are_refused():
    dice = random.Random(1)
    for start in (b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"):
        for _ in range(200):
            with pytest.raises(ImageFault):
                decode_rgb(start + dice.randbytes(dice.randrange(300)))


def test_files_are_read_whole_or_named(tmp_path, monkeypatch):
    path = tmp_path / "1.jpg"
    with pytest.raises(ImageFault, match="no such file"):
        read_content(path)
    path.write_bytes(b"")
    with pytest.raises(ImageFault, match="0 bytes"):
        read_content(path)
    with pytest.raises(ImageFault, match=r"can't be read.*permissions"):
        read_content(tmp_path)  # a folder
    path.write_bytes(bytes(1000))
    assert read_content(path) == bytes(1000)
    monkeypatch.setattr("galviz.images._MAX_BYTES", 999)
    with pytest.raises(ImageFault, match="larger than"):
        read_content(path)
