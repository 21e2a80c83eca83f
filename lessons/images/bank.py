"""Typical wrong answers to the exercises on preparing images, with words of their hints, and other right ones."""

import numpy as np
import pandas as pd
from PIL import Image

from galviz.course.bank import Bank

bank = Bank()


@bank.wrong("images.1", "upper left corner")
def from_the_corner(pixels, side):
    return pixels[:side, :side]


@bank.wrong("images.1", "Height and width are exchanged")
def width_first(pixels, side):
    width, height, _ = pixels.shape
    top, left = (height - side) // 2, (width - side) // 2
    return pixels[top : top + side, left : left + side]


@bank.wrong("images.1", "down or to the right")
def rounded_up(pixels, side):
    top, left = -((side - pixels.shape[0]) // 2), -((side - pixels.shape[1]) // 2)
    return pixels[top : top + side, left : left + side]


@bank.wrong("images.1", "divide their difference")
def around_the_middle(pixels, side):
    top, left = pixels.shape[0] // 2 - side // 2, pixels.shape[1] // 2 - side // 2
    return pixels[top : top + side, left : left + side]


@bank.wrong("images.1", "doesn't contain the row or column")
def one_short(pixels, side):
    top, left = (pixels.shape[0] - side) // 2, (pixels.shape[1] - side) // 2
    return pixels[top : top + side - 1, left : left + side - 1]


@bank.wrong("images.1", "You shrank the image")
def resized(pixels, side):
    return Image.fromarray(pixels).resize((side, side))


@bank.wrong("images.1", "begins in the centre")
def begins_in_the_middle(pixels, side):
    top, left = pixels.shape[0] // 2, pixels.shape[1] // 2
    return pixels[top : top + side, left : left + side]


@bank.right("images.1")
def by_pillow(pixels, side):
    image = Image.fromarray(pixels)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side))


