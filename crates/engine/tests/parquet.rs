//! Parquet files and folders of files give the cubes of the same rows as CSV, however they are written; damaged ones end in a
//! diagnostic.

mod common;

use std::sync::Arc;

use common::*;
use jauge::plan::{Cube, CubeQuery, CubeSource, Days, Filter, GroupingSet, Key, Lane, LaneState};
use jauge::program::model::{ColumnTest, Comparison, MissingPolicy, TestKind, TestOn};
use jauge::types::{CalendarId, Number};
use jauge_engine::Engine;
use parquet::basic::{Compression, Encoding};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type, Int96, Int96Type};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;
use proptest::prelude::*;

const SCHEMA: &str = "message registre {
    optional binary sexe (UTF8); required binary region (UTF8); optional int32 age; required binary annee (UTF8);
    optional int64 montant (DECIMAL(12,2)); optional int32 jour (DATE); optional binary personne (UTF8); optional boolean paye;
}";

/// One row: indexes of values, `None` for an empty cell.
#[derive(Debug, Clone)]
struct Line {
    sex: Option<usize>,
    region: usize,
    age: Option<i32>,
    year: usize,
    amount: Option<i64>,
    day: Option<i32>,
    person: Option<usize>,
    paid: Option<bool>,
}

const SEXES: [&str; 3] = ["F", "Masculin", "X"];
const REGIONS: [&str; 5] = ["TTA", "Tétouan", "L’Oriental", "OUJ", "Rabat"];
const YEARS: [&str; 3] = ["2018-2019", "2019/20", "2020-2021"];
const PEOPLE: [&str; 5] = ["12", "7", "un nom qui est plus long que quinze octets", "012", "b"];

fn line() -> impl Strategy<Value = Line> {
    let some = |most: usize| proptest::option::weighted(0.8, 0..most);
    (
        some(3),
        0..REGIONS.len(),
        proptest::option::weighted(0.9, 0i32..40),
        0..YEARS.len(),
        proptest::option::weighted(0.8, prop_oneof![-500i64..500, Just(1i64 << 50), Just(-(1i64 << 60))]),
        proptest::option::weighted(0.9, 17_800i32..18_700),
        some(5),
        proptest::option::weighted(0.9, any::<bool>()),
    )
        .prop_map(|(sex, region, age, year, amount, day, person, paid)| Line {
            sex,
            region,
            age,
            year,
            amount,
            day,
            person,
            paid,
        })
}

