"""The library's sentences in Korean, for pages whose reader's browser prefers it.

Errors, findings and reports are written once, in English, where they arise. A table pairs each English sentence with a
Korean one; both name what is filled in with {braces}. So nobody who raises an error writes two languages, a translator
works in one file, and a test compares the table with the source, sentence by sentence.
"""

import functools
import re
from collections.abc import Callable, Mapping

Table = Mapping[str, str]
"""English template -> Korean template, with the same fields in any order.

A field may say how it is to be written: {name:이/가} adds the particle that fits, {what:ko} is itself a sentence or word
of the tables, {words:list} is several of them with commas, "or" or "and" between. A field called {sentence} makes the
template an envelope, such as "Line {at}: {sentence}": it is opened before what is inside it is looked up.
"""

FIELD = re.compile(r"\{(\w+)\}")
"""A field of an English template; of two that touch, the first is one word."""

WORDS: Table = {
    "{giver} for {voice}": "{giver}({voice} 대신)",
    "export it as MP4 (H.264), MOV (ProRes) or PNG and try again": "MP4(H.264), MOV(ProRes), PNG로 내보내서 다시 해 보세요",
    "export it as WAV, FLAC, MP3, OGG or M4A and try again": "WAV, FLAC, MP3, OGG, M4A로 내보내서 다시 해 보세요",
    "voice": "목소리의 주인", "face": "얼굴의 주인",
    "given by": "동의한 사람", "given to": "동의받은 사람", "project": "프로젝트",
}  # fmt: skip
"""Words and short phrases inside the sentences of every module."""

