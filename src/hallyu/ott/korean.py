"""What the OTT module says, in Korean: errors, findings of subtitles, picture, sound and packages, and repairs."""

from hallyu.korean import COMMON, Table, translator

WORDS: Table = {
    # guide.py
    "{n} frames {side}": "{n}프레임 {side:ko}", "before": "앞", "after": "뒤", "on": "바로 위",
    "General Requirements": "일반 요건", "Subtitle Timing Guidelines": "자막 타이밍 지침",
    "the language's style guide": "해당 언어의 스타일 가이드",
    "style guide, subtitles for the deaf and hard of hearing": "스타일 가이드의 청각장애인용 자막(SDH) 항목",
    "always": "항상", "where there is room": "여유가 있을 때", "by a human": "사람이",
    "error": "오류", "warning": "경고", "advice": "권고",
    # subtitle_files.py
    "The file": "이 파일",
    "export the subtitles as IMSC (TTML), WebVTT or SRT and try again":
        "자막을 IMSC(TTML), WebVTT, SRT로 내보내서 다시 해 보세요",
    # flashes.py, loudness.py, picture_qc.py, sound_qc.py, sync.py
    "Flashes": "점멸", "Flashes of saturated red": "짙은 빨강의 점멸",
    "The programme": "전체 프로그램", "The dialogue": "대사", "up": "올리세요", "down": "내리세요",
    "one of {n} twice": "{n}장에 한 장씩 두 번",
    "not even the noise of a room": "룸톤조차 없는 완전한 무음", "almost nothing": "거의 무음",
    "left": "왼쪽(L)", "right": "오른쪽(R)", "centre": "센터(C)", "low-frequency": "저음(LFE)",
    "back left": "뒤 왼쪽(Lb)", "back right": "뒤 오른쪽(Rb)", "side left": "옆 왼쪽(Ls)", "side right": "옆 오른쪽(Rs)",
    "back centre": "뒤 가운데(Cs)",
    "late": "늦습니다", "early": "빠릅니다",
    # ffmpeg.py, vmaf.py, ladder.py
    "nothing, and ended with {code}": "아무 말 없이 코드 {code}로 끝났음",
    "VMAF of {name}": "{name}의 VMAF",
    "{percent} % fewer bits": "비트 {percent} % 절감", "{percent} % more bits": "비트 {percent} % 증가",
    "given": "주어진", "first": "첫째", "second": "둘째", "fixed": "고정", "chosen": "고른",
    # first_snow.py
    "Line {id}": "{id}번 대사", "The sound “{name}”": "효과음 “{name}”", "The sign “{text}”": "화면 속 글 “{text}”",
    "The music “{title}”": "음악 “{title}”",
    # imf.py
    "The text in {language}": "{language} 자막",
    # dossier.py
    "a stream": "스트림", "an IMF package": "IMF 패키지", "no loudness": "잴 수 없음", "{value} LKFS": "{value} LKFS",
    "programme": "전체 프로그램", "dialogue": "대사",
}  # fmt: skip
"""Words and short phrases inside the sentences."""

CODES: Table = {
    # picture_qc.py
    "black": "블랙", "black-frames": "블랙 프레임", "frozen": "정지 화면", "repeated": "중복 프레임", "cadence": "케이던스",
    "letterbox": "레터박스", "pillarbox": "필러박스", "windowbox": "윈도박스", "variable-rate": "가변 프레임 레이트",
    # flashes.py
    "flash": "점멸", "red-flash": "빨간 점멸",
    # sound_qc.py, loudness.py, sync.py
    "no-sound": "소리 없음", "silence": "무음", "dropout": "드롭아웃", "clipped": "클리핑",
    "missing-channel": "채널 누락", "duplicated-channel": "채널 중복", "anti-phase": "역위상", "short-sound": "짧은 사운드",
    "loudness": "라우드니스", "true-peak": "트루 피크", "loudness-range": "라우드니스 레인지",
    "sync": "싱크", "sync-drift": "싱크 밀림",
    "{start} s, {code}: {sentence}": "{start}초, {code:ko}: {sentence:ko}",
}  # fmt: skip
"""Names of defects, and how a defect is told on one line: Defect.__str__."""

RULES: Table = {
    "a cue ends after it starts": "자막은 시작한 뒤에 끝납니다",
    "a cue ends before the next one starts": "자막은 다음 자막이 시작하기 전에 끝납니다",
    "two frames lie between two cues at least": "자막과 자막 사이는 적어도 2프레임을 둡니다",
    "gaps of three frames up to half a second are closed to two":
        "3프레임부터 0.5초까지의 간격은 2프레임으로 붙입니다",
    "a cue stands five sixths of a second at least": "자막은 적어도 6분의 5초 동안 띄웁니다",
    "a cue stands seven seconds at most": "자막은 길어야 7초 동안 띄웁니다",
    "a cue can be read in its time": "자막은 떠 있는 동안 읽을 수 있어야 합니다",
    "a cue starts on a shot change, or half a second away from it":
        "자막은 컷이 바뀌는 프레임에 맞춰 시작하거나 0.5초 떨어져 시작합니다",
    "a cue ends two frames before a shot change, or half a second away":
        "자막은 컷이 바뀌기 2프레임 전에 끝나거나 0.5초 떨어져 끝납니다",
    "a cue starts with the voice, three frames more or less": "자막은 목소리와 함께 시작합니다(앞뒤 3프레임)",
    "a cue ends with the voice, half a second later at most": "자막은 목소리와 함께 끝나거나 늦어도 0.5초 안에 끝납니다",
    "a cue has words": "자막에는 글이 있어야 합니다",
    "a cue has two lines at most": "자막은 두 줄까지입니다",
    "a line is as long as the language allows": "한 줄의 글자 수는 언어별 한도를 지킵니다",
    "text stands on one line where it fits": "한 줄에 들어가는 글은 한 줄로 씁니다",
    "one space between words, none around a line, and no empty line":
        "낱말 사이는 한 칸만 띄우고, 줄 앞뒤의 공백과 빈 줄은 두지 않습니다",
    "an ellipsis is the one character U+2026": "줄임표는 한 글자 U+2026으로 씁니다",
    "no characters that cannot be seen": "보이지 않는 문자를 쓰지 않습니다",
    "syllables are whole, and letters and marks are of the usual width":
        "음절은 완성형으로, 로마자와 부호는 반각으로 씁니다",
    "only characters that televisions have": "TV에서 나오는 문자만 씁니다",
    "no markup but italics, and those are opened and closed": "태그는 이탤릭만 쓰고, 열었으면 닫습니다",
    "italics only where the language has them": "이탤릭은 쓰는 언어에서만 씁니다",
    "a hyphen opens the lines of both speakers, and no other": "하이픈은 두 화자의 줄 앞에만, 양쪽 모두에 붙입니다",
    "no line ends in a full stop or a comma, where these are left out": "마침표와 쉼표를 빼는 언어에서는 줄 끝에 두지 않습니다",
    "one speaker a line": "한 줄에는 한 화자의 말만 둡니다",
    "sounds and speakers stand in square brackets": "효과음과 화자는 대괄호로 묶습니다",
    "brackets are opened and closed": "괄호는 열었으면 닫습니다",
    "songs stand between two ♪": "노래 가사는 앞뒤에 ♪를 붙입니다",
}  # fmt: skip
"""What each rule of the timed-text guide says: guide.RULES."""

