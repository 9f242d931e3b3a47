"""A local stand-in for WeChat's public endpoints, for the demo, tests and benchmarks."""
