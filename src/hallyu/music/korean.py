"""What the music module says, in Korean."""

from hallyu.korean import COMMON, Table, translator

WORDS: Table = {
    "more": "남습니다", "fewer": "모자랍니다", "late": "늦음", "early": "빠름", "begins": "시작합니다", "ends": "끝납니다",
    "vowel": "모음", "hiss (ㅅ, ㅆ, ㅈ, ㅊ)": "치찰음(ㅅ, ㅆ, ㅈ, ㅊ)",
    "in another key, transpose(score, {semitones}) fits": "transpose(score, {semitones})로 조를 옮기면 맞습니다",
    "choose another voice": "다른 목소리를 고르세요",
}  # fmt: skip
"""Words and short phrases inside the sentences."""

WRITING: Table = {
    "{name} is not a melody: give a file that ends in {endings}.":
        "{name:은/는} 멜로디 파일이 아닙니다. 이렇게 끝나는 파일을 주세요: {endings}.",
    "{name} has {size} MB, too many for a melody; export the song's notes only.":
        "{name:이/가} {size} MB로 멜로디치고 너무 큽니다. 노래의 음표만 내보내세요.",
    "{name} is damaged or is not what its name says ({why}); export it again.":
        "{name:이/가} 손상되었거나 이름과 다른 파일입니다({why}). 다시 내보내세요.",
    "A melody cannot be written as {name}: give a name that ends in {endings}.":
        "멜로디를 {name:으로/로} 저장할 수 없습니다. 이렇게 끝나는 이름을 주세요: {endings}.",
    "{name} has no notes: export the part that is sung.": "{name}에 음이 없습니다. 노래하는 성부를 내보내세요.",
    "{name} has {n} notes, more than a melody's {limit}: export one song.":
        "{name}에 음이 {n}개인데 멜로디는 {limit}개까지입니다. 한 곡만 내보내세요.",
    "{name} has {tempo} quarter notes a minute and {beats} beats a bar; give 10 to 500, and 1 to 32.":
        "{name}의 템포가 {tempo} BPM, 한 마디가 {beats}박입니다. 템포는 10부터 500까지, 박은 1부터 32까지로 하세요.",
    "{name} has a note at beat {beat} that cannot be played; take it out.":
        "{name}의 {beat}박에 연주할 수 없는 음이 있습니다. 지우세요.",
    "{name} has two notes at once at beat {beat}: export one voice of the song.":
        "{name}의 {beat}박에서 두 음이 동시에 울립니다. 한 성부만 내보내세요.",
    "The song changes its tempo ({tempos} quarter notes a minute): export it with one.":
        "노래 도중에 템포가 바뀝니다({tempos} BPM). 한 템포로 내보내세요.",
    "{name} counts in film frames, not in beats: export it with ticks per quarter note.":
        "{name:은/는} 박이 아니라 영상 프레임으로 셉니다. 4분음표당 틱(PPQ)으로 내보내세요.",
    "{name} is not a chord that the band knows; write a root and one of {qualities}, such as Am7 or G/B.":
        "밴드가 모르는 코드입니다: {name}. 근음 뒤에 다음 가운데 하나를 쓰세요(Am7, G/B처럼): {qualities}.",
    "Bar {n} of the chords is empty; write a chord, or % to repeat the bar before.":
        "코드의 {n}번째 마디가 비어 있습니다. 코드를 쓰거나, 앞 마디를 되풀이하려면 %를 쓰세요.",
    "The chords are not a list of start, length and name: {why}.":
        "코드가 start, length, name의 목록이 아닙니다: {why}.",
    "{name} cannot be laid with {n} notes between keys {low} and {high}; widen the range.":
        "{name} 코드를 건반 {low}번부터 {high}번 사이에 {n}음으로 보이싱할 수 없습니다. 음역을 넓히세요.",
    "There are no chords to accompany; write at least one.": "반주할 코드가 없습니다. 적어도 하나 쓰세요.",
    "A tempo of {tempo} is not one that a band plays; choose 30 to 300 quarter notes a minute.":
        "{tempo} BPM은 밴드가 연주하지 못하는 템포입니다. 30부터 300 BPM 사이로 고르세요.",
    "{name} at beat {beat} begins before {other} has ended.":
        "{beat}박의 {name} 코드가 앞의 {other} 코드가 끝나기 전에 시작합니다.",
    "The song has {n} bars; give one energy from 0 to 1, or {n} of them.":
        "노래는 {n}마디입니다. 에너지는 0부터 1까지의 값을 하나, 또는 마디 수대로 {n}개 주세요.",
    "Nobody in the band plays {name}; there are {names}.": "밴드에 {name} 연주자가 없습니다. 있는 악기: {names}.",
    "{path} is no sound font (.sf2), or it is cut short; download it again.":
        "{path:은/는} 사운드폰트(.sf2)가 아니거나 중간에 끊겼습니다. 다시 내려받으세요.",
    "{name} has no instrument {bank}:{program} (bank:program); it has {known}.":
        "{name}에 악기 {bank}:{program}(뱅크:프로그램)이 없습니다. 있는 악기: {known}.",
    "Instrument {bank}:{program} of {name} has no sound for key {key} at velocity {velocity}; choose another key.":
        "{name}의 악기 {bank}:{program}에는 건반 {key}번, 벨로시티 {velocity}에 울릴 소리가 없습니다. 다른 건반을 고르세요.",
}  # fmt: skip
"""score_files.py, backing.py and sampler.py."""

