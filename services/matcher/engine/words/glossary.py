"""Technical words of demands and offers in Chinese and English, so that the two can be compared word by word."""

import re
from functools import lru_cache

# english stems: Chinese words. A stem stands for every English word that begins with it.
_TERMS = """
container: 集装箱 箱体 自然箱; number: 编号 号码 箱号 车号; recogni|identif|read: 识别 辨识 读取 识读
detect|inspect: 检测 检出 检查 检验 探测; damage: 残损 破损 损坏 损伤; defect|flaw: 缺陷 瑕疵 疵点
image|imaging|picture|photo|ct|mri: 图像 影像 图片 成像 图传; video: 视频 录像; camera: 相机 摄像机 摄像头
vision|visual: 视觉; gate: 闸口 大门; terminal: 码头 终端; port|harbour|harbor: 港口 港区 港; yard: 堆场
quay|berth: 岸边 泊位 岸桥; crane: 起重机 岸桥 场桥 吊机; truck|lorry: 卡车 集卡 货车
vehicle|car|truck|lorry: 车辆 汽车 集卡 卡车 货车; rail|wagon|train: 铁路 车厢 列车 火车; road: 道路 公路
traffic: 交通 车流; junction|intersection: 路口; ship|vessel|boat: 船舶 船只 船 轮船 无人船
sea|marine|ocean|maritime: 海洋 海上 海 海事; coast|shore: 海岸 岸线 沿海; underwater|subsea: 水下 海底
wave: 波浪 海浪; water: 水; depth|deep: 深度 水深; survey|mapping: 测绘 测量 勘测; measur|meter: 测量 计量
position|locali|locat: 定位 位置; navigat: 导航; route|path: 路径 路线 航线; robot: 机器人
arm|manipulator: 机械臂 机械手; weld: 焊接 焊缝 焊; seam: 焊缝; plate: 板 钢板; steel: 钢 钢材; assembl: 装配 组装
paint|coat: 喷涂 涂层 涂装; press|stamp: 冲压; cast|foundry: 铸造; machin: 加工 机加工; tool: 刀具 工具
spindle: 主轴; gear: 齿轮; bearing: 轴承; motor: 电机 马达; pump: 泵 水泵; valve: 阀; battery|cell: 电池 电芯
charg: 充电 充换电; swap: 换电; storage|store: 存储 储存 储能 保存; energy: 能源 能量 能耗 储能
power|electric: 电力 功率 电源 电; hydrogen: 氢 氢能 氢气; hydrogenation: 加氢; fuel: 燃料
photovoltaic|solar: 光伏 太阳能; wind: 风 风电 风力; turbine: 风机 涡轮; grid: 电网; carbon: 碳 碳排放 碳足迹 碳排
emission: 排放 尾气; pollut: 污染; waste|sewage: 废水 废弃物 污水 固废; sludge: 污泥; treat: 处理 治疗
remov: 去除 脱除; filter: 过滤 滤; recycl|recover: 回收 循环利用; temperature|thermal: 温度 热 高温 低温
cold|cool|refriger: 冷却 制冷 冷链 冷藏; heat: 加热 热; humid: 湿度; pressure: 压力 压强; noise: 噪声 噪音
vibrat: 振动; dust: 粉尘 防尘; corros: 腐蚀 锈蚀 防腐; explosi|atex|flameproof: 防爆 爆炸; fire: 消防 火灾 灭火
smoke: 烟雾 烟; leak: 泄漏 渗漏; gas: 气体 燃气; flood|waterlogg: 内涝 洪水 积水; rain: 雨 降雨; weather: 天气 气象
fog: 雾 大雾; night: 夜间 夜晚; daylight|daytime: 白天 日间; forecast|predict: 预测 预报 预估
warn|alarm|alert: 预警 报警 告警; early: 提前 早期; monitor: 监测 监控 监视; sens: 传感 感知; radar: 雷达
lidar: 激光雷达; laser: 激光; sonar|acoustic: 声呐 声学 声; infrared: 红外; ultrasonic|ultrasound: 超声 超声波
optical: 光学; satellite: 卫星; antenna: 天线; communicat: 通信 通讯; network: 网络 联网 专网
wireless|radio: 无线 无线电; latency|delay: 时延 延迟; bandwidth: 带宽; edge: 边缘; cloud: 云 云端 云平台
platform: 平台; system: 系统; software|app: 软件 应用 小程序; hardware: 硬件; interface|api|connector: 接口
integrat|connect: 对接 集成 接入 联网; protocol: 协议; database: 数据库; data: 数据; dataset|sample: 样本 数据集 样品
label|annotat: 标注; train: 训练 培训; model: 模型; algorithm: 算法; intelligen|ai: 智能 人工智能; learn: 学习
encrypt|crypt: 加密 密码; privacy|desensiti|anonymi: 脱敏 隐私 匿名; security|secure|cyber: 安全 网络安全
permission|access: 权限 访问; audit|log: 审计 日志; backup: 备份; local|premises|on-site: 本地 本地化 现场 院内
export: 出境 导出; overseas|abroad: 境外 海外 出境; domestic: 国产 境内
autonom|driverless|unmanned|self-driving: 自动驾驶 无人驾驶 无人 自主; automat: 自动 自动化; remote: 远程 遥控
manual|operator|human: 人工 人员 操作员; collision|avoid: 避碰 避障 碰撞; obstacle: 障碍 避障; control: 控制 调控
schedul|dispatch: 调度 排程 排产; plan: 规划 计划; optimi: 优化; simulat|twin: 仿真 孪生 模拟; digital: 数字 数字化
cad|3d: 三维 模型; maintenance|maintain: 维护 运维 维保; repair: 维修 修复; fault|failure: 故障; diagnos: 诊断
life|lifetime: 寿命; warranty: 质保 保修; spare: 备件 备品; support: 支持; service: 服务; response|respond: 响应
deliver: 交付 交货 供货; install|deploy|commission: 安装 部署 调试 上线; accept: 验收
test|trial: 测试 试验 试运行 检测; verif|validat: 验证; certif: 认证 证书 取证; standard: 标准
licence|license: 许可 许可证 授权; price|cost|fee: 价格 报价 费用 成本 造价; invest: 投资 出资 股权
fund|capital: 基金 资金 资本; pilot: 中试 试点 试制; batch: 批量 批次 小批量; production|manufactur: 生产 制造
line: 产线 生产线; plant|factory|workshop: 工厂 车间 厂区; hospital|clinic: 医院 临床 院; patient: 患者 病人
medical|health: 医疗 医学 健康; triage: 分诊; emergency: 急诊 应急 紧急; bed: 床位 病床; nodule: 结节
lung|chest: 肺 胸部; fracture: 骨折; stroke: 卒中 脑卒中; bleed|haemorrh|hemorrh: 出血; screening: 筛查
surgery|surgical: 手术 外科; drug|pharma: 药物 药品; elderly|aged: 老人 养老; fall: 跌倒 摔倒
voice|speech: 语音 语音识别; text: 文本; language: 语言; translat: 翻译; search|retriev: 检索 搜索; drone|uav: 无人机
inspection|patrol: 巡检 巡查 巡逻; line|cable: 线路 电缆 线缆; insulator: 绝缘子; tower|pole: 杆塔 塔; bridge: 桥梁
tunnel: 隧道; pipe: 管道 管网; building: 建筑 楼宇; elevator|lift: 电梯 升降; warehouse: 仓储 仓库 库房
stacker: 堆垛机; logistics: 物流; cargo|freight|goods: 货物 货运; hazard|dangerous: 危险 危险品 危化品; parcel: 包裹
pallet: 托盘; shelf|rack: 货架; pick|grasp: 抓取 拣选 分拣; payload|load: 载荷 载重 负载; speed: 速度 航速
endurance: 续航; range|distance: 距离 范围 航程; size|dimension: 尺寸 大小; weight: 重量; volume: 容积 体积
capacity: 容量 能力 产能; accuracy|precision: 精度 准确率; result: 结果; strength: 强度; hardness: 硬度
wear: 磨损 耐磨; density: 密度; purity: 纯度; material: 材料; ceramic: 陶瓷; polymer|plastic: 高分子 塑料 聚合物
rubber: 橡胶; fibre|fiber: 纤维 光纤; alloy: 合金; nano: 纳米; catalys: 催化 催化剂; reactor: 反应釜 反应器
reaction: 反应; chemical: 化工 化学; nitration: 硝化; ferment: 发酵; extract: 提取 萃取; print: 打印 印刷
additive: 增材 添加剂; chip|semiconductor: 芯片 半导体; circuit: 电路; display|screen: 显示 屏
farm|agricultur: 农业 农田; crop: 作物 农作物; fish|aquacultur: 渔业 养殖 鱼; food: 食品; tea: 茶; soil: 土壤
forest: 森林 林业; animal: 动物 畜禽; seed: 种子 种子轮; customs: 海关 报关; school|student: 学校 学生
tourist|tourism: 旅游 游客; team|staff|engineer: 团队 人员 工程师; expert: 专家; patent: 专利
case|reference|project: 案例 项目 业绩; experience: 经验; laborator: 实验室; university: 高校 大学
enterprise|company: 企业 公司; user|customer: 用户 客户; real-time|realtime: 实时; continuous: 连续; multi: 多 多种
high: 高; low: 低; new: 新; generat|creat: 生成 自动生成; report: 报告 报表; statistic|analy: 统计 分析
visuali|dashboard: 可视化 大屏; mobile|phone: 移动 手机; online: 在线 线上; ticket: 工单; server: 服务器
toolchain: 工具链; rehabilit: 康复; bus: 公交; signal: 信号; lane: 车道; jetty: 泊位 码头; chloride: 氯离子
bury|buried: 埋设 掩埋; net: 网衣 渔网; cage: 网箱; feed: 投喂 投料 饲料; disease: 疾病 病害; fish|salmon: 鱼 鱼群
module: 模块 模组; silicon: 硅 碳化硅; rated|rating: 额定; withstand: 耐受; wake: 唤醒; command|keyword: 命令 命令词
offline: 离线 断网; electrode: 电极; brain|neural: 脑机 脑电; stimulat: 刺激; exoskeleton: 外骨骼; therap: 治疗 训练
passenger|visitor: 旅客 客流 游客; terahertz: 太赫兹; metal: 金属; liquid: 液体; powder: 粉末; drift: 漂移
dissolved: 溶解; oxygen: 氧; methane: 甲烷; dock|hangar: 机库 机巢; share: 共享; mission|task: 任务; airspace: 空域
flight|fly: 飞行; merge|duplicate: 归并 重复 去重; record|history: 记录 病历; coding|code: 编码 代码; summary: 摘要
complaint|request: 诉求 投诉; department: 部门 科室; workflow|process: 流程 工艺; parameter: 参数
recommend: 推荐 建议; mould|mold: 模具; injection: 注塑; scrap: 废品; cavity: 模腔; melt: 熔体; crack: 裂纹 裂缝
surface: 表面; scratch: 划伤; dent: 凹陷; hole: 破洞 孔; seal: 密封 封条; lock: 锁; door: 门
trapped|entrapment: 困人; brake: 制动; vibration: 振动; acoustic|sound: 声音 异音 声学; background: 背景
refrigerat|fridge: 冰箱; compressor: 压缩机; washing: 洗衣机; panel: 面板 屏; luminance|brightness: 亮度
compensat: 补偿; memory: 存储器 内存; uniform: 均匀; size: 尺寸; changeover: 换型; sample: 样品 样机; shift: 班次
worker|labour|labor: 工人 人工; cleaning|clean: 清洗 清洁; duct: 风管; air: 空气 空调; ventilat: 通风; boiler: 锅炉
meter: 电表 水表 计量; forecast: 预报 负荷预测; load: 负荷; dispatch: 派单 调度; price: 电价; trade: 交易
quantum: 量子; key: 密钥; light: 光; fibre: 光纤; beam: 波束; orbit: 轨道; ground: 地面 地面站; buoy: 浮标
tide|tidal: 潮位 潮汐; current: 海流 电流; ice: 冰; oil: 石油 溢油; spill: 溢油; bloom|algae: 浒苔 藻类
plankton: 浮游; coral: 珊瑚; seabed: 海床 海底; crawl: 爬行; drain: 排水 管网; sewer: 排水管网 污水管
level: 液位 水位; flow: 流量 流速; turbidity: 浊度 浑浊; nutrient: 营养; pesticide: 农药; weed: 杂草
harvest: 收获 采摘; irrigat: 灌溉; greenhouse: 温室 大棚; livestock|cattle: 牲畜 牛; equity: 股权; angel: 天使
listing|ipo: 上市; syndicate|co-invest: 联合投资 跟投; term: 期限; early-stage: 早期; growth: 成长期
post-investment: 投后; industry|industrial: 产业 工业; channel: 渠道; resource: 资源; amplif|scale-up: 放大
synthes: 合成; purif: 纯化 提纯; crystalli: 结晶; dry|drying: 干燥; mix: 混合; sterili: 灭菌
package|packaging: 封装 包装; sinter: 烧结; bond: 键合 结合; etch: 刻蚀; deposit: 沉积; wafer: 晶圆; yield: 良率
reliab: 可靠性; aging|ageing: 老化; salt: 盐雾; queue: 排队; parking: 停车; toll: 收费; accident|incident: 事故 事件
pedestrian: 行人; debris: 抛洒物; congestion: 拥堵; corridor: 干线; nurse: 护士; doctor|physician: 医生 医师
ward: 病房 病区; specimen: 标本; blood: 血 血液; tumour|tumor|cancer: 肿瘤 癌; heart|cardiac: 心脏 心率
breath|respirat: 呼吸; sleep: 睡眠; eye|retina|fundus: 眼底 眼; tooth|dental: 口腔; bone: 骨; gene|genom: 基因
vaccine: 疫苗; antibod: 抗体
"""


