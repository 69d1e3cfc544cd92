//! What does not add is refused: each code of partials, its words in both languages, and no figure beside it.

mod common;

use common::*;
use jauge::problem::Problem;
use jauge::program::model::Program;
use jauge::text::Lang;
use jauge_partial::{Partial, merge, read};

const HEAD: &str = r#"language: english

unit pupil
  singular: "pupil"
  plural:   "pupils"
  is a:     person

dimension sex "Sex"
  groups: exclusive
  members:
    F  "Female"
    M  "Male"

source register "Register"
  file:        "register.csv"
  each row is: a pupil
  key:         id
  period:      year (year)
  columns:
    id   text, confidential
    sex  sex
    age  number, confidential
"#;

const COUNTED: &str = r#"
indicator enrolled "Enrolled"
  measure:          number of pupils in register
  disaggregated by: sex
"#;

/// What people see of problems, in both languages.
fn words(problems: &[Problem]) -> String {
    let mut out = String::new();
    for lang in Lang::ALL {
        for problem in problems {
            let words = problem.words(lang);
            out.push_str(&format!("{} {}\n  {}\n  {}\n", problem.code(), words.title, words.label, words.help));
            words.also.iter().for_each(|also| out.push_str(&format!("  also: {also}\n")));
        }
    }
    out
}

fn register(rows: &str) -> Data {
    vec![format!("id,sex,age,year\n{rows}")]
}

fn counted(more: &str) -> Program {
    program(&format!("{HEAD}{COUNTED}{more}"))
}

fn place(program: &Program, label: &str, data: &Data, how: How) -> Partial {
    sent(program, &written(program, label, data, how).unwrap_or_else(|problems| panic!("{problems:?}")))
}

fn two(program: &Program, one: &str, other: &str, how: How) -> [Partial; 2] {
    [place(program, "Nord", &register(one), how), place(program, "Sud", &register(other), how)]
}

fn refused<T: std::fmt::Debug>(result: Result<T, Vec<Problem>>) -> Vec<Problem> {
    result.expect_err("it is refused")
}

#[test]
fn the_same_part_twice() {
    let program = counted("");
    let [north, south] = two(&program, "a,F,7,2020\n", "b,F,8,2020\n", USUAL);
    let again = refused(merged(&program, &[north.clone(), north.clone()]));
    assert_eq!(codes(&again), ["E0593"]);
    insta::assert_snapshot!("twice", words(&again));
    // A merge that holds it already refuses it too.
    let both = merged(&program, &[north.clone(), south.clone()]).expect("a merge").0;
    assert_eq!(codes(&refused(merged(&program, &[both, south.clone()]))), ["E0593"]);
    // The same cells under another label: an error, unless somebody says that it is so.
    let named = |identical| {
        let partials = vec![("a.json".to_string(), north.clone()), ("b.json".to_string(), south.clone())];
        merge(&program, partials, identical)
    };
    let identical = refused(named(false));
    assert_eq!(codes(&identical), ["E0593"]);
    insta::assert_snapshot!("identical", words(&identical));
    assert!(named(true).is_ok());
    // Two places without rows double nothing.
    let [north, south] = two(&program, "", "", USUAL);
    let partials = vec![("a.json".to_string(), north), ("b.json".to_string(), south)];
    assert!(merge(&program, partials, false).is_ok());
}

#[test]
fn other_definitions() {
    let here = counted("");
    let partial = |text: &str| written(&program(text), "Nord", &register("a,F,7,2020\n"), USUAL).expect("a partial");
    let sent_here = |text: &str| {
        let partial = partial(text).write(&program(text));
        read(&here, "north.json", partial.as_bytes()).map(|_| ())
    };
    let text = format!("{HEAD}{COUNTED}");
    // Comments, layout, labels, targets and the way a file is written say nothing about its cells.
    let same = text
        .replace("  measure:   ", "  # how many\n  direction: up\n  target: 2021 = 5\n  measure:  ")
        .replace("\"Enrolled\"", "\"Pupils enrolled\"")
        .replace("\"register.csv\"", "\"other.csv\"\n  separator: \",\"")
        .replace("\"Female\"", "\"Girls\" alias \"Filles\"");
    assert!(same.len() > text.len() + 80);
    assert_eq!(sent_here(&same), Ok(()));
    for (from, to, named) in [
        ("number of pupils in register", "number of pupils in register where sex = F", "enrolled"),
        ("    M  \"Male\"", "    M  \"Male\"\n    X  \"Other\"", "sex"),
        ("    sex  sex\n", "    sex  sex, may be missing\n", "register"),
        ("  key:         id\n", "  key:         id\n  confidentiality threshold: 3\n", "register"),
        ("  disaggregated by: sex\n", "", "enrolled"),
    ] {
        let problems = refused(sent_here(&text.replace(from, to)));
        assert_eq!(codes(&problems), ["E0592"], "{to}");
        assert!(problems[0].words(Lang::En).label.contains(named), "{to}: {problems:?}");
    }
    let problems = refused(sent_here(
        &text
            .replace("sex = F", "")
            .replace("number of pupils in register", "number of pupils in register where age > 5"),
    ));
    insta::assert_snapshot!("other_definitions", words(&problems));
}