fn csv(lines: &[Line]) -> String {
    let mut text = HEADER.to_string();
    for line in lines {
        let cents = |amount: i64| {
            let sign = if amount < 0 { "-" } else { "" };
            format!("{sign}{}.{:02}", amount.unsigned_abs() / 100, amount.unsigned_abs() % 100)
        };
        let cells = [
            line.sex.map_or(String::new(), |at| SEXES[at].to_string()),
            REGIONS[line.region].to_string(),
            line.age.map_or(String::new(), |age| age.to_string()),
            YEARS[line.year].to_string(),
            line.amount.map_or(String::new(), cents),
            line.day.map_or(String::new(), |day| jauge::types::Date::from_day_number(day).to_string()),
            line.person.map_or(String::new(), |at| PEOPLE[at].to_string()),
            line.paid.map_or(String::new(), |paid| if paid { "oui" } else { "non" }.to_string()),
        ];
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    text
}

/// How a file is written.
#[derive(Debug, Clone, Copy)]
struct Style {
    codec: Compression,
    version: WriterVersion,
    dictionary: bool,
    /// The rarer encodings.
    rare: bool,
    /// Rows of a group, and of a page.
    group: usize,
    page: usize,
    statistics: bool,
    /// Bytes after which texts of the statistics are cut.
    cut: Option<usize>,
}

fn style() -> impl Strategy<Value = Style> {
    let codecs = prop_oneof![
        Just(Compression::UNCOMPRESSED),
        Just(Compression::SNAPPY),
        Just(Compression::GZIP(Default::default())),
        Just(Compression::ZSTD(Default::default())),
        Just(Compression::LZ4_RAW),
    ];
    let versions = prop_oneof![Just(WriterVersion::PARQUET_1_0), Just(WriterVersion::PARQUET_2_0)];
    (codecs, versions, any::<bool>(), any::<bool>(), 1usize..40, 1usize..20).prop_map(
        |(codec, version, dictionary, rare, group, page)| Style {
            codec,
            version,
            dictionary,
            rare,
            group,
            page,
            statistics: true,
            cut: Some(64),
        },
    )
}

macro_rules! put {
    ($group:expr, $of:ty, $values:expr, $optional:expr) => {{
        let values: Vec<Option<_>> = $values;
        let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
        let there: Vec<_> = values.into_iter().flatten().collect();
        let mut column = $group.next_column().expect("a column").expect("a column");
        let levels = $optional.then_some(levels.as_slice());
        column.typed::<$of>().write_batch(&there, levels, None).expect("values");
        column.close().expect("a column");
    }};
}

fn group_of(group: &mut SerializedRowGroupWriter<'_, &mut Vec<u8>>, lines: &[Line]) {
    let text = |text: &str| ByteArray::from(text);
    put!(group, ByteArrayType, lines.iter().map(|line| line.sex.map(|at| text(SEXES[at]))).collect(), true);
    put!(group, ByteArrayType, lines.iter().map(|line| Some(text(REGIONS[line.region]))).collect(), false);
    put!(group, Int32Type, lines.iter().map(|line| line.age).collect(), true);
    put!(group, ByteArrayType, lines.iter().map(|line| Some(text(YEARS[line.year]))).collect(), false);
    put!(group, Int64Type, lines.iter().map(|line| line.amount).collect(), true);
    put!(group, Int32Type, lines.iter().map(|line| line.day).collect(), true);
    put!(group, ByteArrayType, lines.iter().map(|line| line.person.map(|at| text(PEOPLE[at]))).collect(), true);
    put!(group, BoolType, lines.iter().map(|line| line.paid).collect(), true);
}

fn file(lines: &[Line], style: Style) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(SCHEMA).expect("a schema"));
    let mut properties = WriterProperties::builder()
        .set_compression(style.codec)
        .set_writer_version(style.version)
        .set_dictionary_enabled(style.dictionary && !style.rare)
        .set_statistics_enabled(if style.statistics { EnabledStatistics::Page } else { EnabledStatistics::None })
        .set_statistics_truncate_length(style.cut)
        .set_write_batch_size(style.page)
        .set_data_page_row_count_limit(style.page);
    if style.rare {
        for (column, encoding) in [
            ("sexe", Encoding::DELTA_BYTE_ARRAY),
            ("region", Encoding::DELTA_LENGTH_BYTE_ARRAY),
            ("age", Encoding::DELTA_BINARY_PACKED),
            ("montant", Encoding::BYTE_STREAM_SPLIT),
            ("paye", Encoding::RLE),
        ] {
            properties = properties.set_column_encoding(ColumnPath::from(column), encoding);
        }
    }
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties.build())).expect("a writer");
    for lines in lines.chunks(style.group) {
        let mut group = writer.next_row_group().expect("a group");
        group_of(&mut group, lines);
        group.close().expect("a group");
    }
    writer.close().expect("a file");
    bytes
}

