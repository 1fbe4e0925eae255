"""Synonyms: a situation is described in one language or in some words, and asked for in others.

A line is a group. A word of a query also stands for the others of its groups, and counts less as those. A word may be
in several groups. Words are compared by their stems (see words.py), so one form of each is enough.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping

GROUPS = """
사용자 회원 계정 이용자 고객 user member account customer people visitor
관리자 운영자 방장 어드민 admin moderator administrator
작성자 본인 주인 author owner
남의 타인 다른 else another other someone someoneelse
남의 타인 someoneelse stranger
주문 구매 장바구니 order purchase buy cart basket checkout
결제 승인 카드 payment pay charge billing card
잔액 포인트 지갑 balance funds money wallet point
부족 모자라 insufficient enough lack
재고 품절 수량 stock sold inventory
쿠폰 할인코드 coupon voucher promo
예약 좌석 자리 book reservation reserve booking seat ticket slot
경매 판매 sale auction
사진 이미지 그림 photo picture image avatar png jpg gif
동영상 영상 비디오 video movie
파일 첨부 문서 file attachment document
확장자 포맷 형식 format extension type
용량 크기 크 size large mb gb exceed above
한도 제한 최대 limit maximum cap quota
게시글 글 게시물 댓글 article post comment reply
데이터베이스 디비 db database postgres mysql redis mongodb
데이터 레코드 resource row record entity item document data
서버 백엔드 서비스 server backend service
업스트림 오리진 upstream origin downstream
외부 연동 제휴 external third partner provider vendor
타임아웃 느리 오래 늦 timeout slow forever long minute wait
응답 답하 대답 answer respond reply
장애 실패 죽 다운 터지 꺼지 먹통 fail down dead crash outage die unreachable
점검 배포 업데이트 maintenance deploy upgrade deployment
만료 지나 종료 유효기간 기한 기간 expire lapse over past end
폐기 무효 revoke invalidate
틀 잘못 불일치 맞지 안맞 wrong incorrect bad invalid mismatch illegal malformed damaged
누락 빠지 없 안 missing absent omit without no
비 비어 빈 빈칸 null empty blank nothing none zero
없 nonexistent unknown missing notfound isnt
중복 이미 already taken duplicate exist same
다시 재시도 두번 again twice second repeat
겹치 중복 충돌 overlap conflict clash
권한 접근 허용 permission allowed access right forbidden permitted privilege
로그인 인증 login credential authenticate unauthenticated
세션 쿠키 session cookie
토큰 토큰이 token jwt bearer
가입 회원가입 signup register join
생성 추가 등록 작성 create add insert new
신청 참여 지원 apply join applicant
삭제 탈퇴 delete remove erase gone
수정 변경 저장 편집 갱신 update change edit save modify
취소 환불 반품 철회 cancel refund withdraw
목록 리스트 검색 조회 list search result find
조회 읽 get fetch read view
큐 대기열 백그라운드 비동기 나중 queue background async later job asynchronous
작업 처리 job task operation work processing run
불가 cannot
접수 accept accepted
변환 엑셀 내보내기 리포트 export report convert generate generation
차단 정지 휴면 제재 block ban suspend blacklist dormant disable
자주 횟수 도배 연타 계속 많 분당 초당 호출 often frequent rate throttle flood per hammer
과부하 폭주 몰리 바쁘 동시접속 overload busy traffic pressure load
이동 리다이렉트 보내 돌리 이전 옮기 redirect forward send move elsewhere
영구 완전 permanent permanently good forever
임시 잠시 잠깐 일시 temporary temporarily briefly
도메인 주소 링크 url address domain link
경로 엔드포인트 api path endpoint route
동시 둘이 같이 simultaneous concurrent once together same
상태 state
발송 배송 출고 shipping ship shipped delivery
완료 마감 끝 finish complete close done
성공 success succeed work
정원 가득 꽉 만석 인원 full capacity seat
요금제 구독 플랜 유료 무료 체험 plan subscription tier premium trial paid free
하루 일일 월 오늘 daily monthly day month today
일부 부분 some partial part few
일괄 벌크 여러 한꺼번에 bulk batch several multiple many list
인증번호 인증코드 문자 otp verification sms
비밀번호 비번 패스워드 암호 password passcode
규칙 정책 위반 욕설 금칙어 약하 rule policy violate weak validation
문자 특수문자 글자 character special newline letter
전화번호 이메일 우편번호 phone email zip
이메일 메일 email mail
닉네임 아이디 이름 username nickname name id
숫자 정수 문자열 자료형 타입 integer number string type
음수 마이너스 범위 negative range
필수 필요 required mandatory need
필드 값 파라미터 항목 입력 field value parameter input property attribute column
쿼리 파라미터 query parameter
잠금 잠기 편집중 lock editing
버전 구버전 옛날 예전 version outdated stale old
폐지 종료 폐기 중단 없어지 sunset retire shutdown remove discontinue switched
구현 개발 미구현 준비 implement built planned develop written ready
지원 미지원 unsupported support supported
캐시 그대로 변경없음 cache unchanged newest fresh copy
이어받기 구간 중간 범위 resume range partial seek chunk
숨기 비공개 감추 hide private conceal secret existence
좋아요 팔로우 찜 즐겨찾기 친구 like star follow favorite vote friend
하위 참조 연결 사용중 child children referenced linked used
웹훅 콜백 webhook callback
언어 번역 language translation locale
메서드 메소드 method verb get post put delete patch
본문 바디 body content payload posted
헤더 header
초대 초대장 초대코드 invite invitation
이상한 깨지 엉뚱 garbage broken invalid malformed parse
예외 버그 널포인터 널 exception bug null crash
끊 취소 disconnect hang hung abort close
아이피 ip country 국가 해외
지역 region
키 key secret
소셜 카카오 네이버 구글 social oauth kakao naver google facebook github
나이 미성년자 어린이 age child kid minor young old
오래되 낡 구버전 old ancient legacy outdated
내 우리 my own our
소진 바닥 떨어지 used spent exhausted
중단 멈추 도중 중간에 stop halfway midway interrupt abort
받 수신 receive received delivered get
다르 불일치 differ different mismatch unequal
길 초과 긴 길이 long length chars characters
짧 short
바쁘 몰리 붐비 busy crowded
부르 호출 call invoke
보 조회 열람 열 view see open look read
쓰 작성 글쓰기 write post
주 반환 돌려주 give send back
교체 회전 재발급 rotate renew reissue replace
공지 안내 notice announcement
선착순 마감 first served
손상 깨지 망가지 damaged corrupt corrupted broken garbage
디스크 저장공간 용량 disk storage space drive
노래 오디오 음악 audio music
바이트 byte bytes
초 분 시간 second minute time
보안 https ssl tls secure
평문 http plain
무차별 브루트포스 hammer brute guess
영어 한국어 다국어 english korean
동의 약관 agree terms consent tick
문서 명세 docs spec documentation
몰래 허락 without permission
거절 거부 reject refuse decline deny denied
실패 오류 fail failure failed
늘 항상 always every
인덱스 색인 index elasticsearch
모듈 메뉴 기능 module feature function menu
휴대폰 모바일 앱 phone mobile app
탭 창 브라우저 tab window browser
알림 푸시 notification push
채팅 메시지 쪽지 chat message
그룹 모임 팀 방 group team room club
폴더 디렉터리 folder directory
댓글 답글 스레드 comment reply thread
리뷰 후기 review rating
주소 링크 uuid url slug
봇 크롤러 bot crawler scraper
쿠폰 기프티콘 상품권 바우처 교환권 이용권 할인권 coupon voucher promo giftcard redeem
좌석 객실 회의실 시간대 자리 슬롯 숙소 seat room slot table appointment spot
강의 수업 과목 수강 course class lecture lesson
어제 지난 과거 past yesterday ago
내일 미래 future tomorrow later
업체 가게 매장 점포 지점 store shop branch
배달 배송 택배 delivery courier shipping
이체 송금 출금 transfer withdraw remit
포인트 적립금 마일리지 코인 크레딧 point mileage credit coin
기기 단말 디바이스 device
프로필 아바타 avatar profile
탈퇴 해지 quit deactivate close
구독 멤버십 정기결제 subscription membership
강퇴 추방 내보내 kick expel
대출 반납 대여 loan rental borrow return
과제 숙제 제출 assignment homework submission
투표 설문 poll vote survey
입장 출입 체크인 checkin admission gate enter scan
연차 휴가 leave vacation
남은 잔여 remaining left
만석 매진 품절 sold full
청구서 송장 영수증 invoice bill receipt
장바구니 카트 basket cart
문의 상담 티켓 ticket inquiry support
인터넷 와이파이 네트워크 wifi network internet
압축 집 zip gzip compress
누르 클릭 버튼 press click tap button hit
대기 기다리 wait pending
초과 넘 exceed over above beyond more
미만 낮 작 below under less lower
동기화 싱크 sync synchronize
연결 연동 connect link integration
시도 횟수 attempt try guess
재발송 재전송 resend
미납 체납 납부 결제 unpaid paid due
모임 스터디 동호회 group club study meetup
모집 마감 기한 deadline closed due
게시판 카테고리 board category
임시저장 초안 draft
승인 결재 허가 approve approval
심사 검수 review approval
직원 사원 동료 employee staff colleague
학생 선생님 교사 student teacher
영업 운영시간 opening hours
공유 share shared
숙박 체크아웃 호텔 hotel room night
법원 법 방통위 방심위 심의 기관 정부 경찰 판결 court law legal government authority police
원글 원본 원문 부모 상위 parent original
폴링 진행 진행률 poll polling progress
웹소켓 소켓 websocket socket ws wss
이벤트스트림 스트림 스트리밍 stream streaming sse eventsource
교착 데드락 deadlock serialization
방송 라이브 생방송 live broadcast
등급 레벨 역할 직급 level role rank grade
입찰 경매 bid auction
경기 게임 시합 대국 game match round
환전 통화 화폐 currency
사업자 주민 사번 학번 registration number
캡차 자동입력 captcha recaptcha bot
단종 판매중지 discontinued
급여 월급 연봉 salary pay
출석 출근 attendance checkin
쪽 페이지 page
건 개 항목 items
식당 매장 예약 restaurant
배달 라이더 기사 courier driver rider
환자 병원 진료 patient hospital appointment
택시 호출 배차 ride taxi
결제사 토스 토스페이먼츠 카카오페이 네이버페이 이니시스 나이스페이 포트원 아임포트 페이팔 스트라이프 stripe paypal pg
외부 깃허브 슬랙 노션 구글 네이버 카카오 external github slack notion
찌르 호출 부르 call
인턴 신입 사원 직원 일반 intern employee
슬러그 주소 slug
쿠폰 할인 프로모션 행사 블랙프라이데이 promo discount
디스크 저장공간 파티션 볼륨 하드 disk partition volume
배송지 수령지 주소지 수령인 받는사람 recipient
픽업 수거 출고 발송 pickup picked
전표 장부 회계 결산 정산 ledger accounting
가져오기 임포트 불러오기 import
일기 글 게시글 diary journal
지문 생체 얼굴 인증 fingerprint biometric
명절 연휴 휴일 추석 설날 holiday
이사 이전 옮기 개편 move migrate
합치 병합 merge
퍼센트 진행률 percent progress
마스터 프라이머리 페일오버 primary master failover
자동 매크로 스크립트 macro script
영화 공연 콘서트 경기 티켓 movie concert event
항공 비행기 기차 버스 탑승 flight train bus
시험 퀴즈 문제 답안 exam quiz answer
성적 점수 채점 grade score
재직 근무 소속 남은 employed
없애 삭제 지우 drop
이모지 특수문자 emoji
보증금 예치금 deposit
세금 계산서 tax invoice
회의 미팅 일정 meeting schedule calendar
회의록 문서 노트 minutes note
채용 공고 이력서 지원 job posting resume
중고 거래 판매글 listing
당첨 추첨 응모 raffle draw entry
출금 인출 이체 withdraw
환율 시세 주가 rate quote
대시보드 통계 리포트 dashboard statistics
썸네일 미리보기 thumbnail preview
구독자 팔로워 subscriber follower
스팸 도배 광고 spam
욕설 비속어 금칙어 profanity swear
약 처방 prescription
수락 승낙 응답 accept
반려 거절 거부 reject
팀장 관리자 상사 lead boss manager
손님 비회원 게스트 guest anonymous
열쇠 키 key
컨테이너 파드 인스턴스 pod container instance
오토스케일 스케일 scale
람다 서버리스 함수 lambda serverless function
큐 카프카 래빗 kafka rabbitmq queue
몽고 디비 mongo
엑셀 시트 csv spreadsheet
국가 나라 러시아 중국 일본 미국 북한 유럽 country russia china europe
계좌 통장 예금 account bank
해지 탈퇴 종료 closed
입금 송금 이체 deposit transfer
입장 스캔 qr scan gate
위도 경도 좌표 위치 latitude longitude coordinates location
골드 코인 보석 다이아 재화 포인트 gold coins gems
아이템 장비 상품 item
길드 클랜 파티 guild clan
캐릭터 프로필 계정 character
인벤토리 가방 보관함 inventory bag
비구독자 비회원 nonmember
자릿수 길이 digits length
맞춤법 철자 spelling spell
무응답 묵묵부답 타임아웃 timeout unanswered
동일 같 똑같 지난번 same identical
내역 기록 이력 history record
지출 소비 사용 expense spending
출생연도 생년월일 생일 나이 birth birthday age
자재 부품 재료 part material
견적 견적서 quote estimate
수리 정비 고치 repair
민원 신고 접수 complaint case
동호회 모임 클럽 club
충전기 충전 charger charging
켜 끄 토글 toggle enable disable switch
보험 계약 insurance policy
체온 혈압 측정 measurement
세대 가구 가족 family household
외부인 비회원 남 outsider stranger
입주민 주민 거주자 회원 resident member
운전 기사 라이더 driver
운행 여정 이동 trip ride journey
보호자 부모 guardian parent
연락처 전화번호 이메일 contact
쪽지 메시지 우편 message mail
지점 매장 점포 branch store
영수증 거래 내역 receipt transaction
주차 차량 자동차 parking car vehicle
강아지 고양이 반려동물 pet dog
팁 봉사료 tip
설문 문항 질문 question
송장 운송장 추적 tracking
수당 정산 지급 payout
megabyte gigabyte mb gb kilobyte bytes size
attach attachment upload enclose
forget omit missing lack
refuse reject deny decline
issuer bank card
burn drain consume exhaust used dry deplete
troll spammer abuser banned offender
patience wait timeout slow
half partial incomplete truncated
former old previous earlier prior
until temporary meanwhile
legacy mainframe soap upstream backend façade facade
newcomer newbie registered signup
shopper buyer customer client guest
approve accept confirm sign
expense cost budget
purge wipe erase delete clear
overwrite replace put
amend alter modify change tweak rename
fetch load read pull retrieve lookup
store persist save write keep
publish submit send
duplicate twin same double
clash collide conflict overlap
running progress ongoing
crash explode blow bug exception
unreachable offline down outage incident
flaky unstable transient temporary
hammer bombard flood poll spam
refresh renew reload
revoke rotate cancel void invalidate
mistyped typo wrong misspelt
digits number numeric integer
letters text word string
picture photo scan image
movie clip video film
spreadsheet excel csv
contract agreement document
parcel package shipment order delivery
appointment booking reservation slot
patient visitor guest
pupil student learner
teacher instructor tutor
warehouse depot stock
recipe article story
homepage landing root
bookmark link url
laptop desktop browser
workspace organisation tenant company team
department division unit
colleague coworker teammate member
boss manager lead supervisor
junior intern trainee employee
stranger outsider anyone public
owner author creator
reviewer moderator editor
robot bot crawler spider
attacker hacker intruder
country region location geo
office intranet internal network
fingerprint face biometric mfa
digits code otp pin
secret key credential
wallet balance money funds
charge bill fee price
trial demo free
allowance quota limit cap budget
crowded full packed capacity
vanished gone sold
expired stale outdated old lapsed
early premature soon
late past deadline
overnight later background nightly async
garbage gibberish nonsense broken unparsable
blank empty null nothing
pretty slug url
maintenance schema migration
spill leak reveal expose
overselling oversold stock
tag label category
folder directory path
song track audio
newsletter mailing mail email
poll survey vote
bid offer auction
draft unpublished
"""


def related_words(stem: Callable[[str], str]) -> Mapping[str, frozenset[str]]:
    """Return for each stem the other stems of its groups."""
    related: defaultdict[str, set[str]] = defaultdict(set)
    for line in GROUPS.split("\n"):
        stems = {stem(word) for word in line.split()}
        for each in stems:
            related[each] |= stems - {each}
    return {word: frozenset(others) for word, others in related.items()}
