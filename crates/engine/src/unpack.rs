//! A compressed file to the bytes that were compressed: gzip, zstd, and a `.zip` of one table. Told by what the file starts
//! with, whatever its name. A thread of its own unpacks, so that rows are counted meanwhile; memory does not grow with the
//! file, and what unpacks without end is refused.
//!
//! gzip goes through `zlib-rs`, zstd through `ruzstd`: both are Rust, so that hostile bytes meet no C.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;
use jauge::problem::{Binary, Bound, Damage, DataProblem, FileProblem, Holds, Packing};
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use crate::bytes::{Bytes, Told};
use crate::limits;
use crate::pieces::{NoReader, PIECE, Pieces, pieces};
use crate::sheet;

/// What is told where the thread that reads dies.
pub(crate) const STOPPED: &str = "the reader stopped";

/// Compressed bytes read at a time.
const READ: usize = 1 << 16;

/// How bytes that start so are compressed.
pub(crate) fn packing(start: &[u8]) -> Option<Packing> {
    match start {
        [0x1f, 0x8b, ..] => Some(Packing::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Packing::Zstd),
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Packing::Zip),
        _ => None,
    }
}

/// How a file of this name should be compressed.
pub(crate) fn named(path: &str) -> Option<Packing> {
    let (_, end) = path.rsplit_once('.')?;
    [Packing::Gzip, Packing::Zstd, Packing::Zip].into_iter().find(|packing| end.eq_ignore_ascii_case(packing.ending()))
}

/// How much a compressed file may hold.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    free: u64,
    ratio: u64,
    total: u64,
}

const BOUNDS: Bounds = Bounds { free: limits::UNPACKED_FREE, ratio: limits::UNPACKED_RATIO, total: limits::UNPACKED };

/// Starts unpacking the bytes of the file that is declared as `path`.
pub(crate) fn unpack(bytes: Bytes, packing: Packing, path: &str) -> Result<Box<dyn Read + Send>, io::Error> {
    within(bytes, packing, path, BOUNDS)
}

fn within(bytes: Bytes, packing: Packing, path: &str, bounds: Bounds) -> Result<Box<dyn Read + Send>, io::Error> {
    let damage = Damage::Malformed { reason: STOPPED.to_string() };
    let (give, stream) = pieces(FileProblem::PackedBroken { path: path.to_string(), packing, damage });
    let mut out = Out { pieces: give, path: path.to_string(), packing, packed: bytes.total, unpacked: 0, bounds };
    let thread = std::thread::Builder::new().name("unpack".into());
    let thread = match packing {
        Packing::Gzip => thread.spawn(move || {
            let ended = gzip(&mut Packed::new(bytes), &mut out);
            out.end(ended);
        })?,
        Packing::Zstd => thread.spawn(move || {
            let ended = zstd(&mut Packed::new(bytes), &mut out);
            out.end(ended);
        })?,
        Packing::Zip => {
            let watch = bytes.watch();
            let (archive, at) = table(bytes, path)?;
            thread.spawn(move || {
                let ended = zip(archive, at, &mut out);
                let ended = ended.and_then(|()| watch.map_or(Ok(()), |watch| watch.unchanged()).map_err(Gone::Read));
                out.end(ended);
            })?
        }
    };
    Ok(Box::new(stream.of(thread)))
}

/// Why unpacking ends early.
enum Gone {
    /// Nobody reads any more.
    Reader,
    /// The file cannot be read.
    Read(io::Error),
    /// It is damaged.
    Damage(Damage),
    /// It holds too much.
    Bound(Bound),
}

/// Where unpacked bytes go.
struct Out {
    pieces: Pieces,
    path: String,
    packing: Packing,
    packed: u64,
    unpacked: u64,
    bounds: Bounds,
}

