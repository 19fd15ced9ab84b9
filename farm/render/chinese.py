"""Chinese words that a line break must not split.

Unicode's line breaking allows a break between any two Chinese characters. Readers stumble over split words,
so the common words of shop texts, and numbers with their unit, are held together with word joiners (U+2060),
which have no width. Other words break as Unicode says.
"""

from __future__ import annotations

import re
from typing import Final

JOINER: Final = "\u2060"

_WORDS: Final = """
笔记本电脑 平板电脑 智能手机 蓝牙耳机 保温杯 连衣裙 半身裙 牛仔裤 运动鞋 高跟鞋 羽绒服 防晒衣 单肩包
双肩包 斜挎包 手提包 托特包 肩背包 洗面奶 护肤品 化妆品 轻薄本 超薄本 显示器 处理器 充电器 充电宝
数据线 摄像头 扫地机 吹风机 空调房 全高清 笔记本 电脑 手机 平板 耳机 音箱 相机 键盘 鼠标 手表 腕表 表带
女包 男包 包包 背包 钱包 长裙 短裙 裙子 衬衫 卫衣 外套 夹克 风衣 毛衣 上衣 长裤 短裤 裤子 跑鞋 凉鞋
靴子 鞋子 口红 面霜 精华 面膜 香水 沙发 椅子 桌子 台灯 水杯 杯子 项链 耳环 戒指 手链 男士 女士 男装
女装 儿童 宝宝 情侣 老人 学生 商务 办公 家用 家居 户外 旅行 运动 健身 日常 通勤 百搭 时尚 潮牌 潮流
休闲 经典 复古 简约 轻奢 奢华 优雅 气质 性感 品牌 正品 新品 新款 热卖 爆款 好物 推荐 特惠 优惠 限时
限量 促销 折扣 打折 立减 立省 满减 包邮 售完 即止 数量 有限 今日 截止 立即 选购 购买 抢购 下单 探索
系列 全系列 到手价 原价 现价 降价 价格 品质 质感 质量 材质 面料 纯棉 棉麻 真皮 牛皮 头层 不锈钢 金属
陶瓷 玻璃 实木 塑料 硅胶 防水 防晒 防滑 防摔 保暖 透气 柔软 舒适 亲肤 细腻 轻薄 轻便 便携 耐用 结实
坚固 宽松 修身 显瘦 收腰 高腰 版型 剪裁 设计 工艺 细节 出众 升级 容量 收纳 分层 隔层 尺寸 英寸 像素
高清 大屏 超清 屏幕 画质 续航 快充 充电 电池 内存 存储 性能 散热 静音 降噪 智能 蓝牙 无线 触控 全天候
全新 交互 主摄 灵动岛 可以 我们 你的 什么 为什么 如何 怎么 这个 那个 一个 一天 一周 每天 每个 没有 不是
就是 还是 因为 所以 如果 但是 而且 喜欢 退换 退货 理由 无理由 发货 顺丰 保修 质保 客服 会员 礼物 礼盒
送礼 生日 节日 春季 夏季 秋季 冬季 春天 夏天 秋天 冬天 生活 美好 精致 温柔 浪漫 自由 自然 健康 安全
专业 匠心 传承 灵感 鳄鱼 穿搭 手册 造型 搭配 颜色 黑色 白色 红色 蓝色 灰色 绿色 标压 独显 高性能 低功耗 色域
联想 惠普 华为 小米 苹果 英特尔 酷睿 古驰 蔻驰 珑骧 香港 中国 北京 上海 东京 巴黎 绗缝 链条
"""

_BY_LENGTH = sorted(set(_WORDS.split()), key=lambda word: (-len(word), word))
_WHOLE = re.compile("|".join(map(re.escape, _BY_LENGTH)))
_MEASURE = re.compile(
    r"[0-9A-Za-z.+%-]+(?:英寸|毫升|毫米|厘米|小时|分钟|像素|公斤|[寸万亿米克升件色天折元年月日号代倍层只个款])"
    r"|[一二三四五六七八九十]+[代天件年折周步款]"
)


def _joined(match: re.Match[str]) -> str:
    return JOINER.join(match.group(0))


def keep_words(text: str) -> str:
    """Return ``text`` with joiners inside its known words; text without Chinese is returned as it is."""
    if not any("\u3400" <= char <= "\u9fff" for char in text):
        return text
    return _WHOLE.sub(_joined, _MEASURE.sub(_joined, text))
