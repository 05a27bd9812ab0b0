"""Settings of the course for nbgrader; run its commands from this folder."""

import os
from pathlib import Path

c = get_config()  # noqa: F821 - nbgrader's loader provides it
here = Path(__file__).resolve().parent

c.CourseDirectory.course_id = "hallyu-studio"
c.CourseDirectory.root = str(here)
# The gradebook is gradebook.db here (SQLite). In PostgreSQL: c.CourseDirectory.db_url = "postgresql+pg8000://user:password@host/name"

# An episode is drawn by a model: 30 seconds, nbgrader's default, are too few on a busy machine. A delivery's layered
# file is larger than the default of 100 MB. Figures in kilobytes.
c.Execute.timeout = 300
c.Execute.startup_timeout = 120
c.CourseDirectory.max_file_size = 400_000
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "takes", "*.pem"]

# What one submission may use in its sandbox: seconds of wall clock and of processor, megabytes beyond the libraries.
c.WarmProvisioner.limits = {
    "seconds": 1200,
    "cpu_seconds": 1200,
    "memory_mb": 3072,
    "files_mb": 400,
    "work_mb": 1024,
}

c.IsolatedExecute.output_limit = 30_000_000  # bytes of a cell; an episode's slices are pictures

# Feedback pages that run nothing and tell nothing of hidden tests, from `nbgrader generate_feedback` too.
c.GenerateFeedback.exporter_class = "hallyu.grading.run.feedback.SafeHTML"
c.GenerateFeedback.post_convert_hook = "hallyu.grading.run.feedback.pages_only"

# A stub is the same here as in the lessons, so that `hallyu learn` and nbgrader release the same notebook.
c.ClearSolutions.code_stub = {"python": "...  # your turn"}
c.ClearSolutions.text_stub = "*Write your answer here.*"

# Anything on stderr in a test cell scores 0: silence what libraries say, in the kernels that nbgrader starts.
for name, value in {
    "PYTHONWARNINGS": "ignore",
    "TQDM_DISABLE": "1",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "DIFFUSERS_VERBOSITY": "error",
}.items():
    os.environ.setdefault(name, value)