fn query() -> CubeQuery {
    let test = |column, test, missing| ColumnTest { on: TestOn::Column { source: 0, column }, test, missing };
    let states = [
        LaneState::Rows,
        LaneState::Present(AMOUNT),
        LaneState::Sum(AMOUNT),
        LaneState::Sum(AGE),
        LaneState::Minimum(AMOUNT),
        LaneState::Distinct(PERSON),
        LaneState::Distinct(DAY),
        LaneState::Distinct(AMOUNT),
        LaneState::Keys(PERSON),
        LaneState::Values(AMOUNT),
        LaneState::Last { column: AMOUNT, by: DAY },
    ];
    let filters = [None, Some(0), Some(1), Some(2)];
    let lanes: Vec<Lane> =
        filters.iter().flat_map(|filter| states.iter().map(|state| Lane { filter: *filter, state: *state })).collect();
    let all: Vec<usize> = (0..lanes.len()).collect();
    CubeQuery {
        source: 0,
        keys: vec![
            dimension_key(SEX, 0, 0),
            dimension_key(REGION, 1, 0),
            dimension_key(AGE, 2, 0),
            Key::Period { column: YEAR, calendar: CalendarId(5) },
            Key::Period { column: DAY, calendar: CalendarId::QUARTER },
        ],
        tests: vec![
            test(SEX, TestKind::Members(vec![0]), MissingPolicy::Excluded),
            test(AMOUNT, TestKind::Number(Comparison::AtLeast, Number::from(1i64)), MissingPolicy::Counted),
            test(PAID, TestKind::Yes, MissingPolicy::Excluded),
            test(PERSON, TestKind::Texts(vec!["12".into()]), MissingPolicy::Excluded),
            test(AMOUNT, TestKind::Column(Comparison::Less, AGE), MissingPolicy::Excluded),
        ],
        filters: vec![
            Filter::And(vec![Filter::Test(0), Filter::Not(Box::new(Filter::Test(1)))]),
            Filter::Or(vec![Filter::Test(2), Filter::And(vec![Filter::Test(0), Filter::Test(3)])]),
            Filter::Not(Box::new(Filter::And(vec![Filter::Test(4), Filter::Test(1)]))),
        ],
        lanes,
        sets: vec![
            GroupingSet { keys: vec![], lanes: all.clone() },
            GroupingSet { keys: vec![0, 3], lanes: all.clone() },
            GroupingSet { keys: vec![1, 2], lanes: vec![0, 5, 14, 20] },
            GroupingSet { keys: vec![4, 3, 1], lanes: all },
        ],
        facts: None,
        days: None,
        unique: vec![PERSON, SEX],
    }
}

fn world_of(path: &str) -> World {
    let mut world = world();
    world.source.path = Some(path.into());
    for column in &mut world.source.columns {
        column.may_be_missing = true;
    }
    world
}

fn ask(bytes: Vec<u8>, path: &str, threads: usize) -> Cube {
    let world = world_of(path);
    Engine::new(".").threads(threads).inline(0, bytes).cube(&query(), world.catalog())
}

/// The same of a Parquet file whose groups are divided down to single rows where threads have nothing to do.
fn ask_divided(bytes: Vec<u8>, threads: usize) -> Cube {
    let world = world_of("registre.parquet");
    Engine::new(".").threads(threads).chunk_bytes(1).inline(0, bytes).cube(&query(), world.catalog())
}

/// Codes and columns of problems; lines differ by the header.
fn told(cube: &Cube) -> Vec<String> {
    let mut all: Vec<String> = cube
        .problems
        .iter()
        .map(|problem| match &problem.at {
            jauge::problem::Place::Data(at) => format!("{} {} {}", problem.code(), at.header, at.text),
            _ => problem.code().to_string(),
        })
        .collect();
    all.sort();
    all
}

/// Codes and lines of problems, of a file whose first row is this line.
fn lines_told(cube: &Cube, header: u64) -> Vec<(&'static str, u64)> {
    let line = |problem: &jauge::problem::Problem| match &problem.at {
        jauge::problem::Place::Data(at) => at.line - header,
        _ => 0,
    };
    cube.problems.iter().map(|problem| (problem.code(), line(problem))).collect()
}