impl Out {
    /// Gives out all that a reader makes.
    fn all(&mut self, mut reader: impl Read) -> Result<(), Reading> {
        loop {
            let mut piece = Vec::with_capacity(PIECE);
            let read = reader.by_ref().take(PIECE as u64).read_to_end(&mut piece);
            // What came before the damage is given out, so that the line of the damage is known.
            self.unpacked += piece.len() as u64;
            let ended = piece.is_empty();
            self.pieces.give(piece).map_err(|NoReader| Reading::Gone(Gone::Reader))?;
            read.map_err(Reading::Failed)?;
            self.bounded().map_err(Reading::Gone)?;
            if ended {
                return Ok(());
            }
        }
    }

    fn bounded(&self) -> Result<(), Gone> {
        let Bounds { free, ratio, total } = self.bounds;
        if self.unpacked > total {
            return Err(Gone::Bound(Bound::Total(total >> 30)));
        }
        if self.unpacked > free && self.unpacked > self.packed.saturating_mul(ratio) {
            return Err(Gone::Bound(Bound::Ratio(ratio)));
        }
        Ok(())
    }

    fn end(self, ended: Result<(), Gone>) {
        let path = self.path;
        let error = match ended {
            Ok(()) => return self.pieces.end(),
            Err(Gone::Reader) => return,
            Err(Gone::Read(error)) => error,
            Err(Gone::Damage(damage)) => Told::error(FileProblem::PackedBroken { path, packing: self.packing, damage }),
            Err(Gone::Bound(bound)) => Told::error(FileProblem::PackedTooLarge { path, bound }),
        };
        self.pieces.fail(error);
    }
}

/// Why a reader of unpacked bytes fails: itself, or where its bytes go.
enum Reading {
    Failed(io::Error),
    Gone(Gone),
}

/// The compressed bytes, and what became of them: unpackers tell an end of the file and an error of the disk in many ways.
struct Packed {
    reader: BufReader<Bytes>,
    ended: bool,
    failed: Option<io::Error>,
}

impl Packed {
    fn new(bytes: Bytes) -> Packed {
        Packed { reader: BufReader::with_capacity(READ, bytes), ended: false, failed: None }
    }

    /// Why an unpacker fails.
    fn why(&mut self, error: &dyn std::fmt::Display, checksum: bool) -> Gone {
        match self.failed.take() {
            Some(failed) => Gone::Read(failed),
            None if self.ended => Gone::Damage(Damage::Cut),
            None if checksum => Gone::Damage(Damage::Checksum),
            None => Gone::Damage(Damage::Malformed { reason: error.to_string() }),
        }
    }

    /// The bytes that follow, none at the end.
    fn next(&mut self) -> Result<&[u8], Gone> {
        self.fill_buf().map(|_| ()).map_err(Gone::Read)?;
        Ok(self.reader.buffer())
    }

    /// Leaves the zeros behind with which tapes and disks fill their blocks; true where nothing else follows.
    fn only_zeros_follow(&mut self) -> Result<bool, Gone> {
        loop {
            let next = self.next()?;
            let length = next.len();
            if length == 0 {
                return Ok(true);
            }
            if next.iter().any(|byte| *byte != 0) {
                return Ok(false);
            }
            self.consume(length);
        }
    }
}

impl Read for Packed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), available.get(..count)) {
            to.copy_from_slice(from);
        }
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Packed {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self.reader.fill_buf() {
            Ok(bytes) => self.ended = bytes.is_empty(),
            Err(error) => {
                let again = match Told::of(&error) {
                    Some(fact) => Told::error(fact.clone()),
                    None => io::Error::new(error.kind(), error.to_string()),
                };
                self.failed = Some(error);
                return Err(again);
            }
        }
        Ok(self.reader.buffer())
    }

    fn consume(&mut self, count: usize) {
        self.reader.consume(count);
    }
}

/// One member after the other: `cat a.gz b.gz` is a file too.
fn gzip(packed: &mut Packed, out: &mut Out) -> Result<(), Gone> {
    loop {
        match out.all(GzDecoder::new(&mut *packed)) {
            Ok(()) => {}
            Err(Reading::Gone(gone)) => return Err(gone),
            Err(Reading::Failed(error)) => {
                // The only error of this kind that is met after all bytes were unpacked.
                let checksum = error.to_string().contains("checksum");
                return Err(packed.why(&error, checksum));
            }
        }
        match packed.next()?.first().copied() {
            Some(0x1f) => {}
            Some(0) | None if packed.only_zeros_follow()? => return Ok(()),
            Some(_) | None => return Err(Gone::Damage(Damage::Trailing)),
        }
    }
}

