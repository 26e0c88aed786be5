"""Reads pages as the software of receivers does: what lies inside, and what the metadata says of it.

usage: hybrid.py FOLDER

Each *.pdf is opened by pypdf without leniency, and its invoice is taken out and checked against the schema and for its
level by the PyPI package factur-x. Prints one line of JSON per file: {"file", "xml": {"name", "sha256", "level"},
"said": {property of the Factur-X namespace: text}, "expected": the same as factur-x would write them, "described":
[names of those properties in the PDF/A extension schema], "embedded": of the file, as it stands in the PDF, "pages"}.
"""

import hashlib
import io
import json
import pathlib
import sys

import facturx
import lxml.etree
import pypdf

FX = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
SCHEMA = "http://www.aiim.org/pdfa/ns/schema#"
PROPERTY = "http://www.aiim.org/pdfa/ns/property#"
LEVEL = "en16931"


def said(xmp):
    return {lxml.etree.QName(it).localname: it.text for it in xmp.iter(f"{{{FX}}}*")}


def described(xmp):
    for uri in xmp.iter(f"{{{SCHEMA}}}namespaceURI"):
        if uri.text == FX:
            yield from sorted(it.text for it in uri.getparent().iter(f"{{{PROPERTY}}}name"))


def read(path):
    content = path.read_bytes()
    reader = pypdf.PdfReader(io.BytesIO(content), strict=True)
    root = reader.trailer["/Root"]
    metadata = root["/Metadata"].get_object()
    xmp = lxml.etree.fromstring(metadata.get_data())
    wanted = facturx.facturx.generate_xmp_bytes("factur-x", LEVEL, None, {})
    name, xml = facturx.get_xml_from_pdf(content, check_xsd=True)
    (listed,) = root["/AF"]
    file = listed.get_object()
    stream = file["/EF"]["/UF"].get_object()
    return {
        "file": path.name,
        "xml": {
            "name": name,
            "sha256": hashlib.sha256(xml).hexdigest(),
            "level": facturx.get_level(lxml.etree.fromstring(xml)),
        },
        "said": said(xmp),
        "expected": said(lxml.etree.fromstring(wanted)),
        "described": list(described(xmp)),
        "embedded": {
            "names": [file["/F"], file["/UF"]],
            "type": stream["/Subtype"],
            "size": stream["/Params"]["/Size"],
            "dated": "/ModDate" in stream["/Params"],
            "relationship": file["/AFRelationship"],
            "plain": "/Filter" not in metadata,
        },
        "pages": len(reader.pages),
    }


def main(folder):
    for path in sorted(pathlib.Path(folder).glob("*.pdf")):
        print(json.dumps(read(path)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