VOICE: Table = {
    "“{character}” (character {at} of “{text}”) cannot be read aloud: write it in Hangul as it is to be spoken, or leave "
    "it out.":
        "“{character}”(“{text}”의 {at}번째 글자), 소리 내어 읽을 수 없습니다. 읽는 대로 한글로 쓰거나 빼세요.",
    "Numbers above 9999경 (twenty digits) cannot be read aloud: write them in Hangul.":
        "9999경(스무 자리)이 넘는 수는 소리 내어 읽을 수 없습니다. 한글로 쓰세요.",
    "The word “{word}” cannot be read aloud: write it in Hangul as it is to be spoken or sung.":
        "“{word}”, 소리 내어 읽을 수 없는 낱말입니다. 말하거나 노래하는 대로 한글로 쓰세요.",
    "There is nothing to speak in “{text}”: write at least one syllable of Hangul.":
        "“{text}”에 소리 낼 것이 없습니다. 한글을 적어도 한 음절 쓰세요.",
    "The voice has no sound for {symbols}; write the word in Hangul.":
        "목소리에 없는 소리입니다: {symbols}. 그 낱말을 한글로 쓰세요.",
    "There is no voice {name}; there are: {names}.": "{name} 목소리가 없습니다. 있는 목소리: {names}.",
    "A blend needs weights of 0 or more, and one above 0; these are {weights}.":
        "목소리를 섞는 비율은 0 이상이어야 하고 하나는 0보다 커야 합니다. 받은 것: {weights}.",
    "The voice reads at 0.5 to 2 times its speed, not {speed}.":
        "읽는 빠르기는 0.5배부터 2배까지입니다({speed}배는 안 됩니다).",
    'The words have {n} syllables, {more} than the melody\'s {notes} notes: add or take away notes, or hold a syllable '
    'with "-".':
        "가사는 {n}음절, 멜로디는 음이 {notes}개라 음절이 {more:ko}. 음을 더하거나 빼고, 한 음절을 여러 음으로 끌려면 “-”를 "
        "쓰세요.",
    "The melody lies between {low} and {high} and fits in no octave of {name}, who sings {lowest} to {highest}: {instead}.":
        "멜로디는 {low}부터 {high}까지, {name}의 음역은 {lowest}부터 {highest}까지라 어느 옥타브에도 맞지 않습니다. "
        "{instead:ko}.",
    '"{title}" has no note with a lyric: give each note one syllable of Hangul.':
        "“{title}”에 가사가 있는 음이 없습니다. 음마다 한글 한 음절을 주세요.",
    "Note {at} ({lyric}, {pitch}) lies outside what {name} sings, {low} to {high}: sing fit(score, voice), or another "
    "voice.":
        "{at}번째 음({lyric}, {pitch})이 {name}의 음역({low}부터 {high}까지)을 벗어납니다. fit(score, voice)로 옥타브를 맞추거나 "
        "다른 목소리로 부르세요.",
    "Note {at} has the lyric “{lyric}”: a note takes one syllable of Hangul, or \"-\" to hold the one before.":
        "{at}번째 음의 가사가 “{lyric}”입니다. 한 음에는 한글 한 음절, 또는 앞 음절을 끄는 “-”를 쓰세요.",
    "Note {at} ({lyric}) begins before note {before} has ended; shorten that.":
        "{at}번째 음({lyric})이 {before}번째 음이 끝나기 전에 시작합니다. 앞의 음을 줄이세요.",
    'The "-" at beat {beat} comes after a rest and has no syllable to hold.':
        "{beat}박의 “-” 앞이 쉼표라서 끌 음절이 없습니다.",
    "The phrase at beat {beat} is too long for one breath: put a rest into it.":
        "{beat}박에서 시작하는 프레이즈가 한 호흡에 부르기에 너무 깁니다. 사이에 쉼표를 넣으세요.",
    "“{syllable}” has {ms} ms, too short for its sounds; give it at least {least} ms.":
        "“{syllable}”의 길이가 {ms} ms로, 소리를 다 내기에 너무 짧습니다. 적어도 {least} ms를 주세요.",
    "The new pitch has {n} frames and the voice has {frames}.":
        "프레임 수가 서로 다릅니다. 새 음높이: {n}, 목소리: {frames}.",
    "The new pitch has no value where the voice is voiced: give every such frame its hertz.":
        "유성음 구간에 새 음높이의 값이 없습니다. 그 구간의 프레임마다 헤르츠 값을 주세요.",
    "Breath is an amount from 0 (as recorded) to 1 (whispered), not {amount}.":
        "숨소리의 양은 0(녹음 그대로)부터 1(속삭임)까지입니다({amount:은/는} 안 됩니다).",
    "A take is tuned by an amount from 0 (as sung) to 1 (all the way), not {amount}.":
        "음정 보정의 양은 0(부른 그대로)부터 1(완전히)까지입니다({amount:은/는} 안 됩니다).",
    "The take has no pitch where the score has notes: move the score to the take's time.":
        "악보에 음표가 있는 자리에서 녹음에 음높이가 없습니다. 악보를 녹음의 시간에 맞추세요.",
    "The recording lasts {minutes} minutes, and the vocoder takes {most} at most: take one verse at a time.":
        "녹음이 {minutes}분입니다. 보코더는 {most}분까지 다루니 한 절씩 나누세요.",
    "A voice can be stretched to 1/{most} to {most} times its length, not {ratio}.":
        "목소리의 길이는 1/{most}배부터 {most}배까지 바꿀 수 있습니다({ratio}배는 안 됩니다).",
}  # fmt: skip
"""reading.py, phonemes.py, voice.py, singing.py and vocoder.py."""

