"""`make docs`: writes what is generated from the code."""

from deploy.documents.flow import flow_page
from deploy.documents.life import life_page
from deploy.documents.schemas import schema_files
from deploy.documents.settings import settings_page
from deploy.embedded.state import PROJECT


def main() -> None:
    """Write the pages of the flow, of a case's life and of settings, and the schemas."""
    (PROJECT / "docs" / "flow.md").write_text(flow_page(), encoding="utf-8")
    (PROJECT / "docs" / "life-of-a-case.md").write_text(life_page(), encoding="utf-8")
    (PROJECT / "docs" / "settings.md").write_text(settings_page(), encoding="utf-8")
    for name, text in schema_files().items():
        (PROJECT / "schemas" / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
