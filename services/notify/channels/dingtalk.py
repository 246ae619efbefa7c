"""DingTalk (钉钉): a group's robot, signed where it asks for a signature."""

import base64
import hmac
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from services.notify.channels.egress import Egress
from services.notify.channels.posting import minutes, send_to_robot
from services.notify.domain.outcomes import Refusal, Ruling
from services.notify.domain.targets import DingTalkRobot
from services.notify.domain.wording import Wording
from services.notify.ports import Taken

TEXT_BYTES_MAX: Final = 8_000
RULINGS: Final = {
    "-1": Ruling("the system is busy"),
    "40035": Ruling("a parameter is wrong", final=True),
    "43004": Ruling("the content type is wrong", final=True),
    "90030": Ruling("the robot's quota is used up", after=minutes(360), holds="destination"),
    # More than 20 in a minute: blocked for ten.
    "130101": Ruling("too many messages in a minute", after=minutes(10), holds="destination"),
    "410100": Ruling("sent too fast", after=minutes(10), holds="destination"),
    "300001": Ruling("no robot has this token", final=True),
    "300005": Ruling("no robot has this token", final=True),
    "310000": Ruling("the robot's own check failed: signature, keyword or address", final=True),
    "400013": Ruling("the group was dissolved", final=True),
    "400101": Ruling("no robot has this token", final=True),
    "400102": Ruling("the robot is switched off", final=True),
    "400105": Ruling("this kind of message is not taken", final=True),
    "400106": Ruling("this kind of message is not taken", final=True),
    "430101": Ruling("the content was refused", final=True),
    "430102": Ruling("the content was refused", final=True),
    "430103": Ruling("the content was refused", final=True),
    "430104": Ruling("the content was refused", final=True),
}


async def send_dingtalk(egress: Egress, robot: DingTalkRobot, wording: Wording, told: Taken) -> Refusal | None:
    """Return None when the robot took the message; the instant in its signature may be an hour old."""
    return await send_to_robot(
        egress, signed_url(robot, told.taken_at), wording.text(TEXT_BYTES_MAX), "DingTalk", RULINGS
    )


def signed_url(robot: DingTalkRobot, at: datetime) -> str:
    """Return the robot's address with timestamp (milliseconds) and signature, as DingTalk's documentation has it."""
    if robot.secret is None:
        return robot.url
    timestamp = str(int(at.timestamp() * 1000))
    digest = hmac.digest(robot.secret.encode(), f"{timestamp}\n{robot.secret}".encode(), "sha256")
    return f"{robot.url}&{urlencode({'timestamp': timestamp, 'sign': base64.b64encode(digest).decode()})}"