/// One frame after the other; those that hold no data are skipped.
fn zstd(packed: &mut Packed, out: &mut Out) -> Result<(), Gone> {
    let mut decoder = FrameDecoder::new();
    decoder.set_max_window_size(limits::UNPACKED_MEMORY);
    loop {
        match packed.next()? {
            [] => return Ok(()),
            // A buffer may end within the four bytes: the decoder reads on.
            [0x28 | 0x50..=0x5f, ..] => {}
            [_, ..] => return Err(Gone::Damage(Damage::Trailing)),
        }
        match decoder.reset(&mut *packed) {
            Ok(()) => {}
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                let skipped = io::copy(&mut packed.by_ref().take(u64::from(length)), &mut io::sink());
                match skipped {
                    Ok(skipped) if skipped == u64::from(length) => continue,
                    Ok(_) => return Err(Gone::Damage(Damage::Cut)),
                    Err(error) => return Err(packed.why(&error, false)),
                }
            }
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::BadMagicNumber(_))) => {
                return Err(Gone::Damage(Damage::Trailing));
            }
            Err(FrameDecoderError::WindowSizeTooBig { .. }) => {
                return Err(Gone::Bound(Bound::Memory(limits::UNPACKED_MEMORY >> 20)));
            }
            Err(error) => return Err(packed.why(&error, false)),
        }
        match out.all(Frame { decoder: &mut decoder, packed }) {
            Ok(()) => {}
            Err(Reading::Gone(gone)) => return Err(gone),
            Err(Reading::Failed(error)) => return Err(packed.why(&error, false)),
        }
        let stated = decoder.get_checksum_from_data();
        if stated.is_some() && stated != decoder.get_calculated_checksum() {
            return Err(Gone::Damage(Damage::Checksum));
        }
    }
}

/// The bytes of one frame.
struct Frame<'a> {
    decoder: &'a mut FrameDecoder,
    packed: &'a mut Packed,
}

impl Read for Frame<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
            self.decoder
                .decode_blocks(&mut *self.packed, BlockDecodingStrategy::UptoBlocks(1))
                .map_err(|error| io::Error::other(error.to_string()))?;
        }
        self.decoder.read(buffer)
    }
}

type Archive = ZipArchive<BufReader<Bytes>>;

/// The only table of an archive.
fn table(mut bytes: Bytes, path: &str) -> Result<(Archive, usize), io::Error> {
    let named = named(path) == Some(Packing::Zip);
    let broken = |reason: String| match named {
        true => {
            let damage = Damage::Malformed { reason };
            Told::error(FileProblem::PackedBroken { path: path.to_string(), packing: Packing::Zip, damage })
        }
        // Under another name anything may start like an archive.
        false => Told::error(DataProblem::NotText { path: path.to_string(), looks: Binary::Workbook }),
    };
    let unclear = |holds| Told::error(FileProblem::ArchiveUnclear { path: path.to_string(), holds });
    // An archive is read from its end: what it starts with is known by now.
    io::Seek::rewind(&mut bytes)?;
    let archive = ZipArchive::new(BufReader::with_capacity(READ, bytes)).map_err(|error| broken(error.to_string()))?;
    let mut files: Vec<(usize, String)> = Vec::new();
    for at in 0..archive.len() {
        let entry = archive.by_index_data(at).map_err(|error| broken(error.to_string()))?;
        let name = entry.name().map_or_else(|_| format!("{at}"), |name| name.into_owned());
        if matches!(name.as_str(), "[Content_Types].xml" | "mimetype") {
            return Err(Told::error(DataProblem::NotText { path: path.to_string(), looks: Binary::Workbook }));
        }
        if !entry.is_dir() && !is_left_by_system(&name) {
            files.push((at, name));
        }
    }
    let (at, name) = match files.as_slice() {
        [] => return Err(unclear(Holds::Nothing)),
        [only] => only.clone(),
        _ => return Err(unclear(Holds::Several(files.into_iter().map(|(_, name)| name).collect()))),
    };
    if sheet::kind(&name).is_some() {
        return Err(unclear(Holds::Workbook(name)));
    }
    let entry = archive.by_index_data(at).map_err(|error| broken(error.to_string()))?;
    if entry.encrypted() {
        return Err(unclear(Holds::Locked(name)));
    }
    if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
        return Err(unclear(Holds::OtherMethod(name)));
    }
    Ok((archive, at))
}

