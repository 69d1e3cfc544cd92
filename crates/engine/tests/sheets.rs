//! What the engine makes of workbooks. All data are synthetic.

mod common;

use std::io::Write;
use std::path::PathBuf;

use common::*;
use jauge::plan::{Cube, CubeQuery, CubeSource, LaneState};
use jauge::problem::{DataProblem, Fact, Place};
use jauge::program::model::{DateStyle, SheetWanted, TestKind};
use jauge_engine::Engine;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

/// A folder of its own for each test.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("jauge-sheets-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn ask(world: &World, root: &std::path::Path, file: &str, query: &CubeQuery) -> Cube {
    let mut world = World { source: world.source.clone(), ..common::world() };
    world.source.path = Some(file.into());
    Engine::new(root).threads(2).chunk_bytes(64).cube(query, world.catalog())
}

fn sums() -> CubeQuery {
    query(vec![dimension_key(SEX, 0, 0)], vec![LaneState::Rows, LaneState::Sum(AMOUNT)])
}

fn addresses(cube: &Cube) -> Vec<String> {
    let of = |place: &Place| match place {
        Place::Data(at) => at.address().unwrap_or_default(),
        Place::Text(_) | Place::Path(_) | Place::Table(_) => String::new(),
    };
    cube.problems.iter().map(|problem| format!("{} {}", problem.code(), of(&problem.at))).collect()
}

#[test]
fn cells_are_taken_as_the_workbook_keeps_them() {
    let root = folder("cells");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Mes données").expect("a name");
    sheet.write(0, 1, "Registre 2020").expect("a cell");
    for (column, header) in ["", "sexe", "montant", "jour", "note"].iter().enumerate() {
        sheet.write(3, column as u16, *header).expect("a cell");
    }
    let date = Format::new().set_num_format("dd/mm/yyyy");
    let rows: [(&str, f64); 3] = [("F", 0.1 + 0.2), ("M", -2.0), ("F", 1e6)];
    for (at, (sex, amount)) in rows.into_iter().enumerate() {
        let row = 4 + at as u32;
        sheet.write(row, 1, sex).expect("a cell");
        sheet.write(row, 2, amount).expect("a cell");
        let day = ExcelDateTime::from_ymd(2020, 2, 27 + at as u8).expect("a day");
        sheet.write_with_format(row, 3, &day, &date).expect("a cell");
    }
    // Kept as text, as a person types them; a row of nothing; a note beside the table; a total.
    sheet.write(7, 1, "F").expect("a cell");
    sheet.write(7, 2, "12,5").expect("a cell");
    sheet.write(7, 3, "15/02/2020").expect("a cell");
    sheet.write(7, 9, "une \"note\"\nà côté").expect("a cell");
    sheet.write(9, 1, "M").expect("a cell");
    sheet.write_formula(9, 2, Formula::new("=1+2").set_result("3")).expect("a cell");
    sheet.write(10, 1, " Total ").expect("a cell");
    sheet.write(10, 2, 999).expect("a cell");
    book.save(root.join("r.xlsx")).expect("a workbook");

    let mut world = world().lenient();
    world.source.format.decimal = Some(',');
    world.source.format.dates = DateStyle::DayMonthYear;
    world.source.format.excluded_rows = vec!["Total".into()];
    world.source.columns.retain(|column| ["sexe", "montant", "jour"].contains(&column.name.as_str()));
    let (amount, day) = (1, 2);
    let cube = ask(
        &world,
        &root,
        "r.xlsx",
        &query(vec![dimension_key(SEX, 0, 0)], vec![LaneState::Rows, LaneState::Sum(amount)]),
    );
    assert_eq!(addresses(&cube), Vec::<String>::new());
    let lines = query(vec![dimension_key(SEX, 0, 0)], vec![LaneState::Line]);
    assert_eq!(show(&ask(&world, &root, "r.xlsx", &lines)), ["[0] 5", "[1] 6"]);
    assert_eq!(show(&cube), ["[0] 3 1000012.8/3", "[1] 2 1/2"]);
    assert_eq!(cube.rows, 5);
    let from = jauge::types::Date::new(2020, 2, 28).expect("a day").day_number();
    let late = counting(day, TestKind::DayBetween(from, from + 1), jauge::program::model::MissingPolicy::Excluded);
    assert_eq!(show(&ask(&world, &root, "r.xlsx", &late)), ["[] 2"]);

    // The columns that are not in the sheet are told where the headers are.
    let cube = ask(&common::world(), &root, "r.xlsx", &sums());
    let expected =
        ["E0512 'Mes données'!4:4"; 5].into_iter().chain(["E0520 'Mes données'!C8", "E0525 'Mes données'!B11"]);
    assert_eq!(addresses(&cube), expected.collect::<Vec<_>>());
    std::fs::remove_dir_all(root).expect("the folder");
}

