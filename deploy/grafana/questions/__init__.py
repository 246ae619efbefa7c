"""What an operator asks: one file per row of the dashboard."""

from typing import Final

from deploy.grafana.questions.correct import CORRECT
from deploy.grafana.questions.flowing import FLOWING
from deploy.grafana.questions.healthy import HEALTHY
from deploy.grafana.questions.late import LATE

ROWS: Final = (FLOWING, LATE, CORRECT, HEALTHY)