CONSENT: Table = {
    "cut this person out of a take and set them before another background":
        "이 사람을 테이크에서 따내 다른 배경 앞에 놓기",
    "retouch this face, its lines and blemishes": "이 얼굴의 주름과 잡티 다듬기",
    "make this face look younger": "이 얼굴을 젊어 보이게 하기",
    "make this face look older": "이 얼굴을 나이 들어 보이게 하기",
    "correct its expression: gaze, brows, corners of the mouth": "표정(눈길, 눈썹, 입꼬리) 고치기",
    "put this face from one take of a performance into another": "한 테이크의 얼굴을 다른 테이크에 합성하기",
    "make a performance with this face that the person did not give": "본인이 하지 않은 연기를 이 얼굴로 만들기",
    "train a model on pictures of this face": "이 얼굴의 사진으로 모델 학습하기",
    "publish what was made with this face": "이 얼굴로 만든 것을 공개하기",
    "read texts aloud in this voice": "이 목소리로 글 읽기",
    "sing melodies in this voice": "이 목소리로 노래하기",
    "turn other recordings into this voice": "다른 녹음을 이 목소리로 바꾸기",
    "mix this voice into a designed one": "이 목소리를 섞어 새 목소리 만들기",
    "train a model on recordings of this voice": "이 목소리의 녹음으로 모델 학습하기",
    "publish what was made with this voice": "이 목소리로 만든 것을 공개하기",
    "use it to advertise a product": "이 목소리로 제품 광고하기",
    "not named one by one; the model's card speaks of permissively licensed and synthetic speech":
        "하나하나 밝혀져 있지 않음. 모델 카드에는 자유 라이선스 음성과 합성 음성이라고 적혀 있음",
    "readings in the Koniwa corpus (CC BY 3.0), as the model's card names its data: {title}":
        "모델 카드에 적힌 대로, Koniwa 말뭉치(CC BY 3.0)의 낭독: {title}",
    "A consent names its {what}: fill it in.": "동의서에 {what:ko} 항목이 비어 있습니다. 채워 넣으세요.",
    "A consent knows the uses {uses}, not “{use}”.": "“{use}”, 동의서에 적을 수 없는 용도입니다. 적을 수 있는 용도: {uses}.",
    "A consent names at least one use and one territory: fill them in.":
        "동의서에는 용도와 지역이 적어도 하나씩 있어야 합니다. 채워 넣으세요.",
    "The consent ends on {end}, before it starts on {start}: swap the days.":
        "동의가 끝나는 날({end})이 시작하는 날({start})보다 앞섭니다. 두 날짜를 서로 바꾸세요.",
    "{who} withdrew consent on {day}: stop using the {subject}, and take down what you can.":
        "{who:ko}: {day}에 동의를 거두었습니다. {subject:ko}의 뜻이니 더는 쓰지 말고, 내릴 수 있는 것은 내리세요.",
    "{who} consented for “{project}” only: ask again for “{other}”.":
        "{who:ko}: “{project}”에만 동의했습니다. “{other}”에 쓰려면 다시 동의를 받으세요.",
    "{who} did not consent to “{use}” ({meaning}), only to {uses}: ask for it by name.":
        "{who:ko}: “{use}”({meaning:ko})에는 동의하지 않았습니다. 동의한 용도: {uses}. 이 용도를 밝혀서 동의를 받으세요.",
    "{who} consented from {day} on: wait until then.": "{who:ko}: {day}부터 동의했습니다. 그때까지 기다리세요.",
    "{who} consented until {day}: ask for a new consent.": "{who:ko}: {day}까지만 동의했습니다. 동의를 새로 받으세요.",
    "{who} consented for {territories} only: ask again for {territory}.":
        "{who:ko}: {territories} 지역에만 동의했습니다. {territory}에서 쓰려면 다시 동의를 받으세요.",
    "{who} did not consent to this recording ({digits}…): use one that the consent lists.":
        "{who:ko}: 이 녹음({digits}…)에는 동의하지 않았습니다. 동의서에 있는 녹음을 쓰세요.",
    "{path} is there already: keep it, or choose another name for a new key.":
        "{path:이/가} 이미 있습니다. 그대로 두거나, 새 키에는 다른 이름을 고르세요.",
    "{key} holds no private key for consents: make one with make_key.":
        "{key}에 동의서용 개인 키가 없습니다. make_key로 하나 만드세요.",
    "{name} was changed after it was signed: ask for the record again.":
        "{name:이/가} 서명한 뒤에 바뀌었습니다. 동의서를 다시 받으세요.",
    "{name} is no consent record: ask for the file that consent.write made.":
        "{name:은/는} 동의서가 아닙니다. consent.write로 만든 파일을 받으세요.",
    "{name} was signed with the key {found}, not with {signer}: ask the person whose {subject} it is.":
        "{name}에 서명한 키는 {found}이고 {signer} 키가 아닙니다. {subject:ko}에게 물어보세요.",
    "{name} is signed, but it is no consent record of this kind: ask for a new one.":
        "{name}: 서명은 있지만 이 형식의 동의서가 아닙니다. 새로 받으세요.",
    "{face} is a public face for {uses} only, not for “{use}” ({meaning}): ask the person, or take another face.":
        "{face}: 공개된 얼굴이지만 {uses}에만 쓸 수 있고 “{use}”({meaning:ko})에는 쓸 수 없습니다. "
        "본인에게 묻거나 다른 얼굴을 쓰세요.",
    "A face needs the consent of the person whose face it is: read the record with consent.read.":
        "얼굴을 쓰려면 그 얼굴 주인의 동의가 있어야 합니다. consent.read로 동의서를 읽으세요.",
    "To {meaning} needs a permission: permit(consent, “{use}”, project, day) asks the person's consent.":
        "허락이 필요한 일입니다: {meaning:ko}. permit(consent, “{use}”, project, day)로 본인의 동의를 확인하세요.",
    "The permission for {face} is for “{allowed}”, not for “{use}”: ask for it by name.":
        "{face}에 대한 허락은 “{allowed}”용이고 “{use}”용이 아닙니다. 이 용도를 밝혀서 허락을 받으세요.",
}  # fmt: skip
"""provenance/consent.py."""

