#!/usr/bin/env python3
"""Checks with nm that no object of a static library ends the program, prints, or reads standard input.

    check_purity.py LIBRARY.a [--nm nm] [--must-find SYMBOL…]

Looks at the symbols that each object needs from elsewhere. With --must-find exactly these must be found (the check of the
check). What the C++ runtime itself does inside (std::terminate, std::__throw_…) is not an object's own doing and is allowed.
Build without assertions (NDEBUG): nlohmann-json's and flatbuffers' end in __assert_fail otherwise.
"""
import argparse
import re
import subprocess
import sys

ENDS = {"exit", "_exit", "_Exit", "quick_exit", "abort", "raise", "__assert_fail", "__assert", "std::__glibcxx_assert_fail",
        "err", "errx", "verr", "verrx", "error", "error_at_line"}
PRINTS = {"printf", "vprintf", "puts", "putchar", "putchar_unlocked", "putc", "perror", "psignal", "warn", "warnx", "vwarn", "vwarnx", "syslog",
          "__printf_chk", "__vprintf_chk", "wprintf", "vwprintf", "stdout", "stderr", "stdin", "getchar", "gets", "scanf",
          "std::cout", "std::cerr", "std::clog", "std::cin", "std::wcout", "std::wcerr", "std::wclog", "std::wcin"}
FORBIDDEN = ENDS | PRINTS
# What ends is the process that the library itself made, and not by way of the exit handlers of the program that uses it.
ALLOWED = {("child.cc.o", "_exit")}
FMT_PRINT = re.compile(r"^fmt::v\d+::(v?print|detail::print)\b")


def base_name(symbol):
    """nm -C's text without version, ABI tag, template and function arguments: `fmt::v9::vprint(…)` -> `fmt::v9::vprint`."""
    symbol = re.sub(r"@.*$", "", symbol.strip())
    symbol = re.sub(r"\[abi:\w+\]", "", symbol)
    return symbol.split("(", 1)[0].strip() if not symbol.startswith("(") else symbol


def impure(listing):
    """-> [(object, symbol)] from the text of `nm -C --undefined-only LIBRARY`, and the number of objects seen."""
    found, member, members = [], "?", 0
    for line in listing.splitlines():
        if line.endswith(":") and " " not in line:
            member, members = line[:-1], members + 1
            continue
        match = re.match(r"^\s+[UwWvV] (.+)$", line)
        if match:
            name = base_name(match.group(1))
            if (member, name) in ALLOWED:
                continue
            if name in FORBIDDEN or FMT_PRINT.match(name):
                found.append((member, name))
    return found, members


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("library")
    p.add_argument("--nm", default="nm")
    p.add_argument("--must-find", nargs="*")
    args = p.parse_args()
    listing = subprocess.run([args.nm, "-C", "--undefined-only", args.library], capture_output=True, text=True, check=True).stdout
    found, members = impure(listing)
    if not members:
        print(f"{args.library}: nm lists no object")
        return 1
    if args.must_find is not None:
        got, wanted = {name for _, name in found}, set(args.must_find)
        for name in sorted(got ^ wanted):
            print(f"{args.library}: {name} was {'not found' if name in wanted else 'found, but is not among the expected'}")
        return 1 if got != wanted else 0
    for member, name in found:
        what = "ends the program" if name in ENDS else "prints or reads a standard stream"
        print(f"{member}: needs {name}, which {what}; return a Result instead, or tell a Progress")
    print(f"{members} objects, {len(found)} impure symbols")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
