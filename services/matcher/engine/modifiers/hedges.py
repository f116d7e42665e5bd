"""Words that deny, postpone or narrow what a sentence seems to say."""

import re

_LOOK_BACK = 40

# 语音功能已下线 is denied; a vehicle or a machine that 已下线 has just been built.
_GONE = r"已(?:经)?(?:于20\d\d年(?:\d{1,2}月)?)?(?:全面|正式)?"
DENIAL = re.compile(
    r"(?:暂|尚|还)?(?:不(?:支持|具备|提供|含|包括|包含|能|可用|适用|适合|接受|开展|承接|投资|做|采用|使用|开放|兼容|生产|"
    r"属于|配备)|"
    r"已?(?:停售|停产|停用|下架|退市)|已?停止(?:维护|支持|服务|提供|更新|销售|供货)|"
    rf"(?:功能|服务|模块|接口|插件|应用)[^,，。;；]{{0,8}}{_GONE}(?:下线|关闭|移除|取消|废止|弃用)|"
    rf"(?<![车机台辆套品备]){_GONE}下线(?![\u4e00-\u9fff])|"
    r"不再|没有|尚无|暂无|并无|缺少|缺乏|无法|[不未]在[^,，。;；]{0,8}(?:范围|之列|之内))|"
    r"(?:暂|尚|仍|还)?未(?:取得|通过|获得|获|开展|具备|支持|覆盖|配备|实现|完成|提供|接入|验证|研究|"
    r"做|办理|上线|适配|开放|纳入|列入|部署|开发|申请|启用|发布|推出|包含|建成|投产|量产|取证|达标|能)|"
    r"\b(?:(?:does|do|is|are|was|were|has|have|can|could|will)(?: not|n't)|cannot|no longer|discontinued|"
    r"never (?:held|obtained|passed)|"
    r"not (?:yet )?(?:supported|available|included|permitted|offered|certified|studied|recogni[sz]ed|possible)|"
    r"lacks?|unavailable|unsupported|without|but not(?! only| limited))\b|\bno (?!more|less|later|fewer)",
    re.IGNORECASE,
)
LAPSED = re.compile(r"过期|失效|到期|吊销|撤销|注销|\b(?:expired|lapsed|withdrawn|revoked)\b", re.IGNORECASE)
_LABORATORY = r"实验室(?!信息|管理|自动化|仪器|设备|样品|认[可证]|级|用)"
FORMER = re.compile(
    r"此前|以往|早先|一度|[去前上往]年|(?<![年月日底])以前|(?<![年月日底货厂线工])之前|(?<![入接容与和留用换造])原(?:来|先|系统|版本|方案|版)|(?:改造|升级|优化|实施|迭代)[之以]?前|"
    r"(?:旧|老|早期|上一|前一)[版款代][本型]?|早期版本|过去[为是仅只]|"
    r"\b(?:previous(?:ly)?|formerly|earlier versions?|old versions?|before the (?:upgrade|update|retrofit))\b",
    re.IGNORECASE,
)
"""Of what was, not of what is."""
UNPROVEN = re.compile(
    r"竞品|友商|同行|行业(?:平均|普遍|水平)|(?<![足合到])(?:客户|用户|合同|标准)要求|要求(?:为|达到|达)?\s?$|"
    r"仿真(?:环境|条件|结果)|理想(?:条件|环境|工况|光照|状态|情况|场景)|(?:部分|个别|少数)(?:场景|工况|情况)|曾(?:经)?(?:达到?|取得|为|是)|"
    r"\b(?:competitors?|industry average|required (?:accuracy|value|level|rate)|in simulation|simulated)\b",
    re.IGNORECASE,
)
"""Before a figure: that it is not one of the offer itself."""
SIMULATED = re.compile(r"[（(](?:仿真|理想)|\bin simulation\b", re.IGNORECASE)
"""The same after a figure."""
IN_LABORATORY = re.compile(
    rf"(?<![经由点级方院学]){_LABORATORY}|"
    r"\b(?:laboratory|lab) (?:accuracy|conditions?|tests?|figures?|results?)\b",
    re.IGNORECASE,
)
IN_LABORATORY_AFTER = re.compile(
    rf"\s?[（(]{_LABORATORY}|\s?(?:in|under) (?:the |our )?lab(?:oratory)?\b", re.IGNORECASE
)
"""Before and after a figure: that it was reached under better conditions than those of its use."""
_UNDER_OTHERS = re.compile(
    rf"(?:{_LABORATORY}|理想|仿真)[^,，。;；\d]{{0,4}}(?:条件|环境|工况|状态)?[下中内]?[,，:：]\s*$"
)
IN_USE = re.compile(
    r"现场|实测|现网|生产环境|(?:实际|真实)(?:应用|运行|使用|场景|环境|工况)?|今年|目前|当前|现(?:为|在)|"
    r"\b(?:now|currently|in (?:the field|production|service|use))\b",
    re.IGNORECASE,
)
"""Of a figure: that it is one of use today."""
_OPTIONAL = re.compile(
    r"^可选(?!择|\s?\d)|(?<![无不])需要?(?:另行|单独|自行|额外)?(?:购买|采购|付费)|"
    r"[（(][^）)\d]{0,6}(?:可选|选配|选装|选购|另购|加购)|选配|选装|选购|加购|可选(?:购|功能|模块|项|件)|"
    r"另行?(?:付费|购买|收费|计费|采购)|额外(?:付费|收费|购买)|"
    r"\boptional(?:ly)?\b|\bat (?:an )?(?:extra|additional) (?:cost|charge)\b|\bsold separately\b",
    re.IGNORECASE,
)
_OTHERS = r"(?:合作(?:伙伴|方|单位|厂商|企业)|生态伙伴)"
_PARTNERS = re.compile(
    rf"由[^,，。;；]{{0,6}}(?:{_OTHERS}|伙伴|第三方(?:机构|公司|厂商)?|分包(?:商|单位)|外协(?:单位|厂)?|外部供应商)"
    r"[^,，。;；]{0,4}(?:提供|实施|负责|承担|开发|交付|供应|供货|实现)|"
    rf"{_OTHERS}已?(?:具备|具有|持有|取得|通过|拥有|获得|提供|供货)|"
    r"\b(?:provided|delivered|supplied|offered|performed|held) by (?:an? |our |the )?"
    r"(?:partners?|third part(?:y|ies)|subcontractors?)\b|"
    r"\b(?:our|a) partners? (?:holds?|provides?|offers?|suppl(?:y|ies)|has|have)\b",
    re.IGNORECASE,
)
_CONDITIONS = (
    (_OPTIONAL, re.compile(r"可选|选配|选装|选购|加购|另购|付费|收费|optional|cost|charge", re.IGNORECASE)),
    (_PARTNERS, re.compile(r"合作|伙伴|第三方|分包|外协|外部|partner|third part|subcontract", re.IGNORECASE)),
)
"""What may be had, but for more money or from somebody else; and the words of a clause that speaks of that itself."""
TODAY = re.compile(
    r"(?:现(?!场|有)|目前|如今|已(?:经)?|(?:升级|改造|优化)[之以]?后|新(?:版|一代|系统|款))[^,，。;；]{0,8}"
    r"(?:支持|具备|实现|提供|可用|可以|完成|开放|上线)|\bnow\b[^,.;]{0,24}(?:support|available|offer|possible)",
    re.IGNORECASE,
)
NO_LONGER = re.compile(r"不再|取消|下线|停[用止]|\b(?:no longer|discontinued)\b", re.IGNORECASE)
STILL = re.compile(r"[仍也]|还是|依然|\bstill\b", re.IGNORECASE)
"""After words about what was (FORMER): that it is so today, or no longer, or still not."""
TURN = re.compile(r"但是?|而(?!且)|不过|\b(?:but|while|whereas|however)\b", re.IGNORECASE)
"""Where a sentence turns from what holds to what does not."""
EXCEPT = re.compile(
    r"除(?P<zh>[^,，。;；]{1,20}?)(?:以外|之外|外)(?![,，]?[^,，。;；]{0,6}(?:还|也|亦|同时|并))|"
    r"\b(?:except|excluding)(?: for)? (?P<en>[^,.;]{1,40})",
    re.IGNORECASE,
)
"""All but what is named; 除…外还 adds to it."""
# 作业计划 is a thing, no plan; so are 虚拟, 拟合 and the 检测目标 of a camera.
_NO_PLAN = (
    r"(?<!生产|作业|检修|维修|调度|运输|保养|配载|排程|装船|靠泊|采购|物料|航行|飞行|手术|用药|治疗|排产|施工|训练|"
    r"巡检|配船)"
)
_NO_AIM = r"(?<!检测|识别|跟踪|探测|监测|追踪|观测|拍摄)"
_SOON = "20\\d\\d|明年|后年|年底|年内|下半年|未来|今后|后续"
_PLANNED = (
    rf"(?:计划|拟|将|预计)(?:于|在|到)?\s?(?:{_SOON}|取得|推出|支持|开展|实现|降|提)",
    rf"{_NO_PLAN}计划(?:申请|申报|达到|通过|完成(?!率)|上线|建设|引入|增加|新增|具备|研发|开发|升级|扩展|将)",
    r"(?<![虚模比])拟(?:申|报|通过|采|开|研|用|建|新增|达|引|投|将|定)|预计(?:可|能|将|达|获)|预期(?:可|能|将|达|指标|目标)",
    r"(?:规划|计划|筹备|研发|开发|研制|申请|申报|办理|建设|测试|认证|试验)(?:之)?中",
    r"(?:审评|审核|评审|整改|送检|试制|筹建|取证|换证|公示|受理|联调)(?:之)?中(?![\u4e00-\u9fff])",
    r"正在(?:申请|申报|研发|开发|办理|规划|筹备|建设|研制|取证|攻关|试制)|(?:申请|申报|注册|认证)[^,，。]{0,4}(?:已|待|获)受理",
    r"[有可]望(?!远)|力争|争取|理论上|(?:设计|研发|建设|年度|阶段|攻关|预期)目标",
    rf"{_NO_AIM}目标(?:值)?[为是]|[（(](?:目标值?|规划|计划|预期|预计|在研)[）)]|将达",
    r"处于[^,，。;；]{0,6}(?:研究|研发|实验室|试验|样机|概念)[^,，。;；]{0,2}阶段|技术储备",
    r"正与[^,，。;；]{0,12}(?:研究|研发|开发)",
    r"可(?:定制|按需)?开发(?!票)",
    r"[尚仍有还]待(?![机命测检料办])|待(?:取证|验证(?!码)|定(?!位)|开发|研发|上线)",
    r"(?<![无不按所])需(?:要)?(?:另行|二次|定制|额外)|(?:后续|未来|下一?个?)版本|未来可",
)
_PLANNED_ENGLISH = (
    r"planned|pending|(?:under|in) (?:development|review|application)|in progress|upcoming|roadmap|next year",
    r"(?:next|future|coming) (?:release|version|quarter|generation)s?|scheduled for|in theory|theoretical(?:ly)?",
    r"will (?:be|reach|achieve|support|provide|have|obtain|offer)|(?<!as )expect(?:s|ed|ing)?|anticipated|projected",
    r"(?:intend|plan|aim|hope)(?:s|ning|ing)? (?:to|for)",
    r"targets? (?:of|is)|targeted(?! (?:at|for|by))|(?:our|design) target",
    r"(?:can|could) be developed|applying for|being (?:developed|"
    r"tested|certified|prepared)|to be (?:certified|released|added|developed)",
)
PENDING = re.compile(rf"{'|'.join(_PLANNED)}|\b(?:{'|'.join(_PLANNED_ENGLISH)})(?!\w)", re.IGNORECASE)
# 计划于2027年底前，… and 研发目标：… put off what comes after the stop too.
_AHEAD = re.compile(
    rf"(?:计划|拟|将|预计|力争|争取)(?:于|在|到)?\s?(?:{_SOON})"
    r"(?:年|[上下]半年|\d{1,2}月|季度|[底末初内前]|之前|以前)*[,，]\s*$|"
    rf"{_NO_AIM}目标(?:值)?[:：]\s*$|\btargets?:\s*$",
    re.IGNORECASE,
)
ONLY = re.compile(r"(?:仅|只|限于|仅限)(?:支持|适用|能|可|用于|在|提供|限)?|\bonly\b|\blimited to\b", re.IGNORECASE)
NEGATOR = re.compile(r"(?:不|未|无|没有|非|免)$|\b(?:not|no|without|never|non)[\s-]$", re.IGNORECASE)

