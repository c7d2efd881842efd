"""How is moderation doing? For editors."""

from panels import choice, dashboard, figure, graph, heat

SITE = 'site=~"$site"'

NOW = [
    figure("Waiting", "Items that wait for a moderator", f"sum(max by (site, lane) (replydesk_queue_items{{{SITE}}}))"),
    figure("Overdue", "Of these, past the site's service level",
           f"sum(max by (site) (replydesk_queue_overdue_items{{{SITE}}}))", limits=[(1, "orange"), (50, "red")]),
    figure("Longest wait", "Of the most urgent item of any lane",
           f"max(replydesk_queue_oldest_age_seconds{{{SITE}}})", "s", [(4 * 3600, "orange"), (24 * 3600, "red")]),
    figure("In time, 24 h", "Items that moderators ended the wait of within the service level; the objective is 95 %",
           "1 - ((sum(increase(replydesk_reviews_total{within_service_level=\"false\"}[1d])) or vector(0))"
           " / sum(increase(replydesk_reviews_total[1d])))", "percentunit"),
    figure("Moderators at work", "Open streams of WorkQueue", 'sum(replydesk_rpc_streams{method="WorkQueue"})'),
]
QUEUE = [
    graph("Waiting, by lane", "Items that nobody holds", [
        (f"sum by (lane) (max by (site, lane) (replydesk_queue_items{{{SITE}}}))", "{{lane}}")], stacked=True),
    graph("Overdue, by site", "Past the service level", [
        (f"max by (site) (replydesk_queue_overdue_items{{{SITE}}})", "{{site}}")]),
    graph("Longest wait, by lane", "Of the most urgent item", [
        (f"max by (lane) (replydesk_queue_oldest_age_seconds{{{SITE}}})", "{{lane}}")], "s"),
]
FLOW = [
    graph("What became of submissions", "An hour, all sites", [
        ('sum by (outcome) (increase(replydesk_submissions_total{outcome=~"approved|pending|spam|rejected|refused"}[1h]))',
         "{{outcome}}")], stacked=True),
    graph("Decisions", "An hour, all sites; a bulk decision counts each comment", [
        ("sum by (verdict) (increase(replydesk_decisions_total[1h]))", "{{verdict}}")], stacked=True),
    graph("Refused by limits", "An hour: the same author, address, thread or site too often", [
        ('sum by (limit) (increase(replydesk_limits_hit_total{limit!="replica"}[1h]))', "{{limit}}")], stacked=True),
]
MODEL = [
    heat("Scores", "How likely spam what was stored is: a clear model has most at both ends",
         "sum by (le) (increase(replydesk_score_bucket[1h]))"),
    graph("Agreement with moderators", "The share of decisions that the model would have made too", [
        ("avg(replydesk_model_agreement_ratio)", "agreement")], "percentunit"),
    graph("Calibration error", "0.05: of what it gives 70 %, 65 to 75 % is spam", [
        ("avg(replydesk_model_calibration_error)", "error")], "percentunit"),
]

DASHBOARD = dashboard(
    "replydesk-editors", "ReplyDesk: moderation", "How is moderation doing?",
    [("Now", 4, NOW), ("The queue", 8, QUEUE), ("In and out", 8, FLOW), ("The model", 8, MODEL)],
    [choice("site", "Site", "replydesk_queue_items")],
)
