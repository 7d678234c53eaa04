"""The kinds of conduct a rulebook may score, and the words each is known by.

A row that shows none of them is not refused, it waits for a person to pick one. Source: design 2-domain.md,
The linter (allow-list first).
"""

import re
from enum import StrEnum

from governance.lexicon import plain


class Conduct(StrEnum):
    """The controlled list; `label` is its Chinese name."""

    WASTE_SORTING = "waste_sorting"
    SANITATION = "sanitation"
    ANIMALS = "animals"
    ENVIRONMENT = "environment"
    VOLUNTEERING = "volunteering"
    NEIGHBOURS = "neighbours"
    GIVING = "giving"
    PUBLIC_WORKS = "public_works"
    THRIFT = "thrift"
    FAMILY = "family"
    SAFETY = "safety"
    ORDER = "order"
    BUILDING = "building"
    TRADE = "trade"
    INTEGRITY = "integrity"
    VILLAGE_AFFAIRS = "village_affairs"
    COMMON_WEALTH = "common_wealth"
    CULTURE = "culture"
    DEFENCE = "defence"
    HONOURS = "honours"

    @property
    def label(self) -> str:
        """The name a reader sees."""
        return _LABELS[self]


_LABELS = {
    Conduct.WASTE_SORTING: "垃圾分类",
    Conduct.SANITATION: "环境卫生",
    Conduct.ANIMALS: "禽畜和养犬",
    Conduct.ENVIRONMENT: "保护水土林木",
    Conduct.VOLUNTEERING: "志愿服务",
    Conduct.NEIGHBOURS: "邻里互助",
    Conduct.GIVING: "公益捐赠",
    Conduct.PUBLIC_WORKS: "爱护公物",
    Conduct.THRIFT: "红白事从简",
    Conduct.FAMILY: "家庭赡养抚养",
    Conduct.SAFETY: "消防和交通安全",
    Conduct.ORDER: "公共秩序",
    Conduct.BUILDING: "建房用地",
    Conduct.TRADE: "诚信经营",
    Conduct.INTEGRITY: "诚实守信",
    Conduct.VILLAGE_AFFAIRS: "参与村务",
    Conduct.COMMON_WEALTH: "集体发展",
    Conduct.CULTURE: "文体和学习",
    Conduct.DEFENCE: "参军拥军",
    Conduct.HONOURS: "荣誉表彰",
}

