"""The quantities that demands and offers speak of, under their Chinese and English names, and which way is better."""

import re
from dataclasses import dataclass
from enum import StrEnum

from matcher.engine.facts.units import Unit, is_comparable
from matcher.engine.words.memo import ByteBoundedCache, text_size


class Sense(StrEnum):
    """MORE, LESS: every value must be on the good side. ROOM: having more covers needing less, so the best value
    counts. COVER: the range offered must hold the range needed. ANY: nothing is known of the metric.
    """

    MORE = "more"
    LESS = "less"
    ROOM = "room"
    COVER = "cover"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Metric:
    """A named quantity; `dimensions` are those of `matcher.engine.units` it is measured in."""

    name: str
    sense: Sense
    dimensions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where a metric is named; a vague name (时间, within) gives way to any other."""

    metric: Metric
    start: int
    end: int
    is_vague: bool


# name sense dimensions: Chinese names | English names. Indented lines go on with the one above; ? marks vague names.
# 精度 of a length is a deviation, 精度 of a ratio an accuracy: the dimension decides.
_TABLE = """
accuracy more ratio: 准确率 准确度 正确率 精确率 精确度 识别率 识别精度 检测精度 分类精度 判断精度 精度 | accuracy;
    precision
detection more ratio: 检出率 召回率 查全率 发现率 | recall; detection rate
sensitivity more ratio,mass/volume,amount/volume,mass/mass,temperature,pressure,length,mass,decibel-milliwatt: 灵敏度
    敏感性 敏感度 | sensitivity
limit less ratio,mass/volume,amount/volume,mass/mass: 检出限 检测限 检出下限 检测下限 定量限 定量下限 最低检出浓度 |
    detection limit; limit of detection; LOD; limit of quantification
specificity more ratio: 特异度 特异性 | specificity
false_alarm less ratio,times/time: 误报率 误检率 虚警率 误判率 误识率 误报 假阳性率 误识别率
    错误识别率 误读率 误分率 误动率 | false alarm; false positive;
    false detection; false reject; misjudgement
miss less ratio: 漏检率 漏报率 漏判率 漏诊率 漏识率 漏识别率 未识别率 漏读率 拒识率
    拒动率 | miss rate; missed detection; false negative; escape rate
error less ratio: 误差 误码率 错误率 偏差 | error
deviation less length,angle,temperature,time,pressure,length/time,times/time: 误差 偏差 精度 | accuracy; precision;
    error; deviation; tolerance; repeatability
drift less ratio,length,decibel: 重复性 漂移 衰减 波动 抖动 | repeatability; drift; degradation
roughness less length: 粗糙度 表面粗糙度 Ra | roughness
resolution less length,angle: 分辨率 分辨力 | resolution
duration less time,time/count: 响应时间 响应时延 时延 延迟 延时 处理时间 识别时间 检测时间 分析时间 运算时间 推理时间
    输出时间 耗时 用时 节拍 单件时间 时间? 响应? | latency; delay; response time; response; respond; processing time;
    cycle time; takt; takes?; within?
interval less time: 间隔 更新周期 刷新周期 采样周期 采集周期 周期? | interval; refresh; update; sampling period; every
lead room time: 提前量 提前 预见期 预测? 预报时效 未来? | ahead; in advance; horizon; lead time?; warning
endurance more time: 续航 续航时间 工作时间 作业时间 待机 电池? | endurance; battery life; autonomy; runtime; run time
life more time,times: 寿命 循环 循环次数 充放电次数 | cycle life; service life; lifetime; life
delivery less time: 交付 交货 交货期 工期 供货 部署 上线 安装 施工 调试 建设周期 实施周期 完工 完成时限 项目周期 建成
    提交? 完成? | delivery; delivered?; deliver?; installation; installed; install; commissioning; deployment;
    lead time?
