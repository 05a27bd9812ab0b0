"""What the film module says, in Korean: errors, findings, and the lines of its reports."""

from hallyu.film.framing import SIZES
from hallyu.korean import COMMON, Table, translator

WORDS: Table = {
    "the {count} frames of this shot": "이 샷의 프레임 {count}장", "this frame": "이 프레임", "mattes": "매트",
    "true mattes": "기준 매트", "figure": "인물", "background": "배경",
    "up": "위로", "down": "아래로", "left": "왼쪽", "right": "오른쪽",
    "Picture track {number}": "영상 트랙 {number}", "Sound track {number}": "사운드 트랙 {number}",
    "{path}, line {number}": "{path} {number}번째 줄", "none": "없음",
    ": paint one by rule with snow_forest()": ". snow_forest()로 규칙에 따라 그리세요",
    ": use a plate that comes with its depth, as snow_forest() does": ". snow_forest()처럼 깊이가 딸린 플레이트를 쓰세요",
    "Track {number}": "트랙 {number}",
    "The edit {title}": "편집 {title}", "no timecode": "타임코드 없음", "missing": "없음", "nothing": "이름 없음",
    "video": "영상", "audio": "사운드",
    "eyes": "눈", "mouth": "입",
    "handles": "핸들", "name": "이름", "media": "소스", "speed": "속도", "dissolve": "디졸브", "effect": "효과", "marker": "마커",
    "track": "트랙",
    "{n} clip": "클립 {n}개", "{n} clips": "클립 {n}개", "{n} sequence": "시퀀스 {n}개", "{n} sequences": "시퀀스 {n}개",
    "{n} frame": "{n}프레임", "{n} frames": "{n}프레임",
    "neck": "목", "knees": "무릎", "ankles": "발목",
    **{english: korean for english, korean, _ in SIZES.values()},
}  # fmt: skip
"""Words and short phrases inside the sentences."""