fn same(left: &Cube, right: &Cube) {
    assert_eq!(left.rows, right.rows);
    assert_eq!(left.sets, right.sets);
    assert_eq!(left.periods, right.periods);
    assert_eq!(left.keys, right.keys);
    assert_eq!(told(left), told(right));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_encoding_the_figures_are_those_of_the_csv(
        lines in proptest::collection::vec(line(), 1..120),
        style in style(),
        threads in 1usize..4,
    ) {
        let wanted = ask(csv(&lines).into_bytes(), "registre.csv", 1);
        prop_assert!(!wanted.unreadable, "{:?}", wanted.problems);
        let found = ask(file(&lines, style), "registre.parquet", threads);
        prop_assert!(!found.unreadable, "{:?}", found.problems);
        same(&found, &wanted);
    }

    #[test]
    fn threads_may_begin_in_the_middle_of_a_group(
        lines in proptest::collection::vec(line(), 1..90),
        style in style(),
        page in prop_oneof![Just(1usize), 2usize..60, Just(1_000)],
    ) {
        let bytes = file(&lines, Style { group: usize::MAX, page, ..style });
        let wanted = ask(bytes.clone(), "registre.parquet", 1);
        let of_text = ask(csv(&lines).into_bytes(), "registre.csv", 1);
        prop_assert_eq!(lines_told(&wanted, 0), lines_told(&of_text, 1));
        same(&wanted, &of_text);
        for threads in [1, 2, 3, 8] {
            prop_assert_eq!(&ask_divided(bytes.clone(), threads), &wanted, "{} threads", threads);
        }
    }

    #[test]
    fn a_folder_of_files_is_one_source(
        lines in proptest::collection::vec(line(), 3..60),
        style in style(),
        cut in 0usize..60,
        columnar in any::<bool>(),
    ) {
        let root = std::env::temp_dir().join(format!("jauge-folder-{}-{columnar}", std::process::id()));
        let _ = std::fs::remove_dir_all(&root);
        let folder = root.join("registre/2020");
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("_SUCCESS"), "").expect("a file");
        let (first, second) = lines.split_at(cut % lines.len());
        for (name, lines) in [("a", first), ("b", second)] {
            if columnar {
                std::fs::write(folder.join(format!("{name}.parquet")), file(lines, style)).expect("a file");
            } else {
                std::fs::write(folder.join(format!("{name}.csv")), csv(lines)).expect("a file");
            }
        }
        let world = world_of("registre/");
        let found = Engine::new(&root).threads(2).chunk_bytes(100).cube(&query(), world.catalog());
        let wanted = ask(csv(&lines).into_bytes(), "registre.csv", 1);
        prop_assert!(!found.unreadable, "{:?}", found.problems);
        same(&found, &wanted);
    }
}

fn some_lines() -> Vec<Line> {
    (0..50)
        .map(|at| Line {
            sex: Some(at % 2),
            region: at % 4,
            age: Some(at as i32 % 40),
            year: at % 3,
            amount: Some(at as i64 * 100),
            day: Some(18_000 + at as i32),
            person: Some(at % 5),
            paid: Some(at % 3 == 0),
        })
        .collect()
}

const PLAIN: Style = Style {
    codec: Compression::SNAPPY,
    version: WriterVersion::PARQUET_1_0,
    dictionary: true,
    rare: false,
    group: 20,
    page: 7,
    statistics: true,
    cut: Some(64),
};

#[test]
fn columns_with_one_value_are_taken_from_the_statistics() {
    let mut lines = some_lines();
    for (at, line) in lines.iter_mut().enumerate() {
        // Each group of twenty rows has one value of everything, but for the last, which has none in some rows.
        let group = at / 20;
        let some = group < 2 || at % 2 == 0;
        *line = Line {
            sex: some.then_some(group % 2),
            region: group,
            age: some.then_some(group as i32 * 20),
            year: group,
            amount: some.then_some(group as i64 * 150 - 75),
            day: some.then_some(18_000 + group as i32),
            person: some.then_some(group),
            paid: some.then_some(group == 0),
        };
    }
    for rare in [false, true] {
        let found = ask(file(&lines, Style { rare, ..PLAIN }), "registre.parquet", 2);
        same(&found, &ask(csv(&lines).into_bytes(), "registre.csv", 1));
    }
}

