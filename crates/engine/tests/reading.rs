//! What the engine makes of files: separators, quotes, headers, encodings, cells.

mod common;

use common::*;
use jauge::plan::{CubeSource, Key, LaneState};
use jauge::problem::{DataProblem, Fact};
use jauge::program::model::{DateStyle, MissingPolicy, NoNumber, TestKind};
use jauge::types::CalendarId;
use jauge_engine::Engine;

fn by_sex() -> jauge::plan::CubeQuery {
    query(vec![dimension_key(SEX, 0, 0)], vec![LaneState::Rows, LaneState::Sum(AMOUNT)])
}

#[test]
fn separators_are_found_out_or_said() {
    let expected = ["[0] 2 4.5/2", "[1] 1 -2/1"];
    for text in [
        "sexe,montant\nF,1\nM,-2\nF,3.5\n",
        "sexe;montant\nF;1\nM;-2\nF;3.5",
        "sexe\tmontant\r\nF\t1\r\nM\t-2\r\nF\t3.5\r\n",
        "sexe|montant\rF|1\rM|-2\rF|3.5\r",
        "sep=;\r\nsexe;montant\r\nF;1\r\nM;-2\r\nF;3.5\r\n",
        "\u{feff}\n\nmontant;sexe;note\n1;F;\n-2;M;a,b,c,d\n\n3.5;F;x\n",
        "\"sexe\",\"montant\"\n\"F\",\"1\"\n\"M\",\"-2\"\n\" F \",\"3.5\"\n",
        "note,sexe,montant\n\"a \"\"b\"\",\nc\",F,1\nx,M,-2\n5\" pipe,F,3.5",
        "Sexe,sexe,montant,,\nx,F,1\nx,M,-2,\nx,F,3.5,,,,\n",
    ] {
        let cube = world().ask(&by_sex(), text);
        assert_eq!(
            (show(&cube), problems(&cube)),
            (expected.iter().map(|s| s.to_string()).collect(), vec![]),
            "{text:?}"
        );
        assert_eq!(cube.rows, 3);
    }
}

#[test]
fn a_declared_separator_is_kept_to() {
    let mut world = world();
    world.source.format.separator = Some(';');
    let cube = world.ask(&by_sex(), "sexe,montant\nF,1\n");
    assert!(cube.unreadable);
    assert_eq!(problems(&cube), ["E0512 1:0"]);
    let Fact::DataProblem(DataProblem::MissingColumn { separator, found, .. }) = &cube.problems[0].fact else {
        panic!()
    };
    assert_eq!((separator, found.as_slice()), (&Some(','), &["sexe,montant".to_string()][..]));
    world.source.format.separator = Some('¤');
    assert_eq!(problems(&world.ask(&by_sex(), "sexe,montant\n")), ["E0511 text"]);
}

