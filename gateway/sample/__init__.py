"""The invented sample city, and invented registers for benchmarks."""
