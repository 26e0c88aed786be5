//! EN 16931 in the syntax of UBL 2.1: an Invoice or a CreditNote. The order of elements is that of
//! its schema.

use domain::billing::sealed::{DocumentKind, SealedInvoice};

use crate::RenderError;
use crate::en16931::{
    Account, Address, Adjustment, Breakdown, Form, Line, Party, PayTo, RULES, Taxed, Xml,
};

const INVOICE: &str = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2";
const CREDIT_NOTE: &str = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2";
const AGGREGATE: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";
const BASIC: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";

/// A sealed document as UBL 2.1, in UTF-8; the same bytes each time.
///
/// Refused where its currency is no current one.
pub fn write(sealed: &SealedInvoice) -> Result<Vec<u8>, RenderError> {
    let form = Form::of(sealed)?;
    let (name, namespace) = match form.document {
        DocumentKind::Invoice => ("Invoice", INVOICE),
        DocumentKind::CreditNote => ("CreditNote", CREDIT_NOTE),
    };
    let namespaces = [("xmlns", namespace), ("xmlns:cac", AGGREGATE), ("xmlns:cbc", BASIC)];
    Ok(Xml::document(name, &namespaces, |xml| {
        head(xml, &form);
        references(xml, &form);
        xml.within("cac:AccountingSupplierParty", |xml| party(xml, &form.seller));
        xml.within("cac:AccountingCustomerParty", |xml| party(xml, &form.buyer));
        delivery(xml, &form);
        if let Some(pay_to) = &form.pay_to {
            payment_means(xml, &form.number, pay_to);
        }
        xml.within("cac:PaymentTerms", |xml| xml.text("cbc:Note", &form.terms));
        for adjustment in &form.adjustments {
            allowance_charge(xml, adjustment, &form.currency);
        }
        taxes(xml, &form);
        sums(xml, &form);
        for line in &form.lines {
            self::line(xml, line, &form);
        }
    }))
}

fn head(xml: &mut Xml, form: &Form) {
    xml.text("cbc:CustomizationID", RULES);
    xml.text("cbc:ID", &form.number);
    xml.text("cbc:IssueDate", &form.issued_on.to_string());
    match form.document {
        DocumentKind::Invoice => {
            xml.text("cbc:DueDate", &form.due_on.to_string());
            xml.text("cbc:InvoiceTypeCode", "380");
        }
        DocumentKind::CreditNote => xml.text("cbc:CreditNoteTypeCode", "381"),
    }
    for note in &form.notes {
        xml.text("cbc:Note", note);
    }
    xml.text("cbc:DocumentCurrencyCode", &form.currency);
    if let Some((own, _)) = &form.sums.own_tax {
        xml.text("cbc:TaxCurrencyCode", own);
    }
    xml.text("cbc:BuyerReference", &form.buyer_reference);
    xml.within("cac:InvoicePeriod", |xml| {
        xml.text("cbc:StartDate", &form.supply.0.to_string());
        xml.text("cbc:EndDate", &form.supply.1.to_string());
    });
}

fn references(xml: &mut Xml, form: &Form) {
    if !form.order.is_empty() {
        xml.within("cac:OrderReference", |xml| xml.text("cbc:ID", &form.order));
    }
    if let Some((number, issued_on)) = &form.credits {
        xml.within("cac:BillingReference", |xml| {
            xml.within("cac:InvoiceDocumentReference", |xml| {
                xml.text("cbc:ID", number);
                xml.text("cbc:IssueDate", &issued_on.to_string());
            });
        });
    }
}

fn party(xml: &mut Xml, party: &Party) {
    xml.within("cac:Party", |xml| {
        xml.marked("cbc:EndpointID", ("schemeID", "EM"), &party.email);
        if !party.id.is_empty() {
            xml.within("cac:PartyIdentification", |xml| xml.text("cbc:ID", &party.id));
        }
        address(xml, &party.address);
        for (number, scheme) in [(&party.vat_id, "VAT"), (&party.tax_id, "TAX")] {
            if !number.is_empty() {
                xml.within("cac:PartyTaxScheme", |xml| {
                    xml.text("cbc:CompanyID", number);
                    xml.within("cac:TaxScheme", |xml| xml.text("cbc:ID", scheme));
                });
            }
        }
        xml.within("cac:PartyLegalEntity", |xml| {
            xml.text("cbc:RegistrationName", &party.name);
            xml.text("cbc:CompanyID", &party.legal_id);
        });
    });
}

fn address(xml: &mut Xml, address: &Address) {
    let line = |at: usize| address.lines.get(at).map_or("", String::as_str);
    xml.within("cac:PostalAddress", |xml| {
        xml.text("cbc:StreetName", line(0));
        xml.text("cbc:AdditionalStreetName", line(1));
        xml.text("cbc:CityName", &address.city);
        xml.text("cbc:PostalZone", &address.zone);
        if !line(2).is_empty() {
            xml.within("cac:AddressLine", |xml| xml.text("cbc:Line", line(2)));
        }
        country_of(xml, &address.country);
    });
}

fn country_of(xml: &mut Xml, country: &str) {
    xml.within("cac:Country", |xml| xml.text("cbc:IdentificationCode", country));
}

