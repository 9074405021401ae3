"""Makes random images, packs them with fpack, restores them with funpack, and writes what astropy reads in them.

campaign.py SEED COUNT FOLDER: files NAME.fits and NAME.K.fits.fz, and manifest.jsonl with a line for each: the file,
how it was packed, and for every image its type, shape and where its pixels (physical, then as stored) lie in NAME.*.bin,
little-endian. Left out is what CFITSIO 4.2 and astropy 5.2 are known to get wrong, or differently from each other:
floats in tiles narrower than the image (funpack writes those with undefined pixels to the wrong places, as a comment in
fits_read_write_compressed_img says), infinities and denormal numbers among quantised floats (funpack makes NaN and 0 of
them), a BLANK of 0 and a BZERO of -128.0, which astropy takes for none and fails on.
"""

import json
import subprocess
import sys
import warnings

import numpy as np
from astropy.io import fits

warnings.simplefilter("ignore")
seed, count, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
random = np.random.default_rng(seed)
STORED = {8: "u1", 16: ">i2", 32: ">i4", 64: ">i8", -32: ">f4", -64: ">f8"}
UNSIGNED = {8: -128, 16: 2**15, 32: 2**31, 64: 2**63}


def pick(*choices):
    return choices[random.integers(len(choices))]


def card(keyword, value):
    if isinstance(value, str):
        return f"{keyword:<8}= '{value:<8}'".ljust(80)
    text = ("T" if value else "F") if isinstance(value, bool) else str(value).upper()
    return f"{keyword:<8}= {text:>20}".ljust(80)