#[test]
fn errors_and_wrong_cells_have_their_address() {
    let root = folder("errors");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "sexe").expect("a cell");
    sheet.write(0, 27, "montant").expect("a cell");
    sheet.write(1, 0, "F").expect("a cell");
    sheet.write_formula(1, 27, Formula::new("=1/0").set_result("#DIV/0!")).expect("a cell");
    sheet.write(2, 0, "X").expect("a cell");
    sheet.write(2, 27, "douze").expect("a cell");
    sheet.write(3, 0, "M").expect("a cell");
    book.save(root.join("e.xlsx")).expect("a workbook");
    let mut world = world();
    world.source.columns.retain(|column| ["sexe", "montant"].contains(&column.name.as_str()));
    let cube = ask(&world, &root, "e.xlsx", &query(vec![dimension_key(0, 0, 0)], vec![LaneState::Sum(1)]));
    assert_eq!(addresses(&cube), ["E0576 Sheet1!AB2", "E0525 Sheet1!A3", "E0519 Sheet1!AB3", "E0518 Sheet1!AB4"]);
    std::fs::remove_dir_all(root).expect("the folder");
}

#[test]
fn shares_are_read_as_they_are_shown() {
    let root = folder("shares");
    let mut book = Workbook::new();
    let percent = Format::new().set_num_format("0.0%");
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "montant").expect("a cell");
    sheet.write_with_format(1, 0, 0.314, &percent).expect("a cell");
    sheet.write_with_format(2, 0, 0.07, &percent).expect("a cell");
    sheet.write(3, 0, 50).expect("a cell");
    book.save(root.join("s.xlsx")).expect("a workbook");
    let mut world = world();
    world.source.columns.retain(|column| column.name == "montant");
    world.source.columns[0].of = jauge::program::model::ColumnType::Number(jauge::types::Unit::Percent);
    let cube = ask(&world, &root, "s.xlsx", &query(vec![], vec![LaneState::Sum(0)]));
    assert_eq!((show(&cube), addresses(&cube)), (vec!["[] 88.4/3".to_string()], vec![]));
    // In a column that is no share, a cell shown in per cent is not taken for a number.
    world.source.columns[0].of = jauge::program::model::ColumnType::Number(jauge::types::Unit::Number);
    let cube = ask(&world, &root, "s.xlsx", &query(vec![], vec![LaneState::Sum(0)]));
    assert_eq!(addresses(&cube), ["E0519 Sheet1!A2", "E0519 Sheet1!A3"]);
    std::fs::remove_dir_all(root).expect("the folder");
}