/// Rows that were left unread of some lines in groups of twenty, where only those of some days matter; what was read of the others
/// gives the same rows in each period asked for.
fn unread(lines: &[Line], style: Style, days: Days, change: impl Fn(&mut World)) -> u64 {
    unread_of(file(lines, style), days, change)
}

fn unread_of(file: Vec<u8>, days: Days, change: impl Fn(&mut World)) -> u64 {
    let mut world = world_of("registre.parquet");
    change(&mut world);
    let calendar = if days.column == DAY { CalendarId::DAY } else { CalendarId(5) };
    let query = CubeQuery {
        keys: vec![Key::Period { column: days.column, calendar }],
        lanes: vec![Lane { filter: None, state: LaneState::Rows }],
        sets: vec![GroupingSet { keys: vec![0], lanes: vec![0] }],
        ..CubeQuery::default()
    };
    let ask = |query: &CubeQuery| Engine::new(".").inline(0, file.clone()).cube(query, world.catalog());
    let all = ask(&query);
    let some = ask(&CubeQuery { days: Some(days.clone()), ..query.clone() });
    assert_eq!(some.rows + some.unread, all.rows);
    assert_eq!(some.periods, all.periods);
    let calendar = &world.calendars[usize::from(calendar.0)];
    let matters = |cells: &jauge::plan::Cells| -> Vec<_> {
        let day = |code: i32| (calendar.start(code).day_number(), calendar.end(code).day_number());
        let asked = |code: i32| Cube::is_ordinal(code) && days.touch(day(code).0, day(code).1);
        cells.clone().into_iter().filter(|(codes, _)| asked(codes[0])).collect()
    };
    assert_eq!(matters(&some.sets[0]), matters(&all.sets[0]));
    some.unread
}

#[test]
fn groups_are_left_unread_where_the_file_proves_it() {
    // Three groups: 20 rows of 2019, 20 of 2020, 10 of 2021, from the tenth day of the year on.
    let start = |group: usize| [17_897, 18_262, 18_628][group] + 10;
    let lines: Vec<Line> = some_lines()
        .into_iter()
        .enumerate()
        .map(|(at, line)| Line { day: Some(start(at / 20) + at as i32 % 20), year: at / 20, ..line })
        .collect();
    let of = |first: i32, last: i32| Days { column: DAY, ranges: vec![(first, last)] };
    let plain = |days: Days| unread(&lines, PLAIN, days, |_| {});
    let in_2020 = || of(18_262, 18_627);
    assert_eq!(plain(in_2020()), 30);
    assert_eq!(plain(of(i32::MIN, start(0) - 1)), 50);
    assert_eq!(plain(of(i32::MIN, start(0))), 30);
    assert_eq!(plain(of(start(0) + 19, start(1))), 10);
    assert_eq!(plain(of(start(0) + 20, start(1) - 1)), 50);
    assert_eq!(plain(Days { column: DAY, ranges: vec![(0, start(0)), (start(2) + 9, start(2) + 9)] }), 20);
    // Nothing is said of the groups, or not enough.
    assert_eq!(unread(&lines, Style { statistics: false, ..PLAIN }, in_2020(), |_| {}), 0);
    let mut with_empty = lines.clone();
    with_empty[3].day = None;
    assert_eq!(unread(&with_empty, PLAIN, in_2020(), |_| {}), 10);
    // The first day of a group that comes after its last one proves nothing.
    let mut crossed = file(&lines, PLAIN);
    let (bytes, end) = crossed.split_last_chunk::<8>().expect("an end");
    let footer = bytes.len() - u32::from_le_bytes([end[0], end[1], end[2], end[3]]) as usize;
    let ends = [start(0), start(0) + 19].map(i32::to_le_bytes);
    let swapped: Vec<usize> =
        (footer..crossed.len() - 4).filter(|at| ends.iter().any(|end| crossed[*at..].starts_with(end))).collect();
    assert!(swapped.len() >= 2);
    for at in swapped {
        let other = if crossed[at..].starts_with(&ends[0]) { ends[1] } else { ends[0] };
        crossed[at..at + 4].copy_from_slice(&other);
    }
    assert_eq!(unread_of(crossed, in_2020(), |_| {}), 10);
    // A day that stands for no date.
    let day = jauge::types::Date::from_day_number(start(0)).to_string();
    let marked = |world: &mut World| world.source.columns[DAY].unknowns = vec![day.clone()];
    assert_eq!(unread(&lines, PLAIN, in_2020(), marked), 0);
    // Labels of periods: one in the whole group, and written whole; the statistics of texts are cut after four bytes.
    let labels = |first: i32, last: i32| Days { column: YEAR, ranges: vec![(first, last)] };
    let school_year = |first: i32| labels(first, first + 30);
    let cut = Style { cut: Some(4), ..PLAIN };
    assert_eq!(unread(&lines, cut, school_year(18_262), |_| {}), 0);
    assert_eq!(unread(&lines, PLAIN, school_year(18_262), |_| {}), 30);
    let mixed: Vec<Line> =
        lines.iter().map(|line| Line { year: line.year.min(1) + line.sex.unwrap_or(0), ..line.clone() }).collect();
    assert_eq!(unread(&mixed, PLAIN, school_year(19_000), |_| {}), 0);
}

