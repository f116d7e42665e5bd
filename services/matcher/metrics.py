"""Prometheus metrics of the matcher alone: its queues, its encoder, its matches and its indexes."""

from prometheus_client import Counter, Gauge, Histogram

JOBS = Gauge(
    "jingqiao_matcher_jobs",
    "Demands and profiles to be embedded and ranked; `state` is ready, leased or delayed (failed, to be tried again).",
    ["kind", "state"],
)
OLDEST_JOB_S = Gauge(
    "jingqiao_matcher_oldest_job_seconds",
    "Age of the oldest job, failed tries included; `urgency` is fresh when somebody just published or saved.",
    ["kind", "urgency"],
)
JOBS_DONE = Counter(
    "jingqiao_matcher_jobs_done_total",
    "Jobs by what became of them: ranked, put_back, or ended (not open any more).",
    ["kind", "outcome"],
)
STAGE = Histogram(
    "jingqiao_matcher_stage_seconds",
    "Time of a batch of jobs in a stage: embed or rank.",
    ["kind", "stage"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
MATCHES = Counter("jingqiao_matcher_matches_total", "Matches announced: computed or lapsed.", ["change"])
TEXTS_WAITING = Gauge(
    "jingqiao_matcher_texts_waiting", "Texts that wait for the encoder; urgent ones have somebody waiting.", ["urgency"]
)
ENCODING = Histogram(
    "jingqiao_matcher_encode_seconds",
    "Time from asking for vectors to having them, waiting included.",
    ["urgency"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
MODEL_LOADED = Gauge("jingqiao_matcher_model_loaded", "1 once this process has its embedding model at hand, else 0.")
RECALL = Gauge(
    "jingqiao_matcher_index_recall_ratio",
    "Share of the nearest by exact search that searches by index find, over sample subjects; `face` is the column.",
    ["subject", "face"],
)
PROBED_AT = Gauge("jingqiao_matcher_index_probe_timestamp_seconds", "When the indexes were last probed.")
INDEXES_LACKING = Gauge(
    "jingqiao_matcher_indexes_lacking", "Indexes that would pay and are not there, so that searches read all vectors."
)
DOCKINGS = Gauge("jingqiao_matcher_dockings", "Dockings by state.", ["state"])
DOCKING_S = Gauge(
    "jingqiao_matcher_docking_seconds",
    "Time that dockings took; `stage` is match_to_docking, docking_to_meeting or docking_to_agreement.",
    ["stage", "quantile"],
)