GUIDE: Table = {
    "{where} {code}: {sentence}": "{where} {code}: {sentence:ko}",
    "cue {number} {sentence}": "{number}번 자막: {sentence:ko}",
    "Subtitles are for {audiences}, not for “{audience}”.": "자막의 대상은 {audiences:list}입니다(“{audience}”은(는) 없습니다).",
    "A shot change is a time in seconds, and one of these is not a number.":
        "컷이 바뀌는 시각은 초 단위 숫자인데 숫자가 아닌 것이 있습니다.",
    "There are {cues} cues and {voices} times of voices; give one, or None, for each cue.":
        "자막은 {cues}개, 목소리의 시각은 {voices}개입니다. 자막마다 하나씩, 모르면 None을 주세요.",
    # Time
    "ends {frames} frames before it starts": "시작보다 {frames}프레임 먼저 끝납니다",
    "has no time": "시작과 끝이 같아 뜨는 시간이 없습니다",
    "overlaps the next one by {frames} frames": "다음 자막과 {frames}프레임 겹칩니다",
    "ends {frames} frames before the next one; at least {least} lie between":
        "다음 자막과의 간격이 {frames}프레임입니다. 적어도 {least}프레임을 두어야 합니다",
    "ends {frames} frames before the next one; close the gap to {gap}":
        "다음 자막과의 간격이 {frames}프레임입니다. {gap}프레임으로 붙이세요",
    "stands {frames} frames; the least is {least}": "{frames}프레임 동안 뜹니다. 최소 {least}프레임입니다",
    "stands {seconds} s; the most is {most}": "{seconds}초 동안 뜹니다. 최대 {most}초입니다",
    "reads at {speed} cps; the limit is {limit}": "읽기 속도가 초당 {speed}자(CPS)입니다. 한도는 {limit}자입니다",
    "starts {where} a shot change; start on it, or {half} before":
        "시작이 컷이 바뀌는 곳의 {where:ko}입니다. 컷에 맞추거나 {half}프레임 앞에서 시작하세요",
    "ends {where} a shot change; end {gap} before it, or {half} or more away":
        "끝이 컷이 바뀌는 곳의 {where:ko}입니다. 컷 {gap}프레임 앞에서 끝내거나 {half}프레임 넘게 떨어뜨리세요",
    "starts {shift} frames from the voice; 3 are allowed":
        "시작이 목소리와 {shift}프레임 어긋납니다. 3프레임까지 허용됩니다",
    "ends {shift} frames from the voice; -3 to +{half} are allowed":
        "끝이 목소리와 {shift}프레임 어긋납니다. -3에서 +{half}프레임까지 허용됩니다",
    # Text
    "has no words": "글이 없습니다",
    "has {count} lines; the most are {most}": "{count}줄입니다. 최대 {most}줄입니다",
    "has a line of {count} characters; the most are {most}": "{count}자인 줄이 있습니다. 한 줄은 최대 {most}자입니다",
    "has characters that cannot be seen": "보이지 않는 문자가 있습니다",
    "has letters in parts, or of double width": "자모가 풀어진 글자나 전각 문자가 있습니다",
    "has markup that is left open or unknown": "닫히지 않았거나 모르는 태그가 있습니다",
    "is in italics, which this language has not": "이 언어에서 쓰지 않는 이탤릭입니다",
    "has spaces or lines too many, or unusual ones": "불필요한 공백이나 빈 줄, 또는 특수 공백이 있습니다",
    "has two or three dots; an ellipsis is “…”": "점을 여러 개 찍었습니다. 줄임표는 “…” 한 글자입니다",
    "has hyphens otherwise than two speakers have them": "하이픈이 두 화자의 대사 표기와 다릅니다",
    "has two lines and fits on one": "한 줄에 들어가는데 두 줄로 나뉘었습니다",
    "has a sound or speaker that is not in [ ]": "[ ]로 묶지 않은 효과음이나 화자가 있습니다",
    "has a song that is not between two ♪": "♪ 사이에 있지 않은 노래 가사가 있습니다",
    "has a hyphen before one line and none before another: whose words are they?":
        "한 줄에만 하이픈이 있습니다. 하이픈 없는 줄은 누구의 말입니까?",
    "has a bracket that is not opened or not closed": "짝이 맞지 않는 괄호가 있습니다",
    "has a character that cannot be shown: U+{code}": "화면에 나오지 않는 문자가 있습니다(U+{code})",
    "has a full stop or a comma at the end of a line, which this language leaves out":
        "줄 끝에 이 언어에서 쓰지 않는 마침표나 쉼표가 있습니다",
}  # fmt: skip
"""guide.py: what is asked, and what a cue has against the guide."""

FIX: Table = {
    # What was repaired
    "corrected: it {sentence}": "바로잡음({sentence:ko})",
    "broken into {lines} lines of {width} characters at most": "한 줄 {width}자 이하, {lines}줄로 나눔",
    "taken out: it has no words": "글이 없어 뺌",
    "starts {start} frames and ends {end} frames": "시작 {start}프레임, 끝 {end}프레임 옮김",
    "starts {start} frames": "시작을 {start}프레임 옮김",
    "ends {end} frames": "끝을 {end}프레임 옮김",
    # What is left, and why
    "the next cue starts too soon: move or merge one of them":
        "다음 자막이 너무 일찍 시작합니다. 하나를 옮기거나 둘을 합치세요",
    "both are heard at once: put them into one cue, with a hyphen before each":
        "두 대사가 동시에 들립니다. 한 자막에 넣고 각각 앞에 하이픈을 붙이세요",
    "a cue any shorter could not be read: shorten its words": "더 짧게 띄우면 읽을 수 없습니다. 글을 줄이세요",
    "any longer it would break another rule": "더 길게 띄우면 다른 규칙에 어긋납니다",
    "the next cue starts too soon: merge the two": "다음 자막이 너무 일찍 시작합니다. 둘을 합치세요",
    "there are words to the end: split it into two cues": "끝까지 대사가 있습니다. 두 자막으로 나누세요",
    "half a second more is not enough, or not there: say it in fewer words, or split it":
        "0.5초 늘릴 수 없거나 늘려도 모자랍니다. 글을 줄이거나 자막을 나누세요",
    "other cues or rules leave no room: look at the cut": "다른 자막이나 규칙 때문에 옮길 자리가 없습니다. 컷을 보고 정하세요",
    "listen where the voice begins": "목소리가 어디서 시작하는지 들어 보세요",
    "listen where the voice ends": "목소리가 어디서 끝나는지 들어 보세요",
    "it does not fit on fewer: split it, or say it in fewer words":
        "더 적은 줄에 들어가지 않습니다. 자막을 나누거나 글을 줄이세요",
    "it does not fit on the lines that there are: split it, or say it in fewer words":
        "허용된 줄에 들어가지 않습니다. 자막을 나누거나 글을 줄이세요",
    "find out what it was meant to be": "원래 무슨 문자였는지 확인하세요",
    "listen who says the line": "누구의 대사인지 들어 보세요",
    "find out where the sound's name begins and ends": "효과음 이름이 어디서 시작하고 끝나는지 확인하세요",
}  # fmt: skip
"""fix.py: what was repaired, and why the rest was left."""

