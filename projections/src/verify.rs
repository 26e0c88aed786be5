//! Compares live read models with a fresh fold of the log, row by row, in one snapshot. It answers
//! the only question that matters of a read model: is it what the log says?

use domain::id::TenantId;
use migrations::{DoorError, Template, Tenants};

use crate::checkpoint::{self, State};
use crate::erased::{Difference, ErasedModel};
use crate::feed::{self, FeedError};
use crate::fold::{Fold, FoldError};
use crate::row::CellError;

/// The most differing rows that are named.
const MOST_NAMED: usize = 100;

/// The SQLSTATE of a table that is not there.
const NO_SUCH_TABLE: &str = "42P01";

/// What a comparison came to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Verified {
    /// The read model.
    pub model: &'static str,
    /// The position it stands at, and up to which the log was folded.
    pub position: i64,
    /// How many rows the fold has.
    pub rows: usize,
    /// How many rows differ.
    pub differing: usize,
    /// The first hundred of them.
    pub differences: Vec<Difference>,
    /// Why the model stopped, where it did: it's compared at the position where it stopped.
    pub degraded: Option<String>,
}

impl Verified {
    /// Whether the table holds exactly what the log says.
    pub fn is_equal(&self) -> bool {
        self.differing == 0
    }
}

/// Why a comparison can't be made.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The log can't be folded, or the table can't be read.
    #[error(transparent)]
    Fold(#[from] FoldError),
    /// The model must be built first.
    #[error("{0} is not built: it's missing, of another version, or ahead of the log")]
    NotBuilt(&'static str),
}

impl From<DoorError> for VerifyError {
    fn from(error: DoorError) -> Self {
        VerifyError::Fold(error.into())
    }
}

impl From<FeedError> for VerifyError {
    fn from(error: FeedError) -> Self {
        VerifyError::Fold(error.into())
    }
}

impl From<CellError> for VerifyError {
    fn from(error: CellError) -> Self {
        VerifyError::Fold(error.into())
    }
}

/// Compares one read model of a tenant with a fresh fold.
pub async fn verify(
    tenants: &Tenants,
    tenant: TenantId,
    model: &'static dyn ErasedModel,
) -> Result<Verified, VerifyError> {
    let mut tx = tenants.begin_snapshot(tenant).await?;
    // Before the first read, which takes the snapshot: a table that is swapped in later would seem
    // empty.
    let parts = ["lock table {t}.", model.table().name, " in access share mode"];
    tx.query(Template::assembled(parts)).execute().await.map_err(|error| match error {
        DoorError::Refused { code, .. } if code == NO_SUCH_TABLE => {
            VerifyError::NotBuilt(model.name())
        }
        error => error.into(),
    })?;
    let (_, standings) = checkpoint::read(&mut tx, &[model]).await?;
    let standing = &standings[0];
    let degraded = match &standing.state {
        State::Live => None,
        State::Degraded(error) => Some(error.clone()),
        State::Unbuilt | State::Newer => return Err(VerifyError::NotBuilt(model.name())),
    };
    let position = standing.position;
    let mut fold = Fold::begin(&mut tx, model).await?;
    fold.go_on(&mut tx, position, |_| {}).await?;
    let mut fresh = fold.rows;
    let rows = fresh.len();
    let table = model.table();
    let mut differences = Vec::new();
    let mut differing = 0;
    let mut note = |difference| {
        differing += 1;
        if differences.len() < MOST_NAMED {
            differences.push(difference);
        }
    };
    let sql = Template::assembled(table.copy("", "to stdout"));
    feed::copy_rows(&mut tx, sql, table.columns.len(), |cells| {
        fresh.count_off(cells)?.into_iter().for_each(&mut note);
        Ok::<_, VerifyError>(())
    })
    .await?;
    fresh.left_over().into_iter().for_each(note);
    Ok(Verified { model: model.name(), position, rows, differing, differences, degraded })
}
