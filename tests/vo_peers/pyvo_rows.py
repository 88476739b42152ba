# The addresses that pyvo finds: pyvo_rows.py SERVICE [RA DEC DIAMETER]; one a line.
import sys
import warnings

warnings.simplefilter("ignore")
from astropy.coordinates import SkyCoord
from pyvo.dal import SSAService

service = SSAService(sys.argv[1])
if len(sys.argv) > 2:
    ra, dec, diameter = map(float, sys.argv[2:5])
    found = service.search(pos=SkyCoord(ra, dec, unit="deg"), diameter=diameter)
else:
    found = service.search()
for record in found:
    print(record.getdataurl())