COLOUR: Table = {
    # colour.py, ciede2000.py, scopes.py
    "A frame has the shape (height, width, 3), or 4 with a matte, not {shape}; reshape it.":
        "프레임은 (높이, 너비, 3) 모양이고 매트가 있으면 4입니다. {shape:은/는} 안 되니 모양을 바꾸세요.",
    "A frame holds code values from 0 to 1, and this one holds whole numbers ({kind}); divide 8 bits by 255, 10 bits by 1023, "
    "16 bits by 65535.":
        "프레임의 값은 0에서 1까지인데 이것은 정수({kind})입니다. 8비트는 255로, 10비트는 1023으로, 16비트는 "
        "65535로 나누세요.",
    "The frame's pixel at x = {x}, y = {y} is not a number (NaN or infinite); render that frame again.":
        "프레임의 x = {x}, y = {y} 픽셀이 숫자가 아닙니다(NaN이나 무한대). 그 프레임을 다시 렌더링하세요.",
    "Frames of {one} and {other} cannot be compared; scale one to the other.":
        "크기가 {one:과/와} {other}인 프레임은 견줄 수 없습니다. 한쪽을 다른 쪽 크기로 바꾸세요.",
    "There are no pixels to compare; choose a mask that covers some.": "견줄 픽셀이 없습니다. 픽셀을 덮는 마스크를 고르세요.",
    "ΔE00 {mean} mean, {high} at 95 %": "ΔE00 평균 {mean}, 95 % 지점 {high}",
    "{crushed} of the pixels crushed, {clipped} clipped": "검정에 뭉친 픽셀 {crushed}, 흰색에 잘린 픽셀 {clipped}",
    # transfer.py
    "The mask is {wide} x {high} and the frame {width} x {height}; make them one size.":
        "마스크는 {wide} x {high}, 프레임은 {width} x {height}입니다. 크기를 같게 하세요.",
    "The mask, or the frames' matte, covers no pixel; choose one that covers some.":
        "마스크나 프레임의 매트가 덮는 픽셀이 없습니다. 픽셀을 덮는 것을 고르세요.",
    "The {name} colours have the shape {shape}; give (n, 3) of two colours or more, as transfer.sample draws them from frames.":
        "{name} 색의 모양이 {shape}입니다. transfer.sample이 프레임에서 뽑듯이 두 가지 이상의 색을 (n, 3)으로 주세요.",
    "There are no frames to take colours from; give one or more.": "색을 뽑을 프레임이 없습니다. 하나 이상 주세요.",
    # match.py
    "Only {share} of what both show follows one grade; the light changed, or half the picture moved.":
        "두 샷에 함께 보이는 것 가운데 {share}만 한 가지 그레이드를 따릅니다. 빛이 바뀌었거나 화면의 절반이 움직였습니다.",
    "There are no frames to match; give one or more of the shot and of the reference.":
        "맞출 프레임이 없습니다. 샷과 레퍼런스에서 하나 이상씩 주세요.",
    "There are {n} pixels of the shot and {m} of the reference to compare; give frames or masks of {least} or more.":
        "견줄 픽셀이 샷에 {n}개, 레퍼런스에 {m}개뿐입니다. {least}개 이상이 되는 프레임이나 마스크를 주세요.",
    "by {how}: before {before}, after {after}, by CDL alone {cdl}":
        "방식 {how}: 전 {before:ko}, 후 {after:ko}, CDL만으로 {cdl:ko}",
    "{left} is left and {least} would do: shot and reference hold different things; give mattes of what both show.":
        "차이가 {left:ko} 남았고 {least}까지 줄 수 있었습니다. 샷과 레퍼런스에 서로 다른 것이 있으니 함께 "
        "보이는 것의 매트를 주세요.",
    "{left} is left, more than a match may have; look where, and grade that by hand.":
        "차이가 {left:ko} 남아 매치로 보기에 큽니다. 어디인지 보고 그곳은 손으로 그레이딩하세요.",
    # lut.py
    "A LUT is read by one of {ways}, not {way}; choose one of these.":
        "LUT는 {ways} 가운데 하나로 읽습니다({way:은/는} 없습니다).",
    "A LUT is solved with 3 to 65 nodes along an axis, not {n}; 33 is usual.":
        "LUT는 한 축에 3개부터 65개까지의 점으로 풉니다({n:은/는} 안 됩니다). 보통 33개를 씁니다.",
    "A LUT's title is one line without quotation marks, and this is {title}; shorten it.":
        "LUT의 제목은 따옴표 없는 한 줄이어야 하는데 {title}입니다. 줄이세요.",
    "In {share} of the picture brighter becomes darker; solve it with more smoothness.":
        "화면의 {share}에서 밝은 곳이 더 어두워집니다. 매끄러움을 높여 다시 푸세요.",
    "In {share} of the picture it leaves no contrast; solve it with more smoothness.":
        "화면의 {share}에서 콘트라스트가 사라집니다. 매끄러움을 높여 다시 푸세요.",
    "It clips {share} of the picture; lower its gain or bend it with lut.into_gamut.":
        "화면의 {share}가 잘립니다. 게인을 낮추거나 lut.into_gamut으로 구부리세요.",
    "It stretches neighbouring levels {times} times, which shows as bands; solve it with more smoothness or grade less.":
        "이웃한 계조가 {times}배로 벌어져 밴딩이 보입니다. 매끄러움을 높여 다시 풀거나 그레이드를 약하게 하세요.",
    "Pairs of colours have the shape (n, 3) twice, not {one} and {other}; give as many wanted colours as there are colours.":
        "색의 짝은 둘 다 (n, 3) 모양이어야 하는데 {one:과/와} {other}입니다. 색과 같은 수의 목표색을 주세요.",
    "The frame holds values that are not numbers (NaN or infinite); render it again.":
        "프레임에 숫자가 아닌 값(NaN이나 무한대)이 있습니다. 다시 렌더링하세요.",
    "The pairs hold values that are not numbers; take them from another frame.":
        "색의 짝에 숫자가 아닌 값이 있습니다. 다른 프레임에서 뽑으세요.",
    "{path} cannot be read ({why}); check where the LUT lies.":
        "{path:을/를} 읽을 수 없습니다({why}). LUT가 어디 있는지 확인하세요.",
    "{path} holds a shaper and a cube; export it as one 3D LUT without a shaper.":
        "{path}에 셰이퍼와 큐브가 함께 있습니다. 셰이퍼 없이 3D LUT 하나로 내보내세요.",
    "{path} holds {rows} rows, and a {d}D LUT of size {n} has {count}; export it again.":
        "{path:은/는} {rows}줄인데 크기 {n}의 {d}D LUT는 {count}줄입니다. 다시 내보내세요.",
    "{path} is larger than {size} MB, which no LUT is; choose another file.":
        "{path:이/가} {size} MB를 넘습니다. 그만큼 큰 LUT는 없으니 다른 파일을 고르세요.",
    "{where} is not text, so it is no .cube file; choose the LUT that was exported as .cube.":
        "{where:은/는} 글이 아니므로 .cube 파일이 아닙니다. .cube로 내보낸 LUT를 고르세요.",
    "{n} pairs need as many weights, 0 or more and not all of them 0.":
        "짝이 {n}개이니 가중치도 그만큼, 0 이상으로, 모두 0은 아니게 주세요.",
    "{path} says neither LUT_1D_SIZE nor LUT_3D_SIZE; export the LUT as .cube.":
        "{path}에 LUT_1D_SIZE도 LUT_3D_SIZE도 없습니다. LUT를 .cube로 내보내세요.",
    "{path} was not written, because the LUT holds values that are not numbers; solve it again.":
        "LUT에 숫자가 아닌 값이 있어 {path:을/를} 쓰지 못했습니다. 다시 푸세요.",
    "{path}: the domain begins at {low} and ends at {high}; the end must be higher.":
        "{path}: 도메인이 {low}에서 시작해 {high}에서 끝납니다. 끝이 더 높아야 합니다.",
    "{where}: the size of a {d}D LUT is a whole number from 2 to {most}, not {given}.":
        "{where:ko}: {d}D LUT의 크기는 2부터 {most}까지의 정수입니다({given:은/는} 안 됩니다).",
    "{where}: there are more rows than the LUT's size; export it again.":
        "{where:ko}: 줄이 LUT의 크기보다 많습니다. 다시 내보내세요.",
    "{where}: there should be {count} numbers, and there is {found}; export the LUT again.":
        "{where:ko}: 숫자 {count}개가 있어야 하는데 “{found}”입니다. LUT를 다시 내보내세요.",
    "{where}: {word} is no keyword of a .cube file; export the LUT as .cube.":
        "{where:ko}: {word:은/는} .cube 파일의 키워드가 아닙니다. LUT를 .cube로 내보내세요.",
    # cdl.py
    "A CDL's {name} is three numbers, and {grade} has {values}.":
        "CDL의 {name} 값은 숫자 셋인데 {grade}에는 {values:이/가} 있습니다.",
    "Pairs of colours have the shape (n, 3) twice, four or more, not {one} and {other}.":
        "색의 짝은 넷 이상, 둘 다 (n, 3) 모양이어야 하는데 {one:과/와} {other}입니다.",
    "The grade {grade} has slope {slope}, power {power} and saturation {saturation}; a CDL needs slope and saturation of 0 or "
    "more and power above 0.":
        "그레이드 {grade}의 슬로프는 {slope}, 파워는 {power}, 채도는 {saturation}입니다. CDL의 슬로프와 채도는 "
        "0 이상, 파워는 0보다 커야 합니다.",
    "Two grades are called {grade}; give each shot's grade an id of its own.":
        "{grade:이라는/라는} 그레이드가 둘입니다. 샷마다 다른 id를 주세요.",
    "{path} begins with <{tag}>, and a {ending} file with <{root}>; export the grade again.":
        "{path:은/는} <{tag}>로 시작하는데 {ending} 파일은 <{root}>로 시작합니다. 그레이드를 다시 내보내세요.",
    "{path} cannot be read ({why}); check where the grade lies.":
        "{path:을/를} 읽을 수 없습니다({why}). 그레이드가 어디 있는지 확인하세요.",
    "{path} declares a document type or entities, which no CDL needs; export the grade again.":
        "{path}에 CDL에는 필요 없는 문서 형식이나 엔티티 선언이 있습니다. 그레이드를 다시 내보내세요.",
    "{path} holds no grade (ColorCorrection); export it again.":
        "{path}에 그레이드(ColorCorrection)가 없습니다. 다시 내보내세요.",
    "{path} holds one grade, and there are {n}; write them as .ccc.":
        "{path}에는 그레이드가 하나만 들어가는데 {n}개입니다. .ccc로 쓰세요.",
    "{path} is larger than {size} MB, which no list of grades is; choose another file.":
        "{path:이/가} {size} MB를 넘습니다. 그만큼 큰 그레이드 목록은 없으니 다른 파일을 고르세요.",
    "{path} is no CDL file; it should end in {endings}.":
        "{path:은/는} CDL 파일이 아닙니다. 이름이 {endings} 가운데 하나로 끝나야 합니다.",
    "{path} is not whole XML ({why}); export the grade again.":
        "{path:은/는} 온전한 XML이 아닙니다({why}). 그레이드를 다시 내보내세요.",
    "{path}: {tag} of the grade {grade} is {found} and should be {n} numbers; export it again.":
        "{path}: 그레이드 {grade}의 {tag} 값이 {found}인데 숫자 {n}개여야 합니다. 다시 내보내세요.",
    # aces.py
    "OpenColorIO cannot do this ({why}); check the names and the file.":
        "OpenColorIO로 할 수 없습니다({why}). 이름과 파일을 확인하세요.",
    "{path} cannot be read ({why}); write the grade there first.":
        "{path:을/를} 읽을 수 없습니다({why}). 먼저 그곳에 그레이드를 쓰세요.",
    "{path} is no LUT that ffmpeg reads ({why}); export it as .cube.":
        "{path:은/는} ffmpeg가 읽는 LUT가 아닙니다({why}). .cube로 내보내세요.",
}  # fmt: skip
"""colour.py, ciede2000.py, scopes.py, transfer.py, match.py, lut.py, cdl.py and aces.py."""

