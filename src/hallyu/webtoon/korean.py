"""What the webtoon module says, in Korean."""

from hallyu.korean import COMMON, Table, translator
from hallyu.webtoon import vocabulary
from hallyu.webtoon.script import KINDS, PAUSES, POSITIONS, SHOT_WORDS

WORDS: Table = {
    **vocabulary.EYE_COLOURS, **vocabulary.EXPRESSIONS, **vocabulary.VIEWS, **vocabulary.PLACES, **SHOT_WORDS, **POSITIONS,
    **PAUSES, **KINDS,
    "shot": "샷", "place": "장소", "pause": "쉼", "expression": "표정", "view": "시선", "position": "위치",
    "narration": "내레이션", "nobody": "아무도 아닌 사람", "The title": "제목", "The sound effect": "효과음",
    "This line": "이 대사", "slices": "조각", "report": "검사", "as PNG": "PNG로", "script": "대본", "error": "오류",
    "warning": "주의",
    "balloon {id}": "말풍선 {id}", "text {id}": "글자 {id}", "face {name}": "{name}의 얼굴", "effect {id}": "효과음 {id}",
    "notice": "AI 고지", "notice {name}": "AI 고지", "panel {id}": "컷 {id}", "cut {n}": "{n}컷",
    "{n} of {cuts} cuts have generated parts": "{cuts}컷 가운데 {n}컷에 생성된 부분이 있는데",
    "at JPEG quality {quality}": "JPEG 화질 {quality}에서", "The {language} edition of {id}": "{id}의 {language} 판",
    "Cut {n}": "{n}컷", "The script's {what}": "대본의 {what}", "The script's list of cuts": "대본의 컷 목록",
}  # fmt: skip
"""Words and short phrases inside the sentences."""

