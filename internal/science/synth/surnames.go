package synth

import "strings"

// surnameShares are surnames and how many of 100,000 people bear them. The
// order of magnitude is that of the national name reports of the Ministry of
// Public Security (2018 to 2020: the five most frequent surnames 30.8 % of all,
// the hundred most frequent about 85 %); single values are from memory. The
// second line holds those whose reading as a surname is not the usual one of
// the character (单 Shàn, 曾 Zēng, 仇 Qiú, 解 Xiè, 查 Zhā, 盖 Gě, 区 Ōu, 朴
// Piáo, 缪 Miào, 翟 Zhái, 乐 Yuè, 任 Rén, 尉迟 Yùchí, 万俟 Mòqí), the third
// compound and rare ones, among them characters beyond 16 bits. None has
// another share than it would have, so that a search meets them as often as in
// a real register.
const surnameShares = `
王7250 李7190 张6830 刘5380 陈4530 杨3080 赵2290 黄2230 周2120 吴2050 徐1670 孙1540 胡1310 马1290 朱1260 林1180 何1170 郭1150 高1060 罗950
郑930 梁850 谢790 宋810 许730 唐690 韩680 邓660 冯640 曹600 彭580 肖560 蔡530 田520 董510 潘500 袁500 余480 于480 蒋470 杜470 叶460 程450
魏450 苏450 吕440 丁430 卢410 沈410 姚400 钟400 姜380 崔380 谭380 陆360 范360 汪340 廖340 石330 金330 贾330 韦310 夏310 方300 付290 邹280
熊280 白280 孟270 秦270 邱260 侯260 江260 尹250 薛250 闫240 段230 雷230 龙220 黎210 史210 陶200 贺200 毛200 郝200 顾200 龚190 邵190 万190
覃180 武180 钱180 戴170 严170 莫170 孔160 向160 常160 汤160 康150 易140 乔140 赖140 文140 樊120 兰110 殷110 施110 洪110 安100 颜100 倪100
牛100 温100 芦90 季90 俞90 章90 鲁90 葛90 伍90 申80 尤80 毕80 聂80 柴70 焦70 柳70 邢70 岳70 齐70 梅60 庄60 辛60 管60 祝60 左50 涂50 苗140 甘140 裴140 关140 车140 祁140 路140 娄140 童140 项140 裘140 柯140 阮140 喻140 谷140 盛140 佟140 游140 骆140 邬140 宁140 欧140 臧140 冉140 靳140 包140 饶140 耿140 宫140 巩140 卫140 佘140 房140 窦140 阳140 苑140 桂140 匡140 邸140 滕140 巫140 慕140 鲍140 冷140 鹿140 荆140 苟140 靖140 邝140 晏140 岑140 冀140 屈140 闵140 景140 谌140 卞140 司140 储140 蒲140 占140 吉140 楚140 隋140
曾580 任410 翟110 单90 解60 缪50 朴45 仇35 查35 区30 盖20 乐18 召6 员5 尉迟2 万俟1
欧阳80 上官9 司马5 诸葛6 令狐5 皇甫4 司徒4 公孙1 逄5 亓3 昝4 禤3 亓官1 𬱖1 㛃1`

// surnames is the table of the surnames above.
var surnames, surnameTable = func() ([]string, table) {
	var names []string
	var shares []int
	for _, entry := range strings.Fields(surnameShares) {
		digits := strings.IndexAny(entry, "0123456789")
		share := 0
		for _, d := range []byte(entry[digits:]) {
			share = share*10 + int(d-'0')
		}
		names, shares = append(names, entry[:digits]), append(shares, share)
	}
	return names, newTable(shares)
}()

func surname(c *chance) string { return surnames[surnameTable.draw(c)] }

