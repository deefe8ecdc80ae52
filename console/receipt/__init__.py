"""The page that verifies a receipt in the browser: one file, no server, no network."""
