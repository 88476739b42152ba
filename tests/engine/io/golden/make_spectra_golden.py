"""Writes spectra.csv: samples of the real spectra as astropy and numpy see them, by rules of their own.

    python3 make_spectra_golden.py ../../../../../shared/data > spectra.csv

Columns: file, spectrum's length, sample, wavelength [Å], flux, inverse variance (empty: none).
"""
import sys
import numpy as np
from astropy.io import fits

root = sys.argv[1]


def lamost_image(f):
    d, h = fits.getdata(f), fits.getheader(f)
    n = d.shape[1]
    if 'Subcontinuum' in h['EXTEN0']:
        return 10 ** (h['COEFF0'] + h['COEFF1'] * np.arange(n)), d[0], d[1]
    return d[2].astype(float), d[0], d[1]


def lamost_table(f):
    t = fits.getdata(f, 1)
    return t['WAVELENGTH'][0].astype(float), t['FLUX'][0], t['IVAR'][0]


def sdss(f):
    t = fits.getdata(f, 1)
    return 10 ** t['loglam'].astype(float), t['flux'], t['ivar']


def spspec(f):
    d, h = fits.getdata(f), fits.getheader(f)
    with np.errstate(divide='ignore'):
        ivar = np.where(d[2] > 0, 1 / d[2].astype(float) ** 2, 0)
    return 10 ** (h['COEFF0'] + h['COEFF1'] * np.arange(d.shape[1])), d[0], ivar


def ssap(f):
    t = fits.getdata(f, 1)
    return t['spectral'], t['flux'], None


def linear(f):
    d, h = fits.getdata(f), fits.getheader(f)
    x = h['CRVAL1'] + (np.arange(d.size) + 1 - h['CRPIX1']) * h.get('CD1_1', h['CDELT1'])
    return (10 ** x if h.get('DC-FLAG') == 1 else x), d, None


FILES = [
    ('lamost_lrs_image/bt-cmi-lamost.fits', lamost_image),
    ('lamost_lrs_image/spec-55859-F5902_sp05-172.fits.gz', lamost_image),
    ('lamost_lrs_dr10_bintable/type_A/spec-59522-GACII052N48B2_sp05-168.fits.gz', lamost_table),
    ('sdss_spec/spec-0266-51602-0107.fits', sdss),
    ('sdss_spec_full/spec-7340-56825-0726.fits', sdss),
    ('sdss_spspec/sample_sdss.fits', spspec),
    ('ondrejov/alpha-lyr-absorption.fits', ssap),
    ('ondrejov/iraf-gamma-cas-emission.fits', linear),
    ('labelled_fits/indo_us/A0V__153808.fits', linear),
    ('iraf_multispec/UM669_nF.fits', linear),
]
print('file,length,sample,wavelength,flux,ivar')
for name, rule in FILES:
    w, f, i = rule(f'{root}/{name}')
    for k in (0, 1, len(w) // 3, len(w) // 2, len(w) - 2, len(w) - 1):
        print(f'{name},{len(w)},{k},{float(w[k])!r},{float(f[k])!r},{"" if i is None else repr(float(i[k]))}')
