"""The shapes of what people may write into an act."""

from typing import Annotated

import msgspec

Unit = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Words = Annotated[str, msgspec.Meta(min_length=2, max_length=2000, pattern=r"\S")]
Short = Annotated[str, msgspec.Meta(max_length=200)]
Longitude = Annotated[float, msgspec.Meta(ge=-180, le=180)]
Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90)]
Remark = Annotated[str, msgspec.Meta(max_length=2000)]
