"""GCJ-02 and BD-09 to WGS-84 and back, by the published formulas. Outside China the three are the same.

GCJ-02 is what WeChat, AMap and Tencent give, BD-09 what Baidu gives; browsers and GPS give WGS-84.
"""

from math import atan2, cos, fabs, hypot, pi, sin, sqrt
from typing import Final, Literal

Crs = Literal["wgs84", "gcj02", "bd09"]

SEMI_MAJOR_METRES: Final = 6_378_245.0
"""Krasovsky ellipsoid, which GCJ-02 is built on."""
ECCENTRICITY_SQUARED: Final = 0.006_693_421_622_965_943_23
BD_ANGLE: Final = pi * 3000.0 / 180.0
BD_SHIFT: Final = (0.0065, 0.006)
INVERSE_STEPS_MAX: Final = 10
INVERSE_DEGREES: Final = 1e-9
"""About 0.1 mm; the iteration gets there in 4 to 6 steps."""


def to_wgs84(longitude: float, latitude: float, crs: Crs) -> tuple[float, float]:
    """Return the point in WGS-84, longitude first, within a centimetre."""
    match crs:
        case "wgs84":
            return longitude, latitude
        case "gcj02":
            return _wgs84_of_gcj02(longitude, latitude)
        case "bd09":
            return _wgs84_of_gcj02(*_gcj02_of_bd09(longitude, latitude))


def from_wgs84(longitude: float, latitude: float, crs: Crs) -> tuple[float, float]:
    """Return the WGS-84 point in another system, longitude first."""
    match crs:
        case "wgs84":
            return longitude, latitude
        case "gcj02":
            return _gcj02_of_wgs84(longitude, latitude)
        case "bd09":
            return _bd09_of_gcj02(*_gcj02_of_wgs84(longitude, latitude))


def _gcj02_of_wgs84(longitude: float, latitude: float) -> tuple[float, float]:
    if not (72.004 <= longitude <= 137.8347 and 0.8293 <= latitude <= 55.8271):
        return longitude, latitude
    x, y = longitude - 105.0, latitude - 35.0
    radians = latitude / 180.0 * pi
    magic = 1.0 - ECCENTRICITY_SQUARED * sin(radians) ** 2
    north = _north_offset(x, y) * 180.0 / (SEMI_MAJOR_METRES * (1 - ECCENTRICITY_SQUARED) / (magic * sqrt(magic)) * pi)
    east = _east_offset(x, y) * 180.0 / (SEMI_MAJOR_METRES / sqrt(magic) * cos(radians) * pi)
    return longitude + east, latitude + north


def _north_offset(x: float, y: float) -> float:
    bend = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(fabs(x))
    waves_x = 20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)
    waves_y = 20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)
    long_waves = 160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)
    return bend + (waves_x + waves_y + long_waves) * 2.0 / 3.0


def _east_offset(x: float, y: float) -> float:
    bend = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(fabs(x))
    waves = 20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi) + 20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)
    long_waves = 150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)
    return bend + (waves + long_waves) * 2.0 / 3.0


def _wgs84_of_gcj02(longitude: float, latitude: float) -> tuple[float, float]:
    # The forward formula has no closed inverse; its offset hardly changes over metres, so the iteration converges.
    guess = (longitude, latitude)
    for _ in range(INVERSE_STEPS_MAX):
        there = _gcj02_of_wgs84(*guess)
        error = (there[0] - longitude, there[1] - latitude)
        guess = (guess[0] - error[0], guess[1] - error[1])
        if max(fabs(error[0]), fabs(error[1])) < INVERSE_DEGREES:
            break
    return guess


def _gcj02_of_bd09(longitude: float, latitude: float) -> tuple[float, float]:
    x, y = longitude - BD_SHIFT[0], latitude - BD_SHIFT[1]
    radius = hypot(x, y) - 0.00002 * sin(y * BD_ANGLE)
    angle = atan2(y, x) - 0.000003 * cos(x * BD_ANGLE)
    return radius * cos(angle), radius * sin(angle)


def _bd09_of_gcj02(longitude: float, latitude: float) -> tuple[float, float]:
    radius = hypot(longitude, latitude) + 0.00002 * sin(latitude * BD_ANGLE)
    angle = atan2(latitude, longitude) + 0.000003 * cos(longitude * BD_ANGLE)
    return radius * cos(angle) + BD_SHIFT[0], radius * sin(angle) + BD_SHIFT[1]
