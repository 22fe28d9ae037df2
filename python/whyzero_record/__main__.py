"""python -m whyzero_record [options] app.py [arguments of the script]"""
import argparse
import os
import shutil
import subprocess
import sys
import traceback
import types

from . import app_file, hooks, mends
from .recording import Recording
from .user_code import UserCode


def parse(arguments):
    parser = argparse.ArgumentParser(prog="python -m whyzero_record", description="Runs your script as it is, notes what it feeds to its TensorFlow Lite model and "
                                     "reads from it, and has whyzero find out what is wrong.")
    parser.add_argument("--output", default="recorded", metavar="DIR", help="folder for app.json, calls.jsonl and the tensors (default: recorded)")
    parser.add_argument("--truth", metavar="CSV", help="what the samples really show: header sample,label; a sample is its number")
    parser.add_argument("--labels", metavar="TXT", help="the label file, if the script reads none")
    parser.add_argument("--max-samples", type=int, default=200, metavar="N", help="values of the first N samples are kept (default: 200)")
    parser.add_argument("--max-megabytes", type=int, default=512, metavar="N", help="of values on disk (default: 512)")
    parser.add_argument("--no-diagnose", action="store_true", help="only record")
    parser.add_argument("--program", default=None, metavar="PATH", help="the whyzero program (default: the one on the PATH)")
    parser.add_argument("--format", default="text", choices=("text", "json"), help="of the diagnosis")
    parser.add_argument("script")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    return parser.parse_args(arguments)


def run_script(script, arguments, recording):
    """The script's globals and the exception that ended it, or None."""
    module = types.ModuleType("__main__")
    module.__file__, module.__builtins__ = script, __builtins__
    sys.modules["__main__"] = module
    sys.argv = [script, *arguments]
    sys.path[0] = os.path.dirname(os.path.abspath(script))
    hooks.install(recording)
    stdout, error = sys.stdout, None
    try:
        exec(compile(recording.user_code.source, recording.user_code.script, "exec"), module.__dict__)
    except SystemExit as end:
        if end.code not in (None, 0):
            print(f"whyzero_record: the script ended with status {end.code}", file=sys.stderr)
    except BaseException as caught:             # KeyboardInterrupt too: what was recorded until then counts
        error = caught
    sys.stdout = stdout.stream
    return module.__dict__, error


def report_error(error, recording):
    line, what, write = mends.mend(error, recording.user_code)
    recording.note("exception", line=line, exception=f"{type(error).__name__}: {error}"[:2000])
    trace = error.__traceback__
    while trace is not None and not recording.user_code.owns(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    traceback.print_exception(type(error), error, trace)
    print(f"\nwhyzero_record: the script ends at {line}\n  {what}", file=sys.stderr)
    if write:
        print(f"  Write     {write}", file=sys.stderr)


def summary(recording):
    dropped = [f"{count} {what}" for what, count in recording.dropped.items() if count]
    samples = max((len(model.samples) for model in recording.models), default=0)
    print(f"whyzero_record: {samples} sample(s), {len(recording.calls)} calls in {recording.folder}" +
          (f"; not kept: {', '.join(dropped)} (see --max-samples, --max-megabytes)" if dropped else ""), file=sys.stderr)


def diagnose(app, options):
    program = options.program or os.environ.get("WHYZERO") or shutil.which("whyzero")
    if not program:
        print(f"whyzero_record: now run `whyzero diagnose {app}` (the program is not on the PATH)", file=sys.stderr)
        return 0
    sys.stdout.flush()
    return subprocess.run([program, "diagnose", app, "--format", options.format]).returncode


def main(arguments=None):
    options = parse(sys.argv[1:] if arguments is None else arguments)
    if not os.path.isfile(options.script):
        print(f"whyzero_record: there is no script {options.script}", file=sys.stderr)
        return 2
    folder = os.path.abspath(options.output)
    truth, labels = (os.path.abspath(path) if path else None for path in (options.truth, options.labels))
    shutil.rmtree(os.path.join(folder, "tensors"), ignore_errors=True)
    os.makedirs(folder, exist_ok=True)
    recording = Recording(folder, UserCode(options.script), options.max_samples, options.max_megabytes << 20)
    script_globals, error = run_script(options.script, options.arguments, recording)
    recording.busy.on = True
    if error is not None:
        report_error(error, recording)
    app = app_file.write(recording, script_globals, truth, labels)
    summary(recording)
    if app is None:
        if error is None:
            print("whyzero_record: the script never fed anything to a TensorFlow Lite model", file=sys.stderr)
        return 1 if error is not None else 2
    status = 0 if options.no_diagnose else diagnose(app, options)
    return max(status, 1) if error is not None else status


if __name__ == "__main__":
    sys.exit(main())