MATTES: Table = {
    "A frame of {width}x{height} pixels is too small for a matte; give {least} a side or more.":
        "{width}x{height} 픽셀 프레임은 매트를 뽑기에 너무 작습니다. 한 변을 {least} 이상으로 하세요.",
    "The frame has {width}x{height} pixels and its matte or trimap {other}; make them alike.":
        "프레임은 {width}x{height} 픽셀, 매트나 트라이맵은 {other}입니다. 같게 하세요.",
    "The matte's pixel at x = {x}, y = {y} is not a number; render that matte again.":
        "매트의 x = {x}, y = {y} 픽셀이 숫자가 아닙니다. 그 매트를 다시 렌더링하세요.",
    "The trimap has no pixel that is surely {what} ({value}); mark some, by hand if need be.":
        "트라이맵에 확실한 {what:ko} 픽셀({value})이 없습니다. 손으로라도 표시하세요.",
    "{count} pixels of the trimap are unknown and {most} can be solved at once; make its band narrower, or pull the matte at a "
    "smaller size with hallyu.film.streaming.":
        "트라이맵에서 모르는 픽셀이 {count}개인데 한 번에 {most}개까지 풉니다. 띠를 좁히거나 "
        "hallyu.film.streaming으로 작게 뽑으세요.",
    "Nobody was found in this frame: choose a frame with a person in it, or draw the trimap by hand.":
        "이 프레임에서 사람을 찾지 못했습니다. 사람이 있는 프레임을 고르거나 트라이맵을 손으로 그리세요.",
    "The trimap has the shape {one} and the true matte {other}; compare one size.":
        "트라이맵의 모양은 {one}, 기준 매트는 {other}입니다. 같은 크기로 견주세요.",
    "A matte and the true one are (height, width) of one size, not {one} and {other}.":
        "매트와 기준 매트는 크기가 같은 (높이, 너비)여야 하는데 {one:과/와} {other}입니다.",
    "A matte holds numbers from 0 to 1; divide 8 bits by 255, and look for NaN.":
        "매트의 값은 0에서 1까지입니다. 8비트는 255로 나누고 NaN이 있는지 보세요.",
    "The {which} end after {n} frames and the others go on; compare one length.":
        "{which:ko} 쪽이 {n}프레임에서 먼저 끝납니다. 같은 길이로 견주세요.",
    "There is no matte to measure; give at least one frame.": "잴 매트가 없습니다. 프레임을 하나 이상 주세요.",
    "A trimap's band is wider than nothing, not {width} times its usual width.":
        "트라이맵의 띠는 0보다 넓어야 합니다(보통 너비의 {width}배는 안 됩니다).",
    "Frame {number} has {width}x{height} pixels and those before it {wide}x{high}; cut the shot there.":
        "{number}번 프레임은 {width}x{height} 픽셀인데 그 앞은 {wide}x{high}입니다. 그곳에서 샷을 나누세요.",
    "Frame {number} of the shot: {sentence}": "샷의 {number}번 프레임: {sentence:ko}",
    "Mattes are steadied by 0 (not at all) or more, not {amount}.":
        "매트의 흔들림 줄이기는 0(안 함) 이상입니다({amount:은/는} 안 됩니다).",
    "Nobody was found in {where}: choose one with a person in it, or draw a matte by hand.":
        "사람을 찾지 못했습니다({where:ko}). 사람이 있는 것을 고르거나 매트를 손으로 그리세요.",
    "The shot has no frames; check where it begins and ends.": "샷에 프레임이 없습니다. 어디서 시작하고 끝나는지 확인하세요.",
    "A screen is \"green\" or \"blue\", not \"{kind}\".": "스크린은 “green”이나 “blue”입니다(“{kind}”는 없습니다).",
    "Despill takes an amount from 0 (as shot) to 1 (all of it), not {amount}.":
        "디스필의 양은 0(찍은 그대로)에서 1(전부)까지입니다({amount:은/는} 안 됩니다).",
    "There is no green or blue screen in this frame: choose a frame that was shot before one, or pull the matte from a "
    "segmenter's trimap.":
        "이 프레임에는 그린 스크린도 블루 스크린도 없습니다. 스크린 앞에서 찍은 프레임을 고르거나 인물 분할로 "
        "만든 트라이맵에서 매트를 뽑으세요.",
}  # fmt: skip
"""closed_form.py, trimap.py, matte_metrics.py, streaming.py and spill.py."""

WORLD: Table = {
    "A layer needs a matte as its fourth channel; stack the colours and the matte.":
        "레이어에는 매트가 넷째 채널로 있어야 합니다. 색과 매트를 쌓으세요.",
    "A matte is (height, width), not {shape}.": "매트는 (높이, 너비) 모양입니다({shape:은/는} 안 됩니다).",
    "A shadow has some length, above 0 behind the figure and below 0 before it.":
        "그림자에는 길이가 있어야 합니다. 인물 뒤로는 0보다 크게, 앞으로는 0보다 작게 주세요.",
    "No block of 8x8 pixels lies inside the matte; read the grain off a larger part.":
        "매트 안에 8x8 픽셀 블록이 없습니다. 더 넓은 곳에서 그레인을 재세요.",
    "The layers have {sizes} pixels; bring them to one size first.":
        "레이어의 픽셀 크기가 서로 다릅니다({sizes}). 먼저 크기를 맞추세요.",
    "The matte has no soft edge, so that there is no rim to compare; give the true matte.":
        "매트에 부드러운 가장자리가 없어 견줄 테두리가 없습니다. 제대로 된 매트를 주세요.",
    "The matte is empty: without a figure there is no shadow.": "매트가 비어 있습니다. 인물이 없으면 그림자도 없습니다.",
    "The matte shows nothing of this frame; choose a frame with the figure in it.":
        "매트에 이 프레임의 아무것도 보이지 않습니다. 인물이 있는 프레임을 고르세요.",
    "The shadow is nowhere full; give the shadow's own mask, not the comp.":
        "그림자가 가장 짙은 곳이 없습니다. 합성 화면이 아니라 그림자만의 마스크를 주세요.",
    "A border is a share from 0 to below 0.5 of the picture, not {share}.":
        "여백은 화면의 0 이상 0.5 미만입니다({share:은/는} 안 됩니다).",
    "A move needs at least one frame.": "카메라 움직임에는 프레임이 하나 이상 있어야 합니다.",
    "Every pixel needs a depth above 0 metres; give the sky a far one, such as 1000.":
        "모든 픽셀의 깊이는 0미터보다 커야 합니다. 하늘에는 1000처럼 먼 깊이를 주세요.",
    "Nothing in this picture lies between {near} and {far} metres; move that cut.":
        "이 그림에는 {near}미터와 {far}미터 사이에 아무것도 없습니다. 나누는 깊이를 옮기세요.",
    "Nothing of this picture is known, so that there is nothing to fill it from.":
        "그림에서 아는 픽셀이 없어 채울 재료가 없습니다.",
    "The camera moves {into} metres in, and something of the picture is only {nearest} metres away; end the move before it.":
        "카메라가 {into}미터 들어가는데 그림의 어떤 것은 {nearest}미터 앞에 있습니다. 그 앞에서 멈추세요.",
    "The lens would spread a point over {n} pixels; focus nearer to it, or close the aperture.":
        "렌즈가 점 하나를 {n}픽셀로 퍼뜨립니다. 초점을 가까이 옮기거나 조리개를 조이세요.",
    "The picture is {shape} and its depth {depth}; bring them to one size.":
        "그림은 {shape}, 깊이는 {depth}입니다. 크기를 맞추세요.",
    "There is no layer to look at; split a picture first.": "볼 레이어가 없습니다. 먼저 그림을 나누세요.",
    "A plate of {width}x{height} pixels shows nothing; make each side 32 or more.":
        "{width}x{height} 픽셀 플레이트에는 아무것도 보이지 않습니다. 각 변을 32 이상으로 하세요.",
    "Depth goes from a nearest to a farther point, not from {nearest} to {farthest} metres.":
        "깊이는 가까운 곳에서 먼 곳으로 갑니다({nearest}미터에서 {farthest}미터는 안 됩니다).",
    "Snow falls between a nearest and a farther depth, with flakes of some size; check its numbers.":
        "눈은 가까운 깊이와 먼 깊이 사이에, 크기가 있는 송이로 내립니다. 숫자를 확인하세요.",
    "Snow needs a picture to fall in, not one of {width}x{height} pixels.":
        "눈이 내릴 그림이 있어야 합니다({width}x{height} 픽셀은 안 됩니다).",
    "The snow was drawn for {one} and the frame is {other}; draw it for the frame.":
        "눈은 {one} 크기로 그렸고 프레임은 {other}입니다. 프레임에 맞추어 그리세요.",
}  # fmt: skip
"""comp.py, parallax.py, plate.py and snow.py."""

