"""Function words of each language: what carries no subject of its own, in normalised spelling."""

from __future__ import annotations

from typing import Final

_ENGLISH: Final = """
a about above across after against all along also although always am among amongst an and another any are
around as at be because been before being below between both but by can cannot could did do does doing done
down due during each either else et al etc even ever every few for from further had has have having he hence
her here hers him his how however i if in into is it its itself just least less let like made many may me
might more most much must my namely near neither never no nor not nothing now of off often on once one only
onto or other others otherwise our ours out over own per perhaps quite rather same shall she should since so
some still such than that the their theirs them themselves then there thereby therefore these they this those
though through throughout thus to together too toward towards under until up upon us very via was we well were
what whatever when where whereas whether which while who whom whose why will with within without would yet you
your two three first second
"""
_FRENCH: Final = """
a à afin ai ainsi alors après au aucun aucune aujourd'hui auprès auquel aussi autant autour autre autres aux
auxquelles auxquels avaient avait avant avec avoir ayant beaucoup bien c car ce ceci cela celle celles celui
cependant certain certaine certaines certains ces cet cette ceux chacun chacune chaque chez ci comme comment
contre d dans de dedans dehors déjà depuis des dès desquelles desquels deux donc dont du duquel durant elle
elles en encore enfin ensuite entre envers est et était étaient étant etc été être eu eux fait faire faut
furent fut grâce hors il ils j jamais je jusque l la laquelle le lequel les lesquelles lesquels leur leurs
lors lorsque lui m ma mais malgré même mêmes mes mieux mis mise moins mon n ne ni nos notamment notre nous on
ont or ou où outre par parce parmi pas pendant peu peut peuvent plus plusieurs plutôt pour pourquoi près
presque puis puisque qu quand que quel quelle quelles quelque quelques quels qui quoi s sa sans se selon sera
serait seront ses si soit son sont sous souvent suivant sur t ta tandis tant te tel telle telles tels ton
toujours tous tout toute toutefois toutes très trop trois tu un une vers via voici voilà vos votre vous y
"""
_SPANISH: Final = """
a acá además ahí ahora al algo algún alguna algunas alguno algunos allá allí ambas ambos ante antes aquel
aquella aquellas aquello aquellos aquí así aún aunque bajo bien cabe cada casi como cómo con contra cual cuál
cuales cualquier cualquiera cuando cuándo cuanto cuya cuyas cuyo cuyos da dado de debe deben debido del demás
dentro desde después donde dónde dos durante e el él ella ellas ello ellos en entonces entre era eran es esa
esas ese eso esos esta está estaba estado están estar estas este esto estos etc fin fue fueron fuera gracias
ha haber había hace hacer hacia han hasta hay he incluso la las le les lo los luego más mas me mediante menos
mi mientras mis mismo misma mismas mismos mucha muchas mucho muchos muy nada ni ningún ninguna ninguno no nos
nosotros nuestra nuestras nuestro nuestros o otra otras otro otros para parte pero poco por porque pues puede
pueden que qué quien quién quienes se sea sean según ser será si sí sido siempre siendo sin sino sobre solo
sólo son su sus tal tales también tampoco tan tanto te tener tiene tienen toda todas todavía todo todos tras
través tres tu tú u un una unas uno unos usted ustedes vez vía y ya yo
"""
_PORTUGUESE: Final = """
a à ademais agora ainda além algo alguém algum alguma algumas alguns ali ambas ambos ante antes ao aos apenas
após aquela aquelas aquele aqueles aquilo as às assim até através bem cada com como conforme contra contudo
cuja cujas cujo cujos da daí daquela daquele das de dela delas dele deles demais dentro depois desde dessa
dessas desse desses desta destas deste destes deve devem devido disso disto do dois dos duas durante e é ela
elas ele eles em enquanto entre era eram essa essas esse esses esta está estão estar estas este estes eu fazer
feita feito foi foram fora graças há isso isto já la lhe lhes lo logo mais mas me mediante meio menos mesma
mesmas mesmo mesmos meu minha muita muitas muito muitos na nada não nas nem nenhum nenhuma nessa nesse nesta
neste ninguém no nos nós nossa nossas nosso nossos num numa o onde os ou outra outras outro outros para pela
pelas pelo pelos per perante pode podem pois por porém porque pouco qual quais qualquer quando quanto quase
que quem se seja sejam sem sempre sendo ser será seu seus si sido sob sobre são só sua suas tal tais também
tanto tão tem têm tendo ter teu toda todas todavia todo todos três tua tudo um uma umas uns vez via você
"""
_ARABIC: Final = """
في من على إلى عن مع بين خلال بعد قبل عند منذ حتى تحت فوق حول دون ضد عبر نحو لدى هذا هذه ذلك تلك هؤلاء أولئك
الذي التي الذين اللذين اللواتي هو هي هم هن نحن أنا أنت ما ماذا متى أين كيف لماذا أن إن أنه أنها إنه إنها لأن
لكن لكي كي كما كل بعض أي أية أو أم ثم قد لقد لا لم لن ليس ليست إذا إذ إلا غير سوى كان كانت يكون تكون يكونوا
كانوا أكثر أقل جدا أيضا كذلك هناك هنا حيث حين بينما عندما بما مما فيما عما كلا كلتا له لها لهم لنا به بها بهم
فيه فيها منه منها عليه عليها إليه إليها عنه عنها ذات ذو ذوي مثل نفس وفقا بشأن بسبب أجل ضمن إطار يتم تم يمكن
يجب سوف لدينا لديها لديه والتي والذي وهو وهي وفي ومن وعلى وإلى وعن ومع وأن كونه طريق جراء إزاء وراء أمام تجاه
مائة المائة بالمائة
عدم و لل
"""
_RUSSIAN: Final = """
а без более больше будет будут бы был была были было быть в вам вас ваш весь во вот впрочем все всего всех всю
вы где да даже для до другие другим других другой его ее если есть еще же за здесь и из из-за или им ими их к как какая
какие какой ко когда которая которого которое которой котором которому которые который которым которыми
которых которую кто куда ли лишь либо между меня мне много могут может можно мы на над наш наша наше наши не
него нее некоторые нет ни них но ну о об однако он она они оно от очень перед по под после поэтому при про
путем с сам самый свое своего своей своем своих свой своими себя со среди так такая также такие таких таким
такими такого такое такой том тем теми тех то тогда того тоже той только ту ты у уже хотя чего чей чем что
чтобы чтоб эта эти этих это этого этой этом этот эту я ряд числе ввиду вследствие согласно посредством
является являются
"""
_CHINESE: Final = """
的 了 和 与 及 或 在 是 有 为 对 于 以 等 其 这 那 该 此 由 从 被 把 将 向 到 而 且 并 但 也 都 还 就 又
很 最 更 各 每 某 些 个 之 所 则 因 使 让 给 上 中 下 内 外 间 时 后 前
"""

STOP_WORDS: Final[dict[str, frozenset[str]]] = {
    "en": frozenset(_ENGLISH.split()),
    "fr": frozenset(_FRENCH.split()),
    "es": frozenset(_SPANISH.split()),
    "pt": frozenset(_PORTUGUESE.split()),
    "ar": frozenset(_ARABIC.split()),
    "ru": frozenset(_RUSSIAN.split()),
    "zh": frozenset(_CHINESE.split()),
}
