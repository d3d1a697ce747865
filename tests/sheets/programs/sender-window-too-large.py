"""A sender by go-back-N that has twice its window on the way."""
import pathlib
import runpy
import sys

sys.argv[4] = str(2 * int(sys.argv[4]))
runpy.run_path(str(pathlib.Path(__file__).with_name("sender-right.py")))
