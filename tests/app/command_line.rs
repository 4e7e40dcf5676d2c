//! The program from a shell.

use std::path::Path;
use std::process::{Command, Output};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// Arguments, variables, the exit code, and how the line begins.
type Case<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], i32, &'a str);

fn docket(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_docket"));
    command.args(arguments).current_dir(folder).env_clear().envs(variables.iter().copied());
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn what_is_wrong_is_one_line_and_an_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    std::fs::write(folder.path().join("wrong.toml"), "listn = 1").unwrap();
    let secret = ("DOCKET_JWT_SECRET", SECRET);
    let unreachable = ("DATABASE_URL", "postgres://u:hunter2@127.0.0.1:1/x");
    let cases: [Case<'_>; 9] = [
        (&["serve"], &[], 2, "DOCKET_JWT_SECRET: is not set"),
        (&["worker"], &[("DOCKET_JWT_SECRET", "short")], 2, "DOCKET_JWT_SECRET: needs at least 32 bytes"),
        (&["serve", "--dev"], &[("DOCKET_LISTEN", "0.0.0.0:0")], 2, "DOCKET_LISTEN: development mode"),
        (&["serve", "--dev"], &[("DOCKET_LISTEN", &taken)], 1, "cannot listen on 127.0.0.1"),
        (&["serve"], &[secret, unreachable], 1, "the database cannot be reached"),
        // A worker checks no tokens, so that it needs nothing to check them with.
        (&["worker"], &[unreachable], 1, "the database cannot be reached"),
        (&["serve", "--config", "none.toml"], &[secret], 2, "--config none.toml: there is no such file"),
        (
            &["serve", "--config", "wrong.toml"],
            &[secret],
            2,
            "listn (wrong.toml): there is no such setting; known here are",
        ),
        (&["token", "--user", "alice"], &[("DOCKET_DATA_DIR", "empty")], 2, "there is no secret"),
    ];
    for (arguments, variables, exit_code, line) in cases {
        let output = docket(folder.path(), arguments, variables);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(exit_code), "{arguments:?}: {told}");
        assert!(told.starts_with(&format!("docket: {line}")), "{arguments:?}: {told}");
        assert_eq!(told.lines().count(), 1, "{arguments:?}: {told}");
        assert!(!told.contains("hunter2") && !told.contains("panicked"), "{told}");
    }
}

#[test]
fn the_schema_is_printed_and_a_token_alone() {
    let folder = tempfile::tempdir().unwrap();
    let schema = docket(folder.path(), &["schema"], &[]);
    assert_eq!(text(&schema.stdout), include_str!("../../schema.graphql"));
    let arguments = ["token", "--user", "alice", "--role", "ADMIN", "--plan", "pro", "--ttl-hours", "1"];
    let token = docket(folder.path(), &arguments, &[("DOCKET_JWT_SECRET", SECRET)]);
    let lines: Vec<_> = text(&token.stdout).lines().collect();
    let [token] = lines[..] else { panic!("{lines:?}") };
    assert_eq!(token.split('.').count(), 3);
    let wrong = docket(folder.path(), &["token", "--user", "alice", "--role", "KING"], &[]);
    assert!(text(&wrong.stderr).contains("use USER, OPERATOR or ADMIN"));
}

#[test]
fn files_are_checked_as_deploying_them_would() {
    let folder = tempfile::tempdir().unwrap();
    let sample = |name: &str| format!("{}/src/workflow/bpmn/samples/{name}", env!("CARGO_MANIFEST_DIR"));
    let (well, broken) = (sample("camunda-contract-review.bpmn"), sample("broken.bpmn"));
    let fine = docket(folder.path(), &["check", &well], &[]);
    assert_eq!((text(&fine.stdout), fine.status.code()), (format!("{well}: deploys\n").as_str(), Some(0)));
    let pools = ["p", "q"].map(|key| format!("<process id=\"{key}\"><startEvent id=\"s{key}\"/></process>"));
    let namespace = "xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\"";
    let document = format!("<definitions {namespace}>{}</definitions>", pools.concat());
    std::fs::write(folder.path().join("pools.bpmn"), document).unwrap();
    let several = docket(folder.path(), &["check", "--quiet", "pools.bpmn"], &[]);
    assert!(text(&several.stdout).starts_with("pools.bpmn: deploys p, q"), "{}", text(&several.stdout));
    let both = docket(folder.path(), &["check", &broken, &well, "nowhere.bpmn"], &[]);
    assert_eq!(both.status.code(), Some(1));
    let told = text(&both.stdout);
    let place = format!("{broken}:23:5: later: flowable:taskIdVariableName: UNSUPPORTED_ATTRIBUTE flowable:");
    assert!(told.lines().any(|line| line.starts_with(&place)), "{told}");
    assert!(told.contains(&format!("{broken}: is refused, faults: ")), "{told}");
    assert!(told.contains(&format!("{well}: deploys\n")), "{told}");
    assert!(told.contains("nowhere.bpmn: cannot be read: "), "{told}");
    std::fs::write(folder.path().join("chart.json"), "{\n  \"nodes\": ,\n}").unwrap();
    let quiet = docket(folder.path(), &["check", "--quiet", &broken, "chart.json"], &[]);
    assert_eq!(text(&quiet.stdout).lines().count(), 2, "{}", text(&quiet.stdout));
    let chart = docket(folder.path(), &["check", "chart.json"], &[]);
    assert!(text(&chart.stdout).starts_with("chart.json:2:12: MALFORMED_JSON "), "{}", text(&chart.stdout));
}

#[test]
fn the_doctor_says_what_is_wrong_and_what_is_well() {
    let folder = tempfile::tempdir().unwrap();
    let secret = ("DOCKET_JWT_SECRET", SECRET);
    let before = docket(folder.path(), &["doctor"], &[secret]);
    assert_eq!(before.status.code(), Some(1));
    assert!(text(&before.stdout).contains("WRONG  migrations: not applied"), "{}", text(&before.stdout));
    assert!(docket(folder.path(), &["migrate"], &[]).status.success());
    let after = docket(folder.path(), &["doctor"], &[secret]);
    assert_eq!(after.status.code(), Some(0), "{}", text(&after.stdout));
    assert!(text(&after.stdout).lines().all(|line| line.starts_with("ok ")));
    let remotes = [
        secret,
        ("DATABASE_URL", "postgres://u:hunter2@127.0.0.1:1/x"),
        ("REDIS_URL", "redis://:hunter2@127.0.0.1:1"),
        ("DOCKET_PIPELINE__SERVICES__UPSCALE__URL", "http://127.0.0.1:1/up"),
        ("DOCKET_PIPELINE__SERVICES__UPSCALE__TOKEN", "hunter2"),
    ];
    let unreachable = docket(folder.path(), &["doctor"], &remotes);
    let told = text(&unreachable.stdout);
    assert!(told.contains("WRONG  database: ") && told.contains("WRONG  redis: "), "{told}");
    assert!(told.contains("WRONG  service upscale: http://127.0.0.1:1/up cannot be reached: "), "{told}");
    assert!(told.contains("ok     object storage") && !told.contains("hunter2"), "{told}");
}