onsite less time: 到场 到达现场 现场响应 上门 抵达 现场? | on site; on-site; visit
warranty room time: 质保 保修 质量保证 免费维护 质保期限 保修期限 质量保证期限 | warranty; guarantee
retention room time: 保存 保存期限 保存时间 保存时长 保存年限 留存 留存期限 留存时间 存储期限 存储时长
    存储时间 存储周期 留痕 备查 | retention; retained; kept; stored
repair less time: 修复时间 恢复时间 修复 | repair time; time to repair; recovery time; restored
mtbf more time: 无故障 故障间隔 | MTBF
experience room time: 经验 从业 深耕 | experience
term room time: 投资期限 存续期 期限 | term
changeover less time: 换型 换电 切换 换线 更换 | changeover; change-over; switching; swap; switch-over
availability more ratio: 可用性 可用率 可用度 可靠性 可靠度 在线率 正常运行率 开机率 稼动率 | availability; uptime;
    reliability
efficiency more ratio: 效率 OEE | efficiency
yield more ratio: 良率 合格率 成品率 直通率 良品率 优良率 | yield; pass rate
reject less ratio: 不良率 次品率 废品率 破损率 缺陷率 返修率 | defect rate; reject rate; scrap
loss less ratio,decibel: 丢包率 丢包 损耗 插损 | packet loss; loss
removal more ratio: 去除率 去除效率 脱除率 净化率 净化效率 过滤效率 除尘效率 | removal
recovery more ratio: 回收率 | recovery; recovery rate
coverage more ratio: 覆盖率 | coverage
usage more ratio: 利用率 | utilisation; utilization
purity more ratio: 纯度 致密度 | purity; density
warm_span cover temperature: 工作温度 环境温度 使用温度 运行温度 存储温度 温度范围 适应温度 温度 高低温 环境? 运行?
    工作? | operating temperature; operates?; operate?; temperature range; ambient?; temperature?
cold_start less temperature: 冷启动 自启动 启动温度 低温启动 启动 | cold start; start-up; starts
warm_difference less temperature: 温差 温度波动 温度误差 | temperature difference; temperature deviation
heat room temperature: 反应温度 最高温度 耐高温 耐温 使用上限 | temperature up to; maximum temperature;
    max temperature
humidity cover ratio: 湿度 | humidity
voltage cover voltage: 电压 | voltage
payload room mass: 载重 载荷 负载 承载 起重 吨位 承重 提升力 | payload; load; lifting
weight less mass: 重量 自重 净重 整备质量 | weight; weighs
speed room length/time: 速度 航速 车速 时速 线速度 流速 | speed
distance room length: 距离 航程 探测 作用半径 | distance; range; reach
reach room length: 臂展 工作半径 | arm reach
depth cover length: 测深 | sounding depth; sounding
diving room length: 水深 潜深 下潜 深度 | depth
thickness cover length: 厚度 板厚 壁厚 | thick; thickness
noise less decibel: 噪声 噪音 降噪 | noise
consumption less power,energy,energy/volume,energy/mass: 功耗 能耗 电耗 耗电 耗能 | consumption; consumes
power room power: 功率 装机 | power?; output?
capacity room energy,charge,data: 容量 电量 | storage capacity; capacity; holds
volume cover volume: 容积 釜 | volume; reactor; reactors
throughput room mass/time,box/time,teu/time,count/time,volume/time,data/time,request/time,mass,count,data: 产能 产量
    处理能力 处理规模 处理量 吞吐 日处理 作业效率 单机效率 效率 | throughput; capacity; output; productivity
bandwidth room data/time: 带宽 速率 | bandwidth; data rate; throughput
frame_rate room frame/time: 帧率 | frame rate
concurrency room people,count,request,channel: 并发 同时在线 同时 | concurrent; simultaneous; simultaneously
access room count,channel,people: 接入 终端数 连接数 管理 路数 纳管 | devices connected; connects; manages
area room area: 覆盖面积 覆盖范围 适用面积 面积 | area
footprint less area: 占地面积 占地 | footprint
case room count: 案例 业绩 应用 已在 落地 工程 医院? 项目? | references; projects; deployments; delivered at;
    installed at; deployed; case studies; customers
