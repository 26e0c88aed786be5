//! EN 16931 in the syntax of UN/CEFACT's Cross Industry Invoice, as Factur-X has it in its profile
//! EN 16931: the form that lies inside the PDF. The order of elements is that of its schema.

use domain::billing::sealed::{DocumentKind, SealedInvoice};
use jiff::civil::Date;

use crate::RenderError;
use crate::en16931::{
    Account, Address, Adjustment, Breakdown, Form, Line, Party, PayTo, RULES, Taxed, Xml,
};

const NAMESPACES: [(&str, &str); 4] = [
    ("xmlns:rsm", "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"),
    (
        "xmlns:ram",
        "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    ),
    ("xmlns:qdt", "urn:un:unece:uncefact:data:standard:QualifiedDataType:100"),
    ("xmlns:udt", "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"),
];
/// How days are written: `CCYYMMDD` (UNTDID 2379).
const DAY: (&str, &str) = ("format", "102");

/// A sealed document as a Cross Industry Invoice, in UTF-8; the same bytes each time.
///
/// Refused where its currency is no current one.
pub fn write(sealed: &SealedInvoice) -> Result<Vec<u8>, RenderError> {
    let form = Form::of(sealed)?;
    Ok(Xml::document("rsm:CrossIndustryInvoice", &NAMESPACES, |xml| {
        xml.within("rsm:ExchangedDocumentContext", |xml| {
            xml.within("ram:GuidelineSpecifiedDocumentContextParameter", |xml| {
                xml.text("ram:ID", RULES);
            });
        });
        head(xml, &form);
        xml.within("rsm:SupplyChainTradeTransaction", |xml| {
            for line in &form.lines {
                xml.within("ram:IncludedSupplyChainTradeLineItem", |xml| self::line(xml, line));
            }
            agreement(xml, &form);
            xml.within("ram:ApplicableHeaderTradeDelivery", |xml| delivery(xml, &form));
            xml.within("ram:ApplicableHeaderTradeSettlement", |xml| settlement(xml, &form));
        });
    }))
}

fn day(xml: &mut Xml, name: &'static str, day: Date) {
    xml.within(name, |xml| xml.marked("udt:DateTimeString", DAY, &short(day)));
}

fn short(day: Date) -> String {
    day.strftime("%Y%m%d").to_string()
}

fn period(xml: &mut Xml, from: Date, to: Date) {
    xml.within("ram:BillingSpecifiedPeriod", |xml| {
        day(xml, "ram:StartDateTime", from);
        day(xml, "ram:EndDateTime", to);
    });
}

fn head(xml: &mut Xml, form: &Form) {
    xml.within("rsm:ExchangedDocument", |xml| {
        xml.text("ram:ID", &form.number);
        xml.text(
            "ram:TypeCode",
            match form.document {
                DocumentKind::Invoice => "380",
                DocumentKind::CreditNote => "381",
            },
        );
        day(xml, "ram:IssueDateTime", form.issued_on);
        for note in &form.notes {
            xml.within("ram:IncludedNote", |xml| xml.text("ram:Content", note));
        }
    });
}

fn line(xml: &mut Xml, line: &Line) {
    xml.within("ram:AssociatedDocumentLineDocument", |xml| {
        xml.text("ram:LineID", &line.id);
        if !line.note.is_empty() {
            xml.within("ram:IncludedNote", |xml| xml.text("ram:Content", &line.note));
        }
    });
    xml.within("ram:SpecifiedTradeProduct", |xml| {
        xml.text("ram:Name", &line.name);
        xml.text("ram:Description", &line.description);
    });
    xml.within("ram:SpecifiedLineTradeAgreement", |xml| {
        xml.within("ram:NetPriceProductTradePrice", |xml| {
            xml.text("ram:ChargeAmount", &line.priced.price);
        });
    });
    xml.within("ram:SpecifiedLineTradeDelivery", |xml| {
        let unit = ("unitCode", line.priced.unit);
        xml.marked("ram:BilledQuantity", unit, &line.priced.quantity);
    });
    xml.within("ram:SpecifiedLineTradeSettlement", |xml| {
        xml.within("ram:ApplicableTradeTax", |xml| tax(xml, &line.tax, None));
        if let Some(day) = line.day {
            period(xml, day, day);
        }
        if let Some(adjustment) = &line.adjustment {
            allowance_charge(xml, adjustment);
        }
        xml.within("ram:SpecifiedTradeSettlementLineMonetarySummation", |xml| {
            xml.text("ram:LineTotalAmount", &line.net);
        });
    });
}

fn tax(xml: &mut Xml, tax: &Taxed, breakdown: Option<&Breakdown>) {
    let of = |part: fn(&Breakdown) -> &str| breakdown.map_or("", part);
    xml.text("ram:CalculatedAmount", of(|it| &it.amount));
    xml.text("ram:TypeCode", "VAT");
    xml.text("ram:ExemptionReason", of(|it| &it.reason));
    xml.text("ram:BasisAmount", of(|it| &it.taxable));
    xml.text("ram:CategoryCode", tax.code);
    xml.text("ram:ExemptionReasonCode", of(|it| it.reason_code));
    xml.text("ram:RateApplicablePercent", tax.percent.as_deref().unwrap_or_default());
}

fn allowance_charge(xml: &mut Xml, adjustment: &Adjustment) {
    xml.within("ram:SpecifiedTradeAllowanceCharge", |xml| {
        xml.within("ram:ChargeIndicator", |xml| {
            xml.text("udt:Indicator", if adjustment.is_charge() { "true" } else { "false" });
        });
        let (percent, base) = adjustment.share.as_ref().map_or(("", ""), |(p, b)| (p, b));
        xml.text("ram:CalculationPercent", percent);
        xml.text("ram:BasisAmount", base);
        xml.text("ram:ActualAmount", &adjustment.amount);
        xml.text("ram:ReasonCode", adjustment.reason_code());
        xml.text("ram:Reason", &adjustment.reason);
        if let Some(own) = &adjustment.tax {
            xml.within("ram:CategoryTradeTax", |xml| tax(xml, own, None));
        }
    });
}

fn agreement(xml: &mut Xml, form: &Form) {
    xml.within("ram:ApplicableHeaderTradeAgreement", |xml| {
        xml.text("ram:BuyerReference", &form.buyer_reference);
        xml.within("ram:SellerTradeParty", |xml| party(xml, &form.seller));
        xml.within("ram:BuyerTradeParty", |xml| party(xml, &form.buyer));
        if !form.order.is_empty() {
            xml.within("ram:BuyerOrderReferencedDocument", |xml| {
                xml.text("ram:IssuerAssignedID", &form.order);
            });
        }
    });
}

fn delivery(xml: &mut Xml, form: &Form) {
    if let Some(country) = &form.delivered_to {
        xml.within("ram:ShipToTradeParty", |xml| {
            xml.within("ram:PostalTradeAddress", |xml| xml.text("ram:CountryID", country));
        });
    }
    xml.within("ram:ActualDeliverySupplyChainEvent", |xml| {
        day(xml, "ram:OccurrenceDateTime", form.supply.1);
    });
}

fn party(xml: &mut Xml, party: &Party) {
    xml.text("ram:ID", &party.id);
    xml.text("ram:Name", &party.name);
    if !party.legal_id.is_empty() {
        xml.within("ram:SpecifiedLegalOrganization", |xml| xml.text("ram:ID", &party.legal_id));
    }
    address(xml, &party.address);
    if !party.email.is_empty() {
        xml.within("ram:URIUniversalCommunication", |xml| {
            xml.marked("ram:URIID", ("schemeID", "EM"), &party.email);
        });
    }
    for (number, scheme) in [(&party.vat_id, "VA"), (&party.tax_id, "FC")] {
        if !number.is_empty() {
            xml.within("ram:SpecifiedTaxRegistration", |xml| {
                xml.marked("ram:ID", ("schemeID", scheme), number);
            });
        }
    }
}

fn address(xml: &mut Xml, address: &Address) {
    xml.within("ram:PostalTradeAddress", |xml| {
        xml.text("ram:PostcodeCode", &address.zone);
        for (name, line) in
            ["ram:LineOne", "ram:LineTwo", "ram:LineThree"].into_iter().zip(&address.lines)
        {
            xml.text(name, line);
        }
        xml.text("ram:CityName", &address.city);
        xml.text("ram:CountryID", &address.country);
    });
}

fn settlement(xml: &mut Xml, form: &Form) {
    if let Some(pay_to) = &form.pay_to {
        xml.text("ram:PaymentReference", &form.number);
        own_currency(xml, form);
        xml.text("ram:InvoiceCurrencyCode", &form.currency);
        payment_means(xml, pay_to);
    } else {
        own_currency(xml, form);
        xml.text("ram:InvoiceCurrencyCode", &form.currency);
    }
    for breakdown in &form.breakdown {
        xml.within("ram:ApplicableTradeTax", |xml| tax(xml, &breakdown.tax, Some(breakdown)));
    }
    period(xml, form.supply.0, form.supply.1);
    for adjustment in &form.adjustments {
        allowance_charge(xml, adjustment);
    }
    xml.within("ram:SpecifiedTradePaymentTerms", |xml| {
        xml.text("ram:Description", &form.terms);
        if form.pay_to.is_some() {
            day(xml, "ram:DueDateDateTime", form.due_on);
        }
    });
    sums(xml, form);
    if let Some((number, issued_on)) = &form.credits {
        xml.within("ram:InvoiceReferencedDocument", |xml| {
            xml.text("ram:IssuerAssignedID", number);
            xml.within("ram:FormattedIssueDateTime", |xml| {
                xml.marked("qdt:DateTimeString", DAY, &short(*issued_on));
            });
        });
    }
}

fn own_currency(xml: &mut Xml, form: &Form) {
    if let Some((own, _)) = &form.sums.own_tax {
        xml.text("ram:TaxCurrencyCode", own);
    }
}

fn payment_means(xml: &mut Xml, pay_to: &PayTo) {
    xml.within("ram:SpecifiedTradeSettlementPaymentMeans", |xml| {
        xml.text("ram:TypeCode", pay_to.code);
        if let Some(Account { number, is_iban, bic }) = &pay_to.account {
            let (iban, own) = if *is_iban { (number.as_str(), "") } else { ("", number.as_str()) };
            xml.within("ram:PayeePartyCreditorFinancialAccount", |xml| {
                xml.text("ram:IBANID", iban);
                xml.text("ram:AccountName", &pay_to.holder);
                xml.text("ram:ProprietaryID", own);
            });
            if !bic.is_empty() {
                xml.within("ram:PayeeSpecifiedCreditorFinancialInstitution", |xml| {
                    xml.text("ram:BICID", bic);
                });
            }
        }
    });
}

fn sums(xml: &mut Xml, form: &Form) {
    let sums = &form.sums;
    xml.within("ram:SpecifiedTradeSettlementHeaderMonetarySummation", |xml| {
        xml.text("ram:LineTotalAmount", &sums.lines);
        xml.text("ram:ChargeTotalAmount", &sums.charges);
        xml.text("ram:AllowanceTotalAmount", &sums.allowances);
        xml.text("ram:TaxBasisTotalAmount", &sums.net);
        xml.marked("ram:TaxTotalAmount", ("currencyID", &form.currency), &sums.tax);
        if let Some((own, amount)) = &sums.own_tax {
            xml.marked("ram:TaxTotalAmount", ("currencyID", own), amount);
        }
        xml.text("ram:RoundingAmount", &sums.rounding);
        xml.text("ram:GrandTotalAmount", &sums.gross);
        xml.text("ram:DuePayableAmount", &sums.payable);
    });
}
