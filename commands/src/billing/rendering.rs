//! What a sealed document is rendered to, before it's issued. Rendering is work for a processor, so
//! it runs beside the requests, and no connection is held for it.

use domain::billing::sealed::{RenderedForm, SealedInvoice};
use domain::id::ClientId;
use migrations::files::TenantFiles;

use crate::refused::CommandError;
use crate::unit::Unit;

/// The forms of a document.
pub(super) async fn rendered(
    unit: &mut Unit<'_>,
    _files: &TenantFiles,
    _client: ClientId,
    sealed: &SealedInvoice,
) -> Result<Vec<RenderedForm>, CommandError> {
    // No connection is held while others may wait for one.
    if let Some(tx) = unit.tx.take() {
        tx.commit().await?;
    }
    let sealed = sealed.clone();
    let rendering = tokio::task::spawn_blocking(move || documents::render(&sealed, None));
    let rendered = rendering.await.map_err(|error| CommandError::Internal(error.to_string()))?;
    let rendered = rendered.map_err(|error| CommandError::Internal(error.to_string()))?;
    let form = |it: documents::Rendered| RenderedForm {
        form: it.name.as_str().to_owned(),
        sha256: it.sha256,
        file: None,
    };
    Ok(rendered.into_iter().map(form).collect())
}