SCRIPT: Table = {
    "The script is empty; begin with a title (# 첫눈) and a first cut ([1] 설정샷, 눈 숲).":
        "대본이 비어 있습니다. 제목(# 첫눈)과 첫 컷([1] 설정샷, 눈 숲)부터 쓰세요.",
    "The script has no title; begin its first line with # and a space: # 첫눈.":
        "대본에 제목이 없습니다. 첫 줄을 #과 빈칸으로 시작하세요: # 첫눈.",
    "Line {at}: {sentence}": "{at}번째 줄: {sentence:ko}",
    "there is {what} here; save the script as plain text (UTF-8) and try again.":
        "{what:ko} 있습니다. 대본을 일반 텍스트(UTF-8)로 저장해서 다시 해 보세요.",
    "a NUL byte": "NUL 바이트가",
    "the control character {code}": "제어 문자 {code}이(가)",
    "scene {n} has no cuts; write one, like [1] 설정샷, 눈 숲, or delete the heading.":
        "{n}장면에 컷이 없습니다. [1] 설정샷, 눈 숲처럼 하나 쓰거나 장면 제목을 지우세요.",
    "a second title; a scene begins with ## and a number: ## 2 방.":
        "제목이 두 번 나옵니다. 장면은 ##과 번호로 시작합니다: ## 2 방.",
    "the title is empty; write it after the #: # 첫눈.": "제목이 비어 있습니다. # 뒤에 쓰세요: # 첫눈.",
    "a cast line is @name: how they look, for example @하늘: girl, black bob hair.":
        "등장인물은 @이름: 모습으로 씁니다. 예: @하늘: girl, black bob hair.",
    "{name} is a keyword of the script and cannot be a name; choose another.":
        "{name:은/는} 대본에서 따로 쓰는 말이라 이름이 될 수 없습니다. 다른 이름을 고르세요.",
    "{name} is in the cast already; keep one of the two lines.":
        "{name:은/는} 이미 등장인물에 있습니다. 두 줄 가운데 하나만 남기세요.",
    "a scene heading is ## with a number and, if you like, words: ## 2 방, 밤.":
        "장면 제목은 ##과 번호, 필요하면 설명으로 씁니다: ## 2 방, 밤.",
    "scene {n} has another heading above ({heading}); renumber this one.":
        "{n}장면에는 위에 다른 제목({heading})이 있습니다. 이 장면의 번호를 바꾸세요.",
    "a cut begins with its number in brackets, a shot and a place: [3] 상반신, 방.":
        "컷은 대괄호 속 번호, 샷, 장소로 시작합니다: [3] 상반신, 방.",
    "cut {n} is written on line {line} already; renumber one.":
        "{n}컷은 {line}번째 줄에 이미 있습니다. 한쪽 번호를 바꾸세요.",
    "cut {n} needs one shot and one place, like [{n}] 클로즈업, 눈 숲.":
        "{n}컷에는 샷 하나와 장소 하나가 필요합니다: [{n}] 클로즈업, 눈 숲.",
    "cut {n} opens a scene and names no place; write it: [{n}] 설정샷, 눈 숲.":
        "{n}컷은 장면을 여는데 장소가 없습니다. 장소를 쓰세요: [{n}] 설정샷, 눈 숲.",
    "this is no line of a script; dialogue is 이름: 말 and narration 내레이션: 말.":
        "대본의 줄이 아닙니다. 대사는 이름: 말, 내레이션은 내레이션: 말로 씁니다.",
    "words before the first cut of a scene; open a cut first, like [1] 설정샷, 눈 숲.":
        "장면의 첫 컷보다 말이 먼저 나옵니다. [1] 설정샷, 눈 숲처럼 컷을 먼저 여세요.",
    "{name} has a colon and no words; write them, or drop the colon if nothing is said.":
        "{name} 뒤에 쌍점만 있고 말이 없습니다. 말을 쓰거나, 말이 없으면 쌍점을 지우세요.",
    "cut {n} takes one sound effect, with its sound: 효과음: 사박사박.":
        "{n}컷의 효과음은 하나이고 소리를 써야 합니다: 효과음: 사박사박.",
    "“{name}” is nobody in the cast; dialogue is 이름: 말, narration 내레이션: 말, and a silent figure is a name from "
    "the cast.":
        "“{name}”, 등장인물에 없는 이름입니다. 대사는 이름: 말, 내레이션은 내레이션: 말, 말 없는 인물은 등장인물의 "
        "이름만 씁니다.",
    "{name} is off-panel and says nothing; write their words after a colon.":
        "{name:은/는} 화면 밖에 있는데 말이 없습니다. 쌍점 뒤에 말을 쓰세요.",
    "{name} is drawn in cut {n} already; one cut shows one pose.":
        "{name:은/는} {n}컷에 이미 그려져 있습니다. 한 컷에는 한 자세만 나옵니다.",
    "“{word}” beside “{other}”: {name} takes one expression, one view, one position and one way of speaking.":
        "“{other:ko}” 옆에 또 “{word:ko}”: {name}에게는 표정, 시선, 위치, 말하는 방식을 하나씩만 쓸 수 있습니다.",
    "{name} is off-panel, so “{words}” cannot be seen; delete it.":
        "{name:은/는} 화면 밖이라 “{words:list}” 표시가 보이지 않습니다. 지우세요.",
    "an indented line is a translation of the line above, like   en: Hello; do not indent others.":
        "들여 쓴 줄은 윗줄의 번역입니다(  en: Hello처럼). 다른 줄은 들여 쓰지 마세요.",
    "there are no words above for this line to translate; write them first.":
        "이 줄이 번역할 말이 위에 없습니다. 말을 먼저 쓰세요.",
    "the {language} edition is empty; write it or delete the line.":
        "{language} 번역이 비어 있습니다. 쓰거나 줄을 지우세요.",
    "{text} is the name of {name} already; two people need two names.":
        "{text:은/는} 이미 {name}의 이름입니다. 두 사람에게는 두 이름이 필요합니다.",
    "a second {language} edition of the same words; keep one.":
        "같은 말의 {language} 번역이 두 번 있습니다. 하나만 남기세요.",
    "The script “{title}” has no text form: {sentence}": "대본 “{title}”, 글로 옮길 수 없습니다. {sentence:ko}",
    "{what} has no text form: look for a line break or a space at the ends of words, a colon or bracket in a name, a "
    "speaker missing from the figures, or an unusual id.":
        "{what:ko} 부분을 글로 옮길 수 없습니다. 말 끝의 줄바꿈이나 빈칸, 이름 속 쌍점이나 괄호, 인물에 없는 화자, 보통과 "
        "다른 번호가 있는지 보세요.",
    "{name}: {sentence}": "{name:ko}: {sentence:ko}",
    "the bytes are neither UTF-8 nor CP949 text; open the script in a text editor and save it as UTF-8.":
        "UTF-8도 CP949도 아닌 파일입니다. 대본을 글 편집기에서 열어 UTF-8로 저장하세요.",
    "The file was in {encoding}; it was read as that, and is written back as UTF-8.":
        "파일이 {encoding:ko} 형식이라 그렇게 읽었고, 저장할 때는 UTF-8로 씁니다.",
    "CP949, the encoding of older Korean Windows programs": "CP949(예전 한글 윈도 프로그램의 인코딩)",
    "the script is {size} MB and the limit is {limit} MB (an episode is about 0.01 MB); check that this is the right "
    "file, or split it into episodes.":
        "대본이 {size} MB인데 한도는 {limit} MB입니다(한 화는 약 0.01 MB). 맞는 파일인지 보거나 화를 나누세요.",
    "The words of {id} cannot be written into the script as one line; change them in the script itself.":
        "{id}의 말을 대본에 한 줄로 쓸 수 없습니다. 대본에서 직접 고치세요.",
}  # fmt: skip
"""script.py and edit.py."""

