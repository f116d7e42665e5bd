"""The names of units in Chinese and English, with their factors, as a table."""

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_YEAR = 365.25 * _DAY
_INCH = 0.0254

# dimension: ((factor, names separated by blanks), …). Names are case-sensitive where case carries meaning (mW, MW).
TABLE: dict[str, tuple[tuple[float, str], ...]] = {
    "length": (
        (1, "m 米 公尺 metre metres meter meters"),
        (1e3, "km KM Km 千米 公里 ㎞ kilometre kilometres kilometer kilometers"),
        (0.1, "dm 分米"),
        (1e-2, "cm CM 厘米 公分 ㎝ centimetre centimetres centimeter centimeters"),
        (1e-3, "mm MM 毫米 ㎜ millimetre millimetres millimeter millimeters"),
        (1e-6, "um μm µm 微米 micron microns"),
        (1e-9, "nm 纳米 nanometre nanometer"),
        (_INCH, "英寸 寸 inch inches"),
        (0.3048, "英尺 ft feet foot"),
        (1852, "海里 nmile nautical_mile nautical_miles"),
    ),
    "mass": (
        (1, "kg KG Kg 千克 公斤 ㎏ kilogram kilograms kilo kilos"),
        (1e-3, "g 克 gram grams"),
        (1e-6, "mg 毫克 ㎎ milligram milligrams"),
        (1e-9, "ug μg µg 微克"),
        (1e-12, "ng 纳克"),
        (1e3, "t 吨 公吨 tonne tonnes ton tons"),
    ),
    "time": (
        (1, "s 秒 秒钟 sec secs second seconds"),
        (1e-3, "ms 毫秒 millisecond milliseconds"),
        (1e-6, "us μs µs 微秒 microsecond microseconds"),
        (1e-9, "ns 纳秒 nanosecond nanoseconds"),
        (_MINUTE, "min mins 分钟 minute minutes"),
        (_HOUR, "h hr hrs 小时 个小时 钟头 hour hours"),
        (_DAY, "d 天 日 昼夜 自然日 个自然日 日历天 day days"),
        (_DAY * 7 / 5, "工作日 个工作日 working_day working_days business_day business_days"),
        (_DAY * 7, "周 星期 个星期 week weeks"),
        (_YEAR / 12, "个月 month months"),
        (_YEAR / 4, "季度 个季度 quarter quarters"),
        (_YEAR, "年 周年 year years yr yrs"),
    ),
    "power": (
        (1, "W 瓦 瓦特 watt watts"),
        (1e3, "kW KW kw Kw 千瓦 kilowatt kilowatts"),
        (1e6, "MW 兆瓦 megawatt megawatts"),
        (1e9, "GW 吉瓦 gigawatt gigawatts"),
        (1e-3, "mW 毫瓦"),
        (735.5, "马力"),
        (1, "VA"),
        (1e3, "kVA KVA"),
        (1e6, "MVA"),
    ),
    "energy": (
        (1, "J 焦 焦耳 joule joules"),
        (1e3, "kJ KJ 千焦"),
        (1e6, "MJ 兆焦"),
        (_HOUR, "Wh wh WH 瓦时"),
        (1e3 * _HOUR, "kWh KWh kwh KWH 千瓦时 度电 kW·h kilowatt_hour kilowatt_hours"),
        (1e6 * _HOUR, "MWh 兆瓦时"),
        (1e9 * _HOUR, "GWh 吉瓦时"),
        (4184, "kcal 大卡 千卡"),
    ),
    "frequency": (
        (1, "Hz HZ hz 赫兹 赫"),
        (1e3, "kHz KHz khz KHZ 千赫 千赫兹"),
        (1e6, "MHz Mhz MHZ 兆赫 兆赫兹"),
        (1e9, "GHz Ghz GHZ 吉赫 吉赫兹"),
        (1e12, "THz 太赫兹"),
    ),
    "data": (
        (1, "B Byte Bytes byte bytes 字节"),
        (1e3, "KB kB kb 千字节"),
        (1e6, "MB 兆字节"),
        (1e9, "GB"),
        (1e12, "TB"),
        (1e15, "PB"),
        (1 / 8, "bit bits 比特"),
        (1e3 / 8, "kbit Kbit Kb 千比特"),
        (1e6 / 8, "Mbit Mb 兆比特"),
        (1e9 / 8, "Gbit Gb 吉比特"),
    ),
    "data/time": (
        (1 / 8, "bps"),
        (1e3 / 8, "kbps Kbps"),
        (1e6 / 8, "Mbps mbps MBPS 兆带宽"),
        (1e9 / 8, "Gbps gbps"),
        (1e12 / 8, "Tbps"),
    ),
    "pressure": (
        (1, "Pa 帕 帕斯卡"),
        (100, "hPa 百帕"),
        (1e3, "kPa KPa 千帕"),
        (1e6, "MPa Mpa MPA 兆帕"),
        (1e9, "GPa 吉帕"),
        (1e5, "bar Bar 巴"),
    ),
    "area": (
        (1, "m2 m² m^2 ㎡ 平方米 平米 平方 sqm"),
        (1e6, "km2 km² 平方公里 平方千米 ㎢"),
        (1e-4, "cm2 cm² 平方厘米"),
        (1e-6, "mm2 mm² 平方毫米"),
        (1e4, "公顷 hectare hectares ha"),
        (2000 / 3, "亩"),
    ),
    "volume": (
        (1, "m3 m³ m^3 ㎥ 立方米 立方 方 Nm3 Nm³"),
        (1e-3, "L l 升 litre litres liter liters"),
        (1e-6, "mL ml ML 毫升 cm3 cm³ 立方厘米"),
        (1e-9, "uL μL µL 微升 mm3 mm³"),
    ),
    "voltage": ((1, "V 伏 伏特 volt volts"), (1e3, "kV KV 千伏"), (1e-3, "mV 毫伏")),
    "current": ((1, "A 安 安培 amp amps"), (1e-3, "mA 毫安"), (1e3, "kA 千安")),
    "charge": ((1, "Ah 安时"), (1e-3, "mAh 毫安时")),
    "force": ((1, "N 牛 牛顿"), (1e3, "kN KN 千牛")),
    "torque": ((1, "N·m Nm N.m 牛米 牛·米"),),
    "temperature": ((1, "℃ °C °_C ºC 摄氏度 degC degrees_Celsius degrees_C deg_C"),),
    "angle": ((1, "° 度 degree degrees deg"), (1 / 60, "′ 角分"), (1 / 3600, "″ 角秒 arcsec")),
    "length/time": ((1852 / _HOUR, "kn kt 节 knot knots"), (1 / 3.6, "kph")),
    "ratio-length": ((1e-6, "ppm·m ppm.m"), (1e-9, "ppb·m")),
    "ratio": ((1e-2, "% 个百分点 percent percentage_points pct"), (1e-3, "‰"), (1e-6, "ppm PPM"), (1e-9, "ppb")),
    "fold": ((1, "倍 x_faster times_faster"),),
    "decibel": ((1, "dB db DB dBA dB(A) 分贝 decibel decibels"),),
    "decibel-milliwatt": ((1, "dBm"),),
    "illuminance": ((1, "lx lux Lux 勒克斯"),),
    "luminous": ((1, "lm 流明"),),
    "money": (
        (1, "分钱 fen"),
        (100, "元 元人民币 块钱 yuan RMB CNY 人民币"),
        (1e5, "千元"),
        (1e6, "万元 万元人民币 万人民币"),
        (1e8, "百万元"),
        (1e9, "千万元"),
        (1e10, "亿元 亿元人民币 亿人民币"),
    ),
    "dollar": ((100, "美元 USD dollars dollar"), (1e6, "万美元"), (1e10, "亿美元")),
    "euro": ((100, "欧元 EUR euros euro"), (1e6, "万欧元"), (1e10, "亿欧元")),
    "count": (
        (
            1,
            "个 台 套 件 只 辆 架 艘 组 项 条 款 座 处 例 篇 块 根 张 份 家 列 支 把 种 类 门 颗 粒 头 片 模 "
            "台套 台(套) 台（套） 台/套 pcs pieces piece units unit sets set items item vehicles "
            "vehicle AGVs robots devices sites projects project cases case references reference "
            "deployments deployment patents installations terminals ports hospitals samples images "
            "张图像 点位 个点位 vessels cranes trucks customers",
        ),
        (1e4, "万台 万套 万件 万个 万只 万条 万张"),
    ),
    "people": (
        (
            1,
            "人 名 位 用户 个用户 并发用户 个并发用户 users user people persons engineers staff employees experts "
            "researchers concurrent_users",
        ),
        (1e4, "万人 万用户"),
    ),
    "times": ((1, "次 回 cycles cycle times 循环 次循环 转次"), (1e4, "万次"), (1e8, "亿次")),
    "channel": ((1, "路 通道 个通道 channels channel streams stream cameras camera"),),
    "frame": ((1, "帧 frame frames"),),
    "frame/time": ((1, "fps FPS"),),
    "turn": ((1, "转 r rev"),),
    "turn/time": ((1 / _MINUTE, "rpm RPM"),),
    "box": ((1, "箱 自然箱 boxes containers container moves move"),),
    "teu": ((1, "TEU TEUs teu 标箱 标准箱 个标箱"), (1e4, "万TEU 万标箱")),
    "request": ((1, "请求 requests request transactions queries 笔 messages 条消息"),),
    "request/time": ((1, "QPS qps TPS tps"),),
    "pixel": ((1, "像素 px pixels"), (1e4, "万像素"), (1e6, "MP megapixels megapixel")),
    "amount": ((1, "mol 摩尔"), (1e-3, "mmol 毫摩尔"), (1e-6, "μmol µmol umol 微摩尔"), (1e-9, "nmol 纳摩尔")),
    "mesh": ((1, "目"),),
    "grade": ((1, "级"),),
    "acceleration": ((1, "m/s2 m/s² m/s^2"),),
}

# A name followed by one of these characters is another word: 5天线, 3路由器, 2方案.
OTHER_WORDS = """
天:线然津 路:由径段 个:性人体 方:案面法式便向位 台:阶账风 升:级高降温压 克:隆服 年:代度级 周:期边围长 日:志常均
家:具电居庭用 类:型似别 种:植子 套:件餐利 组:织件成态装 人:工脸员机体才民 名:称单 位:置于移 次:方品要日氯级
节:点能省约拍 米:饭粉 平方:米公千厘毫 立方:米厘 度:电量假 条:件款例形 件:套数 门:户诊槛禁 项:目链 列:表车出
处:理于置在 例:如 A:级 支:持撑付架 把:握控 块:链 张:力贴 份:额 转:换化型移速变运 箱:体号门 级:联别 安:全装排防
牛:肉奶 伏:案 元:素器件 回:收路传用 目:标前录的 焦:距点 瓦:斯 只:读能有需是要 巴:士 笔:记试 星期:一二三四五六日天
寸:步 帧:率内间 款:式项 座:位椅标 片:段面区 模:型式块组具态拟 d:打 D:打
"""