#[test]
fn sheets_are_named_or_counted() {
    let root = folder("names");
    let mut book = Workbook::new();
    for (name, hidden, sex) in [("Lisez-moi", false, "M"), ("Données", false, "F"), ("Archives", true, "M")] {
        let sheet = book.add_worksheet().set_name(name).expect("a name").set_hidden(hidden);
        sheet.write(0, 0, "sexe").expect("a cell");
        sheet.write(1, 0, sex).expect("a cell");
    }
    book.save(root.join("n.xlsx")).expect("a workbook");
    let mut world = world();
    world.source.columns.retain(|column| column.name == "sexe");
    let query = query(vec![dimension_key(0, 0, 0)], vec![LaneState::Rows]);
    let mut of = |sheet: Option<SheetWanted>| {
        world.source.format.sheet = sheet;
        ask(&world, &root, "n.xlsx", &query)
    };
    let cube = of(None);
    let [problem] = cube.problems.as_slice() else { panic!("{:?}", cube.problems) };
    let Fact::DataProblem(DataProblem::SheetNotSaid { sheets, .. }) = &problem.fact else { panic!("{problem:?}") };
    assert_eq!((sheets.join(","), cube.unreadable), ("Lisez-moi,Données".to_string(), true));
    for sheet in [SheetWanted::Name("Données".into()), SheetWanted::Name(" Données".into()), SheetWanted::Number(2)] {
        let cube = of(Some(sheet.clone()));
        assert_eq!((show(&cube), cube.problems.len()), (vec!["[0] 1".to_string()], 0), "{sheet:?}");
    }
    let cube = of(Some(SheetWanted::Number(3)));
    assert_eq!((show(&cube), addresses(&cube)), (vec!["[1] 1".to_string()], vec!["W0502 ".to_string()]));
    for sheet in [SheetWanted::Name("Donées".into()), SheetWanted::Number(4)] {
        let cube = of(Some(sheet));
        let [problem] = cube.problems.as_slice() else { panic!("{:?}", cube.problems) };
        assert_eq!((problem.code(), cube.unreadable), ("E0572", true));
    }
    std::fs::remove_dir_all(root).expect("the folder");
}

#[test]
fn old_and_open_workbooks() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut world = world();
    world.source.columns.retain(|column| ["sexe", "montant", "jour"].contains(&column.name.as_str()));
    let query = query(vec![dimension_key(0, 0, 0)], vec![LaneState::Rows, LaneState::Sum(1)]);
    let cube = ask(&world, &root, "synthetic.xls", &query);
    assert_eq!(
        (show(&cube), addresses(&cube)),
        (vec!["[0] 2 4.5/2".into(), "[1] 1 -2/1".into()], vec![]),
        "{:?}",
        cube.problems
    );

    let root = folder("ods");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(root.join("o.ods")).expect("a file"));
    let options = zip::write::SimpleFileOptions::default();
    let mut file = |name: &str, text: &str| {
        zip.start_file(name, options).expect("an entry");
        zip.write_all(text.as_bytes()).expect("its text");
    };
    file("mimetype", "application/vnd.oasis.opendocument.spreadsheet");
    file(
        "META-INF/manifest.xml",
        "<?xml version=\"1.0\"?><manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>",
    );
    let cell = |kind: &str, value: &str, text: &str| {
        format!("<table:table-cell office:value-type=\"{kind}\" {value}><text:p>{text}</text:p></table:table-cell>")
    };
    let text = |text: &str| cell("string", "", text);
    let row = |cells: [String; 3]| format!("<table:table-row>{}</table:table-row>", cells.concat());
    let float = |number: &str| cell("float", &format!("office:value=\"{number}\""), number);
    let day = |day: &str| cell("date", &format!("office:date-value=\"{day}\""), day);
    let rows = [
        row([text("sexe"), text("montant"), text("jour")]),
        row([text("F"), float("1.5"), day("2020-03-01")]),
        row([text("M"), text("-2"), day("2020-03-02")]),
        row([text("F"), float("3"), day("2020-03-03")]),
    ];
    file(
        "content.xml",
        &format!(
            "<?xml version=\"1.0\"?><office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
             xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
             xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body><office:spreadsheet>\
             <table:table table:name=\"Données\">{}</table:table></office:spreadsheet></office:body>\
             </office:document-content>",
            rows.concat()
        ),
    );
    zip.finish().expect("an archive");
    let cube = ask(&world, &root, "o.ods", &query);
    assert_eq!(
        (show(&cube), addresses(&cube)),
        (vec!["[0] 2 4.5/2".into(), "[1] 1 -2/1".into()], vec![]),
        "{:?}",
        cube.problems
    );
    std::fs::remove_dir_all(root).expect("the folder");
}