MEDIA: Table = {
    # timecode.py
    "A frame rate is a number such as 24 or 23.976, not {rate}.":
        "프레임 레이트는 24나 23.976 같은 숫자입니다({rate:은/는} 안 됩니다).",
    "A frame rate is {low} to {high} frames a second, not {rate}.":
        "프레임 레이트는 초당 {low}부터 {high}프레임까지입니다({rate:은/는} 안 됩니다).",
    "Drop-frame timecode exists at 29.97 and 59.94 frames a second only, not at {rate}: write a colon before the frames.":
        "드롭 프레임 타임코드는 29.97과 59.94에만 있습니다({rate}에는 없습니다). 프레임 앞에 콜론을 쓰세요.",
    "“{timecode}” does not exist at {rate} frames a second: frames go from 00 to {last}.":
        "“{timecode}”, 초당 {rate}프레임에는 없는 타임코드입니다. 프레임은 00부터 {last}까지입니다.",
    "“{timecode}” does not exist: drop-frame timecode leaves out the first {n} numbers of this minute.":
        "“{timecode}”, 없는 타임코드입니다. 드롭 프레임은 이 분의 첫 번호 {n}개를 건너뜁니다.",
    "“{timecode}” is no timecode: write hours:minutes:seconds:frames, as 01:00:00:00.":
        "“{timecode}”, 타임코드가 아닙니다. 01:00:00:00처럼 시:분:초:프레임으로 쓰세요.",
    "“{timecode}” is past the end of the day: timecode ends at 23:59:59.":
        "“{timecode}”, 하루를 넘습니다. 타임코드는 23:59:59에서 끝납니다.",
    # video.py
    "A film is written as {codecs}, not as “{codec}”.": "영상은 {codecs}로 씁니다(“{codec}”은 없습니다).",
    "Frame {number} has the shape {shape} and the first one {first}: frames of a film are of one size.":
        "{number}번 프레임의 모양은 {shape}, 첫 프레임은 {first}입니다. 한 영상의 프레임은 크기가 같아야 합니다.",
    "Frame {number} has values that are not numbers (NaN or infinite): render it again.":
        "{number}번 프레임에 숫자가 아닌 값(NaN이나 무한대)이 있습니다. 다시 렌더링하세요.",
    "Frame {number} is {kind} of shape {shape}; a frame is code values of 8 bits, or of floating point from 0 to 1, and of "
    "shape (height, width, 3), or 4 with a matte.":
        "{number}번 프레임은 {kind} {shape}입니다. 프레임은 8비트 값이나 0에서 1까지의 실수이고 (높이, 너비, "
        "3), 매트가 있으면 4입니다.",
    "Frames are taken from a first to a last one, not from {start} to {stop}.":
        "프레임은 앞에서 뒤로 고릅니다({start}에서 {stop}까지는 안 됩니다).",
    "There is no file {path}: check the name and the folder.": "{path} 파일이 없습니다. 이름과 폴더를 확인하세요.",
    "{name} cannot be opened from its first frame on: it is damaged, or larger than 8K; {how}.":
        "{name:은/는} 첫 프레임부터 열리지 않습니다. 손상되었거나 8K보다 큽니다. {how:ko}.",
    "{path} cannot be read ({why}): choose a film.": "{path:을/를} 읽을 수 없습니다({why}). 영상을 고르세요.",
    "{name} has no sound track that can be read: choose another file.":
        "{name}에 읽을 수 있는 사운드 트랙이 없습니다. 다른 파일을 고르세요.",
    "{name} has {width} x {height} pixels; at most 8K is opened: scale it down.":
        "{name:은/는} {width} x {height} 픽셀입니다. 8K까지 여니 줄이세요.",
    "{name} holds no picture, only sound or text: {how}.": "{name}에는 그림 없이 소리나 글만 있습니다. {how:ko}.",
    "{name} holds no picture: {how}.": "{name}에 그림이 없습니다. {how:ko}.",
    "{name} is coded in a way that is not known here: {how}.": "{name:은/는} 여기서 모르는 코덱입니다. {how:ko}.",
    "{name} is damaged at {timecode} (frame {number}): copy or export it again, or use the part before it.":
        "{name:이/가} {timecode}({number}번 프레임)에서 손상되었습니다. 다시 복사하거나 내보내거나, 그 앞부분을 쓰세요.",
    "{name} is empty (0 bytes): export it again.": "{name:이/가} 비어 있습니다(0바이트). 다시 내보내세요.",
    "{name} is no film or picture that can be read here: {how}.":
        "{name:은/는} 여기서 읽을 수 없는 영상이나 그림입니다. {how:ko}.",
    "{name}: there are no frames to write.": "{name}: 쓸 프레임이 없습니다.",
    "{name}: {codec} is written into {endings}; change the ending.":
        "{name}: {codec}은 {endings:list} 파일에 씁니다. 확장자를 바꾸세요.",
    "{name}: h264 carries no matte; write prores4444 or ffv1, or put the picture over a background.":
        "{name}: h264에는 매트가 들어가지 않습니다. prores4444나 ffv1로 쓰거나 그림을 배경 위에 얹으세요.",
    "{name}: {codec} has {bits} bits, not {given}.": "{name}: {codec}은 {bits:list}비트입니다({given}비트는 안 됩니다).",
}  # fmt: skip
"""timecode.py and video.py."""