MEASURES: Table = {
    "YIN searches from 20 Hz up to {limit} Hz at {rate} Hz, not {low} to {high}.":
        "샘플레이트 {rate} Hz에서 YIN은 20 Hz부터 {limit} Hz까지 찾습니다({low}부터 {high}까지는 안 됩니다).",
    "This recording has no pitch that can be followed: use one voice or instrument, without a hall.":
        "녹음에서 따라갈 음높이를 찾지 못했습니다. 잔향 없이 목소리나 악기 하나만 녹음한 것을 쓰세요.",
    "A timbre is learned from {least} s or more; this recording lasts {seconds} s.":
        "음색을 배우려면 {least}초 이상이 필요한데 녹음은 {seconds}초입니다.",
    "There is no text to compare with: give the words that were said or sung.":
        "견줄 글이 없습니다. 말하거나 노래한 말을 주세요.",
    "These curves have hops of {hop} and {other} s: estimate both with one hop.":
        "두 곡선의 홉이 {hop}초와 {other}초로 다릅니다. 같은 홉으로 추정하세요.",
    "The two curves have no frame in which both are voiced: nothing can be compared.":
        "두 곡선이 함께 유성음인 프레임이 없어 견줄 수 없습니다.",
    "Timbre is compared up to {top} Hz, which needs a rate of {least} Hz or more, not {rate}.":
        "음색은 {top} Hz까지 견주므로 샘플레이트가 {least} Hz 이상이어야 합니다({rate} Hz는 안 됩니다).",
    "The recordings last {seconds} and {other} s: compare them with warp=True.":
        "녹음의 길이가 {seconds}초와 {other}초로 다릅니다. warp=True로 견주세요.",
    "At most {limit} s can be aligned, not {seconds}: cut the recording.":
        "{limit}초까지만 맞추어 견줄 수 있는데 {seconds}초입니다. 녹음을 자르세요.",
    "The two recordings never sound at the same time: compare them with warp=True.":
        "두 녹음에 함께 소리 나는 곳이 없습니다. warp=True로 견주세요.",
    "One of the recordings is silent: there is no timbre to compare.": "한쪽 녹음이 무음이라 견줄 음색이 없습니다.",
    "Hisses reach {top} Hz; a recording at {rate} Hz has lost them: use 24000 or more.":
        "치찰음은 {top} Hz까지 올라가는데 {rate} Hz 녹음에는 남아 있지 않습니다. 24000 Hz 이상을 쓰세요.",
    "This recording has no {missing}: measure a line that has both.":
        "녹음에 {missing:ko} 소리가 없습니다. 모음과 치찰음이 다 있는 소절로 재세요.",
    "This recording has {seconds} s of voice; a voice is recognised from {least} s on.":
        "녹음에 목소리가 {seconds}초뿐입니다. 누구의 목소리인지 알려면 {least}초 이상이 필요합니다.",
    "A watermark carries a whole number from 0 to {highest}, not {payload}.":
        "워터마크에는 0부터 {highest}까지의 정수를 넣습니다({payload:은/는} 안 됩니다).",
    "The recordings have {n} and {other} samples: compare equal lengths.":
        "두 녹음의 샘플이 {n}개와 {other}개로 다릅니다. 길이가 같은 것을 견주세요.",
    "The original is silent: nothing in it can mask a change.": "원본이 무음이라 바뀐 곳을 가려 줄 소리가 없습니다.",
    "This recording lasts {seconds} s; a watermark needs {least} s or more of sound.":
        "녹음이 {seconds}초입니다. 워터마크에는 소리가 {least}초 이상 필요합니다.",
}  # fmt: skip
"""pitch.py, ddsp.py, metrics_text.py, metrics_voice.py, speaker.py and watermark.py."""