FACES: Table = {
    "The network knows faces from {youngest} to {oldest} years, not of {years}: ask for less.":
        "신경망이 아는 얼굴은 {youngest}세부터 {oldest}세까지입니다({years}세는 모릅니다). 범위 안에서 고르세요.",
    "A correction of {n} distances of the eyes looks like rubber: stay within {most}.":
        "눈 사이 거리의 {n}배를 고치면 고무처럼 보입니다. {most}배 안에서 고치세요.",
    "One of the two takes ends at frame {number}: cut both to one length.":
        "두 테이크 가운데 하나가 {number}번 프레임에서 끝납니다. 길이를 똑같이 자르세요.",
    "One of the two takes shows no face at frame {number}: cut both to the frames in which it is seen.":
        "{number}번 프레임에서 얼굴이 보이지 않는 테이크가 있습니다. 둘 다 얼굴이 보이는 프레임만 남기세요.",
    "The head is turned {degrees} degrees differently in the two takes: choose takes within 20 degrees.":
        "두 테이크에서 고개의 방향이 {degrees}도 다릅니다. 20도 안의 테이크를 고르세요.",
    "No frame of this shot shows a face before and after the change: choose a shot with a face.":
        "바꾸기 전과 후에 얼굴이 보이는 프레임이 없습니다. 얼굴이 있는 샷을 고르세요.",
    "The frames before and after have the sizes {one} and {other}: compare one shot.":
        "전과 후 프레임의 크기가 {one:과/와} {other}입니다. 같은 샷을 견주세요.",
    "The frames have the sizes {one} and {other}: compare frames of one size.":
        "프레임의 크기가 {one:과/와} {other}입니다. 크기가 같은 프레임을 견주세요.",
    "{name} shows no face: compare frames in which the face is seen.":
        "{name}에 얼굴이 없습니다. 얼굴이 보이는 프레임을 견주세요.",
    "{where} shows no face that can be worked on: choose one in which a face is seen from the front.":
        "{where:ko}에서 작업할 얼굴을 찾지 못했습니다. 얼굴이 정면으로 보이는 것을 고르세요.",
    "{where} shows {n} faces (at x = {places}): crop it to one, or choose one by its place.":
        "{where:ko}에 얼굴이 {n}개 있습니다(x = {places}). 하나만 남게 자르거나 자리로 고르세요.",
    "The face is turned away by {degrees} degrees: choose a frame in which both eyes are seen.":
        "얼굴이 {degrees}도 돌아가 있습니다. 두 눈이 보이는 프레임을 고르세요.",
    "Something covers the {parts}, such as a mask, glasses or a hand: choose a frame in which the face is free.":
        "마스크나 안경, 손이 얼굴({parts:list})을 가리고 있습니다. 얼굴이 다 보이는 프레임을 고르세요.",
    "The face is not seen well enough to be measured: choose a sharper or larger one.":
        "얼굴이 재기에 또렷하지 않습니다. 더 선명하거나 큰 얼굴을 고르세요.",
    "There is no region “{name}” on a face; there are: skin, {names}.":
        "얼굴에 “{name}” 영역은 없습니다. 있는 것: skin, {names}.",
}  # fmt: skip
"""ageing.py, correction.py, face_metrics.py, faces.py and regions.py."""