FILES: Table = {
    # timedtext.py
    "A cue goes from {start} to {end} seconds; times are 0 to {hours} hours.":
        "자막의 시각이 {start}초에서 {end}초까지입니다. 시각은 0에서 {hours}시간 사이여야 합니다.",
    "A cue is aligned {aligns}, not “{align}”.": "자막의 정렬은 {aligns} 가운데 하나입니다(“{align}”은(는) 없습니다).",
    "A track is {kinds}, not “{kind}”.": "자막 트랙의 종류는 {kinds} 가운데 하나입니다(“{kind}”은(는) 없습니다).",
    "“{language}” is no language tag: write ko, en, or pt-BR.":
        "“{language}”, 언어 태그가 아닙니다. ko, en, pt-BR처럼 쓰세요.",
    # subtitle_files.py
    "{path} cannot be read ({why}): choose another file.": "{path:을/를} 읽을 수 없습니다({why}). 다른 파일을 고르세요.",
    "{name} has a document type (DOCTYPE), which subtitles have not: {how}.":
        "{name:ko}에 자막에는 없어야 할 문서 형식(DOCTYPE) 선언이 있습니다. {how:ko}.",
    "{name} has more than {most} tags, which is no film's subtitles: {how}.":
        "{name:ko}에 태그가 {most}개 넘게 있어 영화 자막으로 볼 수 없습니다. {how:ko}.",
    "{name} has {size} MB; subtitle files have {most} at most: {how}.":
        "{name:ko}의 크기가 {size} MB입니다. 자막 파일은 {most} MB까지입니다. {how:ko}.",
    "{name} holds no subtitles: {how}.": "{name:ko}에 자막이 없습니다. {how:ko}.",
    "{name} is XML, but no TTML: {how}.": "{name:ko}: XML이지만 TTML이 아닙니다. {how:ko}.",
    "{name} is cut off: STL has blocks of 128 bytes; copy it again.":
        "{name:ko}: 파일이 중간에 잘렸습니다. STL은 128바이트 블록으로 되어 있습니다. 다시 복사하세요.",
    "{name} is damaged and cannot be read as {format}: export it again.":
        "{name:ko}: 손상되어 {format:으로/로} 읽을 수 없습니다. 다시 내보내세요.",
    "{name} is damaged or no TTML ({why}): {how}.": "{name:ko}: 손상되었거나 TTML이 아닙니다({why}). {how:ko}.",
    "{name} is empty: export it again.": "{name:ko}: 파일이 비어 있습니다. 다시 내보내세요.",
    "{name} is no text in UTF-8, UTF-16 or Korean (CP949): {how}.":
        "{name:ko}: UTF-8, UTF-16, CP949(한국어) 가운데 어느 인코딩도 아닙니다. {how:ko}.",
    "{name} is none of IMSC, WebVTT, SRT, SCC and STL: {how}.":
        "{name:ko}: IMSC, WebVTT, SRT, SCC, STL 가운데 어느 형식도 아닙니다. {how:ko}.",
    "{name} is {format}, which is not read here: {how}.": "{name:ko}: 여기서 읽지 않는 {format} 형식입니다. {how:ko}.",
    "{name}: subtitles are written as {endings}; change the ending.":
        "{name}: 자막은 {endings} 파일로 씁니다. 확장자를 바꾸세요.",
    "{name}: the line “{line}” is no time of a film: correct it.":
        "{name:ko}: “{line}” 줄의 시각이 영상의 시각이 아닙니다. 고치세요.",
    # credit.py
    "A credit has one or {lines} lines of {width} characters: shorten “{text}”.":
        "제작자 표기는 한 줄이나 {lines}줄, 한 줄 {width}자 이하입니다. “{text}”, 줄이세요.",
    "The credit needs {needed} s after the last cue, and the film has {left}: shorten it, or place it over the end titles.":
        "마지막 자막 뒤에 제작자 표기를 {needed}초 띄워야 하는데 {left}초 남았습니다. 글을 줄이거나 엔드 타이틀에 "
        "겹쳐 두세요.",
    # terms.py, translation_sheet.py
    "A term has a source and a target: fill both in “{source}”, “{target}”.":
        "용어에는 원어와 번역어가 다 있어야 합니다. “{source}”, “{target}”, 빈 쪽을 채우세요.",
    "A term is a {kinds}, not “{kind}”.": "용어의 종류는 {kinds} 가운데 하나입니다(“{kind}”은(는) 없습니다).",
    "“{wrong}” stands in cue {n}: write “{target}” for “{source}”":
        "자막 {n}에 “{wrong}”이(가) 있습니다. “{source}”은(는) “{target}”(으)로 쓰세요",
    "“{target}” for “{source}” is missing in cue {n}": "자막 {n}에 “{source}”의 번역어 “{target}”이(가) 없습니다",
    "{name}, row {n}: “{source}” is there twice; keep one.": "{name}, {n}행: “{source}”이(가) 두 번 나옵니다. 하나만 남기세요.",
    "{name} has {size} MB; such a table has some kilobytes.": "{name:ko}의 크기가 {size} MB입니다. 이런 표는 몇 KB입니다.",
    "{name} cannot be read: {why}.": "{name:을/를} 읽을 수 없습니다({why}).",
    "{name} is not UTF-8: save it from the spreadsheet as “CSV UTF-8”.":
        "{name:ko}: UTF-8이 아닙니다. 스프레드시트에서 “CSV UTF-8”로 저장하세요.",
    "{name} has no column {columns}: its first line names the columns.":
        "{name:ko}에 {columns} 열이 없습니다. 첫 줄에 열 이름을 적으세요.",
    "{name} is no table ({why}): save it from the spreadsheet as “CSV UTF-8”.":
        "{name:ko}: 표가 아닙니다({why}). 스프레드시트에서 “CSV UTF-8”로 저장하세요.",
    "the translation of cue {n} is missing: write one": "자막 {n}에 번역이 없습니다. 번역하세요",
    "the translation of cue {n} is by {engine} and checked by nobody: let a person read it against the film":
        "자막 {n:은/는} {engine:이/가} 번역했고 확인한 사람이 없습니다. 사람이 영상과 맞추어 읽게 하세요",
    "the translation of cue {n} is nobody's: write who made it": "자막 {n}에 번역한 사람이 없습니다. 이름을 적으세요",
    "{name}: a translation sheet is written as .csv or .json; change the ending.":
        "{name}: 번역 기록표는 .csv나 .json 파일로 씁니다. 확장자를 바꾸세요.",
    "{name} is no translation sheet: write it again.": "{name:ko}: 번역 기록표가 아닙니다. 다시 쓰세요.",
    "{name}, row {n}: there is no cue's number or translation; fill it in.":
        "{name}, {n}행: 자막 번호나 번역이 없습니다. 채우세요.",
    # sdh.py, forced.py, translate.py
    "There are {cues} cues and {seen} values of who is seen; give one for each.":
        "자막은 {cues}개, 화면에 보이는지의 값은 {seen}개입니다. 자막마다 하나씩 주세요.",
    "{text} at {where} is left out: {why}": "{where}의 {text:을/를} 넣지 못했습니다({why:ko})",
    "it does not fit on the lines that there are": "허용된 줄에 들어가지 않습니다",
    "somebody speaks, and both could not be read": "대사가 있어 둘 다 읽을 수 없습니다",
    "somebody speaks while it can be read, and what is said comes first":
        "읽을 수 있는 동안 대사가 있고, 대사가 먼저입니다",
    "The engine gave {made} translations for {texts} texts: try another engine.":
        "엔진이 글 {texts}개에 번역을 {made}개 냈습니다. 다른 엔진을 쓰세요.",
    "The engine gave nothing for text {n}, “{source}”: translate it by hand.":
        "엔진이 {n}번째 글 “{source}”에 아무것도 내지 못했습니다. 직접 번역하세요.",
    "{name} does not translate into “{language}”: use a code such as en, ja or es.":
        "{name:은/는} “{language}”(으)로 번역하지 않습니다. en, ja, es 같은 코드를 쓰세요.",
}  # fmt: skip
"""timedtext.py, subtitle_files.py, credit.py, and what takes subtitles to others."""

SEEN: Table = {
    # picture_qc.py
    "At {seconds} s the picture changes its size: deliver a film of one size.":
        "{seconds}초에서 화면 크기가 바뀝니다. 한 가지 크기로 납품하세요.",
    "{count} black picture(s) lie between two shots: close the gap in the edit.":
        "두 샷 사이에 블랙 프레임이 {count}장 있습니다. 편집에서 빈틈을 붙이세요.",
    "The picture is black for {seconds} s: check that nothing is missing.":
        "화면이 {seconds}초 동안 블랙입니다. 빠진 것이 없는지 확인하세요.",
    "The picture stands still for {seconds} s: check that it is meant.":
        "화면이 {seconds}초 동안 멈춰 있습니다. 의도한 것인지 확인하세요.",
    "A picture is shown {count} times while everything moves: a frame was lost, render it again.":
        "움직이는 장면에서 같은 프레임이 {count}번 나옵니다. 프레임이 빠졌으니 다시 렌더링하세요.",
    "Every picture is shown {count} times: {real} pictures a second in a film of {shown}.":
        "모든 프레임이 {count}번씩 나옵니다. 초당 {shown}프레임 영상에 실제로는 초당 {real}장이 들어 있습니다.",
    "Pictures are repeated in a pattern ({how}): {real} pictures a second were put into {shown}; "
    "deliver the film at the rate at which it was shot.":
        "프레임이 일정한 패턴({how:ko})으로 되풀이됩니다. 초당 {real}프레임을 {shown}프레임으로 늘렸습니다. "
        "촬영한 프레임 레이트로 납품하세요.",
    "The picture has black bars: {top} at the top, {bottom} at the bottom, {left} and {right} at the sides; what is seen "
    "is about {shape}:1.":
        "화면에 검은 띠가 있습니다(위 {top}, 아래 {bottom}, 왼쪽 {left}, 오른쪽 {right}). 보이는 화면비는 약 {shape}:1입니다.",
    "{count} picture(s) are shown for another time than the others ({least} to {most} ms): convert the film to a constant "
    "frame rate.":
        "프레임 {count}장의 표시 시간이 나머지와 다릅니다({least}에서 {most} ms). 고정 프레임 레이트로 변환하세요.",
    # flashes.py
    "{what} come {often} times a second over {area} of the picture: at most {most} a second are safe; slow them down, "
    "soften them or make them smaller.":
        "{what:ko}: 화면의 {area}에서 초당 {often}번 일어납니다. 안전한 것은 초당 {most}번까지이니 느리게 하거나, 약하게 하거나, "
        "작게 하세요.",
}  # fmt: skip
"""picture_qc.py and flashes.py."""

