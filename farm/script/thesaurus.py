"""Synonyms for searching product pictures, in English and Chinese."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

GROUPS: Final = """
watch timepiece wristwatch 手表 腕表
sunglasses shades 太阳镜 墨镜
glasses eyeglasses 眼镜
bag 包 包包
handbag purse 手提包 女包
backpack rucksack 双肩包 双肩背包
backpack 背包
wallet 钱包
suitcase luggage 行李箱 拉杆箱
shoe shoes footwear 鞋 鞋子
sneaker sneakers trainers 运动鞋 跑鞋
loafer loafers 乐福鞋
boot boots 靴子
sandal sandals 凉鞋
dress gown 连衣裙 裙子 长裙
skirt 半身裙
shirt 衬衫
t-shirt tee tshirt T恤
tank top 背心
sweater pullover 毛衣 针织衫
hoodie sweatshirt 卫衣
jacket 夹克 外套
coat 大衣 风衣
trousers pants 裤子 长裤
jeans 牛仔裤
shorts 短裤
hat cap 帽子
scarf 围巾
belt 腰带
sock socks 袜子
necklace 项链
ring 戒指
earring earrings 耳环
bracelet 手链 手镯
lipstick 口红
perfume fragrance 香水
cosmetics makeup 化妆品 彩妆
hairdryer hair-dryer 吹风机
laptop notebook 笔记本 笔记本电脑 轻薄本
computer pc 电脑
tablet 平板 平板电脑
phone smartphone mobile 手机
headphones earphones earbuds 耳机
speaker 音箱 音响
camera 相机
lens 镜头
keyboard 键盘
mouse 鼠标
monitor screen display 显示器
charger 充电器
television tv 电视
mug cup 马克杯 杯子 水杯
bottle 瓶子 水瓶
jar 罐子 罐
salt pepper 盐 胡椒
knife 刀
pan pot 锅
plate dish 盘子
candle 蜡烛
candlestick candleholder 烛台
lamp light 台灯 灯
vase 花瓶
flower flowers 花 鲜花
plant 植物 绿植
chair 椅子
sofa couch 沙发
table desk 桌子
bed 床
pillow cushion 枕头 抱枕
toy 玩具
doll 玩偶
ball 球
bicycle bike 自行车
yoga 瑜伽
tent 帐篷
dog 狗
cat 猫
coffee 咖啡
tea 茶
juice 果汁
milk 牛奶
chocolate 巧克力
fruit 水果
food 食物 食品
bamboo 竹 竹子
wood wooden 木 木头
glass 玻璃
leather 皮 皮革
gold golden 金色 金
silver 银色 银
red 红色
pink 粉色
orange 橙色
yellow 黄色
green 绿色
blue 蓝色
purple violet 紫色
brown 棕色
black 黑色
white 白色
grey gray 灰色
beige 米色
woman women lady female 女 女士 女人
man men male 男 男士 男人
child kid 儿童 孩子
hand 手
music 音乐
calm quiet 安静 舒缓
happy cheerful 欢快
energetic 动感
""".strip().splitlines()
"""One line per meaning."""


def synonyms(question: str) -> tuple[str, ...]:
    """Return synonyms of the question's words that do not occur in it."""
    small = question.casefold()
    english = set(re.findall(r"[a-z][a-z-]*", small))
    found: list[str] = []
    for word, group in _table():
        # Chinese is written without spaces: its words are matched as substrings.
        met = word in small if (word > "\u3000" and len(word) > 1) or word == small else word in english
        if met:
            found += [other for other in group if other != word and other not in small]
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=1)
def _table() -> tuple[tuple[str, tuple[str, ...]], ...]:
    groups = [tuple(line.casefold().split()) for line in GROUPS]
    pairs = [(word, group) for group in groups for word in group]
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair[0])))
