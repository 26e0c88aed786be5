//! What a draft would be sealed as today. The facts come from read models here and from streams
//! when it's issued, but they are put together by the same rule, so a preview says what issuing
//! seals.

use std::collections::BTreeMap;

use domain::billing::billing_profile::{BillingProfile, Profile, ProfileEvent, profile_stream};
use domain::billing::gathered::{Gathered, seal_facts};
use domain::billing::lines::LineKey;
use domain::billing::particulars::{Missing, missing};
use domain::billing::seal::{PricedLine, seal};
use domain::billing::sealed::SealedInvoice;
use domain::billing::{Drafted, Refusal};
use domain::id::{ClientId, EntryId, SubjectId};
use domain::personal::{Envelope, Personal, PersonalFields, PurposeClass, try_each_personal};
use domain::settings::Settings;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use migrations::TenantTx;
use projections::billing::price_book::PriceBook;
use projections::catalogue::client;
use projections::time::time_entry;

use super::view::InvoiceView;
use crate::http::call::About;
use crate::http::personal;
use crate::http::problem::Problem;
use crate::http::time::days::{events_of, instant};

/// What a draft would be sealed as, and what it would lack.
pub(super) type Preview = Result<(Box<SealedInvoice>, Vec<Missing>), Refusal>;

/// The preview of a draft with its lines, which are priced by the book.
pub(super) async fn preview(
    about: &About,
    view: &InvoiceView,
    book: &PriceBook,
) -> Result<Preview, Problem> {
    let settings = book.settings();
    let Drafted { client, .. } = view.drafted;
    let mut tx = about.tx().await?;
    let profile = profile_then(about, &mut tx, client).await?;
    let row = client::find(&mut tx, client).await?;
    let name = row.as_ref().and_then(|row| row.name.as_ref());
    personal::load(&about.keys, &mut tx, name).await?;
    let issued_on = firm_today(about, &mut tx, settings).await?;
    let notes = notes(about, &mut tx, view).await?;
    tx.commit().await?;
    let client_name = personal::unique_text(&about.keys, name).unwrap_or_default();
    let words = view.words();
    let lines = view.lines.iter().map(|line| PricedLine {
        description: words.said(line),
        who: match line.key {
            LineKey::Member { member } => {
                let name = view.names.member(member);
                Some(Personal::new(SubjectId(member.0), PurposeClass::Identity, name))
            }
            LineKey::Task { .. } | LineKey::Day { .. } | LineKey::Entry { .. } => None,
        },
        note: match line.key {
            LineKey::Entry { entry, .. } => notes.get(&entry).cloned(),
            LineKey::Task { .. } | LineKey::Member { .. } | LineKey::Day { .. } => None,
        },
        line: line.clone(),
    });
    let facts = seal_facts(Gathered {
        settings,
        firm: &about.tenant.name,
        client,
        client_name: &client_name,
        profile: &profile,
        number: String::new(),
        issued_on,
        lines: lines.collect(),
        sources: book.book().sources_of(client, &view.entries),
    });
    let sealed = seal(&view.drafted, &facts);
    Ok(sealed.map(|sealed| {
        let missing = missing(&sealed, &facts.own_currency);
        (Box::new(sealed), missing)
    }))
}

/// Today in the firm's zone, at the moment that the request is about.
pub(crate) async fn firm_today(
    about: &About,
    tx: &mut TenantTx,
    settings: &Settings,
) -> Result<Date, Problem> {
    let instant = instant(about, tx).await?;
    let utc = instant.to_zoned(TimeZone::UTC).date();
    let zone = domain::time::worked::find_zone(settings.time_zone(utc));
    Ok(zone.map_or(utc, |zone| instant.to_zoned(zone).date()))
}

/// What was known of a client for its invoices at the moment that the request is about, opened.
pub(crate) async fn profile_then(
    about: &About,
    tx: &mut TenantTx,
    client: ClientId,
) -> Result<Profile, Problem> {
    let position = about.known_at.or(about.as_of).unwrap_or(i64::MAX);
    let mut profile = BillingProfile::default();
    for recorded in events_of(tx, &[profile_stream(client)], position).await? {
        let event: Option<&ProfileEvent> = recorded.event.family();
        event.into_iter().for_each(|event| profile.evolve(event));
    }
    let mut profile = profile.profile;
    let mut keys = Vec::new();
    profile.each_personal(&mut |field| keys.push(field.key()));
    if !keys.is_empty() && !about.keys.knows(&keys) {
        about.keys.load(tx, &keys).await?;
    }
    try_each_personal(&mut profile, |field| field.open(&*about.keys))
        .map_err(|error| Problem::internal(&error))?;
    Ok(profile)
}

/// The notes of entries that are lines of their own, opened.
async fn notes(
    about: &About,
    tx: &mut TenantTx,
    view: &InvoiceView,
) -> Result<BTreeMap<EntryId, Personal<String>>, Problem> {
    let alone = view.lines.iter().filter_map(|line| match line.key {
        LineKey::Entry { entry, .. } => Some(entry),
        LineKey::Task { .. } | LineKey::Member { .. } | LineKey::Day { .. } => None,
    });
    let alone: Vec<EntryId> = alone.collect();
    if alone.is_empty() {
        return Ok(BTreeMap::new());
    }
    let sealed: Vec<(EntryId, Envelope)> = time_entry::notes(tx, alone).await?;
    personal::load(&about.keys, tx, sealed.iter().map(|(_, note)| note)).await?;
    let opened = sealed.into_iter().map(|(entry, note)| {
        let mut note = Personal::from_envelope(note);
        try_each_personal(&mut note, |field| field.open(&*about.keys))
            .map_err(|error| Problem::internal(&error))?;
        Ok((entry, note))
    });
    opened.collect()
}