SHOTS: Table = {
    # cuts.py
    "{name} cannot be opened by PySceneDetect: choose a film.":
        "{name:을/를} PySceneDetect로 열 수 없습니다. 영상을 고르세요.",
    "{hits} of {true} found, {false} false (precision {precision}, recall {recall}, F1 {f1})":
        "{true}개 가운데 {hits}개 찾음, 잘못 찾은 것 {false}개(정밀도 {precision}, 재현율 {recall}, F1 {f1})",
    # framing.py
    "A crop is one of {sizes}, not {size}.": "크롭의 크기는 {sizes} 가운데 하나입니다({size:은/는} 없습니다).",
    "A person needs a face box or a body box with a width and a height; find the faces first.":
        "사람에게는 너비와 높이가 있는 얼굴 상자나 몸 상자가 있어야 합니다. 먼저 얼굴을 찾으세요.",
    "Composition is judged for one person or more in a frame; find the faces first.":
        "구도는 화면에 사람이 있어야 봅니다. 먼저 얼굴을 찾으세요.",
    "{size}: composition {score}, enlarged {times} times": "{size}: 구도 {score}, 확대 {times}배",
    "Headroom is {share} of the height.": "머리 위 여백은 높이의 {share}입니다.",
    "Headroom is {share} of the height; for a {size} {low} to {high} is usual: tilt down or go closer.":
        "머리 위 여백이 높이의 {share}입니다. {size:ko}에는 보통 {low}에서 {high}: 카메라를 내리거나 다가가세요.",
    "Headroom is {share} of the height; for a {size} {low} to {high} is usual: tilt up or go wider.":
        "머리 위 여백이 높이의 {share}입니다. {size:ko}에는 보통 {low}에서 {high}: 카메라를 올리거나 물러나세요.",
    "The frame cuts {share} of its height off the head.": "화면이 머리를 높이의 {share}만큼 자릅니다.",
    "The frame cuts {share} of its height off the head; for a {size} {low} to {high} is usual: tilt up or go wider.":
        "화면이 머리를 높이의 {share}만큼 자릅니다. {size:ko}의 머리 위 여백은 보통 {low}에서 {high}: 카메라를 "
        "올리거나 물러나세요.",
    "The eyes lie {share} down the frame.": "눈은 화면 위에서 {share} 지점에 있습니다.",
    "The eyes lie {share} down the frame, the upper third is 33%: tilt {way}.":
        "눈이 화면 위에서 {share} 지점에 있습니다. 위쪽 3분의 1 선은 33%이니 카메라를 {way:ko} 움직이세요.",
    "Facing the camera at {share} of the width.": "너비의 {share} 지점에서 카메라를 봅니다.",
    "Facing the camera at {share} of the width, near the edge: pan {way}.":
        "너비의 {share} 지점, 가장자리 가까이에서 카메라를 봅니다. {way:ko}으로 팬하세요.",
    "Looking {side} with {share} of the width to look into.": "{side:ko}을 보며 보는 쪽 여백은 너비의 {share}입니다.",
    "Looking {side} with {share} of the width to look into; half to three quarters is usual: pan {way}.":
        "{side:ko}을 보는데 보는 쪽 여백이 너비의 {share}입니다. 보통 절반에서 4분의 3이니 {way:ko}으로 팬하세요.",
    "{n} people around {share} of the width.": "{n}명이 너비의 {share} 지점을 중심으로 있습니다.",
    "{n} people around {share} of the width, the middle is 50%: pan {way}.":
        "{n}명이 너비의 {share} 지점을 중심으로 있습니다. 가운데는 50%이니 {way:ko}으로 팬하세요.",
    "The edge cuts {share} of a face; pan, tilt or go wider.":
        "화면 가장자리가 얼굴의 {share}를 자릅니다. 팬이나 틸트를 하거나 물러나세요.",
    "Faces are whole.": "얼굴이 모두 온전합니다.",
    "The lower edge cuts at the {joint}; go a little closer or wider.":
        "아래 가장자리가 {joint:ko}에서 자릅니다. 조금 다가가거나 물러나세요.",
    "The lower edge cuts at no joint.": "아래 가장자리가 관절을 자르지 않습니다.",
    # switcher.py
    "A talk needs one camera or more, each of another name.": "토크에는 이름이 서로 다른 카메라가 하나 이상 있어야 합니다.",
    "Camera {name} has the shot size {size}; use one of {sizes}.":
        "카메라 {name}의 샷 크기가 {size}입니다. {sizes} 가운데 하나를 쓰세요.",
    "Camera {name} shows nobody; name who is in its picture.": "카메라 {name}에 아무도 없습니다. 화면에 누가 있는지 쓰세요.",
    "Camera {name} shows {person}, who is not in this talk.": "카메라 {name}에 이 토크에 없는 사람({person})이 있습니다.",
    "Expressions of shape {shape} do not fit who speaks, {speaks}; give (frames, people, k).":
        "표정의 모양 {shape:이/가} 말하는 사람({speaks})과 맞지 않습니다. (프레임, 사람, k)로 주세요.",
    "Microphones of shape {shape} are not (samples, people) of a frame or more.":
        "마이크의 모양 {shape:은/는} 한 프레임 이상의 (샘플, 사람)이 아닙니다.",
    "The edit is {n} frames long and the talk {frames}; give one of its length.":
        "편집은 {n}프레임, 토크는 {frames}프레임입니다. 길이가 같은 편집을 주세요.",
    "The edit uses {source}, which is no camera of this talk ({names}).":
        "편집에 쓴 {source:은/는} 이 토크의 카메라({names})가 아닙니다.",
    "The longest shot lasts {seconds} s; cut to a reaction or to everybody.":
        "가장 긴 샷이 {seconds}초입니다. 리액션이나 전체 샷으로 자르세요.",
    "The shortest shot lasts {shortest} s and the longest {longest} s; the first is the shorter.":
        "가장 짧은 샷이 {shortest}초, 가장 긴 샷이 {longest}초로 되어 있습니다. 앞의 것이 더 짧아야 합니다.",
    "The shortest shot lasts {seconds} s; below {least} s nobody can read it.":
        "가장 짧은 샷이 {seconds}초입니다. {least}초보다 짧으면 알아볼 수 없습니다.",
    "The shot on {source} begins at frame {begin} of the talk and should begin at {at}; an edit of a talk runs on in sync.":
        "{source} 샷이 토크의 {begin}번 프레임에서 시작하는데 {at}번에서 시작해야 합니다. 토크 편집은 싱크를 유지합니다.",
    "There are {n} places for {m} people.": "자리는 {n}개, 사람은 {m}명입니다.",
    "Who speaks has the shape {one} and who reacts {other}; both should be (frames, {n}).":
        "말하는 사람의 모양은 {one}, 반응하는 사람은 {other}입니다. 둘 다 (프레임, {n})이어야 합니다.",
    "Who speaks is seen alone for {share} of the time; use the single cameras.":
        "말하는 사람이 혼자 보이는 시간이 {share}뿐입니다. 단독 카메라를 쓰세요.",
    "Who speaks is seen for {share} of the time; follow the conversation.":
        "말하는 사람이 보이는 시간이 {share}뿐입니다. 대화를 따라가세요.",
    "{n} cuts cross the line, so people change sides; go through a shot on the line.":
        "컷 {n}개가 이매지너리 라인을 넘어 사람들의 좌우가 바뀝니다. 라인 위의 샷을 거치세요.",
    "{n} cuts jump between two shots alike; go through another size.":
        "컷 {n}개가 비슷한 샷 사이의 점프 컷입니다. 다른 크기를 거치세요.",
    # names.py
    "“{name}” begins with a full stop or hyphen, ends with a full stop, or is empty: begin with a letter.":
        "“{name}”: 마침표나 붙임표로 시작하거나 마침표로 끝나거나 비어 있습니다. 글자로 시작하세요.",
    "“{name}” has two full stops in a row: take one out.": "“{name}”: 마침표가 잇달아 있습니다. 하나를 빼세요.",
    "“{name}” has {letters}: names take a-z, 0-9, full stop, low line and hyphen.":
        "“{name}”: {letters:이/가} 있습니다. 이름에는 a-z, 0-9, 마침표, 밑줄, 붙임표만 씁니다.",
    "“{name}” is a name that Windows keeps for itself: choose another one.":
        "“{name}”: Windows가 따로 쓰는 이름입니다. 다른 이름을 고르세요.",
    "“{name}” is no shot name: write show_scene_shot_task_version, as fs_010_0040_comp_v001.":
        "“{name}”: 샷 이름이 아닙니다. fs_010_0040_comp_v001처럼 작품_씬_샷_작업_버전으로 쓰세요.",
    "“{name}…” has {n} characters: {most} at most.": "“{name}…”: {n}자입니다. {most}자까지 쓸 수 있습니다.",
}  # fmt: skip
"""cuts.py, framing.py, switcher.py and names.py."""

