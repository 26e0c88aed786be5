//! Pages that are kept with the commit that issues them, and the firm's mark on its way to a page.

use domain::log::Actor;
use domain::members::Role;
use migrations::testing::random_id;

use super::*;
use crate::files::RemoveFile;
use crate::files::sweep::{Swept, sweep};
use crate::files::tests::{Desk, pdf};
use crate::handle::Command;
use crate::refused::Reply;

/// Issues nothing but a page; refused after it was put into the store, where that is asked for.
struct Issue {
    files: TenantFiles,
    owner: MemberId,
    refused: bool,
}

impl Command for Issue {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let client = ClientId(random_id());
        let (owner, bytes) = (self.owner, pdf(100_000));
        let page = IssuedPage { owner, client, number: "26/0007", bytes };
        let file = keep_issued(unit, &self.files, page).await?;
        if self.refused { Err(CommandError::Forbidden) } else { Ok(Reply::created(file)) }
    }
}

#[tokio::test]
async fn a_page_is_kept_with_the_commit_and_nobody_removes_it() {
    let desk = Desk::new().await;
    let owner = desk.firm.member(&[Role::Owner]).await;
    let by = Actor::Member(owner);
    let issue = Issue { files: desk.files.clone(), owner, refused: false };
    let done = desk.firm.send(by, issue).await.expect("kept");
    let file = FileId(done.reply.id.expect("a file"));
    assert_eq!(desk.read(file).await.expect("as it was"), pdf(100_000));
    let raw = std::fs::read(desk.object(FileKind::Issued, file)).expect("an object");
    assert!(!raw.windows(9).any(|window| window == b"%PDF-1.7\n"), "sealed");
    // Another process reads it with what the commit wrote, and so after a restart.
    let other = desk.with_nothing_in_memory();
    assert_eq!(other.read(file).await.expect("as it was"), pdf(100_000));
    let remove = RemoveFile { file, expected_version: None };
    for by in [by, Actor::Operator] {
        assert_eq!(desk.firm.send(by, remove).await, Err(CommandError::Forbidden));
    }
    let now = crate::clock::Clock::system().now() + jiff::SignedDuration::from_hours(25);
    let (tenants, keys) = (&desk.firm.tenant.tenants, &desk.firm.tenant.keys);
    let swept = sweep(tenants, keys, &desk.files, now).await.expect("swept");
    assert_eq!(swept, Swept { objects: 1, destroyed: 0 });
}

#[tokio::test]
async fn of_an_issue_that_does_not_land_no_file_is_left() {
    let desk = Desk::new().await;
    let owner = desk.firm.member(&[Role::Owner]).await;
    let issue = Issue { files: desk.files.clone(), owner, refused: true };
    let refused = desk.firm.send(Actor::Member(owner), issue).await;
    assert_eq!(refused, Err(CommandError::Forbidden));
    assert!(!desk.firm.event_types().await.contains(&"FileStored".to_owned()));
    let now = crate::clock::Clock::system().now() + jiff::SignedDuration::from_hours(25);
    let (tenants, keys) = (&desk.firm.tenant.tenants, &desk.firm.tenant.keys);
    let swept = sweep(tenants, keys, &desk.files, now).await.expect("swept");
    assert_eq!(swept, Swept { objects: 1, destroyed: 1 });
}

#[tokio::test]
async fn nobody_brings_a_page_from_outside() {
    let desk = Desk::new().await;
    let owner = desk.firm.member(&[Role::Owner]).await;
    for by in [Actor::Member(owner), Actor::Operator] {
        let kept = desk.keep(by, FileKind::Issued, owner, &pdf(1)).await;
        assert_eq!(kept, Err(CommandError::Forbidden));
    }
}

/// Reads the mark, which must be of this length, or not be there.
struct Look {
    files: TenantFiles,
    logo: FileId,
    length: Option<usize>,
}

impl Command for Look {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let logo = logo_of(unit, &self.files, Some(self.logo)).await?;
        assert_eq!(logo.as_ref().map(|logo| logo.bytes.len()), self.length);
        assert!(logo.is_none_or(|logo| logo.media_type == "image/png"));
        assert_eq!(logo_of(unit, &self.files, None).await?, None);
        Ok(Reply { id: None, created: false })
    }
}

#[tokio::test]
async fn the_mark_is_read_as_it_was_stored_and_left_out_where_it_was_changed() {
    let desk = Desk::new().await;
    let admin = desk.firm.member(&[Role::Admin]).await;
    let by = Actor::Member(admin);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    png.resize(5000, 7);
    let logo = desk.keep(by, FileKind::Logo, admin, &png).await.expect("kept");
    let look = |logo, length| Look { files: desk.files.clone(), logo, length };
    desk.firm.send(by, look(logo, Some(5000))).await.expect("read");
    desk.firm.send(by, look(FileId(random_id()), None)).await.expect("there is none");
    let document = desk.keep(by, FileKind::Document, admin, &png).await.expect("kept");
    desk.firm.send(by, look(document, None)).await.expect("it is no mark");
    std::fs::write(desk.object(FileKind::Logo, logo), b"another").expect("own folder");
    desk.firm.send(by, look(logo, None)).await.expect("left out");
}
