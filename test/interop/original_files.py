#!/usr/bin/env python3
"""Compares what two archives give back of the same uploads, as astropy reads it.

    original_files.py FOLDER

FOLDER has NAME.upload, NAME.theirs (pyobs-archive's) and NAME.ours. Prints a line a file and what differs: pixels of
the image named SCI, and its header's cards in their order. Of pyobs-archive's, known and left out: FNAME, which it
rewrites; checksums and HISTORY that fpack writes; pixels of float images, which it quantises: there ours are the
upload's; what it makes of scaled integers, which astropy writes as floats. The exit status is 1 if anything else differs.
"""
import os, re, sys, warnings
import numpy as np
from astropy.io import fits

warnings.simplefilter('ignore')
FPACK_HISTORY = re.compile('compressed by CFITSIO|quantized level scaling|Pixel Quantization')
FPACK = ('CHECKSUM', 'DATASUM', 'ZDITHER0', 'ZBLANK', 'ZHECKSUM', 'ZDATASUM')


def read(path):
    with open(path, 'rb') as f, fits.open(f) as hdus:
        hdu = hdus['SCI']
        cards = []
        for card in hdu.header.cards:
            try:
                value, comment = card.value, card.comment
            except fits.VerifyError:
                value, comment = card.image, ''
            if isinstance(value, fits.card.Undefined):
                value = None
            if card.keyword in FPACK or card.keyword == 'FNAME' or FPACK_HISTORY.search(str(value)):
                continue
            # HIERARCH keywords are written in upper case there.
            cards.append((card.keyword.upper(), value, comment))
        return None if hdu.data is None else np.array(hdu.data), cards, [h.name for h in hdus]


def same(a, b):
    if a is None or b is None:
        return a is b
    return a.shape == b.shape and a.dtype.newbyteorder('=') == b.dtype.newbyteorder('=') and np.array_equal(a, b, equal_nan=a.dtype.kind == 'f')


folder, failed = sys.argv[1], False
for name in sorted(n[:-7] for n in os.listdir(folder) if n.endswith('.theirs')):
    said = []
    try:
        (theirs, their_cards, their_hdus), (ours, our_cards, our_hdus), (upload, _, _) = (
            read(os.path.join(folder, name + end)) for end in ('.theirs', '.ours', '.upload'))
        if not same(ours, upload):
            said.append('pixels are not those of the upload')
        if ours is not None and ours.dtype.kind != 'f' and not same(ours, theirs):
            said.append('pixels are not those of pyobs-archive')
        if their_hdus != our_hdus:
            said.append(f'HDUs {their_hdus} there, {our_hdus} here')
        scaled = any(key == 'BSCALE' for key, _, _ in our_cards)
        if repr(their_cards) != repr(our_cards) and not scaled:
            there = [c for c in their_cards if repr(c) not in map(repr, our_cards)]
            here = [c for c in our_cards if repr(c) not in map(repr, their_cards)]
            said.append(f'cards {there} there, {here} here' if there or here else 'cards in another order')
    except Exception as e:
        said.append(f'{type(e).__name__}: {e}')
    if said:
        failed = True
        print(f'FAIL {name}: {"; ".join(said)[:400]}')
print(f'{"FAIL" if failed else "ok  "} files as astropy reads them')
sys.exit(failed)