FILES: Table = {
    # exr.py
    "An EXR holds no timecode with more than 60 frames a second; “{text}” has {frames}.":
        "EXR의 타임코드는 초당 60프레임까지입니다. “{text}”에는 {frames:이/가} 있습니다.",
    "An EXR picture has the shape (height, width, 3), or 4 with a matte, not {shape}: reshape it.":
        "EXR 그림은 (높이, 너비, 3) 모양이고 매트가 있으면 4입니다({shape:은/는} 안 됩니다). 모양을 바꾸세요.",
    "The layer {name} has the shape {shape}, and the picture {other}: give both the same size.":
        "레이어 {name}의 모양은 {shape}, 그림은 {other}입니다. 크기를 같게 하세요.",
    "{path} cannot be read ({why}): choose an EXR file.": "{path:을/를} 읽을 수 없습니다({why}). EXR 파일을 고르세요.",
    "{name} has colours of half size: export it as RGB.": "{name}의 색 채널이 절반 크기입니다. RGB로 내보내세요.",
    "{name} has no colours (R, G, B), only {channels}: choose another layer.":
        "{name}에 색(R, G, B)이 없고 {channels}만 있습니다. 다른 레이어를 고르세요.",
    "{name} is a deep picture: flatten it, and try again.": "{name:은/는} 딥 이미지입니다. 합쳐서 다시 해 보세요.",
    "{name} is damaged: copy or render it again.": "{name:이/가} 손상되었습니다. 다시 복사하거나 렌더링하세요.",
    "{name} is larger than 8K, or has more than 64 channels: scale it down.":
        "{name:은/는} 8K보다 크거나 채널이 64개를 넘습니다. 줄이세요.",
    "{name} is no EXR picture: export it as OpenEXR and try again.":
        "{name:은/는} EXR 그림이 아닙니다. OpenEXR로 내보내서 다시 해 보세요.",
    "{name} is not the name of an EXR file; let it end in .exr.": "{name:은/는} EXR 파일 이름이 아닙니다. .exr로 끝내세요.",
    "{channel} is {what} at pixel ({x}, {y})": "채널 {channel} 값이 픽셀 ({x}, {y})에서 {what:ko}",
    "{run} lacks {n} of its frames ({numbers}): render them.": "{run}에 프레임 {n}장이 빠졌습니다({numbers}). 렌더링하세요.",
    "{name}: {channel} is {peak} at pixel ({x}, {y}), more than a half float holds ({most}): write full floats, or scale it.":
        "{name}: 픽셀 ({x}, {y})의 {channel} 값이 {peak:으로/로} 반정밀도의 한계({most})를 넘습니다. 단정밀도로 "
        "쓰거나 줄이세요.",
    "{name}: {bad}; render it again, or mend it.": "{name}: {bad:ko}. 다시 렌더링하거나 고치세요.",
    "{name}: {bad}; render this frame again, or mend it.": "{name}: {bad:ko}. 이 프레임을 다시 렌더링하거나 고치세요.",
    "{bad}, and {n} more pixels are bad": "{bad:ko}, 그 밖에 잘못된 픽셀 {n}개",
    "“{name}” is no name for a layer: use plain letters and digits, and not one of R, G, B, A.":
        "“{name}”, 레이어 이름으로 쓸 수 없습니다. 영문자와 숫자를 쓰되 R, G, B, A는 피하세요.",
    # timeline.py
    "A track is video or audio, not “{kind}”.": "트랙은 video나 audio입니다(“{kind}”는 없습니다).",
    "Line {number} of the list freezes or reverses a clip: render it, and cut it in.":
        "목록 {number}번째 줄에서 클립이 멈추거나 거꾸로 돕니다. 렌더링해서 넣으세요.",
    "Line {number} of the list has a wipe or a key ({kind}): render it, and cut it in.":
        "목록 {number}번째 줄에 와이프나 키({kind})가 있습니다. 렌더링해서 넣으세요.",
    "Line {number} of the list is no event: “{line}”.": "목록 {number}번째 줄은 이벤트가 아닙니다: “{line}”.",
    "Line {number} of the list: {sentence}": "목록 {number}번째 줄: {sentence:ko}",
    "The clip {name} goes from frame {first} to {last} at speed {speed}: it has to last, and play forwards.":
        "클립 {name:은/는} {first}번에서 {last}번 프레임까지 속도 {speed}입니다. 길이가 있고 앞으로 돌아야 합니다.",
    "The dissolve into {name} takes {n} frames, more than the clips have: shorten it.":
        "{name:으로/로} 가는 디졸브가 {n}프레임으로 클립보다 깁니다. 줄이세요.",
    "The edit has {n} events, and an EDL holds {most}: cut it into reels.":
        "편집에 이벤트가 {n}개인데 EDL에는 {most}개까지 들어갑니다. 릴로 나누세요.",
    "The edit holds a {kind} inside a track: flatten it, and export it again.":
        "편집의 트랙 안에 {kind:이/가} 있습니다. 풀어서 다시 내보내세요.",
    "The edit {name} has no clip: export it again.": "편집 {name}에 클립이 없습니다. 다시 내보내세요.",
    "The edit {name} has no clip: put at least one in.": "편집 {name}에 클립이 없습니다. 하나 이상 넣으세요.",
    "The list has no events: export the edit as CMX 3600 EDL again.":
        "목록에 이벤트가 없습니다. 편집을 CMX 3600 EDL로 다시 내보내세요.",
    "The list is in drop-frame timecode, which {rate} frames a second do not have.":
        "목록은 드롭 프레임 타임코드인데 초당 {rate}프레임에는 그것이 없습니다.",
    "{name} cannot be read as OTIO: export it again.": "{name:을/를} OTIO로 읽을 수 없습니다. 다시 내보내세요.",
    "{name} cannot be read as {kind}: export it again.": "{name:을/를} {kind:으로/로} 읽을 수 없습니다. 다시 내보내세요.",
    "{name} could not be written as {kind} ({why}).": "{name:을/를} {kind:으로/로} 쓰지 못했습니다({why}).",
    "{name} dissolves from nothing: put a clip before it, or take the dissolve out.":
        "{name} 앞에 디졸브할 클립이 없습니다. 앞에 클립을 넣거나 디졸브를 빼세요.",
    "{name} holds no timeline, but a {kind}: export the whole edit.":
        "{name}에는 타임라인이 아니라 {kind:이/가} 있습니다. 편집 전체를 내보내세요.",
    "{name}: an EDL does not say how many frames a second it counts; give the rate.":
        "{name}: EDL에는 초당 프레임 수가 적혀 있지 않습니다. 프레임 레이트를 주세요.",
    "{name}: an edit is a file that ends in {endings}.": "{name}: 편집 파일은 이렇게 끝납니다: {endings}.",
    "{where}: {what}": "{where}: {what:ko}",
}  # fmt: skip
"""exr.py and timeline.py."""

