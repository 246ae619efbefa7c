"""`make docs`: writes what is generated from the code."""

from deploy.documents.flow import flow_page
from deploy.documents.schemas import schema_files
from deploy.embedded.state import PROJECT


def main() -> None:
    """Write the flow's page and the schemas."""
    (PROJECT / "docs" / "flow.md").write_text(flow_page(), encoding="utf-8")
    for name, text in schema_files().items():
        (PROJECT / "schemas" / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