MIXING: Table = {
    "Audio of shape {shape} is neither mono (n,) nor stereo (n, 2); reshape it.":
        "{shape} 모양의 오디오는 모노(n,)도 스테레오(n, 2)도 아닙니다. 모양을 바꾸세요.",
    "There are no samples to mix; check that the recording is not empty.":
        "믹스할 샘플이 없습니다. 녹음이 비어 있지 않은지 확인하세요.",
    "The audio holds values that are not numbers; render or record it again.":
        "오디오에 숫자가 아닌 값이 있습니다. 다시 렌더링하거나 녹음하세요.",
    "A filter at {hertz} Hz is impossible at {rate} Hz; choose one below {limit} Hz.":
        "샘플레이트 {rate} Hz에서는 {hertz} Hz 필터를 쓸 수 없습니다. {limit} Hz보다 낮게 고르세요.",
    "Loudness is measured over {window} s, and there are only {seconds} s of audio; measure a longer passage.":
        "라우드니스는 {window}초 단위로 재는데 오디오가 {seconds}초뿐입니다. 더 긴 구간을 재세요.",
    "A place of {place} lies outside the stereo picture; choose one from -1 (left) to 1.":
        "팬 {place:은/는} 스테레오 범위를 벗어납니다. -1(왼쪽)부터 1까지로 고르세요.",
    "A silent channel cannot be brought to a loudness; check its stem.":
        "무음 채널은 라우드니스를 맞출 수 없습니다. 스템을 확인하세요.",
    "There is no channel to mix; plug at least one stem into the desk.":
        "믹스할 채널이 없습니다. 믹서에 스템을 적어도 하나 연결하세요.",
    "The mix is silent; check that a fader is up and that its stem has sound.":
        "믹스가 무음입니다. 페이더가 올라가 있는지, 스템에 소리가 있는지 확인하세요.",
    "{lufs} LUFS would need more than 12 dB of limiting, since a peak stands far above the rest; compress or turn down the "
    "channel that it comes from.":
        "튀는 피크가 있어 {lufs} LUFS에 맞추려면 리미터가 12 dB 넘게 눌러야 합니다. 그 피크가 나는 채널에 컴프레서를 걸거나 "
        "레벨을 내리세요.",
}  # fmt: skip
"""mixing.py."""

