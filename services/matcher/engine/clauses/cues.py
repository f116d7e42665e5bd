"""The words by which a demand's sentence shows what it is: a heading, background, a kind of clause, hard or soft."""

import re

from common.contracts.clauses import ClauseKind


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


# 应 alone obliges; in 响应, 应用, 适应 it is part of a word.
_SHALL = "(?<![响适对供反效感相答呼])应(?![用急力对变答邀聘有付])"

HARD = _any(
    r"必须|须(?!知)|务必|不得|不应|不能|禁止|严禁|应当|应该|要求|需(?!求)|至少|确保|强制",
    _SHALL,
    r"\b(?:must|shall|required?|requires|mandatory|has to|have to|needs? to)\b",
)
SOFT = _any(
    r"优先|最好|宜|可选|鼓励|建议|尽量|尽可能|如有|加分|可考虑|希望|期望|推荐|视情况",
    r"\b(?:should|prefer\w*|ideally|nice to have|optional\w*|may|desirable|recommended|would like)\b",
)

# In this order: the first kind whose cue appears wins, so the narrow ones stand first.
KINDS: tuple[tuple[ClauseKind, re.Pattern[str]], ...] = (
    (
        ClauseKind.BUDGET,
        _any(
            r"预算|经费|资金|报价|造价|单价|总价|价格|费用|成本(?:不|低|控)|融资|限价|投资额",
            r"\b(?:budget|price|cost|funding)\b",
        ),
    ),
    (
        ClauseKind.QUALIFICATION,
        _any(
            r"资质|证书|许可证|认证|注册证|合格证|(?:试验|检测|检验|测评)报告|高新技术企业|专精特新|业绩|案例|营业执照",
            r"资格|职称|从业|项目经验|团队(?:不|人)|驻场|注册资本|软件著作权|专利(?:不|授)",
            r"\b(?:certif\w+|qualif\w+|licen[sc]ed?|track record|references)\b",
        ),
    ),
    (
        ClauseKind.SECURITY,
        _any(
            r"等保|等级保护|加密|脱敏|隐私|国密|涉密|密码|网络安全|信息安全|数据安全|安全(?:审计|防护|可控|要求)",
            r"权限|漏洞|防爆|备份|容灾|出境|本地部署|不(?:得|可|能)?(?:上传|采集|外传|泄露|出院|出厂|出园|出境|出域)",
            r"\b(?:encrypt\w*|privacy|cyber\w*|security|access control)\b",
        ),
    ),
    (
        ClauseKind.DELIVERY,
        _any(
            r"交付|交货|工期|验收|上线|质保|保修|运维|售后|培训|实施周期|建设周期|到(?:达)?现场|到场|备件|合同签订|供货",
            r"部署完成|完成部署|试运行|驻场服务|7[×*]24",
            r"\b(?:deliver\w*|warranty|training|acceptance|commissioning|on[- ]site support|maintenance)\b",
        ),
    ),
    (
        ClauseKind.STANDARD,
        _any(
            r"符合.{0,24}(?:标准|规范|规程|协议|导则|要求)|遵循|标准(?:要求|规定)|国家标准|行业标准|规范要求|协议标准",
            r"\b(?:comply|complies|compliant|conform\w*|standards?|in accordance with)\b",
        ),
    ),
)
DATA = _any(
    r"数据集|样本|数据标注|标注(?:数据|样本)|历史数据|数据库|训练数据|脱敏数据|数据接入",
    r"数据(?:接口|共享|质量|格式|采集|字典|资源|迁移|归集|治理|开放|回传|存储)",
    r"\b(?:data ?sets?|samples?|labelled|annotat\w+|historical data)\b",
    r"\bdata (?:sharing|quality|format|collection|retention)\b",
)

_HEADINGS = """
需求内容 需求描述 具体需求 需求说明 需求背景 技术需求 具体技术需求 应用需求 项目需求 建设需求 建设内容 建设目标 建设背景
项目背景 研究背景 背景 概述 项目概况 项目概述 项目简介 主要内容 研究内容 主要研究内容 项目主要内容 关键技术 主要技术
技术内容 技术要求 主要技术要求 技术指标 主要技术指标 主要指标 性能指标 考核指标 经济指标 技术参数 主要参数 指标要求
功能要求 主要功能 系统主要功能 性能要求 安全要求 数据要求 资质要求 交付要求 标准要求 其他要求 预期目标 期望目标 合作目标
目标 需求目标 达到目标 总体目标 技术难题 难题 拟解决的技术问题 拟解决 解决技术难题 需要解决的问题 存在问题 现有工作基础
工作基础 现有基础 现有的研究基础 研究基础 前期基础 技术创新点 创新点 合作方式 对接方式 现状 问题 已有的解决方案
已有解决方案 项目内容 项目目标 项目预算 预算 投资预算 经费预算 支持政策 企业简介 公司简介 单位简介 联系方式
background overview requirements technical_requirements functional_requirements performance_requirements
objectives objective scope deliverables budget about_us introduction
"""
_HEADING = "|".join(name.replace("_", " ") for name in _HEADINGS.split())
_NUMBERING = r"(?:[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[、.．)）])?\s*"
HEADING = re.compile(
    rf"{_NUMBERING}(?P<name>(?:(?:{_HEADING})(?:[、和及与]|\s?(?:and|&)\s?)?){{1,3}})"
    r"(?:如下|包括|[（(][^（）()]{0,12}[）)])?\s*(?P<colon>[:：]|$)",
    re.IGNORECASE,
)
BARE_HEADING = re.compile(
    rf"{_NUMBERING}(?:(?:{_HEADING}|功能|性能|标准|资质|数据|安全|交付|预算|验收|商务|进度|工期|服务|售后|接口|环境)"
    r"(?:要求|需求|指标|条件|保障)?[、和及与]?\s*){1,4}"
)
"""A line that is a heading though no colon follows: 三、交付与预算."""
INLINE_HEADING = re.compile(rf"(?:{_HEADING})(?:[、和及与](?:{_HEADING}))?(?=[:：])", re.IGNORECASE)

