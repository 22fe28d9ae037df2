"""Runs a script as it is and notes what it does with its TensorFlow Lite interpreter, for `whyzero diagnose`."""