HEARD: Table = {
    # loudness.py
    "A block of sound of shape {shape} does not go on with {channels} channels.":
        "모양이 {shape}인 사운드 블록은 {channels}채널 사운드에 이어지지 않습니다.",
    "Loudness is measured over {least} s, and there are only {seconds} s of sound: measure a longer film.":
        "라우드니스는 {least}초 이상에서 재는데 사운드가 {seconds}초뿐입니다. 더 긴 영상을 재세요.",
    "The sound has values that are not numbers (NaN or infinite): render it again.":
        "사운드에 숫자가 아닌 값(NaN이나 무한대)이 있습니다. 다시 렌더링하세요.",
    "The sound is silent: check which track was exported.": "사운드가 무음입니다. 어느 트랙을 내보냈는지 확인하세요.",
    "{what} has {loud} LKFS, and {target} is asked for: turn it {way} by {off} dB.":
        "{what:ko}: {loud} LKFS인데 요구치는 {target} LKFS입니다. 레벨을 {off} dB {way:ko}.",
    "The true peak is {peak} dBTP, and {most} is the most: limit the mix here.":
        "트루 피크가 {peak} dBTP입니다. 상한은 {most} dBTP이니 여기에 리미터를 거세요.",
    "The loudness range is {range} LU, and {low} to {high} are recommended: look at the mix.":
        "라우드니스 레인지(LRA)가 {range} LU입니다. 권장은 {low}에서 {high} LU이니 믹스를 점검하세요.",
    # sound_qc.py
    "The sound ends {seconds} s before the picture: export the whole mix.":
        "사운드가 영상보다 {seconds}초 먼저 끝납니다. 믹스를 끝까지 내보내세요.",
    "For {seconds} s there is {how}: check that no sound is missing, or lay room tone.":
        "{seconds}초 동안 {how:ko}입니다. 빠진 소리가 없는지 확인하거나 룸톤을 까세요.",
    "The {channel} channel is silent while others sound: check how the tracks were assigned.":
        "다른 채널은 소리가 나는데 {channel:ko} 채널이 무음입니다. 트랙 배정을 확인하세요.",
    "The {one} and the {other} channel carry the same sound: check how the tracks were assigned.":
        "{one:ko} 채널과 {other:ko} 채널의 소리가 같습니다. 트랙 배정을 확인하세요.",
    "The {one} and the {other} channel cancel each other: turn the phase of one over.":
        "{one:ko} 채널과 {other:ko} 채널이 서로 상쇄됩니다. 한쪽의 위상을 뒤집으세요.",
    "{count} crests are cut off ({channels}): mix it again.":
        "파형의 꼭대기 {count}곳이 잘렸습니다({channels:list}). 다시 믹스하세요.",
    "The sound drops out for {length} ms ({channels}): export it again.":
        "소리가 {length} ms 동안 끊깁니다({channels:list}). 다시 내보내세요.",
    "{name} has no sound at all: put its sound track in.": "{name}에 소리가 전혀 없습니다. 사운드 트랙을 넣으세요.",
    # sync.py
    "Sync is measured over at least two seconds; there are {seconds} s.":
        "싱크는 2초 이상에서 잽니다. 받은 것은 {seconds}초입니다.",
    "{name} is silent where words should be: measure sync against the dialogue.":
        "{name}에 말소리가 있어야 할 대역이 무음입니다. 대사 트랙으로 싱크를 재세요.",
    "No face is seen in these pictures: choose a passage in which somebody speaks to the camera.":
        "화면에 얼굴이 보이지 않습니다. 누가 카메라를 보고 말하는 구간을 고르세요.",
    "The sound drifts by {shift} ms from {start} s to {end} s: it was made for another frame rate.":
        "{start}초에서 {end}초까지 사운드가 {shift} ms 밀립니다. 다른 프레임 레이트로 만든 사운드입니다.",
    "The sound is {shift} ms {way}: move it by as much.": "사운드가 {shift} ms {way:ko}. 그만큼 옮기세요.",
}  # fmt: skip
"""loudness.py, sound_qc.py and sync.py."""

ENCODES: Table = {
    # ffmpeg.py
    "There is no ffmpeg on this machine: install imageio-ffmpeg again.":
        "이 컴퓨터에 ffmpeg가 없습니다. imageio-ffmpeg를 다시 설치하세요.",
    "{what} was stopped; nothing of it was kept.": "{what:ko}: 중단했습니다. 남긴 것은 없습니다.",
    "{what} took longer than {limit} s and was ended: try a shorter or smaller film.":
        "{what:ko}: {limit}초를 넘겨 중단했습니다. 더 짧거나 작은 영상으로 해 보세요.",
    "{what} could not be made: ffmpeg says “{why}”.": "{what:ko}: 만들지 못했습니다. ffmpeg의 말: “{why:ko}”.",
    "{what} could not be made: ffmpeg wrote nothing, so its input holds nothing of it.":
        "{what:ko}: 만들지 못했습니다. ffmpeg가 쓴 것이 없으니 입력에 해당하는 내용이 없습니다.",
    "{path} is no file: choose a film.": "{path:은/는} 파일이 아닙니다. 영상을 고르세요.",
    # encode.py
    "{name} is {height} pixels high: none of the heights or CRFs fits.":
        "{name}의 높이는 {height} 픽셀입니다. 맞는 높이나 CRF가 없습니다.",
    "{name} is {height} pixels high: none of the rungs fits.":
        "{name}의 높이는 {height} 픽셀입니다. 래더에 맞는 단이 없습니다.",
    "{name} is in high dynamic range: grade it for BT.709 first.":
        "{name:은/는} HDR입니다. 먼저 BT.709로 그레이딩하세요.",
    "The film is {height} pixels high; making it {wanted} high adds bits and shows nothing.":
        "영상의 높이가 {height} 픽셀입니다. {wanted} 픽셀로 키우면 비트만 늘고 더 보이는 것은 없습니다.",
    "A rung is at least 64 pixels high, not {height}.": "래더의 한 단은 높이가 64 픽셀 이상입니다({height:은/는} 안 됩니다).",
    "A stream is encoded by {codecs}, not by “{codec}”.": "스트림은 {codecs:list}로 인코딩합니다(“{codec}”은(는) 없습니다).",
    "{codec} has the presets {presets}, not “{preset}”.": "{codec}의 프리셋은 {presets}입니다(“{preset}”은(는) 없습니다).",
    "An encode has a quality (crf) or a number of bits a second, one of the two.":
        "인코딩에는 품질(crf)이나 비트레이트 가운데 하나만 주세요.",
    "The CRF of {codec} goes from 0 to {worst}, not {crf}.":
        "{codec}의 CRF는 0부터 {worst}까지입니다({crf:은/는} 안 됩니다).",
    "An encode has at least 1 bit a second, not {bits}.": "비트레이트는 초당 1비트 이상입니다({bits:은/는} 안 됩니다).",
    "{name} has {frames} frames: cut out some from 0 to {last}, not {start} to {stop}.":
        "{name:은/는} {frames}프레임입니다. 0부터 {last}까지에서 잘라 내세요({start}–{stop:은/는} 안 됩니다).",
    # vmaf.py
    "{one} has {frames} frames and {other} {count}: compare the same film, at one rate.":
        "{one:은/는} {frames}프레임, {other:은/는} {count}프레임입니다. 같은 영상을 같은 프레임 레이트로 견주세요.",
    "Every picture is measured, or every second, third …, not every {every}.":
        "모든 프레임을 재거나 둘, 셋 …에 하나씩 잽니다({every:은/는} 안 됩니다).",
    "VMAF is measured on at least 32 x 32 pixels, not {width} x {height}.":
        "VMAF는 32 x 32 픽셀 이상에서 잽니다({width} x {height:은/는} 안 됩니다).",
    "There are no frames to find the worst second of: score the film first.":
        "가장 나쁜 1초를 찾을 프레임이 없습니다. 먼저 영상의 VMAF를 재세요.",
    "Whether a film is sharpened shows by NEG only: score it with neg=True.":
        "샤픈을 했는지는 NEG로만 알 수 있습니다. neg=True로 재세요.",
    "{one} and {other} have no picture in common.": "{one:과/와} {other}에 함께 있는 프레임이 없습니다.",
    # ladder.py
    "A ladder needs a step above 0 and a floor below its ceiling, within 0 to 100; not {step}, {floor} and {ceiling}.":
        "래더의 간격은 0보다 크고, 하한은 상한보다 낮고, 모두 0에서 100 사이여야 합니다. 받은 것: 간격 {step}, 하한 {floor}, "
        "상한 {ceiling}.",
    "The best encode has VMAF {best}, below the floor of {floor}: encode at a lower CRF or more pixels.":
        "가장 좋은 인코딩의 VMAF가 {best}로 하한 {floor}에 못 미칩니다. CRF를 낮추거나 해상도를 높여 인코딩하세요.",
    "VMAF {vmaf} was not measured: the points go from {low} to {high}.":
        "VMAF {vmaf:은/는} 잰 범위 밖입니다. 잰 점은 {low}부터 {high}까지입니다.",
    "{bits} kbit/s was not measured: the points go from {low} to {high} kbit/s.":
        "{bits} kbit/s는 잰 범위 밖입니다. 잰 점은 {low}부터 {high} kbit/s까지입니다.",
    "{name} is no table of encodes: its columns are {columns}.": "{name:은/는} 인코딩 표가 아닙니다. 열은 {columns}입니다.",
    "There are no encodes to choose from: measure at least one.": "고를 인코딩이 없습니다. 적어도 하나를 재세요.",
    "An encode has more than 0 bits a second, not {bits}.": "비트레이트는 0보다 커야 합니다({bits:은/는} 안 됩니다).",
    "VMAF is 0 to 100, not {vmaf}.": "VMAF는 0부터 100까지입니다({vmaf:은/는} 안 됩니다).",
    "An encode has pixels; {width}x{height} has none.": "인코딩에는 픽셀이 있어야 합니다({width}x{height}에는 없습니다).",
    "The {name} curve has one point only; a curve takes at least two.":
        "{name:ko} 곡선에 점이 하나뿐입니다. 곡선은 점이 둘 이상이어야 합니다.",
    "The {name} curve does not rise: {dear} looks no better than {cheap}; take the upper hull, or measure again.":
        "{name:ko} 곡선이 오르지 않습니다. {cheap:ko}보다 {dear:ko} 쪽이 나아 보이지 않습니다. 위쪽 볼록 껍질만 쓰거나 "
        "다시 재세요.",
    "{width}x{height} at {bits} kbit/s (VMAF {vmaf})": "{width}x{height}, {bits} kbit/s 인코딩(VMAF {vmaf})",
    "{kept} at equal VMAF, averaged over VMAF {low} to {high} ({share} of both ladders)":
        "같은 VMAF에서 {kept:ko}, VMAF {low}부터 {high}까지의 평균(두 래더가 겹치는 {share})",
    "The two curves share no quality: one goes from VMAF {low} to {high}, the other from {least} to {most}; measure them at "
    "more bit rates.":
        "두 곡선에 겹치는 품질이 없습니다. 하나는 VMAF {low}에서 {high}까지, 다른 하나는 {least}에서 {most}까지입니다. 더 많은 "
        "비트레이트로 재세요.",
}  # fmt: skip
"""ffmpeg.py, encode.py, vmaf.py and ladder.py."""

