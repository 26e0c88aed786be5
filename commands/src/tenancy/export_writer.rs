//! Writes an export part by part with bounded memory: lines are gathered until they make a part,
//! files go through. It's written under another name and gets its own when it's complete, so that
//! what has the name is whole.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use migrations::keys::{hex, sha256};
use ring::digest;
use serde::Serialize;

use super::export_form::{Counts, Kind, MANIFEST, Manifest, Part, SIGNATURE};
use crate::event_log::audit::CheckpointSigner;

/// About how many bytes of lines make a part.
const PART: usize = 4 << 20;
/// A tar file is made of blocks of so many bytes.
const BLOCK: u64 = 512;

/// An export that is being written. Dropped without `finish`, it leaves nothing.
pub(super) struct ExportWriter {
    tar: tar::Builder<BufWriter<File>>,
    at: Timestamp,
    draft: PathBuf,
    path: PathBuf,
    parts: Vec<Part>,
    counts: Counts,
    finished: bool,
}

/// Lines on their way into parts of one kind.
pub(super) struct LineWriter {
    kind: Kind,
    text: Vec<u8>,
    parts: usize,
}

impl LineWriter {
    pub(super) fn new(kind: Kind) -> Self {
        LineWriter { kind, text: Vec::new(), parts: 0 }
    }

    /// Adds a line; a part that has become long enough is written.
    pub(super) fn push(
        &mut self,
        export: &mut ExportWriter,
        line: &impl Serialize,
    ) -> io::Result<()> {
        serde_json::to_writer(&mut self.text, line)?;
        self.text.push(b'\n');
        *export.counts.of(self.kind) += 1;
        if self.text.len() >= PART { self.flush(export) } else { Ok(()) }
    }

    /// Writes what is left.
    pub(super) fn flush(&mut self, export: &mut ExportWriter) -> io::Result<()> {
        if self.text.is_empty() {
            return Ok(());
        }
        self.parts += 1;
        export.part(self.kind.path(self.parts), &self.text)?;
        self.text.clear();
        Ok(())
    }
}

impl ExportWriter {
    /// Begins an export that will have this path; a file that is there already is never replaced.
    pub(super) fn create(path: &Path, at: Timestamp) -> io::Result<Self> {
        if path.exists() {
            let why = "it's there already; an export replaces nothing";
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, why));
        }
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".draft");
        let draft = path.with_file_name(name);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let tar = tar::Builder::new(BufWriter::with_capacity(1 << 20, options.open(&draft)?));
        Ok(ExportWriter {
            tar,
            at,
            draft,
            path: path.to_owned(),
            parts: Vec::new(),
            counts: Counts::default(),
            finished: false,
        })
    }

    fn header(&self, bytes: u64) -> tar::Header {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes);
        header.set_mode(0o600);
        header.set_mtime(self.at.as_second().max(0).unsigned_abs());
        header
    }

    fn part(&mut self, path: String, bytes: &[u8]) -> io::Result<()> {
        let mut header = self.header(bytes.len() as u64);
        self.tar.append_data(&mut header, &path, bytes)?;
        self.parts.push(Part { path, bytes: bytes.len() as u64, sha256: hex(&sha256(bytes)) });
        Ok(())
    }

    /// Begins a file of the tenant, whose bytes come piece by piece.
    pub(super) fn begin_file(&mut self, name: &str, bytes: u64) -> io::Result<FilePart> {
        let path = format!("{}/{name}", Kind::Files.folder());
        let mut header = self.header(bytes);
        // The header alone; its bytes follow by `write_file`.
        self.tar.append_data(&mut header, &path, io::empty())?;
        let hash = digest::Context::new(&digest::SHA256);
        Ok(FilePart { path, bytes, left: bytes, hash })
    }

    /// The next bytes of a file.
    pub(super) fn write_file(&mut self, part: &mut FilePart, bytes: &[u8]) -> io::Result<()> {
        let length = bytes.len() as u64;
        part.left = part.left.checked_sub(length).ok_or_else(|| changed(&part.path))?;
        part.hash.update(bytes);
        self.tar.get_mut().write_all(bytes)
    }

    /// The end of a file, which must have as many bytes as were promised.
    pub(super) fn end_file(&mut self, part: FilePart) -> io::Result<()> {
        if part.left > 0 {
            return Err(changed(&part.path));
        }
        let padding = part.bytes.next_multiple_of(BLOCK) - part.bytes;
        self.tar.get_mut().write_all(&vec![0; padding as usize])?;
        let sha256 = hex(part.hash.finish().as_ref());
        self.parts.push(Part { path: part.path, bytes: part.bytes, sha256 });
        self.counts.files += 1;
        Ok(())
    }

    /// Writes the manifest, completed by what was written, and gives the export its name; answers
    /// its length in bytes.
    pub(super) fn finish(
        mut self,
        mut manifest: Manifest,
        signer: &CheckpointSigner,
    ) -> io::Result<(u64, Counts)> {
        manifest.parts = std::mem::take(&mut self.parts);
        manifest.counts = self.counts;
        let bytes = serde_json::to_vec_pretty(&manifest)?;
        let signature = format!("{}\n", hex(&signer.sign_text(&bytes)));
        self.part(MANIFEST.to_owned(), &bytes)?;
        self.part(SIGNATURE.to_owned(), signature.as_bytes())?;
        self.tar.finish()?;
        self.tar.get_mut().flush()?;
        let file = self.tar.get_ref().get_ref();
        file.sync_all()?;
        let length = file.metadata()?.len();
        // A link does not replace what came there meanwhile, as a rename would.
        std::fs::hard_link(&self.draft, &self.path)?;
        std::fs::remove_file(&self.draft)?;
        if let Some(folder) = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            File::open(folder)?.sync_all()?;
        }
        self.finished = true;
        Ok((length, self.counts))
    }
}

impl Drop for ExportWriter {
    fn drop(&mut self) {
        if !self.finished {
            let _ = std::fs::remove_file(&self.draft);
        }
    }
}

/// A file of the tenant that is being written.
pub(super) struct FilePart {
    path: String,
    bytes: u64,
    left: u64,
    hash: digest::Context,
}

fn changed(path: &str) -> io::Error {
    io::Error::other(format!("{path} changed its length while it was exported"))
}
