//! A publication with mistakes in, JSON and SARIF whose shape programs can rely on out.

use newsletter::cli::Exit;
use newsletter::diagnostic::Code;
use serde_json::Value;

use crate::support::publication::Publication;

/// The sample with an error behind wide characters, a warning, a bad row and a name with a space.
fn flawed() -> Publication {
    let publication = Publication::sample();
    let issue = publication.read("issues/2026-11-20-first-frost.toml");
    let issue = issue
        .replace("[new flood map]", "é霜❄ [here]")
        .replace("https://maps.example.com/sarn/2027", "http://maps.example.com/sarn/2027");
    publication
        .write("issues/2026-11-27 second frost.toml", &issue.replace("2026-11-20", "2026-11-27"));
    let list = publication.read("subscribers.csv") + "not-an-address,X,Y,,,\n";
    publication.write("subscribers.csv", &list);
    publication
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

#[test]
fn json_underlines_what_people_see_with_places_counted_in_characters() {
    let publication = flawed();
    let ended = publication.run(&["check", "2026-11-27 second frost", "--format", "json"]);
    let said = json(&ended.output);
    let found = said["diagnostics"].as_array().unwrap();
    let vague = found.iter().find(|found| found["code"] == "E036").unwrap();
    let text = publication.read("issues/2026-11-27 second frost.toml");
    let lines: Vec<&str> = text.lines().collect();
    let number = |key: &str| usize::try_from(vague[key].as_u64().unwrap()).unwrap();
    assert_eq!(number("line"), number("end_line"));
    let line: Vec<char> = lines[number("line") - 1].chars().collect();
    let underlined: String = line[number("column") - 1..number("end_column") - 1].iter().collect();
    assert_eq!(underlined, "here");
    assert_eq!(vague["level"], "error");
    assert_eq!(vague["file"], "issues/2026-11-27 second frost.toml");
    assert_eq!(vague["explain"], "newsletter check --explain E036");
    assert!(vague["help"].is_string() && vague["label"].is_null(), "{vague}");
}

#[test]
fn json_is_all_that_is_said_and_counts_what_it_says() {
    let ended = flawed().run(&["check", "2026-11-27 second frost", "--format", "json"]);
    assert_eq!(ended.exit, Exit::Content);
    assert_eq!(ended.messages, "", "data goes to stdout, and there is nothing else to say");
    let said = json(&ended.output);
    let found = said["diagnostics"].as_array().unwrap();
    let count = |level: &str| found.iter().filter(|found| found["level"] == level).count();
    for (key, level) in [("errors", "error"), ("warnings", "warning"), ("notes", "note")] {
        assert_eq!(said["summary"][key], count(level), "{key}");
    }
    assert_eq!(said["rows"][0]["file"], "subscribers.csv");
    assert_eq!(said["rows"][0]["line"], 40);
    assert_eq!(said["summary"]["bad_rows"], 1);
    assert_eq!(said["summary"]["exit"], 1);
    assert!(said["failure"].is_null());
}

#[test]
fn a_failure_is_in_the_data_too() {
    let publication = Publication::sample();
    let settings = publication.read("newsletter.toml").replace("list_id ", "list_ido ");
    publication.write("newsletter.toml", &settings);
    let ended = publication.run(&["check", "--format", "json"]);
    assert_eq!(ended.exit, Exit::Usage);
    let said = json(&ended.output);
    assert_eq!(said["diagnostics"][0]["file"], "newsletter.toml");
    assert_eq!(said["summary"]["exit"], 2);
    let message = said["failure"]["message"].as_str().unwrap();
    assert!(ended.messages.contains(message), "{message}");
    let sarif = json(&publication.run(&["check", "--format", "sarif"]).output);
    let run = &sarif["runs"][0]["invocations"][0];
    assert_eq!(run["executionSuccessful"], false);
    assert_eq!(run["toolExecutionNotifications"][0]["level"], "error");
}

#[test]
fn a_secret_is_in_no_format() {
    let publication = Publication::sample();
    publication
        .set_server("host = \"m.example.org\"\nusername = \"u\"\npassword = \"hunter2-s3cret\"");
    for format in ["human", "json", "sarif"] {
        let ended = publication.run(&["check", "--format", format]);
        let all = ended.output + &ended.messages;
        assert!(all.contains("E021") && !all.contains("hunter2"), "{all}");
    }
}

/// The one run of the log that is made of the flawed publication.
fn sarif() -> Value {
    let ended = flawed().run(&["check", "2026-11-27 second frost", "--format", "sarif"]);
    assert_eq!(ended.exit, Exit::Content);
    assert_eq!(ended.messages, "");
    let mut log = json(&ended.output);
    assert_eq!(log["version"], "2.1.0");
    assert!(log["$schema"].as_str().unwrap().ends_with("sarif-schema-2.1.0.json"));
    assert_eq!(log["runs"].as_array().unwrap().len(), 1);
    log["runs"][0].take()
}

#[test]
fn sarif_explains_the_rules_that_it_names() {
    let run = sarif();
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for rule in rules {
        let code = Code::find(rule["id"].as_str().unwrap()).unwrap();
        assert_eq!(rule["shortDescription"]["text"], code.title());
        assert_eq!(rule["fullDescription"]["text"], code.description());
        assert_eq!(rule["help"]["markdown"], code.page());
        // §3.49.12 wants an absolute URI.
        let uri = rule["helpUri"].as_str();
        assert!(uri.is_none_or(|uri| url::Url::parse(uri).is_ok()), "{uri:?}");
    }
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
    }
}

#[test]
fn sarif_says_where_it_is() {
    let run = sarif();
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let results = run["results"].as_array().unwrap();
    assert!(results.len() >= 3, "{run}");
    for result in results {
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "issues/2026-11-27%20second%20frost.toml");
        let number = |key: &str| place["region"][key].as_u64().unwrap();
        assert!(number("startLine") >= 1 && number("endLine") >= number("startLine"));
        assert!(number("startColumn") >= 1 && number("endColumn") >= 1);
    }
    let row = &run["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(row["locations"][0]["physicalLocation"]["region"]["startLine"], 40);
    assert_eq!(run["invocations"][0]["exitCode"], 1);
}
