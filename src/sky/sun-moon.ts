/**
 * Where Sun and Moon stand above a place: good to a few hundredths of a degree between 1950 and 2050, for curves and
 * twilight, not for pointing. Times are UTC milliseconds, angles degrees; altitudes are geometric, without refraction.
 */

const RADIAN = 180 / Math.PI;
const sin = (degrees: number) => Math.sin(degrees / RADIAN);
const cos = (degrees: number) => Math.cos(degrees / RADIAN);
const turn = (degrees: number) => ((degrees % 360) + 360) % 360;

export interface Place {
  /** Geodetic, north positive. */
  latitude: number;
  /** East positive. */
  longitude: number;
}

/** Days since 2000-01-01 12:00; UTC is taken for TT, a minute of which the Moon moves by half a minute of arc. */
function daysSince2000(ms: number): number {
  return ms / 86_400_000 - 10_957.5;
}

interface Ecliptic {
  longitude: number;
  latitude: number;
  /** Sine of the horizontal parallax, as an angle in degrees. */
  parallax: number;
}

/** Astronomical Almanac's low-precision formulae for the Sun (section C): 0.01° between 1950 and 2050. */
function sun(days: number): Ecliptic {
  const anomaly = 357.528 + 0.985_600_3 * days;
  const longitude = 280.46 + 0.985_647_4 * days + 1.915 * sin(anomaly) + 0.02 * sin(2 * anomaly);
  return { longitude: turn(longitude), latitude: 0, parallax: 0.0024 };
}

/** The largest periodic terms of the Moon (Meeus, Astronomical Algorithms, 2nd ed., ch. 47): 0.05° or better. */
function moon(days: number): Ecliptic {
  const t = days / 36_525;
  const mean = 218.316_447_7 + 481_267.881_234_21 * t;
  const d = 297.850_192_1 + 445_267.111_403_4 * t; // elongation
  const m = 357.529_109_2 + 35_999.050_290_9 * t; // the Sun's anomaly
  const a = 134.963_396_4 + 477_198.867_505_5 * t; // the Moon's anomaly
  const f = 93.272_095 + 483_202.017_523_3 * t; // argument of latitude
  const longitude =
    6.288_774 * sin(a) +
    1.274_027 * sin(2 * d - a) +
    0.658_314 * sin(2 * d) +
    0.213_618 * sin(2 * a) -
    0.185_116 * sin(m) -
    0.114_332 * sin(2 * f) +
    0.058_793 * sin(2 * d - 2 * a) +
    0.057_066 * sin(2 * d - m - a) +
    0.053_322 * sin(2 * d + a) +
    0.045_758 * sin(2 * d - m) -
    0.040_923 * sin(m - a) -
    0.034_72 * sin(d) -
    0.030_383 * sin(m + a) +
    0.015_327 * sin(2 * d - 2 * f);
  const latitude =
    5.128_122 * sin(f) +
    0.280_602 * sin(a + f) +
    0.277_693 * sin(a - f) +
    0.173_237 * sin(2 * d - f) +
    0.055_413 * sin(2 * d - a + f) +
    0.046_271 * sin(2 * d - a - f) +
    0.032_573 * sin(2 * d + f) +
    0.017_198 * sin(2 * a + f);
  // Kilometres: the parallax lowers the Moon by up to a degree.
  const distance =
    385_000.56 - 20_905.355 * cos(a) - 3_699.111 * cos(2 * d - a) - 2_955.968 * cos(2 * d) - 569.925 * cos(2 * a);
  return { longitude: turn(mean + longitude), latitude, parallax: Math.asin(6_378.14 / distance) * RADIAN };
}

function altitude(body: Ecliptic, days: number, place: Place): number {
  const obliquity = 23.439_29 - 3.563e-7 * days;
  const { longitude, latitude, parallax } = body;
  const x = cos(latitude) * cos(longitude);
  const y = cos(obliquity) * cos(latitude) * sin(longitude) - sin(obliquity) * sin(latitude);
  const z = sin(obliquity) * cos(latitude) * sin(longitude) + cos(obliquity) * sin(latitude);
  const rightAscension = Math.atan2(y, x) * RADIAN;
  // Greenwich mean sidereal time (Meeus, formula 12.4); UTC for UT1.
  const sidereal = 280.460_618_37 + 360.985_647_366_29 * days;
  const hourAngle = sidereal + place.longitude - rightAscension;
  const height = sin(place.latitude) * z + cos(place.latitude) * Math.hypot(x, y) * cos(hourAngle);
  const geocentric = Math.asin(Math.max(-1, Math.min(1, height))) * RADIAN;
  // Seen from the ground instead of the centre of the Earth (Meeus, ch. 40, on a round Earth).
  return geocentric - Math.asin(sin(parallax) * cos(geocentric)) * RADIAN;
}

export function sunAltitude(ms: number, place: Place): number {
  const days = daysSince2000(ms);
  return altitude(sun(days), days, place);
}

export function moonAltitude(ms: number, place: Place): number {
  const days = daysSince2000(ms);
  return altitude(moon(days), days, place);
}

/** The part of the Moon's disc that is lit, 0 to 1 (Meeus, ch. 48, with the Sun infinitely far away). */
export function moonIlluminated(ms: number): number {
  const days = daysSince2000(ms);
  const [at, from] = [moon(days), sun(days)];
  return (1 - cos(at.latitude) * cos(at.longitude - from.longitude)) / 2;
}

/** A stretch of time, UTC milliseconds. */
export interface Span {
  start: number;
  end: number;
}

const STEP = 5 * 60_000;

/**
 * When an altitude lies below `limit` within a span, in order. Crossings are found to the second; a body that dips under
 * the limit for less than five minutes may be missed.
 */
export function spansBelow(limit: number, altitudeAt: (ms: number) => number, { start, end }: Span): Span[] {
  const spans: Span[] = [];
  const below = (ms: number) => altitudeAt(ms) < limit;
  const crossing = (from: number, to: number): number => {
    const was = below(from);
    let [low, high] = [from, to];
    while (high - low > 1000) {
      const middle = (low + high) / 2;
      if (below(middle) === was) low = middle;
      else high = middle;
    }
    return high;
  };
  let open: number | null = below(start) ? start : null;
  for (let at = start; at < end; at += STEP) {
    const next = Math.min(end, at + STEP);
    const under = below(next);
    if (under === (open !== null)) continue;
    const edge = crossing(at, next);
    if (open === null) {
      open = edge;
    } else {
      spans.push({ start: open, end: edge });
      open = null;
    }
  }
  if (open !== null) spans.push({ start: open, end });
  return spans;
}
