"""What each example must do, told as scenes in this order. A scene gets the service and a blog.

A scene that yields names a method of the service, which is called once all blogs have come there.
"""

import json
import time
import uuid

from service import wait_for

FOREIGN_CURSOR = "999999999-1"


def shows_what_becomes_of_a_comment(service, blog):
    first = blog.submit("When does the night tram run again?").answer("taken", 0)
    assert (first["state"], first["version"], first["replayed"]) == ("PENDING", 1, False), first
    assert "moderator" in first["message"], first
    assert blog.outbox() == [], blog.outbox()

    again = blog.submit("When does the night tram run again?", more=("--id", first["comment_id"]))
    again = again.answer("taken", 0)
    assert again["replayed"] and again["comment_id"] == first["comment_id"], again

    other = blog.submit("When does the night tram run again?").answer("duplicate", 1)
    assert other["first"] == first["comment_id"], other


def says_which_field_needs_attention(service, blog):
    answer = blog.submit("  ", author=None, more=("--email", "nobody")).answer("invalid", 2)
    assert set(answer["form"]) == {"name", "email", "comment"} and answer["defects"] == {}, answer
    assert "e-mail address" in answer["form"]["email"], answer

    answer = blog.submit("A good comment", more=("--ip", "1.2.3"))
    assert "transport.ip_address" in answer.said(), answer.said()
    answer = answer.answer("invalid", 2)
    assert answer["form"] == {} and set(answer["defects"]) == {"transport.ip_address"}, answer
    assert blog.outbox() == [], blog.outbox()


def waits_for_a_limit_as_long_as_the_service_says(service, blog):
    for text in ("The first of three about bridges", "The second one, on timetables"):
        blog.submit(text, author="ben").answer("taken", 0)
    third = "And a third that is about the fares"
    refused = blog.submit(third, author="ben", more=("--wait", "0")).answer("limited", 75)
    assert refused["limit"] == "author" and 0 < refused["retry_after_s"] <= 6, refused

    began = time.monotonic()
    same = ("--wait", "20", "--id", refused["comment_id"])
    taken = blog.submit(third, author="ben", more=same)
    waited = time.monotonic() - began
    assert "LIMIT_EXCEEDED" in taken.said(), taken.said()
    assert taken.said().count("the same again") == 1, f"it waited more than once: {taken.said()}"
    taken = taken.answer("taken", 0)
    assert not taken["replayed"] and taken["comment_id"] == refused["comment_id"], taken
    assert waited < refused["retry_after_s"] + 10, waited


def says_that_a_thread_is_closed(service, blog):
    service.command("thread", "close", "--site", blog.site, "old-news")
    closed = blog.submit("Too late", author="cleo", thread="old-news").answer("closed", 1)
    assert closed["closed_by"] == "moderator", closed


def keeps_what_it_cannot_hand_in(service, blog):
    # As when a key was revoked, and the blog's operator has yet to put the new one in its place.
    kept = blog.submit("For later", author="dora", REPLYDESK_KEY=blog.revoked_key).answer("kept", 75)
    assert kept["code"] == "UNAUTHENTICATED", kept
    assert blog.outbox() == [kept["comment_id"]], blog.outbox()

    sent = blog.run("resend").answer("taken", 0)
    assert sent["comment_id"] == kept["comment_id"] and not sent["replayed"], sent
    assert blog.outbox() == [], blog.outbox()


def hands_in_once_though_it_was_killed(service, blog):
    ids = [str(uuid.uuid4()) for _ in range(3)]
    for n, comment_id in enumerate(ids):
        run = blog.begin(f"Killed while it was handed in: {n}", author=f"ivo{n}", more=("--id", comment_id))
        wait_for("the form to be stored", lambda: comment_id in blog.outbox() or run.is_over())
        # Now or a moment later: before the call, while it is on its way, or when it has its answer.
        time.sleep(n * 0.05)
        run.kill()
    sent = blog.run("resend")
    assert all(line["result"] == "taken" for line in sent.lines()) and sent.code == 0, sent.text() + sent.said()
    assert blog.outbox() == [], blog.outbox()
    told = [event["comment_id"] for event in service.events(blog.site)]
    assert [told.count(comment_id) for comment_id in ids] == [1, 1, 1], (ids, told)


def gives_up_waiting_for_an_answer_at_its_deadline(service, blog):
    yield "freeze"
    began = time.monotonic()
    kept = blog.submit("Is anybody there?", author="jo", more=("--wait", "0")).answer("kept", 75)
    waited = time.monotonic() - began
    assert kept["code"] in ("DEADLINE_EXCEEDED", "UNAVAILABLE") and 2 < waited < 15, (kept, waited)
    yield "thaw"
    assert blog.run("resend").answer("taken", 0)["comment_id"] == kept["comment_id"]


def follows_on_exactly_where_it_was_killed(service, blog):
    told = []
    for _ in range(3):
        follower = blog.follow()
        follower.wait_for_lines(1)
        follower.kill()
        told += follower.lines()
        blog_posts(service, blog, 4)
    service.command(
        *("bulk", "decide", "--site", blog.site, "--lane", "review", "--verdict", "approve", "--yes", "--json")
    )
    last = blog.follow(until=len(service.events(blog.site))).end()
    assert last.code == 0, last.said()
    told += last.lines()

    has_what_the_feed_has(service, blog)
    changes = [(line["comment_id"], line["version"]) for line in told]
    assert len(changes) == len(set(changes)), f"a change was told twice: {changes}"
    # One that was stored and not yet printed when the process was killed is in the records alone.
    assert len(changes) >= len(service.events(blog.site)) - 3, changes


