"""Units convert within their dimension, and nothing else compares."""

import math

import pytest

from common.contracts.matcher import Outcome
from matcher.engine.facts import units
from matcher.engine.facts.quantities import Quantity, find
from tests.support.verdicts import MET, MISSED, UNTOLD, outcome


def only(text: str) -> Quantity:
    (quantity,) = find(text)
    return quantity


def base(text: str) -> tuple[str, float]:
    quantity = only(text)
    return quantity.unit.dimension, quantity.unit.to_base(quantity.value)


EXAMPLES = [row.example for row in units.rows() if row.example] + [row.example for row in units.IN_CONTEXT]
CODES = [code.example for code in units.CODES]


@pytest.mark.parametrize("example", EXAMPLES + CODES)
def test_both_sides_of_every_example_are_equal(example: str) -> None:
    (dimension, left), (other, right) = (base(side) for side in example.split(" = "))
    assert dimension == other
    assert math.isclose(left, right, rel_tol=1e-9)


def test_a_unit_beside_its_base_has_an_example() -> None:
    assert [row.names[0] for row in units.rows() if not row.example and row.factor not in (1, 100, 0.01)] == []


def test_a_name_that_stands_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    row = units.Naming("length", 1.0, ("拃",), "")
    monkeypatch.setattr(units, "rows", lambda: [row, row])
    with pytest.raises(ValueError, match="拃 twice"):
        units._table()


@pytest.mark.parametrize("name", sorted(units.UNITS))
def test_a_unit_is_read_back_from_its_symbol(name: str) -> None:
    assert units.written(name).dimension in (units.UNITS[name].dimension, "temperature", "time")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("6 kgf/cm²", "0.588399 MPa"), ("150 N/mm²", "150 MPa"), ("12 N·cm", "0.12 N·m"), ("0.4元/度", "0.4元/kWh"),
        ("0.4元每度", "400元/MWh"), ("5 mg/kg/天", "5 mg/kg/d"), ("20次/人/年", "20次/人/年度"),
        ("0.03 W/(m·K)", "0.03 W/m·℃"), ("100 mPa·s", "0.1 Pa·s"), ("60 L/min", "3.6 m³/h"), ("3000 W·h", "3 kWh"),
        ("0.25元/吨·公里", "0.25元/t·km"), ("5 mS/cm", "0.5 S/m"), ("800 mg/m²", "0.8 g/m²"),
        ("90 kWh/100km", "0.9 kWh/km"),
        ("700尼特", "700 cd/m²"), ("20 V·A", "20 W"), ("30 kN/m²", "30 kPa"), ("2 m/s²", "200 cm/s²"),
    ],
)  # fmt: skip
def test_products_and_quotients_convert(one: str, other: str) -> None:
    (dimension, left), (same, right) = base(one), base(other)
    assert dimension == same
    assert math.isclose(left, right, rel_tol=1e-6)


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("螺栓预紧扭矩不低于180N·m", "螺栓预紧扭矩0.2kN·m", MET),
        ("螺栓预紧扭矩不低于180N·m", "螺栓预紧扭矩12kgf·m", MISSED),
        ("管网工作压力不低于0.6MPa", "管网工作压力8kgf/cm²", MET),
        ("管网工作压力不低于0.6MPa", "管网工作压力80psi", MISSED),
        ("出水浊度不高于0.5NTU", "出水浊度0.8NTU", MISSED),
        ("推理算力不低于20TOPS", "推理算力26000GOPS", MET),
        ("推理算力不低于20TOPS", "推理算力8TOPS", MISSED),
        ("显示屏亮度不低于1000nit", "显示屏亮度1500cd/m²", MET),
        ("磁场强度不低于0.3T", "磁场强度2500Gs", MISSED),
        ("接地电阻不高于4Ω", "接地电阻800mΩ", MET),
        ("纯水电导率不高于1μS/cm", "纯水电导率0.002mS/cm", MISSED),
        ("刀口硬度不低于HRC56", "刀口硬度58~60HRC", MET),
        ("刀口硬度不低于HRC56", "刀口硬度HRC52", MISSED),
        ("刀口硬度不低于HRC56", "刀口硬度HV600", UNTOLD),
        ("密封面粗糙度不高于Ra0.4", "密封面粗糙度Ra0.8μm", MISSED),
        ("密封面粗糙度不高于Ra0.4", "密封面粗糙度Ra0.2", MET),
        ("巡航速度不低于12节", "巡航速度25km/h", MET),
        ("航程不低于300海里", "航程500km", MISSED),
        ("单袋重量不超过20斤", "单袋重量9公斤", MET),
        ("圆跳动不超过3丝", "圆跳动0.02mm", MET),
        ("固态硬盘容量不低于512G", "固态硬盘容量1TB", MET),
        ("显存不低于24G", "显存16GB", MISSED),
        ("锁模力不低于1200kN", "锁模力150吨", MET),
        ("锁模力不低于1200kN", "锁模力100吨", MISSED),
        ("霉菌总数不高于50CFU/g", "霉菌总数120CFU/g", MISSED),
        ("排风量不低于1200m³/h", "排风量30m³/min", MET),
        ("循环水pH值7~9", "循环水pH 8.1", MET),
        ("循环水pH值7~9", "循环水pH 6.2", MISSED),
    ],
)
def test_a_figure_is_judged_in_any_unit_of_its_dimension(clause: str, profile: str, expected: Outcome) -> None:
    assert outcome(clause, profile) is expected


@pytest.mark.parametrize(
    ("clause", "profile"),
    [
        ("催化活性不低于200KAT", "催化活性≥150"),
        ("催化活性不低于200Zat", "催化活性≥150Yat"),
        ("光通量不低于3000Qlm", "光通量≥2000lm"),
        ("助剂用量不高于5mg/包", "助剂用量≤8mg"),
        ("漏电不高于20Xu", "漏电≤30"),
        ("算力不低于100TOPS", "算力≥90TFLOPS"),
        ("产率不低于30炉/班", "产率≥20件/班"),
        ("增益不低于20dBi", "增益≥15dB"),
    ],
)
def test_unknown_and_unlike_units_never_compare_as_bare_numbers(clause: str, profile: str) -> None:
    assert outcome(clause, profile) is UNTOLD


@pytest.mark.parametrize(
    ("clause", "profile", "expected"),
    [
        ("漏磁不低于50mT", "漏磁≥300Gs", MISSED),
        ("漏磁不低于50mT", "漏磁≥600Gs", MET),
        ("酸价不高于3mg/g", "酸价≤5mg/g", MISSED),
        ("扬程不低于80m", "扬程≥60m", MISSED),
        ("扬程不低于80m", "扬程60m以上", UNTOLD),
        ("扬程80~100m", "扬程≥60m", UNTOLD),
        ("载重8~12t", "载重≥15t", MET),
        ("含油率3%~6%", "含油率4%~5%", MET),
        ("含油率3%~6%", "含油率4%~8%", UNTOLD),
        ("出水pH值6.5~8.5", "出水pH值7~8", MET),
    ],
)
def test_a_sign_of_a_data_sheet_gives_what_is_warranted(clause: str, profile: str, expected: Outcome) -> None:
    assert outcome(clause, profile) is expected