def integers(dtype, size):
    info = np.iinfo(dtype)
    kind = pick("noise", "wide", "constant", "extremes", "ramp", "sparse", "steps")
    if kind == "noise":
        return np.clip(random.normal(min(1000, info.max // 3), 10 ** random.uniform(-1, 3), size), info.min, 2.0**40)
    if kind == "constant":
        return np.full(size, random.integers(info.min, info.max))
    if kind == "extremes":
        return random.choice(np.array([info.min, info.min + 1, 0, 1, info.max - 1, info.max], dtype=dtype), size)
    if kind == "ramp":
        return np.arange(size) * 37 % (info.max // 2 + 1)
    if kind == "sparse":
        return np.where(random.random(size) < 0.01, min(info.max, 30000), 0)
    if kind == "steps":
        return np.repeat(random.integers(0, min(info.max, 5000), size // 7 + 1), 7)[:size]
    return random.integers(info.min, info.max, size, dtype=info.dtype.newbyteorder("="), endpoint=True)


def floats(size):
    values = random.normal(1000, 10 ** random.uniform(-2, 3), size)
    kind = pick("noise", "noise", "holes", "empty", "constant", "huge", "whole", "zeros", "mixed")
    if kind == "holes":
        values[random.random(size) < 0.2] = np.nan
    elif kind == "empty":
        values[:] = np.nan
    elif kind == "constant":
        values[:] = 1.25
    elif kind == "huge":
        values *= 1e34
    elif kind == "whole":
        values = np.round(values)
    elif kind == "zeros":
        values[random.random(size) < 0.6] = 0
    elif kind == "mixed":
        values *= 10 ** random.uniform(-6, 6, size)
    return values + 0.0


def image(primary):
    """Header and data unit, and the axes and BITPIX."""
    bitpix = pick(8, 16, 16, 32, 32, 64, -32, -32, -64)
    while True:
        axes = [int(pick(1, 2, 3, 5, 8, 16, 31, 33, 64, 100, 127, 200)) for _ in range(pick(1, 2, 2, 2, 3, 4))]
        if np.prod(axes) <= 30000:
            break
    dtype = np.dtype(STORED[bitpix])
    data = (integers(dtype, np.prod(axes)) if bitpix > 0 else floats(np.prod(axes))).astype(dtype)
    cards = [card("SIMPLE", True) if primary else card("XTENSION", "IMAGE"), card("BITPIX", bitpix)]
    cards += [card("NAXIS", len(axes)), *(card(f"NAXIS{i + 1}", length) for i, length in enumerate(axes))]
    if not primary:
        cards += [card("PCOUNT", 0), card("GCOUNT", 1)]
    scaling = pick("none", "unsigned", "scaled", "zero", "none") if bitpix > 0 else "none"
    if scaling == "unsigned":
        cards += [card("BSCALE", pick(1, 1.0)), card("BZERO", pick(int, float if bitpix > 8 else int)(UNSIGNED[bitpix]))]
    elif scaling == "scaled":
        cards += [card("BSCALE", pick(0.5, 0.1, -1.5, 1e-3)), card("BZERO", pick(0.0, 10.0, -3.3))]
    elif scaling == "zero":
        cards += [card("BZERO", pick(100.0, 32768.5))]
    if bitpix > 0 and scaling != "unsigned" and random.random() < 0.4:
        cards += [card("BLANK", int(pick(data[0], data[-1], np.iinfo(dtype).max)) or 7)]
    cards += [card("KEY", pick(1, -3.25, "it''s", True)), f"COMMENT {'words ' * 3}".ljust(80), "END".ljust(80)]
    header = "".join(cards)
    header = header.ljust(-(-len(header) // 2880) * 2880).encode()
    return header + data.tobytes() + bytes(-data.nbytes % 2880), axes, bitpix


def packing(axes, is_float):
    """Arguments of fpack."""
    chosen = [pick("-r", "-r", "-g", "-g2", "-h", "-p")]
    if random.random() < 0.2:
        chosen.append("-w")
    elif random.random() < 0.6:
        tile = [int(pick(a, a // 2 + 1, a // 3 + 1, 16, 4, a + 5)) for a in axes]
        # Whole rows of a plane each: see above.
        tile = [axes[0], *tile[1:2], *(1 for _ in axes[2:])] if is_float else tile
        chosen += ["-t", ",".join(map(str, tile))]
    if is_float:
        quantised = [["-q", "4"], ["-q0", "4"], ["-qz", "16"], ["-q", "-0.01"], ["-qt", "4"], ["-q17", "4"], ["-qz9999", "8"]]
        chosen += pick(*quantised, ["-q", "0"])
    if chosen[0] == "-h":
        chosen += ["-s", pick("0", "1", "2.5")]
    return chosen


def expected(plain, name):
    images, pixels = [], bytearray()
    raw = dict(do_not_scale_image_data=True, ignore_blank=True)
    with fits.open(plain, memmap=False) as scaled, fits.open(plain, memmap=False, **raw) as stored:
        for hdus in zip(scaled, stored):
            # Before its data are looked at: astropy takes BSCALE and BZERO out of the header then.
            keywords = [keyword for keyword in hdus[1].header if keyword not in ("CHECKSUM", "DATASUM")]
            if hdus[0].data is None:
                continue
            found = {"shape": list(hdus[0].data.shape), "keywords": keywords}
            for which, hdu in zip(("physical", "stored"), hdus):
                found[which] = {"type": hdu.data.dtype.newbyteorder("=").name, "at": len(pixels)}
                pixels += hdu.data.astype(hdu.data.dtype.newbyteorder("<")).tobytes()
            images.append(found)
    with open(f"{folder}/{name}.bin", "wb") as file:
        file.write(pixels)
    return images


with open(f"{folder}/manifest.jsonl", "w") as manifest:
    for number in range(count):
        name = f"{seed}-{number}"
        plain = f"{folder}/{name}.fits"
        several = random.random() < 0.3
        empty = "".join([card("SIMPLE", True), card("BITPIX", 8), card("NAXIS", 0), "END"]).ljust(2880).encode()
        parts = [image(False) for _ in range(2)] if several else [image(True)]
        with open(plain, "wb") as file:
            file.write((empty if several else b"") + b"".join(part[0] for part in parts))
        line = {"file": f"{name}.fits", "pixels": f"{name}.bin", "how": "plain", "images": expected(plain, name)}
        print(json.dumps(line), file=manifest)
        for variant in range(2):
            how = packing(parts[0][1], any(bitpix < 0 for _, _, bitpix in parts))
            # Tiles are given for the first image; those of another may be such that floats get lost.
            if several and "-t" in how:
                continue
            packed, back = f"{folder}/{name}.{variant}.fits.fz", f"{folder}/{name}.{variant}.fits"
            done = [subprocess.run(["fpack", *how, "-O", packed, plain], capture_output=True)]
            done.append(subprocess.run(["funpack", "-O", back, packed], capture_output=True))
            # 64-bit integers, tiles too small for HCOMPRESS, numbers too large for PLIO.
            if any(process.returncode != 0 for process in done):
                continue
            images = expected(back, f"{name}.{variant}")
            line = {"file": f"{name}.{variant}.fits.fz", "pixels": f"{name}.{variant}.bin", "how": " ".join(["fpack", *how])}
            print(json.dumps({**line, "images": images}), file=manifest)
