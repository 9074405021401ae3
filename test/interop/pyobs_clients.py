#!/usr/bin/env python3
"""Runs pyobs's own client classes, unmodified, against an archive.

    pyobs_clients.py --core PYOBS_CORE [--archive PYOBS_ARCHIVE] URL TOKEN FITS...

PYOBS_CORE and PYOBS_ARCHIVE are checkouts of pyobs/pyobs-core and pyobs/pyobs-archive. TOKEN belongs to a staff user.
FITS are frames with distinct names (FNAME, DAY-OBS, an image named SCI); they are uploaded.

Needs astropy, aiohttp, requests and numpy. What else pyobs-core imports (pydantic 2, astroplan …) is stood in for only
as far as the client classes touch it: their base class, no more. Prints a line a step and 'N passed, N failed'; the
exit status is 1 if any failed.
"""
import argparse, asyncio, importlib.abc, importlib.machinery, io, os, subprocess, sys, types, uuid, warnings
warnings.simplefilter('ignore')
a = argparse.ArgumentParser()
a.add_argument('--core', required=True)
a.add_argument('--archive')
a.add_argument('url')
a.add_argument('token')
a.add_argument('fits', nargs='+')
a = a.parse_args()
url = a.url.rstrip('/') + '/'


class Anything(types.ModuleType):
    """A module any attribute of which is a do-nothing class: for imports that the clients never use."""

    def __getattr__(self, name):
        if name.startswith('__'):
            raise AttributeError(name)
        return type(name, (), {'__init__': lambda s, *x, **k: None})


def package(name, folder=None):
    m = types.ModuleType(name)
    m.__path__ = [os.path.join(a.core, folder)] if folder else []
    sys.modules[name] = m
    return m


sys.path.insert(0, a.core)
pydantic = types.ModuleType('pydantic')
pydantic.PrivateAttr = lambda default=None, **k: default
pydantic.Field = lambda default=None, **k: default
pydantic.BaseModel = object
pydantic.ConfigDict = dict
sys.modules['pydantic'] = pydantic
serialization = types.ModuleType('pyobs.utils.serialization')


class PolymorphicBaseModel:
    def __init__(self, **k):
        for name, value in k.items():
            setattr(self, name, value)
        self.model_post_init(None)


serialization.PolymorphicBaseModel = PolymorphicBaseModel
package('pyobs', 'pyobs')
package('pyobs.utils', 'pyobs/utils')
sys.modules['pyobs.utils.serialization'] = serialization
package('pyobs.robotic', 'pyobs/robotic')
package('pyobs.robotic.utils', 'pyobs/robotic/utils')
package('pyobs.robotic.utils.archive', 'pyobs/robotic/utils/archive')
package('pyobs.vfs', 'pyobs/vfs')
package('pyobs.images', 'pyobs/images')


class Missing(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Last resort for third-party modules that are not installed here."""

    names = ('astroplan', 'pydantic_core', 'single_source', 'scipy', 'photutils', 'sep', 'numpydoc', 'cv2', 'slixmpp', 'dacite')

    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] in self.names:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return Anything(spec.name)

    def exec_module(self, module):
        module.__path__ = []


sys.meta_path.append(Missing())

import aiohttp  # noqa: E402
from astropy.io import fits  # noqa: E402
from pyobs.images.image import Image  # noqa: E402

sys.modules['pyobs.images'].Image = Image
from pyobs.robotic.utils.archive.pyobs_archive import PyobsArchive  # noqa: E402
from pyobs.vfs.file import VFSFile  # noqa: E402

sys.modules['pyobs.vfs'].VFSFile = VFSFile
from pyobs.vfs.archivefile import ArchiveFile  # noqa: E402

passed, failed = 0, 0


def step(name, ok, seen=''):
    global passed, failed
    passed, failed = passed + bool(ok), failed + (not ok)
    print(('ok   ' if ok else 'FAIL ') + name + (f': {seen}' if seen != '' else ''))


async def attempt(name, make, check=lambda r: True):
    try:
        r = await make
        step(name, check(r), '' if check(r) else repr(r)[:200])
        return r
    except Exception as e:
        step(name, False, f'{type(e).__name__}: {e}'[:200])


async def main():
    arch = PyobsArchive(url=url, token=a.token)
    images = [Image.from_file(p) for p in a.fits]
    names = {os.path.splitext(os.path.basename(str(i.header['FNAME'])))[0] for i in images}
    await attempt('upload_frames, one', arch.upload_frames(images[:1]))
    if len(images) > 1:
        await attempt('upload_frames, many', arch.upload_frames(images[1:]))
    options = await attempt('list_options', arch.list_options(), lambda r: all(k in r for k in ('instruments', 'binnings', 'filters', 'imagetypes', 'sites', 'telescopes')))
    frames = await attempt('list_frames', asyncio.wait_for(arch.list_frames(), 60), lambda r: names <= {f.filename for f in r})
    h = images[0].header
    one = await attempt('list_frames by night, site, instrument', asyncio.wait_for(arch.list_frames(night=str(h['DAY-OBS']), site=h['SITEID'], telescope=h['TELID'], instrument=h['INSTRUME'], binning='%dx%d' % (h['XBINNING'], h['YBINNING']), rlevel=h.get('RLEVEL', 0)), 60), lambda r: len(r) > 0)
    from astropy.time import Time
    t = Time(h['DATE-OBS'])
    await attempt('list_frames between start and end', asyncio.wait_for(arch.list_frames(start=t - 1 / 86400, end=t + 1 / 86400), 60), lambda r: any(f.filename in names for f in r))
    await attempt('list_frames, nothing there', asyncio.wait_for(arch.list_frames(night='1999-01-01'), 60), lambda r: r == [])
    mine = [f for f in frames or [] if f.filename in names]
    got = await attempt('download_frames', arch.download_frames(mine), lambda r: len(r) == len(mine))
    import numpy as np
    by = {os.path.splitext(os.path.basename(str(i.header['FNAME'])))[0]: i for i in images}
    for f, g in zip(mine, got or []):
        step('pixels of ' + f.filename, np.array_equal(np.asarray(by[f.filename].data), np.asarray(g.data), equal_nan=True))
    heads = await attempt('download_headers', arch.download_headers(mine), lambda r: len(r) == len(mine) and all('DATE-OBS' in x for x in r))
    for f, x in zip(mine, heads or []):
        bad = [k for k in ('SITEID', 'INSTRUME', 'EXPTIME', 'IMAGETYP', 'NAXIS1') if k in by[f.filename].header and x.get(k) != by[f.filename].header[k]]
        step('header values of ' + f.filename, not bad, bad or '')

    async def archive_file():
        name = 'vfs-' + uuid.uuid4().hex[:10]
        image = fits.open(a.fits[0])
        for hdu in image:
            if 'FNAME' in hdu.header:
                hdu.header['FNAME'] = name + '.fits'
        out = io.BytesIO()
        image.writeto(out)
        f = ArchiveFile(name + '.fits', url=url, mode='w', token=a.token)
        await f.write(out.getvalue())
        await f.close()
        return [x.filename for x in await arch.list_frames()], name

    await attempt('ArchiveFile', archive_file(), lambda r: r[1] in r[0])
    if a.archive:
        script = os.path.join(a.archive, 'scripts', 'ingest_image.py')
        r = subprocess.run([sys.executable, script, a.fits[0], '-u', url, '-t', a.token], capture_output=True, text=True)
        step('ingest_image.py', r.returncode == 0, (r.stdout + r.stderr)[-200:] if r.returncode else '')


asyncio.run(main())
print(f'{passed} passed, {failed} failed')
sys.exit(bool(failed))