SOUND: Table = {
    "Sound is an array of numbers of shape (n,) or (n, 2); this one is {kind} {shape}.":
        "소리는 (n,) 또는 (n, 2) 모양의 숫자 배열이어야 합니다. 받은 것: {kind} {shape}.",
    "Sound is floating-point numbers in -1..1; divide this {kind} by its full scale first.":
        "소리는 -1에서 1까지의 실수여야 합니다. {kind} 값을 먼저 풀 스케일로 나누세요.",
    "This sound is empty: it has not one sample.": "소리가 비어 있습니다. 샘플이 하나도 없습니다.",
    "A sample rate is a whole number from {low} to {high} Hz, not {rate}.":
        "샘플레이트는 {low}부터 {high} Hz까지의 정수입니다({rate:은/는} 안 됩니다).",
    "This sound has values that are not numbers (NaN or infinite): render it again.":
        "소리에 숫자가 아닌 값(NaN이나 무한대)이 있습니다. 다시 렌더링하세요.",
    "{name} is empty (0 bytes): export or record it again.":
        "{name:이/가} 비어 있습니다(0바이트). 다시 내보내거나 녹음하세요.",
    "{path} cannot be read ({why}): choose a sound file.": "{path:을/를} 읽을 수 없습니다({why}). 소리 파일을 고르세요.",
    "{name} holds no sound: export or record it again.": "{name}에 소리가 없습니다. 다시 내보내거나 녹음하세요.",
    "{name} has values that are not numbers (NaN or infinite): render it again.":
        "{name}에 숫자가 아닌 값(NaN이나 무한대)이 있습니다. 다시 렌더링하세요.",
    "{name} has no sound track: {how}.": "{name}에 오디오 트랙이 없습니다. {how:ko}.",
    "{name} is not a sound file that can be read here: {how}.": "{name:은/는} 여기서 읽을 수 없는 소리 파일입니다. {how:ko}.",
    "{name} has a sample rate of {rate} Hz; it must be {low} to {high}: {how}.":
        "{name}의 샘플레이트가 {rate} Hz입니다. {low}부터 {high} Hz까지만 됩니다. {how:ko}.",
    "{name} has {n} channels: mix it down to mono or stereo and try again.":
        "{name:은/는} {n}채널입니다. 모노나 스테레오로 믹스다운해서 다시 해 보세요.",
    "{name} lasts more than {minutes} minutes, the most that is opened: cut it into parts.":
        "{name:이/가} 열 수 있는 길이 {minutes}분을 넘습니다. 여러 파일로 자르세요.",
    "MP3 knows no sample rate of {rate} Hz: resample to 44100 or 48000 first.":
        "MP3에는 {rate} Hz 샘플레이트가 없습니다. 먼저 44100이나 48000 Hz로 리샘플링하세요.",
    "At {rate} Hz an MP3 takes {low} to {high} kbit/s, not {kbps}.":
        "{rate} Hz MP3의 비트레이트는 {low}부터 {high} kbit/s까지입니다({kbps:은/는} 안 됩니다).",
    "{name} will be a {kind} file: end its name in .{ending}.":
        "{name:은/는} {kind} 파일이 됩니다. 이름을 .{ending:으로/로} 끝내세요.",
    "{name} would clip: its peak is {peak} dBFS; turn it down by at least that.":
        "{name}에 클리핑이 생깁니다. 피크가 {peak} dBFS이니 적어도 그만큼 레벨을 내리세요.",
    "The recogniser does not know the language {language}: use a code such as ko, en or ja.":
        "음성 인식기가 모르는 언어입니다: {language}. ko, en, ja 같은 코드를 쓰세요.",
}  # fmt: skip
"""audio.py and models/whisper.py."""