def _entries() -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    pairs = (entry.split(":") for entry in re.split("[;\n]", _TERMS.strip()))
    return [(tuple(stems.strip().split("|")), tuple(words.split())) for stems, words in pairs]


def _by_word() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    chinese: dict[str, set[str]] = {}
    english: dict[str, set[str]] = {}
    for stems, words in _entries():
        for word in words:
            chinese.setdefault(word, set()).add(stems[0])
        for stem in stems:
            english.setdefault(stem, set()).add(stems[0])
    return chinese, english


_CHINESE, _ENGLISH = _by_word()
_CHINESE_WORD = re.compile("|".join(sorted((w for w in _CHINESE if len(w) > 1), key=len, reverse=True)))
_ENGLISH_WORD = re.compile(r"[a-z][a-z0-9-]+")
_ENDINGS = {"", "s", "es", "ed", "d", "ing", "er", "ers", "ion", "ions", "ment", "al", "y", "ly"}
_LONGEST_STEM = max(map(len, _ENGLISH))
# No ending of a longer word would be looked at.
_LONGEST_WORD = _LONGEST_STEM + max(map(len, _ENDINGS)) + 1


def meanings(text: str) -> frozenset[str]:
    """The language-free terms that a text mentions, Chinese and English alike: 集装箱 and containers give the same."""
    found: set[str] = set()
    for match in _CHINESE_WORD.finditer(text):
        found |= _CHINESE[match[0]]
    for match in _ENGLISH_WORD.finditer(text.lower()):
        found |= _stemmed(match[0][:_LONGEST_WORD])
    return frozenset(found)


@lru_cache(maxsize=8_192)
def _stemmed(word: str) -> frozenset[str]:
    for end in range(min(len(word), _LONGEST_STEM), 1, -1):
        stem = word[:end]
        # A short stem (car, sea) takes an ending only; a long one begins many forms.
        if stem in _ENGLISH and (end > 5 or word[end:] in _ENDINGS):
            return frozenset(_ENGLISH[stem])
    return frozenset()
