"""Transforms of training images: fastai's crops and flips, progressive resizing, and varied light."""

import torch
import torch.nn.functional as F
from fastai.data.transforms import Transform
from fastai.torch_core import TensorImage
from fastai.vision.augment import CropPad, RandomCrop, RandTransform, aug_transforms


def crop_transforms(pad_px: int, crop_px: int) -> list[Transform]:
    """The tutorial's crops of single images: the centre, then a random part of it (in validation, its centre).

    Examples
    --------
    >>> [type(transform).__name__ for transform in crop_transforms(144, 112)]
    ['CropPad', 'RandomCrop']
    """
    return [CropPad(pad_px), RandomCrop(crop_px)]


def flip_transforms() -> list[Transform]:
    """The tutorial's flips of a batch: half of the images flipped or rotated by quarters, most rotated by up to 10°.

    Examples
    --------
    >>> (transform,) = flip_transforms()
    >>> transform(TensorImage(torch.rand(2, 3, 8, 8)), split_idx=0).shape
    torch.Size([2, 3, 8, 8])
    """
    return aug_transforms(max_zoom=1.0, flip_vert=True, max_lighting=0.0, max_warp=0.0)


class Shrink(RandTransform):
    """Shrink a batch of images to a smaller side, for progressive resizing (fastai's own trick).

    Parameters
    ----------
    side_px : int

    Examples
    --------
    >>> Shrink(32).encodes(TensorImage(torch.rand(2, 3, 48, 48))).shape
    torch.Size([2, 3, 32, 32])
    """

    order, split_idx = 20, None  # after the conversion to floats, before flips and variation

    def __init__(self, side_px: int) -> None:
        super().__init__()
        self.side_px = side_px

    def encodes(self, x: TensorImage) -> TensorImage:
        """(n, 3, height, width) -> (n, 3, side_px, side_px)."""
        if x.shape[-1] == self.side_px:
            return x
        return F.interpolate(x, size=(self.side_px, self.side_px), mode="bilinear", antialias=True)


class Variation(RandTransform):
    """Vary the light of each image of a training batch, as telescopes and image processing do.

    At strength 1, half of the images are blurred with a Gaussian of up to 1 px, and half get noise of up to 3 % of full
    scale. All of them vary in brightness (13 %, one standard deviation), colour balance (5 % per band), saturation
    (10 %), contrast (a gamma of 1, to 8 %) and sky level (2 of 255). torch's generator is used.

    Parameters
    ----------
    strength : float
        Factor on all of these; on the blur at most 1.5.

    Examples
    --------
    >>> images = TensorImage(torch.full((4, 3, 8, 8), 0.4))
    >>> varied = Variation(1.0).encodes(images)
    >>> varied.mean(dim=(1, 2, 3)).unique().numel()  # each image has another brightness
    4
    """

    order, split_idx = 40, 0  # after crops and flips, before the normalisation; in training only

    def __init__(self, strength: float) -> None:
        super().__init__()
        self.strength = strength

    def encodes(self, x: TensorImage) -> TensorImage:
        """(n, 3, height, width) -> the same, values from 0 to 1."""
        n, s = len(x), self.strength

        def normal(channels: int, sd: float) -> torch.Tensor:
            return torch.randn(n, channels, 1, 1, device=x.device) * (sd * s)

        varied = random_blur(x.as_subclass(torch.Tensor), 1.0 * min(s, 1.5))
        varied = varied * torch.exp(normal(1, 0.13)) * torch.exp(normal(3, 0.05))
        grey = varied.mean(dim=1, keepdim=True)
        varied = grey + (varied - grey) * torch.exp(normal(1, 0.10))
        varied = varied.clamp(min=1e-4) ** torch.exp(normal(1, 0.08))
        varied = varied + normal(3, 0.008)
        is_noisy = torch.rand(n, 1, 1, 1, device=x.device) < 0.5
        level = torch.rand(n, 1, 1, 1, device=x.device) * 0.03 * s * is_noisy
        varied = varied + torch.randn_like(varied) * level
        return TensorImage(varied.clamp(0, 1))


def random_blur(x: torch.Tensor, max_sigma_px: float) -> torch.Tensor:
    """Blur about half of the images (n, 3, height, width), each with its own Gaussian of 0.05 px to the given more.

    Examples
    --------
    >>> images = torch.zeros(100, 1, 9, 9)
    >>> images[:, 0, 4, 4] = 1.0
    >>> 30 < (random_blur(images, 1.0)[:, 0, 4, 5] > 1e-6).sum().item() < 60
    True
    """
    n, channels, height, width = x.shape
    sigma = (0.05 + torch.rand(n, device=x.device) * max_sigma_px) * (torch.rand(n, device=x.device) < 0.5)
    kernel = torch.exp(-0.5 * (torch.arange(-3.0, 4.0, device=x.device) / sigma.clamp(min=0.05)[:, None]) ** 2)
    kernel = (kernel / kernel.sum(dim=1, keepdim=True)).repeat_interleave(channels, 0)
    flat = F.pad(x.reshape(1, n * channels, height, width), (3, 3, 3, 3), mode="reflect")
    flat = F.conv2d(flat, kernel[:, None, None, :], groups=n * channels)
    flat = F.conv2d(flat, kernel[:, None, :, None], groups=n * channels)
    return flat.reshape(x.shape)