LOST: Table = {
    "it is called {name} now": "이제 이름이 {name:ko}입니다",
    "{before} frames a second became {after}": "초당 {before}프레임이 {after:이/가} 되었습니다",
    "it begins at {now}, not at {before}": "{before:이/가} 아니라 {now}에서 시작합니다",
    "the track is gone, with its {n} clips": "트랙이 클립 {n}개와 함께 사라졌습니다",
    "a {kind} track was added": "{kind:ko} 트랙이 더 생겼습니다",
    "it is not on this track any more: {track}": "이 트랙에서 사라졌습니다: {track:ko}",
    "it was not there before": "전에는 없던 것입니다",
    "its source is {now}, not {before}": "소스가 {before:이/가} 아니라 {now:ko}입니다",
    "it shows frames {now} of its source, not {before}": "소스의 {before} 프레임이 아니라 {now} 프레임을 보입니다",
    "it lasts {now} frames, not {before}": "길이가 {before}프레임이 아니라 {now}프레임입니다",
    "it plays at {now}, not at {before}": "속도가 {before:이/가} 아니라 {now}입니다",
    "its dissolve takes {now} frames, not {before}": "디졸브가 {before}프레임이 아니라 {now}프레임입니다",
    "the effect {name} is gone": "이펙트 {name:이/가} 사라졌습니다",
    "its handles of {head} and {tail} frames are not known any more":
        "앞 {head}프레임, 뒤 {tail}프레임이던 핸들을 알 수 없게 되었습니다",
    "its handles are {head} and {tail} frames, not {first} and {last}":
        "핸들이 앞 {first}, 뒤 {last}프레임이 아니라 앞 {head}, 뒤 {tail}프레임입니다",
    "the marker “{name}” is gone": "마커 “{name}”이(가) 사라졌습니다",
    "the marker “{name}” is {now}, not {before}": "마커 “{name}”의 색이 {before:이/가} 아니라 {now}입니다",
    "the marker “{name}” lost its comment “{comment}”": "마커 “{name}”의 메모 “{comment}”가 사라졌습니다",
}  # fmt: skip
"""What a format loses of an edit: timeline.lost."""