IDLE_SECTION = _any(
    r"背景|基础|概述|概况|简介|现状|^问题|存在问题|难题|已有|创新点|合作方式|对接方式|支持政策|联系方式",
    r"^(?:background|about us|introduction|overview)",
)
"""Headings under which sentences ask for nothing."""

BACKGROUND = _any(
    r"^\s*(?:本?公司|我公司|我司|本企业|我们|我方|本单位|企业|该企业|团队)"
    r"(?:目前|现|是|主要|拥有|成立|已|有|位于|在|与|致力|专注|自主)",
    r"^\s*(?:目前|当前|现阶段|近年来|近年|随着|鉴于|由于|众所周知|传统|长期以来|据统计|研究表明|截至|截止|国内外|在我国)",
    r"^\s*现有(?!系统|设备|相机)",
    r"^\s*(?:虽然|但由于|然而|但是|因此|从长远|从[^，,]{0,6}角度|这一|这些|该技术|在过去|据不完全|另一方面|国外|世界)",
    r"^\s*[^，,。]{0,6}我国",
    r"^\s*[^，,。]{0,30}(?:有限公司|集团|研究所|研究院|大学|中心)(?:是|成立|拥有|现有|目前|组建|针对|于)",
    r"(?:存在|面临)[^。]{0,30}(?:问题|难题|不足|困难|瓶颈)",
    r"尚不成熟|仍靠|常起争议|较多$|严重影响|制约了?|难以满足|的现状",
    r"^\s*(?:currently|at present|today|our company|we are|we operate|the company (?:is|has|was)|in recent years)\b",
)
INSISTS = _any(
    r"须|要求|拟(?:开|研|解|建|投|采)|急需|现需|亟需|需要(?:开|解|研|实|提|进|建|对)|不得|至少|寻求|希望",
    _SHALL,
    r"\b(?:must|shall|need(?:s|ed)?|seek\w*|require[sd]?|looking for)\b",
)
"""A sentence of background that insists is a requirement all the same."""

LEAD_IN = _any(r"(?:以下|如下|下列)[^，,。]{0,8}$", r"(?:as follows|the following)\W*$")
"""The words that announce a list."""

ENUMERATOR = re.compile(
    r"(?:^|(?<=[\s。；;：:，,！？!?、\u4e00-\u9fff）)%℃]))"
    r"(?:[①-⑳]|[（(]\d{1,2}[）)]|\d{1,2}[）)](?!\d)|\d{1,2}[、．](?!\d+[、．万亿余多台套个])|\d{1,2}\.(?![\d])"
    r"|[（(][一二三四五六七八九十]{1,3}[）)]|(?<![\u4e00-\u9fff])[一二三四五六七八九十]{1,3}、"
    r"|第[一二三四五六七八九十]{1,2}[,，、])\s*|(?:^|(?<=\n))[^\S\n]*[-•·●▪◆*]\s+",
)
"""Marks that begin an item of a list, at the start of a line or after a break."""

SIGNS = "★☆▲△▼※●○◎◆◇■□"
"""Signs before an item; what they say of its weight is the owner's to confirm."""
_LABEL = r"(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,4}|[一二三四五六七八九十]{1,3})"
ITEM = re.compile(
    rf"(?:^|(?<=[\n。；;]))[^\S\n]*(?:[{SIGNS}]\s*(?:\d{{1,2}}[.、．)）](?!\d)\s*)?"
    r"|[*#]\s?\d{1,2}(?:[.、．)）](?!\d)\s*|\s+)"
    rf"|[(（\[【〔]{_LABEL}[)）\]】〕][.、．:：]?\s*"
    r"|(?:[A-Za-z]|[ivx]{2,4})(?:[)）]|[.、．](?=\s*[\u4e00-\u9fff]|\s+[a-zA-Z]{2}))\s*"
    r"|第\d{1,3}[条款项](?:[:：、]\s*|\s+)|[—–]{1,2}\s+)+",
)
"""Signs and labels before the words of an item, at the start of a line or sentence: ★1., ▲, (e), [7], 第3条."""
