"""What is done to images in training: fastai's crops and turns, progressive resizing, and light that varies."""

import torch
import torch.nn.functional as F
from fastai.data.transforms import Transform
from fastai.torch_core import TensorImage
from fastai.vision.augment import CropPad, RandomCrop, RandTransform, aug_transforms


def crops(pad_px: int, crop_px: int) -> list[Transform]:
    """The tutorial's crops of single images: the centre, then a part of it at random (when validating, its centre)."""
    return [CropPad(pad_px), RandomCrop(crop_px)]


def turns() -> list[Transform]:
    """The tutorial's turns of a batch: half of the images mirrored or turned by quarters, most tilted up to 10°."""
    return aug_transforms(max_zoom=1.0, flip_vert=True, max_lighting=0.0, max_warp=0.0)


class Shrink(RandTransform):
    """Shrink a batch of images to a smaller side, as fast as it must be: progressive resizing (fastai's own trick).

    Parameters
    ----------
    side_px : int
    """

    order, split_idx = 20, None  # after the pixels are floats, before they are turned and varied

    def __init__(self, side_px: int) -> None:
        super().__init__()
        self.side_px = side_px

    def encodes(self, x: TensorImage) -> TensorImage:
        """(n, 3, height, width) -> (n, 3, side_px, side_px)."""
        if x.shape[-1] == self.side_px:
            return x
        return F.interpolate(x, size=(self.side_px, self.side_px), mode="bilinear", antialias=True)


class Variation(RandTransform):
    """Vary each image of a training batch as telescopes and image processing vary; the galaxy stays what it is.

    At strength 1, half of the images are blurred with a Gaussian of up to 1 px, and half get noise of up to 3 % of full
    scale. All of them vary in brightness (13 %, one standard deviation), colour balance (5 % a band), saturation
    (10 %), contrast (a gamma of 1, to 8 %) and sky level (2 of 255). Drawn from torch's generator.

    Parameters
    ----------
    strength : float
        Multiplies all of it; the blur by 1.5 at most.
    """

    order, split_idx = 40, 0  # after crops and turns, before the normalisation; training alone

    def __init__(self, strength: float) -> None:
        super().__init__()
        self.strength = strength

    def encodes(self, x: TensorImage) -> TensorImage:
        """(n, 3, height, width) in 0 to 1, to the same."""
        n, s = len(x), self.strength

        def normal(channels: int, sd: float) -> torch.Tensor:
            return torch.randn(n, channels, 1, 1, device=x.device) * (sd * s)

        varied = _blurred(x.as_subclass(torch.Tensor), 1.0 * min(s, 1.5))
        varied = varied * torch.exp(normal(1, 0.13)) * torch.exp(normal(3, 0.05))
        grey = varied.mean(dim=1, keepdim=True)
        varied = grey + (varied - grey) * torch.exp(normal(1, 0.10))
        varied = varied.clamp(min=1e-4) ** torch.exp(normal(1, 0.08))
        varied = varied + normal(3, 0.008)
        noisy = torch.rand(n, 1, 1, 1, device=x.device) < 0.5
        level = torch.rand(n, 1, 1, 1, device=x.device) * 0.03 * s * noisy
        varied = varied + torch.randn_like(varied) * level
        return TensorImage(varied.clamp(0, 1))


def _blurred(x: torch.Tensor, widest_px: float) -> torch.Tensor:
    """Blur about half of the images (n, 3, height, width), each with a Gaussian of its own."""
    n, channels, height, width = x.shape
    sigma = (0.05 + torch.rand(n, device=x.device) * widest_px) * (torch.rand(n, device=x.device) < 0.5)
    kernel = torch.exp(-0.5 * (torch.arange(-3.0, 4.0, device=x.device) / sigma.clamp(min=0.05)[:, None]) ** 2)
    kernel = (kernel / kernel.sum(dim=1, keepdim=True)).repeat_interleave(channels, 0)
    flat = F.pad(x.reshape(1, n * channels, height, width), (3, 3, 3, 3), mode="reflect")
    flat = F.conv2d(flat, kernel[:, None, None, :], groups=n * channels)
    flat = F.conv2d(flat, kernel[:, None, :, None], groups=n * channels)
    return flat.reshape(x.shape)
