//! The page of an issued document is kept as a file in the same commit: its content is in the store
//! before, under a new id, so that whatever is tried twice leaves at most an object that the daily
//! sweep destroys. The firm's mark is read here too, for the page to show.

use std::sync::Arc;

use bytes::Bytes;
use documents::{FormName, Logo};
use domain::billing::sealed::{RenderedForm, SealedInvoice};
use domain::files::{self, File, FileAbout, FileKind, file_stream};
use domain::id::{ClientId, FileId, MemberId};
use futures::TryStreamExt;
use migrations::files::TenantFiles;

use super::content::{ContentError, Receiver};
use super::reading::{ReadError, open};
use super::sweep::away;
use crate::billing::cautions;
use crate::loaded::Loaded;
use crate::refused::CommandError;
use crate::unit::Unit;

/// The largest mark that a page shows, in bytes.
const LOGO_BYTES_MAX: u64 = 4 << 20;

/// Renders a document that is about to be issued and keeps its page: the page rests on a library
/// whose next version may set it otherwise; the other forms are written anew whenever they are
/// asked for. Rendering is work for a processor, so it runs beside the requests and holds no
/// connection.
pub async fn render_and_keep(
    unit: &mut Unit<'_>,
    files: &TenantFiles,
    owner: MemberId,
    client: ClientId,
    sealed: &SealedInvoice,
) -> Result<Vec<RenderedForm>, CommandError> {
    let logo = logo_of(unit, files, sealed.seller.logo).await?;
    if let Some(tx) = unit.tx.take() {
        tx.commit().await?;
    }
    cautions(sealed).into_iter().for_each(|it| unit.warn(it));
    let document = sealed.clone();
    let render = move || documents::render(&document, logo.as_ref());
    let rendered = tokio::task::spawn_blocking(render).await;
    let rendered = rendered.map_err(|error| CommandError::Internal(error.to_string()))?;
    let rendered = rendered.map_err(|error| CommandError::Internal(error.to_string()))?;
    let mut forms = Vec::with_capacity(rendered.len());
    for form in rendered {
        let file = match form.name {
            FormName::Ubl | FormName::Cii => None,
            FormName::Pdf => {
                let number = &sealed.number;
                let page = IssuedPage { owner, client, number, bytes: form.bytes };
                Some(keep_issued(unit, files, page).await?)
            }
        };
        let name = form.name.as_str().to_owned();
        forms.push(RenderedForm { form: name, sha256: form.sha256, file });
    }
    Ok(forms)
}

/// A page to be kept.
#[derive(Debug)]
pub struct IssuedPage<'a> {
    /// Who issues the document.
    pub owner: MemberId,
    /// To whom.
    pub client: ClientId,
    /// The document's number.
    pub number: &'a str,
    /// The PDF.
    pub bytes: Vec<u8>,
}

/// Puts a page into the store and has this commit say so; answers its file.
pub async fn keep_issued(
    unit: &mut Unit<'_>,
    files: &TenantFiles,
    page: IssuedPage<'_>,
) -> Result<FileId, CommandError> {
    let IssuedPage { owner, client, number, bytes } = page;
    let file = FileId(unit.new_id());
    let kind = FileKind::Issued;
    let begun = Receiver::begin(files, unit.keys(), kind, file).map_err(|error| away(&error));
    let mut receiver = begun?;
    receiver.write(&Bytes::from(bytes)).await.map_err(not_taken)?;
    let (content, key) = receiver.finish().await.map_err(not_taken)?;
    if let Some(key) = &key {
        unit.keys().hold(key)?;
    }
    // A number may have a slash in it, which parts folders.
    let name = format!("{}.pdf", number.replace(['/', '\\'], "-"));
    let about = Some(FileAbout::Client(client));
    let command = files::StoreFile { file, kind, owner, about, name, content };
    // Nobody else knows this id, so its stream needs no lock.
    let new = Loaded::<File> { stream: file_stream(file), version: 0, state: Arc::default() };
    let events = files::store_file::decide(&new.state, command)?;
    unit.emit(&new, events);
    Ok(file)
}

fn not_taken(error: ContentError) -> CommandError {
    match error {
        ContentError::Store(error) => away(&error),
        ContentError::Hopeless => CommandError::Internal("a page is no PDF".into()),
    }
}

/// The firm's mark as it's stored. None where it's gone, was changed in the store, which is told to
/// the operator, or is larger than a page should carry: a document doesn't wait for it.
pub async fn logo_of(
    unit: &mut Unit<'_>,
    files: &TenantFiles,
    logo: Option<FileId>,
) -> Result<Option<Logo>, CommandError> {
    let Some(logo) = logo else { return Ok(None) };
    let file = unit.read::<File>(file_stream(logo)).await?;
    let fits =
        |kept: &&files::FileStored| kept.kind == FileKind::Logo && kept.size <= LOGO_BYTES_MAX;
    let Some(kept) = file.state.kept().filter(fits) else { return Ok(None) };
    // No connection is held while the store is asked.
    if let Some(tx) = unit.tx.take() {
        tx.commit().await?;
    }
    let pieces = match open(files, unit.keys(), kept).await {
        Ok(opened) => opened.bytes.try_collect::<Vec<Bytes>>().await,
        Err(error) => Err(error),
    };
    match pieces {
        Ok(pieces) => {
            Ok(Some(Logo { media_type: kept.media_type.clone(), bytes: pieces.concat() }))
        }
        Err(ReadError::Store(error)) => Err(away(&error)),
        Err(ReadError::Changed | ReadError::Erased | ReadError::NotLoaded) => Ok(None),
    }
}

#[cfg(test)]
mod tests;