fn delivery(xml: &mut Xml, form: &Form) {
    xml.within("cac:Delivery", |xml| {
        xml.text("cbc:ActualDeliveryDate", &form.supply.1.to_string());
        if let Some(country) = &form.delivered_to {
            xml.within("cac:DeliveryLocation", |xml| {
                xml.within("cac:Address", |xml| country_of(xml, country));
            });
        }
    });
}

fn payment_means(xml: &mut Xml, number: &str, pay_to: &PayTo) {
    xml.within("cac:PaymentMeans", |xml| {
        xml.text("cbc:PaymentMeansCode", pay_to.code);
        xml.text("cbc:PaymentID", number);
        if let Some(Account { number, bic, .. }) = &pay_to.account {
            xml.within("cac:PayeeFinancialAccount", |xml| {
                xml.text("cbc:ID", number);
                xml.text("cbc:Name", &pay_to.holder);
                if !bic.is_empty() {
                    xml.within("cac:FinancialInstitutionBranch", |xml| xml.text("cbc:ID", bic));
                }
            });
        }
    });
}

fn allowance_charge(xml: &mut Xml, adjustment: &Adjustment, currency: &str) {
    let mark = ("currencyID", currency);
    xml.within("cac:AllowanceCharge", |xml| {
        xml.text("cbc:ChargeIndicator", if adjustment.is_charge() { "true" } else { "false" });
        xml.text("cbc:AllowanceChargeReasonCode", adjustment.reason_code());
        xml.text("cbc:AllowanceChargeReason", &adjustment.reason);
        let (percent, base) = adjustment.share.as_ref().map_or(("", ""), |(p, b)| (p, b));
        xml.text("cbc:MultiplierFactorNumeric", percent);
        xml.marked("cbc:Amount", mark, &adjustment.amount);
        xml.marked("cbc:BaseAmount", mark, base);
        if let Some(tax) = &adjustment.tax {
            xml.within("cac:TaxCategory", |xml| category(xml, tax, None));
        }
    });
}

fn category(xml: &mut Xml, tax: &Taxed, why: Option<&Breakdown>) {
    xml.text("cbc:ID", tax.code);
    xml.text("cbc:Percent", tax.percent.as_deref().unwrap_or_default());
    if let Some(why) = why {
        xml.text("cbc:TaxExemptionReasonCode", why.reason_code);
        xml.text("cbc:TaxExemptionReason", &why.reason);
    }
    xml.within("cac:TaxScheme", |xml| xml.text("cbc:ID", "VAT"));
}

fn taxes(xml: &mut Xml, form: &Form) {
    let mark = ("currencyID", form.currency.as_str());
    xml.within("cac:TaxTotal", |xml| {
        xml.marked("cbc:TaxAmount", mark, &form.sums.tax);
        for tax in &form.breakdown {
            xml.within("cac:TaxSubtotal", |xml| {
                xml.marked("cbc:TaxableAmount", mark, &tax.taxable);
                xml.marked("cbc:TaxAmount", mark, &tax.amount);
                xml.within("cac:TaxCategory", |xml| category(xml, &tax.tax, Some(tax)));
            });
        }
    });
    if let Some((own, amount)) = &form.sums.own_tax {
        xml.within("cac:TaxTotal", |xml| {
            xml.marked("cbc:TaxAmount", ("currencyID", own), amount);
        });
    }
}

fn sums(xml: &mut Xml, form: &Form) {
    let sums = &form.sums;
    let amounts = [
        ("cbc:LineExtensionAmount", &sums.lines),
        ("cbc:TaxExclusiveAmount", &sums.net),
        ("cbc:TaxInclusiveAmount", &sums.gross),
        ("cbc:AllowanceTotalAmount", &sums.allowances),
        ("cbc:ChargeTotalAmount", &sums.charges),
        ("cbc:PayableRoundingAmount", &sums.rounding),
        ("cbc:PayableAmount", &sums.payable),
    ];
    xml.within("cac:LegalMonetaryTotal", |xml| {
        for (name, amount) in amounts {
            xml.marked(name, ("currencyID", &form.currency), amount);
        }
    });
}

fn line(xml: &mut Xml, line: &Line, form: &Form) {
    let (name, quantity) = match form.document {
        DocumentKind::Invoice => ("cac:InvoiceLine", "cbc:InvoicedQuantity"),
        DocumentKind::CreditNote => ("cac:CreditNoteLine", "cbc:CreditedQuantity"),
    };
    let mark = ("currencyID", form.currency.as_str());
    xml.within(name, |xml| {
        xml.text("cbc:ID", &line.id);
        xml.text("cbc:Note", &line.note);
        xml.marked(quantity, ("unitCode", line.priced.unit), &line.priced.quantity);
        xml.marked("cbc:LineExtensionAmount", mark, &line.net);
        if let Some(day) = line.day {
            xml.within("cac:InvoicePeriod", |xml| {
                xml.text("cbc:StartDate", &day.to_string());
                xml.text("cbc:EndDate", &day.to_string());
            });
        }
        if let Some(adjustment) = &line.adjustment {
            allowance_charge(xml, adjustment, &form.currency);
        }
        xml.within("cac:Item", |xml| {
            xml.text("cbc:Description", &line.description);
            xml.text("cbc:Name", &line.name);
            xml.within("cac:ClassifiedTaxCategory", |xml| category(xml, &line.tax, None));
        });
        xml.within("cac:Price", |xml| {
            xml.marked("cbc:PriceAmount", mark, &line.priced.price);
        });
    });
}
