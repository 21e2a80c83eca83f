"""The grid on which one galaxy is drawn, and its convolution with point-spread function and pixel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import galsim
import numpy as np
from numpy.typing import NDArray
from scipy import fft

PSF_WING_FLUX, PSF_WING_WIDTH = 0.1, 2.4  # a second Gaussian, as SDSS's own two-Gaussian fits: Stoughton et al. (2002)
_COARSE_SCALE_PX = 8.0  # structure larger than this needs no oversampling


@dataclass(frozen=True)
class Stamp:
    """A square of pixels around a galaxy, seen through the atmosphere.

    Images are arrays (row, column); the position angle turns from up (north) to the left (east).

    Attributes
    ----------
    side : int
        Pixels along a side, even.
    pixel_arcsec : float
    centre : tuple of float
        Column and row of the galaxy's centre, pixels.
    position_angle_deg : float
        Of the galaxy's major axis.
    oversample : int
        Samples along a pixel's side in `along` and `across`.
    along, across : float32 ndarray of shape (side * oversample, side * oversample)
        Arc seconds from the centre along the galaxy's major and minor axis.
    transfer : complex64 ndarray of shape (side, side // 2 + 1)
        Transform of point-spread function and pixel.
    """

    side: int
    pixel_arcsec: float
    centre: tuple[float, float]
    position_angle_deg: float
    oversample: int
    along: NDArray
    across: NDArray
    transfer: NDArray

    def convolve(self, light: NDArray) -> NDArray:
        """Convolve a map on the oversampled grid with the point-spread function, and sample it on the pixels.

        Parameters
        ----------
        light : ndarray of shape (side * oversample, side * oversample)

        Returns
        -------
        float32 ndarray of shape (side, side)
            Its sum is that of `light`. Exactly zero where the light is below a ten-thousandth of the brightest pixel:
            a component is finite, and leaves the rest of the image unchanged bit for bit.
        """
        spectrum = fft.rfft2(light.astype(np.float32, copy=False))
        half = self.side // 2
        spectrum = np.concatenate([spectrum[:half, : half + 1], spectrum[-half:, : half + 1]])
        blurred = fft.irfft2(spectrum * self.transfer, s=(self.side, self.side))
        blurred[np.abs(blurred) < 1e-4 * np.abs(blurred).max()] = 0
        return blurred

    def draw(self, profile: galsim.GSObject) -> NDArray:
        """Draw a GalSim profile whose major axis lies along x, centred on the galaxy: float32 (side, side)."""
        rotated = profile.rotate((90 - self.position_angle_deg) * galsim.degrees)
        half = self.side // 2
        bounds = galsim.BoundsI(0, half, -half, half - 1)
        spectrum = rotated.drawKImage(
            bounds=bounds, scale=2 * np.pi / (self.side * self.pixel_arcsec), recenter=False
        ).array
        column, row = self.centre
        shift = np.exp(-2j * np.pi * row * fft.fftfreq(self.side))[:, None] * np.exp(
            -2j * np.pi * column * fft.rfftfreq(self.side)
        )
        spectrum = fft.ifftshift(spectrum, axes=0) * shift * self.transfer
        return fft.irfft2(spectrum.astype(np.complex64), s=(self.side, self.side))


@lru_cache(maxsize=4)
def _transfer(side: int, pixel_arcsec: float, seeing_arcsec: float) -> NDArray:
    half = side // 2
    # two concentric Gaussians; the narrow one has the seeing as its full width at half maximum
    narrow = galsim.Gaussian(fwhm=seeing_arcsec, flux=1 - PSF_WING_FLUX)
    wings = galsim.Gaussian(fwhm=PSF_WING_WIDTH * seeing_arcsec, flux=PSF_WING_FLUX)
    optics = galsim.Convolve(narrow + wings, galsim.Pixel(pixel_arcsec))
    bounds = galsim.BoundsI(0, half, -half, half - 1)
    spectrum = optics.drawKImage(bounds=bounds, scale=2 * np.pi / (side * pixel_arcsec), recenter=False).array
    return fft.ifftshift(spectrum, axes=0).astype(np.complex64)


def make_stamp(
    side: int,
    *,
    pixel_arcsec: float,
    seeing_arcsec: float,
    position_angle_deg: float,
    disc_scale_arcsec: float,
    centre: tuple[float, float],
) -> Stamp:
    """Lay out a stamp. It has no margin for light that wraps around in a Fourier transform: the caller adds it.

    Parameters
    ----------
    side : int
        Pixels along a side; even.
    pixel_arcsec, seeing_arcsec, position_angle_deg, disc_scale_arcsec : float
        Galaxies whose disc is small in pixels are oversampled by 2.
    centre : tuple of float
        Column and row of the galaxy's centre, pixels.

    Examples
    --------
    >>> stamp = make_stamp(64, pixel_arcsec=0.4, seeing_arcsec=1.3, position_angle_deg=0, disc_scale_arcsec=2,
    ...                    centre=(32, 32))
    >>> light = stamp.draw(galsim.Exponential(scale_radius=2))
    >>> print(light.shape, light.sum().round(2), light.argmax() == 32 * 64 + 32)
    (64, 64) 1.0 True
    """
    oversample = 1 if disc_scale_arcsec > _COARSE_SCALE_PX * pixel_arcsec else 2
    axis = np.arange(side * oversample, dtype=np.float32) / oversample
    x, y = (axis - centre[0]) * pixel_arcsec, ((axis - centre[1]) * pixel_arcsec)[:, None]
    angle = np.radians(90 - position_angle_deg)
    along = (x * np.cos(angle) + y * np.sin(angle)).astype(np.float32)
    across = (y * np.cos(angle) - x * np.sin(angle)).astype(np.float32)
    return Stamp(
        side=side,
        pixel_arcsec=pixel_arcsec,
        centre=centre,
        position_angle_deg=position_angle_deg,
        oversample=oversample,
        along=along,
        across=across,
        transfer=_transfer(side, pixel_arcsec, seeing_arcsec),
    )