#[test]
fn damaged_files_are_told_and_give_no_figure() {
    let whole = file(&some_lines(), PLAIN);
    assert!(!ask(whole.clone(), "registre.parquet", 1).unreadable);
    for cut in [0, 1, 4, 12, whole.len() / 2, whole.len() - 9, whole.len() - 1] {
        let cube = ask(whole[..cut].to_vec(), "registre.parquet", 2);
        assert!(cube.unreadable, "cut at {cut}");
        assert_eq!(cube.problems.iter().map(|problem| problem.code()).collect::<Vec<_>>(), ["E0556"], "cut at {cut}");
    }
    // A byte changed anywhere: other figures are not told apart from true ones without a checksum, but nothing breaks.
    for at in (0..whole.len()).step_by(3) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        let cube = ask(bytes.clone(), "registre.parquet", 1);
        assert!(!cube.unreadable || !cube.problems.is_empty());
        if at % 30 == 0 {
            assert_eq!(ask_divided(bytes, 3), cube, "byte {at}");
        }
    }
}

#[test]
fn types_without_one_value_a_row_are_refused() {
    let schema =
        "message registre { required group sexe (LIST) { repeated group list { optional binary element (UTF8); } } }";
    let schema = Arc::new(parse_message_type(schema).expect("a schema"));
    let mut bytes = Vec::new();
    let writer =
        SerializedFileWriter::new(&mut bytes, schema, Arc::new(WriterProperties::default())).expect("a writer");
    writer.close().expect("a file");
    let mut world = world_of("registre.parquet");
    world.source.columns.truncate(1);
    let query = CubeQuery {
        source: 0,
        keys: vec![dimension_key(SEX, 0, 0)],
        lanes: vec![Lane { filter: None, state: LaneState::Rows }],
        sets: vec![GroupingSet { keys: vec![0], lanes: vec![0] }],
        ..CubeQuery::default()
    };
    let cube = Engine::new(".").inline(0, bytes).cube(&query, world.catalog());
    assert_eq!(told(&cube).len(), 1);
    assert!(told(&cube)[0].starts_with("E0557"), "{:?}", cube.problems);
}