FINDINGS: Table = {
    "There are no cuts yet; write one, like [1] 설정샷, 눈 숲.": "아직 컷이 없습니다. [1] 설정샷, 눈 숲처럼 하나 쓰세요.",
    "Two cuts have this number; renumber one of them.": "같은 번호의 컷이 둘입니다. 한쪽 번호를 바꾸세요.",
    "It comes after cut {n}; readers scroll one way, renumber.":
        "{n}컷보다 뒤에 나옵니다. 독자는 한 방향으로 내려가니 번호를 바꾸세요.",
    "{name} is in the cast and in no cut.": "{name:은/는} 등장인물에 있지만 나오는 컷이 없습니다.",
    "{name} has no look; describe them: @{name}: girl, black bob hair, red coat.":
        "{name}의 모습이 없습니다. 이렇게 쓰세요: @{name}: girl, black bob hair, red coat.",
    "The model does not know “{word}” in {name}'s look{meant}":
        "{name}의 모습에 모델이 모르는 말이 있습니다: “{word}”{meant:ko}",
    "In the look of {name}: {sentence}": "{name}의 모습: {sentence:ko}",
    "; did you mean {word}?": ". 혹시 {word}인가요?",
    "; did you mean {word} or {other}?": ". 혹시 {word} 또는 {other}인가요?",
    "; describe hair, eyes and clothes only.": ". 머리, 눈, 옷만 쓰세요.",
    "; choose from {words}.": ". 쓸 수 있는 말: {words:list}.",
    "A {shot} of nobody, with no words: draw a figure, or make it an establishing shot.":
        "{shot:ko}인데 인물도 말도 없습니다. 인물을 그리거나 설정샷으로 바꾸세요.",
    "A {shot} of nobody: only the background will be drawn.": "{shot:ko}인데 인물이 없어 배경만 그립니다.",
    "An establishing shot shows the place; figures are too small here to act or speak.":
        "설정샷은 장소를 보여 줍니다. 여기서 인물은 연기하거나 말하기에 너무 작습니다.",
    "{n} balloons; at a phone's width our rule of thumb is {limit} a cut: split it in two.":
        "말풍선이 {n}개입니다. 휴대폰 너비에서는 컷마다 {limit}개가 우리 기준이니 둘로 나누세요.",
    "{n} characters; at a phone's width our rule of thumb is {limit}: split it in two.":
        "인물이 {n}명입니다. 휴대폰 너비에서는 {limit}명이 우리 기준이니 둘로 나누세요.",
    "{name} is drawn twice; keep one.": "{name:을/를} 두 번 그립니다. 하나만 남기세요.",
    "{names} both stand at the {position}; give each a side.":
        "{names:list}: 모두 {position:ko}에 서 있습니다. 자리를 나누어 주세요.",
    "“{word}” is not a {what} we have{meant}": "우리에게 없는 {what:ko}입니다: “{word}”{meant:ko}",
    "{name}: “{word}” is not a known {what}{meant}": "{name}의 {what:ko} “{word}”, 모르는 말입니다{meant:ko}",
    "“{kind}” is not a way of speaking; use one of {kinds}.":
        "“{kind}”, 말하는 방식이 아닙니다. 쓸 수 있는 것: {kinds:list}.",
    "“{text}” has no speaker; name one or make it 내레이션.":
        "“{text}”, 말하는 사람이 없습니다. 이름을 쓰거나 내레이션으로 바꾸세요.",
    "{name} speaks and is not in the cut; draw them, or mark the line {name}(화면 밖).":
        "{name:이/가} 말하는데 컷에 없습니다. 그려 넣거나 {name}(화면 밖)으로 쓰세요.",
    "{name} is marked off-panel and is drawn here; drop one.":
        "{name:은/는} 화면 밖이라고 되어 있는데 여기 그려집니다. 하나를 지우세요.",
    "{id} is a balloon without words; delete it.": "{id:은/는} 말 없는 말풍선입니다. 지우세요.",
    "{id} has {n} syllables and no balloon holds more than {limit} (our limit): cut or split it.":
        "{id:이/가} {n}음절인데 말풍선에는 {limit}음절까지만 들어갑니다(우리 한도). 줄이거나 나누세요.",
    "{id} has {n} syllables; a balloon reads at a glance up to about {limit} (our rule of thumb).":
        "{id:이/가} {n}음절입니다. 말풍선은 {limit}음절쯤까지 한눈에 읽힙니다(우리 기준).",
    "{n} cuts in a row are {shot}; let the eye step back or come closer once in between.":
        "{shot:ko} 컷이 {n}번 이어집니다. 사이에 한 번 물러서거나 다가가세요.",
    "Two long dialogue cuts in a row ({a} and {b} syllables); give cut {n} a 긴 쉼, or a silent cut between.":
        "대사가 긴 컷이 이어집니다({a}음절, {b}음절). {n}컷에 긴 쉼을 주거나 사이에 말 없는 컷을 넣으세요.",
    "Scene {n} opens on a {shot}; an establishing shot (설정샷) tells readers where they are.":
        "{n}장면이 {shot:ko} 컷으로 시작합니다. 설정샷으로 열면 독자가 어디인지 압니다.",
    "{name} is not in the cast; did you mean {word}?": "{name:은/는} 등장인물에 없습니다. 혹시 {word}인가요?",
    "{name} is not in the cast; did you mean {word} or {other}?":
        "{name:은/는} 등장인물에 없습니다. 혹시 {word} 또는 {other}인가요?",
    "{name} is not in the cast; add a line: @{name}: how they look.":
        "{name:은/는} 등장인물에 없습니다. 줄을 더하세요: @{name}: 모습.",
    "{where} has {names}, which the letterer cannot set: {advice}.":
        "{where:ko}에 식자할 수 없는 글자 {names:list}이(가) 있습니다. {advice:ko}.",
    "{names} and {n} more": "{names} 외 {n}개",
    "letter that edition by hand": "그 판은 손으로 식자하세요",
    "draw it in the art, or use ♡ ★ ♪": "그림에 그려 넣거나 ♡ ★ ♪ 같은 기호를 쓰세요",
    "write it another way": "다르게 써 주세요",
    "There are no cuts to draw; write one in the script, like [1] 설정샷, 눈 숲.":
        "그릴 컷이 없습니다. 대본에 [1] 설정샷, 눈 숲처럼 하나 쓰세요.",
}  # fmt: skip
"""validation.py and storyboard.py."""