/// What a column is looked up by, and in what, is what it means; the rows there are each place's own.
#[test]
fn look_ups_are_definitions() {
    let text = format!(
        "{}{}",
        HEAD.replace("    age ", "    town    text\n    school  text\n    size    size in towns by town\n    age "),
        r#"
source towns "Towns"
  file:        "towns.csv"
  each row is: an event
  key:         code
  columns:
    code   text
    size   number
    other  number

indicator of_large "Pupils of large towns"
  measure:          number of pupils in register where size > 10
  disaggregated by: sex
"#
    );
    let here = program(&text);
    let data = |rows: &str, towns: &str| {
        vec![format!("id,sex,age,year,town,school\n{rows}"), format!("code,size,other\n{towns}")]
    };
    let north = data("a,F,7,2020,t1,s\nb,M,7,2020,t2,s\n", "t1,5,0\nt2,50,0\n");
    let south = data("c,M,7,2020,t1,s\n", "t1,11,0\n");
    let partials = [place(&here, "Nord", &north, USUAL), place(&here, "Sud", &south, USUAL)];
    let (outcome, _) = evaluated(&here, &merged(&here, &partials).expect("a merge").0);
    let total = outcome.figures.iter().find(|figure| figure.group.is_empty()).expect("a total");
    assert_eq!(total.value.number().map(|number| number.decimal()), Some("2".into()));
    for (from, to, named) in [
        ("size in towns by town", "size in towns by school", "register"),
        ("size in towns by town", "other in towns by town", "register"),
        ("    size   number\n", "    size   number of pupils\n", "towns"),
    ] {
        let other = program(&text.replace(from, to));
        let partial = written(&other, "Nord", &north, USUAL).expect("a partial").write(&other);
        let problems = refused(read(&here, "north.json", partial.as_bytes()).map(|_| ()));
        assert_eq!(codes(&problems), ["E0592"], "{to}");
        assert!(problems[0].words(Lang::En).label.contains(named), "{to}: {problems:?}");
    }
}

#[test]
fn the_language_of_keywords_is_no_definition() {
    let french = r#"langue: français

unité pupil
  singulier: "élève"
  pluriel:   "élèves"
  est:       personne

dimension sex "Sexe"
  groupes: exclusifs
  membres:
    F  "Filles"
    M  "Garçons"

source register "Registre"
  fichier:          "registre.csv"
  chaque ligne est: un élève
  identifiant:      id
  période:          year (année)
  colonnes:
    id   texte, confidentiel
    sex  sex
    age  nombre, confidentiel

indicateur enrolled "Inscrits"
  mesure:           nombre d'élèves de register
  ventilé par:      sex
"#;
    let (here, there) = (counted(""), program(french));
    let partial = written(&there, "Nord", &register("a,F,7,2020\n"), USUAL).expect("a partial");
    assert_eq!(partial.write(&there), {
        let read = read(&here, "north.json", partial.write(&there).as_bytes()).expect("it is read");
        read.write(&here)
    });
}

#[test]
fn others_are_asked() {
    let program = counted("indicator girls \"Girls\"\n  measure: number of pupils in register where sex = F\n");
    let [north, south] = two(&program, "a,F,7,2020\n", "b,F,8,2020\n", USUAL);
    let text = south.write(&program).replace("\"rules\":true", "\"rules\":false");
    // Whoever edits a file also breaks its checksum.
    assert_eq!(codes(&refused(read(&program, "south.json", text.as_bytes()))), ["E0590"]);
    drop(north);
}