/// An `.ods` with this content.
fn open_document(path: &std::path::Path, tables: &str) {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path).expect("a file"));
    zip.start_file("content.xml", zip::write::SimpleFileOptions::default()).expect("an entry");
    let content = format!(
        "<?xml version='1.0'?><office:document-content><office:automatic-styles><style:style style:name='ta2'>\
         <style:table-properties table:display='false'/></style:style></office:automatic-styles><office:body>\
         <office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    );
    zip.write_all(content.as_bytes()).expect("its text");
    zip.finish().expect("an archive");
}

#[test]
fn open_documents_say_what_is_hidden_shared_and_repeated() {
    let root = folder("open");
    let text =
        |text: &str| format!("<table:table-cell office:value-type='string'><text:p>{text}</text:p></table:table-cell>");
    let value = |kind: &str, value: &str| {
        format!("<table:table-cell table:formula='of:=[.A1]' office:value-type='{kind}' office:value='{value}'/>")
    };
    let row = |attributes: &str, cells: &[String]| {
        format!("<table:table-row {attributes}>{}</table:table-row>", cells.concat())
    };
    let note = "<table:table-cell office:value-type='string'><office:annotation><text:p>note</text:p></office:annotation>\
                <text:p>mon<text:span>tant</text:span></text:p></table:table-cell>";
    let rows = [
        row("", &[text("sexe"), note.to_string(), "<table:table-cell table:number-columns-repeated='16382'/>".into()]),
        row("table:number-rows-repeated='3' table:visibility='filter'", &[text("F"), value("float", "1.50")]),
        row("table:number-rows-repeated='2'", &["<table:table-cell table:number-columns-repeated='16384'/>".to_string()]),
        row("", &[text("M"), value("percentage", "0.07")]),
        row("", &[text("M"), "<table:table-cell table:formula='of:=SUM([.B2:.B3])'/>".to_string()]),
        row(
            "",
            &[
                text("F<text:s text:c='2'/>"),
                "<table:table-cell office:value-type='string' calcext:value-type='error'><text:p>#N/A</text:p></table:table-cell>".into(),
            ],
        ),
        row("table:number-rows-repeated='1048000'", &["<table:table-cell table:number-columns-repeated='16384'/>".into()]),
    ];
    let hidden = "<table:table table:name='Caché' table:style-name='ta2'/>";
    let tables = format!("{hidden}<table:table table:name='S'><table:table-column/>{}</table:table>", rows.concat());
    open_document(&root.join("o.ods"), &tables);
    let mut world = world();
    world.source.columns.retain(|column| ["sexe", "montant"].contains(&column.name.as_str()));
    world.source.columns[1].of = jauge::program::model::ColumnType::Number(jauge::types::Unit::Percent);
    let query = query(vec![dimension_key(0, 0, 0)], vec![LaneState::Rows, LaneState::Sum(1)]);
    let cube = ask(&world, &root, "o.ods", &query);
    assert_eq!(addresses(&cube), ["W0504 S!2:2", "E0535 S!B8", "E0576 S!B9"]);
    assert_eq!(show(&cube), ["[0] 4 4.5/3", "[1] 2 7/1"]);
    assert!(cube.problems[0].words(jauge::text::Lang::Fr).label.ends_with("lignes 2 à 4"));
    // A cell that repeats without end, in rows that repeat without end.
    let bomb = row(
        "table:number-rows-repeated='1048576'",
        &["<table:table-cell table:number-columns-repeated='16384' office:value-type='float' office:value='1'/>"
            .into()],
    );
    open_document(&root.join("b.ods"), &format!("<table:table table:name='S'>{bomb}</table:table>"));
    assert!(ask(&world, &root, "b.ods", &query).unreadable);
    std::fs::remove_dir_all(root).expect("the folder");
}

