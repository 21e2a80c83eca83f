"""Answers to the exercises on preparing images: typical wrong ones with their hints, right ones written otherwise."""

import numpy as np
from PIL import Image

from galviz.course.bank import Bank

bank = Bank()


@bank.wrong("images.1", "upper left corner")
def from_the_corner(pixels, side):
    return pixels[:side, :side]


@bank.wrong("images.1", "Rows and columns are exchanged")
def width_first(pixels, side):
    width, height, _ = pixels.shape
    top, left = (height - side) // 2, (width - side) // 2
    return pixels[top : top + side, left : left + side]


@bank.wrong("images.1", "down or to the right")
def rounded_up(pixels, side):
    top, left = -((side - pixels.shape[0]) // 2), -((side - pixels.shape[1]) // 2)
    return pixels[top : top + side, left : left + side]


@bank.wrong("images.1", "difference of the halves")
def around_the_middle(pixels, side):
    top, left = pixels.shape[0] // 2 - side // 2, pixels.shape[1] // 2 - side // 2
    return pixels[top : top + side, left : left + side]


@bank.wrong("images.1", "a slice doesn't hold the row or column")
def one_short(pixels, side):
    top, left = (pixels.shape[0] - side) // 2, (pixels.shape[1] - side) // 2
    return pixels[top : top + side - 1, left : left + side - 1]


@bank.wrong("images.1", "You shrank the image")
def resized(pixels, side):
    rows, columns = (np.arange(side) * length // side for length in pixels.shape[:2])
    return pixels[rows][:, columns]


@bank.wrong("images.1", "begins in the middle")
def begins_in_the_middle(pixels, side):
    top, left = pixels.shape[0] // 2, pixels.shape[1] // 2
    return np.pad(pixels, ((0, side), (0, side), (0, 0)))[top : top + side, left : left + side]


@bank.right("images.1")
def by_pillow(pixels, side):
    image = Image.fromarray(pixels)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side))


@bank.right("images.1")
def lists_of_rows(pixels, side):
    above, before = ((length - side) // 2 for length in pixels.shape[:2])
    return [row[before : before + side] for row in pixels.tolist()[above : above + side]]


@bank.right("images.1")
def peeled_off(pixels, side):
    # One row or column after the other, from the far end first.
    pixels = np.array(pixels)
    for axis in (0, 1):
        last = True
        while pixels.shape[axis] > side:
            pixels = np.delete(pixels, -1 if last else 0, axis=axis)
            last = not last
    return pixels


@bank.wrong("images.2", "You forgot to divide the pixels by 255")
def not_divided(pixels, mean, std):
    return (pixels - np.array(mean)) / std


@bank.wrong("images.2", "knows no negative numbers")
def subtracted_in_uint8(pixels, mean, std):
    return (pixels - np.round(255 * np.array(mean)).astype(np.uint8)) / (255 * np.array(std))


@bank.wrong("images.2", "Wrong axis")
def channels_first(pixels, mean, std):
    return (pixels / 255 - np.reshape(mean, (3, 1, 1))) / np.reshape(std, (3, 1, 1))


@bank.wrong("images.2", "one mean and one standard deviation for all colours")
def one_for_all(pixels, mean, std):
    return (pixels / 255 - np.mean(mean)) / np.mean(std)


@bank.wrong("images.2", "by the variance")
def by_the_variance(pixels, mean, std):
    return (pixels / 255 - np.array(mean)) / np.square(std)


@bank.wrong("images.2", "mean and standard deviation of this image")
def by_its_own_mean(pixels, mean, std):
    shares = pixels / 255
    return (shares - shares.mean(axis=(0, 1))) / shares.std(axis=(0, 1))


@bank.wrong("images.2", "whole ones at the end")
def whole_numbers(pixels, mean, std):
    return ((pixels / 255 - np.array(mean)) / std).astype(int)


@bank.right("images.2")
def colour_by_colour(pixels, mean, std):
    found = np.empty(pixels.shape, dtype=np.float32)
    for place in range(3):
        found[..., place] = (pixels[..., place] / 255 - mean[place]) / std[place]
    return found


@bank.right("images.2")
def statistics_times_255(pixels, mean, std):
    return (pixels.astype(np.float32) - 255 * np.asarray(mean)) / (255 * np.asarray(std))


@bank.right("images.2")
def pixel_by_pixel(pixels, mean, std):
    return [
        [[(x / 255 - m) / s for x, m, s in zip(pixel, mean, std, strict=True)] for pixel in row]
        for row in pixels.tolist()
    ]


@bank.wrong("images.1", "b itself not among them")
def one_too_many(pixels, side):
    top, left = (pixels.shape[0] - side) // 2, (pixels.shape[1] - side) // 2
    return pixels[top : top + side + 1, left : left + side + 1]


@bank.wrong("images.1", "begin beyond the image")
def made_for_the_course_s_images(pixels, side):
    return pixels[8:152, 8:152]


@bank.wrong("images.2", "this image's largest value")
def by_the_largest(pixels, mean, std):
    return (pixels / pixels.max() - np.array(mean)) / np.array(std)


@bank.wrong("images.2", "their colours are in another order")
def colours_turned_at_the_end(pixels, mean, std):
    return ((pixels / 255 - np.array(mean)) / np.array(std))[..., ::-1]


@bank.right("images.2")
def in_plain_lists(pixels, mean, std):
    return [
        [[(int(value) / 255 - m) / s for value, m, s in zip(pixel, mean, std, strict=True)] for pixel in row]
        for row in pixels
    ]
