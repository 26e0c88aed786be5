//! Reads an export and checks it with nothing but the file: every part against the manifest, every
//! leaf, the root and the signatures against each other. The first thing that is not as it was
//! written is named; an import loads nothing before all of it has been seen to be sound.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use domain::log::Hash;
use migrations::keys::{hex, sha256, unhex};
use ring::digest;
use serde::de::DeserializeOwned;

use super::export_form::{
    CheckpointLine, CommandLine, EventLine, ExportFault, FORMAT, Kind, MANIFEST, Manifest,
    SIGNATURE, SubjectKeyLine,
};
use crate::event_log::audit::{Fault, SignedCheckpoint, Walk, is_signed, key_id_of};
use crate::event_log::read::StoredRow;

/// The longest part that is read into memory: of files there is no such limit.
const LONGEST_PART: u64 = 256 << 20;

/// Why an export can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ExportFileError {
    /// The file can't be read.
    #[error("the export can't be read: {0}")]
    Io(#[from] io::Error),
    /// It's not as it was written.
    #[error(transparent)]
    Fault(#[from] ExportFault),
}

/// An export whose manifest has been read.
#[derive(Debug)]
pub struct ExportFile {
    file: File,
    /// What it says of itself.
    pub manifest: Manifest,
    public_key: Vec<u8>,
    parts: Vec<FoundPart>,
}

/// Where a part is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct FoundPart {
    path: String,
    offset: u64,
    bytes: u64,
}

/// What a check of a whole export found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// How many events were checked.
    pub events: i64,
    /// The recomputed root.
    pub root: Hash,
    /// How many signed checkpoints agreed, those of other keys by their root alone.
    pub checkpoints: usize,
    /// The first thing that is not as it was written.
    pub fault: Option<ExportFault>,
}

/// The lines of one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lines {
    /// Keys of personal texts.
    Keys(Vec<SubjectKeyLine>),
    /// Events.
    Log(Vec<StoredRow>),
    /// Answers to commands.
    Commands(Vec<CommandLine>),
    /// Signed roots.
    Checkpoints(Vec<SignedCheckpoint>),
}

impl ExportFile {
    /// Finds the parts of an export and reads its manifest, whose signature must be its own.
    pub fn open(path: &Path) -> Result<Self, ExportFileError> {
        let mut file = File::open(path)?;
        let mut parts = find_parts(&file)?;
        let mut take = |path: &str, parts: &mut Vec<FoundPart>| {
            let at = parts.iter().position(|part| part.path == path).ok_or(ExportFault::Cut)?;
            let found = parts.remove(at);
            read_part(&mut file, &found)
        };
        let bytes = take(MANIFEST, &mut parts)?;
        let signature = take(SIGNATURE, &mut parts)?;
        let format = serde_json::from_slice::<serde_json::Value>(&bytes)
            .ok()
            .and_then(|manifest| manifest["format"].as_u64());
        if let Some(format) = format.filter(|format| *format > u64::from(FORMAT)) {
            let format = u32::try_from(format).unwrap_or(u32::MAX);
            return Err(ExportFault::Format(format).into());
        }
        let manifest: Manifest =
            serde_json::from_slice(&bytes).map_err(|_| ExportFault::Manifest)?;
        let text = |bytes: &[u8]| unhex(std::str::from_utf8(bytes).ok()?.trim_end());
        let public_key = unhex(&manifest.public_key).ok_or(ExportFault::Manifest)?;
        let signed = text(&signature).is_some_and(|it| is_signed(&public_key, &bytes, &it));
        if !signed || manifest.format != FORMAT {
            return Err(ExportFault::Manifest.into());
        }
        Ok(ExportFile { file, manifest, public_key, parts })
    }

    /// Which key signed it: who wants to know by whom compares it with the one they know.
    pub fn key_id(&self) -> String {
        key_id_of(&self.public_key)
    }

    /// The paths of the parts of one kind, in order.
    pub fn paths(&self, kind: Kind) -> Vec<String> {
        let of = |path: &String| Kind::of(path).is_some_and(|(of, _)| of == kind);
        self.parts.iter().map(|part| part.path.clone()).filter(of).collect()
    }

    /// The lines of a part, if its bytes are those of the manifest.
    pub fn lines(&mut self, path: &str) -> Result<Lines, ExportFileError> {
        let found = self.found(path)?;
        let bytes = read_part(&mut self.file, &found)?;
        let read = lines_of(path, &bytes);
        // A line that can't be read says more than a hash that differs.
        let lines = read?;
        self.check_part(path, bytes.len() as u64, &sha256(&bytes))?;
        Ok(lines)
    }

    /// A file's bytes, to be read to the end; the hash must be asked for afterwards.
    pub fn file(&mut self, path: &str) -> Result<(u64, impl Read + '_), ExportFileError> {
        let found = self.found(path)?;
        self.file.seek(SeekFrom::Start(found.offset))?;
        Ok((found.bytes, (&mut self.file).take(found.bytes)))
    }