FACE: Table = {
    "A video of {width} x {height} pixels is not possible; choose even numbers from 64 to 4096.":
        "{width} x {height} 픽셀 영상은 만들 수 없습니다. 64부터 4096까지의 짝수로 고르세요.",
    "{path} is not the name of a video; let it end in .mp4.": "{path:은/는} 영상 이름이 아닙니다. .mp4로 끝내세요.",
    "The sound is silent; measure lip-sync against the voice that is sung.":
        "소리가 무음입니다. 노래하는 목소리로 립싱크를 재세요.",
    "Lip-sync is measured over at least two seconds; there are {seconds} s.":
        "립싱크는 2초 이상으로 재는데 {seconds}초뿐입니다.",
    "{path} holds no video that can be opened; render it again.": "{path}에 열 수 있는 영상이 없습니다. 다시 렌더링하세요.",
    "No open mouth is seen in {path}; check that the singer sings, and give the mouth's box.":
        "{path}에서 벌린 입이 보이지 않습니다. 가수가 노래하는지 확인하고 입이 있는 자리(box)를 정해 주세요.",
    "lips {ms} ms {way}, correlation {r}": "입술 {ms} ms {way:ko}, 상관 {r}",
    "There is no blendshape {name}; the names are ARKit's, such as jawOpen or mouthSmileLeft.":
        "{name} 블렌드셰이프가 없습니다. jawOpen, mouthSmileLeft 같은 ARKit 이름을 쓰세요.",
    "There is nothing to animate in {seconds} s at {fps} frames a second.":
        "길이 {seconds}초, 초당 {fps}프레임으로는 만들 애니메이션이 없습니다.",
    "The sound {symbol} at {seconds} s is out of order; sort the sounds by time.":
        "{seconds}초의 소리 {symbol}의 차례가 어긋납니다. 소리를 시간순으로 놓으세요.",
    "{path} is no Live Link Face recording (CSV); export it again.":
        "{path:은/는} Live Link Face 녹화 파일(CSV)이 아닙니다. 다시 내보내세요.",
    "{path} has no blendshape columns; a Live Link Face recording names them, such as JawOpen.":
        "{path}에 블렌드셰이프 열이 없습니다. Live Link Face 녹화 파일에는 JawOpen 같은 열이 있습니다.",
    "{path} holds no face curves (exportFps, facsNames, weightMat): {why}.":
        "{path}에 얼굴 커브(exportFps, facsNames, weightMat)가 없습니다: {why}.",
    "{path} holds no frames that can be played; export it again, at 1 to 240 frames a second.":
        "{path}에 재생할 프레임이 없습니다. 초당 1프레임에서 240프레임 사이로 다시 내보내세요.",
}  # fmt: skip
"""face.py, lipsync.py and visemes.py."""

LISTENING: Table = {
    "A rating compares 2 to 10 clips, not {n}: nobody keeps more in mind.":
        "평가는 소리 2개에서 10개를 견줍니다({n}개는 안 됩니다). 그보다 많으면 기억하지 못합니다.",
    "The test adds the clip “{name}” itself: give yours another name.":
        "“{name}” 소리는 시험이 스스로 넣습니다. 다른 이름을 쓰세요.",
    "ABX takes 5 to 40 rounds, not {n}: fewer prove nothing, more tire the ear.":
        "ABX는 5회에서 40회까지 합니다({n}회는 안 됩니다). 적으면 증명이 안 되고 많으면 귀가 지칩니다.",
    "The clip “{name}” is silent: there is nothing to listen to.": "“{name}” 소리가 무음입니다. 들을 것이 없습니다.",
    "A listening test is a page (.html) with at least one question: give both.":
        "청취 평가는 문항이 하나라도 있는 페이지(.html)입니다. 이름과 문항을 주세요.",
    "{path} holds no key of a listening test: it was written beside the page.":
        "{path}에 청취 평가의 열쇠가 없습니다. 열쇠는 페이지 옆에 저장됩니다.",
    "{name} does not hold one listener more: give each table once.":
        "{name}에 새로운 청취자 한 사람이 들어 있지 않습니다. 표를 하나씩 한 번만 주세요.",
    "{name} has {n} answers, and the test asks for {wanted}: use the file as downloaded.":
        "{name}의 답은 {n}개인데 평가 문항은 {wanted}개입니다. 내려받은 파일을 그대로 쓰세요.",
    "There are no answers yet: give the page to listeners and collect their tables.":
        "아직 답이 없습니다. 청취자에게 페이지를 주고 답 표를 모으세요.",
    "{name} cannot be read: give the table as it was downloaded.": "{name:을/를} 읽을 수 없습니다. 내려받은 표를 그대로 주세요.",
    "{name} is no table of a listening test: use the file as downloaded.":
        "{name:은/는} 청취 평가의 답 표가 아닙니다. 내려받은 파일을 그대로 쓰세요.",
    "{name} answers another test than this key's: keep page, key and tables together.":
        "{name:은/는} 이 열쇠의 평가가 아닌 다른 평가의 답입니다. 페이지와 열쇠와 답 표를 함께 두세요.",
    "{name} has the answer “{answer}” to clip {code}: use the file as downloaded.":
        "{name}에 소리 {code}의 답이 “{answer}”라고 적혀 있습니다. 내려받은 파일을 그대로 쓰세요.",
    "This test has no ABX answers to count.": "이 평가에는 셀 ABX 답이 없습니다.",
}  # fmt: skip
"""listening.py."""