#[test]
fn floating_point_numbers_are_read_where_they_are_whole() {
    let schema = Arc::new(parse_message_type("message registre { required double montant; }").expect("a schema"));
    let mut bytes = Vec::new();
    let mut writer =
        SerializedFileWriter::new(&mut bytes, schema, Arc::new(WriterProperties::default())).expect("a writer");
    let mut group = writer.next_row_group().expect("a group");
    put!(group, DoubleType, vec![Some(3.0), Some(0.1), Some(-2.0), Some(f64::NAN), Some(1e300)], false);
    group.close().expect("a group");
    writer.close().expect("a file");
    let mut world = world_of("registre.parquet");
    world.source.columns = vec![world.source.columns[AMOUNT].clone()];
    let query = CubeQuery {
        source: 0,
        lanes: vec![Lane { filter: None, state: LaneState::Sum(0) }],
        sets: vec![GroupingSet { keys: vec![], lanes: vec![0] }],
        ..CubeQuery::default()
    };
    let cube = Engine::new(".").inline(0, bytes).cube(&query, world.catalog());
    let sum = jauge::plan::LaneValue::Sum(jauge::plan::Decimal { mantissa: 1, scale: 0 }, 2);
    assert_eq!(cube.sets[0].values().next().map(|values| values[0].clone()), Some(sum));
    assert_eq!(told(&cube), ["E0558 montant 0.1", "E0558 montant 1e300", "E0558 montant NaN"]);
}

/// Instants in universal time: half past eleven in the evening, midnight, and a nanosecond or so before it; before 1970 too.
#[test]
fn instants_of_every_form_fall_on_the_days_of_a_clock() {
    const DAY_IN_NANOS: i64 = 86_400_000_000_000;
    let days = [-1i64, 0, 18_261, 18_262];
    let nanos: Vec<i64> = days
        .iter()
        .flat_map(|day| [day * DAY_IN_NANOS, day * DAY_IN_NANOS + 84_600_000_000_000, (day + 1) * DAY_IN_NANOS - 1])
        .collect();
    let int96 = |nanos: &i64| {
        // Nanoseconds of the day in two words, then the day counted from the year 4713 before our era.
        let (day, of_day) = (nanos.div_euclid(DAY_IN_NANOS) + 2_440_588, nanos.rem_euclid(DAY_IN_NANOS));
        let mut value = Int96::new();
        value.set_data(of_day as u32, (of_day >> 32) as u32, day as u32);
        value
    };
    let written = |of: &str, dictionary: bool| {
        let schema = format!("message registre {{ required {of}; }}");
        let schema = Arc::new(parse_message_type(&schema).expect("a schema"));
        let properties = WriterProperties::builder().set_dictionary_enabled(dictionary).build();
        let mut bytes = Vec::new();
        let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties)).expect("a writer");
        let mut group = writer.next_row_group().expect("a group");
        let per = match of {
            of if of.contains("MILLIS") => 1_000_000,
            of if of.contains("MICROS") => 1_000,
            _ => 1,
        };
        if of.starts_with("int96") {
            put!(group, Int96Type, nanos.iter().map(|nanos| Some(int96(nanos))).collect(), false);
        } else {
            put!(group, Int64Type, nanos.iter().map(|nanos| Some(nanos.div_euclid(per))).collect(), false);
        }
        group.close().expect("a group");
        writer.close().expect("a file");
        bytes
    };
    let counts = |bytes: Vec<u8>, zone: Option<&str>| {
        let mut world = world_of("registre.parquet");
        world.source.columns = vec![world.source.columns[DAY].clone()];
        world.source.format.zone = zone.and_then(jauge::types::Offset::read);
        let query = CubeQuery {
            keys: vec![Key::Period { column: 0, calendar: CalendarId::DAY }],
            lanes: vec![Lane { filter: None, state: LaneState::Rows }],
            sets: vec![GroupingSet { keys: vec![0], lanes: vec![0] }],
            ..CubeQuery::default()
        };
        let cube = Engine::new(".").inline(0, bytes).cube(&query, world.catalog());
        let rows: Vec<(i32, jauge::plan::LaneValue)> =
            cube.sets[0].iter().map(|(codes, values)| (codes[0], values[0].clone())).collect();
        (rows, cube.problems.iter().map(|problem| problem.code()).collect::<Vec<_>>())
    };
    let expected = |minutes: i64| {
        let mut rows: std::collections::BTreeMap<i32, u64> = Default::default();
        for nanos in &nanos {
            *rows.entry((nanos + minutes * 60_000_000_000).div_euclid(DAY_IN_NANOS) as i32).or_default() += 1;
        }
        rows.into_iter().map(|(day, rows)| (day, jauge::plan::LaneValue::Count(rows))).collect::<Vec<_>>()
    };
    let universal = [
        "int96 jour",
        "int64 jour (TIMESTAMP(MILLIS,true))",
        "int64 jour (TIMESTAMP(MICROS,true))",
        "int64 jour (TIMESTAMP(NANOS,true))",
    ];
    for of in universal {
        for dictionary in [false, true] {
            for (zone, minutes) in [("UTC", 0), ("UTC+1", 60), ("UTC-3:30", -210)] {
                assert_eq!(counts(written(of, dictionary), Some(zone)), (expected(minutes), vec![]), "{of} in {zone}");
            }
            // Without a clock, midnight is the start of its day and the others have none.
            let (rows, told) = counts(written(of, dictionary), None);
            let count = jauge::plan::LaneValue::Count;
            let midnights = days.map(|day| (day as i32, count(1)));
            assert_eq!(rows, [&[(Cube::UNKNOWN, count(8))], midnights.as_slice()].concat(), "{of}");
            assert!(!told.is_empty() && told.iter().all(|code| *code == "E0542"), "{of}: {told:?}");
        }
    }
    for of in ["MILLIS", "MICROS", "NANOS"] {
        // A clock on the wall has its own days.
        let own = counts(written(&format!("int64 jour (TIMESTAMP({of},false))"), false), Some("UTC+1"));
        assert_eq!(own, (expected(0), vec![]), "{of}");
    }
}

