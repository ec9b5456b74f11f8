"""The few words of the public pages, in English and Korean."""

KOREAN = {
    "Sandbox": "샌드박스",
    "A small world of its own: nothing here reaches the real platforms.":
        "실제 플랫폼과 이어지지 않은 작은 세상입니다.",
    "Timelines": "타임라인",
    "Create calls": "작성 호출",
    "Storm": "폭주",
    "Start a storm": "폭주 일으키기",
    "messages in": "건을",
    "seconds": "초 동안",
    "Write as a customer": "고객으로 글쓰기",
    "Your name or @handle": "이름 또는 @아이디",
    "What do you want to say?": "하고 싶은 말을 적어 주세요",
    "Send": "보내기",
    "Reply": "답글",
    "Edit": "수정",
    "Save": "저장",
    "Delete": "삭제",
    "Approve": "승인",
    "as a visitor post": "방문자 게시물로",
    "Comments": "댓글",
    "comments": "댓글",
    "Leave a comment": "댓글 남기기",
    "followers": "팔로워",
    "edited": "수정됨",
    "hold": "승인 대기",
    "hidden": "숨김",
    "future": "예약됨",
    "pingback": "핑백",
    "trackback": "트랙백",
    "Nobody has written yet.": "아직 아무도 쓰지 않았습니다.",
    "No create calls yet.": "아직 작성 호출이 없습니다.",
    "Time": "시각",
    "Account": "계정",
    "Text": "내용",
    "Result": "결과",
    "stored": "저장됨",
    "not stored": "저장 안 됨",
    "Facebook user": "Facebook 사용자",
    "official": "공식",
    "No such page": "없는 페이지입니다",
    "Back to all timelines": "모든 타임라인 보기",
    "just now": "방금",
    "min": "분 전",
    "h": "시간 전",
    "d": "일 전",
    "in": "예정:",
    "Authorize app": "앱 승인",
    "Cancel": "취소",
    "Signed in as": "로그인한 계정",
    "Something went wrong": "문제가 발생했습니다",
    "You were not able to give access to the app. Go back and try again.":
        "앱에 접근 권한을 주지 못했습니다. 돌아가서 다시 시도하세요.",
    "An app wants to access your X account": "앱이 X 계정에 접근하려고 합니다",
    "What it may do:": "앱이 할 수 있는 일:",
    "An app wants to manage your Pages": "앱이 페이지를 관리하려고 합니다",
    "Pages it may use": "앱이 쓸 수 있는 페이지",
    "Permissions": "권한",
    "Continue": "계속",
    "Not now": "나중에 하기",
    "An application wants to connect to your site": "애플리케이션이 이 사이트에 연결하려고 합니다",
    "Yes, I approve of this connection": "예, 이 연결을 승인합니다",
    "No, I do not approve of this connection": "아니요, 이 연결을 승인하지 않습니다",
    "New application password name": "새 애플리케이션 비밀번호 이름",
}  # fmt: skip


def translate(text: str, language: str) -> str:
    """Return a label in a language; English is the text itself."""
    return KOREAN.get(text, text) if language == "ko" else text


def age(seconds: float, language: str) -> str:
    """Say how long ago something was."""
    if seconds < 0:
        minutes = int(-seconds // 60)
        return f"{minutes}분 뒤" if language == "ko" else f"in {minutes} min"
    if seconds < 60:
        return translate("just now", language)
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            number = int(seconds // size)
            return f"{number}{translate(unit, 'ko')}" if language == "ko" else f"{number} {unit}"
    return ""
