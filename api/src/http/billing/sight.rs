//! Whose bills a caller reads: everybody's by their role, or those of the clients that they look
//! after, because they were given them or because the client's billing profile names them, which
//! lets them read and no more. Who reads some is answered about others as about what is not there
//! to be read: 403.

use std::collections::BTreeSet;

use domain::id::ClientId;
use domain::members::{Action, Grant, Object, Role};

use crate::http::call::About;
use crate::http::files::caller_may;
use crate::http::problem::Problem;
use crate::http::query::refused;

/// The clients whose bills the caller reads; none = of all. Forbids everything to who reads no
/// bill.
pub(crate) fn clients_seen(about: &About) -> Result<Option<BTreeSet<ClientId>>, Problem> {
    if caller_may(about, Action::ReadBills, &Object::Firm) {
        return Ok(None);
    }
    let of = |grant: &Grant| match grant {
        Grant::AccountManager(client) => Some(*client),
        Grant::ProjectManager(_) | Grant::Reader(_) | Grant::LeaveReader(_) => None,
    };
    let given = about.caller.grants.iter().filter_map(of);
    let named = about.caller.named_for.iter().copied();
    let clients: BTreeSet<ClientId> =
        given.chain(named).filter(|client| sees(about, *client)).collect();
    if clients.is_empty() { Err(Problem::forbidden()) } else { Ok(Some(clients)) }
}

/// Forbids the bills of a client to who does not read them.
pub(crate) fn must_see(about: &About, client: ClientId) -> Result<(), Problem> {
    if sees(about, client) { Ok(()) } else { Err(Problem::forbidden()) }
}

/// Whoever has no role to work with looks after nobody, whatever a profile says.
fn sees(about: &About, client: ClientId) -> bool {
    let named = about.caller.named_for.contains(&client) && about.caller.may(&[Role::Member]);
    named || caller_may(about, Action::ReadBills, &Object::Client(client))
}

/// Of which client a list is asked for by who may read it: of any, or of the one that the caller
/// looks after. Who looks after several names one of them.
pub(crate) fn client_asked(
    about: &About,
    asked: Option<ClientId>,
) -> Result<Option<ClientId>, Problem> {
    let Some(seen) = clients_seen(about)? else { return Ok(asked) };
    match asked {
        Some(client) if seen.contains(&client) => Ok(Some(client)),
        Some(_) => Err(Problem::forbidden()),
        None if seen.len() == 1 => Ok(seen.first().copied()),
        None => {
            let detail = "name one of the clients that you look after";
            Err(refused("client_id", "query.client_missing", detail))
        }
    }
}