/// Files that macOS and Windows put into archives by themselves.
fn is_left_by_system(name: &str) -> bool {
    let (folder, file) = name.rsplit_once(['/', '\\']).unwrap_or(("", name));
    folder.split(['/', '\\']).any(|folder| folder == "__MACOSX")
        || matches!(file, ".DS_Store" | "Thumbs.db" | "desktop.ini")
}

fn zip(mut archive: Archive, at: usize, out: &mut Out) -> Result<(), Gone> {
    let malformed = |error: ZipError| Gone::Damage(Damage::Malformed { reason: error.to_string() });
    let entry = archive.by_index(at).map_err(malformed)?;
    match out.all(entry) {
        Ok(()) => Ok(()),
        Err(Reading::Gone(gone)) => Err(gone),
        Err(Reading::Failed(error)) => Err(match (Told::of(&error).is_some(), error.kind()) {
            (true, _) => Gone::Read(error),
            (false, io::ErrorKind::UnexpectedEof) => Gone::Damage(Damage::Cut),
            (false, _) if error.to_string().to_lowercase().contains("checksum") => Gone::Damage(Damage::Checksum),
            (false, _) => Gone::Damage(Damage::Malformed { reason: error.to_string() }),
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn bound(packed: Vec<u8>, packing: Packing, bounds: Bounds) -> Option<Bound> {
        let bytes = Bytes::of_memory(&packed.into());
        let mut reader = within(bytes, packing, "r", bounds).expect("a thread");
        let error = io::copy(&mut reader, &mut io::sink()).err()?;
        match Told::of(&error) {
            Some(jauge::problem::Fact::FileProblem(FileProblem::PackedTooLarge { bound, .. })) => Some(*bound),
            _ => panic!("{error:?}"),
        }
    }

    #[test]
    fn what_unpacks_without_end_is_refused() {
        let nothing = vec![b'\n'; 8 << 20];
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gz.write_all(&nothing).expect("memory takes it");
        let gz = gz.finish().expect("memory takes it");
        let zst = ruzstd::encoding::compress_to_vec(&nothing[..], ruzstd::encoding::CompressionLevel::Fastest);
        let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        zip.start_file("r.csv", zip::write::SimpleFileOptions::default()).expect("an entry");
        zip.write_all(&nothing).expect("its bytes");
        let zip = zip.finish().expect("an archive").into_inner();
        for (packed, packing) in [(gz, Packing::Gzip), (zst, Packing::Zstd), (zip, Packing::Zip)] {
            assert_eq!(bound(packed.clone(), packing, BOUNDS), None, "{packing:?}");
            let few = Bounds { free: 1 << 20, ..BOUNDS };
            assert_eq!(bound(packed.clone(), packing, few), Some(Bound::Ratio(200)), "{packing:?}");
            let small = Bounds { total: 1 << 20, ..BOUNDS };
            assert_eq!(bound(packed, packing, small), Some(Bound::Total(0)), "{packing:?}");
        }
    }

    #[test]
    fn nobody_waits_for_a_reader_that_has_gone() {
        let nothing = vec![b'\n'; 64 << 20];
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(&nothing).expect("memory takes it");
        let packed: std::sync::Arc<[u8]> = gz.finish().expect("memory takes it").into();
        let bytes = Bytes::of_memory(&packed);
        drop(unpack(bytes, Packing::Gzip, "r").expect("a thread"));
        assert_eq!(std::sync::Arc::strong_count(&packed), 1, "the thread has let go of the bytes");
    }
}