_WORDS = {
    Conduct.WASTE_SORTING: r"分类|混装|厨余|可回收|垃圾桶",
    Conduct.SANITATION: (
        r"卫生|环境整治|人居环境|庭院|房前屋后|门前|三包|垃圾|清扫|打扫|保洁|洁净|干净|整洁|清洁|乱扔|乱倒"
        r"|乱堆|堆放|乱放|杂物|柴草|脏乱|吐痰|烟头|污物"
        r"|乱贴|乱涂|乱画|乱挂|粘贴|广告|晾晒|打场|晒粮|五净|美在我家|厕所|改厕|旱厕|异味|蚊蝇|四害|摆放"
        r"|墙面|外立面|牛皮癣"
    ),
    Conduct.ANIMALS: r"养犬|家畜|犬|遛狗|狗|家禽|畜禽|禽畜|圈养|散养|圈舍|粪便|禽舍|牲畜|养殖|宠物|放养",
    Conduct.ENVIRONMENT: (
        r"焚烧|秸秆|污水|排污|污染|环保|河道|沟渠|水塘|水源|林木|树木|树林|山林|水林|古树|砍伐|植树|绿化"
        r"|花草|花木|花卉|草坪"
        r"|地膜|农膜|农药|节水|节约用水|节电|捕鱼|电鱼"
        r"|野生动物|生态|采砂|耕地保护|光盘|节约粮食"
    ),
    Conduct.VOLUNTEERING: (
        r"志愿|公益活动|义务(?:劳动|参加|服务|清扫|植树|巡逻|维修|宣传)|义工|投工投劳|公益事业|文明实践"
        r"|公益组织|抢险|救灾|防汛|救火|排涝|植绿"
    ),
    Conduct.NEIGHBOURS: (
        r"邻里|邻居|四邻|睦邻|调解|化解|纠纷|互助|帮助|帮扶|助人为乐|好人好事|扶贫济困|扶弱|孤寡|困难群众"
        r"|老幼病弱|见义勇为|救人|救死扶伤|关爱|慰问|结对|留守|走访"
    ),
    Conduct.GIVING: r"捐款|捐赠|捐资|捐物|捐助|募捐|慈善|助学|资助|爱心",
    Conduct.PUBLIC_WORKS: (
        r"公共设施|设施|公物|健身器材|路灯|公共财物|集体财物|公共绿地|公共绿化|公共文化|井盖|护栏|绿地"
        r"|公共场所|公共部位|公益广告|路面|道路"
    ),
    Conduct.THRIFT: (
        r"红白|土葬|婚丧|婚事|丧事|喜事|白事|彩礼|大操大办|移风易俗|宴席|厚葬|薄养|安葬|殡葬|墓|坟|人情|简办"
        r"|铺张|攀比|祭祀|祭扫|火化"
    ),
    Conduct.FAMILY: (
        r"赡养|抚养|上学|孝|敬老|老人|父母|公婆|虐待|遗弃|家暴|家庭暴力|家风|家训|家庭美德|子女义务教育"
        r"|辍学"
        r"|儿童|尊老爱幼|婆媳|夫妻|家庭成员"
    ),
    Conduct.SAFETY: (
        r"消防|高空抛物|行车|安全生产|电线|火灾|火情|用火|烧荒|防火|火源|电动车|飞线|充电|用电|燃气|煤气|头盔|酒驾|醉驾|酒后驾|超速"
        r"|闯红灯"
        r"|交通|停车|停放|车辆|驾驶|安全隐患|防溺水|反诈|防诈|鞭炮|烟花|巡逻"
    ),
    Conduct.ORDER: (
        r"赌博|租房|租户|出租屋|诈骗|殴打|打人|打架|斗殴|寻衅|滋事|酗酒|闹事|扰民|噪音|噪声|广场舞|偷盗|盗窃|小偷|秩序"
        r"|占道|占用|乱摆乱卖"
        r"|公共座椅|插队|平安|治安"
    ),
    Conduct.BUILDING: (
        r"违建|公共用地|违章|违法建|私搭|乱搭|乱建|搭建|翻建|建房|宅基地|占用耕地|占地|拆除|拆违|拆迁"
        r"|车库|地下室"
        r"|围墙|房屋|改道|土地|承包地|撂荒|施工"
    ),
    Conduct.TRADE: (
        r"经营|有毒有害|食品质量|经商|商户|店铺|强买强卖|欺客|宰客|假冒|伪劣|短斤缺两|缺斤|足秤|明码标价|食品安全|诚信经商"
        r"|农产品质量|消费者|价格"
    ),
    Conduct.INTEGRITY: (
        r"拾金不昧|捡到|失主|诚实|守信|诚信|信用|欺骗|骗取|冒领|冒用|造假|合同|承诺|还款|欠款|归还|赔偿"
        r"|履约|缴纳"
        r"|拖欠|水费|电费"
    ),
    Conduct.VILLAGE_AFFAIRS: (
        r"村务|工程建设|议事|村民大会|户主会|村民会议|村民代表|会议|建议|献策|民主管理|民主|选举|投票|协商|发展建设"
        r"|集中整治|村规民约|配合|村级|村内工作|公共事务"
    ),
    Conduct.COMMON_WEALTH: (
        r"集体经济|农产品(?!质量)|村集体|增收|收入|产业|引进|招商|投资|致富|合作社|创业|就业|带动|乡村振兴|电商"
        r"|无偿提供土地|让地|种植"
    ),
    Conduct.CULTURE: (
        r"文体|文艺|文化|体育|演出|表演|比赛|展演|运动会|丰收节|节庆|培训|学习|讲座|宣讲|宣传|读书|阅读"
        r"|农家书屋|科普|法律普及|技能|学历|证书|文明风尚|文明创建|制止不文明"
    ),
    Conduct.DEFENCE: r"参军|军人|入伍|服役|征兵|兵役|拥军|优属|民兵|立功|[一二三]等功|士兵|维和|退役|军属|国防",
    Conduct.HONOURS: (
        r"表彰|荣誉|称号|评为|获评|获得|获奖|授予|先进|模范|标兵|最美|示范户|文明家庭|文明户|好人|十佳"
        r"|星级|五好|道德之星|优秀"
    ),
}
_PATTERNS = {conduct: re.compile(words) for conduct, words in _WORDS.items()}


def infer_conduct(item: str, category: str) -> Conduct | None:
    """The kind of conduct the item speaks of, by the words it has most of; the category where it has none."""
    return _best(plain(item)) or _best(plain(category.rpartition("/")[2]))


def _best(text: str) -> Conduct | None:
    counts = {conduct: len(pattern.findall(text)) for conduct, pattern in _PATTERNS.items()}
    best = max(counts, key=counts.__getitem__)
    return best if counts[best] else None
