//! Words that betray a broken rule. This file names them all, so it's the one that is not looked
//! at.

use super::tree;

const THIS: &str = "replay-tests/tests/all/tidy/words.rs";

/// Where a test may wait by sleeping: in the one function that waits until something holds.
const WAITS: [&str; 2] = ["commands/src/bus/test_nats.rs", "replay-tests/tests/all/wait.rs"];

struct Rule {
    why: &'static str,
    words: &'static [&'static str],
    applies: fn(path: &str) -> bool,
    part: Part,
}

enum Part {
    All,
    Tests,
    Program,
}

fn rust(path: &str) -> bool {
    path.ends_with(".rs")
}

fn domain(path: &str) -> bool {
    path.starts_with("domain/") && rust(path)
}

const RULES: &[Rule] = &[
    Rule {
        why: "nothing is left for later in the code",
        words: &["todo!(", "unimplemented!(", "dbg!(", "TODO", "FIXME", "HACK"],
        applies: rust,
        part: Part::All,
    },
    Rule {
        why: "no test is ignored",
        words: &["#[ignore", "#[should_panic"],
        applies: rust,
        part: Part::All,
    },
    Rule {
        why: "a test waits until something holds, and never just for a while",
        words: &["thread::sleep", "time::sleep", " sleep("],
        applies: |path| rust(path) && !WAITS.contains(&path),
        part: Part::Tests,
    },
    Rule {
        why: "no clock, randomness, database, file, setting or task in the rules",
        words: &[
            "Timestamp::now",
            "Zoned::now",
            "now_v7",
            "now_v4",
            "new_v4",
            "SystemTime",
            "Instant::",
            "sqlx::",
            "tokio::",
            "rand::",
            "std::env",
            "std::fs",
            "std::thread",
            "async move",
        ],
        applies: domain,
        part: Part::All,
    },
    Rule {
        why: "columns are named, because tenants migrate one after the other",
        words: &["select *", "SELECT *", "returning *"],
        applies: |path| rust(path) || path.ends_with(".sql"),
        part: Part::All,
    },
    Rule {
        why: "a connection is reached through the door alone",
        words: &["PgPool", "PgConnection", "PgListener", "sqlx::query"],
        applies: |path| {
            rust(path)
                && ["domain/", "commands/", "projections/"].iter().any(|it| path.starts_with(it))
        },
        part: Part::Program,
    },
    Rule {
        why: "a named statement would be left in a session of a pooler: use `cell::query`",
        words: &["sqlx::query("],
        applies: |path| {
            // Those two go to the server itself.
            let direct = ["bootstrap.rs", "migrate.rs"].map(|it| format!("migrations/src/{it}"));
            rust(path)
                && path.starts_with("migrations/src/")
                && !["cell.rs", "walls.rs"].iter().any(|it| path.ends_with(it))
                && !direct.iter().any(|it| path == it)
        },
        part: Part::Program,
    },
    Rule {
        why: "a path of one machine means nothing on another",
        words: &["/work/", "/root/", "/home/"],
        applies: |_| true,
        part: Part::All,
    },
    Rule {
        why: "a temporary folder is asked for, not named",
        words: &["\"/tmp/"],
        applies: rust,
        part: Part::Program,
    },
    Rule {
        why: "an event that was forgotten must not hide behind a wildcard",
        words: &["use crate::*", "allow(unreachable_patterns)"],
        applies: rust,
        part: Part::All,
    },
];

#[test]
fn no_word_betrays_a_broken_rule() {
    let mut found = Vec::new();
    for (path, text) in tree::files() {
        if path == THIS {
            continue;
        }
        for rule in RULES.iter().filter(|rule| (rule.applies)(&path)) {
            let part = match rule.part {
                Part::All => &*text,
                Part::Tests => tree::tests_of(&path, &text),
                Part::Program => tree::program_of(&path, &text),
            };
            let words = rule.words.iter().filter(|word| part.contains(**word));
            found.extend(words.map(|word| format!("{path}: {word:?}: {}", rule.why)));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The lines on which a match over events has a wildcard arm.
fn wildcards(text: &str) -> Vec<usize> {
    let lines: Vec<&str> = text.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let is_event_arm = |line: &str| {
        let path = line.trim_start().split("::").next().unwrap_or_default();
        path.ends_with("Event") && line.contains("=>")
    };
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if !line.trim_start().starts_with("_ =>") {
            continue;
        }
        let before = lines[..at].iter().rev();
        let mut arms = before.take_while(|it| it.is_empty() || indent(it) >= indent(line));
        if arms.any(|it| indent(it) == indent(line) && is_event_arm(it)) {
            found.push(at + 1);
        }
    }
    found
}

#[test]
fn no_match_over_our_events_has_a_wildcard() {
    let text = "    match event {\n        TimeEvent::A(a) => a,\n        _ => {}\n    }\n";
    assert_eq!(wildcards(text), [3]);
    assert!(wildcards("match a {\n    A::B => 1,\n    _ => 2,\n}\n").is_empty());
    let mut found = Vec::new();
    for (path, text) in tree::rust() {
        let program = tree::program_of(&path, &text);
        found.extend(wildcards(program).into_iter().map(|line| format!("{path}:{line}")));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
