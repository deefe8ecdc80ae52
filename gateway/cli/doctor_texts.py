"""What each broken link means, how that is known, and what to do: in both languages.

A row is for a link and a part of what was found there, the first that fits; the last row of a link fits always.
"""

from __future__ import annotations

from typing import Final

from gateway.cli import doctor_callers_texts
from gateway.cli.doctor_advice import NTP, RENEW, Advice
from gateway.domain.policy import LocalizedText as Both

_CONFIGURED: Final = Both("按启动时的规则读取了配置文件", "the files were read as a start reads them")
_RECORDED: Final = Both(
    "与数据库时钟、已确认时间和最近留痕时间比较", "compared with the store's clock, confirmations and the last entries"
)

_ASSESSED: Final = Advice(
    "个人信息影响评估缺失或已到复评日",
    Both("登记簿 processing.toml 中的日期", "by the days on the register, processing.toml"),
    Both("完成评估后更新登记簿；此前网关不能启动", "assess, then edit the register; until then no start"),
)

ROWS: Final[tuple[tuple[str, str, Advice], ...]] = (
    ("configuration", "assessment", _ASSESSED),
    (
        "configuration",
        "",
        Advice("配置不可用", _CONFIGURED, Both("按提示的文件和键修改", "mend the file and key named")),
    ),
    (
        "policy",
        "",
        Advice(
            "现行政策不能加载，网关不会启动",
            Both(
                "已批准政策的文本，以及本节点的 policy/reviews.toml",
                "the text that was approved, and this node's policy/reviews.toml",
            ),
            Both(
                "运行 jsg policy list，补齐复核日期，或者由两人另行提出并批准一版",
                "jsg policy list; put the day of the review that is missing, or propose and approve another",
            ),
        ),
    ),
    (
        "legal bases",
        "",
        Advice(
            "法律依据应进行年度复核（X-05）",
            Both("按 policy/reviews.toml 中的日期", "by the days in policy/reviews.toml"),
            Both(
                "运行 jsg policy review，由法制机构复核后更新日期；结论不受影响",
                "jsg policy review; once a legal officer has looked, put the new day there. No answer changes",
            ),
        ),
    ),
    (
        "disk",
        "is not there",
        Advice(
            "状态目录不存在",
            Both("按配置的路径查看", "looked for where the configuration says"),
            Both("挂载磁盘，或运行 jsg db upgrade 新建网关", "mount the disk; for a new gateway, jsg db upgrade"),
        ),
    ),
    (
        "disk",
        "NOT writable",
        Advice(
            "目录不可写",
            Both("按当前账户的权限查看", "by the permissions of this account"),
            Both("以网关账户运行，或修复权限", "run as the gateway's account, or mend the permissions"),
        ),
    ),
    (
        "disk",
        "",
        Advice(
            "磁盘空间不足",
            Both("可用空间低于下限", "free space is below the limit of [status]"),
            Both("扩容或清理；留痕写不下时网关即停止", "make room: a record that cannot be written stops the gateway"),
        ),
    ),
    (
        "evidence",
        "cannot be opened",
        Advice(
            "证据存储桶的密钥、证书颁发机构或组件不可用",
            Both("按配置打开", "opened as [evidence] of gateway.toml says"),
            Both("按提示修复文件及其权限，或安装扩展 s3", "mend the file named and its mode, or install the extra s3"),
        ),
    ),
    (
        "evidence",
        "",
        Advice(
            "证据存储桶不可用",
            Both("列出一个对象未获应答", "one object was asked to be listed, and that was not answered"),
            Both("检查存储服务、网络和密钥权限", "look at the store, the way to it, and what its keys may do"),
        ),
    ),
    (
        "log",
        "wait",
        Advice(
            "日志未跟上留痕",
            Both("留痕队列中有条目超过一分钟未入日志", "entries wait for their checkpoint for over a minute"),
            Both(
                "查看网关日志中的原因；若提示字节不符，运行 jsg audit fsck",
                "see why in the gateway's log; where bytes differ, run jsg audit fsck",
            ),
        ),
    ),
    (
        "log",
        "another version",
        Advice(
            "日志数据表版本不符",
            Both("读取了数据库中的版本号", "the version in the database was read"),
            Both("备份后运行 jsg db upgrade", "back it up, then run jsg db upgrade"),
        ),
    ),
    (
        "log",
        "",
        Advice(
            "日志数据库不可用",
            Both("按配置打开日志", "opened where the configuration says"),
            Both("从备份恢复；仅新网关运行 jsg db upgrade", "restore its backup; only a new gateway: jsg db upgrade"),
        ),
    ),
    (
        "witnesses",
        "",
        Advice(
            "外部见证缺失或落后",
            Both("见证方最近一次会签的检查点", "by the newest checkpoint that it has cosigned"),
            Both(
                "查看网关日志中见证方的答复；拒绝会签可能意味着日志被回退",
                "see its answers in the gateway's log; a refusal can mean that the log was rolled back",
            ),
        ),
    ),
    (
        "store",
        "is not there",
        Advice(
            "数据库文件不存在",
            Both("按配置的路径查看", "looked for where the configuration says"),
            Both(
                "从备份恢复；仅新网关运行 jsg db upgrade",
                "restore it from its backup; only a new gateway: jsg db upgrade",
            ),
        ),
    ),
    (
        "store",
        "another version",
        Advice(
            "数据表版本不符",
            Both("读取了数据库中的版本号", "the version in the database was read"),
            Both("备份后运行 jsg db upgrade", "back it up, then run jsg db upgrade"),
        ),
    ),
    (
        "store",
        "",
        Advice(
            "数据库不可用",
            Both("连接并读取失败", "connecting or reading failed"),
            Both("检查数据库服务、地址和网络", "look at the database's service, its address and the network"),
        ),
    ),
    ("clock", "", Advice("本机时钟不准", _RECORDED, NTP)),
    (
        "gateway's clock",
        "",
        Advice(
            "本机时钟与网关不一致",
            Both("与网关应答中的时间比较", "compared with the instant in the gateway's answer"),
            Both("用 NTP 校准两台机器", "set both machines' clocks by NTP"),
        ),
    ),
    (
        "gateway's status",
        "",
        Advice(
            "网关自报异常",
            Both("以运行维护单位证书询问了网关", "the gateway was asked as its operator"),
            Both("运行 jsg status 查看逐项处置", "jsg status says what to do about each"),
        ),
    ),
    (
        "gateway's certificate",
        "expired",
        Advice("网关证书已到期", Both("与本机时间比较", "its end was compared with this machine's clock"), RENEW),
    ),
    (
        "gateway's certificate",
        "",
        Advice(
            "网关证书或私钥不可用",
            Both("按启动时的规则检查", "judged as a start judges it"),
            Both("换上配套的证书和私钥", "put a certificate and key there that belong together"),
        ),
    ),
    (
        "gateway",
        "NOT_SERVING",
        Advice(
            "网关不能应答",
            Both("健康检查答复 NOT_SERVING", "its health check said so"),
            Both("查看网关日志", "look into the gateway's log"),
        ),
    ),
    (
        "gateway",
        "",
        Advice(
            "连不上网关",
            Both("尝试建立连接", "a connection was tried"),
            Both("启动网关，检查地址、防火墙和证书", "start it; look at address, firewall and certificates"),
        ),
    ),
    (
        "persons' key",
        "",
        Advice(
            "证件号码密钥不可用",
            Both("读取了密钥文件", "the key's files were read"),
            Both("从备份恢复 keys 目录及权限", "restore the folder keys and its permissions from the backup"),
        ),
    ),
    (
        "bulletins' keys",
        "add the next",
        Advice(
            "公告签名密钥过旧",
            Both("按密钥文件的时间与 [bulletin] key_days 比较", "by its file's time and key_days of [bulletin]"),
            Both(
                "运行 jsg bulletin keys --add，把新公钥交给各方，再移除旧文件",
                "jsg bulletin keys --add; give everybody the new half, then remove the old file",
            ),
        ),
    ),
    (
        "bulletins' keys",
        "still beside it",
        Advice(
            "旧的公告签名密钥未移除",
            Both("新密钥启用已久，旧文件仍在", "the next has signed for long, and the old file is there"),
            Both("确认各方已换用新公钥后移除旧文件", "see that everybody has the new half, then remove the old file"),
        ),
    ),
    (
        "bulletins' keys",
        "",
        Advice(
            "公告签名密钥不可用",
            Both("读取了密钥文件及其权限", "the key's files and their modes were read"),
            Both("修复权限，或从备份恢复 keys 目录", "mend the modes, or restore the folder keys from the backup"),
        ),
    ),
    (
        "erased entries",
        "",
        Advice(
            "有记录未经登记的清除即被清除",
            Both("与留痕中的清除登记逐条核对", "each was held to the run that is on record"),
            Both("保全数据库和备份，报告审计机关", "keep database and backups as they are, and tell the auditor"),
        ),
    ),
    ("mandates", "assessment", _ASSESSED),
    (
        "mandates",
        "",
        Advice(
            "授权数据不可用",
            Both("读取了数据库中的授权", "the mandates in the store were read"),
            Both("修复后重启", "mend what is named, then start again"),
        ),
    ),
    (
        "authorities",
        "",
        Advice(
            "没有有效的签发机构",
            Both("读取了 ca-bundle.pem", "ca-bundle.pem was read"),
            Both("放入有效的签发机构证书", "put an authority there that is valid"),
        ),
    ),
    (
        "revocations",
        "",
        Advice(
            "吊销列表不可用，所有调用方被拒绝",
            Both("按网关的规则读取了列表", "the list was read as the gateway reads it"),
            Both("取得最新列表后改名替换", "fetch the newest list and rename it into its place"),
        ),
    ),
)
_OTHER: Final = Advice("此环节不可用", Both("见上", "as said above"), Both("见上", "as said above"))


def advice_on(link: str, found: str) -> Advice:
    """Return what is to be said of a broken link; a link of no row says that what was found stands above."""
    for name, part, advice in (*ROWS, *doctor_callers_texts.ROWS):
        if (link == name or link.startswith(f"{name} ")) and part in found:
            return advice
    return _OTHER