#[test]
fn distinct_persons_are_never_added() {
    let distinct = "
indicator heads \"Heads\"
  measure: number of distinct pupils in visits

source visits \"Visits\"
  file:        \"visits.csv\"
  each row is: an event
  counts:      pupils by who
  period:      year (year)
  columns:
    who  text, confidential
";
    let program = program(&format!("{HEAD}{distinct}"));
    let data = |who: &str| vec!["id,sex,age,year\n".to_string(), format!("who,year\n{who}")];
    // Without a shared secret nothing is written.
    let clear = How { secret: None, ..USUAL };
    let problems = refused(written(&program, "Nord", &data("ann,2020\n"), clear));
    assert_eq!(codes(&problems), ["E0596"]);
    insta::assert_snapshot!("no_key", words(&problems));
    // With one, a person in both counts once, and is not named in the file.
    let north = place(&program, "Nord", &data("ann-the-first,2020\nbob,2020\n"), USUAL);
    let south = place(&program, "Sud", &data("ann-the-first,2020\nbob,2020\neve,2020\n"), USUAL);
    for partial in [&north, &south] {
        let text = partial.write(&program);
        let hex: String = "ann-the-first".bytes().map(|byte| format!("{byte:02x}")).collect();
        assert!(!text.contains("ann-the-first") && !text.contains(&hex), "{text}");
    }
    let (all, _) = merged(&program, &[north.clone(), south]).expect("a merge");
    let figures = evaluated(&program, &all).0.figures;
    assert_eq!(figures[0].value.number(), Some(3u64.into()));
    // Two secrets give one person two pseudonyms.
    let other = How { secret: Some("eine andere Phrase, falsch abgeschrieben"), ..USUAL };
    let south = place(&program, "Sud", &data("ann-the-first,2020\n"), other);
    let problems = refused(merged(&program, &[north, south]));
    assert_eq!(codes(&problems), ["E0597"]);
    insta::assert_snapshot!("two_secrets", words(&problems));
}

#[test]
fn rows_in_two_places() {
    let program = counted("");
    let rows = ("a,F,7,2020\nb,F,8,2020\n", "c,F,7,2020\nb,F,9,2021\n");
    // Keys that do not travel are not compared, and that is said.
    let (all, told) = merged(&program, &two(&program, rows.0, rows.1, USUAL)).expect("a merge");
    assert_eq!(codes(&told), ["W0520"]);
    insta::assert_snapshot!("not_compared", words(&told));
    // Sent on as one file, it is said again.
    assert_eq!(codes(&merged(&program, &[sent(&program, &all)]).expect("a merge").1), ["W0520"]);
    let keys = How { keys: true, ..USUAL };
    let problems = refused(merged(&program, &two(&program, rows.0, rows.1, keys)));
    assert_eq!(codes(&problems), ["E0598"]);
    insta::assert_snapshot!("shared_key", words(&problems));
    let (all, told) = merged(&program, &two(&program, rows.0, "c,F,7,2020\nd,M,9,2021\n", keys)).expect("a merge");
    assert!(told.is_empty(), "{told:?}");
    let third = place(&program, "Est", &register("d,F,9,2021\n"), keys);
    assert_eq!(codes(&refused(merged(&program, &[all, third]))), ["E0598"]);
    // Where one does not carry them, nothing was compared.
    let [north, _] = two(&program, rows.0, "", keys);
    let [_, south] = two(&program, "", rows.1, USUAL);
    assert_eq!(codes(&merged(&program, &[north, south]).expect("a merge").1), ["W0520"]);
}

#[test]
fn a_count_that_rests_on_keys_carries_them() {
    let text = HEAD.replace("each row is: a pupil", "each row is: an event\n  counts:      pupils by id");
    let program =
        program(&format!("{text}\nindicator heads \"Heads\"\n  measure: number of distinct pupils in register\n"));
    let problems = refused(merged(&program, &two(&program, "a,F,7,2020\n", "a,F,7,2020\n", USUAL)));
    assert_eq!(codes(&problems), ["E0598"]);
}

const TABLE: &str = r#"language: english

unit pupil
  singular: "pupil"
  plural:   "pupils"
  is a:     person

dimension sex "Sex"
  groups: exclusive
  members:
    F  "Female"
    M  "Male"

source table "Table"
  file:        "table.csv"
  each row is: a count
  count:       heads of pupils
  period:      year (year)
  columns:
    sex  sex, total "_T"

indicator enrolled "Enrolled"
  measure:          number of pupils in table
  disaggregated by: sex
"#;

#[test]
fn groups_in_two_places() {
    let program = program(TABLE);
    let table = |label: &str, rows: &str| place(&program, label, &vec![format!("sex,heads,year\n{rows}")], USUAL);
    let north = table("Nord", "F,3,2020\nM,4,2020\n");
    let problems = refused(merged(&program, &[north.clone(), table("Sud", "F,8,2020\nM,1,2021\n")]));
    assert_eq!(codes(&problems), ["E0598"]);
    insta::assert_snapshot!("shared_group", words(&problems));
    let (all, told) = merged(&program, &[north, table("Sud", "_T,7,2020\nM,1,2021\n")]).expect("a merge");
    assert!(told.is_empty(), "{told:?}");
    assert_eq!(evaluated(&program, &all).0.figures[0].value.number(), Some(7u64.into()));
}