DRAWING: Table = {
    "Cut {n}: {name} is not in the cast; add a line @{name}: … to the script.":
        "{n}컷: {name:은/는} 등장인물에 없습니다. 대본에 @{name}: … 줄을 더하세요.",
    "Cut {n}: there is no background for {place}; choose one of {places}.":
        "{n}컷: {place} 배경이 없습니다. 쓸 수 있는 장소: {places:list}.",
    "Cut {n}: {shot} is not a shot; choose one of {shots}.":
        "{n}컷: {shot:은/는} 샷이 아닙니다. 쓸 수 있는 샷: {shots:list}.",
    "Cut {n}: {count} figures do not fit a {shot}; keep two, or make it a full shot.":
        "{n}컷: {shot:ko} 컷에 인물 {count}명은 들어가지 않습니다. 둘만 남기거나 전신으로 바꾸세요.",
    "Cut {n}: {word} is not an expression; choose one of {words}.":
        "{n}컷: {word:은/는} 표정이 아닙니다. 쓸 수 있는 표정: {words:list}.",
    "Cut {n}: {word} is not a view; choose one of {words}.":
        "{n}컷: {word:은/는} 시선이 아닙니다. 쓸 수 있는 시선: {words:list}.",
    "The bundled model does not know {words}; write, for example: girl, black bob hair, brown eyes, red coat, smiling, "
    "bust, facing front.":
        "모델이 모르는 말이 있습니다: {words}. 이렇게 쓰세요: girl, black bob hair, brown eyes, red coat, smiling, bust, "
        "facing front.",
    "The bundled model does not draw {word} eyes surely yet; choose {words} or {last}.":
        "모델이 {word:ko} 눈은 아직 확실하게 그리지 못합니다. 쓸 수 있는 눈 색: {words:list}, {last:ko}.",
    "The prompt is empty; describe a character, for example: girl, black bob hair, smiling.":
        "프롬프트가 비어 있습니다. 인물을 묘사하세요. 예: girl, black bob hair, smiling.",
    "Steps must be from 1 to 100, not {n}.": "단계 수는 1부터 100까지이고 {n:은/는} 안 됩니다.",
    "Guidance must be from 1 to 20, not {n}.": "가이던스는 1부터 20까지이고 {n:은/는} 안 됩니다.",
}  # fmt: skip
"""compose.py, vocabulary.py and engine.py."""