STREAMS: Table = {
    "{folder} holds something already: choose a new folder for the stream.":
        "{folder} 폴더에 이미 파일이 있습니다. 스트림에는 새 폴더를 고르세요.",
    "A stream needs a film in at least one size.": "스트림에는 영상이 적어도 한 가지 크기로 있어야 합니다.",
    "A segment takes 1 to 20 seconds, not {seconds}.": "세그먼트는 1초에서 20초까지입니다({seconds:은/는} 안 됩니다).",
    "{name}: segment {number} begins with no key frame: encode it with closed groups.":
        "{name}: {number}번 세그먼트가 키 프레임으로 시작하지 않습니다. 닫힌 GOP로 인코딩하세요.",
    "{name} has its key frames at other times than {other}: encode all sizes with the same distance of key frames.":
        "{name}의 키 프레임 시각이 {other:과/와} 다릅니다. 모든 크기를 같은 키 프레임 간격으로 인코딩하세요.",
    "{name} lasts {one} s and {other} {two} s: encode one film.":
        "{name:은/는} {one}초, {other:은/는} {two}초입니다. 같은 영상을 인코딩하세요.",
    "An MP4 box is longer than the file: it is damaged, make it again.":
        "MP4 박스가 파일보다 깁니다. 손상되었으니 다시 만드세요.",
    "An MP4 file has no {box}: it is damaged, make it again.":
        "MP4 파일에 {box:이/가} 없습니다. 손상되었으니 다시 만드세요.",
    "{name} is damaged: make it again.": "{name:이/가} 손상되었습니다. 다시 만드세요.",
    "A stream of “{kind}” is not made here: encode it as H.264, H.265 or AV1, with AAC sound.":
        "“{kind}” 스트림은 여기서 만들지 않습니다. 영상은 H.264, H.265, AV1로, 사운드는 AAC로 인코딩하세요.",
    "A fragment of an MP4 file is damaged: make it again.": "MP4 파일의 프래그먼트가 손상되었습니다. 다시 만드세요.",
    "{name} has no fragments: the film is empty.": "{name}에 프래그먼트가 없습니다. 영상이 비어 있습니다.",
    "A name in the player's menu has no quotation marks or line breaks: {name}.":
        "플레이어 메뉴의 이름에는 따옴표나 줄바꿈을 쓸 수 없습니다: {name}.",
    "{name} holds no pictures or sound: make it again.": "{name}에 영상도 소리도 없습니다. 다시 만드세요.",
    "{name} is no HLS playlist: make the stream again.": "{name:은/는} HLS 플레이리스트가 아닙니다. 스트림을 다시 만드세요.",
    "{name} leads out of the stream, to {path}: do not open it.":
        "{name:이/가} 스트림 밖({path})을 가리킵니다. 열지 마세요.",
    "{name} declares entities, which no manifest does: do not open it.":
        "{name}에 매니페스트에는 없어야 할 엔티티 선언이 있습니다. 열지 마세요.",
    "{name} is no XML ({why}): make the stream again.": "{name:은/는} XML이 아닙니다({why}). 스트림을 다시 만드세요.",
    "{name} has “{value}” for {field}, which is no whole number: make the stream again.":
        "{name}의 {field} 값 “{value}”, 정수가 아닙니다. 스트림을 다시 만드세요.",
    "{path} cannot be read ({why}): a stream has it.": "{path:을/를} 읽을 수 없습니다({why}). 스트림에 있어야 하는 파일입니다.",
    "{name} is no text: make the stream again.": "{name:은/는} 글이 아닙니다. 스트림을 다시 만드세요.",
    "{name} has “{value}” for frameRate, which is no rate: make the stream again.":
        "{name}의 frameRate 값 “{value}”, 프레임 레이트가 아닙니다. 스트림을 다시 만드세요.",
    "{name} holds no segments: make the stream again.": "{name}에 세그먼트가 없습니다. 스트림을 다시 만드세요.",
    "{name} lists no pictures: make the stream again.": "{name}에 영상이 하나도 없습니다. 스트림을 다시 만드세요.",
    "{name} lists {folder}, which is no folder of the stream: make it again.":
        "{name}의 목록에 있는 {folder:은/는} 스트림의 폴더가 아닙니다. 다시 만드세요.",
    # What the check finds
    "its segments begin at other times than those of the first rung": "세그먼트의 시작 시각이 래더의 첫 단과 다릅니다",
    "it lists {name}, which is not there": "목록에 있는 {name:이/가} 없습니다",
    "it lists {folder}/{name}, which is not there": "목록에 있는 {folder}/{name:이/가} 없습니다",
    "{name} is not there": "{name:이/가} 없습니다",
    "{name} takes {seconds} s, longer than its playlist allows": "{name:이/가} {seconds}초로 플레이리스트의 한도보다 깁니다",
    "there are {count} segments, and the playlist lists {listed}":
        "세그먼트는 {count}개인데 플레이리스트에는 {listed}개가 있습니다",
    "{name} takes {seconds} s, and the playlist says {said}":
        "{name:은/는} {seconds}초인데 플레이리스트에는 {said}초로 되어 있습니다",
    "{name} begins {seconds} s late": "{name:이/가} {seconds}초 늦게 시작합니다",
    "{name} begins with no key frame": "{name:이/가} 키 프레임으로 시작하지 않습니다",
    "it is {codec}, and {manifest} says {said}": "코덱이 {codec}인데 {manifest}에는 {said:으로/로} 되어 있습니다",
    "a segment has {bits} bits a second, and {manifest} says {said}":
        "초당 {bits}비트인 세그먼트가 있는데 {manifest}에는 {said}비트로 되어 있습니다",
    "its segments are not at the times that {manifest} says": "세그먼트의 시각이 {manifest:과/와} 다릅니다",
}  # fmt: skip
"""package.py: HLS and DASH."""

