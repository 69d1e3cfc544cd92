//! Conditions on numbers in bands and between columns, from text and rows to figures, by the engine and by the slow source.

use std::collections::BTreeMap;

use jauge::evaluate::evaluate;
use jauge::plan::{Catalog, CubeSource, Request, plan};
use jauge::problem::Severity;
use jauge::program::{Context, check};
use jauge::syntax::parse;
use jauge::text::{FileId, Lang, SourceFile};
use jauge_engine::Engine;
use jauge_testkit::naive::Rows;

const REGISTER: &str = r#"langue: français

unité élève
  singulier: "élève"
  pluriel:   "élèves"
  est:       personne

dimension âge "Âge"
  groupes:     exclusifs
  tranches de: années
  membres:
    0-5
    6-11
    12-17
    18+

source registre "Registre"
  fichier:          "registre.csv"
  chaque ligne est: un élève
  identifiant:      matricule
  période:          année (année)
  colonnes:
    matricule texte
    âge       âge
    entrée    date
    sortie    date

"#;

const ROWS: &str = "matricule,année,âge,entrée,sortie\na,2020,5,2020-09-01,2020-09-01\nb,2020,7,2020-09-01,2020-09-02\n\
                    c,2020,8.5,2020-09-01,2020-09-03\nd,2020,9,2020-09-01,2020-09-01\ne,2020,30,2020-09-01,2020-12-01\n";

/// The total of an indicator with this measure.
fn total(measure: &str) -> String {
    let text = format!("{REGISTER}indicateur total_x \"X\"\n  mesure: {measure}\n");
    let parsed = [parse(FileId(0), &SourceFile::new("test.jauge", text.as_str()), Lang::Fr)];
    let checked = check(&parsed, &Context { lang: Lang::Fr, tables: &BTreeMap::new() });
    let problems = parsed[0].problems.iter().chain(&checked.problems);
    let errors: Vec<_> = problems.filter(|problem| problem.severity() == Severity::Error).collect();
    assert!(errors.is_empty(), "{measure}: {errors:?}");
    let program = checked.program;
    let plan = plan(&program, &Request::all());
    let catalog = Catalog {
        source: &program.sources[0],
        sources: &program.sources,
        dimensions: &program.dimensions,
        calendars: &program.calendars,
    };
    let answer = |source: &dyn CubeSource| {
        let cubes: Vec<_> = plan.queries.iter().map(|query| source.cube(query, catalog)).collect();
        let (outcome, problems) = evaluate(&program, &plan, &cubes);
        assert!(problems.is_empty(), "{measure}: {problems:?}");
        format!(
            "{:?}",
            outcome.figures.first().and_then(|figure| figure.value.number()).map(|number| number.to_string())
        )
    };
    let fast = answer(&Engine::new(".").inline(0, ROWS));
    assert_eq!(fast, answer(&Rows::default().csv("registre", ROWS)), "{measure}");
    fast
}

#[test]
fn numbers_in_bands_are_compared_as_they_are() {
    for (condition, wanted) in [
        ("âge < 9", 3),
        ("âge >= 9", 2),
        ("non âge < 9", 2),
        ("âge entre 6 et 8,5", 2),
        ("non (âge entre 6 et 8,5)", 3),
        ("âge = 7", 1),
        ("âge <> 7", 4),
        ("âge parmi 7, 9, 30", 3),
        ("âge pas parmi 7, 9, 30", 2),
        ("âge = 6-11", 3),
        ("âge = 6-11 et âge < 9", 2),
    ] {
        let found = total(&format!("nombre d'élèves de registre avec {condition}"));
        assert_eq!(found, format!("Some(\"{wanted}\")"), "{condition}");
    }
}

#[test]
fn a_column_may_stand_on_the_right() {
    for (condition, wanted) in
        [("entrée = sortie", 2), ("entrée <> sortie", 3), ("sortie > entrée", 3), ("entrée = 2020-09-01", 5)]
    {
        let found = total(&format!("nombre d'élèves de registre avec {condition}"));
        assert_eq!(found, format!("Some(\"{wanted}\")"), "{condition}");
    }
}