LETTERING: Table = {
    "“{text}” does not fit in {lines} lines of {width} px: shorten it, or divide it over two balloons.":
        "“{text}”, 너비 {width}px로 {lines}줄에 들어가지 않습니다. 줄이거나 말풍선 둘로 나누세요.",
    "“{text}” is {n} syllables long; a balloon holds {limit}. Divide it after “…{end}”.":
        "“{text}”, {n}음절인데 말풍선에는 {limit}음절까지 들어갑니다. “…{end}” 뒤에서 나누세요.",
    "“{text}” does not fit in {lines} lines of {width} px at {size} px: shorten it.":
        "“{text}”, 글자 {size}px, 너비 {width}px로 {lines}줄에 들어가지 않습니다. 줄이세요.",
    "{where} is {n} characters long; one speaker has room for {balloons} balloons of {limit} syllables in a cut. Move "
    "what follows “…{end}” to the next cut.":
        "{where:ko}: {n}자입니다. 한 사람은 한 컷에서 {limit}음절짜리 말풍선 {balloons}개까지 말합니다. “…{end}” 다음 말을 "
        "다음 컷으로 옮기세요.",
    "“{character}” alone is wider than a line of {width} px: widen the balloon.":
        "“{character}” 한 글자가 {width}px 줄보다 넓습니다. 말풍선을 넓히세요.",
    "“{text}” is {n} characters long; a whole cut holds about {limit} syllables. Is this a file where a line was meant?":
        "“{text}”, {n}자입니다. 한 컷에는 모두 {limit}음절쯤 들어갑니다. 대사 자리에 파일을 넣지 않았나요?",
    "{where} has right-to-left text ({names}), which the lettering cannot set: give this line in Korean or in a "
    "language written from left to right.":
        "{where:ko}에 오른쪽에서 왼쪽으로 쓰는 글자({names:list})가 있어 식자할 수 없습니다. 한국어나 왼쪽에서 오른쪽으로 쓰는 "
        "말로 주세요.",
    "no lettering font has {names}: take it out, or use a sign the fonts have, such as ♥ ♡ ♪ ♬ ★ ☆ … !":
        "식자 글꼴에 없는 글자입니다: {names:list}. 빼거나 글꼴에 있는 기호(♥ ♡ ♪ ♬ ★ ☆ … !)를 쓰세요.",
    "The lettering font {name} is missing or damaged in {folder}: install the package again (pip install "
    "--force-reinstall --no-deps hallyu).":
        "식자 글꼴 {name:이/가} {folder}에 없거나 손상되었습니다. 다시 설치하세요(pip install --force-reinstall --no-deps "
        "hallyu).",
    "{id} has no place in cut {n} that keeps clear of every face and reads in order: shorten its words, or give it a "
    "cut of its own.":
        "{id:을/를} {n}컷에서 얼굴을 가리지 않고 읽는 순서에 맞게 놓을 자리가 없습니다. 말을 줄이거나 컷을 따로 주세요.",
    "{id} is wider than the panel: shorten its longest word.": "{id:이/가} 컷보다 넓습니다. 가장 긴 낱말을 줄이세요.",
    "{id} (“{text}”) has no place in cut {n} beside its faces and balloons: shorten the words or move the sound to a "
    "cut of its own.":
        "{id}(“{text}”): {n}컷의 얼굴과 말풍선 옆에 놓을 자리가 없습니다. 말을 줄이거나 소리를 다른 컷으로 옮기세요.",
}  # fmt: skip
"""lettering.py, fonts.py and balloons.py."""

