//! Who worked: members are known by their address, and where a file has none by a name that is one
//! member's only. Whoever is missing is about to become a member.

use std::collections::BTreeMap;

use cqrs_es::Aggregate;
use domain::id::MemberId;
use domain::import::Person;
use domain::log::ClaimKey;
use domain::members::{self, Authority, Member, Role, add_member, member_stream, normalised_email};
use domain::name::normalised_name;

use crate::members::{AddMember, email_claim};
use crate::refused::CommandError;
use crate::unit::Unit;

/// A member who worked, or the one they are about to become.
pub(super) struct Someone {
    pub member: MemberId,
    pub active: bool,
    pub new: Option<AddMember>,
}

/// The member, or why rows of this person are skipped.
pub(super) type Found = Result<Someone, String>;

/// What makes two people of a file one.
pub(super) fn person_key(person: &Person) -> String {
    match &person.email {
        Some(email) => format!("email:{}", normalised_email(email)),
        None => format!("name:{}", normalised_name(&person.name)),
    }
}

/// Finds these people, by their keys.
pub(super) async fn find_people(
    unit: &mut Unit<'_>,
    people: BTreeMap<String, Person>,
) -> Result<BTreeMap<String, Found>, CommandError> {
    let claims: BTreeMap<ClaimKey, String> = people
        .iter()
        .filter_map(|(key, person)| Some((email_claim(unit, person.email.as_ref()?), key.clone())))
        .collect();
    let keys: Vec<ClaimKey> = claims.keys().cloned().collect();
    let mut by_key: BTreeMap<String, Vec<MemberId>> = BTreeMap::new();
    for (claim, held) in unit.held_many(&keys).await? {
        by_key.insert(claims[&claim].clone(), vec![MemberId(held.holder.0)]);
    }
    if people.values().any(|person| person.email.is_none()) {
        for (name, members) in by_name(unit).await? {
            by_key.insert(format!("name:{name}"), members);
        }
    }
    let mut found = BTreeMap::new();
    for (key, person) in people {
        let someone = match by_key.get(&key).map_or(&[][..], |members| members) {
            [] => newcomer(unit, &person),
            [member] => Ok(known(unit, *member).await?),
            several => Err(format!(
                "{} members have this name; export with e-mail addresses or rename one of them",
                several.len()
            )),
        };
        found.insert(key, someone);
    }
    Ok(found)
}

/// The member with this id.
pub(super) async fn known(unit: &mut Unit<'_>, member: MemberId) -> Result<Someone, CommandError> {
    let loaded = unit.peek::<Member>(member_stream(member)).await?;
    loaded.state.known()?;
    Ok(Someone { member, active: loaded.state.active, new: None })
}

/// Every member by name, in the form in which names are compared.
async fn by_name(unit: &mut Unit<'_>) -> Result<BTreeMap<String, Vec<MemberId>>, CommandError> {
    let streams = unit.streams_of(Member::TYPE).await?;
    let mut names: BTreeMap<String, Vec<MemberId>> = BTreeMap::new();
    for loaded in unit.peek_many::<Member>(&streams).await? {
        // An erased name is nobody's.
        let name = loaded.state.name.as_ref().and_then(|name| name.get());
        if let (Some(name), Some(member)) = (name, loaded.state.id) {
            names.entry(normalised_name(name)).or_default().push(member);
        }
    }
    Ok(names)
}

fn newcomer(unit: &Unit<'_>, person: &Person) -> Found {
    let member = MemberId(unit.new_id());
    let new = AddMember {
        member,
        name: person.name.clone(),
        email: person.email.clone(),
        roles: vec![Role::Member],
        time_zone: None,
    };
    let checked = members::AddMember {
        member,
        name: new.name.clone(),
        email: new.email.as_ref().map(|email| unit.unique("member_email", email, email)),
        roles: new.roles.clone(),
        time_zone: None,
    };
    match add_member::decide(&Member::default(), &Authority::Operator, checked) {
        Ok(_) => Ok(Someone { member, active: true, new: Some(new) }),
        Err(refusal) => Err(refusal.to_string()),
    }
}