FORBIDDING = re.compile(
    r"不得|禁止|严禁|不应|不可(?!见)|不能|不允许|避免|不(?:接受|采用|包含|采集|上传|出|外传|改动|显示|接入)|"
    r"\b(?:must not|shall not|should not|may not|never)\b",
    re.IGNORECASE,
)
INABILITY = re.compile(r"支持|具备|提供|能|无法|实现|support|available|can|offer|possible", re.IGNORECASE)
"""Of a denial: that it denies an ability."""
_NONE_OF = r"不(?!低于|少于|小于|超过|高于|大于|仅|同|断|间断|良|锈)|未|无(?!人|线|缝)|免|\b(?:no|not|without|never)\b"
ANY_DENIAL = re.compile(_NONE_OF, re.IGNORECASE)
ABSENCE = re.compile(rf"(?:{_NONE_OF})需?要?\s?(?P<what>[\u4e00-\u9fff]{{2}}|[a-z]{{3,}})", re.IGNORECASE)
"""不停车, 无需改造, without stopping: what is to be absent."""
INSIDE = re.compile(
    r"本地|院内|内网|境内|园区内|厂内|离线|不出|私有化|"
    r"\bon[- ]premises?\b|\bon site\b|\blocal(?:ly)?\b|\boffline\b|inside the",
    re.IGNORECASE,
)