/// An `.xlsx` of one sheet with this text, and these shared texts written from a reader.
fn packed(path: &std::path::Path, sheet: &str, shared: &mut dyn std::io::Read) {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path).expect("a file"));
    let options = zip::write::SimpleFileOptions::default();
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let book = format!(
        "<workbook xmlns=\"{main}\" xmlns:r=\"{relations}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
    );
    let links = format!(
        "<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{relations}/worksheet\" \
         Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" Type=\"{relations}/sharedStrings\" \
         Target=\"/xl/sharedStrings.xml\"/></Relationships>"
    );
    let sheet = match sheet.starts_with("<worksheet") {
        true => sheet.to_string(),
        false => format!("<worksheet xmlns=\"{main}\"><sheetData>{sheet}</sheetData></worksheet>"),
    };
    let root = format!(
        "<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{relations}/officeDocument\" \
         Target=\"xl/workbook.xml\"/></Relationships>"
    );
    for (name, text) in [
        ("_rels/.rels", root),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", links),
        ("xl/worksheets/sheet1.xml", sheet),
    ] {
        zip.start_file(name, options).expect("an entry");
        zip.write_all(text.as_bytes()).expect("its text");
    }
    zip.start_file("xl/sharedStrings.xml", options).expect("an entry");
    std::io::copy(shared, &mut zip).expect("its text");
    zip.finish().expect("an archive");
}

#[test]
fn hidden_rows_are_told() {
    let root = folder("hidden");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(2, 0, "sexe").expect("a cell");
    for row in 3..12u32 {
        sheet.write(row, 0, if row % 2 == 0 { "F" } else { "M" }).expect("a cell");
    }
    // Above the headers, two runs below them, and a row without cells.
    for row in [0, 4, 5, 6, 9, 20] {
        sheet.set_row_hidden(row).expect("a row");
    }
    sheet.write(0, 5, "note").expect("a cell");
    book.save(root.join("h.xlsx")).expect("a workbook");
    let mut world = world();
    world.source.columns.retain(|column| column.name == "sexe");
    let query = query(vec![dimension_key(0, 0, 0)], vec![LaneState::Rows]);
    let cube = ask(&world, &root, "h.xlsx", &query);
    assert_eq!(
        (show(&cube), addresses(&cube)),
        (vec!["[0] 4".into(), "[1] 5".into()], vec!["W0504 Sheet1!5:5".into()])
    );
    let words = cube.problems[0].words(jauge::text::Lang::Fr);
    assert_eq!(words.title, "4 lignes de la feuille « Sheet1 » de « h.xlsx » sont masquées");
    assert_eq!(words.label, "elles comptent comme les autres : lignes 5 à 7, ligne 10");
    // Of two header rows the second is none of the data either.
    world.source.format.header_rows = Some((3, 5));
    let cube = ask(&world, &root, "h.xlsx", &query);
    assert_eq!(addresses(&cube).last().map(String::as_str), Some("E0512 Sheet1!5:5"));

    let rows = "<row r=\"1\"><c t=\"inlineStr\"><is><t>sexe</t></is></c></row>\
                <row hidden=\"1\"><c t=\"inlineStr\"><is><r><t>F</t></r><rPh><t>x</t></rPh></is></c></row>";
    let filtered = format!("<worksheet><sheetPr filterMode=\"1\"/><sheetData>{rows}</sheetData></worksheet>");
    packed(&root.join("f.xlsx"), &filtered, &mut &b"<sst/>"[..]);
    let cube = ask(&world_of_sex(), &root, "f.xlsx", &query);
    assert_eq!((show(&cube), addresses(&cube)), (vec!["[0] 1".into()], vec!["W0504 S!2:2".into()]));
    assert!(cube.problems[0].words(jauge::text::Lang::En).help.contains("Clear filter"));
    std::fs::remove_dir_all(root).expect("the folder");
}

