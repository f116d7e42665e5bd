"""Ten trades, each with a profile and four demands that it fits; short, because these tests are about crashes."""

from typing import Any

Json = dict[str, Any]

TRADES = (
    ("集装箱箱体残损识别", "用线阵相机自动识别集装箱破洞、凹陷和锈蚀"),
    ("冷藏箱温度远程监测", "读取冷藏箱温度和报警并远程修改设定温度"),
    ("医院药房自动发药", "门诊药房处方自动调配、核对和发药"),
    ("肺结节影像辅助诊断", "在胸部CT影像上自动检出肺结节并测量大小"),
    ("冲压件表面缺陷检测", "在冲压生产线上自动检出划伤、开裂和缩颈"),
    ("注塑机能耗监测", "采集注塑机电耗并给出节能调机建议"),
    ("路口信号灯自适应控制", "按实时车流自动调整路口信号灯配时"),
    ("地下管网泄漏监测", "用声学传感器定位供水管网漏点"),
    ("浒苔卫星遥感监测", "用卫星影像识别浒苔分布并预测漂移"),
    ("深海网箱水下巡检", "用水下机器人巡检网箱破损和网衣附着物"),
)

PLACES = ("一期", "二期", "示范点", "推广")


def profile(trade: int) -> Json:
    headline, summary = TRADES[trade]
    return {"offer_kind": "solution", "headline": f"{headline}系统", "summary": summary, "language": "zh"}


def demand(number: int) -> Json:
    """Equal for equal numbers modulo `DISTINCT`, so that a calm run can tell what a stormy one should have found."""
    (title, need), place = TRADES[number % len(TRADES)], PLACES[number // len(TRADES) % len(PLACES)]
    return {"kind": "scenario", "title": f"{title}{place}", "need": f"{need}，需稳定运行。"}


OTHER_PROFILE: Json = {
    "offer_kind": "solution",
    "headline": "学校食堂营养配餐软件",
    "summary": "按年龄段生成每周菜谱，统计食材用量",
    "language": "zh",
}
OTHER_DEMAND: Json = {"kind": "scenario", "title": "学校食堂营养配餐", "need": "按年龄段生成每周菜谱，需稳定运行。"}
"""Of a trade beside the ten."""

DISTINCT = len(TRADES) * len(PLACES)
