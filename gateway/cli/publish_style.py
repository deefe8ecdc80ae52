"""How the public pages look, and the few lines by which a page says by itself that it is over.

Both stand in each page, and its policy allows them by their hashes and nothing else: no page loads anything.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Final

STYLE: Final = """
:root{--ink:#1c2430;--soft:#5a6675;--line:#d9dee5;--paper:#fff;--wash:#f4f6f8;--accent:#1f4e79;--warn:#8a3b12;
--warn-wash:#fdf3ec}
*{box-sizing:border-box}
body{margin:0;background:var(--wash);color:var(--ink);line-height:1.65;font:1rem/1.65 system-ui,-apple-system,
"Segoe UI","PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif}
a{color:var(--accent);text-underline-offset:.2em}
a:focus-visible,summary:focus-visible{outline:3px solid #ffb000;outline-offset:2px}
.en{color:var(--soft);font-size:.85em;font-weight:400}
h1 .en,h2 .en,dt .en,dd .en,th .en,p>.en{display:block}
footer .en,.count+.en{line-height:1.5}
.skip{position:absolute;left:-999px}
.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem 1rem}
header{background:var(--accent);color:#fff;border-bottom:4px solid #c9a227}
header .en{color:#d5e1ee}
header>div,main,footer>div{max-width:62rem;margin:0 auto;padding:1.25rem 1.25rem}
header p{margin:0}
header .title{font-size:1.35rem;font-weight:600;line-height:1.4}
header .title .en{font-size:.95rem}
h1{font-size:1.6rem;line-height:1.35;margin:.4rem 0 1rem;overflow-wrap:anywhere}
h2{font-size:1.2rem;line-height:1.4;margin:0 0 .25rem}
section,article{background:var(--paper);border:1px solid var(--line);border-radius:6px;padding:1.25rem 1.5rem;
margin:0 0 1.5rem}
section>p,article>p{margin:.5rem 0 1rem}
article>dl+p{margin:1.25rem 0 0;color:var(--soft)}
article>.kind{margin:0;color:var(--soft);font-size:.95rem}
.holds{margin:0 0 1.25rem;padding:.6rem 1rem;border-left:4px solid var(--accent);background:var(--paper);
font-variant-numeric:tabular-nums}
.note{padding:.75rem 1rem;border-left:4px solid var(--warn);background:var(--warn-wash);color:#5e2a0d}
.note .en{color:#7a4a2c}
.over{display:none}
.table{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.95rem}
th,td{text-align:left;vertical-align:top;padding:.55rem .75rem .55rem 0;border-bottom:1px solid var(--line)}
th{font-weight:600;white-space:nowrap;border-bottom:2px solid var(--ink)}
td:first-child{min-width:14rem;overflow-wrap:anywhere}
.code,.date{font-variant-numeric:tabular-nums;white-space:nowrap}
.mark{color:var(--warn);font-size:.85em;white-space:nowrap}
.count{font-size:1rem;font-weight:400;color:var(--soft);margin-left:.5rem}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;margin:0 0 1.25rem;padding:0}
dl{display:grid;grid-template-columns:minmax(10rem,15rem) 1fr;margin:0;border-top:1px solid var(--line)}
dt,dd{padding:.7rem 0;margin:0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
dt{font-weight:600;padding-right:1.25rem;line-height:1.45}
footer{border-top:1px solid var(--line);color:var(--soft);font-size:.9rem}
footer p{margin:.35rem 0}
.past .live{display:none}
.past .over{display:block}
@media(max-width:40rem){dl{grid-template-columns:1fr}dt{border-bottom:0;padding-bottom:0}dd{padding-top:.1rem}
section,article{padding:1rem}
table,tbody,tr,td{display:block;width:100%}thead{display:none}tr{padding:.6rem 0;border-bottom:1px solid var(--line)}
td{border:0;padding:.1rem 0}td[data-label]::before{content:attr(data-label)"：";color:var(--soft)}}
@media print{body{background:#fff}header{background:none;color:#000;border-bottom:2px solid #000}
header .en{color:#444}nav,.skip,.back{display:none}section,article{border:0;padding:0;break-inside:auto}
tr,dt,dd{break-inside:avoid}a{color:inherit;text-decoration:none}
header>div,main,footer>div{max-width:none;padding:.5rem 0}}
"""
SCRIPT: Final = """
(function(){var root=document.documentElement,until=Date.parse(root.getAttribute("data-until"));
function look(){if(!(Date.now()<until)){root.className="past";document.title="本页内容已失效"}}
look();setInterval(look,1000);document.addEventListener("visibilitychange",look);window.addEventListener("pageshow",look)})()
"""
"""Hides what a page shows once its time is over, also in a page that was left open. An unreadable time is over."""


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


POLICY: Final = (
    f"default-src 'none'; style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)}; base-uri 'none'; form-action 'none'"
)
"""The content security policy of every page."""