RELEASE: Table = {
    "A delivery is made at {wanted} Hz, and this desk runs at {rate} Hz: resample first.":
        "납품은 {wanted} Hz로 만드는데 이 믹서는 {rate} Hz입니다. 먼저 리샘플링하세요.",
    "The desk has no channel called “{voice}”: name the singing so, it is what is marked and checked.":
        "믹서에 “{voice}” 채널이 없습니다. 노래 채널에 이 이름을 붙이세요. 워터마크와 검사가 이 채널을 씁니다.",
    "The song has no singer: name every voice that is heard, with its licence or consent.":
        "노래에 가수가 없습니다. 들리는 목소리마다 이름과 라이선스나 동의서를 적으세요.",
    "{name} is not a bundled voice: add the signed consent of the person whose voice it is.":
        "{name:은/는} 들어 있는 목소리가 아닙니다. 목소리 주인이 서명한 동의서를 넣으세요.",
    "The consent is for the voice of {given}, not of {name}: add the right one.":
        "{name}의 목소리가 아니라 {given}의 목소리에 대한 동의서입니다. 맞는 것을 넣으세요.",
    "There is no folder {folder}: write the delivery first.": "{folder} 폴더가 없습니다. 먼저 납품을 만드세요.",
    "There is no stem NN-{voice}.wav: name the singing so.": "NN-{voice}.wav 스템이 없습니다. 노래 스템에 이 이름을 붙이세요.",
    "There is no {ending} file in the folder: write the delivery again.":
        "폴더에 {ending} 파일이 없습니다. 납품을 다시 만드세요.",
    "There are {n} {ending} files where one is delivered: take the others away.":
        "{ending} 파일이 {n}개입니다. 하나만 납품하니 나머지를 치우세요.",
    "{file} is missing: nobody knows who sings and by what right; write the delivery again.":
        "{file:이/가} 없어 누가 어떤 권리로 노래하는지 알 수 없습니다. 납품을 다시 만드세요.",
    "{file} cannot be read: write the delivery again.": "{file:을/를} 읽을 수 없습니다. 납품을 다시 만드세요.",
    "{file} is missing: write the delivery again.": "{file:이/가} 없습니다. 납품을 다시 만드세요.",
    "{file} has changed since the credits were written: write the delivery again.":
        "{file:이/가} 크레디트를 쓴 뒤에 바뀌었습니다. 납품을 다시 만드세요.",
    "stems/{file} is not in the credits: take it away, or write the delivery again.":
        "stems/{file:은/는} 크레디트에 없습니다. 치우거나 납품을 다시 만드세요.",
    "{file} names no voice: name every voice that is heard, with its licence or consent.":
        "{file}에 목소리가 적혀 있지 않습니다. 들리는 목소리마다 이름과 라이선스나 동의서를 적으세요.",
    "The disclosure says that no sound is generated, and a model sang: correct it.":
        "생성한 소리가 없다고 표시했는데 노래는 모델이 불렀습니다. 바로잡으세요.",
    "The notice ({language}) does not say what the disclosure says: write the delivery again.":
        "고지({language})가 공개 기록과 다릅니다. 납품을 다시 만드세요.",
    "{name} is not a bundled voice, and no consent is with it: ask the person whose voice it is.":
        "{name:은/는} 들어 있는 목소리가 아니고 동의서도 없습니다. 목소리 주인에게 물으세요.",
    "The credit of {name} is not what its licence asks for: {credit} ({licence}).":
        "{name}의 크레디트가 라이선스가 요구하는 것과 다릅니다. 이렇게 적으세요: {credit} ({licence}).",
    "There are {n} stems: a song is delivered as its voice and at least one more.":
        "스템이 {n}개입니다. 노래는 목소리와 적어도 하나의 다른 스템으로 납품합니다.",
    "stems/{file} is not named like stem {number}: number them 01, 02, … without a gap.":
        "stems/{file:은/는} {number}번 스템의 이름이 아닙니다. 01, 02, …로 빠짐없이 번호를 붙이세요.",
    "stems/{file} is silent: leave it out, or put its sound in.":
        "stems/{file:은/는} 무음입니다. 빼거나 소리를 넣으세요.",
    "The stems are between {short} and {long} s long: print all of them from beat 0 to the same end, or they will not "
    "line up.":
        "스템의 길이가 {short}초에서 {long}초까지 제각각입니다. 모두 첫 박부터 같은 끝까지 뽑아야 줄이 맞습니다.",
    "{file} is {form}: deliver WAV of {bits}-bit PCM.": "{file:은/는} {form}입니다. {bits}비트 PCM WAV로 납품하세요.",
    "{file} has {rate} Hz: deliver {wanted} Hz.": "{file:은/는} {rate} Hz입니다. {wanted} Hz로 납품하세요.",
    "{file} is clipped at {n} places: its peaks are cut flat; print it again at a lower level.":
        "{file:은/는} {n}군데에서 클리핑되어 피크가 평평하게 잘렸습니다. 레벨을 낮춰 다시 뽑으세요.",
    "{file} lasts {seconds} s: that is no song.": "{file:은/는} {seconds}초입니다. 노래라고 할 수 없습니다.",
    "{file} has {loudness} LUFS; streaming services play at {wanted}: master it again.":
        "{file:은/는} {loudness} LUFS입니다. 스트리밍 서비스의 기준은 {wanted} LUFS이니 다시 마스터링하세요.",
    "{file} peaks at {peak} dBTP; the ceiling is {ceiling}: limit true peaks, not samples.":
        "{file}의 피크가 {peak} dBTP입니다. 상한은 {ceiling} dBTP입니다. 샘플이 아니라 트루 피크를 리미팅하세요.",
    "{file} is not its stems: {depth} dB of it remain when they are taken away (below {limit} is the same mix); print stems "
    "and master from one desk.":
        "{file:이/가} 스템의 합이 아닙니다. 스템을 빼고도 {depth} dB가 남습니다({limit} 아래면 같은 믹스입니다). 스템과 마스터를 "
        "한 믹서에서 뽑으세요.",
    "{file} and the stems are not equally long: print stems and master from one desk.":
        "{file:과/와} 스템의 길이가 다릅니다. 스템과 마스터를 한 믹서에서 뽑으세요.",
    "{file} is silent: turn a fader up, and master it again.": "{file:은/는} 무음입니다. 페이더를 올리고 다시 마스터링하세요.",
    "{file} {where} with {seconds} s of silence: cut it to {most} s or less.":
        "{file:이/가} {seconds}초 무음으로 {where:ko}. {most}초 이하로 자르세요.",
    "The melody has no words: lay the lyrics under its notes.": "멜로디에 가사가 없습니다. 음표 아래에 가사를 놓으세요.",
    "The MIDI file and the .ustx hold different melodies: write both from one score.":
        "MIDI 파일과 .ustx의 멜로디가 다릅니다. 둘 다 한 악보에서 만드세요.",
    "{table} and {layout} hold different curves: write both from one animation.":
        "{table:과/와} {layout}의 커브가 다릅니다. 둘 다 한 애니메이션에서 만드세요.",
    "The mouth is frozen: jawOpen hardly moves; animate the face from the song's own sounds.":
        "입이 멈춰 있습니다. jawOpen이 거의 움직이지 않습니다. 이 노래의 소리로 얼굴을 움직이세요.",
    "The face moves for {face} s and the song lasts {song} s: animate all of it.":
        "얼굴은 {face}초 움직이고 노래는 {song}초입니다. 끝까지 움직이세요.",
    "No note is held for 0.4 s, so its pitch was not compared with the score.":
        "0.4초 넘게 끄는 음이 없어 음정을 악보와 비교하지 않았습니다.",
    "The voice sounds for {share} of the time of the held notes: it does not sing the delivered score.":
        "끄는 음 가운데 {share}에서만 목소리가 들립니다. 납품한 악보를 부르지 않습니다.",
    "Held notes are {off} cents from the score (median; {most} at most): is it the right melody and key?":
        "끄는 음이 악보에서 {off}센트 벗어납니다(중앙값, {most}센트까지). 멜로디와 조가 맞습니까?",
    "{file} does not play the master (they correlate with {alike}): render it again.":
        "{file:이/가} 마스터를 들려주지 않습니다(상관 {alike}). 다시 렌더링하세요.",
    "{file} plays the master {late} ms late: render it again.":
        "{file}의 소리가 마스터보다 {late} ms 늦습니다. 다시 렌더링하세요.",
    "{file} lasts {film} s and the song {song} s: render all of it.":
        "{file:은/는} {film}초이고 노래는 {song}초입니다. 끝까지 렌더링하세요.",
    "{file}: the mouth does not sing this song ({sync}); render it from the delivered curves.":
        "{file}: 입이 이 노래를 부르지 않습니다({sync:ko}). 납품한 커브로 렌더링하세요.",
    "{file}: {sync}; viewers notice lips that are more than {early} ms early or {late} ms late.":
        "{file}: {sync:ko}. 입 모양이 {early} ms 넘게 빠르거나 {late} ms 넘게 늦으면 보는 사람이 알아챕니다.",
    "The watermark was not looked for: give the key {key}.": "워터마크를 찾아보지 않았습니다. {key} 키를 주세요.",
    "The credits name the watermark key {key}, and you gave {given}: use that one.":
        "크레디트에 적힌 워터마크 키는 {key}인데 {given:을/를} 주셨습니다. 적힌 키를 쓰세요.",
    "{file} carries no watermark of the key {key}: write the delivery again.":
        "{file}에 {key} 키의 워터마크가 없습니다. 납품을 다시 만드세요.",
    "The watermark is there, but its number cannot be read with certainty.":
        "워터마크는 있지만 번호를 확실히 읽을 수 없습니다.",
    "The watermark says {found}, and the credits say {stated}: write the delivery again.":
        "워터마크의 번호는 {found}인데 크레디트에는 {stated:이라고/라고} 적혀 있습니다. 납품을 다시 만드세요.",
    "{file} is no song of this course ({why}): take first-snow.json as a pattern.":
        "{file:은/는} 이 강의의 노래 파일이 아닙니다({why}). first-snow.json을 본보기로 삼으세요.",
    "“{title}” has the bars 0 to {last}; there is no part from {first} to {end}.":
        "“{title}”에는 0마디부터 {last}마디까지 있습니다. {first}마디부터 {end}마디까지는 없습니다.",
    "Nothing is sung in the bars {first} to {last}: choose others.":
        "{first}마디부터 {last}마디까지는 노래가 없습니다. 다른 마디를 고르세요.",
    "The shots of a film are in order of time, and the first begins at 0: sort them.":
        "영상의 숏은 시간순이고 첫 숏은 0에서 시작합니다. 차례를 맞추세요.",
    "The camera's zoom goes from 1 to {most}, not {near} to {nearer}.":
        "카메라 줌은 1부터 {most}까지입니다({near}부터 {nearer}까지는 안 됩니다).",
}  # fmt: skip
"""The delivery and its check, the film, and the song's file."""