    /// Whether a part has the length and the SHA-256 that the manifest says.
    pub fn check_part(&self, path: &str, bytes: u64, sha256: &[u8]) -> Result<(), ExportFault> {
        let known = self.manifest.parts.iter().find(|part| part.path == path);
        let known = known.ok_or_else(|| ExportFault::Added(path.to_owned()))?;
        if known.bytes != bytes || known.sha256 != hex(sha256) {
            return Err(ExportFault::Changed(path.to_owned()));
        }
        Ok(())
    }

    fn found(&self, path: &str) -> Result<FoundPart, ExportFault> {
        let found = self.parts.iter().find(|part| part.path == path).cloned();
        found.ok_or_else(|| ExportFault::Missing(path.to_owned()))
    }

    /// Checks all of it; `each` is told how many events are done.
    pub fn check(&mut self, mut each: impl FnMut(i64)) -> Result<Checked, ExportFileError> {
        let mut walk = Walk::new(self.manifest.log.id);
        let mut signed = Signed::default();
        let outcome = self.walk_all(&mut walk, &mut signed, &mut each);
        let fault = match outcome {
            Ok(()) => None,
            Err(ExportFileError::Fault(fault)) => Some(fault),
            Err(error) => return Err(error),
        };
        let (events, root) = (walk.range.size() as i64, walk.range.root());
        Ok(Checked { events, root, checkpoints: signed.agreed, fault })
    }

    fn walk_all(
        &mut self,
        walk: &mut Walk,
        signed: &mut Signed,
        each: &mut impl FnMut(i64),
    ) -> Result<(), ExportFileError> {
        // What was signed of the log comes first: each root is checked as the log passes by.
        for path in self.paths(Kind::Checkpoints) {
            if let Lines::Checkpoints(checkpoints) = self.lines(&path)? {
                signed.of_log.extend(checkpoints);
            }
        }
        signed.of_log.sort_by_key(|checkpoint| checkpoint.position);
        let mut counts = super::export_form::Counts::default();
        *counts.of(Kind::Checkpoints) = signed.of_log.len() as u64;
        let part_of = |part: &str, fault| ExportFault::Log { part: part.to_owned(), fault };
        let mut hashed = Vec::new();
        for path in self.paths(Kind::Log) {
            // Events first, to the last: which one is wrong says more than which part is.
            let found = self.found(&path)?;
            let bytes = read_part(&mut self.file, &found)?;
            let Lines::Log(rows) = lines_of(&path, &bytes)? else { continue };
            for row in &rows {
                walk.step(row).map_err(|fault| part_of(&path, fault))?;
                signed.check(self, walk).map_err(|fault| part_of(&path, fault))?;
            }
            hashed.push((path, bytes.len() as u64, sha256(&bytes)));
            *counts.of(Kind::Log) += rows.len() as u64;
            each(walk.range.size() as i64);
        }
        self.check_end(walk, signed)?;
        for (path, bytes, sha256) in hashed {
            self.check_part(&path, bytes, &sha256)?;
        }
        for kind in [Kind::Keys, Kind::Commands] {
            for path in self.paths(kind) {
                *counts.of(kind) += match self.lines(&path)? {
                    Lines::Keys(lines) => lines.len(),
                    Lines::Commands(lines) => lines.len(),
                    Lines::Log(_) | Lines::Checkpoints(_) => 0,
                } as u64;
            }
        }
        for path in self.paths(Kind::Files) {
            self.check_file(&path)?;
            *counts.of(Kind::Files) += 1;
        }
        self.check_list(counts)
    }

    /// The end of the log: the manifest's head, and the root signed for this export.
    fn check_end(&self, walk: &Walk, signed: &mut Signed) -> Result<(), ExportFault> {
        let Manifest { log, checkpoint, .. } = &self.manifest;
        let events = walk.range.size() as i64;
        let last = signed.of_log.last().map_or(0, |checkpoint| checkpoint.position);
        let fault = if log.position != events {
            Some(Fault::Cut { events, signed: log.position })
        } else if log.root != hex(&walk.range.root()) {
            Some(Fault::Head { head: log.position, events })
        } else if last > events {
            Some(Fault::Cut { events, signed: last })
        } else {
            None
        };
        if let Some(fault) = fault {
            return Err(ExportFault::Log { part: Kind::Log.folder().to_owned(), fault });
        }
        let Some(line) = checkpoint else {
            return if events == 0 { Ok(()) } else { Err(ExportFault::Manifest) };
        };
        let of_this = line.clone().into_checkpoint().filter(|checkpoint| {
            checkpoint.position == events
                && checkpoint.root == walk.range.root()
                && checkpoint.is_of(log.id, &self.public_key)
        });
        of_this.ok_or(ExportFault::Manifest)?;
        signed.agreed += 1;
        Ok(())
    }

