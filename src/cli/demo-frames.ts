/**
 * Two nights of two telescopes, as pyobs would write them: biases, a dark, sky flats, one field in three filters, and
 * the reduced frames with their catalogues and the names of what they were made from. Deterministic to the last bit.
 */

import { moonAltitude, moonIlluminated, sunAltitude } from "../sky/sun-moon.ts";
import { Wcs } from "../sky/wcs.ts";
import {
  FILTERS,
  type Field,
  type Filter,
  flatOf,
  fluxIn,
  Random,
  type Star,
  skyOf,
  starsOf,
  type Telescope,
} from "./demo-sky.ts";
import { binaryTable, type Cards, fitsFile, headerOfCards, imageHdu } from "./fits-file.ts";

const NIGHTS = ["2026-03-14", "2026-03-15"];

const PROGRAMMES: { telescope: Telescope; field: Field; observer: string }[] = [
  {
    telescope: {
      site: "goe",
      telescope: "0m50",
      instrument: "sb63",
      latitude: 51.5605,
      longitude: 9.9437,
      altitude: 201,
      size: 512,
      scale: 0.98 / 3600,
      rotation: 12,
      readNoise: 7,
      gain: 1.5,
      bias: 300,
      start: 2.5,
    },
    field: { object: "M 51", ra: 202.469575, dec: 47.195258, kind: "galaxy" },
    observer: "pyobs robotic",
  },
  {
    telescope: {
      site: "saao",
      telescope: "1m20",
      instrument: "fa16",
      latitude: -32.3795,
      longitude: 20.8107,
      altitude: 1760,
      size: 512,
      scale: 0.62 / 3600,
      rotation: -97.5,
      readNoise: 5,
      gain: 1.2,
      bias: 480,
      start: 4,
    },
    field: { object: "NGC 5139", ra: 201.696833, dec: -47.479583, kind: "cluster" },
    observer: "MONET robotic",
  },
];