MEASURED: Table = {
    "length {seconds} s": "길이 {seconds}초",
    "loudness {lufs} LUFS": "라우드니스 {lufs} LUFS",
    "true peak {peak} dBTP": "트루 피크 {peak} dBTP",
    "loudness range {range} LU": "라우드니스 범위 {range} LU",
    "master against the sum of its stems {depth} dB": "마스터에서 스템의 합을 뺀 나머지 {depth} dB",
    "held notes {cents} cents from the score (median)": "끄는 음이 악보에서 {cents}센트 벗어남(중앙값)",
    "held notes voiced for {share} of their time": "끄는 음 가운데 목소리가 들리는 시간 {share}",
    "lips {ms} ms against the voice (positive: late)": "목소리에 견준 입술 {ms} ms(양수: 늦음)",
    "mouth and voice correlate with {r}": "입과 목소리의 상관 {r}",
    "jaw moves by {jaw} (standard deviation, 0 to 1)": "턱의 움직임 {jaw}(0부터 1까지의 표준편차)",
    "watermark in the master {score} deviations above chance": "마스터의 워터마크, 우연보다 표준편차 {score}배 위",
}  # fmt: skip
"""What the check of a delivery measures: release.MEASURES."""

STUDIO: Table = {
    "The melody of this page cannot be read: reload the page and draw it again.":
        "이 페이지의 멜로디를 읽을 수 없습니다. 페이지를 새로 고치고 다시 그리세요.",
    "There is no melody yet: draw notes in the piano roll, or open a file.":
        "아직 멜로디가 없습니다. 피아노 롤에 음을 그리거나 파일을 여세요.",
    "The melody has {n} notes; a song here has {limit} at most: take a part of it.":
        "멜로디의 음이 {n}개입니다. 여기서는 {limit}개까지이니 일부만 쓰세요.",
    "The words have {n} characters; a song here has {limit} at most: sing a part of them.":
        "가사가 {n}자입니다. 여기서는 {limit}자까지이니 일부만 부르세요.",
    "There are no words to sing yet: write one syllable of Hangul for each note.":
        "아직 부를 가사가 없습니다. 음마다 한글 한 음절을 쓰세요.",
    "The song lasts {seconds} s; {limit} s are sung here at most: take a part of it.":
        "노래가 {seconds}초입니다. 여기서는 {limit}초까지이니 일부만 부르세요.",
}  # fmt: skip
"""studio.py."""

SENTENCES: Table = {
    **WRITING, **VOICE, **MEASURES, **MIXING, **FACE, **LISTENING, **RELEASE, **MEASURED, **STUDIO,
}  # fmt: skip

korean = translator(COMMON, SENTENCES, words=WORDS)
"""An error or a line of a report in Korean."""