MASTERS: Table = {
    "{folder} holds something already: choose a new folder for the package.":
        "{folder} 폴더에 이미 파일이 있습니다. 패키지에는 새 폴더를 고르세요.",
    "A text is for {kinds}, not for “{kind}”.": "자막의 용도는 {kinds} 가운데 하나입니다(“{kind}”은(는) 없습니다).",
    "The text in {language} is no TTML: write it as IMSC 1.1.": "{language} 자막이 TTML이 아닙니다. IMSC 1.1로 쓰세요.",
    "An IMF sound track has 1, 2, 6 or 8 channels here, not {channels}: mix it down first.":
        "여기서 IMF 사운드 트랙은 1, 2, 6, 8채널입니다({channels}채널은 안 됩니다). 먼저 믹스다운하세요.",
    "An IMF sound track has {counts} channels here, not {channels}: mix it down first.":
        "여기서 IMF 사운드 트랙은 {counts:list}채널입니다({channels}채널은 안 됩니다). 먼저 믹스다운하세요.",
    "ASSETMAP.xml leads out of the package, to {path}: do not open it.":
        "ASSETMAP.xml이 패키지 밖({path})을 가리킵니다. 열지 마세요.",
    "Frame {number} of the package is not frame {other} of {name}: pack it again.":
        "패키지의 {number}번 프레임이 {name}의 {other}번 프레임과 다릅니다. 다시 패키징하세요.",
    "The package has {frames} frames, and {name} {count}: pack it again.":
        "패키지는 {frames}프레임, {name:은/는} {count}프레임입니다. 다시 패키징하세요.",
    "Sound track {number} of the package is not {name}: pack it again.":
        "패키지의 {number}번 사운드 트랙이 {name:과/와} 다릅니다. 다시 패키징하세요.",
    "{name} has {size} MB and is no list of a package.": "{name}의 크기가 {size} MB라 패키지의 목록으로 볼 수 없습니다.",
    "{path} cannot be read ({why}): an IMF package has it.":
        "{path:을/를} 읽을 수 없습니다({why}). IMF 패키지에 있어야 하는 파일입니다.",
    "{name} is no {kind} of the year that is read here ({space}).":
        "{name:은/는} 여기서 읽는 연도({space})의 {kind:이/가} 아닙니다.",
    "{name} declares entities, which no file of a package does: do not open it.":
        "{name:ko}에 패키지의 파일에는 없어야 할 엔티티 선언이 있습니다. 열지 마세요.",
    "{name} is no XML ({why}): export it again.": "{name:ko}: XML이 아닙니다({why}). 다시 내보내세요.",
    "A {element} in the package has no {field}: write it again.": "패키지의 {element}에 {field:이/가} 없습니다. 다시 쓰세요.",
    "“{value}” is no id of a package's file: write it again.": "“{value}”, 패키지 파일의 id가 아닙니다. 다시 쓰세요.",
    "“{value}” is no edit rate: it is written as 24 1.": "“{value}”, 에디트 레이트가 아닙니다. 24 1처럼 씁니다.",
    "“{value}” is no whole number of a package's list: write it again.":
        "“{value}”, 패키지의 목록에 쓰는 정수가 아닙니다. 다시 쓰세요.",
    # What the check finds
    "it lists no composition playlist": "컴포지션 플레이리스트(CPL)가 목록에 없습니다",
    "it lists no packing list": "패킹 리스트(PKL)가 목록에 없습니다",
    "it calls itself {id}, and the map {other}": "자신의 id는 {id}인데 에셋맵에는 {other}로 되어 있습니다",
    "it calls itself {id}, and the map calls it otherwise": "자신의 id는 {id}인데 에셋맵에는 다르게 되어 있습니다",
    "it lists {id}, which the map does not have": "목록에 있는 {id:이/가} 에셋맵에 없습니다",
    "it has {real} bytes, not {size} as packed": "크기가 {real}바이트로, 패킹할 때의 {size}바이트와 다릅니다",
    "its SHA-1 is another one than when it was packed": "SHA-1이 패킹할 때와 다릅니다",
    "no packing list has it": "어느 패킹 리스트에도 없습니다",
    "{sequence} is described by {id}, which it does not have": "{sequence}의 디스크립터 {id:이/가} 없습니다",
    "{sequence} wants {wanted} units of a file of {length}": "{sequence:이/가} {length}유닛짜리 파일에서 {wanted}유닛을 찾습니다",
    "{sequence} takes the file {id}, which the map does not have": "{sequence:이/가} 쓰는 파일 {id:이/가} 에셋맵에 없습니다",
    "it has {rate} units a second, and the playlist says {said}": "초당 {rate}유닛인데 CPL에는 {said}유닛으로 되어 있습니다",
    "it has {length} units, and the playlist says {said}": "{length}유닛인데 CPL에는 {said}유닛으로 되어 있습니다",
    "{sequence} lasts {count} frames, and the other tracks {usual}":
        "{sequence:은/는} {count}프레임인데 다른 트랙은 {usual}프레임입니다",
    "its own id is {id}, and the playlist's {other}": "자신의 id는 {id}인데 CPL의 id는 {other}입니다",
    "it is not of operational pattern OP1a, which IMF asks for": "IMF가 요구하는 OP1a 패턴이 아닙니다",
    "{descriptor} is none for {sequence}": "{descriptor:은/는} {sequence}에 맞지 않는 디스크립터입니다",
    "its JPEG 2000 is of no IMF profile: a mastering program has to encode it for a service":
        "JPEG 2000이 IMF 프로파일을 따르지 않습니다. 서비스에 납품하려면 마스터링 프로그램으로 인코딩해야 합니다",
    # mxf.py
    "This MXF file has no complete header: write it again.": "이 MXF 파일은 헤더가 온전하지 않습니다. 다시 쓰세요.",
    "This MXF file's header has no {name}: write it again.": "이 MXF 파일의 헤더에 {name:이/가} 없습니다. 다시 쓰세요.",
    "This MXF file's package has no whole name: write it again.": "이 MXF 파일의 패키지 id가 온전하지 않습니다. 다시 쓰세요.",
    "This MXF file holds neither pictures, sound nor timed text that IMF has.":
        "이 MXF 파일에는 IMF에서 쓰는 영상, 사운드, 자막이 하나도 없습니다.",
    "{name} holds no whole number of {channels} x {bits} bits: export the sound again.":
        "{name}의 크기가 {channels} x {bits}비트로 나누어떨어지지 않습니다. 사운드를 다시 내보내세요.",
    "{path} cannot be read ({why}): an IMF track file was expected.":
        "{path:을/를} 읽을 수 없습니다({why}). IMF 트랙 파일이 있어야 합니다.",
    "{name} is a damaged MXF file: write it again.": "{name:은/는} 손상된 MXF 파일입니다. 다시 쓰세요.",
    "{name} is no MXF file with a header: an IMF track file was expected.":
        "{name}: 헤더가 있는 MXF 파일이 아닙니다. IMF 트랙 파일이 있어야 합니다.",
    "{name} holds no timed text.": "{name}에 자막이 없습니다.",
    "{name} was not written: what it is made from changed meanwhile.":
        "{name:을/를} 쓰지 못했습니다. 그사이 원본이 바뀌었습니다.",
}  # fmt: skip
"""imf.py and mxf.py."""

FIRST_SNOW: Table = {
    "The shots of a film follow each other from frame 0 to its last, {last}; mend their frames.":
        "영상의 샷은 0번 프레임부터 마지막 {last}번 프레임까지 빈틈없이 이어져야 합니다. 샷의 프레임을 고치세요.",
    "The timed words of line {id} are not those of its text; time it again.":
        "{id}번 대사의 단어 타이밍이 그 대사의 글과 다릅니다. 타이밍을 다시 잡으세요.",
    "{what} is from {start} s to {stop} s, in a film of {seconds} s; mend it.":
        "{what:ko}: {start}초에서 {stop}초까지로 되어 있는데 영상은 {seconds}초입니다. 고치세요.",
    "{name} is not the record of a film: take it anew from the module's media.":
        "{name:은/는} 영상의 기록이 아닙니다. 모듈의 media에서 다시 가져오세요.",
    "{name} is not there or cannot be read: give the record that lies beside the film.":
        "{name:이/가} 없거나 읽을 수 없습니다. 영상과 함께 있는 기록을 주세요.",
}  # fmt: skip
"""first_snow.py."""