staff room people: 员工 在职 | employees; staff
team room people: 项目团队 项目组 团队 研发人员 工程师 驻场 | team; engineers
patent room count: 专利 软著 | patents
price less money,money/power,money/energy,money/mass,money/data,money/time: 报价 价格 售价 单价 费用 服务费 造价 成本
    预算 资费 总价 限价 | price; cost; fee; quote; licence; license; budget
ticket cover money: 融资 投资 单笔 额度 | ticket; invest; investment; raise
wind room grade: 抗风 风力 风速 | wind
sea_state room grade: 海况 | sea state
pressure room pressure: 设计压力 工作压力 压力 | design pressure; pressure
"""

_CHANGE = re.compile(
    r"(?:提升|提高|增加|增长|上升|加快|降低|减少|下降|缩短|节约|节省|节能|压缩|减排)(?:了|约)?\s?$|"
    r"(?:降幅|增幅|涨幅|(?:节[省水电能约]|提升|降低|下降|减少|提高|增长)率)(?:为|达|约)?\s?$|"
    r"\b(?:improv|increas|rais|reduc|cut|lower|sav|shorten|decreas|fall|fell|rise|rose|grow|grew)\w*"
    r"(?:[^,.;]{0,40} by)?\s?$",
    re.IGNORECASE,
)


def _by_word() -> dict[str, list[Metric]]:
    found: dict[str, list[Metric]] = {}
    for line in _TABLE.strip().replace("\n    ", " ").splitlines():
        head, names = line.split(": ", 1)
        name, sense, dimensions = head.split()
        metric = Metric(name, Sense(sense), frozenset(dimensions.split(",")))
        chinese, english = names.split("|")
        for word in (*chinese.split(), *(word.strip() for word in english.split(";"))):
            found.setdefault(word.lower(), []).append(metric)
    return found


_TABLED = _by_word()
_VAGUE = {word.rstrip("?") for word in _TABLED if word.endswith("?")}
_METRICS = {word.rstrip("?"): found for word, found in _TABLED.items()}
_WORD = re.compile(
    "|".join(
        rf"(?<![a-z]){re.escape(word)}(?=s?(?![a-z]))" if word.isascii() else re.escape(word)
        for word in sorted(_METRICS, key=len, reverse=True)
    )
)


DETECTION_LIMIT = _METRICS["检出限"][0]
_TRACES = ("ppm", "ppb")


def fitting(metric: Metric | None, unit: Unit) -> Metric | None:
    """The metric itself; but 灵敏度 is a share of hits in % and the least that is noticed in ppm, mg/L or ℃."""
    if metric is None or metric.name != "sensitivity":
        return metric
    is_share = unit.dimension in ("ratio", "number") and unit.symbol.lower() not in _TRACES
    return metric if is_share else DETECTION_LIMIT


def mentions(text: str, dimension: str) -> tuple[Mention, ...]:
    """The metrics named in `text` that are measured in `dimension`, in order, the longest name at each place."""
    return _remembered((text, dimension))


def _mentions(key: tuple[str, str]) -> tuple[Mention, ...]:
    text, dimension = key
    return tuple(
        Mention(metric, match.start(), match.end(), match[0] in _VAGUE)
        for match in _WORD.finditer(text.lower())
        for metric in _METRICS[match[0]]
        if any(is_comparable(dimension, known) for known in metric.dimensions)
    )


_remembered = ByteBoundedCache(
    _mentions, size_of=lambda key, found: text_size(key[0]) + _MENTION_SIZE * (1 + len(found)), most_bytes=4 << 20
)
_MENTION_SIZE = 120


def is_change(before: str) -> bool:
    """Whether a share that follows `before` is a change (降低23%), not a level (降至23%)."""
    return bool(_CHANGE.search(before[-60:]))