    fn check_file(&mut self, path: &str) -> Result<(), ExportFileError> {
        let (bytes, mut reader) = self.file(path)?;
        let mut hash = digest::Context::new(&digest::SHA256);
        let mut piece = vec![0; 64 << 10];
        let mut read = 0;
        loop {
            let length = reader.read(&mut piece)?;
            if length == 0 {
                break;
            }
            hash.update(&piece[..length]);
            read += length as u64;
        }
        drop(reader);
        if read < bytes {
            return Err(ExportFault::Changed(path.to_owned()).into());
        }
        Ok(self.check_part(path, bytes, hash.finish().as_ref())?)
    }

    /// Every part of the manifest is there and no other, and as many lines as it counts.
    fn check_list(&self, mut counted: super::export_form::Counts) -> Result<(), ExportFileError> {
        let known: BTreeSet<&str> =
            self.manifest.parts.iter().map(|part| part.path.as_str()).collect();
        let found: BTreeSet<&str> = self.parts.iter().map(|part| part.path.as_str()).collect();
        if let Some(missing) = known.difference(&found).next() {
            return Err(ExportFault::Missing((*missing).to_owned()).into());
        }
        let twice = || {
            self.parts
                .iter()
                .find(|part| self.parts.iter().filter(|other| other.path == part.path).count() > 1)
        };
        let more = found.difference(&known).next().map(|path| (*path).to_owned());
        let more = more.or_else(|| {
            (found.len() < self.parts.len())
                .then(|| twice().map(|part| part.path.clone()).unwrap_or_default())
        });
        if let Some(added) = more {
            return Err(ExportFault::Added(added).into());
        }
        let mut counts = self.manifest.counts;
        for kind in Kind::ALL {
            if counts.of(kind) != counted.of(kind) {
                return Err(ExportFault::Counts(kind.folder()).into());
            }
        }
        Ok(())
    }
}

/// The signed roots of a log that is walked through.
#[derive(Default)]
struct Signed {
    of_log: Vec<SignedCheckpoint>,
    next: usize,
    agreed: usize,
}

impl Signed {
    /// Checks those at the walk's position. One of a key that the export does not bring can't be
    /// verified, but its root must agree all the same.
    fn check(&mut self, export: &ExportFile, walk: &Walk) -> Result<(), Fault> {
        let position = walk.range.size() as i64;
        while let Some(checkpoint) = self.of_log.get(self.next).filter(|it| it.position <= position)
        {
            let own = checkpoint.key_id == export.key_id();
            let sound = !own || checkpoint.is_of(export.manifest.log.id, &export.public_key);
            if checkpoint.position != position || checkpoint.root != walk.range.root() || !sound {
                return Err(Fault::Checkpoint { position: checkpoint.position });
            }
            self.agreed += 1;
            self.next += 1;
        }
        Ok(())
    }
}

fn find_parts(file: &File) -> Result<Vec<FoundPart>, ExportFileError> {
    let mut archive = tar::Archive::new(BufReader::new(file));
    let mut parts = Vec::new();
    // A tar file that ends in the middle of a part is one that has no manifest.
    let cut = |_| ExportFault::Cut;
    for entry in archive.entries_with_seek().map_err(cut)? {
        let entry = entry.map_err(cut)?;
        let path =
            String::from_utf8(entry.path_bytes().into_owned()).map_err(|_| ExportFault::Cut)?;
        if !entry.header().entry_type().is_file() {
            return Err(ExportFault::Added(path).into());
        }
        parts.push(FoundPart { path, offset: entry.raw_file_position(), bytes: entry.size() });
    }
    Ok(parts)
}

fn read_part(file: &mut File, part: &FoundPart) -> Result<Vec<u8>, ExportFileError> {
    if part.bytes > LONGEST_PART {
        return Err(ExportFault::Changed(part.path.clone()).into());
    }
    file.seek(SeekFrom::Start(part.offset))?;
    let mut bytes = Vec::with_capacity(part.bytes as usize);
    file.take(part.bytes).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < part.bytes {
        return Err(ExportFault::Cut.into());
    }
    Ok(bytes)
}

fn lines_of(path: &str, bytes: &[u8]) -> Result<Lines, ExportFault> {
    match Kind::of(path) {
        Some((Kind::Keys, _)) => Ok(Lines::Keys(each_line(path, bytes, Some)?)),
        Some((Kind::Log, _)) => Ok(Lines::Log(each_line(path, bytes, EventLine::into_row)?)),
        Some((Kind::Commands, _)) => Ok(Lines::Commands(each_line(path, bytes, Some)?)),
        Some((Kind::Checkpoints, _)) => {
            Ok(Lines::Checkpoints(each_line(path, bytes, CheckpointLine::into_checkpoint)?))
        }
        Some((Kind::Files, _)) | None => Err(ExportFault::Added(path.to_owned())),
    }
}

fn each_line<L: DeserializeOwned, T>(
    path: &str,
    bytes: &[u8],
    read: impl Fn(L) -> Option<T>,
) -> Result<Vec<T>, ExportFault> {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n').zip(1..);
    lines
        .map(|(text, line)| {
            let unreadable = || ExportFault::Line { part: path.to_owned(), line };
            let parsed = serde_json::from_slice(text).map_err(|_| unreadable())?;
            read(parsed).ok_or_else(unreadable)
        })
        .collect()
}
