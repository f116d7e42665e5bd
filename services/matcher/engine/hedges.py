"""Words that deny, postpone or narrow what a sentence seems to say."""

import re

DENIAL = re.compile(
    r"(?:暂|尚|还)?(?:不(?:支持|具备|提供|含|包括|包含|能|可用|适用|适合|接受|开展|承接|投资|做)|没有|尚无|暂无|并无|缺少|缺乏|无法)|"
    r"(?:暂|尚|仍|还)?未(?:取得|通过|获得|获|开展|具备|支持|覆盖|配备|实现|完成|提供|接入|验证|研究)|"
    r"\b(?:(?:does|do|is|are|was|were|has|have|can|could|will)(?: not|n't)|cannot|no longer|"
    r"not (?:yet )?(?:supported|available|included|permitted|offered|certified|studied|recogni[sz]ed|possible)|"
    r"lacks?|unavailable|unsupported|without)\b|\bno (?!more|less|later|fewer)",
    re.IGNORECASE,
)
PENDING = re.compile(
    r"(?:规划|计划|筹备|研发|开发|研制|申请|申报|办理|建设|测试|认证|试验)(?:之)?中|"
    r"正在(?:申请|申报|研发|开发|办理|规划|筹备|建设|研制|取证)|"
    r"(?:计划|拟|将|预计)(?:于|在)?\s?(?:20\d\d|明年|年底|年内|下半年|未来|取得|推出|支持|开展|实现|降|提)|"
    r"有望|待取证|待验证|待定|\b(?:planned|pending|(?:under|in) development|in progress|upcoming|roadmap|next year|"
    r"will be|expected in|applying for|being developed|to be certified)\b",
    re.IGNORECASE,
)
ONLY = re.compile(r"(?:仅|只|限于|仅限)(?:支持|适用|能|可|用于|在|提供|限)?|\bonly\b|\blimited to\b", re.IGNORECASE)
NEGATOR = re.compile(r"(?:不|未|无|没有|非|免)$|\b(?:not|no|without|never|non)[\s-]$", re.IGNORECASE)

FORBIDDING = re.compile(
    r"不得|禁止|严禁|不应|不可(?!见)|不能|不允许|避免|不(?:采集|上传|出|外传|改动|显示|接入)|"
    r"\b(?:must not|shall not|should not|may not|never)\b",
    re.IGNORECASE,
)
WITHOUT = re.compile(
    r"无需|免|不含|不依赖|不使用|不停|无(?:电离|人工|接触)|非接触|\b(?:no|not|without)\b", re.IGNORECASE
)
ANY_DENIAL = re.compile(
    r"不(?!低于|少于|小于|超过|高于|大于|仅|同|断|间断|良|锈)|未|无(?!人|线|缝)|免|\b(?:no|not|without|never)\b",
    re.IGNORECASE,
)
INSIDE = re.compile(
    r"本地|院内|内网|境内|园区内|厂内|离线|不出|私有化|"
    r"\bon[- ]premises?\b|\bon site\b|\blocal(?:ly)?\b|\boffline\b|inside the",
    re.IGNORECASE,
)
