"""The figures, measured in one run on the machine at hand."""