EPISODE: Table = {
    "There is no cut {n}; the script has {cuts} cuts.": "{n}컷이 없습니다. 대본에는 {cuts}컷이 있습니다.",
    "A seed is a whole number from 0 to {highest}, not {seed}.":
        "시드는 0부터 {highest}까지의 정수입니다({seed:은/는} 안 됩니다).",
    "The script has {n} error(s) to solve before it is drawn; first: {sentence}":
        "그리기 전에 고칠 오류가 대본에 {n}개 있습니다. 첫째: {sentence:ko}",
    "{severity} · {where}: {sentence}": "{severity:ko} · {where:ko}: {sentence:ko}",
    "Cut {n} is not drawn yet; draw it first.": "{n}컷을 아직 그리지 않았습니다. 먼저 그리세요.",
    "{id} has no words; write some, or delete the line in the script.":
        "{id}에 말이 없습니다. 말을 쓰거나 대본에서 그 줄을 지우세요.",
    "The take {name} is damaged: delete it and draw cut {n} again.":
        "그려 둔 파일 {name:이/가} 손상되었습니다. 지우고 {n}컷을 다시 그리세요.",
    "The script has no line {id}.": "대본에 {id} 대사가 없습니다.",
    "Stopped before {what}; what is drawn is kept.": "{what:ko} 전에 멈췄습니다. 그린 것은 남아 있습니다.",
    "{folder} is a file: choose a folder for the delivery.": "{folder:은/는} 파일입니다. 납품할 폴더를 고르세요.",
    "{folder} holds {name}, which no delivery wrote, and the folder is replaced: choose another.":
        "{folder}에 납품 파일이 아닌 {name:이/가} 있습니다. 폴더를 통째로 바꾸니 다른 폴더를 고르세요.",
    "There is no lettered panel to write: letter at least one cut.": "쓸 컷이 없습니다. 적어도 한 컷에 글자를 얹으세요.",
    "Cut {n} is {height} px high; a PSD holds {limit}: divide the cut.":
        "{n}컷의 높이가 {height}px인데 PSD에는 {limit}px까지 들어갑니다. 컷을 나누세요.",
    "There is no panel to stack: draw at least one cut.": "쌓을 컷이 없습니다. 적어도 한 컷을 그리세요.",
    "Cut {n} is {width} px wide and the strip is {strip}: draw it again at {strip} px.":
        "{n}컷의 너비는 {width}px이고 스크롤은 {strip}px입니다. {strip}px로 다시 그리세요.",
    'Cut {n} asks for the pause "{pause}"; the strip knows {pauses}.':
        "{n}컷의 쉼 “{pause}”, 모르는 쉼입니다. 쓸 수 있는 쉼: {pauses:list}.",
    "There is no prose to propose cuts from; write a few sentences first.":
        "컷으로 나눌 산문이 없습니다. 먼저 몇 문장을 쓰세요.",
    "The prose is longer than {limit} MB; give the assistant one episode at a time.":
        "산문이 {limit} MB보다 깁니다. 한 번에 한 화씩 주세요.",
    "The narrator {name} is not in the cast; choose from {names}.":
        "‘나’로 고른 {name:은/는} 등장인물에 없습니다. 고를 수 있는 이름: {names}.",
    'There is no engine "{engine}"; use "offline" or "openai".':
        "“{engine}” 엔진은 없습니다. “offline”이나 “openai”를 쓰세요.",
    "A cut has no field {name} to change; it has shot, place, figures, lines, …":
        "컷에는 고칠 {name} 항목이 없습니다. shot, place, figures, lines, … 이 있습니다.",
    "{n} suggestions wait for you (cut {waiting}); accept, edit or reject each.":
        "정하지 않은 제안이 {n}개 있습니다({waiting}컷). 하나씩 채택하거나 고치거나 거절하세요.",
    "There is no suggestion {n}; they run from 1 to {last}.": "제안 {n:은/는} 없습니다. 1부터 {last}까지 있습니다.",
}  # fmt: skip
"""episode.py, strip.py, psd.py and assistant.py."""

REASONS: Table = {
    "“{text}” is a sound": "“{text}”, 소리입니다",
    "“{text}” is {feeling}": "“{text}”, {feeling:ko}입니다",
    "{name} is the subject of “{text}”": "{name:이/가} “{text}”의 주어입니다",
    "nobody is named, so the turn goes to {name}": "이름이 없어 차례가 {name:ko} 쪽으로 갑니다",
    "it is told, not said": "말이 아니라 서술입니다",
    "it opens a place": "장소를 엽니다",
    "nobody is in it": "사람이 없습니다",
    "two speakers share the frame": "두 사람이 한 화면에서 말합니다",
    "there is a feeling to see": "보여 줄 감정이 있습니다",
    "a thought is heard from near": "속마음은 가까이서 들립니다",
    "somebody talks or acts": "누군가 말하거나 움직입니다",
}  # fmt: skip
"""Why the writing assistant proposes a cut: pieces too short to stand among the sentences."""

