"""WeCom (企业微信, 政务微信): a group's robot, by the key in its address."""

from datetime import timedelta
from typing import Final

from services.notify.channels.egress import Egress
from services.notify.channels.posting import minutes, send_to_robot
from services.notify.domain.outcomes import Refusal, Ruling
from services.notify.domain.targets import WeComRobot
from services.notify.domain.wording import Wording

TEXT_BYTES_MAX: Final = 2_048
RULINGS: Final = {
    "-1": Ruling("the system is busy"),
    "40008": Ruling("this kind of message is not taken", final=True),
    "40058": Ruling("a parameter is wrong", final=True),
    "44004": Ruling("the text is empty", final=True),
    "45002": Ruling("the text is too long", final=True),
    "45009": Ruling("too many messages in a minute", after=minutes(1), holds="destination"),
    "45033": Ruling("too many calls at once", after=timedelta(seconds=10), holds="destination"),
    "60020": Ruling("this address is not on the robot's list", final=True),
    "93000": Ruling("no robot has this key", final=True),
    "93004": Ruling("the robot is switched off", final=True),
    "93008": Ruling("the robot is not in the group", final=True),
}


async def send_wecom(egress: Egress, robot: WeComRobot, wording: Wording) -> Refusal | None:
    """Return None when the robot took the message."""
    return await send_to_robot(egress, robot.url, wording.text(TEXT_BYTES_MAX), "WeCom", RULINGS)
