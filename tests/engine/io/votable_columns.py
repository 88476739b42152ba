#!/ usr / bin / env python3
"""What astropy reads from VOTables, one line a column; votable_columns.cpp says the same of what Balmer reads.

    votable_columns.py [--short] [--tables] FILE …        FILE TAB table TAB column TAB name TAB rows TAB digest

The digest is that of the cells' text, one line a cell: numbers with all their digits (%.17g, of float32 %.9g), the
elements of an array with blanks between, an element without value as "null", a cell without any as "". NaN is no
value here, because astropy does not tell the two apart in TABLEDATA, and text is without blanks around it, because it
drops them there. --short names files without their folders; --tables
says FILE TAB table TAB columns TAB rows TAB digest, that of the lines of the table's columns from "table" on. A file that astropy refuses gives FILE TAB "refused" TAB why.
"""
import hashlib
import math
import os
import sys
import warnings

import numpy as np

warnings.simplefilter("ignore")
from astropy.io.votable import parse  # noqa: E402


def element(value, masked, datatype):
    if masked:
        return "null"
    if datatype in ("float", "double"):
        value = float(value)
        if math.isnan(value):
            return "null"
        if math.isinf(value):
            return "inf" if value > 0 else "-inf"
        return ("%.9g" if datatype == "float" else "%.17g") % value
    if datatype in ("boolean", "bit"):
        return "1" if value else "0"
    return str(int(value))


def cell(value, mask, datatype):
    if datatype in ("char", "unicodeChar"):
        if value is np.ma.masked or value is None:
            return ""
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        return str(value).strip(" \t\r\n\f\v")
    if value is np.ma.masked:
        return ""
    values = np.ma.asarray(value)
    if values.dtype == object:
        values = np.ma.concatenate([np.ma.asarray(v).ravel() for v in values.ravel()]) if values.size else values
    flat, masks = values.ravel(), np.ma.getmaskarray(values).ravel()
    if mask is not None and np.size(mask) == flat.size:
        masks = masks | np.ravel(mask)
    elif mask is not None and np.size(mask) == 1 and bool(np.ravel(mask)[0]):
        return ""
    parts = []
    for v, m in zip(flat.data, masks):
        if datatype in ("floatComplex", "doubleComplex"):
            real = "float" if datatype == "floatComplex" else "double"
            parts += [element(v.real, m, real), element(v.imag, m, real)]
        else:
            parts.append(element(v, m, datatype))
    return "" if all(p == "null" for p in parts) else " ".join(parts)


def lines(name, file):
    try:
        document = parse(file)
        for t, table in enumerate(document.iter_tables()):
            for c, field in enumerate(table.fields):
                digest = hashlib.sha256()
                rows = len(table.array) if table.array.dtype.names else 0
                for r in range(rows):
                    column = table.array.dtype.names[c]
                    value, mask = table.array.data[column][r], table.array.mask[column][r]
                    digest.update((cell(value, mask, field.datatype) + "\n").encode("utf-8"))
                yield f"{name}\t{t}\t{c}\t{field.name}\t{rows}\t{digest.hexdigest()[:16]}"
    except Exception as error:  # whatever it is, it is astropy's reason
        yield f"{name}\trefused\t{type(error).__name__}"


def by_table(column_lines):
    tables = {}
    for line in column_lines:
        name, rest = line.split("\t", 1)
        if rest.startswith("refused"):
            yield line
            continue
        tables.setdefault((name, rest.split("\t")[0]), []).append(rest)
    for (name, table), rests in tables.items():
        digest = hashlib.sha256("".join(rest + "\n" for rest in rests).encode("utf-8")).hexdigest()[:16]
        yield f"{name}\t{table}\t{len(rests)}\t{rests[0].split(chr(9))[3]}\t{digest}"


if __name__ == "__main__":
    for file in (a for a in sys.argv[1:] if not a.startswith("--")):
        said = lines(os.path.basename(file) if "--short" in sys.argv else file, file)
        for line in by_table(said) if "--tables" in sys.argv else said:
            print(line)