def is_affirmed(absence: str, text: str) -> bool:
    """Whether `text` speaks of what `absence` (不停车) asks not to have, without denying it (需停车)."""
    for match in ABSENCE.finditer(absence):
        for place in re.finditer(re.escape(match["what"]), text, re.IGNORECASE):
            near = 4 if not match["what"].isascii() else 16
            before = text[max(0, place.start() - near) : place.start()]
            if not (ANY_DENIAL.search(before) or NEGATOR.search(before)):
                return True
    return False


def is_conditional(asked: str, text: str, start: int, end: int) -> bool:
    """Whether what `text[start:end]` says is an option or a partner's, which the clause `asked` does not speak of."""
    stretch, following = text[start:end], text[end:].lstrip(",， ")
    for condition, words in _CONDITIONS:
        is_said = condition.search(stretch) or (following.startswith("由") and condition.match(following))
        if is_said and not words.search(asked):
            return True
    return False


def is_under_others(text: str, start: int) -> bool:
    """Whether the words before `text[start:]` set conditions better than those of use (实验室环境下，…)."""
    return bool(_UNDER_OTHERS.search(text, max(0, start - _LOOK_BACK), start))


def is_planned(text: str, start: int, end: int) -> bool:
    """Whether what `text[start:end]` says is still to come."""
    return bool(PENDING.search(text, start, end) or _AHEAD.search(text, max(0, start - _LOOK_BACK), start))
