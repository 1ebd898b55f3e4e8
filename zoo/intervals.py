"""How sure a share is that was counted on some images."""

from math import sqrt

Z = 1.959963984540054
"""Of a normal distribution, 95 % lies within so many standard deviations."""


def wilson(wrong: int, images: int) -> tuple[float, float]:
    """The 95 % confidence interval of an error, 0 to 1, of which ``wrong`` of ``images`` were counted.

    Wilson (1927): those shares p for which the count is within Z standard deviations of p · images. It is
    right for few images and for errors near 0 or 1 too. Without images it is all shares.
    """
    if not images:
        return 0.0, 1.0
    share, weight = wrong / images, Z * Z / images
    middle = (share + weight / 2) / (1 + weight)
    reach = Z * sqrt(share * (1 - share) / images + weight / images / 4) / (1 + weight)
    return max(0.0, middle - reach), min(1.0, middle + reach)