DOSSIER: Table = {
    # player.py
    "The stream has {size} MB, and a page carries {most} MB: play it from a server, or pack a shorter piece.":
        "스트림이 {size} MB인데 한 페이지에는 {most} MB까지 담깁니다. 서버에서 재생하거나 더 짧은 부분을 패키징하세요.",
    "{folder} holds something already: choose a new folder for the dossier.":
        "{folder} 폴더에 이미 파일이 있습니다. 배급 서류에는 새 폴더를 고르세요.",
    "The ladder has no rungs: choose at least one.": "래더에 단이 없습니다. 하나 이상 고르세요.",
    "The report of quality control is not of {name}: run it on this file.":
        "QC 보고서가 {name}에 대한 것이 아닙니다. 이 파일로 QC를 실행하세요.",
    "Two tracks would be {name}: give each another language or kind.":
        "자막 두 개가 같은 파일 {name:이/가} 됩니다. 언어나 종류를 다르게 하세요.",
    "A likeness is a voice or a face, not “{kind}”.": "목소리(voice)나 얼굴(face)이어야 합니다(“{kind}”은(는) 없습니다).",
    "{name} is no public {kind}: add the signed consent of the person whose {subject} it is.":
        "{name}: 공개된 {kind:ko}이(가) 아닙니다. {subject:ko}의 서명된 동의서를 넣으세요.",
    "The consent is for the {kind} of {subject}, not of {name}: add the right one.":
        "동의서는 {subject}의 것입니다({kind:ko}). {name}의 동의서를 넣으세요.",
    "{name} is synthetic, and the disclosure says that no AI was used: name what it made.":
        "{name:은/는} 합성인데 고지에는 AI를 쓰지 않았다고 되어 있습니다. 무엇을 만들었는지 적으세요.",
    "{name} was drafted by {tool} and checked by nobody: read it against the film, and sign for it.":
        "{name:은/는} {tool:이/가} 초안을 만들고 아무도 검수하지 않았습니다. 영상과 대조해서 읽고 이름을 적으세요.",
    "{name} names nobody who wrote or translated it: credit the person.":
        "{name}에 쓰거나 번역한 사람이 없습니다. 그 사람을 밝히세요.",
    "{name} is no MP4 or MOV, which credentials can be put into: export the mezzanine so.":
        "{name:은/는} 콘텐츠 자격증명을 넣을 수 있는 MP4나 MOV가 아닙니다. 메자닌을 그렇게 내보내세요.",
    "{name} is fragmented, as segments of a stream are: sign the mezzanine it was made from.":
        "{name:은/는} 스트림의 세그먼트처럼 조각나 있습니다. 그 원본인 메자닌에 서명하세요.",
    "There is no {name} in {folder}: that folder is not {what}.":
        "{folder}에 {name:이/가} 없습니다. {what:ko} 폴더가 아닙니다.",
    "There is no qc.json with its qc.html in {folder}: run quality control again.":
        "{folder}에 qc.json과 qc.html이 함께 있지 않습니다. QC를 다시 실행하세요.",
    "qc.json is no report of quality control: run it again.": "qc.json은 QC 보고서가 아닙니다. 다시 실행하세요.",
    # What the check finds
    "There is no {name} in {folder}: it is no dossier, or was not finished.":
        "{folder}에 {name:이/가} 없습니다. 배급 서류가 아니거나 쓰다 만 것입니다.",
    "{name} cannot be read: write the dossier again.": "{name:을/를} 읽을 수 없습니다. 배급 서류를 다시 쓰세요.",
    "{name} is damaged: write the dossier again.": "{name:이/가} 손상되었습니다. 배급 서류를 다시 쓰세요.",
    "{folder} holds a damaged dossier: write it again.": "{folder}의 배급 서류가 손상되었습니다. 다시 쓰세요.",
    "{name} is missing: copy or write the dossier again.": "{name:이/가} 없습니다. 배급 서류를 다시 복사하거나 쓰세요.",
    "{name} is not in the manifest: take it out, or write the dossier again.":
        "{name:이/가} 매니페스트에 없습니다. 빼거나 배급 서류를 다시 쓰세요.",
    "{name} was changed after the dossier was written: write it again.":
        "{name:이/가} 배급 서류를 쓴 뒤에 바뀌었습니다. 다시 쓰세요.",
    "{name} has {frames} frames of {width} x {height} at {rate} a second, and {file} says {count} of {w} x {h} at {said}.":
        "{name:은/는} {width} x {height}, 초당 {rate}프레임, {frames}프레임인데 {file}에는 {w} x {h}, 초당 {said}프레임, "
        "{count}프레임으로 되어 있습니다.",
    "{name} has no sound.": "{name}에 소리가 없습니다.",
    "{name} has no content credentials: write the dossier again.":
        "{name}에 콘텐츠 자격증명이 없습니다. 배급 서류를 다시 쓰세요.",
    "{name} was changed after it was signed: write the dossier again.":
        "{name:이/가} 서명한 뒤에 바뀌었습니다. 배급 서류를 다시 쓰세요.",
    "{name} is signed as {made}, which the disclosure contradicts.":
        "{name:은/는} {made:으로/로} 서명되어 있는데 고지와 어긋납니다.",
    "The rung {dear} costs more than {cheap} and is worth no more: leave it out.":
        "래더의 {dear:ko}: {cheap:ko}보다 비트를 더 쓰는데 더 낫지 않습니다. 빼세요.",
    "The rung {rung} is larger than the mezzanine: leave it out.": "래더의 {rung:ko}: 메자닌보다 큽니다. 빼세요.",
    "The report of quality control is of another file than the mezzanine: run it again.":
        "QC 보고서가 메자닌이 아닌 다른 파일에 대한 것입니다. QC를 다시 실행하세요.",
    "Quality control saw {seen} of {frames} frames: run it again.":
        "QC가 {frames}프레임 가운데 {seen}프레임만 보았습니다. 다시 실행하세요.",
    "The {what} of the mezzanine has {here}, and quality control measured {there}: run it again.":
        "메자닌의 라우드니스({what:ko})는 {here:ko}인데 QC가 잰 값은 {there:ko}입니다. 다시 실행하세요.",
    "Quality control sends the film back: {code}: {sentence}": "QC 반려: {code:ko}: {sentence:ko}",
    "Quality control has {count} finding(s) to look at: {folder}/qc.html shows them.":
        "QC에 확인할 사항이 {count}건 있습니다. {folder}/qc.html에 있습니다.",
    "{name} holds {cues} cues of {kind} in {language}, and {file} says {count} of {other} in {tag}.":
        "{name}에는 {language} {kind} 자막이 {cues}개인데 {file}에는 {tag} {other} 자막 {count}개로 되어 있습니다.",
    "{name} does not say what {other} says: write both from one track.":
        "{name:이/가} {other:과/와} 다릅니다. 두 파일을 같은 자막에서 쓰세요.",
    "{name} is timed for {rate} frames a second, and the film has {own}.":
        "{name:은/는} 초당 {rate}프레임에 맞춰져 있는데 영상은 {own}프레임입니다.",
    "{name}: a cue stands until {end} s, and the film ends at {last} s.":
        "{name}: {end}초까지 떠 있는 자막이 있는데 영상은 {last}초에 끝납니다.",
    "{name}: there is no guide for {language} here, so its text was not checked.":
        "{name}: 여기에는 {language} 가이드가 없어 글을 검사하지 않았습니다.",
    "{name} breaks {count} rule(s) of the guide, first at {sentence}.":
        "{name:이/가} 가이드를 {count}번 어깁니다. 첫째: {sentence:ko}.",
    "{name}: the guide has {count} remark(s), none of which fails a delivery.":
        "{name}: 가이드의 지적이 {count}건 있지만 반려할 것은 없습니다.",
    "The credit of {name} is not what its licence asks for: {credit} ({licence}).":
        "{name}의 크레디트가 라이선스에서 요구하는 것과 다릅니다: {credit} ({licence}).",
    "The consent of {name} ends on {end}, and {file} says {said}.":
        "{name}의 동의는 {end}에 끝나는데 {file}에는 {said:으로/로} 되어 있습니다.",
    "{file} does not ask {name} for “publish”: nothing follows from another use.":
        "{file}에 {name}의 “publish” 동의가 없습니다. 다른 용도에 대한 동의로는 공개할 수 없습니다.",
    "The notice does not say what the disclosure says: write the dossier again.":
        "고지문이 고지 내용과 다릅니다. 배급 서류를 다시 쓰세요.",
    "{file} credits nobody: name the people who made the film.": "{file}에 크레디트가 없습니다. 만든 사람을 밝히세요.",
    "{name} does not say what the other files say: write the dossier again.":
        "{name:이/가} 다른 파일의 내용과 다릅니다. 배급 서류를 다시 쓰세요.",
    "The stream lasts {seconds} s and the mezzanine {length} s: package this film.":
        "스트림은 {seconds}초인데 메자닌은 {length}초입니다. 이 영상을 패키징하세요.",
    "Ladder and stream differ in {sizes}: package the rungs that were chosen.":
        "래더와 스트림이 다릅니다({sizes}). 고른 단을 패키징하세요.",
    "The stream lacks the {kind} in {language}: package all subtitles.":
        "스트림에 {language} {kind} 자막이 없습니다. 자막을 모두 패키징하세요.",
    "{folder}/{name} does not carry the notice on AI and rights: package it with Release.notices.":
        "{folder}/{name}에 AI와 권리 고지가 없습니다. Release.notices를 넣어 패키징하세요.",
    "{folder}/{name} is {width} x {height}, and the mezzanine {wide} x {high}: pack this film.":
        "{folder}/{name:은/는} {width} x {height}인데 메자닌은 {wide} x {high}입니다. 이 영상을 패키징하세요.",
    "{folder}/{name} shows {frames} frames, and the mezzanine has {count}: pack this film.":
        "{folder}/{name:은/는} {frames}프레임인데 메자닌은 {count}프레임입니다. 이 영상을 패키징하세요.",
    "{folder}/{where}: {finding}.": "{folder}/{where}: {finding:ko}.",
    "{name}: {sentence}": "{name}: {sentence:ko}",
}  # fmt: skip
"""player.py and dossier.py."""

