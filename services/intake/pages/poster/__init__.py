"""The poster: a page to print, with a QR code that opens the report page, for one community or for the district."""