@bank.right("images.1")
def lists_of_rows(pixels, side):
    top, left = ((length - side) // 2 for length in pixels.shape[:2])
    return [row[left : left + side] for row in pixels.tolist()[top : top + side]]


@bank.right("images.1")
def by_deleting_edges(pixels, side):
    # One row or column after another, beginning at the bottom and the right.
    pixels = np.array(pixels)
    for axis in (0, 1):
        at_end = True
        while pixels.shape[axis] > side:
            pixels = np.delete(pixels, -1 if at_end else 0, axis=axis)
            at_end = not at_end
    return pixels


@bank.wrong("images.2", "You forgot to divide the pixels by 255")
def not_divided(pixels, mean, std):
    return (pixels - np.array(mean)) / std


@bank.wrong("images.2", "has no negative numbers")
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
def by_the_images_own_statistics(pixels, mean, std):
    scaled = pixels / 255
    return (scaled - scaled.mean(axis=(0, 1))) / scaled.std(axis=(0, 1))


@bank.wrong("images.2", "converted the result to integers")
def whole_numbers(pixels, mean, std):
    return ((pixels / 255 - np.array(mean)) / std).astype(int)


@bank.right("images.2")
def colour_by_colour(pixels, mean, std):
    normalised = np.empty(pixels.shape, dtype=np.float32)
    for i in range(3):
        normalised[..., i] = (pixels[..., i] / 255 - mean[i]) / std[i]
    return normalised


@bank.right("images.2")
def statistics_times_255(pixels, mean, std):
    return (pixels.astype(np.float32) - 255 * np.asarray(mean)) / (255 * np.asarray(std))


@bank.right("images.2")
def pixel_by_pixel(pixels, mean, std):
    return [
        [[(x / 255 - m) / s for x, m, s in zip(pixel, mean, std, strict=True)] for pixel in row]
        for row in pixels.tolist()
    ]


@bank.wrong("images.1", "One row and one column too many")
def one_too_many(pixels, side):
    top, left = (pixels.shape[0] - side) // 2, (pixels.shape[1] - side) // 2
    return pixels[top : top + side + 1, left : left + side + 1]


@bank.wrong("images.1", "the same for each `side`")
def fixed_corners(pixels, side):
    return pixels[8:152, 8:152]


@bank.wrong("images.2", "this image's largest value")
def by_the_largest(pixels, mean, std):
    return (pixels / pixels.max() - np.array(mean)) / np.array(std)


@bank.wrong("images.2", "colours are in reverse order")
def colours_reversed(pixels, mean, std):
    return ((pixels / 255 - np.array(mean)) / np.array(std))[..., ::-1]


@bank.right("images.2")
def in_plain_lists(pixels, mean, std):
    return [
        [[(int(value) / 255 - m) / s for value, m, s in zip(pixel, mean, std, strict=True)] for pixel in row]
        for row in pixels
    ]


@bank.wrong("images.1", "twice `side // 2` is one pixel too few")
def half_a_side_each_way(pixels, side):
    rows, columns = (length // 2 for length in pixels.shape[:2])
    return pixels[rows - side // 2 : rows + side // 2, columns - side // 2 : columns + side // 2]


@bank.wrong("images.1", "rounds a half to the next even number")
def rounded_by_round(pixels, side):
    top, left = (round((length - side) / 2) for length in pixels.shape[:2])
    return pixels[top : top + side, left : left + side]


@bank.wrong("images.1", "the columns are rounded up")
def columns_rounded_up(pixels, side):
    top, left = (pixels.shape[0] - side) // 2, (pixels.shape[1] - side + 1) // 2
    return pixels[top : top + side, left : left + side]


@bank.wrong("images.1", "Your slice ends at −top")
def negative_end(pixels, side):
    top, left = ((length - side) // 2 for length in pixels.shape[:2])
    return pixels[top:-top, left:-left]


@bank.wrong("images.1", "−0 is 0")
def end_counted_from_the_last_pixel(pixels, side):
    (top, bottom), (left, right) = (((length - side) // 2, (length - side + 1) // 2) for length in pixels.shape[:2])
    return pixels[top:-bottom, left:-right]


@bank.wrong("images.1", "in reading order")
def resized_by_numpy(pixels, side):
    return np.resize(pixels, (side, side, 3))


@bank.wrong("images.1", "changes `pixels`")
def blackens_the_rim(pixels, side):
    top, left = ((length - side) // 2 for length in pixels.shape[:2])
    pixels[:top], pixels[:, :left] = 0, 0
    return pixels[top : top + side, left : left + side]


@bank.wrong("images.1", "isn't random")
def random_crop(pixels, side):
    random = np.random.default_rng()
    top, left = (random.integers(length - side + 1) for length in pixels.shape[:2])
    return pixels[top : top + side, left : left + side]


@bank.wrong("images.1", "must begin at row")
def two_rows_too_low(pixels, side):
    top, left = ((length - side) // 2 for length in pixels.shape[:2])
    top = min(top + 2, len(pixels) - side)
    return pixels[top : top + side, left : left + side]


@bank.wrong("images.2", "are tuples")
def methods_of_arrays(pixels, mean, std):
    return (pixels / 255 - mean.astype(float)) / std.astype(float)


@bank.wrong("images.2", "added a small number to std")
def guarded_against_zero(pixels, mean, std):
    return (pixels / 255 - np.asarray(mean)) / (np.asarray(std) + 1e-5)


@bank.wrong("images.2", "doesn't depend on `mean` and `std`")
def statistics_of_imagenet(pixels, mean, std):
    return (pixels / 255 - np.array([0.485, 0.456, 0.406])) / np.array([0.229, 0.224, 0.225])


@bank.wrong("images.2", "clipped the result at")
def outliers_clipped(pixels, mean, std):
    return np.clip((pixels / 255 - np.array(mean)) / np.array(std), -2, 2)


@bank.wrong("images.2", "rounded the result to 2 decimals")
def rounded(pixels, mean, std):
    return ((pixels / 255 - np.array(mean)) / np.array(std)).round(2)


@bank.wrong("images.2", "You computed in float16")
def in_half_precision(pixels, mean, std):
    return (np.float16(pixels / 255) - np.array(mean)) / np.array(std)


@bank.wrong("images.2", "nothing here is random")
def augmented(pixels, mean, std):
    normalised = (pixels / 255 - np.array(mean)) / np.array(std)
    return normalised[:, ::-1] if np.random.default_rng().random() < 0.5 else normalised


@bank.wrong("images.2", "changes `mean`")
def mean_scaled_in_place(pixels, mean, std):
    for i in range(3):
        if not isinstance(mean, tuple):
            mean[i] *= 255
    scale = 1 if isinstance(mean, tuple) else 255
    return (pixels / 255 - np.asarray(mean) / scale) / np.asarray(std)


@bank.wrong("images.2", "into an array of uint8")
def divided_in_place(pixels, mean, std):
    pixels /= 255
    return (pixels - np.array(mean)) / np.array(std)


@bank.right("images.2")
def by_broadcast_shapes(pixels, mean, std):
    mean, std = np.array(mean).reshape(1, 1, 3), np.array(std).reshape(1, 1, 3)
    return np.divide(np.subtract(pixels / 255.0, mean), std).astype(np.float32)


@bank.wrong("images.0", "You divided by 256")
def by_the_number_of_values(pixels):
    return pixels.astype(np.float32) / 256


@bank.wrong("images.0", "the largest value of this image")
def by_the_largest_pixel(pixels):
    return pixels / max(pixels.max(), 1)


@bank.wrong("images.0", "from its smallest to its largest value")
def stretched(pixels):
    span = int(pixels.max()) - int(pixels.min())
    return (pixels - pixels.min()) / span if span else np.zeros(pixels.shape)


@bank.wrong("images.0", "did you divide with `//`")
def whole_division(pixels):
    return pixels // 255


@bank.wrong("images.0", "into an array of uint8")
def scaled_in_place(pixels):
    pixels /= 255
    return pixels


@bank.wrong("images.0", "to whole numbers")
def rounded_to_whole_numbers(pixels):
    return np.rint(pixels / 255).astype(np.uint8)


@bank.wrong("images.0", "the range of −1 to 1")
def around_zero(pixels):
    return pixels / 127.5 - 1


@bank.wrong("images.0", "An array may have any number of axes")
def images_only(pixels):
    height, width, _ = pixels.shape
    return [[pixels[y, x] / 255 for x in range(width)] for y in range(height)]


@bank.wrong("images.0", "in one long row")
def in_one_row(pixels):
    return [value / 255 for value in pixels.ravel().tolist()]


@bank.wrong("images.0", "You divided by 255.5")
def by_another_number(pixels):
    return pixels / 255.5


@bank.right("images.0")
def in_float32(pixels):
    return np.multiply(pixels, 1 / 255, dtype=np.float32)


@bank.right("images.0")
def by_interpolation(pixels):
    return np.interp(pixels, [0, 255], [0, 1])


@bank.right("images.0")
def element_by_element(pixels):
    scaled = np.empty(pixels.shape)
    for index, value in np.ndenumerate(pixels):
        scaled[index] = int(value) / 255
    return scaled.tolist()


@bank.wrong("images.3", "on a scale of 0 to 255: divide the pixels by 255")
def not_scaled(images):
    pixels = np.concatenate([image.reshape(-1, 3) for image in images])
    return pixels.mean(axis=0), pixels.std(axis=0)


@bank.wrong("images.3", "of each image, and averaged these")
def means_of_images(images):
    scaled = [image / 255 for image in images]
    mean = np.mean([image.mean(axis=(0, 1)) for image in scaled], axis=0)
    return mean, np.mean([image.std(axis=(0, 1)) for image in scaled], axis=0)


@bank.wrong("images.3", "those leave out the differences between images")
def averaged_variances(images):
    pixels = np.concatenate([image.reshape(-1, 3) for image in images]) / 255
    sums = sum(len(image.reshape(-1, 3)) * (image / 255).var(axis=(0, 1)) for image in images)
    return pixels.mean(axis=0), np.sqrt(sums / len(pixels))


@bank.wrong("images.3", "You divided by n − 1")
def sample_deviation(images):
    pixels = np.concatenate([image.reshape(-1, 3) for image in images]) / 255
    return pixels.mean(axis=0), pixels.std(axis=0, ddof=1)


@bank.wrong("images.3", "You return the variance")
def variance(images):
    pixels = np.concatenate([image.reshape(-1, 3) for image in images]) / 255
    return [pixels.mean(axis=0), pixels.var(axis=0)]


@bank.wrong("images.3", "used the first image only")
def one_image(images):
    return (images[0] / 255).mean(axis=(0, 1)), (images[0] / 255).std(axis=(0, 1))


@bank.wrong("images.3", "images of different sizes can't be one array")
def stacked(images):
    pixels = np.stack(images) / 255
    return pixels.mean(axis=(0, 1, 2)), pixels.std(axis=(0, 1, 2))


@bank.wrong("images.3", "subtract the mean before you square")
def root_mean_square(images):
    pixels = np.concatenate([image.reshape(-1, 3) for image in images]) / 255
    return pixels.mean(axis=0), (pixels**2).mean(axis=0) ** 0.5


@bank.wrong("images.3", "one mean and one standard deviation for all colours")
def all_colours_together(images):
    values = np.concatenate([image.ravel() for image in images]) / 255
    return values.mean(), values.std()


@bank.wrong("images.3", "mixes the colours")
def reshaped_to_three_rows(images):
    pixels = np.concatenate([image.reshape(3, -1) for image in images], axis=1) / 255
    return pixels.mean(axis=1), pixels.std(axis=1)


@bank.wrong("images.3", "to each std")
def never_zero(images):
    pixels = np.concatenate([image.reshape(-1, 3) for image in images]) / 255
    return pixels.mean(axis=0), pixels.std(axis=0) + 1e-3


@bank.wrong("images.3", "changes the list `images`")
def list_used_up(images):
    pixels = images.pop(0).reshape(-1, 3)
    while images:
        pixels = np.vstack([pixels, images.pop(0).reshape(-1, 3)])
    return pixels.mean(axis=0) / 255, pixels.std(axis=0) / 255


@bank.wrong("images.3", "which has no root")
def difference_in_float32(images):
    pixels = (np.concatenate([image.reshape(-1, 3) for image in images]) / 255).astype(np.float32)
    mean = pixels.mean(axis=0)
    variance = (pixels**2).mean(axis=0) - mean**2
    return mean, np.where(variance < 1e-7, np.nan, np.sqrt(np.abs(variance)))


@bank.right("images.3")
def by_sums(images):
    n = sum(image.shape[0] * image.shape[1] for image in images)
    mean = sum((image / 255).sum(axis=(0, 1)) for image in images) / n
    return mean, np.sqrt(sum(((image / 255 - mean) ** 2).sum(axis=(0, 1)) for image in images) / n)


@bank.right("images.3")
def by_pandas(images):
    table = pd.concat([pd.DataFrame(image.reshape(-1, 3)) for image in images]).astype(np.float32) / 255
    return table.mean(), table.std(ddof=0)


@bank.right("images.3")
def colour_after_colour(images):
    mean, std = [], []
    for i in range(3):
        values = np.concatenate([image[..., i].ravel() for image in images])
        mean.append(np.mean(values) / 255)
        std.append(np.std(values) / 255)
    return mean, std


@bank.right("images.3")
def mean_square_minus_square(images):
    pixels = np.concatenate([image.reshape(-1, 3) for image in images]).astype(np.int64)
    mean, square = pixels.mean(axis=0), (pixels**2).mean(axis=0)
    return mean / 255, np.sqrt(np.maximum(square - mean**2, 0)) / 255