fn world_of_sex() -> World {
    let mut world = world();
    world.source.columns.retain(|column| column.name == "sexe");
    world
}

#[test]
fn formulas_without_a_result_are_told() {
    let root = folder("formulas");
    let text = |at: &str, text: &str| format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let rows = format!(
        "<row r=\"1\">{}{}{}</row>\
         <row r=\"2\">{}<c r=\"B2\"><f>SUM(B3:B9)&amp;\"a\"</f></c><c r=\"C2\"><f>1/0</f></c></row>\
         <row r=\"3\">{}<c r=\"B3\"><f>1+1</f><v></v></c></row>\
         <row r=\"4\">{}<c r=\"B4\"><f t=\"shared\" si=\"0\"/><v>3</v></c></row>\
         <row r=\"5\">{}<c r=\"B5\" t=\"str\"><f>\"\"</f><v></v></c></row>\
         <row r=\"6\">{}<c r=\"B6\"><v></v></c></row>",
        text("A1", "sexe"),
        text("B1", "montant"),
        text("C1", "note"),
        text("A2", "F"),
        text("A3", "F"),
        text("A4", "F"),
        text("A5", "F"),
        text("A6", "F")
    );
    packed(&root.join("f.xlsx"), &rows, &mut &b"<sst/>"[..]);
    let mut world = world();
    world.source.columns.retain(|column| ["sexe", "montant"].contains(&column.name.as_str()));
    let cube = ask(&world, &root, "f.xlsx", &query(vec![dimension_key(0, 0, 0)], vec![LaneState::Sum(1)]));
    // What is empty is told as empty; the column that is not read does not matter.
    assert_eq!(addresses(&cube), ["E0535 S!B2", "E0535 S!B3", "E0518 S!B5", "E0518 S!B6"]);
    assert_eq!(show(&cube), ["[0] 3/1"]);
    let words = cube.problems[0].words(jauge::text::Lang::Fr);
    assert_eq!(words.title, "la formule « =SUM(B3:B9)&\"a\" » n'a pas de résultat enregistré");
    std::fs::remove_dir_all(root).expect("the folder");
}

#[test]
fn xml_as_other_programs_write_it() {
    let root = folder("xml");
    let sheet = "<?xml version='1.0' encoding='UTF-8'?>\n<worksheet xmlns:x='http://x'><x:cols/><x:sheetData>\n\
                 <x:row r='1'> <x:c r='A1' t='s'><x:v>0</x:v></x:c>\n<x:c r='B1' t='s'><x:v> 1 </x:v></x:c></x:row>\
                 <x:row><x:c t='s' s='7'><x:v>2</x:v></x:c><x:c><x:v>1E3</x:v></x:c></x:row><!-- vide --><x:row/>\
                 <x:row><x:c t='str'><x:v>M</x:v></x:c><x:c t='n'><x:v>+2.50</x:v></x:c><x:c r='D4' s='1'/></x:row>\
                 </x:sheetData></worksheet>";
    let texts = "<sst><si><r><t>se</t></r><r><rPr><b/></rPr><t>xe</t></r></si><si><t>montant</t></si>\
                 <si><t xml:space='preserve'>_x000D_\n F&#32;</t></si></sst>";
    packed(&root.join("x.xlsx"), sheet, &mut texts.as_bytes());
    let mut world = world();
    world.source.columns.retain(|column| ["sexe", "montant"].contains(&column.name.as_str()));
    let query = query(vec![dimension_key(0, 0, 0)], vec![LaneState::Line, LaneState::Sum(1)]);
    let cube = ask(&world, &root, "x.xlsx", &query);
    assert_eq!((show(&cube), addresses(&cube)), (vec!["[0] 2 1000/1".into(), "[1] 4 2.5/1".into()], vec![]));
    for broken in [
        "<worksheet><sheetData><row r='1'><c r='A1'><v>1</v></c></row>",
        "<worksheet><sheetData><row r='0'><c><v>1</v></c></row></sheetData></worksheet>",
        "<worksheet><sheetData><row><c t='s'><v>9</v></c></row></sheetData></worksheet>",
        "<worksheet><sheetData><row><c r='1A'><v>9</v></c></row></sheetData></worksheet>",
        "<worksheet><sheetData><row><c t='é'><v>9</v></c></row></sheetData></worksheet>",
        "<worksheet><sheetData><row><c t='inlineStr'><is><t>&a;</t></is></c></row></sheetData></worksheet>",
        "<worksheet><!DOCTYPE a [<!ENTITY a 'b'>]><sheetData/></worksheet>",
        "<worksheet></worksheet>",
    ] {
        packed(&root.join("b.xlsx"), broken, &mut &b"<sst/>"[..]);
        let cube = ask(&world, &root, "b.xlsx", &query);
        assert_eq!((cube.problems[0].code(), cube.unreadable), ("E0574", true), "{broken}");
    }
    packed(&root.join("b.xlsx"), "<worksheet><sheetData/></worksheet>", &mut &b"<sst/>"[..]);
    assert_eq!(ask(&world, &root, "b.xlsx", &query).problems[0].code(), "E0506");
    std::fs::remove_dir_all(root).expect("the folder");
}