DELIVERY: Table = {
    'There is no export profile "{profile}": choose {profiles}.':
        "“{profile}” 플랫폼 설정은 없습니다. 고를 수 있는 것: {profiles}.",
    '{profile} takes {formats}, not "{format}".': "{profile}에는 {formats} 파일을 올리며 “{format}”은 안 됩니다.",
    "The episode needs {n} images and {profile} takes {limit}: divide it in two.":
        "이 화는 그림 {n}장인데 {profile}에는 {limit}장까지 올릴 수 있습니다. 둘로 나누세요.",
    '{sentence}: export as "jpg".': "{sentence:ko}. “jpg”로 내보내세요.",
    "{sentence}: use less grain, or a shorter episode.": "{sentence:ko}. 노이즈를 줄이거나 화를 짧게 하세요.",
    "Slice {n} is {size} MB {how} and {profile} takes {limit} MB a file":
        "조각 {n:이/가} {how:ko} {size} MB인데 {profile}에는 파일마다 {limit} MB까지 올릴 수 있습니다",
    "The episode is {size} MB {how} and {profile} takes {limit} MB":
        "이 화는 {how:ko} {size} MB인데 {profile}에는 {limit} MB까지 올릴 수 있습니다",
    "{folder} holds {name}, which no export wrote, and exporting replaces the folder: choose another.":
        "{folder}에 내보낸 파일이 아닌 {name:이/가} 있습니다. 폴더를 통째로 바꾸니 다른 폴더를 고르세요.",
    "{folder} is a file: choose a folder to export to.": "{folder:은/는} 파일입니다. 내보낼 폴더를 고르세요.",
    'The slicer can put {orders} first, not "{first}".': "조각낼 때 앞세울 수 있는 것은 {orders}이고 “{first}”는 없습니다.",
    "The {what} is {tall} px tall and a slice may be {limit} px: make it smaller, or divide it.":
        "{what:ko}: 높이가 {tall}px인데 조각은 {limit}px까지입니다. 줄이거나 나누세요.",
    "From the {first} to the {last}, {tall} px have no row where nothing is cut, and a slice may be {limit} px: move "
    "them apart.":
        "{first:ko}부터 {last:ko}까지 {tall}px에 아무것도 자르지 않는 줄이 없고, 조각은 {limit}px까지입니다. 사이를 띄우세요.",
    "Below row {row} there is no safe row to cut within {limit} px: open a gutter there.":
        "{row}번째 줄 아래 {limit}px 안에 자를 곳이 없습니다. 거기에 여백을 두세요.",
    "There is no folder {folder}: export the episode first.": "{folder} 폴더가 없습니다. 먼저 내보내세요.",
    "{file} is missing: export again, so that tool, scope and method go with the files.":
        "{file:이/가} 없습니다. 도구, 범위, 방식이 파일과 함께 가도록 다시 내보내세요.",
    "{file} is missing, so order and boxes cannot be checked: export again.":
        "{file:이/가} 없어 순서와 자리를 확인할 수 없습니다. 다시 내보내세요.",
    "{file} cannot be read: export again.": "{file:을/를} 읽을 수 없습니다. 다시 내보내세요.",
    "There are no images in the folder: export the episode first.": "폴더에 그림이 없습니다. 먼저 내보내세요.",
    "{file} is not named like a slice: use 001, 002, … in reading order.":
        "{file}: 조각의 이름이 아닙니다. 읽는 순서대로 001, 002, …를 쓰세요.",
    "{file} is missing: export again.": "{file:이/가} 없습니다. 다시 내보내세요.",
    "{file} has changed since it was exported: export again.": "{file:이/가} 내보낸 뒤에 바뀌었습니다. 다시 내보내세요.",
    "{file} is the slice that was exported as {was}: the order is wrong.":
        "{file:은/는} {was:으로/로} 내보낸 조각입니다. 순서가 틀렸습니다.",
    'The export was made for "{made}", not for {profile}.': "“{made}” 설정으로 내보낸 것이고 {profile}용이 아닙니다.",
    "{file} is not a picture: export again.": "{file:은/는} 그림이 아닙니다. 다시 내보내세요.",
    "{file} breaks off or is damaged: export again.": "{file:이/가} 중간에 끊겼거나 손상되었습니다. 다시 내보내세요.",
    "{file} is {kind}: {profile} takes {formats}.":
        "{file}: {kind} 형식입니다. {profile}에는 {formats:list} 파일을 올립니다.",
    "{file} is a {kind} file by another name: name it .{kind}.":
        "{file}: 실제로는 {kind} 파일입니다. 이름을 .{kind}로 바꾸세요.",
    "{file} is {mode}, and screens want RGB: convert it, and look at its colours again.":
        "{file}: {mode} 색상입니다. 화면에는 RGB가 필요하니 바꾼 뒤 색을 다시 확인하세요.",
    "{file} has a colour profile that is not sRGB: convert it, or its colours will shift.":
        "{file}: 색 프로파일이 sRGB가 아닙니다. 바꾸지 않으면 색이 달라집니다.",
    "{file} is {width} px wide: {profile} takes {limit}.":
        "{file}: 너비가 {width}px입니다. {profile}의 너비는 {limit}px입니다.",
    "{file} is {height} px tall: {profile} takes {limit} at most.":
        "{file}: 높이가 {height}px입니다. {profile}에는 {limit}px까지 올릴 수 있습니다.",
    "{file} is {size} MB: {profile} takes {limit} MB a file.":
        "{file}: {size} MB입니다. {profile}에는 파일마다 {limit} MB까지 올릴 수 있습니다.",
    "There are {n} images: {profile} takes {limit} an episode.":
        "그림이 {n}장입니다. {profile}에는 한 화에 {limit}장까지 올릴 수 있습니다.",
    "The episode is {size} MB: {profile} takes {limit} MB.":
        "이 화는 {size} MB입니다. {profile}에는 {limit} MB까지 올릴 수 있습니다.",
    "The slices are {height} px tall together and the strip was {strip}: something is missing or doubled.":
        "조각의 높이를 더하면 {height}px인데 스크롤은 {strip}px이었습니다. 빠지거나 겹친 것이 있습니다.",
    "The cut between slices {a} and {b} runs through the {what}.":
        "조각 {a:과/와} {b} 사이의 자른 곳이 {what:ko} 위를 지납니다.",
    "The manifest has no disclosure: say what AI did, or that it did nothing, and export again.":
        "목록에 AI 고지가 없습니다. AI가 한 일을, 없으면 없다고 밝히고 다시 내보내세요.",
    "{file} was changed after it was signed: export again.": "{file:이/가} 서명한 뒤에 바뀌었습니다. 다시 내보내세요.",
    "{file} is signed as {kind}, which the disclosure contradicts: make both from the same records.":
        "{file}의 서명({kind})이 AI 고지와 어긋납니다. 둘을 같은 기록에서 만드세요.",
    "Without content credentials: {files}. The visible notice alone says AI.":
        "콘텐츠 자격 증명이 없는 파일: {files}. 눈에 보이는 고지에만 AI라고 적혀 있습니다.",
    "{cuts} and the strip has no notice that says so: export again with the "
    "disclosure.":
        "{cuts:ko} 스크롤에 고지가 없습니다. 고지와 함께 다시 내보내세요.",
    "{cuts} and the notice at the end does not show it: export again with the "
    "disclosure.":
        "{cuts:ko} 끝의 고지와 다릅니다. 고지와 함께 다시 내보내세요.",
    "Only the width is the platform's; the slice height of 1,280 px is ours, and no file size is checked.":
        "너비만 플랫폼의 것입니다. 조각 높이 1,280px은 우리가 정했고 파일 크기는 검사하지 않습니다.",
    "The width of {width} px is commonly quoted, unconfirmed: ask your editor. The slice height is ours.":
        "너비 {width}px은 흔히 알려진 값이고 확인되지 않았습니다. 담당자에게 물어보세요. 조각 높이는 우리가 정했습니다.",
    "{title} for {profile}: {n} images, {size} MB, {verdict}.": "{profile}용 {title}: 그림 {n}장, {size} MB, {verdict:ko}.",
    "ready to upload": "올릴 수 있습니다",
    "{n} problem(s) to solve": "고칠 것 {n}개",
}  # fmt: skip
"""export.py, slicing.py and preflight.py."""

SENTENCES: Table = {**SCRIPT, **FINDINGS, **DRAWING, **LETTERING, **EPISODE, **DELIVERY}

korean = translator(COMMON, SENTENCES, words=WORDS)
"""An error, finding or line of a report in Korean."""


def korean_reason(reason: str) -> str:
    """Why a cut is proposed, in Korean.

    >>> korean_reason("bust: somebody talks or acts; it is told, not said")
    '상반신: 누군가 말하거나 움직입니다; 말이 아니라 서술입니다'
    """
    shot, _, whys = reason.partition(": ")
    return f"{_phrase(shot)}: {'; '.join(map(_phrase, whys.split('; ')))}"


_phrase = translator(REASONS, WORDS, words=WORDS)
