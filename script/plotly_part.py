"""Takes out of Plotly's bundle what the page does not draw, so that a browser has a quarter as much to fetch and read.

usage: plotly_part.py plotly.min.js | esbuild --bundle --minify --format=iife >plotly-part.min.js

The bundle is one function around modules that run when they are first asked for. Its last module asks for every kind of
trace; here it asks for bars alone (lines come with the core). The modules then stand at the top of a file and are marked
as without effect until they are asked for, by which esbuild leaves out those that nothing asks for any more.

The patterns fit the one bundle that script/bootstrap pins; where one does not fit, nothing is written.
"""

import re
import sys

NAME = r"[\w$]+"


class UnknownShape(Exception):
    """The bundle is not made the way this expects."""


def replaced(pattern: str, replacement: str, text: str, least: int, most: int) -> str:
    """`text` with each match replaced, of which there must be `least` to `most`."""
    changed, count = re.subn(pattern, replacement, text)
    if not least <= count <= most:
        raise UnknownShape(f"{pattern} is there {count} times, not {least} to {most} times")
    return changed


def part(bundle: str) -> str:
    """The module that esbuild makes the smaller bundle of."""
    # Marked as what a minifier keeps.
    licence, _, rest = bundle.replace("/**", "/*!", 1).partition("*/")
    _, opening, rest = rest.partition("var Plotly=(()=>{")
    modules, closing, notices = rest.rpartition("})();\n/*!")
    if not opening or not closing:
        raise UnknownShape("there is no function around the modules")
    # What the function returned is what the page finds.
    modules = replaced(rf"return ({NAME}\(\));$", r"globalThis.Plotly=\1;", modules, 1, 1)
    # The first of the kinds of traces are bars.
    modules = replaced(
        rf"register\(\[({NAME}\(\)),[^\]]*\]\)(?=;{NAME}\.exports={NAME}\}}\);globalThis)", r"register([\1])", modules, 1, 1
    )
    # Modules, of both kinds that esbuild knows: they run when they are asked for.
    modules = replaced(
        rf"=(W|Ea)\((?=(?:\((?:{NAME}(?:,{NAME})*)?\)|{NAME})=>\{{)", r"=/* @__PURE__ */\1(", modules, 1000, 2000
    )
    # What a module of the newer kind gives away.
    modules = replaced(rf"var ({NAME})=\{{\}};Fp\(\1,", r"var \1=/* @__PURE__ */((o,d)=>(Fp(o,d),o))({},", modules, 1, 50)
    return f'{licence}*/\n"use strict";{modules}\n/*!{notices.partition("window.Plotly")[0]}'


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        module = part(file.read())
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    sys.stdout.write(module)


main()