def shows_approved_comments_and_what_readers_type_stays_text(service, blog):
    page = blog.run("show", "--thread", "tram")
    assert page.code == 0 and "night tram" in page.text(), page.text() + page.said()
    assert "&lt;b&gt;number" in page.text() and "<b>" not in page.text(), page.text()


def survives_a_restart_of_the_service(service, blog):
    before = len(service.events(blog.site))
    blog.follower = blog.follow(until=before + 2)
    # It is connected once it has stored something: this one it has not.
    blog.submit("Is the service still there?", author="emil").answer("taken", 0)
    blog.follower.wait_for_lines(1)
    yield "stop"
    blog.follower.wait_to_hear("again in")
    assert "UNAVAILABLE" in blog.follower.said(), blog.follower.said()
    kept = blog.submit("Handed in while nobody is there", author="fay", more=("--wait", "0")).answer("kept", 75)
    patient = blog.begin("Handed in, and waited", author="gus", more=("--wait", "50"))
    patient.wait_to_hear("the same again")
    yield "start"
    patient.end().answer("taken", 0)
    assert blog.follower.end().code == 0, blog.follower.said()
    has_what_the_feed_has(service, blog)

    sent = blog.run("resend").answer("taken", 0)
    assert sent["comment_id"] == kept["comment_id"] and not sent["replayed"], sent
    assert blog.follow(until=before + 3).end().code == 0
    has_what_the_feed_has(service, blog)


def reconciles_when_the_feed_does_not_reach_back(service, blog):
    taken = blog.records()["taken"]

    def damage(records):
        """As after a restore of an old backup: a cursor of another feed, one comment missing, one as it once was."""
        comments = records["comments"]
        del comments[next(iter(comments))]
        older = next(comment for comment in comments.values() if comment["version"] == 2)
        older.update(state="PENDING", version=1)
        records.update(cursor=FOREIGN_CURSOR, taken=taken - 2)

    blog.change_records(damage)
    follower = blog.follow(until=taken + 1)
    follower.wait_for_lines(1)
    assert follower.lines()[0] == {"taken": taken, "reconciled": 2}, follower.lines()
    blog_posts(service, blog, 1)
    assert follower.end().code == 0, follower.said()
    has_what_the_feed_has(service, blog)


def ends_when_told_and_when_nothing_helps(service, blog):
    follower = blog.follow()
    blog_posts(service, blog, 1)
    follower.wait_for_lines(1)
    assert follower.terminate().code == 0, follower.said()

    other = blog.run("follow", "--site", "not-its-own")
    assert other.code == 1 and "PERMISSION_DENIED" in other.said(), other.said()


def leaves_records_that_the_others_go_on_with(service, blog):
    kept = blog.submit("Kept by one, sent by another", author="hal", REPLYDESK_KEY=blog.revoked_key).answer("kept", 75)
    heir = blog.continued_by(blog.neighbour)
    assert heir.run("resend").answer("taken", 0)["comment_id"] == kept["comment_id"]
    assert heir.follow(until=len(service.events(blog.site))).end().code == 0
    has_what_the_feed_has(service, blog)
    assert heir.run("show", "--thread", "tram").text() == blog.run("show", "--thread", "tram").text()


SCENES = [
    shows_what_becomes_of_a_comment,
    says_which_field_needs_attention,
    waits_for_a_limit_as_long_as_the_service_says,
    says_that_a_thread_is_closed,
    keeps_what_it_cannot_hand_in,
    hands_in_once_though_it_was_killed,
    gives_up_waiting_for_an_answer_at_its_deadline,
    follows_on_exactly_where_it_was_killed,
    shows_approved_comments_and_what_readers_type_stays_text,
    survives_a_restart_of_the_service,
    reconciles_when_the_feed_does_not_reach_back,
    ends_when_told_and_when_nothing_helps,
    leaves_records_that_the_others_go_on_with,
]


def blog_posts(service, blog, number):
    """Comments that come by another way: each author has one."""
    for _ in range(number):
        blog.posts += 1
        name = f"reader{blog.posts}"
        subject = ("tram", "bus", "ferry", "lift")[blog.posts % 4]
        text = f"My <b>number</b> is {blog.posts}, and {name} has a view on the {subject}"
        who = ("--name", name, "--email", f"{name}@example.org")
        service.command("submit", "--site", blog.site, "--thread", "tram", *who, text)


def has_what_the_feed_has(service, blog):
    """Each event once: as many changes as events, and each comment as its last event left it."""
    events = service.events(blog.site)
    last = {event["comment_id"]: (event["state"], event["version"]) for event in events}
    records = blog.records()
    mine = {id: (comment["state"], comment["version"]) for id, comment in records["comments"].items()}
    assert mine == last, f"records {json.dumps(mine)}\nfeed {json.dumps(last)}"
    assert records["taken"] == len(events), f"{records['taken']} taken, {len(events)} events"
    assert records["cursor"] == events[-1]["cursor"], (records["cursor"], events[-1]["cursor"])
