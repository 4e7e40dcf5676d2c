//! What becomes of jobs, without a database.

use super::*;

fn job(status: JobStatus) -> job::Model {
    job::Model {
        id: Uuid::nil(),
        root_id: Uuid::nil(),
        instance_id: Uuid::nil(),
        activity_id: Uuid::nil(),
        node_id: "pack".to_owned(),
        kind: "EXTERNAL".to_owned(),
        topic: "pack".to_owned(),
        priority: 0,
        status: status.as_str().to_owned(),
        suspended: false,
        inputs: "{}".to_owned(),
        attempt: 1,
        failures: 0,
        max_attempts: 3,
        retry_after: None,
        due_at: None,
        lock_id: Some(Uuid::max()),
        locked_by: None,
        worker: None,
        error_code: None,
        error_message: None,
        created_at: DateTime::UNIX_EPOCH,
        finished_at: None,
        answer: None,
    }
}

fn seconds(next: Next) -> i64 {
    match next {
        Next::Again(at) => at.timestamp(),
        Next::Incident => -1,
    }
}

#[test]
fn the_wait_grows_until_there_is_an_incident() {
    let after = |failures: i32, jitter: f64| {
        let row = job::Model { failures, max_attempts: 20, ..job(JobStatus::Running) };
        seconds(after_failure(&row, false, None, DateTime::UNIX_EPOCH, jitter))
    };
    assert_eq!([after(0, 0.0), after(0, 1.0), after(1, 1.0), after(2, 1.0)], [5, 10, 20, 40]);
    assert_eq!([after(15, 1.0), after(18, 1.0), after(19, 1.0)], [3_600, 3_600, -1]);
}

#[test]
fn a_worker_and_the_document_say_how_long_to_wait() {
    let row = job::Model { retry_after: Some("PT2M".to_owned()), ..job(JobStatus::Running) };
    let after = |is_final, wait: Option<i64>| {
        let wait = wait.map(TimeDelta::seconds);
        seconds(after_failure(&row, is_final, wait, DateTime::UNIX_EPOCH, 0.5))
    };
    assert_eq!([after(false, None), after(false, Some(7)), after(false, Some(0))], [120, 7, 0]);
    assert_eq!(after(false, Some(1 << 40)), MAX_WAIT.num_seconds());
    assert_eq!(after(true, Some(7)), -1);
}

#[test]
fn only_who_has_a_job_reports_of_it() {
    let theirs = Uuid::max();
    assert!(check_held(&job(JobStatus::Running), theirs).is_ok());
    assert!(check_held(&job(JobStatus::Running), Uuid::nil()).is_err());
    for status in JobStatus::ALL.into_iter().filter(|status| *status != JobStatus::Running) {
        assert!(check_held(&job(status), theirs).is_err(), "{status:?}");
    }
    assert!(is_ended_by(&job(JobStatus::Success), theirs, &Ended::Done));
    assert!(!is_ended_by(&job(JobStatus::Success), Uuid::nil(), &Ended::Done));
    assert!(!is_ended_by(&job(JobStatus::Cancelled), theirs, &Ended::Done));
    // Reported as another end it is another report.
    let thrown = |code: &str| Ended::Error { code: code.to_owned(), message: None };
    assert!(!is_ended_by(&job(JobStatus::Success), theirs, &thrown("NO_BOX")));
    let with_error = job::Model { error_code: Some("NO_BOX".to_owned()), ..job(JobStatus::Success) };
    assert!(is_ended_by(&with_error, theirs, &thrown("NO_BOX")));
    assert!(!is_ended_by(&with_error, theirs, &thrown("NO_LID")));
    assert!(!is_ended_by(&with_error, theirs, &Ended::Done));
}