#[test]
fn names_of_folders_are_columns() {
    let root = std::env::temp_dir().join(format!("jauge-named-{}", std::process::id()));
    for (sex, text) in [("F", "annee\n2018-2019\n2018-2019\n"), ("M", "annee\n2018-2019\n")] {
        let folder = root.join(format!("registre/sexe={sex}"));
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("un.csv"), text).expect("a file");
    }
    let mut world = world_of("registre/");
    world.source.columns.retain(|column| ["sexe", "annee"].contains(&column.name.as_str()));
    let query = CubeQuery {
        source: 0,
        keys: vec![dimension_key(SEX, 0, 0)],
        lanes: vec![Lane { filter: None, state: LaneState::Rows }],
        sets: vec![GroupingSet { keys: vec![0], lanes: vec![0] }],
        ..CubeQuery::default()
    };
    let cube = Engine::new(&root).cube(&query, world.catalog());
    assert_eq!(told(&cube), Vec::<String>::new());
    let counts: Vec<_> = cube.sets[0].iter().map(|(codes, values)| (codes[0], values[0].clone())).collect();
    assert_eq!(counts, [(0, jauge::plan::LaneValue::Count(2)), (1, jauge::plan::LaneValue::Count(1))]);
    // Files that are no data are told, as are folders without any.
    std::fs::write(root.join("registre/notes.docx"), "x").expect("a file");
    assert_eq!(told(&Engine::new(&root).cube(&query, world.catalog())), ["E0561"]);
    std::fs::remove_dir_all(root.join("registre")).expect("the folder");
    std::fs::create_dir_all(root.join("registre")).expect("a folder");
    assert_eq!(told(&Engine::new(&root).cube(&query, world.catalog())), ["E0559"]);
}
