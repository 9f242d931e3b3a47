"""What is computed once and cached, on all cores or on a cluster. What is computed is the analyses'
own.
"""
