"""What is in disorder, in words, and what to do about it: for those who run the gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.complaints import StatusTrouble
from gateway.domain.policy import LocalizedText

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXTS: Final[Mapping[StatusTrouble, LocalizedText]] = {
    StatusTrouble.CANNOT_ANSWER: LocalizedText("网关不能应答", "nothing is answered"),
    StatusTrouble.NODE_BEHIND: LocalizedText("本节点落后于数据库", "this node is behind its store"),
    StatusTrouble.CLOCK_OFF: LocalizedText("本机时钟与数据库不一致", "this node's clock is off the store's"),
    StatusTrouble.SOURCE_STALE: LocalizedText(
        "数据源超过时限未确认", "the feed has not been confirmed within its limit"
    ),
    StatusTrouble.CERTIFICATE_ENDED: LocalizedText("网关证书已到期", "the gateway's certificate is over"),
    StatusTrouble.CERTIFICATE_ENDS_SOON: LocalizedText("网关证书即将到期", "the gateway's certificate ends soon"),
    StatusTrouble.AUTHORITY_ENDED: LocalizedText("所有签发机构证书已到期", "every trusted authority is over"),
    StatusTrouble.AUTHORITY_ENDS_SOON: LocalizedText("签发机构证书即将到期", "a trusted authority ends soon"),
    StatusTrouble.REVOCATIONS_STALE: LocalizedText("吊销列表已过期", "the list of revocations is out of date"),
    StatusTrouble.DISK_NEARLY_FULL: LocalizedText("磁盘空间不足", "the disk is nearly full"),
    StatusTrouble.RECORD_FALLS_BEHIND: LocalizedText("留痕落盘积压", "entries wait for the disk"),
    StatusTrouble.PERSON_KEYS_UNUSABLE: LocalizedText("证件号码密钥不可用", "persons' keys cannot be used"),
    StatusTrouble.ASSESSMENT_OVERDUE: LocalizedText("影响评估已到复评日", "an impact assessment is overdue"),
    StatusTrouble.ASSESSMENT_DUE_SOON: LocalizedText("影响评估即将复评", "an impact assessment is due soon"),
    StatusTrouble.UNREADABLE: LocalizedText("文件不可读", "the file cannot be read"),
    StatusTrouble.LOG_NOT_SIGNED: LocalizedText(
        "日志未及时签发检查点", "entries wait for a signed checkpoint of the log"
    ),
    StatusTrouble.DISK_FILLS_UP: LocalizedText("磁盘逐渐用尽", "the disk fills up"),
    StatusTrouble.DAY_NOT_INDEXED: LocalizedText("日索引未按时生成", "a day that is over has no index on record"),
    StatusTrouble.CASE_EVENTS_OWED: LocalizedText(
        "在办项目事件逾期未签收", "events of cases in hand are not acknowledged in time"
    ),
    StatusTrouble.REFERRALS_STUCK: LocalizedText(
        "涉嫌犯罪案件移送停滞（期限逾期 / 未接收 / 未查阅 / 上传中断）",
        "referrals are stuck (clocks overdue / not delivered / not opened / uploads)",
    ),
    StatusTrouble.BASIS_REVIEW_DUE: LocalizedText(
        "法律依据应进行年度复核", "the yearly review of a legal basis is due"
    ),
    StatusTrouble.REPLAY_DIFFERS: LocalizedText(
        "历史结论复算结果不一致", "past answers are others when they are derived again"
    ),
}
ADVICE: Final[Mapping[StatusTrouble, LocalizedText]] = {
    StatusTrouble.CANNOT_ANSWER: LocalizedText(
        "查看日志原因，修复磁盘、数据库或证书后重启",
        "find the cause in the log, mend disk, database or key, start again",
    ),
    StatusTrouble.NODE_BEHIND: LocalizedText(
        "检查到数据库的连接和负载", "look at the connection to the database and at its load"
    ),
    StatusTrouble.CLOCK_OFF: LocalizedText(
        "用 NTP 校准本机时钟，无需重启", "set the clock by NTP; no restart is needed"
    ),
    StatusTrouble.SOURCE_STALE: LocalizedText(
        "请数据提供方报送并运行 jsg registry confirm", "have the producer deliver, then jsg registry confirm"
    ),
    StatusTrouble.CERTIFICATE_ENDED: LocalizedText("运行 jsg pki renew", "run jsg pki renew"),
    StatusTrouble.CERTIFICATE_ENDS_SOON: LocalizedText("运行 jsg pki renew", "run jsg pki renew"),
    StatusTrouble.AUTHORITY_ENDED: LocalizedText(
        "将新的签发机构证书放入 ca-bundle.pem", "put a new authority into ca-bundle.pem"
    ),
    StatusTrouble.AUTHORITY_ENDS_SOON: LocalizedText(
        "将新的签发机构证书一并放入 ca-bundle.pem，再换发证书",
        "put the next authority beside it into ca-bundle.pem, then issue anew",
    ),
    StatusTrouble.REVOCATIONS_STALE: LocalizedText("取得最新吊销列表", "fetch the newest list"),
    StatusTrouble.DISK_NEARLY_FULL: LocalizedText(
        "扩容或清理磁盘；写不了留痕网关即停止", "make room: a record that cannot be written stops the gateway"
    ),
    StatusTrouble.RECORD_FALLS_BEHIND: LocalizedText("检查磁盘同步速度", "look at how fast the disk syncs"),
    StatusTrouble.PERSON_KEYS_UNUSABLE: LocalizedText(
        "从备份恢复 keys 目录", "restore the folder keys from its backup"
    ),
    StatusTrouble.ASSESSMENT_OVERDUE: LocalizedText(
        "完成复评并更新 processing.toml，否则下次不能启动",
        "review it and edit processing.toml: the next start is refused",
    ),
    StatusTrouble.ASSESSMENT_DUE_SOON: LocalizedText(
        "安排复评并更新 processing.toml", "review it and edit processing.toml"
    ),
    StatusTrouble.UNREADABLE: LocalizedText("恢复该文件及其权限", "restore the file and its permissions"),
    StatusTrouble.LOG_NOT_SIGNED: LocalizedText(
        "查看日志中不再签发的原因，并运行 jsg audit fsck",
        "find in the log why it is not signed any more, and run jsg audit fsck",
    ),
    StatusTrouble.DISK_FILLS_UP: LocalizedText("及早扩容", "make room in time"),
    StatusTrouble.DAY_NOT_INDEXED: LocalizedText(
        "查看日志中未生成的原因，并运行 jsg audit fsck",
        "find in the log why it was not made, and run jsg audit fsck",
    ),
    StatusTrouble.CASE_EVENTS_OWED: LocalizedText(
        "请人社部门运行 jsg case unacknowledged 并督促未签收的单位",
        "have HRSS run jsg case unacknowledged, and urge the agencies that it names",
    ),
    StatusTrouble.REFERRALS_STUCK: LocalizedText(
        "请人社部门运行 jsg referral list 并督促未办理的单位",
        "have HRSS run jsg referral list, and urge the agencies that it names",
    ),
    StatusTrouble.BASIS_REVIEW_DUE: LocalizedText(
        "运行 jsg policy review，由法制机构复核后更新 policy/reviews.toml",
        "run jsg policy review; once a legal officer has looked, edit policy/reviews.toml",
    ),
    StatusTrouble.REPLAY_DIFFERS: LocalizedText(
        "在日志中查出条目并运行 jsg audit replay，核对规则版本和数据库",
        "find the entries in the log, run jsg audit replay, look at the version of the rules and at the store",
    ),
}
