//! The embedded engine: cube queries over CSV files, workbooks, Parquet files and folders of them, on all cores, exact.
//!
//! ```text
//! text ──feed──▶ chunks ──split──▶ records ──▶ ┐
//!                                              ├ blocks of rows in columns ──▶ masks ──▶ cells, pairs, classes ──▶ Cube
//! Parquet ──▶ row groups ──▶ pages ──────────▶ ┘
//! ```
//!
//! Threads pull chunks, or row groups and parts of them. A column whose texts are few holds places in the thread's memory, where it was worked out once
//! what a text does to every filter and which codes it has; a row's filters are the AND of its columns' masks. Counts and sums go
//! straight to the cells of every grouping; keys whose distinct ones are counted are dealt by hash and counted at the end; what is
//! rarer is kept by *classes*: rows that pass the same filters and have the same codes. Nothing depends on the order in which
//! chunks or rows are met.

mod block;
mod bytes;
mod cell;
mod cells;
mod class;
mod cluster;
mod codes;
mod column;
mod distinct;
mod engine;
mod facts;
mod feed;
mod files;
mod filled;
mod filter;
mod fold;
mod folder;
mod fused;
mod header;
mod join;
mod layout;
mod lookups;
mod memory;
mod merge;
mod ods;
mod open;
mod page;
mod pages;
mod people;
mod pieces;
mod remark;
mod report;
mod rows;
mod scan;
pub mod shared;
mod sheet;
mod split;
mod sum;
mod table;
mod text;
mod text_files;
mod told;
mod unpack;
mod windows;
mod work;
mod xlsx;
mod xml;

pub use engine::{Engine, Progress};
pub use table::{Table, read_table, read_table_of};

/// True of a panic in a library that reads a damaged file: it is caught, and the file is told as damaged.
pub fn is_of_damage(info: &std::panic::PanicHookInfo<'_>) -> bool {
    let in_parquet =
        info.location().is_some_and(|at| at.file().split(['/', '\\']).any(|part| part.starts_with("parquet-")));
    in_parquet || std::thread::current().name() == Some(sheet::FOREIGN)
}

/// The way in which this engine makes identities out of values ([`jauge::plan::LaneState::Keys`]): those of two engines, or of two ways,
/// cannot be compared. A new name when an identity changes.
pub const IDENTITIES: &str = "embedded 1";

/// Bounds on what an input can make the engine hold.
pub mod limits {
    /// Bytes of a chunk, unless the engine is told otherwise.
    pub const CHUNK: usize = 1 << 20;
    /// The most bytes of a chunk, whatever the engine is told; with a record it stays far below 4 GiB.
    pub const CHUNK_MOST: usize = 256 << 20;
    /// Bytes that a row of a Parquet file is taken for where a chunk of it is a number of rows.
    pub const ROW_BYTES: usize = 256;
    /// The most threads.
    pub const THREADS: usize = 256;
    /// The longest record.
    pub const RECORD: usize = 16 << 20;
    /// Distinct texts of a column whose decoded form a thread remembers.
    pub const REMEMBERED: usize = 1 << 17;
    /// Codes of a source that is looked up in, up to which a column remembers them one by one.
    pub const FEW_CODES: usize = 1 << 16;
    /// Problems that are kept of each kind in each column, so that machine formats list them all in any file that a person
    /// could mend; the others are counted.
    pub const KEPT: usize = 50_000;
    /// Significant digits of a number, so that ten thousand million of them add without overflow.
    pub const DIGITS: u32 = 28;
    /// Decimals that a column may declare.
    pub const DECIMALS: u32 = 15;
    /// Columns of a file.
    pub const COLUMNS: usize = 100_000;
    /// Files of one source.
    pub const FILES: usize = 1_000_000;
    /// Folders in each other below the one that a source names.
    pub const FOLDERS: usize = 16;
    /// Classes of rows that a thread holds before it folds them into cells.
    pub const CLASSES: usize = 1 << 18;
    /// Bytes of the parts of a workbook that are unpacked into memory, together: texts and styles; the whole of an `.xls`.
    pub const WORKBOOK: u64 = 1 << 30;
    /// Bytes that any compressed file may unpack to.
    pub const UNPACKED_FREE: u64 = 1 << 30;
    /// How many times its size a compressed file may unpack to beyond [`UNPACKED_FREE`]: tables seldom pass 50.
    pub const UNPACKED_RATIO: u64 = 200;
    /// Bytes that no compressed file may pass.
    pub const UNPACKED: u64 = 1 << 40;
    /// Bytes that unpacking zstd may look back on, all of them in memory; as many as its own program takes unless told otherwise.
    pub const UNPACKED_MEMORY: u64 = 128 << 20;
    /// Rows and columns of a sheet, as many as Excel has.
    pub const SHEET: (u32, u32) = (1 << 20, 1 << 14);
    /// Cells of a sheet, those that are written once and said to repeat included.
    pub const SHEET_CELLS: u64 = 1 << 27;
    /// Sheets of a workbook.
    pub const SHEETS: usize = 10_000;
    /// Runs of hidden rows of a sheet that are told apart.
    pub const HIDDEN_RUNS: usize = 10_000;
    /// Rows of a sheet among which the headers are sought.
    pub const HEADER_ROWS: usize = 50;
    /// Rows of a code list.
    pub const TABLE_ROWS: usize = 1_000_000;
    /// Cells of a code list.
    pub const TABLE_CELLS: usize = 16_000_000;
}
