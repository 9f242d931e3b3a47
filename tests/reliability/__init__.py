"""What this project promises when things go wrong, measured: fuzzing, kill -9, a soak. The quick
forms are among the tests.
"""