#[test]
fn encodings() {
    let mut world = world().lenient();
    let text = "sexe,region\nFéminin,L’Oriental\n";
    let ask = |world: &World, bytes: Vec<u8>| {
        let directory = std::env::temp_dir().join(format!("jauge-encodings-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::write(directory.join("registre.csv"), bytes).unwrap();
        let mut world_columns = world.source.clone();
        world_columns.columns.truncate(2);
        let catalog = jauge::plan::Catalog { source: &world_columns, ..world.catalog() };
        let query = query(vec![dimension_key(0, 0, 0), dimension_key(1, 1, 0)], vec![LaneState::Rows]);
        let cube = Engine::new(&directory).cube(&query, catalog);
        std::fs::remove_dir_all(&directory).unwrap();
        (show(&cube), problems(&cube))
    };
    let fine = (vec!["[0 3] 1".to_string()], vec![]);
    let latin: Vec<u8> = text.chars().map(|c| if c == '’' { 0x92 } else { c as u8 }).collect();
    let wide = |big: bool, mark: bool| -> Vec<u8> {
        let text = if mark { format!("\u{feff}{text}") } else { text.to_string() };
        text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    assert_eq!(ask(&world, text.into()), fine);
    assert_eq!(ask(&world, format!("\u{feff}{text}").into()), fine);
    assert_eq!(ask(&world, wide(true, true)), fine);
    assert_eq!(ask(&world, wide(false, true)), fine);
    // Not declared, not UTF-8: said, never guessed.
    assert_eq!(ask(&world, latin.clone()).1, ["E0508 2:1 Féminin"]);
    assert_eq!(ask(&world, wide(false, false)).1, ["E0508 1:1 sexe,region"]);
    assert_eq!(ask(&world, wide(true, false)).1, ["E0508 1:1 sexe,region"]);
    let mut odd = wide(false, true);
    odd.pop();
    assert_eq!(ask(&world, odd).1, ["E0510 2:0"]);
    world.source.format.encoding = Some("windows-1252".into());
    assert_eq!(ask(&world, latin), fine);
    world.source.format.encoding = Some("utf-16le".into());
    assert_eq!(ask(&world, wide(false, false)), fine);
    world.source.format.encoding = Some("windows-1525".into());
    assert_eq!(ask(&world, text.into()).1, ["E0509 text"]);
    world.source.format.encoding = Some("utf-8".into());
    assert_eq!(ask(&world, b"sexe,region\nF\xe9,ORI\n".to_vec()).1, ["E0510 2:1"]);
}

#[test]
fn files_that_cannot_be_read() {
    let directory = std::env::temp_dir().join(format!("jauge-files-{}", std::process::id()));
    std::fs::create_dir_all(directory.join("dossier")).unwrap();
    std::fs::write(directory.join("registres.csv"), "").unwrap();
    std::fs::write(directory.join("classeur.csv"), b"PK\x03\x04xxxx").unwrap();
    std::fs::write(directory.join("zero.csv"), b"a,b\n1,\0\n").unwrap();
    std::fs::write(directory.join("tetes.csv"), "sexe,montant").unwrap();
    let mut world = world();
    world.source.columns.truncate(1);
    let mut ask = |path: Option<&str>| {
        world.source.path = path.map(str::to_string);
        let cube = Engine::new(&directory).cube(&query(vec![], vec![LaneState::Rows]), world.catalog());
        (problems(&cube), cube)
    };
    let (codes, cube) = ask(Some("registre.csv"));
    assert_eq!(codes, ["E0501 text"]);
    assert!(cube.problems[0].words(jauge::text::Lang::Fr).help.contains("fichier: \"registres.csv\""));
    assert!(cube.unreadable && cube.sets.len() == 1);
    assert_eq!(ask(Some("ailleurs/x.csv")).0, ["E0501 text"]);
    assert_eq!(ask(Some("dossier")).0, ["E0502 text"]);
    assert_eq!(ask(Some("registres.csv")).0, ["E0506 text"]);
    assert_eq!(ask(Some("classeur.csv")).0, ["E0507 text"]);
    assert_eq!(ask(Some("zero.csv")).0, ["E0507 text"]);
    assert_eq!(ask(None).0, ["E0530 text"]);
    let (codes, cube) = ask(Some("tetes.csv"));
    assert_eq!((codes, show(&cube)), (vec!["W0501 1:0".to_string()], vec!["[] 0".to_string()]));
    std::fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn headers() {
    let mut world = world();
    world.source.columns[SEX].headers.push("Sexe de l'élève".into());
    let cube = world.ask(&by_sex(), "Sexe de l’e\u{301}le\u{300}ve ,montant\nF,1\n");
    assert_eq!(show(&cube), ["[0] 1 1/1"]);
    let cube = world.ask(&by_sex(), "SEXE,montant\nF,1\n");
    assert!(cube.unreadable);
    assert!(cube.problems[0].words(jauge::text::Lang::En).help.contains("header \"SEXE\""));
    let cube = world.ask(&by_sex(), "sexe,montant,sexe\nF,1,M\n");
    assert_eq!((problems(&cube), cube.unreadable), (vec!["E0513 1:3 sexe".to_string()], true));
}

#[test]
fn rows_that_do_not_fit_are_reported_and_left_aside() {
    let cube = world().ask(&by_sex(), "sexe,montant\nF,1\nM\nF,2,3\n\"F\"x,4\n\"F\",\"5\"\n");
    assert_eq!(show(&cube), ["[0] 2 6/2"]);
    assert_eq!(problems(&cube), ["E0514 3:0", "E0514 4:0", "E0516 5:0"]);
    assert_eq!(cube.rows, 5);
    let cube = world().ask(&by_sex(), "sexe,montant\nF,1\nM,\"2\nF,3\n");
    assert_eq!((problems(&cube), cube.unreadable), (vec!["E0515 3:0".to_string()], true));
}

#[test]
fn codes_labels_and_aliases() {
    let text = "region\nORI\nL’Oriental\n Tanger – Te\u{301}touan \nOujda\nTétouan\n\"\"\noriental\nRabat\n";
    let mut world = world();
    world.source.columns[REGION].unknowns.push("_U".into());
    let at = |level| query(vec![dimension_key(REGION, 1, level)], vec![LaneState::Rows]);
    let cube = world.ask(&at(0), text);
    assert_eq!(show(&cube), ["[?] 3", "[0] 2", "[3] 3"]);
    assert_eq!(problems(&cube), ["E0518 7:1", "E0525 8:1 oriental", "E0525 9:1 Rabat"]);
    let Fact::DataProblem(DataProblem::UnknownCode { near, .. }) = &cube.problems[1].fact else { panic!() };
    assert_eq!(near, &Some(("ORI".to_string(), "L'Oriental".to_string())));
    assert_eq!(show(&world.ask(&at(1), text)), ["[?] 6", "[1] 1", "[4] 1"]);
    world.source.columns[REGION].totals.push("_T".into());
    assert_eq!(show(&world.ask(&at(0), "region\n_T\n_U\nORI\n")), ["[?] 1", "[T] 1", "[3] 1"]);
}

#[test]
fn bands_dates_periods_and_words() {
    let keys = vec![
        dimension_key(AGE, 2, 0),
        Key::Period { column: YEAR, calendar: CalendarId(5) },
        Key::Period { column: DAY, calendar: CalendarId::QUARTER },
    ];
    let mut world = world();
    world.source.format.dates = DateStyle::DayMonthYear;
    let text = "age,annee,jour\n3,2019-2020,15/06/2020\n18+,2019/20,1/7/2020\n17.5,2019,2020-06-15\n";
    let cube = world.ask(&query(keys, vec![LaneState::Rows, LaneState::Maximum(AGE)]), text);
    assert_eq!(show(&cube), ["[? ? ?] 1 -", "[0 2019 8081] 1 3", "[1 2019 8082] 1 -"]);
    assert_eq!(problems(&cube), ["E0526 4:1 17.5", "E0524 4:2 2019", "E0523 4:3 2020-06-15"]);
    assert_eq!(cube.periods, [(1, (2019, 2019)), (2, (8081, 8082))].into());
    let paid = counting(PAID, TestKind::Yes, MissingPolicy::Excluded);
    let cube = world.ask(&paid, "paye\nOui\nNON\nvrai\n1\npeut-être\n");
    assert_eq!((show(&cube), problems(&cube)), (vec!["[] 3".to_string()], vec!["E0527 6:1 peut-être".to_string()]));
}

#[test]
fn numbers_out_of_style() {
    let mut world = world();
    world.source.columns[AMOUNT].without_number.push((NoNumber::NotAvailable, "-".into()));
    let text = "montant\n1\n-\n\"3,5\"\n1.234\n1e5\nabc\n12345678901234567890123456789\n0.1\n";
    let cube = world.ask(&query(vec![], vec![LaneState::Sum(AMOUNT), LaneState::Present(AMOUNT)]), text);
    assert_eq!(show(&cube), ["[] 1.1/2 2"]);
    assert_eq!(
        problems(&cube),
        [
            "E0570 4:1 3,5",
            "E0520 5:1 1.234",
            "E0521 6:1 1e5",
            "E0519 7:1 abc",
            "E0522 8:1 12345678901234567890123456789"
        ]
    );
}

#[test]
fn confidential_cells_are_masked() {
    let mut world = world();
    world.source.columns[REGION].confidential = true;
    let mut query = query(vec![dimension_key(REGION, 1, 0)], vec![LaneState::Rows]);
    query.unique = vec![REGION];
    let cube = world.ask(&query, "region\nRabat\nORI\nOujda\nORI\n");
    assert_eq!(problems(&cube), ["E0525 2:1 •••", "E0528 5:1 •••"]);
    assert!(!format!("{:?}", cube.problems).contains("Rabat") && !format!("{:?}", cube.problems).contains("ORI"));
}

#[test]
fn duplicate_keys_show_both_lines() {
    let mut query = query(vec![], vec![LaneState::Rows]);
    query.unique = vec![SEX, REGION];
    let cube = world().ask(&query, "sexe,region\nF,ORI\nM,ORI\nFéminin,L'Oriental\nF,ORI\n");
    assert_eq!(problems(&cube), ["E0528 4:0 Féminin | L'Oriental", "E0528 5:0 F | ORI"]);
    let Fact::DataProblem(DataProblem::DuplicateKey { first, .. }) = &cube.problems[1].fact else { panic!() };
    assert_eq!((*first, cube.problems[1].also.len()), (2, 1));
}

#[test]
fn problems_are_capped_and_counted() {
    let text = format!("sexe,montant\n{}", "X,1\n".repeat(52_500));
    let cube = world().ask(&by_sex(), text);
    assert_eq!((cube.problems.len(), cube.problems_left_out), (50_000, 2_500));
    assert_eq!(show(&cube), ["[?] 52500 52500/52500"]);
}