// Characters of given names by the generation that favoured them: born before
// 1970, from 1970 to 1994, and later. The choice is our own.
var (
	maleNames = [3]string{
		"国建军志明德华福贵玉树庆祥忠义发永文林海山春学世宝喜连占殿凤洪振成生旺财仁才占江昌厚培宗臣库",
		"伟强磊勇杰涛超刚辉鹏斌浩宇凯健志峰龙博俊东亮成振波宁飞威雷晨鑫旭洋坤彬栋帅琦松阳哲嘉毅锋翔",
		"子轩浩宇梓睿泽辰佳奕铭沐恒博雨霖皓熙煜宸逸瑞翰墨锦言昊天阳骏驰煊承泽思远乐航一诺钧",
	}
	femaleNames = [3]string{
		"秀英桂兰芳玉珍凤淑华素云珠翠霞琴香菊莲芝梅荣文爱花月仙娥贤清瑞连琴亚彩金桃春",
		"芳娜敏静丽艳娟霞萍红玲丹雪琳婷欣慧颖洁晶莹倩薇蕾璐瑶琪露佳晓燕妮双冰岩虹媛楠莎蓉",
		"梓涵欣怡妍诺汐语萱依晨彤若曦雨桐思琪子墨可馨一诺佳宁悦馨琪菡芮伊灵希沐笙优璇苒瑾",
	}
	plainNames = "明文晨林云春华平宁安佳思雨一可清新乐天世永和学长行重朝曾便"
	// rareNames are beyond what older systems can write, the last of them beyond 16 bits.
	rareNames = "喆堃犇淼燊翀頔龑赟昉彧䶮㛃𬱖𬭎𬴂𫖮"
)

// letters of the lists above, once split.
var maleLetters, femaleLetters, plainLetters, rareLetters = func() (m, f [3][]string, p, r []string) {
	for i := range m {
		m[i], f[i] = strings.Split(maleNames[i], ""), strings.Split(femaleNames[i], "")
	}
	return m, f, strings.Split(plainNames, ""), strings.Split(rareNames, "")
}()

// generation is the position in the lists of given names.
func generation(year int) int {
	switch {
	case year < 1970:
		return 0
	case year < 1995:
		return 1
	}
	return 2
}

// givenName is one character in 12 % of people and two in the rest.
func givenName(c *chance, sex string, year int) string {
	if c.permille(120) {
		return nameCharacter(c, sex, year)
	}
	return nameCharacter(c, sex, year) + nameCharacter(c, sex, year)
}

func nameCharacter(c *chance, sex string, year int) string {
	list := femaleLetters[generation(year)]
	switch roll := c.below(1000); {
	case roll < 8:
		list = rareLetters
	case roll < 180:
		list = plainLetters
	case sex == male:
		list = maleLetters[generation(year)]
	}
	return list[c.below(len(list))]
}

// Names of people who have no Chinese surname: transcribed ones with the dot,
// and those written in Latin letters of the guests in hotels. All are put
// together from common parts.
var (
	dottedMale   = []string{"买买提", "艾合买提", "阿不都拉", "吐尔逊", "热合曼", "库尔班", "伊力哈木", "巴特尔", "努尔兰", "叶尔肯"}
	dottedFemale = []string{"古丽娜尔", "阿依古丽", "热依拉", "帕提古丽", "米热古丽", "萨仁高娃", "阿依努尔", "古丽米热", "祖丽菲娅", "迪丽努尔"}
	mongolMale   = []string{"巴图", "布和", "朝鲁", "苏日图", "乌力吉", "格日勒图", "孟和", "阿拉坦"}
	mongolFemale = []string{"其其格", "娜仁", "萨仁", "托娅", "乌云", "斯琴", "高娃", "通拉嘎"}
	latinMale    = []string{"Ivan", "Sergei", "Thomas", "Minh Duc", "Jae-won", "Oleg", "José", "Kofi"}
	latinFemale  = []string{"Olga", "Natalia", "Anna", "Thi Hoa", "Seo-yeon", "Zoë", "Amina", "Irina"}
	latinFamily  = []string{"Petrov", "Volkova", "Müller", "Nguyen", "Kim", "O'Brien", "Santos", "Mensah"}
)

// transcribed is the whole name of someone of a people with transcribed names.
func transcribed(c *chance, sex string) string {
	first, second := dottedMale, mongolMale
	if sex == female {
		first, second = dottedFemale, mongolFemale
	}
	if c.permille(250) {
		return second[c.below(len(second))]
	}
	return first[c.below(len(first))] + "·" + dottedMale[c.below(len(dottedMale))]
}

// foreign is a name in Latin letters.
func foreign(c *chance, sex string) string {
	first := latinMale
	if sex == female {
		first = latinFemale
	}
	return first[c.below(len(first))] + " " + latinFamily[c.below(len(latinFamily))]
}
