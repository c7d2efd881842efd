"""How is the service? For those who run it."""

from panels import dashboard, figure, graph, heat, table

SUBMIT = 'method="SubmitComment"'


def quantiles(metric: str, selector: str = "") -> list[tuple[str, str]]:
    return [
        (f"histogram_quantile({share}, sum by (le) (rate({metric}_bucket{{{selector}}}[5m])))", f"{percent} %")
        for share, percent in ((0.5, 50), (0.99, 99), (0.999, "99.9"))
    ]


NOW = [
    figure("Ready", "Replicas that take calls", "sum(replydesk_ready)"),
    figure("Budget left, 30 days", "Of the submissions that may fail or be slow: 0.1 %",
           "1 - avg_over_time(replydesk:submissions_bad:ratio_rate3d[27d:1h]) / 0.001", "percentunit"),
    figure("Burning", "How many times faster than the objective allows, the last hour",
           "replydesk:submissions_bad:ratio_rate1h / 0.001", limits=[(1, "orange"), (14.4, "red")]),
    figure("Redis memory", "Of maxmemory",
           "max(replydesk_redis_memory_used_bytes) / (max(replydesk_redis_memory_max_bytes) > 0)", "percentunit",
           [(0.8, "orange"), (0.95, "red")]),
    figure("Certificate", "Time left", "min(replydesk_tls_certificate_expires_seconds)", "s"),
    figure("Trainers", "One, where learning is on", "sum(replydesk_trainer)"),
]
SUBMISSIONS = [
    graph("Submissions a second", "By what became of them", [
        ("sum by (outcome) (rate(replydesk_submissions_total[5m]))", "{{outcome}}")], "reqps", stacked=True),
    graph("How long they take", "The objective: 99.9 % within 100 ms",
          quantiles("replydesk_rpc_duration_seconds", SUBMIT), "s"),
    graph("Bad ones", "Failed by our fault, or slower than 100 ms", [
        ("replydesk:submissions_bad:ratio_rate5m", "5 min"), ("replydesk:submissions_bad:ratio_rate1h", "1 h")],
        "percentunit"),
]
CALLS = [
    graph("Calls a second", "By method", [
        ("topk(12, sum by (method) (rate(replydesk_rpc_requests_total[5m])))", "{{method}}")], "reqps"),
    graph("What went wrong", "By code, without OK", [
        ('sum by (code) (rate(replydesk_rpc_requests_total{code!="OK"}[5m]))', "{{code}}")], "reqps"),
    graph("Slowest methods", "99 of 100 calls are faster", [
        ("topk(8, histogram_quantile(0.99, sum by (le, method) (rate(replydesk_rpc_duration_seconds_bucket[5m]))))",
         "{{method}}")], "s"),
    graph("Open", "Streams by method, and connections", [
        ("sum by (method) (replydesk_rpc_streams)", "{{method}}"), ("sum(replydesk_connections)", "connections")]),
]
REDIS = [
    graph("Round trips", "From here, the wait for a turn included", quantiles("replydesk_redis_round_trip_seconds"), "s"),
    graph("Slowest scripts", "99 of 100 runs are faster", [
        ("topk(8, histogram_quantile(0.99, sum by (le, script) (rate(replydesk_redis_script_duration_seconds_bucket[5m]))))",
         "{{script}}")], "s"),
    graph("Errors and reconnections", "A second, by kind", [
        ("sum by (kind) (rate(replydesk_redis_errors_total[5m]))", "{{kind}}"),
        ("sum(rate(replydesk_redis_reconnects_total[5m]))", "reconnected")]),
    graph("In flight", "Calls that wait for their answer, by replica", [
        ("replydesk_redis_in_flight", "{{instance}}")]),
]
STORE = [
    graph("Memory", "Used, and maxmemory", [
        ("max(replydesk_redis_memory_used_bytes)", "used"), ("max(replydesk_redis_memory_max_bytes)", "maxmemory")],
        "bytes"),
    graph("Replicas", "How far the last one is behind", [
        ("max(replydesk_redis_replica_lag_bytes)", "lag")], "bytes"),
    graph("Confirmations", "Writes that waited for replicas, a second", [
        ("sum by (result) (rate(replydesk_confirmations_total[5m]))", "{{result}}")], "ops"),
    graph("How long replicas take", "store.durability = replica", quantiles("replydesk_confirmation_wait_seconds"), "s"),
]
LEARNING = [
    graph("Behind", "Lessons that a replica does not score by yet", [("replydesk_model_lag_lessons", "{{instance}}")]),
    graph("Events of the model", "An hour", [
        ("sum by (event) (increase(replydesk_model_events_total[1h]))", "{{event}}")]),
    graph("Forgotten", "An hour, by what", [
        ("sum by (what) (increase(replydesk_retention_removed_total[1h]))", "{{what}}")]),
    heat("Scores", "What the model says of what is stored", "sum by (le) (increase(replydesk_score_bucket[1h]))"),
]
PROCESSES = [
    graph("CPU", "Cores in use, by replica", [('rate(process_cpu_seconds_total{job="replydesk"}[5m])', "{{instance}}")]),
    graph("Memory", "By replica", [('process_resident_memory_bytes{job="replydesk"}', "{{instance}}")], "bytes"),
    graph("Open files", "By replica", [('process_open_fds{job="replydesk"}', "{{instance}}")]),
    table("Releases", "What runs", "count by (version) (replydesk_build_info)"),
]

DASHBOARD = dashboard(
    "replydesk-ops", "ReplyDesk: service", "How is the service?",
    [("Now", 4, NOW), ("Submissions", 8, SUBMISSIONS), ("Calls", 8, CALLS), ("Redis, as seen from here", 8, REDIS),
     ("What is stored", 8, STORE), ("Learning and forgetting", 8, LEARNING), ("Processes", 7, PROCESSES)],
)