SPOKEN: Table = {
    # voice_activity.py
    "{path} ends at {done} s of {seconds} s: it is cut off or damaged; copy or export it again.":
        "{path:은/는} 전체 {seconds}초 가운데 {done}초에서 끝납니다. 잘렸거나 손상된 파일이니 다시 복사하거나 내보내세요.",
    # recognise.py
    "{name} is in the language {likely} ({probability} sure), not {language}: set the language that is spoken.":
        "{name}에서 쓰는 언어는 {language}이(가) 아니라 {likely}입니다(확률 {probability}). 대사의 언어로 설정하세요.",
    # align.py
    "Line {n} of the script, “{line}”, has no words: take it out.": "대본 {n}번째 줄 “{line}”에 말이 없습니다. 빼세요.",
    "No words were heard that the script could be laid on: listen whether anybody speaks.":
        "대본을 맞춰 볼 말이 들리지 않습니다. 말소리가 있는지 들어 보세요.",
    "The script has {rows} syllables and the film {columns}: align it in parts, reel by reel.":
        "대본은 {rows}음절, 영상은 {columns}음절입니다. 릴별로 나누어 맞추세요.",
}  # fmt: skip
"""voice_activity.py, recognise.py, align.py."""

QC: Table = {
    # qc.py
    "The picture ends after {seconds} s, and the file says {lasts} s: copy or export it again.":
        "파일에는 {lasts}초로 되어 있는데 화면이 {seconds}초에서 끝납니다. 다시 복사하거나 내보내세요.",
    "{name} is a single picture: quality control is for a film.":
        "{name:은/는} 그림 한 장입니다. 영상을 골라야 품질 검수(QC)를 할 수 있습니다.",
    "Cue {n} ends {late} s after the film: check which cut the subtitles are for.":
        "{n}번 자막이 영상보다 {late}초 늦게 끝납니다. 어느 편집본의 자막인지 확인하세요.",
    "There is no guide here for subtitles in {language}: let somebody who reads it check them.":
        "{language} 자막의 가이드는 여기에 없습니다. 그 언어를 읽는 사람에게 점검을 맡기세요.",
    # qc_report.py
    "Quality control": "품질 검수(QC)", "passed": "통과", "not passed": "불통과",
    "fail": "불합격", "target missed": "목표 벗어남", "note": "참고",
    "What was found": "발견한 것", "Nothing was found.": "발견한 것이 없습니다.",
    "From the first frame of each finding to the frame after its last.": "각 항목의 첫 프레임부터 마지막 다음 프레임까지입니다.",
    "Timecode": "타임코드", "Code": "코드", "Finding": "내용", "Picture": "화면", "Sound": "사운드", "File": "파일",
    "Loudness": "라우드니스", "Loudness of the sound track": "사운드 트랙의 라우드니스",
    "Programme loudness": "전체 프로그램 라우드니스", "Dialogue loudness": "대사 라우드니스", "Target": "목표",
    "sent back beyond": "반려 기준", "True peak": "트루 피크", "Loudness range": "라우드니스 레인지(LRA)",
    "Loudness over time": "시간에 따른 라우드니스", "measured": "측정값", "short-term (3 s)": "쇼트텀(3초)",
    "momentary (0.4 s)": "모멘터리(0.4초)", "target": "목표 범위", "The programme": "전체 프로그램", "Length": "길이",
    "Looked at by a person": "확인한 사람",
    "No person has looked at these findings yet: a program found them, and somebody answers for them.":
        "아직 사람이 확인하지 않았습니다. 프로그램이 찾은 것이며, 책임은 사람이 집니다.",
}  # fmt: skip
"""qc.py and qc_report.py."""

STUDIO: Table = {
    "{name} ends at {end}, and says that it lasts until {length}: it was cut off; copy or export it again.":
        "{name:이/가} {end}에서 끝나는데, 파일에는 {length}까지라고 되어 있습니다. 잘린 파일이니 다시 복사하거나 내보내세요.",
    "{name} is a still picture: choose a film.": "{name:은/는} 정지 화면입니다. 영화 파일을 고르세요.",
    "{name} lasts {hours} hours; {most} are the most: cut it into parts.":
        "{name}의 길이가 {hours}시간입니다. {most}시간까지 열 수 있으니 나누어 여세요.",
    "{name} lasts {seconds} s; a film lasts {least} s at least.":
        "{name}의 길이가 {seconds}초입니다. 적어도 {least}초는 되어야 합니다.",
    "What the page sent are no subtitles: reload the page.": "페이지가 보낸 것이 자막이 아닙니다. 페이지를 새로 고치세요.",
    "These are {count} cues; {most} are the most: cut the film into parts.":
        "자막이 {count}장입니다. {most}장까지 다룰 수 있으니 영화를 나누세요.",
    "Two of the subtitles are {name}: leave one of them out.": "{name} 자막이 둘입니다. 하나를 빼세요.",
    "{name} does not say its language: put it into the name, as in film.en.vtt.":
        "{name}에 언어가 적혀 있지 않습니다. film.en.vtt처럼 파일 이름에 적으세요.",
    "A cue has {count} characters; {most} are the most: split it.":
        "{count}자인 자막이 있습니다. 한 장에 {most}자까지이니 나누세요.",
    # dossier.MEASURES
    "{count} files": "파일 {count}개", "mezzanine {seconds} s": "메자닌 {seconds}초", "{count} frames": "{count}프레임",
    "programme {value} LKFS": "전체 프로그램 {value} LKFS", "dialogue {value} LKFS": "대사 {value} LKFS",
    "true peak {value} dBTP": "트루 피크 {value} dBTP", "ladder of {count} rungs": "화질 단계 {count}개",
    "{count} cues in all subtitles": "자막 {count}장", "{count} segments in the stream": "스트림 세그먼트 {count}개",
}  # fmt: skip
"""studio.py, and what it says was measured."""

SENTENCES: Table = {
    **CODES, **RULES, **GUIDE, **FIX, **FILES, **SEEN, **HEARD, **SPOKEN, **ENCODES, **STREAMS, **MASTERS,
    **FIRST_SNOW, **DOSSIER, **QC, **STUDIO,
}  # fmt: skip

korean = translator(COMMON, SENTENCES, words=WORDS)
"""An error, a finding or a line of a report in Korean."""