COMMON: Table = {
    **MEDIA,
    **SOUND,
    **CONSENT,
    "{path} was not written, because the disk is full{room}: delete what you no longer need there, such as old takes "
    "and deliveries, or choose a folder on another disk.":
        "디스크가 가득 차서 {path:을/를} 쓰지 못했습니다{room:ko}. 예전 그림이나 납품처럼 필요 없는 것을 지우거나 다른 디스크의 "
        "폴더를 고르세요.",
    " ({size} MB were free, and it needs more)": "(남은 자리가 {size} MB로 모자랍니다)",
    "{path} was not written, because your share of the disk is used up: delete what you no longer need.":
        "디스크 사용 한도를 다 써서 {path:을/를} 쓰지 못했습니다. 필요 없는 것을 지우세요.",
    "{path} was not written, because files as large are not allowed here: choose a folder on another disk.":
        "이만큼 큰 파일을 둘 수 없는 곳이라 {path:을/를} 쓰지 못했습니다. 다른 디스크의 폴더를 고르세요.",
    "{path} was not written ({why}): choose {what}.": "{path:을/를} 쓰지 못했습니다({why}). {what:ko} 고르세요.",
    "a folder that you may write to": "쓸 수 있는 폴더를",
    "another folder": "다른 폴더를",
    "{path} cannot be read: {why}.": "{path:을/를} 읽을 수 없습니다({why}).",
    # Models
    "There is no model {name} in the catalogue; there are: {names}.":
        "모델 목록에 {name:이/가} 없습니다. 있는 모델: {names}.",
    "The model file {file} is missing; get the course again, or run git checkout on {name}.":
        "모델 파일 {file:이/가} 없습니다. 강의를 다시 받거나 {name:을/를} git checkout으로 되살리세요.",
    "The package {package}, which carries a model, is missing; run make env again.":
        "모델이 든 패키지 {package:이/가} 없습니다. make env를 다시 실행하세요.",
    "The model file {file} is damaged or was replaced; get the course again, or run git checkout on it.":
        "모델 파일 {file:이/가} 손상되었거나 바뀌었습니다. 강의를 다시 받거나 git checkout으로 되살리세요.",
    "No model does {task}; the catalogue has {tasks}.": "{task:을/를} 하는 모델이 없습니다. 목록에 있는 일: {tasks}.",
    "{task} has no {engine} engine{called}; there are: {known}.":
        "{task}에는 {engine} 엔진이 없습니다{called}. 있는 것: {known}.",
    "{title} comes from a model hub, and no hub can be reached from here{instead}.":
        "{title:은/는} 모델 허브에서 받는데, 여기서는 허브에 닿지 않습니다{instead:ko}.",
    # Credentials, disclosure and work log
    '"{title}" could not be given content credentials: {why}.':
        "“{title}”에 콘텐츠 자격 증명을 넣지 못했습니다({why}).",
    "{name} has content credentials that cannot be read: {why}.":
        "{name}의 콘텐츠 자격 증명을 읽을 수 없습니다({why}).",
    "{name} cannot carry content credentials: sign the flattened PNG or JPEG made from it.":
        "{name:은/는} 콘텐츠 자격 증명을 담지 못합니다. 합쳐서 저장한 PNG나 JPEG에 서명하세요.",
    "The test certificate {path} cannot be kept: {why}. Choose another signing folder.":
        "시험용 인증서 {path:을/를} 둘 수 없습니다({why}). 서명 폴더를 다른 곳으로 정하세요.",
    "The test certificate {path} is damaged: delete it, and a new one is made.":
        "시험용 인증서 {path:이/가} 손상되었습니다. 지우면 새로 만들어집니다.",
    "The work log names no person's work: prompts alone are not registrable, so log what you draw, edit, letter, "
    "select and arrange.":
        "작업 기록에 사람이 한 일이 없습니다. 프롬프트만으로는 등록할 수 없으니, 그리고 고치고 식자하고 고르고 배열한 "
        "것을 기록하세요.",
    "Cut {cut} has a generated {part} without its tool or method: keep its record.":
        "{cut}컷의 생성된 부분 {part}에 도구나 방식이 적혀 있지 않습니다. 생성 기록을 남기세요.",
    "The disclosure cannot be read ({why}): make it again from the work log.":
        "고지 내용을 읽을 수 없습니다({why}). 작업 기록에서 다시 만드세요.",
    "There is nothing to disclose: the episode has no cut.": "고지할 것이 없습니다. 이 화에는 컷이 없습니다.",
    'The work log knows the actors {actors}, not "{actor}".':
        "작업 기록의 행위자는 {actors}이고 “{actor}”는 없습니다.",
    'The work log knows the actions {actions}, not "{action}".':
        "작업 기록의 행위는 {actions}이고 “{action}”은 없습니다.",
    "{name} is a tool and cannot {action} anything: log the decision under a person's name.":
        "{name:은/는} 도구라서 정할({action}) 수 없습니다. 정한 사람의 이름으로 기록하세요.",
}  # fmt: skip
"""Sentences of what every module uses: files, models, provenance."""


