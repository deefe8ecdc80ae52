"""How a receipt's page looks, on a screen and on A4 paper. Its policy allows this style and nothing else."""

from __future__ import annotations

import base64
import hashlib
from typing import Final

STYLE: Final = """
*{box-sizing:border-box}
body{margin:0 auto;max-width:52rem;padding:1.5rem;color:#1c2430;background:#fff;font:1rem/1.6 system-ui,-apple-system,
"Segoe UI","PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif}
h1{font-size:1.5rem;line-height:1.3;margin:0 0 1rem;border-bottom:3px solid #1f4e79;padding-bottom:.6rem}
h2{font-size:1.1rem;margin:1.6rem 0 .3rem}
.en{color:#5a6675;font-size:.85em;font-weight:400;margin-left:.4em}
h1 .en{display:block;margin-left:0}
.code{font:600 1.35rem/1.4 ui-monospace,Menlo,Consolas,monospace;letter-spacing:.03em;overflow-wrap:anywhere}
.verdict{font-size:1.25rem;font-weight:600}
dl{display:grid;grid-template-columns:minmax(9rem,13rem) 1fr;margin:0;border-top:1px solid #d9dee5}
dt,dd{margin:0;padding:.4rem 0;border-bottom:1px solid #d9dee5;overflow-wrap:anywhere}
dt{font-weight:600;padding-right:1rem}dt .en{display:block;margin-left:0}
.hash{font:.8rem/1.5 ui-monospace,Menlo,Consolas,monospace}
.note{margin:1rem 0;padding:.6rem 1rem;border-left:4px solid #8a3b12;background:#fdf3ec;color:#5e2a0d;font-size:.95rem}
.note .en{display:block;margin-left:0;color:#7a4a2c}
details{margin-top:1.5rem;color:#5a6675;font-size:.9rem}pre{overflow:auto;max-height:20rem;font-size:.7rem}
@media(max-width:40rem){dl{grid-template-columns:1fr}dt{border-bottom:0;padding-bottom:0}}
@page{size:A4;margin:16mm}
@media print{body{padding:0;max-width:none;font-size:10.5pt}details{display:none}dt,dd{break-inside:avoid}
.note{background:none;border-left-color:#000;color:#000}.note .en,.en{color:#333}}
"""

_DIGEST: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY: Final = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'"
"""The content security policy of the page: it loads nothing and runs nothing."""