#[test]
fn hostile_workbooks_end_soon() {
    let root = folder("hostile");
    let header = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>sexe</t></is></c></row>";
    let mut world = world();
    world.source.columns.retain(|column| column.name == "sexe");
    let query = query(vec![dimension_key(0, 0, 0)], vec![LaneState::Rows]);
    let far = |at: &str, row: &str| {
        format!("{header}<row r=\"{row}\"><c r=\"{at}\" t=\"inlineStr\"><is><t>F</t></is></c></row>")
    };
    packed(&root.join("good.xlsx"), &far("A1048576", "1048576"), &mut &b"<sst/>"[..]);
    let cube = ask(&world, &root, "good.xlsx", &query);
    assert_eq!((show(&cube), cube.problems.len()), (vec!["[0] 1".to_string()], 0), "{:?}", cube.problems);
    for (at, row) in [("A4294967290", "4294967290"), ("A1048577", "1048577"), ("ZZZ2", "2")] {
        packed(&root.join("far.xlsx"), &far(at, row), &mut &b"<sst/>"[..]);
        let cube = ask(&world, &root, "far.xlsx", &query);
        assert!(cube.unreadable, "{at}");
    }
    // More than a gibibyte of blanks in a megabyte.
    packed(&root.join("bomb.xlsx"), &far("A2", "2"), &mut std::io::Read::take(std::io::repeat(b' '), (1 << 30) + 1));
    let cube = ask(&world, &root, "bomb.xlsx", &query);
    assert_eq!((cube.problems[0].code(), cube.unreadable), ("E0574", true));
    let mut zip = zip::ZipWriter::new(std::fs::File::create(root.join("bomb.ods")).expect("a file"));
    zip.start_file("content.xml", zip::write::SimpleFileOptions::default()).expect("an entry");
    std::io::copy(&mut std::io::Read::take(std::io::repeat(b' '), (1 << 30) + 1), &mut zip).expect("its text");
    zip.finish().expect("an archive");
    let cube = ask(&world, &root, "bomb.ods", &query);
    assert_eq!((cube.problems[0].code(), cube.unreadable), ("E0574", true));
    std::fs::remove_dir_all(root).expect("the folder");
}