TURNOVER: Table = {
    "AI made “{part}” in shot {cut} of {shots}.": "{cut}번 샷의 “{part}”를 AI가 만들었다는데 모두 {shots:ko}입니다.",
    "Lost in the {format}: {things}; {file} names each.": "{format}에서 잃은 것: {things:list}. 하나하나는 {file}에 있습니다.",
    "The edit counts {rate} frames a second, and the shots {other}.": "편집은 초당 {rate}프레임, 샷은 {other}프레임입니다.",
    "The edit does not show the delivered shots in their order: conform it again.":
        "편집이 납품한 샷을 순서대로 보이지 않습니다. 다시 컨폼하세요.",
    "The edit has {clips} for {shots}: one shot for each clip of the picture.":
        "편집에 {clips:ko}, 납품에 {shots:ko}입니다. 영상 클립마다 샷이 하나씩 있어야 합니다.",
    "The rights sheet's notice does not say what its disclosure says: write the delivery again.":
        "권리 확인서의 고지문이 고지 내용과 다릅니다. 납품을 다시 쓰세요.",
    "The {format} shows another edit: {finding}.": "{format:이/가} 다른 편집을 보입니다: {finding:ko}.",
    "There is no viewing copy.": "시사용 사본이 없습니다.",
    "There is no {name} in {folder}: it is no delivery, or was not finished.":
        "{folder}에 {name:이/가} 없습니다. 납품 폴더가 아니거나 다 쓰지 못했습니다.",
    "Two shots are called {name}: give each its own number.": "{name:이라는/라는} 샷이 둘입니다. 번호를 따로 주세요.",
    "shots/{name} holds {sequences}: it is one sequence called {name}.":
        "shots/{name}에 {sequences:ko} 있습니다. {name:이라는/라는} 시퀀스 하나여야 합니다.",
    "stills/{name} does not show the middle frame of its shot: write the delivery again.":
        "stills/{name:이/가} 샷의 가운데 프레임이 아닙니다. 납품을 다시 쓰세요.",
    "{name} cannot be read: write the delivery again.": "{name:을/를} 읽을 수 없습니다. 납품을 다시 쓰세요.",
    "{file} does not say what was lost: the edit and its copies have drifted apart.":
        "{file}에 적힌 것과 실제로 잃은 것이 다릅니다. 편집과 사본이 어긋났습니다.",
    "{sheet} does not say what {rights} says: write the delivery again.":
        "{sheet}의 내용이 {rights:과/와} 다릅니다. 납품을 다시 쓰세요.",
    "{name} has handles of {frames}, not {wanted}: render it longer.":
        "{name}의 핸들이 {wanted}프레임이 아니라 {frames:ko}입니다. 더 길게 렌더링하세요.",
    "{name} has no content credentials: write the delivery again.":
        "{name}에 콘텐츠 자격 증명이 없습니다. 납품을 다시 쓰세요.",
    "{name} is black: render it again.": "{name:이/가} 검은 화면입니다. 다시 렌더링하세요.",
    "{name} is damaged, or of other shots: write the delivery again.":
        "{name:이/가} 손상되었거나 다른 샷의 것입니다. 납품을 다시 쓰세요.",
    "{path} is damaged: write the delivery again.": "{path:이/가} 손상되었습니다. 납품을 다시 쓰세요.",
    "{name} is missing: copy or write the delivery again.": "{name:이/가} 없습니다. 납품을 다시 복사하거나 쓰세요.",
    "{name} is missing: write the delivery again.": "{name:이/가} 없습니다. 납품을 다시 쓰세요.",
    "{name} is not in the manifest: take it out, or write the delivery again.":
        "{name:이/가} 파일 목록에 없습니다. 빼거나 납품을 다시 쓰세요.",
    "{name} is signed as {kind}, which the disclosure contradicts.":
        "{name:은/는} {kind:으로/로} 서명되었는데 고지 내용과 어긋납니다.",
    "{name} is {codec} of {size} MB: the viewing copy is an MP4 of H.264 under {most} MB.":
        "{name:은/는} {codec}, {size} MB입니다. 시사용 사본은 {most} MB보다 작은 H.264 MP4입니다.",
    "{name} is {form}, and the frames before it are {other}.": "{name:은/는} {form}인데 그 앞 프레임은 {other}입니다.",
    "{name} lasts {seconds} s and the edit {length} s: export it again.":
        "{name:은/는} {seconds}초, 편집은 {length}초입니다. 다시 내보내세요.",
    "{name} names no task and version: write it as fs_010_0040_comp_v001.":
        "{name}에 작업과 버전이 없습니다. fs_010_0040_comp_v001처럼 쓰세요.",
    "{name} says {timecode} at {rate} frames a second; it is {wanted} at {other}.":
        "{name}의 타임코드는 초당 {rate}프레임의 {timecode:ko}인데 초당 {other}프레임의 {wanted:이/가} 맞습니다.",
    "{name} stands still: {n} of its {m} frames repeat the one before.":
        "{name:이/가} 멈춰 있습니다. {m}프레임 가운데 {n}프레임이 앞과 같습니다.",
    "{name} was changed after it was signed: write the delivery again.":
        "{name:이/가} 서명한 뒤에 바뀌었습니다. 납품을 다시 쓰세요.",
    "{name} was changed after the delivery was written: write it again.":
        "{name:이/가} 납품을 쓴 뒤에 바뀌었습니다. 다시 쓰세요.",
    "{name}: its colours are not premultiplied; multiply them by the matte.":
        "{name}: 색이 프리멀티플라이되지 않았습니다. 매트를 곱하세요.",
    "{name}: its matte goes from {low} to {high}; a matte is 0 to 1.":
        "{name}: 매트가 {low}에서 {high}까지입니다. 매트는 0에서 1까지입니다.",
    "{name}: the consent is for the face of {person}, not of {other}.":
        "{name}: 동의서는 {person}의 얼굴에 대한 것이고 {other}의 것이 아닙니다.",
    "{shot}: the credit of {face} is not what its licence asks for: {credit}.":
        "{shot}: {face}의 크레딧이 라이선스가 바라는 것과 다릅니다: {credit}.",
    "{name}: the edit counts from {start}, and the frames from {other}.":
        "{name}: 편집은 {start}부터, 프레임은 {other}부터 셉니다.",
    "{name}: the edit looks for {source}, which is not there.": "{name}: 편집이 찾는 {source:이/가} 없습니다.",
    "{name}: the edit shows frames {first} to {last} of {n}.":
        "{name}: 편집이 {n}프레임 가운데 {first}번부터 {last}번까지를 보입니다.",
    "{run}, missing {missing}: the manifest says {frames} from {first} on.":
        "{run}, 빠진 프레임 {missing:ko}: 파일 목록에는 {first}번부터 {frames:ko}입니다.",
    "{shot}: {face} did not consent to publish: ask for it by name.":
        "{shot}: {face} 쪽이 공개(publish)에 동의하지 않았습니다. 밝혀서 동의를 받으세요.",
    "{name}: {n} frames repeat the one before.": "{name}: {n}프레임이 앞 프레임과 같습니다.",
    "{name}: 1 frame repeats the one before.": "{name}: 1프레임이 앞 프레임과 같습니다.",
    "{name}: the light jumps at frame {where}, first from a median of {before} to {after}; a cut or a flash may do that, and a "
    "frame written as code values in place of light.":
        "{name}: {where}번 프레임에서 빛이 갑자기 달라집니다(처음 것의 중앙값 {before}에서 {after}). 컷이나 플래시일 수도 "
        "있고, 빛 대신 코드값으로 쓴 프레임일 수도 있습니다.",
    "{shot}: {face} is no public face, and no consent is with it: ask the person.":
        "{shot}: {face:은/는} 공개된 얼굴이 아니고 동의서도 없습니다. 본인에게 물으세요.",
    "{name}: {face} is no public face; add the signed consent of the person whose face it is.":
        "{name}: {face:은/는} 공개된 얼굴이 아닙니다. 얼굴 주인이 서명한 동의서를 더하세요.",
    "{n} files": "파일 {n}개", "{n} file": "파일 {n}개", "{n} shot": "샷 {n}개",
    "{n} frame, opened": "프레임 {n}장, 열어 봄", "handles of {n} frame at least": "핸들 최소 {n}프레임",
    "{n} thing lost in the EDL": "EDL에서 잃은 것 {n}가지", "{n} thing lost in the AAF": "AAF에서 잃은 것 {n}가지",
    "{n} MB": "{n} MB",
    "{n} shots": "샷 {n}개",
    "{n} frames, each opened": "프레임 {n}장, 모두 열어 봄",
    "edit {seconds} s": "편집 {seconds}초", "handles of {n} frames at least": "핸들 최소 {n}프레임",
    "brightest light {value} (1 is white)": "가장 밝은 빛 {value}(1이 흰색)",
    "{n} things lost in the EDL": "EDL에서 잃은 것 {n}가지",
    "{n} things lost in the AAF": "AAF에서 잃은 것 {n}가지",
}  # fmt: skip
"""turnover.py, and turnover.MEASURES and ONE."""

FINISHING: Table = {
    "A face is changed by {ways}, not by “{way}”.": "얼굴은 {ways:list} 방식으로 바꿉니다(“{way}”는 없습니다).",
    "A matte is pulled by one of {ways}, not by “{way}”.": "매트는 {ways} 가운데 하나로 뽑습니다(“{way}”는 없습니다).",
    "This shot brings no matte of its own: pull one by the screen or by the people in it.":
        "이 샷에는 매트가 딸려 있지 않습니다. 스크린이나 인물 분할로 뽑으세요.",
    "To set the figure into another place it needs a matte: choose how it is pulled first.":
        "인물을 다른 곳에 앉히려면 매트가 있어야 합니다. 먼저 어떻게 뽑을지 고르세요.",
    "{name} is missing or no record; fetch the film module's media.":
        "{name:이/가} 없거나 기록이 아닙니다. 영상 모듈의 미디어를 받으세요.",
    # studio.py, delivery.py
    "The title is empty: write one.": "제목이 비어 있습니다. 제목을 쓰세요.",
    "This face was not touched: first check a consent signed by the person whose face it is, with the fingerprint.":
        "이 얼굴은 건드리지 않았습니다. 먼저 얼굴의 주인이 서명한 동의서와 지문을 확인하세요.",
    "This frame shows too little of the figure to match it to the place: choose one that shows more.":
        "이 프레임에는 인물이 거의 보이지 않아 배경에 맞출 수 없습니다. 인물이 더 많이 보이는 프레임을 고르세요.",
    "Choose a first and a last frame, in this order, from 1 to {last}.":
        "첫 프레임과 마지막 프레임은 1부터 {last} 사이에서 차례대로 고르세요.",
    "The files need about {needed} GB and {free} GB are free: take fewer frames, or deliver one.":
        "파일에 약 {needed} GB가 필요한데 빈 자리가 {free} GB뿐입니다. 프레임을 줄이거나 한 장만 납품하세요.",
}  # fmt: skip
"""finishing.py, practice.py, studio.py and delivery.py."""

SENTENCES: Table = {
    **COLOUR, **MATTES, **WORLD, **FACES, **SHOTS, **FILES, **LOST, **TURNOVER, **FINISHING,
}  # fmt: skip

korean = translator(COMMON, SENTENCES, words=WORDS)
"""An error or a line of a report in Korean."""
