"""What is generated from the code and committed: the flow's page and the events' JSON Schemas."""