#[test]
fn what_is_no_workbook_is_said() {
    let root = folder("broken");
    std::fs::write(root.join("text.xlsx"), "sexe;montant\nF;1\n").expect("a file");
    std::fs::write(root.join("empty.xlsx"), "").expect("a file");
    std::fs::write(root.join("r.csv"), "sexe;montant\nF;1\n").expect("a file");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for row in 0..2_000u32 {
        sheet.write(row, 0, format!("cellule {row}")).expect("a cell");
    }
    let whole = book.save_to_buffer().expect("a workbook");
    for cut in [1, 30, whole.len() / 3, whole.len() / 2, whole.len() - 10] {
        std::fs::write(root.join("cut.xlsx"), &whole[..cut]).expect("a file");
        let cube = ask(&world(), &root, "cut.xlsx", &sums());
        assert_eq!((cube.problems[0].code(), cube.unreadable), ("E0574", true), "{cut}");
    }
    // Bytes changed anywhere end in an answer or in a problem, never in a panic.
    for at in (0..whole.len()).step_by(397) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        std::fs::write(root.join("bent.xlsx"), &bytes).expect("a file");
        let _ = ask(&world(), &root, "bent.xlsx", &sums());
    }
    // Nor of an old workbook, whose reader is not ours.
    let old =
        std::fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/synthetic.xls")).expect("a workbook");
    for at in (0..old.len()).step_by(23) {
        let mut bytes = old.clone();
        bytes[at] ^= 0x55;
        std::fs::write(root.join("bent.xls"), &bytes).expect("a file");
        let _ = ask(&world(), &root, "bent.xls", &sums());
    }
    for cut in [0, 1, 30, 600, old.len() / 2, old.len() - 10] {
        std::fs::write(root.join("cut.xls"), &old[..cut]).expect("a file");
        let _ = ask(&world(), &root, "cut.xls", &sums());
    }
    for name in ["text.xlsx", "empty.xlsx"] {
        let cube = ask(&world(), &root, name, &sums());
        assert_eq!((cube.problems[0].code(), cube.unreadable), ("E0574", true), "{name}");
    }
    assert_eq!(ask(&world(), &root, "none.xlsx", &sums()).problems[0].code(), "E0501");
    let mut world = world();
    world.source.format.sheet = Some(SheetWanted::Number(1));
    assert_eq!(ask(&world, &root, "r.csv", &sums()).problems[0].code(), "E0575");
    std::fs::remove_dir_all(root).expect("the folder");
}

/// Of a number that a workbook keeps, fifteen digits are meant; declared decimals verify these.
#[test]
fn declared_decimals_verify_what_the_workbook_shows() {
    let root = folder("decimals");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "sexe").expect("a cell");
    sheet.write(0, 1, "montant").expect("a cell");
    let amounts = [0.1, 0.1 + 0.2, 1234.56, 0.125, 1.005, -0.0, 1e300, 5e-324, 12.0];
    for (row, amount) in (1u32..).zip(amounts) {
        sheet.write(row, 0, "F").expect("a cell");
        sheet.write(row, 1, amount).expect("a cell");
    }
    sheet.write(10, 0, "F").expect("a cell");
    sheet.write(10, 1, "2.505").expect("a cell");
    book.save(root.join("r.xlsx")).expect("a workbook");
    let mut world = world();
    world.source.format.decimal = Some('.');
    world.source.columns[AMOUNT].decimals = Some(2);
    let told = |cube: &Cube| addresses(cube).into_iter().filter(|one| !one.starts_with("E0512")).collect::<Vec<_>>();
    let cube = ask(&world, &root, "r.xlsx", &sums());
    assert_eq!(show(&cube), ["[0] 10 1246.96/5"]);
    assert_eq!(
        told(&cube),
        ["E0541 Sheet1!B5", "E0541 Sheet1!B6", "E0522 Sheet1!B8", "E0522 Sheet1!B9", "E0541 Sheet1!B11"]
    );
    world.source.columns[AMOUNT].decimals = None;
    let cube = ask(&world, &root, "r.xlsx", &sums());
    assert_eq!(show(&cube), ["[0] 10 1250.595/8"]);
}
