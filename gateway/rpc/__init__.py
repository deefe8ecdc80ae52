"""The wire: one generic handler, one endpoint for every call, and the conversions. It decides nothing."""
