/** ISO 3166 codes that are domains (IANA root zone, 2026). Endings of programs that are none: js, ts, go, cs, vb. */
const COUNTRIES =
  'ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw'

/** The generic ones that people have addresses in; a name such as `transpose` or `service` is more often code. */
const GENERIC =
  'com org net edu gov mil int info biz name pro aero coop jobs mobi museum travel tel cat asia post app dev cloud online site store tech xyz top shop blog email company solutions agency team work world life live news space website design digital media network systems services software studio tools consulting engineering finance financial bank insurance legal law health care academy university school education foundation community global group international ventures capital partners energy industries house homes restaurant photography art music games chat social page link click club fun one plus zone berlin hamburg koeln bayern saarland wien swiss amsterdam london paris nyc tokyo example test'

const KNOWN = new Set(`${COUNTRIES} ${GENERIC}`.split(' '))

/** Whether names of hosts end in it; in any letter case. */
export function isTopLevelDomain(label: string): boolean {
  return KNOWN.has(label.toLowerCase())
}