export interface DemoFrame {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** How many frames `demoFrames` gives. */
export const DEMO_FRAMES = NIGHTS.length * PROGRAMMES.length * (3 + 1 + FILTERS.length * (1 + 2 + 2));

/** What one exposure is, apart from its pixels. */
interface Exposure {
  name: string;
  type: "bias" | "dark" | "skyflat" | "object";
  number: number;
  seconds: number;
  filter: Filter | null;
  start: Date;
}

export function* demoFrames(): Generator<DemoFrame> {
  for (const night of NIGHTS) {
    for (const programme of PROGRAMMES) yield* nightOf(night, programme);
  }
}

function* nightOf(night: string, { telescope, field, observer }: (typeof PROGRAMMES)[number]): Generator<DemoFrame> {
  let number = 0;
  // 18:00 local mean solar time, in UTC (FITS 4.0 §9.2: DATE-OBS is UTC unless said otherwise)
  let clock = Date.parse(`${night}T18:00:00Z`) - (telescope.longitude / 15) * 3600_000;
  const next = (type: Exposure["type"], seconds: number, filter: Filter | null): Exposure => {
    number++;
    const letter = { bias: "b", dark: "d", skyflat: "f", object: "o" }[type];
    const stem = `${telescope.site}-${telescope.telescope}-${telescope.instrument}-${night.replaceAll("-", "")}`;
    const exposure = {
      name: `${stem}-${String(number).padStart(4, "0")}-${letter}00`,
      type,
      number,
      seconds,
      filter,
      start: new Date(clock),
    };
    clock += (seconds + 21.4) * 1000;
    return exposure;
  };
  const cardsOf = (exposure: Exposure, level: 0 | 1) => headerOf(exposure, level, night, telescope, field, observer);
  const raw = (exposure: Exposure, light: Float32Array | null) => {
    const pixels = expose(light, exposure, telescope);
    return frameOf(exposure.name, [imageHdu("SCI", telescope.size, pixels, cardsOf(exposure, 0))]);
  };

  const biases = [0, 1, 2].map(() => next("bias", 0, null));
  const dark = next("dark", 60, null);
  for (const exposure of [...biases, dark]) yield raw(exposure, null);

  const flats = new Map<Filter, { exposure: Exposure; response: Float32Array }>();
  for (const filter of FILTERS) {
    const exposure = next("skyflat", 8, filter);
    const response = flatOf(telescope, filter);
    flats.set(filter, { exposure, response });
    yield raw(
      exposure,
      response.map((value) => value * 24_000),
    );
  }

  clock = Date.parse(`${night}T18:00:00Z`) + (telescope.start - telescope.longitude / 15) * 3600_000;
  for (let visit = 0; visit < 2; visit++) {
    for (const filter of FILTERS) {
      const exposure = next("object", filter === "B" ? 120 : 60, filter);
      const { exposure: flat, response } = flats.get(filter)!;
      const seeing = 2.6 + 0.8 * Random.of(exposure.name).uniform();
      const sky = skyOf(field, telescope, filter, exposure.seconds, seeing);
      const counts = expose(
        sky.map((value, i) => value * response[i]!),
        exposure,
        telescope,
      );
      yield frameOf(exposure.name, [imageHdu("SCI", telescope.size, counts, cardsOf(exposure, 0))]);

      const name = exposure.name.replace(/00$/, "01");
      const darkRate = DARK * exposure.seconds;
      const reduced = Float32Array.from(counts, (value, i) => (value - telescope.bias - darkRate) / response[i]!);
      const cards: Cards = [
        ...cardsOf({ ...exposure, name }, 1),
        ["L1BIAS", biases[0]!.name, "bias frame used"],
        ["L1DARK", dark.name, "dark frame used"],
        ["L1FLAT", flat.name, "flat field used"],
        ["L1RAW", exposure.name, "raw frame"],
        ["L1AVG001", biases[1]!.name, "averaged into the bias"],
        ["L1AVG002", biases[2]!.name, "averaged into the bias"],
      ];
      yield frameOf(name, [
        imageHdu("SCI", telescope.size, reduced, cards),
        catalogueOf(telescope, field, exposure, filter, seeing),
      ]);
    }
  }
}

/** Counts a second of dark current. */
const DARK = 0.05;

function frameOf(name: string, hdus: Uint8Array[]): DemoFrame {
  return { name: `${name}.fits`, bytes: fitsFile(hdus) };
}

/** What the detector gives for counts of light: bias, dark current, photon and read noise, 16 bits. */
function expose(light: Float32Array | null, exposure: Exposure, telescope: Telescope): Uint16Array {
  const random = Random.of(`pixels ${exposure.name}`);
  const { size, gain, readNoise, bias } = telescope;
  const dark = DARK * exposure.seconds;
  const pixels = new Uint16Array(size * size);
  for (let i = 0; i < pixels.length; i++) {
    const counts = (light === null ? 0 : light[i]!) + dark;
    const noise = Math.sqrt(counts / gain + (readNoise / gain) ** 2);
    pixels[i] = Math.max(0, Math.min(65535, Math.round(bias + counts + noise * random.normal())));
  }
  return pixels;
}

function wcsCards(telescope: Telescope, field: Field): Cards {
  const { scale, size } = telescope;
  const angle = (telescope.rotation * Math.PI) / 180;
  return [
    ["CTYPE1", "RA---TAN"],
    ["CTYPE2", "DEC--TAN"],
    ["CUNIT1", "deg"],
    ["CUNIT2", "deg"],
    ["CRVAL1", field.ra, "[deg] right ascension at the reference pixel"],
    ["CRVAL2", field.dec, "[deg] declination at the reference pixel"],
    ["CRPIX1", (size + 1) / 2],
    ["CRPIX2", (size + 1) / 2],
    ["CD1_1", -scale * Math.cos(angle)],
    ["CD1_2", scale * Math.sin(angle)],
    ["CD2_1", scale * Math.sin(angle)],
    ["CD2_2", scale * Math.cos(angle)],
  ];
}

function headerOf(
  exposure: Exposure,
  level: 0 | 1,
  night: string,
  telescope: Telescope,
  field: Field,
  observer: string,
): Cards {
  const onSky = exposure.type === "object";
  const ms = exposure.start.getTime();
  const rounded = (value: number) => Math.round(value * 100) / 100;
  const cards: Cards = [
    ["DATE-OBS", exposure.start.toISOString().slice(0, -1), "start of exposure [UTC]"],
    ["DAY-OBS", night, "night of observation"],
    ["SITEID", telescope.site, "site"],
    ["TELID", telescope.telescope, "telescope"],
    ["INSTRUME", telescope.instrument, "instrument"],
    ["IMAGETYP", exposure.type, "type of image"],
    ["EXPTIME", exposure.seconds, "[s] exposure time"],
    ["XBINNING", 1],
    ["YBINNING", 1],
    ["GAIN", telescope.gain, "[electron/adu]"],
    ["RDNOISE", telescope.readNoise, "[electron] read noise"],
    ["LATITUDE", telescope.latitude, "[deg] north"],
    ["LONGITUD", telescope.longitude, "[deg] east"],
    ["HEIGHT", telescope.altitude, "[m]"],
    ["SUNALT", rounded(sunAltitude(ms, telescope)), "[deg] altitude of the Sun"],
    ["MOONALT", rounded(moonAltitude(ms, telescope)), "[deg] altitude of the Moon"],
    ["MOONFRAC", rounded(moonIlluminated(ms)), "illuminated fraction of the Moon"],
    ["RLEVEL", level, "reduction level"],
    ["REQNUM", `0001${night.slice(-2)}${String(exposure.number).padStart(3, "0")}`, "request"],
    ["OBSNUM", `${night.replaceAll("-", "")}-${String(exposure.number).padStart(3, "0")}`, "observation"],
    ["FNAME", `${exposure.name}.fits`, "name of this file"],
    ["OBSERVER", observer],
    ["ORIGIN", "Platevault demo", "made up, not observed"],
  ];
  if (exposure.filter !== null) cards.push(["FILTER", exposure.filter, "filter"]);
  if (onSky) {
    cards.push(
      ["OBJECT", field.object, "target"],
      ["TEL-RA", field.ra, "[deg] right ascension of the telescope"],
      ["TEL-DEC", field.dec, "[deg] declination of the telescope"],
      ["RADESYS", "ICRS"],
      ...wcsCards(telescope, field),
    );
  }
  return cards;
}

/** The stars that a source extractor would find, brightest first, with their places on the sky. */
function catalogueOf(telescope: Telescope, field: Field, exposure: Exposure, filter: Filter, fwhm: number): Uint8Array {
  const wcs = Wcs.read(headerOfCards(wcsCards(telescope, field)))!;
  const random = Random.of(`catalogue ${exposure.name}`);
  const found = starsOf(field, telescope)
    .map((star: Star) => ({ star, counts: fluxIn(star, filter) * exposure.seconds }))
    .filter(({ counts }) => counts > 2500)
    .sort((a, b) => b.counts - a.counts)
    .slice(0, 200)
    .map(({ star, counts }, index) => {
      const error = Math.sqrt(counts / telescope.gain + 900);
      // FITS 4.0 §8: the centre of the first pixel is 1.0
      const x = star.x + 1 + 0.02 * random.normal();
      const y = star.y + 1 + 0.02 * random.normal();
      const [ra, dec] = wcs.pixelToWorld(x, y)!;
      return {
        id: index + 1,
        x,
        y,
        ra,
        dec,
        flux: counts + error * random.normal(),
        fluxerr: error,
        fwhm: fwhm * (1 + 0.03 * random.normal()),
        peak: counts / (1.5 * fwhm ** 2),
      };
    });
  return binaryTable("CAT", found, [
    { name: "id", form: "J" },
    { name: "x", form: "D", unit: "pix" },
    { name: "y", form: "D", unit: "pix" },
    { name: "ra", form: "D", unit: "deg" },
    { name: "dec", form: "D", unit: "deg" },
    { name: "flux", form: "E", unit: "adu" },
    { name: "fluxerr", form: "E", unit: "adu" },
    { name: "fwhm", form: "E", unit: "pix" },
    { name: "peak", form: "E", unit: "adu" },
  ]);
}