def translator(*tables: Table, words: Table | None = None) -> Callable[[str], str]:
    """A function from an English sentence of the *tables* to Korean; what no table has stays as it is.

    words: what may stand in a {field:ko} or {field:list} of the sentences, and is no sentence by itself.

    >>> korean = translator({"{name} is drawn twice; keep one.": "{name:을/를} 두 번 그립니다. 하나만 남기세요."})
    >>> korean("도윤 is drawn twice; keep one."), korean("Snow falls.")
    ('도윤을 두 번 그립니다. 하나만 남기세요.', 'Snow falls.')
    """
    sentences = _templates({english: said for table in tables for english, said in table.items()})
    envelopes = [(pattern, said) for pattern, said in sentences if "sentence" in pattern.groupindex]
    phrases = _templates({**WORDS, **(words or {})})

    @functools.lru_cache(maxsize=1024)
    def korean(sentence: str) -> str:
        for pattern, said in envelopes:
            found = pattern.fullmatch(sentence)
            if found and korean(found["sentence"]) != found["sentence"]:
                return filled(said, found)
        return looked_up(sentence, sentences)

    def part(text: str) -> str:
        said = korean(text)
        return said if said != text else looked_up(text, phrases)

    def looked_up(text: str, templates: list[tuple[re.Pattern, str]]) -> str:
        for pattern, said in templates:
            if found := pattern.fullmatch(text):
                return filled(said, found)
        return text

    def filled(said: str, found: re.Match) -> str:
        return said.format(**{name: _Field(value, part) for name, value in found.groupdict().items()})

    return korean


def with_particle(word: str, particle: str) -> str:
    """*word* with the one of 은/는, 이/가, 을/를, 과/와 or 으로/로 that its last sound asks for; both where none can tell.

    >>> [with_particle(word, "을/를") for word in ("하늘", "할머니", "c01-3", "Webtoon")]
    ['하늘을', '할머니를', 'c01-3을', 'Webtoon을(를)']
    """
    closed, open_ = particle.split("/")
    last = word.rstrip("”’\"') .")[-1:]
    if "가" <= last <= "힣":
        end = (ord(last) - ord("가")) % 28
        ends_in_l = end == 8
    elif last.isascii() and last.isdigit():
        end, ends_in_l = last in "013678", last in "178"
    else:
        return f"{word}{closed}({open_})"
    return word + (closed if end and not (closed == "으로" and ends_in_l) else open_)


class _Field(str):
    """What a sentence was filled in with; its format says how Korean writes it."""

    def __new__(cls, value: str, korean: Callable[[str], str]):
        field = super().__new__(cls, value)
        field.korean = korean
        return field

    def __format__(self, how: str) -> str:
        if not how:
            return str(self)
        if how in ("ko", "list"):
            said = self.korean(str(self))
            if how == "ko" or said != self:
                return said
            parts = re.split(r"(, | or | and )", self)
            return "".join({" or ": " 또는 ", " and ": ", "}.get(part) or self.korean(part) for part in parts)
        return with_particle(str(self), how)


def _templates(table: Table) -> list[tuple[re.Pattern, str]]:
    """The table with its English side as patterns; the one with the most words of its own first, as it says the most."""
    return [(_pattern(english), table[english]) for english in sorted(table, key=_literal, reverse=True)]


def _pattern(template: str) -> re.Pattern:
    start, *rest = FIELD.split(template)
    fields = list(zip(rest[::2], rest[1::2], strict=True))
    out, seen = re.escape(start), set()
    for name, after in fields:
        touches_the_next = not after and (name, after) != fields[-1]
        value = r"\w+" if touches_the_next else ".*?"
        out += (f"(?P={name})" if name in seen else f"(?P<{name}>{value})") + re.escape(after)
        seen.add(name)
    return re.compile(out, re.DOTALL)


def _literal(template: str) -> int:
    return len(FIELD.sub("", template))
