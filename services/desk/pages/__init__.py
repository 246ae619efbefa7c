"""Pages of staff: server-rendered, one folder per page. They work without JavaScript and are quicker with it."""
