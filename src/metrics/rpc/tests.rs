use std::sync::Arc;

use super::*;
use crate::access::table::Method;

fn page(rpc: &Rpc) -> String {
    let mut page = Page::default();
    rpc.write(&mut page);
    page.into_text()
}

#[test]
fn a_path_that_nobody_knows_makes_no_series() {
    let rpc = Arc::new(Rpc::default());
    let before = page(&rpc).lines().count();
    for n in 0..10_000 {
        let path = format!("/replydesk.v1.CommentService/Made{n}Up\"\n");
        Call::begin(rpc.clone(), rpc.route(&path), None).end(Code::Unimplemented);
    }
    let text = page(&rpc);
    let ranges = RPC_DURATION.buckets.len() + 3;
    assert_eq!(text.lines().count(), before + 1 + ranges);
    let line = "replydesk_rpc_requests_total{service=\"other\",method=\"other\",code=\"UNIMPLEMENTED\"} 10000";
    assert!(text.lines().any(|found| found == line), "{text}");
}

#[test]
fn each_method_has_a_place_of_its_own() {
    let rpc = Rpc::default();
    let every_other = rpc.route("/");
    let mut places = Vec::new();
    for method in Method::ALL {
        let place = rpc.route(&format!("/replydesk.v1.{}", method.name()));
        assert_ne!(place, every_other, "{}", method.name());
        places.push(place.0);
    }
    places.sort_unstable();
    places.dedup();
    assert_eq!(places.len(), Method::ALL.len());
    assert_eq!(rpc.methods.len(), Method::ALL.len() + OTHERS.len());
}

#[test]
fn streams_are_known_by_the_protos() {
    let rpc = Rpc::default();
    for (path, streams) in [
        ("/replydesk.v1.CommentService/WatchEvents", true),
        ("/replydesk.v1.ModerationService/WorkQueue", true),
        ("/replydesk.v1.SiteService/ImportComments", true),
        ("/grpc.health.v1.Health/Watch", true),
        ("/replydesk.v1.CommentService/SubmitComment", false),
        ("/nothing", false),
    ] {
        assert_eq!(rpc.methods[rpc.route(path).0].streams, streams, "{path}");
    }
}

#[test]
fn who_left_is_no_fault_of_the_server_and_a_passed_deadline_is_one_unless_it_was_too_short() {
    let hour = Duration::from_secs(3_600);
    let short = Duration::from_millis(1);
    for (deadline, took, ended, code, expected) in [
        (None, hour, None, Code::Cancelled, "client"),
        (Some(hour * 2), hour, None, Code::Cancelled, "client"),
        (Some(hour), hour, None, Code::DeadlineExceeded, "server"),
        (Some(short), hour, None, Code::DeadlineExceeded, "client"),
        (Some(short), hour, Some(Code::Ok), Code::Ok, "none"),
        (
            None,
            hour,
            Some(Code::Unavailable),
            Code::Unavailable,
            "server",
        ),
    ] {
        let rpc = Arc::new(Rpc::default());
        let route = rpc.route("/replydesk.v1.CommentService/SubmitComment");
        let mut call = Call::begin(rpc.clone(), route, deadline);
        call.began = Instant::now().checked_sub(took).unwrap();
        if let Some(ended) = ended {
            call.end(ended);
        }
        assert_eq!(call.code(took), code);
        drop(call);
        let counted = |fault: &str| {
            let place = FAULTS.iter().position(|word| *word == fault).unwrap();
            rpc.methods[route.0].faults[place].len()
        };
        assert_eq!(counted(expected), 1, "{deadline:?} {ended:?}");
    }
}