#[test]
fn facts_in_two_places() {
    let text = TABLE.replace(
        "  period:      year (year)\n",
        "  fact:        fact\n  priority:    who \"A\", \"B\"\n  period:      year (year)\n",
    ) + "";
    let text = text.replace(
        "    sex  sex, total \"_T\"\n",
        "    sex  sex, total \"_T\"\n    fact text, may be missing\n    who  text\n",
    );
    let program = program(&text);
    let table = |rows: &str| vec![format!("sex,heads,fact,who,year\n{rows}")];
    let north = place(&program, "Nord", &table("F,3,x,A,2020\nF,3,x,B,2020\n"), USUAL);
    let problems = refused(merged(&program, &[north.clone(), place(&program, "Sud", &table("F,8,x,A,2020\n"), USUAL)]));
    assert_eq!(codes(&problems), ["E0598"]);
    insta::assert_snapshot!("shared_fact", words(&problems));
    let south = place(&program, "Sud", &table("F,8,y,A,2020\nF,8,,A,2020\nF,1,,A,2020\n"), USUAL);
    let (all, _) = merged(&program, &[north, south]).expect("a merge");
    let figures = evaluated(&program, &all).0.figures;
    let girls = figures.iter().find(|figure| !figure.group.is_empty()).expect("the girls");
    assert_eq!(girls.value.number(), Some(20u64.into()));
    assert_eq!(girls.facts.len(), 1);
    assert!(girls.facts[0].statements[0].file.starts_with("Nord : "), "{:?}", girls.facts);
    // Statements that contradict each other without a priority leave nothing to send.
    let undecided = written(&program, "Nord", &table("F,3,x,C,2020\nF,4,x,D,2020\n"), USUAL);
    let problems = refused(undecided);
    assert_eq!(codes(&problems), ["E0599"]);
    insta::assert_snapshot!("undecided", words(&problems));
}

#[test]
fn what_is_protected_stays() {
    let text = HEAD.replace("  key:         id\n", "  key:         id\n  confidentiality threshold: 5\n");
    let program = program(&format!("{text}{COUNTED}"));
    let rows = register("a,F,7,2020\nb,F,8,2020\nc,M,9,2020\n");
    let problems = refused(written(&program, "Nord", &rows, How { protected: false, ..USUAL }));
    assert_eq!(codes(&problems), ["E0595"]);
    insta::assert_snapshot!("protected", words(&problems));
    // Sent by who may, the merge hides what is small in all, and only that.
    let place = |label: &str, rows: &str| place(&program, label, &register(rows), USUAL);
    let north = place("Nord", "a,F,7,2020\nb,F,8,2020\nc,F,8,2020\nd,F,8,2020\ne,M,9,2020\n");
    assert!(north.protected);
    let south = place("Sud", "f,F,7,2020\ng,F,8,2020\nh,M,9,2020\ni,M,9,2020\nj,M,9,2020\nk,M,9,2020\n");
    let shown = |partial: &Partial| -> Vec<Option<String>> {
        let figures = evaluated(&program, partial).0.figures;
        figures.iter().map(|figure| figure.value.number().map(|number| number.decimal())).collect()
    };
    assert_eq!(shown(&north), [Some("5".to_string()), None, None]);
    let (all, _) = merged(&program, &[north, south]).expect("a merge");
    assert!(all.protected);
    assert_eq!(shown(&all), [Some("11".to_string()), Some("6".to_string()), Some("5".to_string())]);
}

#[test]
fn confidential_values_stay() {
    let program = counted("\nindicator middle \"Median age\"\n  measure: median of age in register\n");
    let rows = register("a,F,7,2020\n");
    let problems = refused(written(&program, "Nord", &rows, How { protected: false, ..USUAL }));
    assert_eq!(codes(&problems), ["E0595"]);
    insta::assert_snapshot!("values", words(&problems));
}

#[test]
fn problems_in_the_data_are_told_again() {
    let program = counted("");
    let [north, south] = two(&program, "a,F,7,2020\nb,Z,7,2020\n", "", How { keys: true, ..USUAL });
    let (_, told) = merged(&program, &[north, south]).expect("a merge");
    assert_eq!(codes(&told), ["E0594", "W0521"]);
    insta::assert_snapshot!("told_again", words(&told));
}

#[test]
fn a_source_that_cannot_be_read_is_not_written() {
    let program = counted("");
    let problems = refused(written(&program, "Nord", &vec!["no,such,columns\n1,2,3\n".to_string()], USUAL));
    assert_eq!(codes(&problems), ["E0599"]);
    insta::assert_snapshot!("unreadable", words(&problems));
}
